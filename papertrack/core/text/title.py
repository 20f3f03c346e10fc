r"""Titles as authors and sources write them, in pieces: text, and formulas between dollar signs.

Titles are stored as they came. Every place that shows one asks here: the terminal for plain
characters, the draft for Markdown, the bibliography for TeX.
"""

from __future__ import annotations

import re
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Math(StrEnum):
    """How a draft prints formulas.

    KEEP leaves them to a math renderer, ESCAPE prints their source, and UNICODE prints them in
    plain characters.
    """

    KEEP = "keep"
    ESCAPE = "escape"
    UNICODE = "unicode"


class PieceKind(Enum):
    """What a part of a title is."""

    TEXT = auto()
    EMPHASIS = auto()
    MATH = auto()


class TitlePiece(NamedTuple):
    """A part of a title; a formula includes its dollar signs and is as it came."""

    text: str
    kind: PieceKind = PieceKind.TEXT

    @property
    def is_math(self) -> bool:
        """Whether it is a formula."""
        return self.kind is PieceKind.MATH


# Pandoc's rules (manual, tex_math_dollars): no blank inside next to a dollar sign, and no digit
# after the second one unless there is a command inside. So "$5 and $10" contains no formula. What
# begins with a command is one whatever the blanks.
_MATH = re.compile(
    r"(?<![\\$])\$(?:(?![\s$])((?:[^$\\]|\\.){1,300}?)(?<!\s)"
    r"|\s*(?=\\[a-zA-Z])((?:[^$\\]|\\.){1,300}?))\$(?!\$)",
    re.DOTALL,
)
_QUOTED = re.compile(r"``(\S(?:[^`]*?\S)?)''")
_ROUND_MATH = re.compile(r"\\\((.+?)\\\)")
_FOR_BOOKMARKS = re.compile(r"\\texorpdfstring\{[^{}]*\}\{([^{}]*)\}")
_PRICE = re.compile(r"[0-9][0-9.,]*\s?[-\u2013/]\s?")  # "$7-$12"
# Around what is emphasised in a converted text; noncharacters, which no title contains.
BEGINS_EMPHASIS, ENDS_EMPHASIS = "\ufdd0", "\ufdd1"
_EMPHASIS_MARKS = re.compile(f"([{BEGINS_EMPHASIS}{ENDS_EMPHASIS}])")
# A title with none of these is plain text.
_SIGNS = ("\\", "$", "``")


def plain_title(title: str) -> str:
    r"""Write a title in plain characters: ``$\ell_1$ balls in $\mathbb{R}^n$`` as ℓ₁ balls in ℝⁿ.

    Args:
        title: One line, from a source or the author.

    Returns:
        The same title if it contains no TeX, or TeX that we do not know.
    """
    if not any(sign in title for sign in _SIGNS):
        return title
    return "".join(plain_math(one.text) if one.is_math else one.text for one in pieces(title))


def plain_abstract(text: str) -> str:
    """Write a text in plain characters, as `plain_title` does, and keep its lines."""
    if not any(sign in text for sign in _SIGNS):
        return text
    return "\n".join(map(plain_title, text.split("\n")))


def pieces(title: str) -> list[TitlePiece]:
    """Split a title into unchanged formulas and text without TeX.

    Args:
        title: One line, from a source or the author.
    """
    if "\\" in title:
        title = _ROUND_MATH.sub(r"$\1$", _FOR_BOOKMARKS.sub(r"\1", title))
    if "$" not in title:
        return list(_text_pieces(title))
    return list(_split(title))


def plain_math(formula: str) -> str:
    r"""Convert a formula to plain characters: ``$\ell_1$`` becomes ℓ₁, ``$O(n^2)$`` O(n²).

    Args:
        formula: With its dollar signs.
    """
    from papertrack.core.text.tex import math_to_unicode  # noqa: PLC0415  # 2 ms, for few titles

    return math_to_unicode(formula[1:-1]) or formula


def _text_pieces(text: str) -> Iterator[TitlePiece]:
    r"""Convert a text without formulas: ``\emph{Na\"ive} {BERT}`` becomes *Naïve* BERT.

    Without a backslash, only TeX's quotes are converted. The text stays as it is if it has an
    unknown command, or braces that do not match.
    """
    kind = PieceKind.TEXT
    for part in _EMPHASIS_MARKS.split(_converted(text)):
        if part in {BEGINS_EMPHASIS, ENDS_EMPHASIS}:
            kind = PieceKind.EMPHASIS if part == BEGINS_EMPHASIS else PieceKind.TEXT
        elif part:
            yield TitlePiece(part, kind)


def _converted(text: str) -> str:
    if "``" in text:
        text = _QUOTED.sub("\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", text)
    if "\\" not in text:
        return text
    from papertrack.core.text.tex import text_to_unicode  # noqa: PLC0415  # as above

    plain = text_to_unicode(text, (BEGINS_EMPHASIS, ENDS_EMPHASIS))
    if plain is None:
        return text
    # The text may be next to a formula, so a blank at either end stays.
    before, after = (end if end.isspace() else "" for end in (text[:1], text[-1:]))
    return f"{before}{plain}{after}"


def safe_math(formula: str) -> str | None:
    r"""Rewrite a formula so that Markdown does not change it and it renders the same.

    Args:
        formula: With its dollar signs.

    Returns:
        The formula with Markdown's special characters as commands (``<`` as ``\lt``), and ``_``
        where it cannot begin emphasis; None if that is impossible.
    """
    if "`" in formula or re.search(r"&(?=#?\w)|\\[*_<>|~\[\]`]|://|www\.|@", formula):
        return None
    for mark, command in _MATH_COMMANDS.items():
        formula = formula.replace(mark, f"{command} ")
    # "_ " cannot open emphasis (CommonMark 0.31, 6.2: a left-flanking run is not followed by a
    # blank), and neither can "_" between letters and digits.
    return _SUBSCRIPT.sub("_ ", formula)


_MATH_COMMANDS = {
    "<": r"\lt",
    ">": r"\gt",
    "|": r"\vert",
    "*": r"\ast",
    "[": r"\lbrack",
    "]": r"\rbrack",
    "~": r"\ ",
}
_SUBSCRIPT = re.compile(r"_(?!\s)(?:(?<![A-Za-z0-9]_)|(?![A-Za-z0-9]))")


def _split(title: str) -> Iterator[TitlePiece]:
    at = search_from = 0
    while found := _MATH.search(title, search_from):
        follows_digit = title[found.end() : found.end() + 1].isdigit()
        formula = (found[1] or found[2]).strip()
        if "\\" not in formula and (follows_digit or _PRICE.fullmatch(formula)):
            search_from = found.start() + 1  # "$5/$10"
            continue
        if found.start() > at:
            yield from _text_pieces(title[at : found.start()])
        yield TitlePiece(f"${formula}$", PieceKind.MATH)
        at = search_from = found.end()
    if at < len(title):
        yield from _text_pieces(title[at:])
