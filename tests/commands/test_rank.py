"""What is expected of items, from the journal's state and from nothing else."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from papertrack.commands.add import NamedWork, add, describe
from papertrack.commands.judge import JudgementInput, judge
from papertrack.commands.predictions import predict
from papertrack.commands.rank import Explainer, current_model, refresh, stored_model, strongest
from papertrack.commands.review import order_queue
from papertrack.commands.undo import undo_last
from papertrack.config.schema import AreaConfig, Config, FeedSource, FollowConfig
from papertrack.core.kinds import State
from papertrack.errors import UsageError
from papertrack.storage.database import open_database, transaction
from papertrack.storage.items import read_item
from papertrack.storage.rank import forget, latest_judged, model_name, outdate
from papertrack.storage.sources import sync_config
from tests.process import FRIDAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from papertrack.core.rank.prediction import Prediction, Reason

CONFIG = Config(
    areas=(
        AreaConfig(slug="interp", name="Mechanistic Interpretability", keywords=("prob*",)),
        AreaConfig(slug="attacks", name="Avoiding Adversarial Attacks"),
    )
)
TOPICS = ("Probing tiny networks", "Bridges of the north", "Jailbreaks by poem")


@dataclass
class Desk:
    """A database with thirty works, a topic's tenth each in turn, and a clock."""

    db: sqlite3.Connection
    now: datetime = FRIDAY

    def says(self, *numbers: int, **verdict: Any) -> None:  # noqa: ANN401  # as `JudgementInput` has it
        self.now += timedelta(seconds=1)
        judge(self.db, [str(number) for number in numbers], JudgementInput(**verdict), self.now)

    def rates(self, area: str, halves: int, *numbers: int) -> None:
        self.says(*numbers, area=area, halves=halves)

    def rejects(self, *numbers: int) -> None:
        self.says(*numbers, state=State.REJECTED)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Desk]:
    with closing(open_database(tmp_path / "papertrack.db", create=True)) as db:
        sync_config(db, CONFIG, FRIDAY)
        with transaction(db):
            for number in range(30):
                work = NamedWork(title=f"{TOPICS[number % 3]}, part {number}")
                add(db, work, describe(work), JudgementInput(), FRIDAY)
        yield Desk(db, FRIDAY + timedelta(days=1))


def ranked(desk: Desk, config: Config = CONFIG) -> dict[int, Prediction]:
    refresh(desk.db, config, desk.now)
    return {n: predict(desk.db, config, read_item(desk.db, n)) for n in range(1, 31)}


def reasons_for(desk: Desk, number: int, config: Config = CONFIG) -> tuple[Reason, ...]:
    return Explainer(desk.db, config, desk.now).reasons(number)


def judge_some(desk: Desk) -> None:
    desk.rates("interp", 8, 1, 4, 7)
    desk.rates("attacks", 4, 3, 6)
    desk.rejects(2, 5, 8)


def score(standing: Prediction) -> float:
    assert standing.score is not None
    return standing.score


def test_before_any_judgement_the_areas_words_say_what_is_best(filled: Desk) -> None:
    said = ranked(filled)

    assert score(said[1]) > score(said[2])
    assert said[1].areas == ("interp",)
    assert said[2].areas == ()
    assert reasons_for(filled, 1)[0].words == "prob"


def test_what_was_kept_lifts_its_like_and_what_was_rejected_lowers_it(filled: Desk) -> None:
    judge_some(filled)
    said = ranked(filled)

    assert score(said[10]) > score(said[11])
    assert said[10].areas[0] == "interp"
    assert said[12].areas[0] == "attacks"
    against = reasons_for(filled, 11)
    assert any("bridge" in reason.words and reason.weight < 0 for reason in against)
    assert len(reasons_for(filled, 10)) <= 5


def test_the_same_judgements_give_the_same_standings(filled: Desk) -> None:
    judge_some(filled)
    once = ranked(filled)
    with transaction(filled.db):
        forget(filled.db)

    assert ranked(filled) == once


def test_undoing_a_judgement_takes_its_influence_back(filled: Desk) -> None:
    judge_some(filled)
    before = ranked(filled)
    filled.rejects(10, 13, 16)
    between = ranked(filled)
    undo_last(filled.db, 1, filled.now)

    assert score(between[19]) < score(before[19])
    assert ranked(filled) == before


def test_what_was_expected_of_an_item_stays_when_it_is_judged(filled: Desk) -> None:
    before = replace(ranked(filled)[10], reasons=reasons_for(filled, 10))
    assert before.reasons
    judge_some(filled)
    filled.rates("interp", 10, 10)

    assert ranked(filled)[10] == before


def test_nothing_is_done_when_nothing_changed(filled: Desk) -> None:
    first, again = (refresh(filled.db, CONFIG, filled.now) for _ in range(2))

    assert (first.is_learned, first.items) == (True, 30)
    assert (again.is_learned, again.items) == (False, 0)


def test_a_damaged_model_is_learned_anew(filled: Desk) -> None:
    once = ranked(filled)
    filled.db.execute("UPDATE rank_models SET body = x'00'")
    filled.db.execute("DELETE FROM predictions WHERE item_id = 5")

    assert ranked(filled) == once


def test_an_empty_database_is_ranked(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "papertrack.db", create=True)) as db:
        assert refresh(db, Config(), FRIDAY).items == 0
        assert refresh(db, CONFIG, FRIDAY).items == 0
        assert order_queue(db, CONFIG, [], "best", now=FRIDAY) == []


