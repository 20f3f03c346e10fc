"""Learn from what the journal comes to: what was kept, rejected and passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.rank.areas import Placed, learn_areas
from papertrack.core.rank.plain import Model
from papertrack.core.rank.prior import Interest
from papertrack.core.rank.ranker import MOST_PASSED, Lesson, learn
from papertrack.core.rank.words import Counts, count_terms
from papertrack.storage import rank

if TYPE_CHECKING:
    import sqlite3

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
