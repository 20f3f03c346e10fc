"""The log as lines of text: aligned for a terminal, tab-separated for a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.text.clean import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from papertrack.core.judging.log import LoggedAct, Saying

_NUMBER_WIDTH = 5
_NAMED = 3  # of more items that were told the same, only their number is shown
_NARROW = 72
_DEVICE_DIGITS = 4


def log_lines(act: LoggedAct, zone: tzinfo, width: int | None) -> list[str]:
    """Draw one act, a line for each thing that it said.

    Args:
        act: The act.
        zone: The author's time zone.
        width: Columns of the terminal; None for a pipe: every field whole, tabs between them.
    """
    if width is None:
        return [_tabbed(act, saying, zone) for saying in act.sayings if not saying.follows]
    moment = f"{act.at.astimezone(zone):%Y-%m-%d %H:%M}"
    start = f"{act.number:>{_NUMBER_WIDTH}}  {moment if width >= _NARROW else moment[5:]}  "
    blank = " " * len(start)
    mark = "[undone] " if act.is_undone else ""
    mark += "" if act.is_ours else f"[{act.device[:_DEVICE_DIGITS]}] "
    return [
        _cut((blank if row else start) + mark + text, width)
        for row, text in enumerate(_told([one for one in act.sayings if not one.follows]))
    ]


def _tabbed(act: LoggedAct, saying: Saying, zone: tzinfo) -> str:
    fields = (
        str(act.number),
        act.at.astimezone(zone).isoformat(timespec="seconds"),
        act.device,
        "undone" if act.is_undone else "",
        saying.what,
        "" if saying.item is None else str(saying.item),
        saying.title,
    )
    return "\t".join(map(one_line, fields))


def _told(sayings: Sequence[Saying]) -> list[str]:
    """Say what was said, in one line what many items were told alike."""
    alike: dict[str, list[Saying]] = {}
    for saying in sayings:
        alike.setdefault(saying.what, []).append(saying)
    lines: list[str] = []
    known: Saying | None = None  # what was named last need not be named again
    for what, told in alike.items():
        if len(told) > _NAMED:
            numbers = ", ".join(str(one.item) for one in told if one.item is not None)
            lines.append(f"{what}: {len(told)} items ({numbers})")
            continue
        for one in told:
            is_known = known is not None and known.subject == one.subject
            lines.append(what if is_known else f"{what}{_about(one)}")
            known = one
    return [one_line(line) for line in lines]


def _about(saying: Saying) -> str:
    if saying.item is None:
        return f": {saying.title}" if saying.title else ""
    return f': {saying.item} "{saying.title}"'


def _cut(line: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # a pipe need not pay for it

    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"
