"""Learn from what the author judged, predict what waits, and explain a prediction.

Nothing here runs on the way to the screen: fetch and the end of a session do it, `rate` reads.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.predictions import predict
from papertrack.core.rank.areas import Placed, learn_areas
from papertrack.core.rank.features import Counts, Vector, Work, count_terms, readable
from papertrack.core.rank.prediction import Prediction, Reason
from papertrack.core.rank.prior import Follow, Interest, Repeats, follow_reasons, source_reasons
from papertrack.core.rank.ranker import MOST_PASSED, Lesson, learn
from papertrack.core.rank.serialize import Model, pack, unpack
from papertrack.core.records import Item
from papertrack.storage import items, rank
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from papertrack.config.schema import Config

_MOST_KEPT = 1000
_MOST_PLACED = 300  # rated works that the areas are learned from
_ORDINARY = 300
_SKIPPED = 0.5  # what an item says that was passed over, beside one that was rejected
_PUBLISHED = 1.5  # what an item says that stood in an issue, beside one that was kept


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that is learned from, its terms counted.

    Attributes:
        judged: What was kept, rejected and passed over.
        placed: What was rated, the latest of too many.
        ordinary: What waits, to tell what an ordinary work is.
    """

    judged: Sequence[Lesson]
    placed: Sequence[Placed]
    ordinary: Sequence[Counts]


def read_lessons(db: sqlite3.Connection) -> Lessons:
    """Read the state that the journal comes to."""
    kept = rank.read_kept(db, _MOST_KEPT)
    rejected = rank.read_rejected(db, MOST_PASSED)
    skipped = rank.read_skipped(db, MOST_PASSED - len(rejected))
    counted = {one.item: count_terms(one.work) for one in [*kept, *rejected]}
    judged = [
        Lesson(counted[one.item], is_kept=True, weight=_PUBLISHED if one.is_published else 1.0)
        for one in kept
    ]
    judged += [Lesson(counted[one.item], is_kept=False) for one in rejected]
    judged += [Lesson(count_terms(work), is_kept=False, weight=_SKIPPED) for work in skipped]
    rated = {one.item: one for one in kept if one.halves}
    placed = [
        Placed(counted[item], rated[item].halves)
        for item in rank.latest_judged(db, list(rated), _MOST_PLACED)
    ]
    waiting = sorted(rank.waiting(db, _ORDINARY))
    ordinary = [count_terms(work) for work in rank.read_works(db, waiting).values()]
    return Lessons(judged, placed, ordinary)


def learn_from(lessons: Lessons, config: Config) -> Model:
    """Learn; the same lessons give the same model."""
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
_MOST_REPEATED = 1000
_SHOWN = 5
_LOOKED_AT = 20  # terms; some are parts of others
_FAINTEST = 0.05


@dataclass(frozen=True, slots=True)
class ScoredWork:
    """A work as the model sees it.

    Attributes:
        vector: The work among the terms that are known.
        hits: The words of the areas in it, and what each says.
    """

    work: Work
    counts: Counts
    vector: Vector
    hits: Mapping[str, float]


class WorkScorer:
    """Reads works with the eyes of a model."""

    def __init__(
        self,
        db: sqlite3.Connection,
        config: Config,
        model: Model,
        now: datetime,
        *,
        but: int | None = None,
    ) -> None:
        """Take what was learned, what is followed and what was judged this week, but for one."""
        self._model = model
        self._follow = Follow(config.follow.authors, config.follow.words, config.follow.sources)
        judged = rank.judged_since(db, now - _WEEK, _MOST_REPEATED)
        self._repeats = Repeats(
            [(title, count_terms(Work(title))) for item, title in judged if item != but]
        )

    def see(self, work: Work) -> ScoredWork:
        """Count and place the terms of a work."""
        ranker, counts = self._model.ranker, count_terms(work)
        return ScoredWork(work, counts, ranker.space.vector(counts), ranker.prior.hits(counts))

    def expect(self, number: int, seen: ScoredWork) -> rank.Expected:
        """Say what is expected of a work."""
        ranker, areas = self._model.ranker, self._model.areas
        learned, reasons = ranker.judge(seen.vector, seen.hits, _LOOKED_AT)
        beside = self.beside(seen.work, seen.counts)
        likely, halves = areas.judge(seen.vector, ranker.prior, seen.hits, seen.work.sources)
        score = learned + sum(beside.values())
        return rank.Expected(
            item=number,
            score=round(score, 4),
            chance=round(ranker.chance(score), 4),
            words=round(sum(seen.hits.values()), 4),
            reasons=strongest(reasons, beside),
            areas=likely,
            halves=halves,
        )

    def beside(self, work: Work, counts: Counts) -> dict[str, float]:
        """Say what speaks for a work beside what was learned."""
        return {
            **source_reasons(work),
            **self._repeats.reasons(counts),
            **follow_reasons(self._follow, work, counts),
        }


