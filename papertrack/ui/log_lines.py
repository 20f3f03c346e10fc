"""List acts of the journal, for a terminal or a pipe; bulk acts are abridged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.text.borrowed_titles import in_quotes
from papertrack.core.text.title import plain_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from papertrack.core.judging.event_text import LoggedAct, LoggedStatement

_NARROW = 72
_ACT_WIDTH = 5
_MAX_NAMED = 3  # a terminal names up to this many items with the same statement, else counts them
_MAX_LINES = 20  # lines of one act; a pipe counts items with the same statement beyond this
_FIRST_NAMED = 5  # item numbers in such a count
_DEVICE_DIGITS = 4

_Fields = tuple[str, str, str]  # the statement, its item, the title


def log_lines(
    act: LoggedAct, zone: tzinfo, width: int | None, *, is_whole: bool = False
) -> list[str]:
    """Draw one act, a line per statement; abridge a bulk act.

    Args:
        act: The act.
        zone: The author's time zone.
        width: Columns of the terminal; None for a pipe: every field whole, tabs between them.
        is_whole: Draw a line per item, however many there are.
    """
    statements = [one for one in act.statements if not one.follows]
    if width is None:
        return [_tabbed(act, fields, zone) for fields in _records(statements, is_whole=is_whole)]
    moment = f"{act.at.astimezone(zone):%Y-%m-%d %H:%M}"
    start = f"{act.number:>{_ACT_WIDTH}}  {moment if width >= _NARROW else moment[5:]}  "
    blank = " " * len(start)
    mark = "[undone] " if act.is_undone else ""
    mark += "" if act.is_ours else f"[{act.device[:_DEVICE_DIGITS]}] "
    lines = _statement_lines(statements, max_named=len(statements) if is_whole else _MAX_NAMED)
    if len(lines) > _MAX_LINES and not is_whole:
        lines = [*lines[: _MAX_LINES - 1], f"{_and_more(lines)}; --all shows them"]
    return [
        _truncate((blank if row else start) + mark + text, width) for row, text in enumerate(lines)
    ]


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


def _records(statements: Sequence[LoggedStatement], *, is_whole: bool) -> list[_Fields]:
    """Write statements as fields; unless `is_whole`, many items with the same one share a line."""
    by_text = _grouped_by_text(statements)
    lines: list[_Fields] = []
    for one in statements:
        items = by_text[one.what]
        if is_whole or len(items) <= _MAX_LINES:
            lines.append(
                (one.what, "" if one.item is None else str(one.item), plain_title(one.title))
            )
        elif one is items[0]:
            lines.append((one.what, "", _count_items(items)))
    if len(lines) > _MAX_LINES and not is_whole:
        return [*lines[: _MAX_LINES - 1], (_and_more(lines), "", "")]
    return lines


def _statement_lines(statements: Sequence[LoggedStatement], *, max_named: int) -> list[str]:
    """Write statements; many items with the same one share a line."""
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use

    lines: list[str] = []
    known: LoggedStatement | None = None  # an item is not named twice in a row
    for what, items in _grouped_by_text(statements).items():
        if len(items) > max_named:
            lines.append(f"{what}: {_count_items(items)}")
            continue
        for one in items:
            is_known = known is not None and known.subject == one.subject
            lines.append(what if is_known else f"{what}{_item_suffix(one)}")
            known = one
    return [one_line(line) for line in lines]


def _grouped_by_text(statements: Sequence[LoggedStatement]) -> dict[str, list[LoggedStatement]]:
    """Group statements by their text."""
    by_text: dict[str, list[LoggedStatement]] = {}
    for statement in statements:
        by_text.setdefault(statement.what, []).append(statement)
    return by_text


def _count_items(items: Sequence[LoggedStatement]) -> str:
    numbers = [str(one.item) for one in items if one.item is not None]
    first = [*numbers[:_FIRST_NAMED], "…"] if len(numbers) > _FIRST_NAMED else numbers
    return f"{len(items)} items ({', '.join(first)})"


def _and_more(lines: Sequence[object]) -> str:
    return f"and {len(lines) - _MAX_LINES + 1} more"


def _item_suffix(statement: LoggedStatement) -> str:
    if statement.item is None:
        return f": {plain_title(statement.title)}" if statement.title else ""
    return f": {statement.item} {in_quotes(plain_title(statement.title))}"


def _truncate(line: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # a pipe need not pay for it

    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"
