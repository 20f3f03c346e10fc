"""Where in a rendered text each word of the author, and each item, came to stand.

Texts on their way into a template carry marks that no text may hold: Unicode noncharacters, which
are meant for use inside a program (The Unicode Standard, 23.7). A template handles such a text as
the plain string that it is; only where it is printed do its marks come out with it, and
`read_marks` takes them out again while it writes down their places. So a template of the author's
own tells where everything stands, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OPEN, _TOLD, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_DIGITS = "".join(map(chr, range(0xFDE0, 0xFDF0)))  # of hexadecimal numbers
_MARK = re.compile(f"{_OPEN}([{_DIGITS}]*){_TOLD}|{_CLOSE}")
_MARKS = re.compile("[\ufdd0-\ufdef]")
_BETWEEN = "\x1f"

CARD = "card"  # the field of a whole item, with all that stands around its texts
# Fields that stand away from the rest of their item.
_APART = frozenset({"teaser", "credit", "contents"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a rendered text, and what it says.

    Attributes:
        start, end: Where it stands, in characters from the beginning of the text.
        subject: An identifier of an item as the journal has it, ``issue:2026-W47``, or
            ``area:SLUG`` for the heading of a section.
        field: A note (``what``, ``title``, …), ``rating`` (the glyphs), ``remark``, ``label``;
            a text of the issue (``lead``, …); ``heading``; or `CARD`.
        area: The area (slug) of a rating and of what belongs to it, else empty.
    """

    start: int
    end: int
    subject: str
    field: str
    area: str = ""

    @property
    def is_of_item(self) -> bool:
        """Whether it belongs to an item, not to the issue or to a section."""
        return not self.subject.startswith(("issue:", "area:"))


class Marked(str):
    """A text that knows, where it is printed, which words are whose.

    Attributes:
        marked: The same text with its marks.
    """

    __slots__ = ("marked",)
    marked: str

    def __new__(cls, text: str, marked: str) -> Self:
        """Keep both forms of a text."""
        self = super().__new__(cls, text)
        self.marked = marked
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Tell `pickle` how to make it again."""
        return type(self), (str(self), self.marked)


def mark(text: str, subject: str, field: str, area: str = "") -> str:
    """Say whose a text is, and which of its texts; see `Span`.

    Args:
        text: Any text, perhaps with marks inside; an empty one stays as it is.
        subject: See `Span`; as ``field`` and ``area``.
        field: See `Span`.
        area: See `Span`.
    """
    if not text:
        return text
    told = _BETWEEN.join((subject, field, area)).encode().hex()
    header = "".join(_DIGITS[int(digit, 16)] for digit in told)
    inner = printed(text)
    return Marked(without_marks(text), f"{_OPEN}{header}{_TOLD}{inner}{_CLOSE}")


def join(parts: Iterable[str], between: str = "") -> str:
    """Join texts, marks and all."""
    texts = list(parts)
    plain = between.join(map(str, texts))
    if not any(isinstance(text, Marked) for text in texts):
        return without_marks(plain)
    return Marked(without_marks(plain), printed(between).join(map(printed, texts)))


def printed(value: str) -> str:
    """Write a text as it goes into the rendered one: with its marks, and with no others."""
    return value.marked if isinstance(value, Marked) else without_marks(value)


def without_marks(text: str) -> str:
    """Leave out what would be read as a mark; no character of any script is among it."""
    return _MARKS.sub("", text)


def is_mark(character: str) -> bool:
    """Tell whether a character belongs to a mark."""
    return _MARKS.match(character) is not None


def read_marks(text: str) -> tuple[str, tuple[Span, ...]]:
    """Take the marks out of a rendered text.

    Args:
        text: What a template printed. A mark that a filter cut off is passed over.

    Returns:
        The text without marks, and its spans in the order in which they begin, outer ones first.
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
    """Add a span for every item, over all of its texts and the whole lines they stand in.

    Args:
        text: The rendered text.
        spans: What `read_marks` found in it.
    """
    cards: list[Span] = []
    for span in spans:
        if not span.is_of_item or span.field in _APART:
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
    """Move spans by so many characters, inside a text of a length."""
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
        told = bytes.fromhex(digits).decode().split(_BETWEEN)
        subject, field, area = told
    except ValueError:  # a filter has cut it
        return []
    return [Span(start, end, subject, field, area)]
