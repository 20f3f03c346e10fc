"""What a session is about, in which order, and where it begins."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.review import ReviewService, Selection, open_review
from papertrack.config.read import read_config
from papertrack.core.kinds import State
from papertrack.core.rank.prediction import ORDERS
from papertrack.errors import UsageError
from papertrack.storage.database import open_database
from papertrack.storage.items import Filter

if TYPE_CHECKING:
    from tests.author import Author

TITLES = ("Nothing in particular", "Circuits of a probe", "A jailbreak", "Circuits again")


@pytest.fixture
def author(author: Author) -> Author:
    for title in TITLES:
        author.types("add", "--title", title)
    return author


def _queue(author: Author, selection: Selection) -> list[str]:
    with closing(open_database(author.database)) as db:
        desk = open_review(
            db, read_config(author.config), selection, zone=UTC, clock=lambda: author.now
        )
        return [desk.item(number).title for number in desk.queue]


def test_the_newest_come_first(author: Author) -> None:
    assert _queue(author, Selection()) == list(reversed(TITLES))


def test_a_limit_is_a_limit(author: Author) -> None:
    assert _queue(author, Selection(limit=1)) == ["Circuits again"]


def test_an_area_takes_what_likely_belongs_there(author: Author) -> None:
    assert _queue(author, Selection(area="interp")) == ["Circuits again", "Circuits of a probe"]
    assert _queue(author, Selection(area="Int")) == ["Circuits again", "Circuits of a probe"]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_serves_every_item_once(author: Author, order: str) -> None:
    assert sorted(_queue(author, Selection(order=order))) == sorted(TITLES)


def test_a_query_narrows_the_queue(author: Author) -> None:
    assert _queue(author, Selection(where="circuits -again")) == ["Circuits of a probe"]


def test_a_query_that_names_a_state_looks_there(author: Author) -> None:
    author.types("rate", "1", "--later")

    assert _queue(author, Selection(where="is:later")) == ["Nothing in particular"]
    assert _queue(author, Selection(where="particular")) == []


def test_the_incomplete_are_kept_and_lack_text(author: Author) -> None:
    author.types("rate", "2", "-a", "interp", "--value", "3")
    author.types("rate", "3", "-a", "attacks", "--value", "3", "--body", "All of it.")
    kept = Filter(states=(State.KEPT,))

    assert _queue(author, Selection(kept, incomplete=True)) == ["Circuits of a probe"]
    author.types("rate", "2", "--format", "link")
    assert _queue(author, Selection(kept, incomplete=True)) == []


@pytest.mark.parametrize(
    "selection",
    [
        Selection(area="nope"),
        Selection(order="nope"),
        Selection(where="area:nope"),
        Selection(Filter(source="nope")),
    ],
)
def test_a_wrong_choice_is_a_sentence(author: Author, selection: Selection) -> None:
    with pytest.raises(UsageError):
        _queue(author, selection)


def test_the_board_follows_what_is_written_here_and_elsewhere(author: Author) -> None:
    with closing(open_database(author.database)) as db:
        config = read_config(author.config)
        desk = open_review(db, config, Selection(), zone=UTC, clock=lambda: author.now)
        before = desk.board().places
        desk.rate(2, "interp", 6)
        here = [place.words for place in desk.board().places]
        author.types("rate", "2", "--body", "All of it.")
        elsewhere = [place.words for place in desk.board().places]

    assert (before, here, elsewhere) == ((), ["interp 0/1"], ["interp 1"])


def test_formats_and_their_undoing_keep_the_state(author: Author) -> None:
    with closing(open_database(author.database)) as db:
        config = read_config(author.config)
        desk = open_review(db, config, Selection(), zone=UTC, clock=lambda: author.now)
        states = []
        for form in ("brief", "link", ""):
            desk.set_format(1, form)
            states.append(desk.item(1).state)
        desk.undo()
        states.append(desk.item(1).state)
        redone = desk.redo()
        desk.set_rating_text(2, "interp", "remark", "wow")

        assert states == [State.KEPT, State.KEPT, State.NEW, State.KEPT]
        assert redone[0] == 1
        assert desk.item(2).judgement.ratings[0].remark == "wow"
        assert desk.redo() == (None, "there is nothing to redo")


def test_another_choice_does_not_begin_where_this_one_was_left(author: Author) -> None:
    with closing(open_database(author.database)) as db:
        config = read_config(author.config)

        def start(selection: Selection) -> int:
            desk = open_review(db, config, selection, zone=UTC, clock=lambda: author.now)
            return desk.start

        desk = open_review(db, config, Selection(), zone=UTC, clock=lambda: author.now)
        desk.bookmark(desk.queue[2])

        assert (start(Selection()), start(Selection(area="interp"))) == (2, 0)
        desk.bookmark(None)
        assert start(Selection()) == 0


def test_what_came_since_the_place_that_was_left_is_not_passed_over(author: Author) -> None:
    with closing(open_database(author.database)) as db:
        config = read_config(author.config)

        def sit() -> ReviewService:
            return open_review(db, config, Selection(), zone=UTC, clock=lambda: author.now)

        left = sit()
        left.bookmark(left.queue[2])
        author.now += timedelta(hours=1)
        author.types("add", "--title", "Fresh from the press")
        again = sit()

        assert again.start == 0
        assert again.queue[0] not in left.queue
        assert again.queue[1:] == left.queue


def test_a_card_that_could_not_be_stored_comes_first_next_time(author: Author) -> None:
    author.types("rate", "2", "--reject")
    with closing(open_database(author.database)) as db:
        config = read_config(author.config)
        desk = open_review(db, config, Selection(), zone=UTC, clock=lambda: author.now)
        desk.keep_unsaved(2, "## nonsense")
        again = open_review(db, config, Selection(), zone=UTC, clock=lambda: author.now)

        assert (again.queue, again.unsaved()) == ((2, 4, 3, 1), {2: "## nonsense"})
        again.keep_unsaved(2, None)
        assert again.unsaved() == {}
