"""arXiv's calendar: which day its feed holds, and on which days no batch is announced."""

from __future__ import annotations

from datetime import date, datetime, timedelta

NEW_YORK = "America/New_York"

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_BREAK_STARTS, _BREAK_ENDS = (12, 24), (1, 2)

# Days of the winter break are chosen anew every year, a few months ahead. These are the ones
# arXiv had named beside the holidays below when this was written
# (https://info.arxiv.org/help/availability.html).
_NAMED = frozenset({date(2026, 1, 1), date(2026, 12, 29), date(2026, 12, 31)})


def feed_day(now: datetime) -> date:
    """Tell whose day's batch arXiv's feed holds; it turns over at midnight in New York.

    Args:
        now: The present, aware.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # 3 ms that most commands need not pay

    return now.astimezone(ZoneInfo(NEW_YORK)).date()


def next_turnover(now: datetime) -> datetime:
    """Tell when the feed turns over next: at the coming midnight in New York."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # as above

    tomorrow = feed_day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(NEW_YORK))


def last_freeze(day: date) -> datetime:
    """Tell when the papers of the batch before a day's were frozen: at 14:00 in New York.

    What was submitted later is in no batch before that of the day. (What moderators held back may
    be older and in it all the same.)
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # as above

    before = day - timedelta(days=1)
    while quiet_reason(before) is not None:
        before -= timedelta(days=1)
    frozen = _frozen_on(before)
    return datetime(frozen.year, frozen.month, frozen.day, 14, tzinfo=ZoneInfo(NEW_YORK))


def quiet_reason(day: date) -> str | None:
    """Tell why no batch is expected in the feed of a day; None when one is.

    The feed of a day holds what was announced at 20:00 the evening before: papers frozen at 14:00
    that day, or on Friday for the feed of Monday. On a holiday nothing is frozen and nothing is
    announced, so it is the feed of the *next* weekday that is empty: Thanksgiving, a Thursday,
    empties that of Friday, and the feed of Thanksgiving itself still holds Wednesday's papers.

    Sources: arxiv-docs ``source/help/availability.md`` (schedule, lists of 2023, 2025 and 2026),
    the days without announcements since 2003 that arXiv's publishing code is seeded with, and
    arxiv-feed ``feed/database.py`` (a feed holds the updates dated today). Every year since 2022
    they name Martin Luther King Jr. Day, Juneteenth, Labor Day, Thanksgiving and, when it is a
    weekday, Christmas; Independence Day since 2023. They never name Presidents' Day, Memorial
    Day, Columbus Day, Veterans Day or the day after Thanksgiving.

    Args:
        day: A day of New York's calendar.
    """
    if day.weekday() >= _SATURDAY:
        return "weekend"
    name = _holiday(_frozen_on(day))
    return f"US holiday: {name}" if name else None


def likely_quiet_reason(day: date) -> str | None:
    """Tell why an empty feed would be no surprise on a day; None when it would be.

    Beside the days of `quiet_reason` these are a holiday itself (arXiv's list may be read either
    way) and the winter break, of which arXiv takes two or three days that differ every year.
    """
    if reason := quiet_reason(day):
        return reason
    if name := _holiday(day):
        return f"US holiday: {name}"
    frozen = _frozen_on(day)
    is_break = (frozen.month, frozen.day) >= _BREAK_STARTS or (
        frozen.month,
        frozen.day,
    ) <= _BREAK_ENDS
    return "US holiday: winter break" if is_break else None


def expected_days(after: date, until: date) -> list[date]:
    """List the days whose feed should hold a batch, oldest first: after < day <= until."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return [day for day in days if quiet_reason(day) is None]


def _frozen_on(day: date) -> date:
    """Find the day at whose 14:00 the papers in a weekday's feed were frozen."""
    return day - timedelta(days=3 if day.weekday() == _MONDAY else 1)


def _holiday(day: date) -> str | None:
    """Name the holiday on which arXiv freezes and announces nothing; None on a working day."""
    if day in _NAMED:
        return "New Year's Day" if day.month == 1 else "winter break"
    year = day.year
    holidays = {
        _nth(year, 1, _MONDAY, 3): "Martin Luther King Jr. Day",
        _observed(date(year, 6, 19)): "Juneteenth",
        _observed(date(year, 7, 4)): "Independence Day",
        _nth(year, 9, _MONDAY, 1): "Labor Day",
        _nth(year, 11, _THURSDAY, 4): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
    return holidays.get(day)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    """Move a holiday off the weekend, as 5 U.S.C. 6103(b) does for the federal government."""
    return day + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))
