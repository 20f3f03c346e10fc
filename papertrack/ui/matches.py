"""What a search found, on a terminal: the words that were looked for, marked where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.query.words import spans_of
from papertrack.ui.tables import drawn_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from papertrack.core.find.item_line import ItemLine
    from papertrack.core.query.words import Pattern

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
    parts: list[str] = []
    done = 0
    for start, end in spans_of(line, patterns):
        parts += [line[done:start], _BOLD, line[start:end], _PLAIN]
        done = end
    return "".join([*parts, line[done:]])
