"""Read what waits with the eyes of a model: what is expected of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from papertrack.core.rank.features import Vector
from papertrack.core.rank.follow import Follow, Repeats, follow_reasons, source_reasons
from papertrack.core.rank.words import Counts, Work, count_terms, readable
from papertrack.storage import rank

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from papertrack.config.schema import Config
    from papertrack.core.rank.plain import Model

_WEEK = timedelta(days=7)
_MOST_REPEATED = 1000
_SHOWN = 5
_LOOKED_AT = 20  # terms; some are parts of others
_FAINTEST = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """A work as the model sees it.

    Attributes:
        vector: The work among the terms that are known.
        hits: The words of the areas in it, and what each says.
    """

    work: Work
    counts: Counts
    vector: Vector
    hits: Mapping[str, float]


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

    def see(self, work: Work) -> Seen:
        """Count and place the terms of a work."""
        ranker, counts = self._model.ranker, count_terms(work)
        return Seen(work, counts, ranker.space.vector(counts), ranker.prior.hits(counts))

    def expect(self, number: int, seen: Seen) -> rank.Expected:
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