def strongest(
    learned: dict[str, float], beside: dict[str, float], most: int = _SHOWN
) -> list[tuple[str, float]]:
    """Choose the strongest reasons; of a phrase and its words, the phrase or the stronger word."""
    named: dict[str, float] = {}
    # A category that is the first one, too, is two terms of one name.
    for name, weight in [
        *((readable(term), said) for term, said in learned.items()),
        *beside.items(),
    ]:
        named[name] = named.get(name, 0.0) + weight
    chosen: list[tuple[str, float]] = []
    for name, weight in sorted(named.items(), key=lambda one: (-abs(one[1]), one[0])):
        if abs(weight) < _FAINTEST or len(chosen) == most:
            break
        if not any(_is_part(name, other) for other, _ in chosen):
            chosen.append((name, round(weight, 3)))
    return chosen


def _is_part(name: str, other: str) -> bool:
    return f" {name} " in f" {other} " or f" {other} " in f" {name} "


_VERSION = "3"  # of what is learned and how; another one learns anew
_MOST_WAITING = 2000  # items that are ranked at a time; older ones keep their prediction
_AT_A_TIME = 250  # works that are held


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was done: whether it was learned anew, and how many items were ranked."""

    is_learned: bool
    items: int


def refresh(db: sqlite3.Connection, config: Config, now: datetime, *, anew: bool = False) -> Ranked:
    """Learn anew when anything was said since, and rank what waits and was not ranked by it.

    Args:
        db: The database, outside of a transaction.
        config: The config, for areas, hints of sources and what is followed.
        now: The present, for what was judged this week.
        anew: Whether to forget what is stored, whatever it was learned from.
    """
    heard, name = rank.last_event(db), name_model(db, config)
    is_known = not anew and rank.model_name(db) == name
    numbers = rank.waiting(db, _MOST_WAITING, unless=None if anew else name)
    if is_known and not numbers:
        return Ranked(is_learned=False, items=0)
    if not _has_any_word(db, config):
        if rank.model_name(db) is not None:
            with transaction(db):
                rank.forget(db)
        return Ranked(is_learned=False, items=0)
    with uncollected():
        model = stored_model(db) if is_known else None
        body = b""
        if model is None:
            body = pack(learn_from(read_lessons(db), config))
            model = unpack(body)
        reader = WorkScorer(db, config, model, now)
        expected = [
            reader.expect(number, reader.see(work))
            for start in range(0, len(numbers), _AT_A_TIME)
            for number, work in rank.read_works(db, numbers[start : start + _AT_A_TIME]).items()
        ]
    with transaction(db):
        if rank.heard_by_model(db) > heard:  # another process learned from more meanwhile
            return Ranked(is_learned=False, items=0)
        if anew:
            rank.forget(db)
        if body:
            rank.write_model(db, name, heard, body, now)
        rank.write_expected(db, name, expected, now)
    return Ranked(is_learned=bool(body), items=len(expected))


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector back: it would look at all that is learned from, and find none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def name_model(db: sqlite3.Connection, config: Config) -> str:
    """Name all that a model is learned from: the journal, what was published, the config."""
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
    """Tell whether there is anything to rank by."""
    follow = config.follow
    return bool(
        config.areas or follow.authors or follow.words or follow.sources or rank.read_kept(db, 1)
    )


def present_model(db: sqlite3.Connection, config: Config, now: datetime) -> Model | None:
    """Bring what was learned up to date, and read it; None when there is nothing to learn from."""
    refresh(db, config, now)
    model = stored_model(db)
    if model is None and rank.model_name(db) is not None:  # it is damaged
        refresh(db, config, now, anew=True)
        model = stored_model(db)
    return model


def stored_model(db: sqlite3.Connection) -> Model | None:
    """Read what was learned; None when there is nothing, or nothing that can be read."""
    found = rank.read_model(db)
    if found is None:
        return None
    try:
        return unpack(found[1])
    except ValueError:  # it is only a copy of what the journal says: learn anew
        return None


_MANY = 20


@dataclass(frozen=True, slots=True)
class Why:
    """What is, or was, expected of an item.

    Attributes:
        prediction: As it is stored; of a judged item as it was before.
        reasons: More of them, as the model that is stored now sees them.
        kept, passed: From how many works the model was learned; None without a model.
    """

    item: Item
    prediction: Prediction
    reasons: tuple[Reason, ...]
    kept: int | None
    passed: int | None


def explain(db: sqlite3.Connection, config: Config, named: str, now: datetime) -> Why:
    """Explain what is expected of an item; learns first when the author said more since.

    Raises:
        NoSuchItem: There is no such item.
    """
    number = references.find(db, named)
    model = present_model(db, config, now)
    item = items.read_item(db, number)
    prediction = predict(db, config, item)
    if model is None:
        return Why(item, prediction, prediction.reasons, None, None)
    work = rank.read_works(db, [number])[number]
    reader, counts = WorkScorer(db, config, model, now, but=number), count_terms(work)
    reasons = strongest(model.ranker.reasons(counts), reader.beside(work, counts), _MANY)
    return Why(
        item,
        prediction,
        tuple(Reason(words, weight) for words, weight in reasons),
        model.ranker.kept,
        model.ranker.passed,
    )
