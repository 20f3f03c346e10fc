"""Items as lines of text: aligned for a terminal, tab-separated for a pipe."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.find.item_line import ItemLine
from papertrack.core.text.glyphs import rating_value
from papertrack.core.time.times import utc_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from papertrack.core.records import Item

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
