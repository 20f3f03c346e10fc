"""Rank the areas that a work may belong to, and predict its rating there.

All areas share one rating model, because an author has few ratings in each: a ridge regression of
the difference between ratings and the mean of their area, solved in the dual, one work at a time.
The result is shrunk by how wrong it is about works that it was not learned from, to nothing if
ratings do not depend on the terms.
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
    ClassifiedWork,
    learn_classes,
    softmax,
    spread_of_rows,
)

if TYPE_CHECKING:
    from papertrack.core.rank.features import Space, Vector
    from papertrack.core.rank.prior import Prior

_ENOUGH = 8  # ratings in an area before one is guessed
# Tried on 12 to 300 invented ratings of the benchmark's papers, some of which depend on areas or
# words and some on nothing: a ridge of .3 to 3 and doubts of 1 to 4 differ by .02 points.
_RIDGE = 1.0
_DOUBT = 4.0  # squares of the standard error that a slope must exceed
_FEW_RATINGS = 20.0  # ratings at which the slope counts half
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class RatingModel:
    """A model of ratings, in half points.

    Attributes:
        means: The mean rating of each area with enough ratings.
        lifts: What each dimension of the space adds to it.
        lift: The constant added to it.
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
    """Learn a model of ratings.

    Args:
        vectors: The rated works, in a stable order.
        rated: The rating (or None) by area of each of them, in half points.
        areas: The slugs of all areas.
        size: The number of dimensions.
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
    """Learn what each dimension adds to the mean rating of an area, and the constant."""
    # All works have much in common; relative to their mean, only their differences count.
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
    unseen = [0.0] * len(known)  # predictions for a work from the others
    total = shared = 0.0  # of the alphas, and of alphas times commons
    for _ in range(_ROUNDS):
        for at, (vector, lift) in enumerate(known):
            mine, square = commons[at], squares[at]
            predicted = vector.dot(weights) - total * mine - shared + total * common
            unseen[at] = predicted - alphas[at] * square
            alpha = (lift - unseen[at]) / (square + _RIDGE)
            step, alphas[at] = alpha - alphas[at], alpha
            vector.add_to(weights, step)
            total, shared = total + step, shared + step * mine
    trust = _trust(unseen, [lift for _, lift in known])
    lifts = [trust * (mine - total * mean) for mine, mean in zip(weights, middle, strict=True)]
    return lifts, -sum(map(mul, lifts, middle))


def _trust(unseen: Sequence[float], lifts: Sequence[float]) -> float:
    """Return the factor by which to shrink predictions, so that they fit unseen ratings.

    This is the slope of a regression through the origin, with the shrinkage of James and Stein
    (1961): to nothing when it is no larger than chance would make it.
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


# Chosen on splits of three lists, with no paper as new as those of the yardstick's tests: see
# benchmarks/README.md. Values in logits are added to the result of `learn_classes`.
_HABIT = 0.4  # weight of how often an area is used; .3 to .6 are the same within .003
_CENTROID = 0.35  # weight of an area's centroid, in standard deviations; .2 to .5 do as well
_BY_WORDS = 0.4  # the same for ordinary works, classified by the words of the areas; or .2
_FEW = 10.0  # works at which a centroid counts half; 5 to 20 do as well
_MINIMUM_POINT = 0.1  # so that one hit does not decide where few works have a word of the areas
_MINIMUM_SHARE = 1e-2  # smaller shares are not worth adding
_SPREAD_OF = 100  # works; more do not improve the estimate of the spread
_HINT = 1.0  # weight of a source that is subscribed for an area; in no benchmark
_LOWEST, _HIGHEST = 1, 10


