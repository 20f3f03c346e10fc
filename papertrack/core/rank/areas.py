"""Rank the areas that a work may belong to, and guess its rating there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import log, sqrt
from operator import mul
from typing import TYPE_CHECKING

from papertrack.core.rank.learn import Example, learn_weights
from papertrack.core.rank.words import Counts

if TYPE_CHECKING:
    from papertrack.core.rank.prior import Prior
    from papertrack.core.rank.space import Space, Vector

_STRENGTH = 10.0
_HABIT = 0.6  # how much it counts that an area is used often
_HINT = 1.0  # what a source that is read for an area says
_TRUSTED_AT = 10.0  # ratings at which what was learned says half
_ENOUGH = 8  # ratings in an area before one is guessed
_SHRINK = 4.0  # a guess keeps near the mean of its area
_LOWEST, _HIGHEST = 1, 10


@dataclass(frozen=True, slots=True)
class Placed:
    """A work that the author rated: its halves (or None) by area."""

    counts: Counts
    halves: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class AreaRanker:
    """What was learned of the areas.

    Attributes:
        weights: By area, what each place of the space says.
        learned_share, prior_share: What a point of either says.
        habits: How often each area was used, as a logarithm; none before the first rating.
        means: The mean rating of each area with enough of them, in halves.
        ratings: By area, what each place says of the rating.
        hints: The areas that sources are read for.
    """

    areas: tuple[str, ...]
    weights: Mapping[str, Mapping[int, float]]
    learned_share: float
    prior_share: float
    habits: Mapping[str, float]
    means: Mapping[str, float]
    ratings: Mapping[str, Mapping[int, float]]
    hints: Mapping[str, str]

    def rank(
        self, vector: Vector, prior: Prior, hits: Mapping[str, float], sources: Sequence[str]
    ) -> list[str]:
        """List the areas of a work, the likeliest first; empty when nothing speaks for any.

        Args:
            vector: The work in the space.
            prior: The words of the areas.
            hits: What `prior` finds in it.
            sources: Slugs of what showed it.
        """
        hinted = {area for source in sources if (area := self.hints.get(source))}
        said = {
            area: self.learned_share * _sparse_dot(self.weights.get(area, {}), vector)
            + self.prior_share * prior.share(hits, area)
            + _HINT * (area in hinted)
            for area in self.areas
        }
        if not self.habits:
            said = {area: value for area, value in said.items() if value > 0}
        return sorted(
            said,
            key=lambda area: (-said[area] - self.habits.get(area, 0.0), self.areas.index(area)),
        )

    def guess(self, vector: Vector) -> dict[str, int]:
        """Guess the rating of a work, in halves, in every area with enough ratings."""
        return {
            area: max(_LOWEST, min(_HIGHEST, round(mean + _sparse_dot(self.ratings[area], vector))))
            for area, mean in self.means.items()
        }


def learn_areas(
    placed: Sequence[Placed],
    areas: Sequence[str],
    hints: Mapping[str, str],
    tools: tuple[Space, Prior],
    ordinary: Sequence[Counts],
) -> AreaRanker:
    """Learn the areas from what was rated.

    Args:
        placed: Rated works, in an order that does not change; 300 are enough.
        areas: Slugs, in the order of the digest.
        hints: Area by source.
        tools: Where works stand, and the words of the areas.
        ordinary: Works to tell how far words and weights spread; up to 100.
    """
    space, prior = tools
    vectors = [space.vector(one.counts) for one in placed]
    weights = {
        area: learned
        for area in areas
        if (learned := _learn_area(area, placed, vectors, space.size))
    }
    spaced = [space.vector(counts) for counts in ordinary]
    apart = _spread_of([[_sparse_dot(weights.get(a, {}), v) for a in areas] for v in spaced])
    found = [prior.hits(counts) for counts in ordinary]
    said = _spread_of([[prior.share(hits, area) for area in areas] for hits in found])
    used = Counter(area for one in placed for area in one.halves)
    ratings = {area: _learn_rating(area, placed, vectors) for area in areas}
    return AreaRanker(
        areas=tuple(areas),
        weights=weights,
        learned_share=len(placed) / (len(placed) + _TRUSTED_AT) / apart,
        prior_share=1 / said,
        habits={area: _HABIT * log((used[area] + 1) / len(placed)) for area in areas}
        if placed
        else {},
        means={area: mean for area, (mean, _) in ratings.items() if mean},
        ratings={area: said for area, (mean, said) in ratings.items() if mean},
        hints=dict(hints),
    )


def _learn_area(
    area: str, placed: Sequence[Placed], vectors: Sequence[Vector], size: int
) -> dict[int, float]:
    mine = sum(area in one.halves for one in placed)
    if not 0 < mine < len(placed):
        return {}
    rarer = sqrt((len(placed) - mine) / mine)
    examples = [
        Example(vector, area in one.halves, _STRENGTH * (rarer if area in one.halves else 1.0))
        for one, vector in zip(placed, vectors, strict=True)
    ]
    learned = learn_weights(examples, size).weights
    return {place: weight for place, weight in enumerate(learned) if weight}


def _learn_rating(
    area: str, placed: Sequence[Placed], vectors: Sequence[Vector]
) -> tuple[float, dict[int, float]]:
    """Find the mean rating of an area, 0 while there are too few, and what differs from it."""
    rated = [
        (vector, halves)
        for one, vector in zip(placed, vectors, strict=True)
        if (halves := one.halves.get(area)) is not None
    ]
    if len(rated) < _ENOUGH:
        return 0.0, {}
    mean = sum(halves for _, halves in rated) / len(rated)
    said: defaultdict[int, float] = defaultdict(float)
    for vector, halves in rated:
        for place, value in zip(vector.places, vector.values, strict=True):
            said[place] += (halves - mean) * value / _SHRINK
    return mean, dict(said)


def _sparse_dot(weights: Mapping[int, float], vector: Vector) -> float:
    if not weights:
        return 0.0
    said: float = sum(map(mul, vector.values, map(weights.get, vector.places, repeat(0.0))))
    return said


def _spread_of(table: Sequence[Sequence[float]]) -> float:
    """Tell how far the values of a row are apart in the mean; 1 when they are not at all."""
    spreads = []
    for row in table:
        if row:
            mean = sum(row) / len(row)
            spreads.append(sqrt(sum((value - mean) ** 2 for value in row) / len(row)))
    return (sum(spreads) / len(spreads) if spreads else 0.0) or 1.0
