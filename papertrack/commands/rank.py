"""Train the ranking on the author's judgements, rank the queue, and explain predictions.

Nothing here delays the rating screen: fetch and the end of a session rank, `rate` only reads.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.predictions import predict
from papertrack.core.rank.areas import RatedWork, learn_areas
from papertrack.core.rank.features import (
    Counts,
    ReadWork,
    Vector,
    Work,
    count_terms,
    read_work,
    readable,
)
from papertrack.core.rank.prediction import Prediction, Reason
from papertrack.core.rank.prior import Follow, Interest, Repeats, follow_reasons, source_reasons
from papertrack.core.rank.ranker import MAXIMUM_PASSED, Lesson, learn
from papertrack.core.rank.serialize import Model, pack, unpack
from papertrack.core.records import Item
from papertrack.storage import items, rank
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from papertrack.config.schema import Config

_MAX_KEPT = 1000
_MAX_PLACED = 300  # rated works to learn the areas from
_ORDINARY = 300
_SKIPPED = 0.5  # weight of a skipped item, relative to a rejected one
_PUBLISHED = 1.5  # weight of a published item, relative to a kept one


@dataclass(frozen=True, slots=True)
class Lessons:
    """The training data, as term counts.

    Attributes:
        judged: Kept, rejected and skipped works.
        placed: Rated works, the latest if there are too many.
        ordinary: Works in the queue, as a sample of ordinary works.
    """

    judged: Sequence[Lesson]
    placed: Sequence[RatedWork]
    ordinary: Sequence[Counts]


def read_lessons(db: sqlite3.Connection) -> Lessons:
    """Read the training data from the current judgements."""
    kept = rank.read_kept(db, _MAX_KEPT)
    rejected = rank.read_rejected(db, MAXIMUM_PASSED)
    skipped = rank.read_skipped(db, MAXIMUM_PASSED - len(rejected))
    counted = {one.item: count_terms(one.work) for one in [*kept, *rejected]}
    judged = [
        Lesson(counted[one.item], is_kept=True, weight=_PUBLISHED if one.is_published else 1.0)
        for one in kept
    ]
    judged += [Lesson(counted[one.item], is_kept=False) for one in rejected]
    judged += [Lesson(count_terms(work), is_kept=False, weight=_SKIPPED) for work in skipped]
    rated = {one.item: one for one in kept if one.halves}
    placed = [
        RatedWork(counted[item], rated[item].halves)
        for item in rank.latest_judged(db, list(rated), _MAX_PLACED)
    ]
    waiting = sorted(rank.waiting(db, _ORDINARY))
    ordinary = [count_terms(work) for work in rank.read_works(db, waiting).values()]
    return Lessons(judged, placed, ordinary)


def train(lessons: Lessons, config: Config) -> Model:
    """Train a model; the same lessons give the same model."""
    interests = [
        Interest(area.slug, area.name, area.description, area.keywords) for area in config.areas
    ]
    ranker = learn(lessons.judged, interests, lessons.ordinary)
    areas = learn_areas(
        lessons.placed,
        [area.slug for area in config.areas],
        {source.slug: source.area for source in config.sources if source.area},
        (ranker.space, ranker.prior),
        (lessons.ordinary or [one.counts for one in lessons.judged])[:_ORDINARY],
    )
    return Model(ranker, areas)


_WEEK = timedelta(days=7)
_MAX_REPEATED = 1000
_MAX_REASONS = 5
_MIN_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class ScoredWork:
    """The features of a work.

    Attributes:
        vector: The work in the space of known terms.
        hits: The keywords of areas in it, with their weights.
    """

    work: Work
    read: ReadWork
    vector: Vector
    hits: Mapping[str, float]


class WorkScorer:
    """Scores works with a model."""

    def __init__(
        self,
        db: sqlite3.Connection,
        config: Config,
        model: Model,
        now: datetime,
        *,
        excluding: Collection[int] = (),
    ) -> None:
        """Read what the author follows and what was judged this week, except some items."""
        self._model = model
        self._follow = Follow(config.follow.authors, config.follow.words, config.follow.sources)
        judged = rank.judged_since(db, now - _WEEK, _MAX_REPEATED)
        self._repeats = Repeats([title for item, title in judged if item not in excluding])

    def analyze(self, work: Work) -> ScoredWork:
        """Compute the features of a work."""
        ranker, read = self._model.ranker, read_work(work)
        return ScoredWork(work, read, ranker.space.vector_of(read), ranker.prior.hits(read))

    def predict(self, number: int, seen: ScoredWork) -> rank.Expected:
        """Predict the judgement of a work."""
        ranker, areas = self._model.ranker, self._model.areas
        likely, halves = areas.judge(seen.vector, ranker.prior, seen.hits, seen.work.sources)
        other_reasons = self._other_reasons(seen)
        score = ranker.score_of(seen.vector, seen.hits) + sum(other_reasons.values())
        return rank.Expected(
            item=number,
            score=round(score, 4),
            chance=round(ranker.chance(score), 4),
            words=round(sum(seen.hits.values()), 4),
            reasons=(),  # when somebody asks: they take longer than all of the rest
            areas=likely,
            halves=halves,
        )

    def reasons(self, seen: ScoredWork, maximum: int = _MAX_REASONS) -> tuple[Reason, ...]:
        """Return the strongest reasons for the score of a work."""
        learned = self._model.ranker.reasons_of(seen.vector, seen.hits)
        return tuple(
            Reason(words, weight)
            for words, weight in strongest(learned, self._other_reasons(seen), maximum)
        )

    def _other_reasons(self, seen: ScoredWork) -> dict[str, float]:
        """Weigh the reasons that are not learned: source, followed authors and words, repeats."""
        return {
            **source_reasons(seen.work),
            **self._repeats.reasons(seen.read),
            **follow_reasons(self._follow, seen.work, seen.read),
        }


def strongest(
    learned: dict[str, float], other_reasons: dict[str, float], maximum: int = _MAX_REASONS
) -> list[tuple[str, float]]:
    """Choose the strongest reasons; of a phrase and its words only the strongest."""
    named: dict[str, float] = {}
    # The primary category is two terms with the same name.
    for name, weight in [
        *((readable(term), said) for term, said in learned.items()),
        *other_reasons.items(),
    ]:
        named[name] = named.get(name, 0.0) + weight
    chosen: list[tuple[str, float]] = []
    for name, weight in sorted(named.items(), key=lambda one: (-abs(one[1]), one[0])):
        if abs(weight) < _MIN_WEIGHT or len(chosen) == maximum:
            break
        if not any(_is_part(name, other) for other, _ in chosen):
            chosen.append((name, round(weight, 3)))
    return chosen


def _is_part(name: str, other: str) -> bool:
    return f" {name} " in f" {other} " or f" {other} " in f" {name} "


_VERSION = "4"  # of the features and the method; a change retrains the model
_MAX_RANKED = 2000  # items to rank; older ones keep their prediction
_AT_A_TIME = 250  # works in memory


@dataclass(frozen=True, slots=True)
class Ranked:
    """Whether the model was retrained, and how many items were ranked."""

    is_learned: bool
    items: int


def refresh(
    db: sqlite3.Connection, config: Config, now: datetime, *, rebuild: bool = False
) -> Ranked:
    """Retrain the model if there are new judgements, and rank unranked items of the queue.

    Args:
        db: The database, outside of a transaction.
        config: The config, for areas, the areas of sources and what is followed.
        now: The current time, which decides what was judged this week.
        rebuild: Whether to discard the stored model and predictions first.
    """
    last_event, name = rank.last_event(db), model_key(db, config)
    is_known = not rebuild and rank.model_name(db) == name
    numbers = rank.waiting(db, _MAX_RANKED, unless=None if rebuild else name)
    if is_known and not numbers:
        return Ranked(is_learned=False, items=0)
    if not _has_any_word(db, config):
        if rank.model_name(db) is not None:
            with transaction(db):
                rank.forget(db)
        return Ranked(is_learned=False, items=0)
    with garbage_collection_paused():
        model = stored_model(db) if is_known else None
        reasons = {} if is_known else _explain_judged(db, config, now)
        body = b""
        if model is None:
            body = pack(train(read_lessons(db), config))
            model = unpack(body)
        scorer = WorkScorer(db, config, model, now)
        expected = [
            scorer.predict(number, scorer.analyze(work))
            for start in range(0, len(numbers), _AT_A_TIME)
            for number, work in rank.read_works(db, numbers[start : start + _AT_A_TIME]).items()
        ]
    with transaction(db):
        if rank.trained_until(db) > last_event:  # another process knew later judgements
            return Ranked(is_learned=False, items=0)
        rank.write_reasons(db, reasons)
        if rebuild:
            rank.forget(db)
        if body:
            rank.write_model(db, name, last_event, body, now)
        rank.write_expected(db, name, expected, now)
    return Ranked(is_learned=bool(body), items=len(expected))


def _explain_judged(
    db: sqlite3.Connection, config: Config, now: datetime
) -> dict[int, list[tuple[str, float]]]:
    """Find the reasons for the predictions of judged items while their model is still there.

    The next model will have learned from the judgements.
    """
    name = rank.model_name(db)
    numbers = rank.list_unexplained(db, name) if name else []
    if not numbers:
        return {}
    explainer = Explainer(db, config, now, excluding=numbers)
    return {
        number: [(one.words, one.weight) for one in explainer.reasons(number)] for number in numbers
    }


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Pause the garbage collector, which would scan all training data and free nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def model_key(db: sqlite3.Connection, config: Config) -> str:
    """Hash everything a model depends on: the journal, the published works, the config."""
    read = [
        _VERSION,
        rank.last_event(db),
        rank.count_issue_items(db),
        [[area.slug, area.name, area.description, area.keywords] for area in config.areas],
        [[source.slug, source.area] for source in config.sources],
        [config.follow.authors, config.follow.words, config.follow.sources],
    ]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()[:24]


def _has_any_word(db: sqlite3.Connection, config: Config) -> bool:
    """Return whether there is anything to rank by."""
    follow = config.follow
    return bool(
        config.areas or follow.authors or follow.words or follow.sources or rank.read_kept(db, 1)
    )


def current_model(db: sqlite3.Connection, config: Config, now: datetime) -> Model | None:
    """Update and read the model; None if there is nothing to learn from."""
    refresh(db, config, now)
    model = stored_model(db)
    if model is None and rank.model_name(db) is not None:  # it is damaged
        refresh(db, config, now, rebuild=True)
        model = stored_model(db)
    return model


def stored_model(db: sqlite3.Connection) -> Model | None:
    """Read the stored model; None if there is none or it is damaged."""
    found = rank.read_model(db)
    if found is None:
        return None
    try:
        return unpack(found[1])
    except ValueError:  # it can be rebuilt from the journal
        return None


class Explainer:
    """Finds the reasons for stored predictions, with the model of the last ranking.

    Args:
        db: The database.
        config: The config, for what is followed.
        now: The current time, which decides what was judged this week.
        excluding: Judged items that no work is compared with.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        config: Config,
        now: datetime,
        *,
        excluding: Collection[int] = (),
    ) -> None:
        self._db = db
        self._scorer: WorkScorer | None = None
        if (model := stored_model(db)) is not None:
            self._scorer = WorkScorer(db, config, model, now, excluding=excluding)

    def reasons(self, number: int) -> tuple[Reason, ...]:
        """Return the strongest reasons for an item; empty if nothing was ever ranked."""
        work = rank.read_works(self._db, [number]).get(number)
        if self._scorer is None or work is None:
            return ()
        return self._scorer.reasons(self._scorer.analyze(work))


_MAX_WHY_REASONS = 20


@dataclass(frozen=True, slots=True)
class Why:
    """The prediction for an item, explained.

    Attributes:
        prediction: The stored one; for a judged item the one made before.
        reasons: More reasons, from the current model.
        kept, passed: How many works the model was trained on; None without a model.
    """

    item: Item
    prediction: Prediction
    reasons: tuple[Reason, ...]
    kept: int | None
    passed: int | None


def explain(db: sqlite3.Connection, config: Config, named: str, now: datetime) -> Why:
    """Explain the prediction for an item; update the model first.

    Raises:
        NoSuchItem: There is no such item.
    """
    number = references.find(db, named)
    model = current_model(db, config, now)
    item = items.read_item(db, number)
    prediction = predict(db, config, item)
    if model is None:
        return Why(item, prediction, prediction.reasons, None, None)
    work = rank.read_works(db, [number])[number]
    scorer = WorkScorer(db, config, model, now, excluding=[number])
    return Why(
        item,
        prediction,
        scorer.reasons(scorer.analyze(work), _MAX_WHY_REASONS),
        model.ranker.kept,
        model.ranker.passed,
    )
