"""Compare predictions with the author's first judgement of each item."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.kinds import State

if TYPE_CHECKING:
    from datetime import tzinfo

PASSED_OVER_AFTER = timedelta(days=3)
"""How much older than the last judgement an unjudged item is to count as rejected."""

_DECIDED = frozenset({State.KEPT, State.REJECTED})


@dataclass(frozen=True, slots=True)
class JudgementEvent:
    """A state or rating that the author gave an item and did not undo.

    Attributes:
        act: Its undo step.
        area: The area of a rating; None for a state.
        to: The rating in half points or None, or the state.
    """

    item: int
    at: datetime
    act: str
    area: str | None
    to: str | int | None


@dataclass(frozen=True, slots=True)
class FirstJudgement:
    """The judgement of an item at the end of the day on which it was first judged.

    Slips, half points added with a second key and items recovered from a bulk rejection are
    corrected the same day; later changes are made with hindsight.

    Attributes:
        at, act: The time and undo step of the first judgement.
        halves: The ratings, 1 to 10, by area.
    """

    at: datetime
    act: str
    is_kept: bool
    halves: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class JudgedPrediction:
    """An item that was ranked before it was judged.

    Attributes:
        week: The ISO week in which it was judged, such as ``2026-W47``.
        chance, score, words: The predictions of the model, which orders by score, and the points of
            the words of the areas alone.
        guesses: The predicted areas, likeliest first.
        guessed: The predicted ratings, 1 to 10, by area.
        halves: The ratings given, by area.
        area_means: The mean rating of each area when the item was ranked, rounded to half points.
    """

    item: int
    week: str
    first_seen_at: datetime
    chance: float
    words: float
    is_kept: bool
    score: float = 0.0
    guesses: tuple[str, ...] = ()
    guessed: Mapping[str, int] = field(default_factory=dict)
    halves: Mapping[str, int] = field(default_factory=dict)
    area_means: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The predictions that can be compared, and counts of those that cannot.

    Attributes:
        unranked: Judged items without a prediction from before their first judgement.
        passed_over: Items judged after they had been passed over and ranked again; that ranking had
            already learned from the passing over.
        unjudged: Items that were passed over and never judged.
    """

    outcomes: tuple[JudgedPrediction, ...]
    unranked: int = 0
    passed_over: int = 0
    unjudged: int = 0


def first_judgement(events: Sequence[JudgementEvent], zone: tzinfo) -> FirstJudgement | None:
    """Find the judgement of an item on the day it was first judged; None if it is unjudged.

    Args:
        events: All events of the item, in order.
        zone: The author's time zone.
    """
    first: JudgementEvent | None = None
    for one in events:
        if first is not None and _day(one.at, zone) > _day(first.at, zone):
            break
        if one.area is None:
            first = (first or one) if one.to in _DECIDED else None
    if first is None:
        return None
    state: str | int | None = None
    halves: dict[str, int] = {}
    for one in events:
        if _day(one.at, zone) > _day(first.at, zone):
            break
        if one.area is None:
            state = one.to
        elif isinstance(one.to, int):
            halves[one.area] = one.to
        else:
            halves.pop(one.area, None)
    is_kept = state == State.KEPT
    return FirstJudgement(first.at, first.act, is_kept, halves if is_kept else {})


def was_passed_over(
    first_seen_at: datetime,
    made_at: datetime,
    events: Sequence[JudgementEvent],
    judged: Sequence[datetime],
) -> bool:
    """Return whether an item had been passed over when it was ranked.

    Args:
        first_seen_at: When the item came in.
        made_at: When it was ranked.
        events: All events of the item, in order; an item that was put off is not passed over.
        judged: The times of all judgements, in order.
    """
    before = bisect_left(judged, made_at)
    if not before or first_seen_at >= judged[before - 1] - PASSED_OVER_AFTER:
        return False
    states = [one.to for one in events if one.area is None and one.at < made_at]
    return not states or states[-1] != State.LATER


class AreaMeans:
    """The mean rating of each area at successive moments."""

    def __init__(self, events: Sequence[JudgementEvent]) -> None:
        """Take all events in the order of the journal."""
        rated = (one for one in events if one.area is not None)
        self._pending = sorted(rated, key=lambda one: one.at)[::-1]
        self._given: dict[tuple[int, str], int] = {}
        self._sums: defaultdict[str, int] = defaultdict(int)
        self._counts: defaultdict[str, int] = defaultdict(int)

    def before(self, moment: datetime) -> dict[str, int]:
        """Return the means before a moment, 1 to 10; moments must not decrease."""
        while self._pending and self._pending[-1].at < moment:
            self._apply(self._pending.pop())
        return {area: round(self._sums[area] / n) for area, n in self._counts.items() if n}

    def _apply(self, one: JudgementEvent) -> None:
        area = one.area or ""
        old = self._given.pop((one.item, area), None)
        if old is not None:
            self._sums[area] -= old
            self._counts[area] -= 1
        if isinstance(one.to, int):
            self._given[one.item, area] = one.to
            self._sums[area] += one.to
            self._counts[area] += 1


def _day(moment: datetime, zone: tzinfo) -> int:
    return moment.astimezone(zone).date().toordinal()
