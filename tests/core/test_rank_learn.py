"""What the learner promises of its weights."""

from __future__ import annotations

from math import exp, sqrt
from random import Random

import pytest

from papertrack.core.rank.features import Vector
from papertrack.core.rank.logistic import Example, learn_weights

_PLACES = 300


def works(wanted: int, others: int, strength: float = 10.0) -> list[Example]:
    """Make works of 30 terms, of which two are more usual where they are wanted.

    As in the product, both kinds count the same in all, and vectors are short: what tells little
    was scaled down.
    """
    chance = Random(1)  # noqa: S311  # invented works
    examples = []
    for at in range(wanted + others):
        is_wanted = at < wanted
        places = set(chance.sample(range(2, _PLACES), 30))
        places |= {place for place in (0, 1) if chance.random() < (0.6 if is_wanted else 0.05)}
        values = [0.35 / sqrt(len(places))] * len(places)
        weight = strength * (others / wanted if is_wanted else 1.0)
        examples.append(Example(Vector(sorted(places), values), is_wanted, weight))
    return examples


def correlation(ones: list[float], others: list[float]) -> float:
    one, other = sum(ones) / len(ones), sum(others) / len(others)
    both = sum((a - one) * (b - other) for a, b in zip(ones, others, strict=True))
    return both / sqrt(sum((a - one) ** 2 for a in ones) * sum((b - other) ** 2 for b in others))


def pull(examples: list[Example], weights: list[float]) -> list[float]:
    """Say where the errors pull the weights; at the optimum that is where they are."""
    margins = [one.vector.dot(weights) for one in examples]
    low, high, errors = -50.0, 50.0, [0.0] * len(examples)
    for _ in range(60):  # the offset at which the errors of both kinds are the same in all
        offset = (low + high) / 2
        errors = [
            one.weight * (one.is_wanted - 1 / (1 + exp(-margin - offset)))
            for one, margin in zip(examples, margins, strict=True)
        ]
        low, high = (offset, high) if sum(errors) > 0 else (low, offset)
    pulled = [0.0] * len(weights)
    for one, error in zip(examples, errors, strict=True):
        for place, value in zip(one.vector.places, one.vector.values, strict=True):
            pulled[place] += error * value
    return pulled


def test_weights_settle_when_few_of_many_are_wanted() -> None:
    for wanted in (5, 10, 50):
        examples = works(wanted, 600)
        weights = learn_weights(examples, _PLACES).weights
        assert correlation(weights, pull(examples, weights)) > 0.9, wanted


def test_the_same_examples_give_the_same_weights() -> None:
    assert learn_weights(works(10, 100), _PLACES) == learn_weights(works(10, 100), _PLACES)


def test_what_tells_the_kinds_apart_says_most() -> None:
    weights = learn_weights(works(10, 300), _PLACES).weights
    assert {0, 1} == set(sorted(range(_PLACES), key=lambda at: -weights[at])[:2])


@pytest.mark.parametrize("weight", [0.01, 1, 10, 500, 2_000, 100_000])
@pytest.mark.parametrize("value", [0.05, 0.35, 1.0])
def test_an_example_of_any_weight_is_solved_to_the_end(weight: float, value: float) -> None:
    example = Example(Vector([0], [value]), is_wanted=True, weight=weight)
    (learned,) = learn_weights([example], 1).weights
    alpha = learned / value
    margin = alpha * (value * value + 0.1)  # the constant that every example has
    assert alpha == pytest.approx(weight / (1 + exp(margin)), rel=0.06)
