"""Areas as lines of text: aligned for a terminal, tab-separated for a pipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_COUNT_WIDTH = 5
_EMOJI_WIDTH = 4
_NARROW = 72  # columns; below, only the rated items are counted


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
