"""List items or search results: aligned for a terminal, tab-separated for a pipe."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from papertrack.core.records import Item
    from papertrack.core.text.words import Pattern
    from papertrack.storage.listing import ItemLine

_NUMBER_WIDTH = 6
_MARK_WIDTH = 8
_SOURCE_WIDTH = 14
_NARROW = 72


def item_lines(items: Sequence[ItemLine], zone: tzinfo, width: int | None) -> list[str]:
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
            _plain(item.title) or item.borrowed_title or item.url or "(no title)",
        )
        for item in items
    ]
    if width is None:
        return ["\t".join(row) for row in rows]
    return [_aligned(row, width) for row in rows]


def mark(item: Item) -> str:
    """Write an item's state, or its best rating: ``new``, ``3.5``."""
    halves = [rating.halves for rating in item.judgement.ratings if rating.halves is not None]
    return _mark(item.state.value, max(halves, default=None))


def printed_title(item: Item) -> str:
    """Choose the author's title, else the work's own, its first words, or its address."""
    from papertrack.core.text.borrowed_titles import shown_title  # noqa: PLC0415  # lists do without

    return shown_title(item) or item.url or "(no title)"


def _plain(title: str) -> str:
    if not any(sign in title for sign in ("\\", "$", "``")):
        return title
    from papertrack.core.text.title import plain_title  # noqa: PLC0415  # few lists need it

    return plain_title(title)


def _mark(state: str, halves: int | None) -> str:
    if halves is None or state != "kept":
        return state
    from papertrack.core.text.ratings import rating_value  # noqa: PLC0415  # 2 ms for a record

    return rating_value(halves)


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


_BOLD, _PLAIN = "\x1b[1;4m", "\x1b[0m"  # bold and underlined: legible without colour
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
    """Draw items, each with a snippet of its first text that matches.

    Args:
        items: The items.
        texts: Notes, authors and abstract of each, by its number.
        patterns: The searched words.
        zone: The author's time zone.
        width: Columns of the terminal.
        marked: Whether to print matches in bold.
    """
    lines: list[str] = []
    for item, line in zip(items, item_lines(items, zone, width), strict=True):
        lines.append(_highlight(line, patterns) if marked else line)
        snippet = next(
            filter(None, (_snippet(text, patterns) for text in texts[item.number])), None
        )
        if snippet is not None:
            shown = _INDENT + _truncate(snippet, width - len(_INDENT))
            lines.append(_highlight(shown, patterns) if marked else shown)
    return lines


def _snippet(text: str, patterns: Sequence[Pattern]) -> str | None:
    """Cut the start of a text to shortly before the first match; None without a match."""
    from papertrack.core.text.words import spans_of  # noqa: PLC0415  # on use

    flat = " ".join(text.split())
    spans = spans_of(flat, patterns)
    if not spans:
        return None
    start = spans[0][0] - _LEAD_IN
    if start <= 0:
        return flat
    blank = flat.find(" ", start, spans[0][0])
    return "…" + flat[blank + 1 if blank >= 0 else start :]


def _truncate(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # for terminals only

    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(1, width - 1)).rstrip() + "…"


def _highlight(line: str, patterns: Sequence[Pattern]) -> str:
    from papertrack.core.text.words import spans_of  # noqa: PLC0415  # on use

    parts: list[str] = []
    done = 0
    for start, end in spans_of(line, patterns):
        parts += [line[done:start], _BOLD, line[start:end], _PLAIN]
        done = end
    return "".join([*parts, line[done:]])
