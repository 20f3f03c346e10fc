"""Rank works by how likely the author keeps them, learned from what the author kept before.

The score of a work adds the weights of its terms (logistic regression and the difference of the two
centroids, each divided by its own spread) and the points of the words of the areas, which count
less with every judgement.
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


# Explored on the benchmark's first cutoff and not chosen again for the others, where only a few
# were checked; benchmarks/README.md says which. Strengths of 1 and 10 give the same. `_FADES_AT` is
# that of the yardstick's own reference.
_STRENGTH = 10.0
_CENTROID = 0.5  # relative to the regression
_PRIOR = 0.6  # relative to the regression, before any judgement
_FADES_AT = 30.0  # judgements at which the words of the areas count half
_SMOOTHING = 4.0
_COMMONEST = 0.25  # scale of a term as common on both sides, relative to the most telling term

MAXIMUM_PASSED = 2000
"""How many of the works that were passed over to learn from."""

_RARE = 1.0  # terms with less weight in works passed over, and none in kept ones, are ignored
_PRIOR_SAMPLE = 600
_MINIMUM_SPREAD = 0.5  # points of keywords, so that one hit does not decide where few have any
_CALIBRATED = 500  # works passed over


@dataclass(frozen=True, slots=True)
class Lesson:
    """A work that the author has judged, or passed over.

    Attributes:
        weight: How much it counts relative to others of its class, above 0.
    """

    counts: Counts
    is_kept: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranker:
    """A model of what the author keeps; `learn` makes the same one from the same lessons.

    Attributes:
        weights: By dimension of the space.
        base: Subtracted from every score, so that an ordinary work scores 0.
        prior_share: The weight of a point of the words of the areas.
        steepness, midpoint: The curve that turns a score into a chance.
        kept, passed: The numbers of works it was learned from.
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
        """Return the score of a work, in standard deviations above an ordinary one."""
        return self.score_of(self.space.vector(counts), self.prior.hits(counts))

    def score_of(self, vector: Vector, hits: Mapping[str, float]) -> float:
        """Return the score of a work from its vector and the hits of `prior` in it."""
        return vector.dot(self.weights) + self.prior_share * sum(hits.values()) - self.base

    def reasons(self, counts: Counts) -> dict[str, float]:
        """Return what each term and each word of the areas contributes to the score."""
        return self.reasons_of(self.space.vector(counts), self.prior.hits(counts))

    def reasons_of(self, vector: Vector, hits: Mapping[str, float]) -> dict[str, float]:
        """Return the reasons for a work from its vector and the hits of `prior` in it."""
        reasons: dict[str, float] = {}
        for place, value in zip(vector.places, vector.values, strict=True):
            term = self.space.term(place)  # a term of text and title has a place for each
            reasons[term] = reasons.get(term, 0.0) + value * self.weights[place]
        for needle, value in hits.items():
            word = needle.rstrip("*")
            reasons[word] = reasons.get(word, 0.0) + self.prior_share * value
        return reasons

    def chance(self, score: float) -> float:
        """Return the chance that a work of this score is kept, 0 to 1."""
        near = max(-FARTHEST, min(FARTHEST, score))
        return sigmoid(self.steepness * (near - self.midpoint))


def learn(
    lessons: Sequence[Lesson], interests: Sequence[Interest], background: Sequence[Counts]
) -> Ranker:
    """Learn what the author keeps.

    Args:
        lessons: In a stable order, with up to `MAXIMUM_PASSED` works that were passed over.
        interests: The areas of the config.
        background: Other works, to estimate what an ordinary one is; up to 300.
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
    share = _PRIOR * _FADES_AT / (_FADES_AT + kept) / max(spread_of(priors), _MINIMUM_SPREAD)
    base = mean_of([vector.dot(weights) for vector in vectors]) + share * mean_of(priors)
    # A curve with two parameters needs only a sample of the works that were passed over.
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
    """Learn the weight of each term, and the margin of each lesson had it not been learned from."""
    sides = {True: [0.0] * size, False: [0.0] * size}
    totals = {True: 0.0, False: 0.0}
    for vector, lesson in placed:
        totals[lesson.is_kept] += lesson.weight
        vector.add_to(sides[lesson.is_kept], lesson.weight)
    centroid = [
        kept / totals[True] - passed / totals[False]
        for kept, passed in zip(sides[True], sides[False], strict=True)
    ]
    balance = {
        True: totals[False] / totals[True],
        False: 1.0,
    }  # both classes count the same in total
    scales = _term_scales(sides, balance)
    examples = [
        Example(
            _scale(vector, scales),
            lesson.is_kept,
            _STRENGTH * balance[lesson.is_kept] * lesson.weight,
        )
        for vector, lesson in placed
    ]
    learned = learn_weights(examples, size)
    regression = list(map(mul, learned.weights, scales))
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


def _term_scales(sides: Mapping[bool, list[float]], balance: Mapping[bool, float]) -> list[float]:
    """Return how well each term separates the classes, 0 to 1, by naive Bayes.

    Following Wang and Manning 2012, "Baselines and bigrams", the ratio of a term's frequencies in
    the two classes scales the input of a discriminative learner.
    """
    ratios = [
        abs(log((kept * balance[True] + _SMOOTHING) / (passed * balance[False] + _SMOOTHING)))
        for kept, passed in zip(sides[True], sides[False], strict=True)
    ]
    maximum = max(ratios, default=0.0) or 1.0
    return [
        _COMMONEST + (1 - _COMMONEST) * ratio / maximum if kept or passed >= _RARE else 0.0
        for ratio, kept, passed in zip(ratios, sides[True], sides[False], strict=True)
    ]


def _scale(vector: Vector, scales: Sequence[float]) -> Vector:
    """Multiply a vector by the scale of each term, leaving out terms of scale 0."""
    factors = list(map(scales.__getitem__, vector.places))
    values = map(mul, compress(vector.values, factors), filter(None, factors))
    return Vector(list(compress(vector.places, factors)), array("d", values))
