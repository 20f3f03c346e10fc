"""ISO weeks and the span of time that an issue covers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from papertrack.errors import UsageError

_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
_AGO = re.compile(r"(\d{1,4})\s*([hdw])", re.IGNORECASE)
# Nothing to do with papers is older; beyond, time zones and weeks run out of the calendar.
_FIRST_YEAR, _LAST_YEAR = 1000, 9000
_AGO_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time: `since` belongs to it, `until` does not."""

    since: datetime
    until: datetime

    @property
    def issue(self) -> str:
        """The ISO week in which the window ends, ``2026-W47``: the name of the issue."""
        return week_name((self.until - timedelta(microseconds=1)).date())


def week_name(day: date) -> str:
    """Name the ISO week of a day (ISO 8601: weeks begin on Monday)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_window(week: str, zone: tzinfo) -> Window:
    """Span a whole ISO week in the author's time zone.

    Raises:
        UsageError: The text is no week of the calendar.
    """
    match = _WEEK.fullmatch(week.strip())
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        monday = None
    if monday is None or not _FIRST_YEAR <= monday.year <= _LAST_YEAR:
        message = f'"{week}" is no week'
        raise UsageError(message, hint="write it like 2026-W47")
    return Window(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def current_window(now: datetime, zone: tzinfo, since: datetime | None) -> Window:
    """Span from where the last published issue ends, else from Monday of this ISO week, to now."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return Window(since or _midnight(monday, zone), now.astimezone(zone))


def read_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read a point in time as people type it.

    Args:
        text: ``2026-11-20``, ``2026-11-20T09:30``, or a time ago: ``12h``, ``3d``, ``2w``.
        now: The present.
        zone: The author's time zone, for dates without one.

    Raises:
        UsageError: The text is none of these.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return (now - timedelta(**{_AGO_UNITS[ago[2].lower()]: int(ago[1])})).astimezone(zone)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        message = f'"{text}" is no date'
        raise UsageError(message, hint="write it like 2026-11-20, or 3d for three days ago")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_day(text: str) -> date:
    """Read a calendar day, ``2026-11-20``.

    Raises:
        UsageError: The text is no day of the calendar.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        message = f'"{text}" is no date'
        raise UsageError(message, hint="write it like 2026-11-20") from error


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
