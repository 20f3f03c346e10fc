"""Find the position of each text of the author, and of each item, in a rendered draft.

Texts passed to a template contain marks that cannot occur in other text: Unicode noncharacters,
which are reserved for use inside a program (The Unicode Standard, 23.7). A template handles such a
text as a plain string. Only when it is printed, its marks are written with it; `read_marks` then
removes them and records their positions. This also works with the author's own templates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OPEN, _HEADER_END, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_DIGITS = "".join(map(chr, range(0xFDE0, 0xFDF0)))  # of hexadecimal numbers
_MARK = re.compile(f"{_OPEN}([{_DIGITS}]*){_HEADER_END}|{_CLOSE}")
_MARKS = re.compile("[\ufdd0-\ufdef]")
_SEPARATOR = "\x1f"

CARD = "card"  # the field of a whole item, including the lines around its texts
# Fields that are printed outside the card of their item.
_OUTSIDE_CARD = frozenset({"teaser", "credit", "contents"})


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a rendered text, with the field that it shows.

    Attributes:
        start, end: Its position, in characters from the beginning of the text.
        subject: The identifier of an item in the journal, ``issue:2026-W47``, or ``area:SLUG`` for
            the heading of a section.
        field: A note (``what``, ``title``, …), ``rating`` (the glyphs), ``remark``, ``label``;
            a text of the issue (``lead``, …); ``heading``; or `CARD`.
        area: The area (slug) of a rating, its remark or its label, else empty.
    """

    start: int
    end: int
    subject: str
    field: str
    area: str = ""

    @property
    def is_of_item(self) -> bool:
        """Whether it belongs to an item, not to the issue or a section."""
        return not self.subject.startswith(("issue:", "area:"))


class Marked(str):
    """A text that keeps its marks for when it is printed.

    Attributes:
        marked: The same text with its marks.
    """

    __slots__ = ("marked",)
    marked: str

    def __new__(cls, text: str, marked: str) -> Self:
        """Create a text with its marked form."""
        self = super().__new__(cls, text)
        self.marked = marked
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Support `pickle`."""
        return type(self), (str(self), self.marked)


def mark(text: str, subject: str, field: str, area: str = "") -> str:
    """Mark a text with its subject, field and area; see `Span`.

    The text may contain marked texts; an empty text is returned unchanged.
    """
    if not text:
        return text
    digits = _SEPARATOR.join((subject, field, area)).encode().hex()
    header = "".join(_DIGITS[int(digit, 16)] for digit in digits)
    inner = printed(text)
    return Marked(without_marks(text), f"{_OPEN}{header}{_HEADER_END}{inner}{_CLOSE}")


def join(parts: Iterable[str], between: str = "") -> str:
    """Join texts and keep their marks."""
    texts = list(parts)
    plain = between.join(map(str, texts))
    if not any(isinstance(text, Marked) for text in texts):
        return without_marks(plain)
    return Marked(without_marks(plain), printed(between).join(map(printed, texts)))


def printed(value: str) -> str:
    """Return a text to print, with its own marks and no others."""
    return value.marked if isinstance(value, Marked) else without_marks(value)


def without_marks(text: str) -> str:
    """Remove the characters of marks, which no script uses."""
    return _MARKS.sub("", text)


def is_mark(character: str) -> bool:
    """Return whether a character is part of a mark."""
    return _MARKS.match(character) is not None


def read_marks(text: str) -> tuple[str, tuple[Span, ...]]:
    """Remove the marks from a rendered text, and return their spans.

    Args:
        text: The output of a template. Marks that a filter truncated are ignored.

    Returns:
        The text without marks, and its spans by start, outer ones first.
    """
    plain: list[str] = []
    length = at = 0
    opened: list[tuple[int, str]] = []
    spans: list[Span] = []
    for found in _MARK.finditer(text):
        words = without_marks(text[at : found.start()])
        plain.append(words)
        length += len(words)
        at = found.end()
        if found[1] is not None:
            opened.append((length, found[1]))
        elif opened:
            start, header = opened.pop()
            spans += _span(start, length, header)
    plain.append(without_marks(text[at:]))
    return "".join(plain), _ordered(spans)


def with_cards(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Add a span for every item that covers the full lines of all its texts.

    Args:
        text: The rendered text.
        spans: Its spans from `read_marks`.
    """
    cards: list[Span] = []
    for span in spans:
        if not span.is_of_item or span.field in _OUTSIDE_CARD:
            continue
        last = cards[-1] if cards else None
        line_end = text.find("\n", span.end)
        end = len(text) if line_end < 0 else line_end
        if last is not None and last.subject == span.subject:
            cards[-1] = Span(last.start, max(last.end, end), span.subject, CARD)
            continue
        start = text.rfind("\n", 0, span.start) + 1
        if last is not None and last.end > start:  # two items in one line
            start = span.start
            cards[-1] = Span(last.start, min(last.end, start), last.subject, CARD)
        cards.append(Span(start, end, span.subject, CARD))
    return _ordered([*spans, *cards])


def move(spans: Iterable[Span], by: int, length: int) -> tuple[Span, ...]:
    """Move spans by `by` characters, clipped to a text of `length` characters."""
    moved = (
        Span(
            min(max(span.start + by, 0), length),
            min(max(span.end + by, 0), length),
            span.subject,
            span.field,
            span.area,
        )
        for span in spans
    )
    return tuple(span for span in moved if span.end > span.start)


def _ordered(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end, span.field != CARD)))


def _span(start: int, end: int, header: str) -> list[Span]:
    digits = "".join(f"{_DIGITS.index(digit):x}" for digit in header)
    try:
        subject, field, area = bytes.fromhex(digits).decode().split(_SEPARATOR)
    except ValueError:  # truncated by a filter
        return []
    return [Span(start, end, subject, field, area)]
