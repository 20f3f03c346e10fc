"""Learn to tell several kinds of works apart: multinomial logistic regression, its chances true.

What is said of a work beforehand, by words that the author chose, stands beside what is learned
from it: words that are right leave little to learn, and how far they are right is learned too.

Solved in the dual, one work at a time, as `learn` does for two kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from operator import mul
from random import Random

from papertrack.core.rank.features import Vector

# Explored on splits of three lists, each paper of them older than the yardstick's tests; there 30,
# 100 and 300 are the same within .002. The least is the soonest settled.
_STRENGTH = 30.0
# What a point said beforehand counts before anything is known, in logits, and the works that this
# is worth; of .2 to .6 and of 1 to 100 works these are the best on the mean of those splits.
FIRST_TRUST = 0.3
_HELD = 10.0
# Numerical: 10 rounds and 4 steps rank no better on any of those splits, by more than .002.
_ROUNDS = 4
_LOOK_AGAIN = 3  # rounds; between them only works that moved are looked at
_STEPS = 3  # of one work before the next is looked at
_FARTHEST = 3.0  # logits that one step may move a work
_SETTLED = 0.1  # a change that is not worth writing down, of a bound of `_STRENGTH`


@dataclass(frozen=True, slots=True)
class Sorted:
    """A work whose kinds are known.

    Attributes:
        shares: How much of it is of each kind; 1 in all.
        said: What was said of each kind beforehand, in points.
    """

    vector: Vector
    shares: Sequence[float]
    said: Sequence[float]


def tell_apart(
    works: Sequence[Sorted], habits: Sequence[float], weights: Sequence[list[float]]
) -> float:
    """Learn the weights that tell the kinds apart; a logit is the sum of values times weights.

    Args:
        works: In an order that does not change.
        habits: What speaks for each kind whatever the work, in logits.
        weights: By kind and place, what is held of them beforehand; they are changed.

    Returns:
        What a point said beforehand counts, in logits; 0 or more.
    """
    if len(habits) < 2:  # noqa: PLR2004  # one kind need not be told from others
        return FIRST_TRUST
    look_ups = [one.__getitem__ for one in weights]
    alphas = [[0.0] * len(habits) for _ in works]
    chances = [list(one.shares) for one in works]
    squares = [work.vector.square() for work in works]
    trust = FIRST_TRUST
    shuffle = Random(0)  # noqa: S311  # an order, not a secret
    everyone = list(range(len(works)))
    restless = everyone
    for turn in range(_ROUNDS):
        order = list(everyone if turn % _LOOK_AGAIN == 0 else restless)
        shuffle.shuffle(order)
        restless = []
        for at in order:
            work = works[at]
            places, values = work.vector.places, work.vector.values
            logits = [
                sum(map(mul, values, map(look_up, places))) + trust * said + habit
                for look_up, said, habit in zip(look_ups, work.said, habits, strict=True)
            ]
            steps, chances[at] = _step(logits, work.shares, alphas[at], squares[at])
            moved = [kind for kind, step in enumerate(steps) if abs(step) >= _SETTLED]
            if moved:
                restless.append(at)
            for kind in moved:
                alphas[at][kind] += steps[kind]
                work.vector.add_to(weights[kind], steps[kind])
        trust = _trust(works, chances, trust)
    return trust


def chances_of(logits: Sequence[float]) -> list[float]:
    """Tell how likely each kind is."""
    most = max(logits)
    powers = [exp(logit - most) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def _step(
    logits: list[float], shares: Sequence[float], alphas: Sequence[float], square: float
) -> tuple[list[float], list[float]]:
    """Go towards alpha = strength * (share - chance), by twice the curve, which bounds all kinds.

    Returns:
        What to add to the alphas, and the chances as they are then.
    """
    added = [0.0] * len(logits)
    chances = chances_of(logits)
    for _ in range(_STEPS):
        for kind, chance in enumerate(chances):
            error = _STRENGTH * (shares[kind] - chance) - alphas[kind] - added[kind]
            step = error / (1 + 2 * _STRENGTH * square * chance * (1 - chance))
            added[kind] += max(-_FARTHEST, min(_FARTHEST, step))
        chances = chances_of(
            [logit + square * step for logit, step in zip(logits, added, strict=True)]
        )
    return added, chances


def _trust(works: Sequence[Sorted], chances: Sequence[Sequence[float]], trust: float) -> float:
    """Make one step of Newton's towards the best trust."""
    slope, curve = _HELD * (trust - FIRST_TRUST), _HELD
    for work, mine in zip(works, chances, strict=True):
        expected = sum(map(mul, mine, work.said))
        slope += expected - sum(map(mul, work.shares, work.said))
        curve += sum(map(mul, mine, map(mul, work.said, work.said))) - expected * expected
    return max(0.0, trust - slope / curve)
