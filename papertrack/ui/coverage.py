"""Draw the coverage of sources: a mark per day, and below it what is wrong."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.watch.record import DayOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

    from papertrack.core.watch.record import Day
    from papertrack.core.watch.status import Need, SourceStatus, Status

MARKS = {
    DayOutcome.COMPLETE: "●",
    DayOutcome.QUIET: "·",
    DayOutcome.STALE: "=",
    DayOutcome.LATE: "~",
    DayOutcome.FAILED: "✗",
    DayOutcome.CAPPED: "^",
}
PLAIN_MARKS = {**MARKS, DayOutcome.COMPLETE: "+", DayOutcome.QUIET: ".", DayOutcome.FAILED: "x"}

_USUAL = set(DayOutcome) - {DayOutcome.CAPPED}  # explained even if no day is marked so
_WEEKDAYS = "MTWTFSS"
_DATE, _MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"
_DATE_WIDTH, _MINUTE_WIDTH, _NEW_WIDTH = 10, 16, 5
_NAME_WIDTHS = 8, 24
_NEED_INDENT = "  "


def coverage_lines(
    status: Status, zone: tzinfo, width: int | None, marks: Mapping[DayOutcome, str] = MARKS
) -> list[str]:
    """Draw all sources, each with its problems below it.

    Args:
        status: The sources and their problems.
        zone: The author's time zone, for the last read.
        width: Columns of the terminal; None for a pipe: one line a source with tabs between slug,
            days, last read, new items, and what is wrong.
        marks: One character for each outcome.
    """
    if width is None:
        return ["\t".join(_status_fields(one, zone, marks)) for one in status.sources]
    span = (status.until - status.since).days + 1
    name_width, moment = _column_widths(status, width - span)
    letters = "".join(_WEEKDAYS[day.weekday()] for day in _days(status))
    moment_width = _DATE_WIDTH if moment == _DATE else _MINUTE_WIDTH
    lines = [_row(("", letters, "last read", "new"), name_width, moment_width)]
    for one in status.sources:
        row = (one.source.slug, *_numbers(one, zone, marks, moment))
        lines.append(_row(row, name_width, moment_width))
        for need in one.needs:
            lines += _wrapped(need.text, width)
    lines += [
        line
        for need in status.needs
        if need.source is None
        for line in textwrap.wrap(need.text, width, break_on_hyphens=False)
    ]
    return [*lines, "", *_legend(status, marks, width)]


def gap_lines(needs: Iterable[Need]) -> list[str]:
    """List what needs the author's attention, one line each."""
    return [f"{need.source}: {need.text}" if need.source else need.text for need in needs]


def marks_for(encoding: str | None) -> Mapping[DayOutcome, str]:
    """Choose the marks that an encoding can represent."""
    try:
        "".join(MARKS.values()).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN_MARKS
    return MARKS


def _status_fields(
    one: SourceStatus, zone: tzinfo, marks: Mapping[DayOutcome, str]
) -> tuple[str, str, str, str, str]:
    wrong = " | ".join(need.text for need in one.needs)
    days, read, new = _numbers(one, zone, marks, _MINUTE)
    return one.source.slug, days, read, new, wrong


def _numbers(
    one: SourceStatus, zone: tzinfo, marks: Mapping[DayOutcome, str], moment: str
) -> tuple[str, str, str]:
    strip = "".join(_day_mark(day, marks) for day in one.days.values())
    return strip, _format_moment(one.source.read_at, zone, moment), str(one.source.new)


def _day_mark(day: Day | None, marks: Mapping[DayOutcome, str]) -> str:
    return " " if day is None else marks[day.outcome]


def _format_moment(moment: datetime | None, zone: tzinfo, pattern: str) -> str:
    return "never" if moment is None else f"{moment.astimezone(zone):{pattern}}"


def _days(status: Status) -> Iterable[date]:
    return (status.since + timedelta(days=n) for n in range((status.until - status.since).days + 1))


def _column_widths(status: Status, width: int) -> tuple[int, str]:
    """Divide the width that the days leave: names first, then the time of the last read."""
    minimum, maximum = _NAME_WIDTHS
    longest = max([minimum, *(len(one.source.slug) for one in status.sources)])
    gaps = 3 * len(_NEED_INDENT)
    for moment, moment_width in ((_MINUTE, _MINUTE_WIDTH), (_DATE, _DATE_WIDTH)):
        room = width - gaps - moment_width - _NEW_WIDTH
        if room >= min(longest, maximum):
            return min(longest, room), moment
    return max(minimum, width - gaps - _DATE_WIDTH - _NEW_WIDTH), _DATE


def _row(fields: tuple[str, str, str, str], name_width: int, moment_width: int) -> str:
    name, days, read, new = fields
    shown = name if len(name) <= name_width else name[: name_width - 2] + ".."
    return _NEED_INDENT.join(
        (f"{shown:<{name_width}}", days, f"{read:<{moment_width}}", f"{new:>{_NEW_WIDTH}}")
    ).rstrip()


def _legend(status: Status, marks: Mapping[DayOutcome, str], width: int) -> list[str]:
    outcomes = {day.outcome for one in status.sources for day in one.days.values() if day}
    named = {one: mark for one, mark in marks.items() if one in outcomes | _USUAL}
    explained, blank = "  ".join(f"{mark} {one}" for one, mark in named.items()), "blank: not asked"
    if len(explained) + len(_NEED_INDENT) + len(blank) <= width:
        return [explained + _NEED_INDENT + blank]
    return [*textwrap.wrap(explained, width), blank]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=_NEED_INDENT,
        subsequent_indent=_NEED_INDENT * 2,
        break_on_hyphens=False,
        break_long_words=False,
    )
