"""Items as lines of text: aligned for a terminal, tab-separated for a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.glyphs import rating_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from papertrack.core.records import Item

_NUMBER_WIDTH = 6
_MARK_WIDTH = 8
_SOURCE_WIDTH = 14
_NARROW = 72


def item_lines(items: Sequence[Item], zone: tzinfo, width: int | None) -> list[str]:
    """Draw a list of items, one a line.

    Args:
        items: The items.
        zone: The author's time zone, for the day.
        width: Columns of the terminal; None for a pipe: every field whole, tabs between them.
    """
    rows = [
        (
            str(item.id),
            mark(item),
            f"{item.first_seen_at.astimezone(zone):%Y-%m-%d}",
            next(iter(item.sources), ""),
            printed_title(item),
        )
        for item in items
    ]
    if width is None:
        return ["\t".join(row) for row in rows]
    return [_aligned(row, width) for row in rows]


def mark(item: Item) -> str:
    """Say where an item stands in a word, or its best rating: ``new``, ``3.5``."""
    halves = [rating.halves for rating in item.judgement.ratings if rating.halves is not None]
    return rating_value(max(halves)) if halves and item.state == "kept" else item.state.value


def printed_title(item: Item) -> str:
    """Take the title that the author gave, else the work's own, else its address."""
    return item.printed_title or item.url or "(no title)"


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
