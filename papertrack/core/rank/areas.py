"""Rank the areas that a work may belong to, and predict its rating there.

What is learned is shared by all areas, for an author has few ratings in each: ridge regression of
how far ratings are from the mean of their area, solved in the dual, one work at a time. It is then
taken back as far as it would have misjudged works that it was not learned from, to nothing when
ratings do not hang on the terms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from operator import mul
from typing import TYPE_CHECKING

from papertrack.core.rank.features import Counts
from papertrack.core.rank.logistic import (
    FIRST_TRUST,
    Sorted,
    chances_of,
    spread_of_rows,
    tell_apart,
)

if TYPE_CHECKING:
    from papertrack.core.rank.features import Space, Vector
    from papertrack.core.rank.prior import Prior

_ENOUGH = 8  # ratings in an area before one is guessed
# Tried on invented ratings of the benchmark's papers, some of which hang on areas or words and some
# on nothing, with 12 to 300 of them: a ridge of .3 to 3 and doubts of 1 to 4 differ by .02 points.
_RIDGE = 1.0
_DOUBT = 4.0  # squares of the standard error that a slope must exceed
_FEW_RATINGS = 20.0  # ratings at which half of the slope is believed
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class RatingModel:
    """What was learned of ratings, in halves.

    Attributes:
        means: The mean rating of each area that has enough of them.
        lifts: What each place of the space adds to it.
        lift: What is added to it whatever the work.
    """

    means: Mapping[str, float]
    lifts: Sequence[float]
    lift: float


def learn_ratings(
    vectors: Sequence[Vector],
    rated: Sequence[Mapping[str, int | None]],
    areas: Sequence[str],
    size: int,
) -> RatingModel:
    """Learn from the works that were rated.

    Args:
        vectors: The works, in an order that does not change.
        rated: The rating (or None) by area of each of them, in halves.
        areas: The areas that there are.
        size: How many places there are.
    """
    means = _means(rated, areas)
    known = [
        (vector, lift)
        for vector, halves in zip(vectors, rated, strict=True)
        if (lift := _lift(halves, means)) is not None
    ]
    lifts, lift = _learn_lifts(known, size)
    return RatingModel(means, lifts, lift)


def _means(rated: Sequence[Mapping[str, int | None]], areas: Sequence[str]) -> dict[str, float]:
    given: dict[str, list[int]] = {area: [] for area in areas}
    for halves in rated:
        for area, value in halves.items():
            if value is not None and area in given:
                given[area].append(value)
    return {area: sum(all_) / len(all_) for area, all_ in given.items() if len(all_) >= _ENOUGH}


def _learn_lifts(known: Sequence[tuple[Vector, float]], size: int) -> tuple[list[float], float]:
    """Learn what each place adds to the mean rating of an area, and what every work has."""
    # All works have much in common; seen from their middle only what sets them apart counts.
    middle = [0.0] * size
    for vector, _ in known:
        vector.add_to(middle, 1 / len(known))
    commons = [vector.dot(middle) for vector, _ in known]
    common = sum(map(mul, middle, middle))
    squares = [
        vector.square() - 2 * mine + common
        for (vector, _), mine in zip(known, commons, strict=True)
    ]
    weights, alphas = [0.0] * size, [0.0] * len(known)
    unseen = [0.0] * len(known)  # what is said of a work by what was learned from the others
    total = shared = 0.0  # of the alphas, and of them times what each has in common
    for _ in range(_ROUNDS):
        for at, (vector, lift) in enumerate(known):
            mine, square = commons[at], squares[at]
            said = vector.dot(weights) - total * mine - shared + total * common
            unseen[at] = said - alphas[at] * square
            alpha = (lift - unseen[at]) / (square + _RIDGE)
            step, alphas[at] = alpha - alphas[at], alpha
            vector.add_to(weights, step)
            total, shared = total + step, shared + step * mine
    trust = _trust(unseen, [lift for _, lift in known])
    lifts = [trust * (mine - total * mean) for mine, mean in zip(weights, middle, strict=True)]
    return lifts, -sum(map(mul, lifts, middle))


def _trust(unseen: Sequence[float], lifts: Sequence[float]) -> float:
    """Tell by how much to multiply what is said, so that it fits ratings it did not see.

    The slope of a regression through the origin, shrunk as James and Stein (1961) do: to nothing
    when it is no larger than chance makes it.
    """
    agreed = sum(map(mul, unseen, lifts))
    spread = sum(map(mul, unseen, unseen))
    if agreed <= 0 or not spread:
        return 0.0
    variance = sum(map(mul, lifts, lifts)) / len(lifts)
    slope = agreed / spread * len(lifts) / (len(lifts) + _FEW_RATINGS)
    return float(slope * max(0.0, 1 - _DOUBT * variance * spread / (agreed * agreed)))


def _lift(halves: Mapping[str, int | None], means: Mapping[str, float]) -> float | None:
    lifts = [
        value - means[area] for area, value in halves.items() if value is not None and area in means
    ]
    return sum(lifts) / len(lifts) if lifts else None


# Chosen on splits of three lists, each paper of them older than the yardstick's tests: see
# benchmarks/README.md. What is said in logits stands beside what `tell_apart` learns.
_HABIT = 0.4  # how much it counts that an area is used often; .3 to .6 are the same within .003
_CENTROID = 0.35  # how far an area's works differ from the others, in spreads; .2 to .5 do as well
_BY_WORDS = 0.4  # the same of ordinary works, sorted by the words of the areas; .2 does as well
_FEW = 10.0  # works at which a centroid says half of what it would; 5 to 20 do as well
_LEAST_POINT = 0.1  # where few works have any word of the areas, one hit says not everything
_LEAST = 1e-2  # a share that is not worth adding
_SPREAD_OF = 100  # works; more tell the spread no better
_HINT = 1.0  # what a source that is read for an area says; in no benchmark
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
        known: Those of them that were ever used.
        weights: By place of the space, what it says of each known area, in logits, and at last what
            it adds to a rating, in halves.
        prior_share: What a point of the words of the areas says, in logits.
        habits: How often each area was used, as a logarithm; none before the first rating.
        means: The mean rating of each area with enough of them, in halves.
        lift: What is added to every rating.
        hints: The areas that sources are read for.
    """

    areas: tuple[str, ...]
    known: tuple[str, ...]
    weights: Sequence[Sequence[float]]
    prior_share: float
    habits: Mapping[str, float]
    means: Mapping[str, float]
    lift: float
    hints: Mapping[str, str]

    def judge(
        self, vector: Vector, prior: Prior, hits: Mapping[str, float], sources: Sequence[str]
    ) -> tuple[list[str], dict[str, int]]:
        """List the areas of a work, and guess its rating.

        Args:
            vector: The work in the space.
            prior: The words of the areas.
            hits: What `prior` finds in it.
            sources: Slugs of what showed it.

        Returns:
            The areas, the likeliest first, none when nothing speaks for any; and the rating in
            halves, by area, where there are enough of them.
        """
        *learned, lift = self._look_up(vector)
        said = dict.fromkeys(self.areas, 0.0) | dict(zip(self.known, learned, strict=True))
        for area, points in prior.shares(hits).items():
            said[area] += self.prior_share * points
        for area in {self.hints[one] for one in sources if self.hints.get(one, "") in said}:
            said[area] += _HINT
        if not self.habits:
            said = {area: value for area, value in said.items() if value > 0}
        for area, habit in self.habits.items():
            said[area] += habit
        halves = {
            area: max(_LOWEST, min(_HIGHEST, round(mean + self.lift + lift)))
            for area, mean in self.means.items()
        }
        # The sort is stable: areas of which the same is said stay in the order of the digest.
        return sorted(said, key=said.__getitem__, reverse=True), halves

    def _look_up(self, vector: Vector) -> list[float]:
        """Sum what is said of each known area, and at last of the rating."""
        if not vector.places or not self.weights:
            return [0.0] * (len(self.known) + 1)
        # By place, not by area: what a place says of all areas lies together in memory.
        columns = zip(*map(self.weights.__getitem__, vector.places), strict=True)
        return [sum(map(mul, vector.values, column)) for column in columns]


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
        ordinary: Works of any kind, to tell how far words and weights spread, and what stands
            beside the words of the areas; up to 300.
    """
    space, prior = tools
    vectors = [space.vector(one.counts) for one in placed]
    spaced = [space.vector(counts) for counts in ordinary]
    found = [_points(areas, counts, prior) for counts in ordinary]
    point = max(spread_of_rows(found), _LEAST_POINT)
    used = Counter(area for one in placed for area in one.halves)
    every = sum(used[area] for area in areas) + len(areas)
    habits = {area: _HABIT * log((used[area] + 1) / every) for area in areas}
    # An area that was never used may be new: what was put elsewhere says nothing against it.
    known = [area for area in areas if used[area]]
    works = [
        Sorted(vector, shares, [value / point for value in _points(known, one.counts, prior)])
        for one, vector in zip(placed, vectors, strict=True)
        if (shares := _shares(known, one))
    ]
    at = [areas.index(area) for area in known]
    weights = [[0.0] * space.size for _ in known]
    by_words = _sorted_by_words(spaced, [[row[k] / point for k in at] for row in found])
    _add_centroids(weights, by_words, spaced, _BY_WORDS)
    trust = tell_apart(works, [habits[area] for area in known], weights)
    _add_centroids(weights, works, spaced, _CENTROID)
    ratings = learn_ratings(vectors, [one.halves for one in placed], areas, space.size)
    return AreaRanker(
        areas=tuple(areas),
        known=tuple(known),
        weights=list(zip(*weights, ratings.lifts, strict=True)),
        prior_share=trust / point,
        habits=habits if placed else {},
        means=ratings.means,
        lift=ratings.lift,
        hints=dict(hints),
    )


def _points(areas: Sequence[str], counts: Counts, prior: Prior) -> list[float]:
    """Tell what the words of each area say of a work."""
    hits = prior.hits(counts)
    shares = prior.shares(hits)
    return [shares.get(area, 0.0) for area in areas]


def _shares(areas: Sequence[str], one: Placed) -> list[float]:
    """Share a work out among its areas; empty when it is in none of them."""
    mine = [float(area in one.halves) for area in areas]
    total = sum(mine)
    return [value / total for value in mine] if total else []


def _sorted_by_words(vectors: Sequence[Vector], points: Sequence[Sequence[float]]) -> list[Sorted]:
    """Sort works as the words of the areas alone would; those without any are left out."""
    return [
        Sorted(vector, chances_of([FIRST_TRUST * value for value in said]), said)
        for vector, said in zip(vectors, points, strict=True)
        if any(said)
    ]


def _add_centroids(
    weights: Sequence[list[float]],
    works: Sequence[Sorted],
    ordinary: Sequence[Vector],
    times: float,
) -> None:
    """Add to the weights of each kind how its works differ from all in the mean.

    Args:
        weights: By kind and place; they are changed.
        works: Of any number.
        ordinary: Works to tell how far that spreads.
        times: How much a spread says.
    """
    if not weights or not works:
        return
    size = len(weights[0])
    overall, centroids = [0.0] * size, [[0.0] * size for _ in weights]
    for work in works:
        work.vector.add_to(overall, 1 / len(works))
        for centroid, share in zip(centroids, work.shares, strict=True):
            if share >= _LEAST:
                work.vector.add_to(centroid, share)
    totals = [sum(work.shares[kind] for work in works) for kind in range(len(weights))]
    rows = []
    for vector in ordinary[:_SPREAD_OF]:
        mean = vector.dot(overall)
        rows.append(
            [
                (vector.dot(centroid) - total * mean) / (total + _FEW)
                for centroid, total in zip(centroids, totals, strict=True)
            ]
        )
    times /= spread_of_rows(rows)
    touched = [(place, value) for place, value in enumerate(overall) if value]
    for mine, centroid, total in zip(weights, centroids, totals, strict=True):
        scale = times / (total + _FEW)
        for place, mean in touched:
            mine[place] += scale * (centroid[place] - total * mean)
