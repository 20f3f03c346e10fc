"""Rank works by how likely the author keeps them, learned from what the author kept before.

The score of a work is the sum of what each of its terms says (logistic regression and the
difference of the two centroids, each as a multiple of its own spread), of what the words of the
areas say, which counts less with every judgement, and of what the author follows.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from math import log
from operator import mul
from typing import TYPE_CHECKING

from papertrack.core.rank.features import Counts, Space, Vector, learn_space
from papertrack.core.rank.logistic import (
    FARTHEST,
    CalibrationPoint,
    Example,
    fit_curve,
    learn_weights,
    mean_of,
    sigmoid,
    spread_of,
)
from papertrack.core.rank.prior import Interest, Prior, learn_prior

if TYPE_CHECKING:
    from collections.abc import Mapping


# Explored on the benchmark's first cutoff, not chosen anew for the others: what a value is worth
# there was looked at for few of them. benchmarks/README.md says for which. Strengths of 1 and 10
# give the same. `_FADES_AT` is what the yardstick's own reference uses.
_STRENGTH = 10.0
_CENTROID = 0.5  # beside the regression, which says 1
_PRIOR = 0.6  # beside the regression, before any judgement
_FADES_AT = 30.0  # judgements at which the words of the areas say half as much
_SMOOTHING = 4.0
_PLAINEST = 0.25  # what a term says that is as common on both sides, beside one that tells most

MOST_PASSED = 2000
"""Of the works that were passed over so many are learned from."""

_FAINT = 1.0  # a term of works passed over that speaks in fewer of them tells nothing
_PRIOR_SAMPLE = 600
_LEAST_SPREAD = 0.5  # points of keywords; where few works have any, one hit says not everything
_CALIBRATED = 500  # works passed over


@dataclass(frozen=True, slots=True)
class Lesson:
    """A work that the author has judged, or passed over.

    Attributes:
        weight: How much it counts beside others of its kind, above 0.
    """

    counts: Counts
    is_kept: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranker:
    """What was learned; made by `learn`, the same from the same lessons.

    Attributes:
        weights: What each term says, by its place in the space.
        base: What is taken off so that an ordinary work has the score 0.
        prior_share: What a point of the words of the areas says.
        steepness, midpoint: How a score becomes a share of works that are kept.
        kept, passed: From how many works it was learned.
    """

    space: Space
    prior: Prior
    weights: Sequence[float]
    base: float
    prior_share: float
    steepness: float
    midpoint: float
    kept: int
    passed: int

    def score(self, counts: Counts) -> float:
        """Say how much speaks for a work; 0 for an ordinary one, about 1 a spread above it."""
        learned = self.space.vector(counts).dot(self.weights)
        return learned + self.prior_share * self.prior.score(counts) - self.base

    def reasons(self, counts: Counts) -> dict[str, float]:
        """Say what each term and each word of the areas contributes to the score."""
        return self.judge(self.space.vector(counts), self.prior.hits(counts))[1]

    def judge(
        self, vector: Vector, hits: Mapping[str, float], most: int | None = None
    ) -> tuple[float, dict[str, float]]:
        """Give score and reasons of a work that was placed and looked through for keywords.

        Args:
            vector: The work in the space.
            hits: What `prior` finds in it.
            most: Of the terms, give the strongest only; all of them for None.
        """
        shares = list(map(mul, vector.values, map(self.weights.__getitem__, vector.places)))
        by_place = dict(zip(vector.places, shares, strict=True))
        titles = len(self.space.terms)
        for place in [place for place in vector.places if place > titles]:
            by_place[place - titles] = by_place.get(place - titles, 0.0) + by_place.pop(place)
        least = 0.0
        if most is not None and len(by_place) > most:
            least = sorted(map(abs, by_place.values()))[-most]
        terms = self.space.terms
        said = {
            terms[place - 1]: share
            for place, share in by_place.items()
            if share >= least or share <= -least
        }
        for needle, value in hits.items():
            word = needle.rstrip("*")
            said[word] = said.get(word, 0.0) + self.prior_share * value
        return sum(shares) + self.prior_share * sum(hits.values()) - self.base, said

    def chance(self, score: float) -> float:
        """Say how likely a work of this score is kept, 0 to 1."""
        near = max(-FARTHEST, min(FARTHEST, score))
        return sigmoid(self.steepness * (near - self.midpoint))


def learn(
    lessons: Sequence[Lesson], interests: Sequence[Interest], background: Sequence[Counts]
) -> Ranker:
    """Learn what the author keeps.

    Args:
        lessons: In an order that does not change; at most `MOST_PASSED` passed over is enough.
        interests: The areas of the config.
        background: Works that are no lessons, to tell what an ordinary one is; up to 300.
    """
    sample = [lesson.counts for lesson in lessons] + list(background)
    space = learn_space(sample, [lesson.counts for lesson in lessons if lesson.is_kept])
    prior = learn_prior(interests, sample[-_PRIOR_SAMPLE:])
    kept = sum(lesson.is_kept for lesson in lessons)
    passed = len(lessons) - kept
    ordinary = list(background) or [one.counts for one in lessons if not one.is_kept] or sample
    vectors = [space.vector(counts) for counts in ordinary]
    weights, unseen = [0.0] * space.size, [0.0] * len(lessons)
    if kept and passed:
        placed = [(space.vector(one.counts), one) for one in lessons]
        weights, unseen = _learn_terms(placed, vectors, space.size)
    priors = [prior.score(counts) for counts in ordinary]
    share = _PRIOR * _FADES_AT / (_FADES_AT + kept) / max(spread_of(priors), _LEAST_SPREAD)
    base = mean_of([vector.dot(weights) for vector in vectors]) + share * mean_of(priors)
    # A curve of two numbers needs no more of what was passed over: each of these stands for some.
    each = max(1, passed // _CALIBRATED)
    known = [
        CalibrationPoint(
            value + share * prior.score(one.counts) - base, one.is_kept, 1 if one.is_kept else each
        )
        for place, (value, one) in enumerate(zip(unseen, lessons, strict=True))
        if one.is_kept or place % each == 0
    ]
    return Ranker(space, prior, weights, base, share, *fit_curve(known), kept, passed)


def _learn_terms(
    placed: Sequence[tuple[Vector, Lesson]], ordinary: Sequence[Vector], size: int
) -> tuple[list[float], list[float]]:
    """Learn what each term says, and what it would say of each lesson without having seen it."""
    sides = {True: [0.0] * size, False: [0.0] * size}
    totals = {True: 0.0, False: 0.0}
    for vector, lesson in placed:
        totals[lesson.is_kept] += lesson.weight
        vector.add_to(sides[lesson.is_kept], lesson.weight)
    centroid = [
        kept / totals[True] - passed / totals[False]
        for kept, passed in zip(sides[True], sides[False], strict=True)
    ]
    balance = {True: totals[False] / totals[True], False: 1.0}  # both kinds count the same in all
    telling = _telling(sides, balance)
    examples = [
        Example(
            _scale(vector, telling),
            lesson.is_kept,
            _STRENGTH * balance[lesson.is_kept] * lesson.weight,
        )
        for vector, lesson in placed
    ]
    learned = learn_weights(examples, size)
    regression = list(map(mul, learned.weights, telling))
    one, other = (
        spread_of([vector.dot(weights) for vector in ordinary])
        for weights in (regression, centroid)
    )
    weights = [
        mine / one + _CENTROID * theirs / other
        for mine, theirs in zip(regression, centroid, strict=True)
    ]
    unseen = [
        margin / one + _CENTROID * vector.dot(centroid) / other
        for margin, (vector, _) in zip(learned.unseen, placed, strict=True)
    ]
    return weights, unseen


def _telling(sides: Mapping[bool, list[float]], balance: Mapping[bool, float]) -> list[float]:
    """Say how much each term tells the kinds apart, 0 to 1, as naive Bayes sees it.

    The idea is that of Wang and Manning 2012, "Baselines and bigrams": the ratio of how often a
    term occurs on either side scales the input of a discriminative learner.
    """
    ratios = [
        abs(log((kept * balance[True] + _SMOOTHING) / (passed * balance[False] + _SMOOTHING)))
        for kept, passed in zip(sides[True], sides[False], strict=True)
    ]
    most = max(ratios, default=0.0) or 1.0
    return [
        _PLAINEST + (1 - _PLAINEST) * ratio / most if kept or passed >= _FAINT else 0.0
        for ratio, kept, passed in zip(ratios, sides[True], sides[False], strict=True)
    ]


def _scale(vector: Vector, telling: Sequence[float]) -> Vector:
    """Multiply a vector by what each term tells, and leave out what tells nothing."""
    tell = list(map(telling.__getitem__, vector.places))
    values = map(mul, compress(vector.values, tell), filter(None, tell))
    return Vector(list(compress(vector.places, tell)), array("d", values))
