"""Items, areas, sources, days and the log as lines: aligned for a terminal, or for a pipe."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.dates import utc_text
from papertrack.core.text.ratings import rating_value
from papertrack.core.watch.status import DayOutcome
from papertrack.storage.listing import ItemLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from papertrack.core.judging.event_text import LoggedAct, Saying
    from papertrack.core.query.words import Pattern
    from papertrack.core.records import Item
    from papertrack.core.watch.status import Day, Need, SourceStatus, Status

_NUMBER_WIDTH = 6
_MARK_WIDTH = 8
_SOURCE_WIDTH = 14
_NARROW = 72


def item_lines(items: Sequence[Item], zone: tzinfo, width: int | None) -> list[str]:
    """Draw a list of items, one a line; see `drawn_lines`."""
    return drawn_lines([_line(item) for item in items], zone, width)


def drawn_lines(items: Sequence[ItemLine], zone: tzinfo, width: int | None) -> list[str]:
    """Draw a list of items, one a line.

    Args:
        items: The items.
        zone: The author's time zone, for the day.
        width: Columns of the terminal; None for a pipe: every field whole, tabs between them.
    """
    rows = [
        (
            str(item.number),
            _mark(item.state, item.halves),
            f"{datetime.fromisoformat(item.first_seen_at).astimezone(zone):%Y-%m-%d}",
            item.source,
            item.title or item.url or "(no title)",
        )
        for item in items
    ]
    if width is None:
        return ["\t".join(row) for row in rows]
    return [_aligned(row, width) for row in rows]


def mark(item: Item) -> str:
    """Say where an item stands in a word, or its best rating: ``new``, ``3.5``."""
    line = _line(item)
    return _mark(line.state, line.halves)


def printed_title(item: Item) -> str:
    """Take the title that the author gave, else the work's own, else its address."""
    return item.printed_title or item.url or "(no title)"


def _line(item: Item) -> ItemLine:
    halves = [rating.halves for rating in item.judgement.ratings if rating.halves is not None]
    return ItemLine(
        number=item.id,
        state=item.state.value,
        halves=max(halves, default=None),
        first_seen_at=utc_text(item.first_seen_at),
        source=next(iter(item.sources), ""),
        title=item.printed_title,
        url=item.url,
    )


def _mark(state: str, halves: int | None) -> str:
    return rating_value(halves) if halves is not None and state == "kept" else state


