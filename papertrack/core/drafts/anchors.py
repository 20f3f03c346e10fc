"""Anchors: comments in a draft that say which item follows; a reader never sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from papertrack.core.text.spans import CARD, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_ANCHOR = re.compile(r"<!-- papertrack (\S+) -->[ \t]*")
_ANCHOR_LINE = re.compile(r"^<!-- papertrack \S+ -->[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE)


def with_anchors(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Put an anchor before every item of a draft.

    Args:
        text: The rendered draft.
        spans: What stands where in it.

    Returns:
        The text with anchors, and where everything stands in it.
    """
    anchors = {
        span.start: f"<!-- papertrack {_written(span.subject)} -->\n"
        for span in spans
        if span.field == CARD and (span.start == 0 or text[span.start - 1] == "\n")
    }
    parts: list[str] = []
    at = 0
    for start, anchor in sorted(anchors.items()):
        parts += [text[at:start], anchor]
        at = start
    parts.append(text[at:])

    def moved(place: int, *, is_end: bool) -> int:
        return place + sum(
            len(anchor)
            for start, anchor in anchors.items()
            if start < place or (start == place and not is_end)
        )

    return "".join(parts), tuple(
        Span(
            moved(span.start, is_end=False),
            moved(span.end, is_end=True),
            span.subject,
            span.field,
            span.area,
        )
        for span in spans
    )


def strip_anchors(text: str) -> str:
    """Take the anchors out of a draft; all else stays as it is, line endings too."""
    return _ANCHOR_LINE.sub("", text)


def read_anchor(line: str, known: Collection[str] | None = None) -> str | None:
    """Read the line of an anchor; None when it is none, or of none of the items known.

    Args:
        line: Without its end.
        known: The items that may be meant, as the journal names them; None for any, and then what
            comes back is as it is written in the anchor.
    """
    found = _ANCHOR.fullmatch(line)
    if found is None:
        return None
    if known is None:
        return found[1]
    return next((subject for subject in known if _written(subject) == found[1]), None)


def _written(subject: str) -> str:
    """Write a subject so that no part of it ends a comment or is read as another word."""
    return "-%2D".join(subject.split("--")).replace(" ", "%20")
