"""Tell how good the expectations were that stood before the author judged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from papertrack.core.rank.evaluation import History, JudgedPrediction

TOP = 20
"""How many items of a week the author looks at for certain."""

FEWEST_KEPT = 20
"""So many items are kept before anything is said for certain."""

LOOK_S = 3.0
"""Seconds for an item that is rejected."""

_MET = 0.8  # of what is kept: how far down the queue it is found
_BINS = (0.0, 0.1, 0.3, 0.6, 1.01)


@dataclass(frozen=True, slots=True)
class OrderScore:
    """How one way to order a week's items did, in the mean of the weeks.

    Attributes:
        precision: The share of kept items among the first 20; None without a week.
        recall: The share of kept items that are among the first 20; None without a kept one.
        looked: How many items come before four of five kept ones are met; None likewise.
    """

    name: str
    precision: float | None
    recall: float | None
    looked: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """How the model did in a week.

    Attributes:
        week: The ISO week, such as ``2026-W47``.
        items, kept: How many that were ranked before were judged in it, and kept.
        precision, recall: As `OrderScore` has them.
        newest, keywords: The precision that newest first and keywords alone would have had.
    """

    week: str
    items: int
    kept: int
    precision: float
    recall: float | None
    newest: float
    keywords: float


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
class RatingErrors:
    """How near the suggested ratings came, where one was suggested for the area.

    Attributes:
        ratings: How many.
        error, usual_error: How far off, in points of 1 to 5 in the mean: the suggestion, and the
            mean of the ratings that the area had when the suggestion was made.
        near, usual_near: The share that is half a point off or less, of both.
    """

    ratings: int
    error: float
    usual_error: float
    near: float
    usual_near: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the order is not yet worth trusting.

    Attributes:
        name: ``kept``: too few were kept. ``weeks``: no week has more than 20 items, and among
            fewer every order has the same first 20. ``precision``: below the author's bound.
            ``newest``: not above what newest first would have given.
        found, wanted: What was measured, and what it had to reach, or for ``newest`` to exceed.
    """

    name: Literal["kept", "weeks", "precision", "newest"]
    found: float
    wanted: float


@dataclass(frozen=True, slots=True)
class Report:
    """How good the expectations were.

    Attributes:
        items, kept: How many were ranked before they were judged, and kept.
        unranked, passed_over, unjudged: How many are in no figure, see `History`.
        orders: The model first, then newest first, then the words of the areas.
        weekly: The weeks that tell orders apart: with a kept item and one that was not, or with
            more than 20.
        rated: How many were rated in an area.
        top1, top3: The share of these whose area was guessed first, or among three.
        bound: The precision from which on the author trusts the order.
        minutes_saved: A week, against newest first; None when that cannot be told.
        doubts: Why the order is not yet worth trusting; empty when it is.
    """

    items: int
    kept: int
    unranked: int
    passed_over: int
    unjudged: int
    orders: tuple[OrderScore, ...]
    weekly: tuple[Week, ...]
    rated: int
    top1: float | None
    top3: float | None
    ratings: RatingErrors | None
    bins: tuple[Bin, ...]
    minutes_saved: float | None
    bound: float
    doubts: tuple[Doubt, ...]

    @property
    def is_trusted(self) -> bool:
        """Whether the order is worth trusting."""
        return not self.doubts


def report_on(history: History, bound: float) -> Report:
    """Measure what was expected against what the author said.

    Args:
        history: What was expected, and what was said.
        bound: The precision from which on the order is worth trusting, 0 to 1.
    """
    outcomes = history.outcomes
    weeks = _weeks(outcomes)
    best, newest, words = (
        [_in_order(ones, key) for ones in weeks.values()]
        for key in (
            lambda one: (one.chance, one.score),
            lambda _: (),
            lambda one: (one.words,),
        )
    )
    orders = (
        _order("best first", best),
        _order("newest first", newest),
        _order("keywords alone", words),
    )
    kept = sum(one.is_kept for one in outcomes)
    rated = [one for one in outcomes if one.halves]
    ours, theirs = orders[0].looked, orders[1].looked
    return Report(
        items=len(outcomes),
        kept=kept,
        unranked=history.unranked,
        passed_over=history.passed_over,
        unjudged=history.unjudged,
        orders=orders,
        weekly=tuple(map(_week, weeks, best, newest, words)),
        rated=len(rated),
        top1=_mean([bool(set(one.guesses[:1]) & set(one.halves)) for one in rated]),
        top3=_mean([bool(set(one.guesses[:3]) & set(one.halves)) for one in rated]),
        ratings=_ratings(outcomes),
        bins=_bins(outcomes),
        minutes_saved=(theirs - ours) * LOOK_S / 60
        if ours is not None and theirs is not None
        else None,
        bound=bound,
        doubts=_doubts(kept, best, orders, bound),
    )


