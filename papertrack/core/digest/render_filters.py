"""What a template can do with the texts of an issue; every filter keeps the marks of a text."""

from __future__ import annotations

import textwrap
from datetime import date
from typing import TYPE_CHECKING, Any

from papertrack.core.digest.cite import join_and
from papertrack.core.digest.issue import Card
from papertrack.core.text import markdown, spans
from papertrack.core.text.glyphs import BEST_HALVES, rating_glyphs
from papertrack.core.time.deadline import deadline_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def stars(value: float | None, emoji: str = "⭐") -> str:
    """Draw a rating, 0.5 to 5, as a row of glyphs; nothing for none."""
    halves = round((value or 0) * 2)
    if not 0 <= halves <= BEST_HALVES:
        message = f"{value} is no rating"
        raise ValueError(message)
    return rating_glyphs(halves, emoji) if halves else ""


def cite(card: Card, style: str = "linked") -> str:
    """Write how a text names a work.

    Args:
        card: The work.
        style: ``linked`` or ``bracketed`` (both with its link), ``narrative``, ``parenthetical``
            or ``names``.
    """
    styles = ("linked", "bracketed", "narrative", "parenthetical", "names")
    if not isinstance(card, Card) or style not in styles:
        message = f"cite takes a card, and one of {', '.join(styles)}"
        raise ValueError(message)
    text: str = getattr(card.citation, style)
    return text


def anchor(text: str) -> str:
    """Name the anchor that renderers give to a heading."""
    return markdown.anchors([markdown.shown(text)])[0]


def deadline(day: str, today: str) -> str:
    """Say when a day is, seen from another, ``in 10 days (25 November)``; both as 2026-11-25."""
    return deadline_words(date.fromisoformat(day), date.fromisoformat(today)) if day else ""


def join_and_(texts: Iterable[str]) -> str:
    """Join texts as in a sentence: ``a, b, and c``."""
    words = list(texts)
    hidden = join_and([f"\x00{place}\x00" for place in range(len(words))]).split("\x00")
    return spans.join(words[int(piece)] if piece.isdigit() else piece for piece in hidden)


def join(texts: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    """Join texts, or one attribute of things."""
    things = [getattr(one, attribute) if attribute else one for one in texts]
    return spans.join([one if isinstance(one, str) else str(one) for one in things], between)


def sentence(text: str) -> str:
    """Begin a text with a capital letter and end it with a full stop."""
    whole = text if text.endswith((".", "!", "?")) else spans.join([text, "."])
    return _changed(whole, _capital)


def unlinked(text: str) -> str:
    """Show a linked text without its link."""
    return _changed(text, markdown.without_links)


def _capital(text: str) -> str:
    """Put the first letter into upper case, whatever marks stand before it."""
    at = 0
    while at < len(text) and spans.is_mark(text[at]):
        at += 1
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _changed(text: str, change: Callable[[str], str]) -> str:
    """Change a text and, in the same way, the form of it that has marks."""
    if not isinstance(text, spans.Marked):
        return change(text)
    return spans.Marked(change(str(text)), change(text.marked))


def indent(text: str, width: int = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002  # as Jinja's own
    """Indent the lines of a text, the first one too if asked."""
    prefix = " " * min(width, 100)

    def indented(lines: str) -> str:
        shifted = textwrap.indent(lines, prefix)
        return shifted if first else shifted.removeprefix(prefix)

    return _changed(text, indented)


def trim(text: str) -> str:
    """Leave out blanks and line breaks at both ends."""
    return text if text == text.strip() else text.strip()


FILTERS: dict[str, Callable[..., Any]] = {
    "stars": stars,
    "cite": cite,
    "anchor": anchor,
    "md_escape": markdown.escape,
    "deadline": deadline,
    "join_and": join_and_,
    "join": join,
    "sentence": sentence,
    "unlinked": unlinked,
    "indent": indent,
    "trim": trim,
}
