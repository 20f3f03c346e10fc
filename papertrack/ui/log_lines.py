"""Acts of the journal as lines: a bulk act in a few, for a terminal or for a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from papertrack.core.judging.event_text import LoggedAct, Saying

_NARROW = 72
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
