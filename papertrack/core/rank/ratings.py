"""Learn how a work is rated: the mean of its area, and what its terms add to that.

What is learned is shared by all areas, for an author has few ratings in each: ridge regression of
how far ratings are from the mean of their area, solved in the dual, one work at a time. It is then
taken back as far as it would have misjudged works that it was not learned from, to nothing when
ratings do not hang on the terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papertrack.core.rank.features import Vector

_ENOUGH = 8  # ratings in an area before one is guessed
# Tried on invented ratings of the benchmark's papers, some of which hang on areas or words and some
# on nothing, with 12 to 300 of them: a ridge of .3 to 3 and doubts of 1 to 4 differ by .02 points.
_RIDGE = 1.0
_DOUBT = 4.0  # squares of the standard error that a slope must exceed
_FEW = 20.0  # ratings at which half of the slope is believed
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Ratings:
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
) -> Ratings:
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
    return Ratings(means, lifts, lift)


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
    slope = agreed / spread * len(lifts) / (len(lifts) + _FEW)
    return float(slope * max(0.0, 1 - _DOUBT * variance * spread / (agreed * agreed)))


def _lift(halves: Mapping[str, int | None], means: Mapping[str, float]) -> float | None:
    lifts = [
        value - means[area] for area, value in halves.items() if value is not None and area in means
    ]
    return sum(lifts) / len(lifts) if lifts else None
