"""Spans of time as the filter language writes them: ``7d``, ``2026-W46``, ``2026-11-01..``."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from papertrack.core.time.window import read_moment, week_window
from papertrack.errors import UsageError

Span = tuple[datetime | None, datetime | None]

BACKWARDS = "this range ends before it begins"
HINT = "write 7d, today, 2026-11-20, 2026-W46, 2026-11 or 2026-11-01..2026-11-15"

_AGO = re.compile(r"\d{1,4}[hdw]", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?", re.IGNORECASE)
_WEEK = re.compile(r"\d{4}-?W\d{2}", re.IGNORECASE)
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
            return _midnight(first, zone), _midnight(first + timedelta(days=days), zone)
        if _WEEK.fullmatch(text):
            week = week_window(text, zone)
            return week.since, week.until
        if _AGO.fullmatch(text) or _TIME.fullmatch(text):
            moment = read_moment(text, now, zone)
            return moment, moment
        first, last = _days(text)
        return _midnight(first, zone), _midnight(last, zone)
    except (UsageError, ValueError, OverflowError) as error:
        message = f'"{text}" is no date'
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


def _midnight(day: date, zone: tzinfo) -> datetime:
    # Beyond these years time zones run out of the calendar.
    if not 1000 <= day.year <= 9000:  # noqa: PLR2004
        raise ValueError(day)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
