"""Tell what the author said first of an item, and whether what was expected is fair to compare."""

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

SETTLED = timedelta(days=3)
"""An item that waited so long when others were judged was passed over; learning hears a no."""

_VERDICTS = frozenset({State.KEPT, State.REJECTED})


@dataclass(frozen=True, slots=True)
class JudgementEvent:
    """One thing the author said of an item and did not take back.

    Attributes:
        act: The undo step in which it was said.
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
    """What the author thought of an item by the end of the day on which it was first judged.

    A key that slipped, the half that comes with a second key and what is picked out again of many
    that were rejected together are put right the same day; what is changed later is changed with
    hindsight.

    Attributes:
        at, act: When it was judged, and in which undo step.
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
        chance, score, words: What was expected: of the model, which is served by score, and of the
            words of the areas alone.
        guesses: The areas expected, the likeliest first.
        guessed: The ratings expected, 1 to 10, by area.
        halves: The ratings given, by area.
        usual: The mean rating of each area when the item was ranked, to the next half point.
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
    usual: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """All that can be compared, and how much cannot.

    Attributes:
        unranked: Judged items that were not ranked before, or anew after they were first judged.
        passed_over: Items that were judged after they had been passed over and ranked again: what
            was learned of them then had heard of that.
        unjudged: Items that were passed over and never judged.
    """

    outcomes: tuple[JudgedPrediction, ...]
    unranked: int = 0
    passed_over: int = 0
    unjudged: int = 0


def first_judgement(events: Sequence[JudgementEvent], zone: tzinfo) -> FirstJudgement | None:
    """Find what the author thought of an item on the day it was first judged; None for unjudged.

    Args:
        events: All that was said of the item, in its order.
        zone: Where the author's days begin.
    """
    first: JudgementEvent | None = None
    for one in events:
        if first is not None and _day(one.at, zone) > _day(first.at, zone):
            break
        if one.area is None:
            first = (first or one) if one.to in _VERDICTS else None
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
    """Tell whether an item had been passed over when it was ranked.

    Args:
        first_seen_at: When the item came in.
        made_at: When it was ranked.
        events: All that was said of the item, in its order; what was put off is not passed over.
        judged: When anything was judged at all, in order.
    """
    before = bisect_left(judged, made_at)
    if not before or first_seen_at >= judged[before - 1] - SETTLED:
        return False
    states = [one.to for one in events if one.area is None and one.at < made_at]
    return not states or states[-1] != State.LATER


class Means:
    """The mean rating of each area as it was at one moment after another."""

    def __init__(self, said: Sequence[JudgementEvent]) -> None:
        """Take all ratings ever given, in their order."""
        rated = (one for one in said if one.area is not None)
        self._coming = sorted(rated, key=lambda one: one.at)[::-1]
        self._given: dict[tuple[int, str], int] = {}
        self._sums: defaultdict[str, int] = defaultdict(int)
        self._counts: defaultdict[str, int] = defaultdict(int)

    def before(self, moment: datetime) -> dict[str, int]:
        """Tell the means before a moment, 1 to 10; moments come in their order."""
        while self._coming and self._coming[-1].at < moment:
            self._hear(self._coming.pop())
        return {area: round(self._sums[area] / n) for area, n in self._counts.items() if n}

    def _hear(self, one: JudgementEvent) -> None:
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
