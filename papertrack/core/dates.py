"""Dates as feeds write them: RFC 822, RFC 3339, and what people type."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

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
