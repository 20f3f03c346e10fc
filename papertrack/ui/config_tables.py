"""List areas and sources: aligned for a terminal, tab-separated for a pipe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo


_NARROW = 72
_COUNT_WIDTH = 5
_EMOJI_WIDTH = 4


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A row of the list of areas."""

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
    """A row of the list of sources; every text is a single line without control characters.

    Attributes:
        items: How many items came from the source.
        fetched_at: When it was last fetched; None if never.
        outcome: The result of that fetch; None if never.
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
