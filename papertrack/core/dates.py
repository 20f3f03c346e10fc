"""Days, weeks, deadlines and spans of time, as the author types and a digest prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from papertrack.errors import UsageError

LAST_CALL_DAYS = 7
_COUNTED_DAYS = 30  # for later deadlines, a number of days says little

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def read_http_date(text: str) -> datetime | None:
    """Read the date of an HTTP header (RFC 9110, section 5.6.7), in UTC; None if invalid."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # takes 5 ms; only responses need it

    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def read_deadline(text: str | None) -> date | None:
    """Read the deadline in a note, ``2026-11-25``; None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def day_words(day: date, today: date) -> str:
    """Write a day as ``25 November``, with the year if it is not that of `today`."""
    words = f"{day.day} {_MONTH_NAMES[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def deadline_words(day: date, today: date) -> str:
    """Write when a deadline is: ``in 10 days (25 November)``.

    Args:
        day: The last day.
        today: The day of the issue.

    Returns:
        The number of days and the day; ``on 25 January 2027`` if it is more than 30 days away,
        ``N days ago (…)`` if it is past.
    """
    days = (day - today).days
    if days > _COUNTED_DAYS:
        return f"on {day_words(day, today)}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    counted = near or (f"in {days} days" if days > 0 else f"{-days} days ago")
    return f"{counted} ({day_words(day, today)})"


def is_last_call(day: date, today: date) -> bool:
    """Return whether a deadline is today or at most `LAST_CALL_DAYS` away."""
    return 0 <= (day - today).days <= LAST_CALL_DAYS


_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
_AGO = re.compile(r"(\d{1,4})\s*([hdw])", re.IGNORECASE)
# No paper is older; close to the years 1 and 9999, time zones and weeks overflow `datetime`.
_FIRST_YEAR, _LAST_YEAR = 1000, 9000
_AGO_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, including `since` but not `until`."""

    since: datetime
    until: datetime

    @property
    def issue(self) -> str:
        """The name of the issue: the ISO week in which the window ends, such as ``2026-W47``."""
        return week_name((self.until - timedelta(microseconds=1)).date())


def week_name(day: date) -> str:
    """Return the ISO week of a day, ``2026-W47``; weeks begin on Monday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_window(week: str, zone: tzinfo) -> Window:
    """Return the window of an ISO week in the author's time zone.

    Raises:
        UsageError: The text is not a week of the calendar.
    """
    match = _WEEK.fullmatch(week.strip())
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        monday = None
    if monday is None or not _FIRST_YEAR <= monday.year <= _LAST_YEAR:
        message = f'"{week}" is not a week'
        raise UsageError(message, hint="write it like 2026-W47")
    return Window(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def current_window(now: datetime, zone: tzinfo, since: datetime | None) -> Window:
    """Return the window from the end of the last issue, else from Monday of this week, to now."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return Window(since or _midnight(monday, zone), now.astimezone(zone))


def read_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read a point in time as people type it.

    Args:
        text: ``2026-11-20``, ``2026-11-20T09:30``, or a time ago: ``12h``, ``3d``, ``2w``.
        now: The current time.
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
        message = f'"{text}" is not a date'
        raise UsageError(message, hint="write it like 2026-11-20, or 3d for three days ago")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_day(text: str) -> date:
    """Read a calendar day, ``2026-11-20``.

    Raises:
        UsageError: The text is not a day of the calendar.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        message = f'"{text}" is not a date'
        raise UsageError(message, hint="write it like 2026-11-20") from error


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


Span = tuple[datetime | None, datetime | None]

BACKWARDS = "this range ends before it begins"
HINT = "write 7d, today, 2026-11-20, 2026-W46, 2026-11 or 2026-11-01..2026-11-15"

_SPAN_AGO = re.compile(r"\d{1,4}[hdw]", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?", re.IGNORECASE)
_SPAN_WEEK = re.compile(r"\d{4}-?W\d{2}", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_DECEMBER = 12
# How many days before today they begin, and how many days they last.
_DAYS = {"today": (0, 1), "yesterday": (1, 1)}


def read_span(relation: str, text: str, now: datetime, zone: tzinfo) -> Span:
    """Read the relation and value of a time in a query.

    Args:
        relation: ``:``, ``=``, ``>``, ``>=``, ``<`` or ``<=``.
        text: A time ago (up to now), a day, an ISO week, a month, a year, a moment, or a range
            ``A..B`` of these, where A or B may be missing.
        now: The current time.
        zone: The author's time zone.

    Raises:
        UsageError: The text is none of these.
    """
    if relation in {":", "="}:
        first, dots, last = text.partition("..")
        if not dots:
            start, end = _bounds(text, now, zone)
            return (start, None) if start == end else (start, end)
        if not (first or last):
            raise UsageError("there is no date before or after ..", hint=HINT)  # noqa: EM101, TRY003
        since = _bounds(first, now, zone)[0] if first else None
        until = _bounds(last, now, zone)[1] if last else None
        if since and until and since >= until and first != last:
            raise UsageError(BACKWARDS, hint=f"write {last}..{first}")
        return since, until
    start, end = _bounds(text, now, zone)
    match relation:
        case ">":
            return end, None
        case ">=":
            return start, None
        case "<":
            return None, start
        case _:
            return None, end


def _bounds(text: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the beginning and end of a date; those of a moment are equal."""
    try:
        if text.casefold() in _DAYS:
            back, days = _DAYS[text.casefold()]
            first = now.astimezone(zone).date() - timedelta(days=back)
            return _midnight_in_range(first, zone), _midnight_in_range(
                first + timedelta(days=days), zone
            )
        if _SPAN_WEEK.fullmatch(text):
            week = week_window(text, zone)
            return week.since, week.until
        if _SPAN_AGO.fullmatch(text) or _TIME.fullmatch(text):
            moment = read_moment(text, now, zone)
            return moment, moment
        first, last = _days(text)
        return _midnight_in_range(first, zone), _midnight_in_range(last, zone)
    except (UsageError, ValueError, OverflowError) as error:
        message = f'"{text}" is not a date'
        raise UsageError(message, hint=HINT) from error


def _days(text: str) -> tuple[date, date]:
    """Return the first day of a day, month or year, and the first day after it."""
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return day, day + timedelta(days=1)
    if month := _MONTH.fullmatch(text):
        first = date(int(month[1]), int(month[2]), 1)
        is_last = first.month == _DECEMBER
        return first, date(first.year + is_last, 1 if is_last else first.month + 1, 1)
    if _YEAR.fullmatch(text):
        return date(int(text), 1, 1), date(int(text) + 1, 1, 1)
    raise ValueError(text)


def _midnight_in_range(day: date, zone: tzinfo) -> datetime:
    # See `_FIRST_YEAR`.
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(day)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
