"""Tell how good the expectations were that stood before the author judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOP = 20
"""How many items of a week the author looks at for certain."""

TRUSTED = 0.3
"""Below this share of kept items among a week's first 20 the order is not worth trusting."""

_FEWEST_KEPT = 20  # before anything is said for certain
_LOOK_S = 3.0  # seconds for an item that is rejected
_MET = 0.8  # of what is kept: how far down the queue it is found
_BINS = (0.0, 0.1, 0.3, 0.6, 1.01)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An item that was ranked before it was judged.

    Attributes:
        week: The ISO week in which it was judged, such as ``2026-W47``.
        chance, words: What was expected: of the model, and of the words of the areas alone.
        guesses: The areas expected, the likeliest first.
        areas: Those in which it was rated.
    """

    item: int
    week: str
    first_seen_at: datetime
    chance: float
    words: float
    is_kept: bool
    guesses: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How one way to order a week's items did, in the mean of the weeks.

    Attributes:
        precision: The share of kept items among the first 20; None without a week.
        recall: The share of kept items that are among the first 20.
        looked: How many items come before four of five kept ones are met.
    """

    name: str
    precision: float | None
    recall: float | None
    looked: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Items of which about the same was expected.

    Attributes:
        least, most: The bounds of the chance.
        expected, kept: The mean chance, and the share that was kept.
    """

    least: float
    most: float
    items: int
    expected: float
    kept: float


@dataclass(frozen=True, slots=True)
class Report:
    """How good the expectations were.

    Attributes:
        items, kept: How many were ranked before they were judged, and kept.
        weeks: The ISO weeks with a kept item and one that was not.
        orders: The model first, then newest first, then the words of the areas.
        weekly: By week: precision and recall of the model.
        top1, top3: The share of rated items whose area was guessed first, or among three.
        minutes_saved: A week, against newest first; None when that cannot be told.
    """

    items: int
    kept: int
    weeks: int
    orders: tuple[Order, ...]
    weekly: tuple[tuple[str, float, float], ...]
    top1: float | None
    top3: float | None
    bins: tuple[Bin, ...]
    minutes_saved: float | None

    @property
    def is_trusted(self) -> bool:
        """Whether the order is worth trusting."""
        best, newest, _ = self.orders
        return (
            self.kept >= _FEWEST_KEPT
            and best.precision is not None
            and newest.precision is not None
            and best.precision >= max(TRUSTED, newest.precision)
        )


def report_on(outcomes: Sequence[Outcome]) -> Report:
    """Measure what was expected against what the author said."""
    by_week: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_week.setdefault(one.week, []).append(one)
    weeks = {
        week: ones
        for week, ones in sorted(by_week.items())
        if 0 < sum(one.is_kept for one in ones) < len(ones)
    }
    ways: dict[str, Callable[[Outcome], float]] = {
        "best first": lambda one: one.chance,
        "newest first": lambda one: one.first_seen_at.timestamp(),
        "keywords alone": lambda one: one.words,
    }
    queues = {name: [_in_order(ones, key) for ones in weeks.values()] for name, key in ways.items()}
    orders = tuple(_order(name, queue) for name, queue in queues.items())
    rated = [one for one in outcomes if one.areas and one.guesses]
    best, newest = orders[0].looked, orders[1].looked
    return Report(
        items=len(outcomes),
        kept=sum(one.is_kept for one in outcomes),
        weeks=len(weeks),
        orders=orders,
        weekly=tuple(
            (week, _precision(queue), _recall(queue))
            for week, queue in zip(weeks, queues["best first"], strict=True)
        ),
        top1=_mean([one.guesses[0] in one.areas for one in rated]),
        top3=_mean([bool(set(one.guesses[:3]) & set(one.areas)) for one in rated]),
        bins=_bins(outcomes),
        minutes_saved=(newest - best) * _LOOK_S / 60
        if best is not None and newest is not None
        else None,
    )


def _in_order(ones: Sequence[Outcome], key: Callable[[Outcome], float]) -> list[bool]:
    return [one.is_kept for one in sorted(ones, key=lambda one: (-key(one), one.item))]


def _order(name: str, queues: Sequence[Sequence[bool]]) -> Order:
    return Order(
        name,
        _mean([_precision(queue) for queue in queues]),
        _mean([_recall(queue) for queue in queues]),
        _mean([_looked(queue) for queue in queues]),
    )


def _precision(queue: Sequence[bool]) -> float:
    return sum(queue[:TOP]) / min(TOP, len(queue))


def _recall(queue: Sequence[bool]) -> float:
    return sum(queue[:TOP]) / sum(queue)


def _looked(queue: Sequence[bool]) -> int:
    """Count the items down to the one with which enough of the kept ones are met."""
    met, enough = 0, _MET * sum(queue)
    for place, is_kept in enumerate(queue, start=1):
        met += is_kept
        if met >= enough:
            return place
    return len(queue)


def _bins(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    bins = []
    for least, most in pairwise(_BINS):
        ones = [one for one in outcomes if least <= one.chance < most]
        if ones:
            expected = sum(one.chance for one in ones) / len(ones)
            kept = sum(one.is_kept for one in ones) / len(ones)
            bins.append(Bin(least, min(most, 1.0), len(ones), expected, kept))
    return tuple(bins)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
