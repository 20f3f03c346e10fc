"""Dates, weeks, deadlines and spans of time: read as people and feeds write them, and written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from papertrack.errors import UsageError

# Posts dated 1970 or 0001 are a publisher's default value, not a date.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100

_ISO = re.compile(
    r"""(?P<year>\d{4}) (?: (?P<dash>[-/.]?) (?P<month>\d{1,2}) (?: (?P=dash) (?P<day>\d{1,2}) )? )
        (?: [T\s]\s* (?P<hour>\d{1,2}) :?(?P<minute>\d{2})
            (?: :?(?P<second> \d{2} | (?<=:)\d ) )? (?:[.,]\d+)?
            \s* (?P<zone> Z | UTC | GMT | [+-]\d{2}:?\d{1,2} | [+-]\d{2} )? )?""",
    re.VERBOSE | re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What nearly every RSS feed writes; `email.utils` reads the rest, and costs 15 ms to load.
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})\s+(?P<month>[a-z]{3})\s+(?P<year>\d{4})\s+"
    r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s+"
    r"(?:GMT|UTC|UT|Z|(?P<zone>[+-]\d{4}))",
    re.IGNORECASE | re.ASCII,
)
_MONTH_FIRST = re.compile(
    r"(?:[a-z]+,?\s+)?(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?P<year>\d{4})(?:,?\s+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s*(?P<half>[ap]\.?m\.?)?)?(?:\s+(?:UTC|GMT|Z))?",
    re.IGNORECASE,
)
_NULL_YEAR = re.compile(r"(?<![+-])\b00\d\d\b")  # .NET's empty date; email.utils reads 0001 as 2001
_UNIX = re.compile(r"\d{9,10}(?:\d{3})?")


def read_date(text: str | None) -> datetime | None:
    """Read a date in any form that feeds use; None if it is none.

    Args:
        text: RFC 822 (RSS), RFC 3339 or ISO 8601 (Atom, JSON Feed), ``Nov 21, 2026``, or seconds
            since 1970. A date without time is midnight, a time without zone is UTC.

    Returns:
        An aware time in UTC between 1990 and 2100.
    """
    text = (text or "").strip()
    if not text or len(text) > 100:  # noqa: PLR2004 - the longest real one has about 45 characters
        return None
    for read in (_read_iso, _read_rfc822, _read_month_first, _read_unix):
        try:
            moment = read(text)
        except (ValueError, OverflowError, OSError):  # 31 February, year 0, zone +99:00
            continue
        if moment is not None:
            return _within_reason(moment)
    return None


def _within_reason(moment: datetime) -> datetime | None:
    return moment if EARLIEST_YEAR <= moment.year <= LATEST_YEAR else None


def _read_iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    zone = match["zone"] or "Z"
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    else:
        zone = "+00:00"
    local = (
        f"{match['year']}-{int(match['month']):02}-{int(match['day'] or 1):02}"
        f"T{int(match['hour'] or 0):02}:{match['minute'] or '00'}:{_second(match['second'])}"
    )
    return datetime.fromisoformat(local + zone).astimezone(UTC)


def _second(text: str | None) -> str:
    """Second 60 is a leap second, which `datetime` cannot hold."""
    return "59" if text == "60" else (text or "").zfill(2)


def _read_rfc822(text: str) -> datetime | None:
    match = _RFC822.fullmatch(text)
    month = match["month"].lower() if match else ""
    if match is None or month not in _MONTHS:
        return _read_rfc822_loosely(text)
    local = datetime(
        int(match["year"]),
        _MONTHS.index(month) + 1,
        int(match["day"]),
        int(match["hour"]),
        int(match["minute"]),
        int(_second(match["second"])),
        tzinfo=UTC,
    )
    zone = int(match["zone"] or 0)
    hours, minutes = divmod(abs(zone), 100)
    ahead = timedelta(hours=hours, minutes=minutes)
    return local - ahead if zone > 0 else local + ahead


def _read_rfc822_loosely(text: str) -> datetime | None:
    from email.utils import parsedate_tz  # noqa: PLC0415  # see above

    parts = parsedate_tz(text) or parsedate_tz(f"{text} 00:00:00")
    if parts is None or _NULL_YEAR.search(text):
        return None
    year, month, day, hour, minute, second = parts[:6]
    local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return datetime.fromtimestamp(local.timestamp() - (parts[9] or 0), tz=UTC)


def _read_month_first(text: str) -> datetime | None:
    match = _MONTH_FIRST.fullmatch(text)
    if match is None or match["month"].lower() not in _MONTHS:
        return None
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    return datetime(
        int(match["year"]),
        _MONTHS.index(match["month"].lower()) + 1,
        int(match["day"]),
        hour,
        int(match["minute"] or 0),
        int(_second(match["second"])),
        tzinfo=UTC,
    )


def _read_unix(text: str) -> datetime | None:
    if not _UNIX.fullmatch(text):
        return None
    seconds = int(text) / (1000 if len(text) > 10 else 1)  # noqa: PLR2004 - milliseconds have 13
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=0)


LAST_CALL_DAYS = 7
_COUNTED_DAYS = 30  # beyond, nobody counts: the day alone is said

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def read_http_date(text: str) -> datetime | None:
    """Read the date of an HTTP header (RFC 9110, section 5.6.7), in UTC; None when it is none."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # 5 ms that only answers need

    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def read_deadline(text: str | None) -> date | None:
    """Read a day as a note has it, ``2026-11-25``; None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def day_words(day: date, today: date) -> str:
    """Write a day as ``25 November``, with the year where it is not that of `today`."""
    words = f"{day.day} {_MONTH_NAMES[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def deadline_words(day: date, today: date) -> str:
    """Say when a deadline is: ``in 10 days (25 November)``.

    Args:
        day: The last day.
        today: The day of the issue.

    Returns:
        The distance and the day in brackets up to 30 days off, else ``on 25 January 2027``;
        ``N days ago (…)`` when it is past.
    """
    days = (day - today).days
    if days > _COUNTED_DAYS:
        return f"on {day_words(day, today)}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    counted = near or (f"in {days} days" if days > 0 else f"{-days} days ago")
    return f"{counted} ({day_words(day, today)})"


def is_last_call(day: date, today: date) -> bool:
    """Tell whether an open deadline is at most `LAST_CALL_DAYS` off."""
    return 0 <= (day - today).days <= LAST_CALL_DAYS


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
        message = f'"{week}" is not a week'
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
        message = f'"{text}" is not a date'
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
# Days before today at which they begin, and how many days they last.
_DAYS = {"today": (0, 1), "yesterday": (1, 1)}


def read_span(relation: str, text: str, now: datetime, zone: tzinfo) -> Span:
    """Read what may follow the name of a time.

    Args:
        relation: ``:``, ``=``, ``>``, ``>=``, ``<`` or ``<=``.
        text: A time ago (up to now), a day, an ISO week, a month, a year, a moment, or two of
            these with ``..`` between them, of which either may be missing.
        now: The present.
        zone: The author's time zone.

    Raises:
        UsageError: The text is none of these.
    """
    if relation in {":", "="}:
        first, dots, last = text.partition("..")
        if not dots:
            start, end = _piece(text, now, zone)
            return (start, None) if start == end else (start, end)
        if not (first or last):
            raise UsageError("there is no date around ..", hint=HINT)  # noqa: EM101, TRY003
        since = _piece(first, now, zone)[0] if first else None
        until = _piece(last, now, zone)[1] if last else None
        if since and until and since >= until and first != last:
            raise UsageError(BACKWARDS, hint=f"write {last}..{first}")
        return since, until
    start, end = _piece(text, now, zone)
    match relation:
        case ">":
            return end, None
        case ">=":
            return start, None
        case "<":
            return None, start
        case _:
            return None, end


def _piece(text: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Read one date as its beginning and its end; a moment is both."""
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
    """Read a day, month or year as its first day and the first day after it."""
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
    # Beyond these years time zones run out of the calendar.
    if not 1000 <= day.year <= 9000:  # noqa: PLR2004
        raise ValueError(day)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