def _weeks(outcomes: Sequence[JudgedPrediction]) -> Mapping[str, Sequence[JudgedPrediction]]:
    """Gather by week; a week of few items that were all kept, or all rejected, tells nothing."""
    by_week: dict[str, list[JudgedPrediction]] = {}
    for one in outcomes:
        by_week.setdefault(one.week, []).append(one)
    return {
        week: ones
        for week, ones in sorted(by_week.items())
        if 0 < sum(one.is_kept for one in ones) < len(ones) or len(ones) > TOP
    }


def _in_order(
    ones: Sequence[JudgedPrediction], key: Callable[[JudgedPrediction], tuple[float, ...]]
) -> Sequence[bool]:
    """Serve a week's items as `rate` does: the same key newest first, then as they came."""
    served = sorted(ones, key=lambda one: (-one.first_seen_at.timestamp(), one.item))
    return [one.is_kept for one in sorted(served, key=key, reverse=True)]


def _order(name: str, queues: Sequence[Sequence[bool]]) -> OrderScore:
    kept = [queue for queue in queues if any(queue)]
    return OrderScore(
        name,
        _mean([_precision(queue) for queue in queues]),
        _mean([_recall(queue) for queue in kept]),
        _mean([_looked(queue) for queue in kept]),
    )


def _week(name: str, best: Sequence[bool], newest: Sequence[bool], words: Sequence[bool]) -> Week:
    return Week(
        name,
        items=len(best),
        kept=sum(best),
        precision=_precision(best),
        recall=_recall(best) if any(best) else None,
        newest=_precision(newest),
        keywords=_precision(words),
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


def _ratings(outcomes: Sequence[JudgedPrediction]) -> RatingErrors | None:
    off = [
        (abs(one.guessed[area] - halves) / 2, abs(one.usual[area] - halves) / 2)
        for one in outcomes
        for area, halves in one.halves.items()
        if area in one.guessed and area in one.usual
    ]
    if not off:
        return None
    ours, usual = zip(*off, strict=True)
    return RatingErrors(
        ratings=len(off),
        error=sum(ours) / len(off),
        usual_error=sum(usual) / len(off),
        near=sum(one <= 1 / 2 for one in ours) / len(off),
        usual_near=sum(one <= 1 / 2 for one in usual) / len(off),
    )


def _bins(outcomes: Sequence[JudgedPrediction]) -> tuple[Bin, ...]:
    bins = []
    for least, most in pairwise(_BINS):
        ones = [one for one in outcomes if least <= one.chance < most]
        if ones:
            expected = sum(one.chance for one in ones) / len(ones)
            kept = sum(one.is_kept for one in ones) / len(ones)
            bins.append(Bin(least, min(most, 1.0), len(ones), expected, kept))
    return tuple(bins)


def _doubts(
    kept: int, queues: Sequence[Sequence[bool]], orders: Sequence[OrderScore], bound: float
) -> tuple[Doubt, ...]:
    doubts = []
    if kept < FEWEST_KEPT:
        doubts.append(Doubt("kept", kept, FEWEST_KEPT))
    most = max(map(len, queues), default=0)
    if most <= TOP:
        return (*doubts, Doubt("weeks", most, TOP + 1))
    ours, newest = orders[0].precision or 0.0, orders[1].precision or 0.0
    if ours < bound:
        doubts.append(Doubt("precision", ours, bound))
    if ours <= newest:
        doubts.append(Doubt("newest", ours, newest))
    return tuple(doubts)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
