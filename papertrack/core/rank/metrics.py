"""Measure how good the predictions were that were made before the author judged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from papertrack.core.rank.evaluation import History, JudgedPrediction

TOP = 20
"""How many items of a week the author certainly looks at."""

MINIMUM_KEPT = 20
"""Kept items needed before the model can be trusted."""

REJECT_SECONDS = 3.0
"""Seconds that rejecting an item takes."""

_ENOUGH = 0.8  # the share of kept items for `looked`
_BINS = (0.0, 0.1, 0.3, 0.6, 1.01)


@dataclass(frozen=True, slots=True)
class OrderScore:
    """The quality of one order of a week's items, averaged over the weeks.

    Attributes:
        precision: The share of kept items among the first 20; None without a week.
        recall: The share of kept items that are among the first 20; None without a kept one.
        looked: How many items to read until four of five kept ones are found; None likewise.
    """

    name: str
    precision: float | None
    recall: float | None
    looked: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """The quality of the model in one week.

    Attributes:
        week: The ISO week, such as ``2026-W47``.
        items, kept: How many items ranked before were judged in it, and how many kept.
        precision, recall: As in `OrderScore`.
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
    """Items with about the same predicted chance.

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
    """The errors of suggested ratings.

    Attributes:
        ratings: How many ratings had a suggestion for their area.
        error, usual_error: The mean error in points of 1 to 5: of the suggestion, and of the mean
            rating that the area had when the suggestion was made.
        near, usual_near: The share of both that is half a point off or less.
    """

    ratings: int
    error: float
    usual_error: float
    near: float
    usual_near: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason why the order is not yet worth trusting.

    Attributes:
        name: ``kept``: too few were kept. ``weeks``: no week has more than 20 items, and among
            fewer every order has the same first 20. ``precision``: below the author's bound.
            ``newest``: not above what newest first would have given.
        found, wanted: The measured value, and the one to reach (for ``newest``: to exceed).
    """

    name: Literal["kept", "weeks", "precision", "newest"]
    found: float
    wanted: float


@dataclass(frozen=True, slots=True)
class Report:
    """How good the predictions were.

    Attributes:
        items, kept: How many items were ranked before they were judged, and how many kept.
        unranked, passed_over, unjudged: How many the figures leave out, see `History`.
        orders: The model first, then newest first, then the words of the areas.
        weekly: The weeks in which orders can differ: with kept and other items, or with more than
            20 items.
        rated: How many items were rated in an area.
        top1, top3: The share of these whose area was guessed first, or among the first three.
        bound: The precision from which the author trusts the order.
        minutes_saved: Per week, compared with newest first; None if unknown.
        doubts: Why the order is not yet worth trusting; empty if it is.
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
    """Measure predictions against judgements.

    Args:
        history: The predictions with the judgements.
        bound: The precision from which the order is worth trusting, 0 to 1.
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
        minutes_saved=(theirs - ours) * REJECT_SECONDS / 60
        if ours is not None and theirs is not None
        else None,
        bound=bound,
        doubts=_doubts(kept, best, orders, bound),
    )


def _weeks(outcomes: Sequence[JudgedPrediction]) -> Mapping[str, Sequence[JudgedPrediction]]:
    """Group by week, without weeks of few items that were all kept or all rejected."""
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
    """Sort a week's items as `rate` does: by key, then newest first, then by number."""
    newest = sorted(ones, key=lambda one: (-one.first_seen_at.timestamp(), one.item))
    return [one.is_kept for one in sorted(newest, key=key, reverse=True)]


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
    """Count the items to read until enough of the kept ones are found."""
    found, enough = 0, _ENOUGH * sum(queue)
    for place, is_kept in enumerate(queue, start=1):
        found += is_kept
        if found >= enough:
            return place
    return len(queue)


def _ratings(outcomes: Sequence[JudgedPrediction]) -> RatingErrors | None:
    off = [
        (abs(one.guessed[area] - halves) / 2, abs(one.area_means[area] - halves) / 2)
        for one in outcomes
        for area, halves in one.halves.items()
        if area in one.guessed and area in one.area_means
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
    for minimum, maximum in pairwise(_BINS):
        ones = [one for one in outcomes if minimum <= one.chance < maximum]
        if ones:
            expected = sum(one.chance for one in ones) / len(ones)
            kept = sum(one.is_kept for one in ones) / len(ones)
            bins.append(Bin(minimum, min(maximum, 1.0), len(ones), expected, kept))
    return tuple(bins)


def _doubts(
    kept: int, queues: Sequence[Sequence[bool]], orders: Sequence[OrderScore], bound: float
) -> tuple[Doubt, ...]:
    doubts = []
    if kept < MINIMUM_KEPT:
        doubts.append(Doubt("kept", kept, MINIMUM_KEPT))
    longest = max(map(len, queues), default=0)
    if longest <= TOP:
        return (*doubts, Doubt("weeks", longest, TOP + 1))
    ours, newest = orders[0].precision or 0.0, orders[1].precision or 0.0
    if ours < bound:
        doubts.append(Doubt("precision", ours, bound))
    if ours <= newest:
        doubts.append(Doubt("newest", ours, newest))
    return tuple(doubts)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