@dataclass(frozen=True, slots=True)
class RatedWork:
    """A work that the author rated: its half points (or None) by area."""

    counts: Counts
    halves: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class AreaRanker:
    """A model of the areas.

    Attributes:
        known: The areas that were ever used.
        weights: By dimension of the space, its weight for each known area, in logits, and last what
            it adds to a rating, in half points.
        prior_share: The weight of a point of the words of the areas, in logits.
        habits: How often each area was used, as a logarithm; empty before the first rating.
        means: The mean rating of each area with enough ratings, in half points.
        lift: The constant added to every rating.
        hints: The areas that sources are subscribed for.
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
        """Rank the areas of a work and predict its ratings.

        Args:
            vector: The work in the space.
            prior: The words of the areas.
            hits: The hits of `prior` in the work.
            sources: Slugs of the sources that showed it.

        Returns:
            The areas, likeliest first, empty without evidence for any; and the predicted rating in
            half points, by area, for areas with enough ratings.
        """
        *learned, lift = self._look_up(vector)
        logits = dict.fromkeys(self.areas, 0.0) | dict(zip(self.known, learned, strict=True))
        for area, points in prior.shares(hits).items():
            logits[area] += self.prior_share * points
        for area in {self.hints[one] for one in sources if self.hints.get(one, "") in logits}:
            logits[area] += _HINT
        if not self.habits:
            logits = {area: value for area, value in logits.items() if value > 0}
        for area, habit in self.habits.items():
            logits[area] += habit
        halves = {
            area: max(_LOWEST, min(_HIGHEST, round(mean + self.lift + lift)))
            for area, mean in self.means.items()
        }
        # The sort is stable: equal areas stay in the order of the digest.
        return sorted(logits, key=logits.__getitem__, reverse=True), halves

    def _look_up(self, vector: Vector) -> list[float]:
        """Sum the weights for each known area, and last for the rating."""
        if not vector.places or not self.weights:
            return [0.0] * (len(self.known) + 1)
        # By dimension, not by area, because all weights of a dimension are adjacent in memory.
        columns = zip(*map(self.weights.__getitem__, vector.places), strict=True)
        return [sum(map(mul, vector.values, column)) for column in columns]


def learn_areas(
    placed: Sequence[RatedWork],
    areas: Sequence[str],
    hints: Mapping[str, str],
    tools: tuple[Space, Prior],
    ordinary: Sequence[Counts],
) -> AreaRanker:
    """Learn a model of the areas from rated works.

    Args:
        placed: Rated works, in a stable order; 300 are enough.
        areas: Slugs, in the order of the digest.
        hints: Area by source.
        tools: The space of the works, and the words of the areas.
        ordinary: Works of any kind, to estimate the spread of words and weights and the terms that
            occur with the words of the areas; up to 300.
    """
    space, prior = tools
    vectors = [space.vector(one.counts) for one in placed]
    spaced = [space.vector(counts) for counts in ordinary]
    found = [_points(areas, counts, prior) for counts in ordinary]
    point = max(spread_of_rows(found), _MINIMUM_POINT)
    used = Counter(area for one in placed for area in one.halves)
    every = sum(used[area] for area in areas) + len(areas)
    habits = {area: _HABIT * log((used[area] + 1) / every) for area in areas}
    # An area that was never used may be new: works in other areas are no evidence against it.
    known = [area for area in areas if used[area]]
    works = [
        ClassifiedWork(
            vector, shares, [value / point for value in _points(known, one.counts, prior)]
        )
        for one, vector in zip(placed, vectors, strict=True)
        if (shares := _shares(known, one))
    ]
    at = [areas.index(area) for area in known]
    weights = [[0.0] * space.size for _ in known]
    by_words = _classified_by_words(spaced, [[row[k] / point for k in at] for row in found])
    _add_centroids(weights, by_words, spaced, _BY_WORDS)
    trust = learn_classes(works, [habits[area] for area in known], weights)
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
    """Return the points of a work by the words of each area."""
    hits = prior.hits(counts)
    shares = prior.shares(hits)
    return [shares.get(area, 0.0) for area in areas]


def _shares(areas: Sequence[str], one: RatedWork) -> list[float]:
    """Divide a work among its areas; empty if it is in none of them."""
    mine = [float(area in one.halves) for area in areas]
    total = sum(mine)
    return [value / total for value in mine] if total else []


def _classified_by_words(
    vectors: Sequence[Vector], points: Sequence[Sequence[float]]
) -> list[ClassifiedWork]:
    """Classify works by the words of the areas alone, leaving out works without any."""
    return [
        ClassifiedWork(vector, softmax([FIRST_TRUST * value for value in values]), values)
        for vector, values in zip(vectors, points, strict=True)
        if any(values)
    ]


def _add_centroids(
    weights: Sequence[list[float]],
    works: Sequence[ClassifiedWork],
    ordinary: Sequence[Vector],
    times: float,
) -> None:
    """Add the difference between the mean of each class and that of all works to its weights.

    Args:
        weights: By class and dimension; changed in place.
        works: Classified works.
        ordinary: Works to estimate the spread of the differences.
        times: The weight of one standard deviation.
    """
    if not weights or not works:
        return
    size = len(weights[0])
    overall, centroids = [0.0] * size, [[0.0] * size for _ in weights]
    for work in works:
        work.vector.add_to(overall, 1 / len(works))
        for centroid, share in zip(centroids, work.shares, strict=True):
            if share >= _MINIMUM_SHARE:
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