def _aligned(row: tuple[str, str, str, str, str], width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # a pipe need not pay for it

    number, state, day, source, title = row
    start = f"{number:>{_NUMBER_WIDTH}}  {state:<{_MARK_WIDTH}}  {day[5:]}  "
    if width >= _NARROW:
        start += set_cell_size(source, _SOURCE_WIDTH) + "  "
    room = max(8, width - cell_len(start))
    if cell_len(title) > room:
        title = set_cell_size(title, room - 1).rstrip() + "…"
    return start + title


_BOLD, _PLAIN = "\x1b[1;4m", "\x1b[0m"  # bold and underlined: not told by colour alone
_INDENT = " " * 8
_LEAD_IN = 30  # characters of a text before the first match in it


def match_lines(  # what to print and how
    items: Sequence[ItemLine],
    texts: Mapping[int, Sequence[str]],
    patterns: Sequence[Pattern],
    zone: tzinfo,
    width: int,
    *,
    marked: bool,
) -> list[str]:
    """Draw items, each with a piece of the first of its texts in which something was found.

    Args:
        items: The items.
        texts: Notes, authors and abstract of each, by its number.
        patterns: What was looked for.
        zone: The author's time zone.
        width: Columns of the terminal.
        marked: Whether the terminal may be told to print bold.
    """
    lines: list[str] = []
    for item, line in zip(items, drawn_lines(items, zone, width), strict=True):
        lines.append(_marked(line, patterns) if marked else line)
        piece = next(filter(None, (_piece(text, patterns) for text in texts[item.number])), None)
        if piece is not None:
            shown = _INDENT + _fitted(piece, width - len(_INDENT))
            lines.append(_marked(shown, patterns) if marked else shown)
    return lines


def _piece(text: str, patterns: Sequence[Pattern]) -> str | None:
    """Cut a text off a little before the first match; None when there is none."""
    from papertrack.core.query.words import spans_of  # noqa: PLC0415  # on use

    flat = " ".join(text.split())
    spans = spans_of(flat, patterns)
    if not spans:
        return None
    start = spans[0][0] - _LEAD_IN
    if start <= 0:
        return flat
    blank = flat.find(" ", start, spans[0][0])
    return "…" + flat[blank + 1 if blank >= 0 else start :]


def _fitted(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # for terminals only

    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(1, width - 1)).rstrip() + "…"


def _marked(line: str, patterns: Sequence[Pattern]) -> str:
    from papertrack.core.query.words import spans_of  # noqa: PLC0415  # on use

    parts: list[str] = []
    done = 0
    for start, end in spans_of(line, patterns):
        parts += [line[done:start], _BOLD, line[start:end], _PLAIN]
        done = end
    return "".join([*parts, line[done:]])


_COUNT_WIDTH = 5
_EMOJI_WIDTH = 4


@dataclass(frozen=True, slots=True)
class AreaRow:
    """What is shown of an area."""

    slug: str
    emoji: str
    name: str
    rated: int
    kept: int
    is_retired: bool


def area_lines(rows: Sequence[AreaRow], width: int | None) -> list[str]:
    """Draw areas, one a line.

    Args:
        rows: The areas.
        width: Columns of the terminal; None for a pipe: every field, tabs between them.
    """
    if width is None:
        return [
            "\t".join(
                (
                    row.slug,
                    row.emoji,
                    row.name,
                    str(row.rated),
                    str(row.kept),
                    "retired" if row.is_retired else "",
                )
            )
            for row in rows
        ]
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # a pipe need not pay for it

    slugs = max((len(row.slug) for row in rows), default=0)
    lines: list[str] = []
    for row in rows:
        name = f"{row.name} (retired)" if row.is_retired else row.name
        counts = f"{row.rated:>{_COUNT_WIDTH}} rated {row.kept:>{_COUNT_WIDTH}} kept"
        if width < _NARROW:
            counts = f"{row.rated:>{_COUNT_WIDTH}}"
        emoji = set_cell_size(row.emoji, _EMOJI_WIDTH)
        line = f"{row.slug:<{slugs}}  {emoji}{counts}  {name}"
        if cell_len(line) > width:
            line = set_cell_size(line, width - 1).rstrip() + "…"
        lines.append(line)
    return lines


_SLUG_LIMIT = 24


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What a line says of a source; every text is plain and on one line.

    Attributes:
        items: How many items it brought.
        fetched_at: When it was last fetched; None when it never was.
        outcome: How that went; None likewise.
        place: Its address or its categories.
    """

    slug: str
    kind: str
    name: str
    area: str | None
    items: int
    fetched_at: datetime | None
    outcome: str | None
    place: str


def source_lines(rows: Sequence[SourceRow], zone: tzinfo, width: int | None) -> list[str]:
    """Draw a list of sources, one a line.

    Args:
        rows: The sources.
        zone: The author's time zone, for the day.
        width: Columns of the terminal; None for a pipe: every field whole, tabs between them.
    """
    if width is None:
        return ["\t".join(_fields(row, zone)) for row in rows]
    slugs = max((len(row.slug) for row in rows), default=0)
    return [_aligned_source(row, zone, width, min(slugs, _SLUG_LIMIT)) for row in rows]


def _fields(row: SourceRow, zone: tzinfo) -> tuple[str, ...]:
    day = f"{row.fetched_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.fetched_at else ""
    area, outcome = row.area or "", row.outcome or "never fetched"
    return (row.slug, row.kind, row.name, area, str(row.items), day, outcome, row.place)


def _aligned_source(row: SourceRow, zone: tzinfo, width: int, slug_width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # a pipe need not pay for it

    day = f"{row.fetched_at.astimezone(zone):%m-%d}" if row.fetched_at else "     "
    slug = row.slug if len(row.slug) <= slug_width else row.slug[: slug_width - 1] + "…"
    start = f"{slug:<{slug_width}}  {row.items:>5}  {day}  {row.outcome or 'never':<9}  "
    if width >= _NARROW:
        start += f"{(row.area or '')[:14]:<14}  "
    room = max(8, width - cell_len(start))
    name = row.name
    if cell_len(name) > room:
        name = set_cell_size(name, room - 1).rstrip() + "…"
    return (start + name).rstrip()


_ACT_WIDTH = 5
_NAMED = 3  # of more items that were told the same, a terminal gets only their number
_MOST = 20  # lines of one act; of more items that were told the same, a pipe gets their number
_FIRST = 5  # items that are named then
_DEVICE_DIGITS = 4

_Fields = tuple[str, str, str]  # what was said, of which item, and its title


def log_lines(
    act: LoggedAct, zone: tzinfo, width: int | None, *, is_whole: bool = False
) -> list[str]:
    """Draw one act, a line for each thing that it said; a bulk act in a few.

    Args:
        act: The act.
        zone: The author's time zone.
        width: Columns of the terminal; None for a pipe: every field whole, tabs between them.
        is_whole: Draw a line for each item, however many there are.
    """
    sayings = [one for one in act.sayings if not one.follows]
    if width is None:
        return [_tabbed(act, fields, zone) for fields in _records(sayings, is_whole=is_whole)]
    moment = f"{act.at.astimezone(zone):%Y-%m-%d %H:%M}"
    start = f"{act.number:>{_ACT_WIDTH}}  {moment if width >= _NARROW else moment[5:]}  "
    blank = " " * len(start)
    mark = "[undone] " if act.is_undone else ""
    mark += "" if act.is_ours else f"[{act.device[:_DEVICE_DIGITS]}] "
    lines = _told(sayings, most_named=len(sayings) if is_whole else _NAMED)
    if len(lines) > _MOST and not is_whole:
        lines = [*lines[: _MOST - 1], f"{_more(lines)}; --all shows them"]
    return [_cut((blank if row else start) + mark + text, width) for row, text in enumerate(lines)]


def _tabbed(act: LoggedAct, said: _Fields, zone: tzinfo) -> str:
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use

    fields = (
        str(act.number),
        act.at.astimezone(zone).isoformat(timespec="seconds"),
        act.device,
        "undone" if act.is_undone else "",
        *said,
    )
    return "\t".join(map(one_line, fields))


def _records(sayings: Sequence[Saying], *, is_whole: bool) -> list[_Fields]:
    """Write what was said as fields; without `is_whole` many items that were told alike as one."""
    alike = _alike(sayings)
    lines: list[_Fields] = []
    for one in sayings:
        told = alike[one.what]
        if is_whole or len(told) <= _MOST:
            lines.append((one.what, "" if one.item is None else str(one.item), one.title))
        elif one is told[0]:
            lines.append((one.what, "", _counted(told)))
    if len(lines) > _MOST and not is_whole:
        return [*lines[: _MOST - 1], (_more(lines), "", "")]
    return lines


def _told(sayings: Sequence[Saying], *, most_named: int) -> list[str]:
    """Say what was said, in one line what many items were told alike."""
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use

    lines: list[str] = []
    known: Saying | None = None  # what was named last need not be named again
    for what, told in _alike(sayings).items():
        if len(told) > most_named:
            lines.append(f"{what}: {_counted(told)}")
            continue
        for one in told:
            is_known = known is not None and known.subject == one.subject
            lines.append(what if is_known else f"{what}{_about(one)}")
            known = one
    return [one_line(line) for line in lines]


def _alike(sayings: Sequence[Saying]) -> dict[str, list[Saying]]:
    """Gather the items that were told the same, by what it was."""
    alike: dict[str, list[Saying]] = {}
    for saying in sayings:
        alike.setdefault(saying.what, []).append(saying)
    return alike


def _counted(told: Sequence[Saying]) -> str:
    numbers = [str(one.item) for one in told if one.item is not None]
    first = [*numbers[:_FIRST], "…"] if len(numbers) > _FIRST else numbers
    return f"{len(told)} items ({', '.join(first)})"


def _more(lines: Sequence[object]) -> str:
    return f"and {len(lines) - _MOST + 1} more"


def _about(saying: Saying) -> str:
    if saying.item is None:
        return f": {saying.title}" if saying.title else ""
    return f': {saying.item} "{saying.title}"'


def _cut(line: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # a pipe need not pay for it

    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


MARKS = {
    DayOutcome.COMPLETE: "●",
    DayOutcome.QUIET: "·",
    DayOutcome.STALE: "=",
    DayOutcome.LATE: "~",
    DayOutcome.FAILED: "✗",
}
PLAIN_MARKS = {**MARKS, DayOutcome.COMPLETE: "+", DayOutcome.QUIET: ".", DayOutcome.FAILED: "x"}

_WEEKDAYS = "MTWTFSS"
_DATE, _MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"
_DATE_WIDTH, _MINUTE_WIDTH, _NEW_WIDTH = 10, 16, 5
_NAME_WIDTHS = 8, 24
_NEED_INDENT = "  "


def coverage_lines(
    status: Status, zone: tzinfo, width: int | None, marks: Mapping[DayOutcome, str] = MARKS
) -> list[str]:
    """Draw all sources, what is wrong with each below it.

    Args:
        status: As judged.
        zone: The author's time zone, for the last read.
        width: Columns of the terminal; None for a pipe: one line a source with tabs between slug,
            days, last read, new items, and what is wrong.
        marks: One character for each outcome.
    """
    if width is None:
        return ["\t".join(_status_fields(one, zone, marks)) for one in status.sources]
    span = (status.until - status.since).days + 1
    name_width, moment = _room(status, width - span)
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
    return [*lines, "", *_legend(marks, width)]


def gap_lines(needs: Iterable[Need]) -> list[str]:
    """Write what the author has to see to, one line a thing."""
    return [f"{need.source}: {need.text}" if need.source else need.text for need in needs]


def marks_for(encoding: str | None) -> Mapping[DayOutcome, str]:
    """Choose the marks that an encoding has."""
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
    return strip, _written(one.source.read_at, zone, moment), str(one.source.new)


def _day_mark(day: Day | None, marks: Mapping[DayOutcome, str]) -> str:
    return " " if day is None else marks[day.outcome]


def _written(moment: datetime | None, zone: tzinfo, pattern: str) -> str:
    return "never" if moment is None else f"{moment.astimezone(zone):{pattern}}"


def _days(status: Status) -> Iterable[date]:
    return (status.since + timedelta(days=n) for n in range((status.until - status.since).days + 1))


def _room(status: Status, width: int) -> tuple[int, str]:
    """Share what the days leave of the width: names first, then the time of the last read."""
    least, most = _NAME_WIDTHS
    longest = max([least, *(len(one.source.slug) for one in status.sources)])
    gaps = 3 * len(_NEED_INDENT)
    for moment, moment_width in ((_MINUTE, _MINUTE_WIDTH), (_DATE, _DATE_WIDTH)):
        room = width - gaps - moment_width - _NEW_WIDTH
        if room >= min(longest, most):
            return min(longest, room), moment
    return max(least, width - gaps - _DATE_WIDTH - _NEW_WIDTH), _DATE


def _row(fields: tuple[str, str, str, str], name_width: int, moment_width: int) -> str:
    name, days, read, new = fields
    shown = name if len(name) <= name_width else name[: name_width - 2] + ".."
    return _NEED_INDENT.join(
        (f"{shown:<{name_width}}", days, f"{read:<{moment_width}}", f"{new:>{_NEW_WIDTH}}")
    ).rstrip()


def _legend(marks: Mapping[DayOutcome, str], width: int) -> list[str]:
    explained, blank = "  ".join(f"{mark} {one}" for one, mark in marks.items()), "blank: not asked"
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
