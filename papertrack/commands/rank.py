"""Learn from what the author judged, and write down what is expected of what waits.

Nothing here runs on the way to the screen: fetch and the end of a sitting do it, `rate` reads.
"""

from __future__ import annotations

import gc
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from papertrack.core.rank.areas import Placed, learn_areas
from papertrack.core.rank.follow import Follow, Repeats, follow_reasons, source_reasons
from papertrack.core.rank.plain import Model, pack, unpack
from papertrack.core.rank.prior import Interest
from papertrack.core.rank.ranker import MOST_PASSED, Lesson, learn
from papertrack.core.rank.words import Work, count_terms, readable
from papertrack.storage import rank
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from papertrack.config import Config
    from papertrack.core.rank.words import Counts

_VERSION = "2"  # of what is learned and how; another one learns anew
_MOST_KEPT = 1000
_MOST_PLACED = 300  # rated works that the areas are learned from
_MOST_WAITING = 2000  # items that are ranked at a time; older ones keep their standing
_AT_A_TIME = 250  # works that are held
_ORDINARY = 300
_SKIPPED = 0.5  # what an item says that was passed over, beside one that was rejected
_PUBLISHED = 1.5  # what an item says that stood in an issue, beside one that was kept
_WEEK = timedelta(days=7)
_MOST_REPEATED = 1000
_SHOWN = 5
_FAINTEST = 0.05


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was done: whether it was learned anew, and how many items were ranked."""

    is_learned: bool
    items: int


def refresh(db: sqlite3.Connection, config: Config, now: datetime) -> Ranked:
    """Learn anew when anything was said since, and rank what waits and was not ranked by it.

    Args:
        db: The database, outside of a transaction.
        config: The config, for areas, hints of sources and what is followed.
        now: The present, for what was judged this week.
    """
    name = name_model(db, config)
    numbers = rank.waiting(db, _MOST_WAITING, unless=name)
    is_known = rank.model_name(db) == name
    if is_known and not numbers:
        return Ranked(is_learned=False, items=0)
    if not _has_any_word(db, config):
        return Ranked(is_learned=False, items=0)
    with _uncollected():
        model = stored_model(db) if is_known else None
        body = b""
        if model is None:
            body = pack(learn_model(db, config))
            model = unpack(body)
        reader = Reader(db, config, model, now)
        expected = [
            reader.expect(number, work)
            for start in range(0, len(numbers), _AT_A_TIME)
            for number, work in rank.read_works(db, numbers[start : start + _AT_A_TIME]).items()
        ]
    with transaction(db):
        if body:
            rank.write_model(db, name, rank.last_event(db), body, now)
        rank.write_expected(db, name, expected, now)
    return Ranked(is_learned=bool(body), items=len(expected))


@contextmanager
def _uncollected() -> Iterator[None]:
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


def learn_model(db: sqlite3.Connection, config: Config) -> Model:
    """Learn from the state that the journal comes to; the same state gives the same model."""
    kept = rank.read_kept(db, _MOST_KEPT)
    rejected = rank.read_rejected(db, MOST_PASSED)
    skipped = rank.read_skipped(db, MOST_PASSED - len(rejected))
    counted = {one.item: count_terms(one.work) for one in [*kept, *rejected]}
    lessons = [
        Lesson(counted[one.item], is_kept=True, weight=_PUBLISHED if one.is_published else 1.0)
        for one in kept
    ]
    lessons += [Lesson(counted[one.item], is_kept=False) for one in rejected]
    lessons += [Lesson(count_terms(work), is_kept=False, weight=_SKIPPED) for work in skipped]
    waiting = sorted(rank.waiting(db, _ORDINARY))
    ordinary = [count_terms(work) for work in rank.read_works(db, waiting).values()]
    ranker = learn(lessons, _interests(config), ordinary)
    placed = [Placed(counted[one.item], one.halves) for one in kept if one.halves]
    areas = learn_areas(
        placed[-_MOST_PLACED:],
        [area.slug for area in config.areas],
        {source.slug: source.area for source in config.sources if source.area},
        (ranker.space, ranker.prior),
        (ordinary or [one.counts for one in lessons])[:100],
    )
    return Model(ranker, areas)


class Reader:
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

    def expect(self, number: int, work: Work) -> rank.Expected:
        """Say what is expected of a work."""
        ranker, areas = self._model.ranker, self._model.areas
        counts = count_terms(work)
        vector, hits = ranker.space.vector(counts), ranker.prior.hits(counts)
        learned, reasons = ranker.judge(vector, hits)
        beside = self.beside(work, counts)
        score = learned + sum(beside.values())
        return rank.Expected(
            item=number,
            score=round(score, 4),
            chance=round(ranker.chance(score), 4),
            words=round(sum(hits.values()), 4),
            reasons=strongest(reasons, beside),
            areas=areas.rank(vector, ranker.prior, hits, work.sources),
            halves=areas.guess(vector),
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
    sizes = sorted(map(abs, learned.values()))
    least = sizes[-4 * most] if len(sizes) > 4 * most else 0.0
    named = {readable(term): said for term, said in learned.items() if abs(said) >= least}
    for name, weight in beside.items():
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


def _interests(config: Config) -> list[Interest]:
    return [
        Interest(area.slug, area.name, area.description, area.keywords) for area in config.areas
    ]


def _has_any_word(db: sqlite3.Connection, config: Config) -> bool:
    """Tell whether there is anything to rank by."""
    follow = config.follow
    return bool(
        config.areas or follow.authors or follow.words or follow.sources or rank.read_kept(db, 1)
    )


def stored_model(db: sqlite3.Connection) -> Model | None:
    """Read what was learned; None when there is nothing, or nothing that can be read."""
    found = rank.read_model(db)
    if found is None:
        return None
    try:
        return unpack(found[1])
    except ValueError:  # it is only a copy of what the journal says: learn anew
        return None