def test_what_is_followed_is_a_reason_with_its_sign(filled: Desk) -> None:
    follow = FollowConfig(words={"jailbreak*": -3.0, "poem": 0.5}, sources={"by-hand": 0.25})
    config = Config(areas=CONFIG.areas, follow=follow)
    ranked(filled, config)

    weights = {reason.words: reason.weight for reason in reasons_for(filled, 3, config)}
    assert weights["jailbreak*"] == -3
    assert weights["source by-hand"] > 0


def test_a_source_read_for_an_area_suggests_it(filled: Desk) -> None:
    source = FeedSource(slug="by-hand", url="https://example.org/feed", area="attacks")

    assert ranked(filled, Config(areas=CONFIG.areas, sources=(source,)))[2].areas == ("attacks",)


def test_a_rating_is_guessed_once_there_are_enough(filled: Desk) -> None:
    filled.rates("interp", 8, *range(1, 28, 3))
    filled.rejects(2, 5, 8, 11)

    assert ranked(filled)[28].halves == {"interp": 8}


@pytest.mark.parametrize("order", ["best", "new", "unsure", "area", "random"])
def test_every_order_serves_every_item_once_and_the_same_again(filled: Desk, order: str) -> None:
    judge_some(filled)
    ranked(filled)
    numbers = list(range(9, 31))
    once, again = (order_queue(filled.db, CONFIG, numbers, order, now=filled.now) for _ in range(2))

    assert once == again
    assert sorted(once) == numbers


def test_the_best_come_first_but_for_the_share_that_is_left_to_luck(filled: Desk) -> None:
    judge_some(filled)
    said = ranked(filled)
    numbers = list(range(9, 31))
    strict = order_queue(filled.db, CONFIG, numbers, "best", share=0, now=filled.now)
    mixed = order_queue(filled.db, CONFIG, numbers, "best", share=0.2, now=filled.now)

    chances = [score(said[number]) for number in strict]
    assert chances == sorted(chances, reverse=True)
    assert mixed != strict
    assert mixed[0] == strict[0] or mixed[0] == strict[1]


def test_another_order_is_refused(filled: Desk) -> None:
    with pytest.raises(UsageError, match="there is no order"):
        order_queue(filled.db, CONFIG, [1], "fame", now=filled.now)


def test_works_that_are_all_alike_make_no_giants_of_rounding(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "papertrack.db", create=True)) as db:
        sync_config(db, CONFIG, FRIDAY)
        with transaction(db):
            for title in ("Alpha ranges", "Bridges fall", "Cats sleep", "Dogs bark", "Eagles soar"):
                work = NamedWork(title=title)
                add(db, work, describe(work), JudgementInput(), FRIDAY)
        desk = Desk(db, FRIDAY + timedelta(days=1))
        desk.rates("interp", 8, 1)
        desk.rejects(2)
        refresh(db, CONFIG, desk.now)

        model = stored_model(db)
        assert model is not None
        assert max(map(abs, model.ranker.weights)) < 100
        assert max(abs(value) for row in model.areas.weights for value in row) < 100


def test_an_item_that_changed_is_ranked_anew(filled: Desk) -> None:
    judge_some(filled)
    before = ranked(filled)
    with transaction(filled.db):
        filled.db.execute("UPDATE items SET summary = 'Probing networks' WHERE id = 20")
        outdate(filled.db, [20, 1])
    after = ranked(filled)

    assert score(after[20]) > score(before[20])
    assert after[1] == before[1]


def test_without_anything_to_rank_by_nothing_of_the_past_is_left(filled: Desk) -> None:
    judge_some(filled)
    ranked(filled)
    undo_last(filled.db, 3, filled.now)
    said = ranked(filled, Config())

    assert stored_model(filled.db) is None
    assert {standing.score for standing in said.values()} == {None}


def test_a_model_that_cannot_be_read_is_learned_anew_when_it_is_asked_for(filled: Desk) -> None:
    judge_some(filled)
    once = ranked(filled)
    with transaction(filled.db):
        filled.db.execute(
            "UPDATE rank_models SET body = ?", [zlib.compress(b'{"terms": [], "rarity": [1]}')]
        )

    assert current_model(filled.db, CONFIG, filled.now) is not None
    assert ranked(filled) == once


def test_what_was_learned_from_less_does_not_replace_what_was_learned_from_more(
    filled: Desk,
) -> None:
    judge_some(filled)
    ranked(filled)
    name = model_name(filled.db)
    with transaction(filled.db):
        filled.db.execute("UPDATE rank_models SET journal = journal + 1")
    filled.now += timedelta(days=1)
    late = refresh(filled.db, Config(areas=CONFIG.areas[:1]), filled.now)

    assert (late.is_learned, model_name(filled.db)) == (False, name)


def test_the_works_that_were_judged_last_teach_the_areas(filled: Desk) -> None:
    filled.rates("attacks", 6, 4, 5, 6)
    filled.rates("interp", 6, 1, 2, 3)

    assert latest_judged(filled.db, [1, 2, 3, 4, 5, 6], 4) == [1, 2, 3, 6]


def test_a_category_that_is_the_first_one_too_is_one_reason() -> None:
    said = strongest({"1:cs.RO": -1.5, "c:cs.RO": -2.0}, {})
    assert said == [("cs.RO", -3.5)]
