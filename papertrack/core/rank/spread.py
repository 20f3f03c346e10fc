"""Tell how far values are apart."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOISE = 1e-6  # what rounding leaves of values that are all alike is a thousandth of it


def mean_of(values: Sequence[float]) -> float:
    """Find the mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def spread_of(values: Sequence[float]) -> float:
    """Find the standard deviation, to divide by: 1 of values that are all alike."""
    return _or_one(_deviation(values))


def spread_of_rows(table: Sequence[Sequence[float]]) -> float:
    """Find the mean standard deviation of rows, to divide by: 1 when all are alike in each."""
    return _or_one(mean_of([_deviation(row) for row in table if row]))


def _deviation(values: Sequence[float]) -> float:
    mean = mean_of(values)
    return sqrt(mean_of([(value - mean) ** 2 for value in values]))


def _or_one(spread: float) -> float:
    return spread if spread > _NOISE else 1.0
