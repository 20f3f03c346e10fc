r"""Titles as authors typed them in LaTeX, as plain text: ``Schr\"odinger`` is Schrödinger.

Only what is surely LaTeX is changed, and nothing is lost: where a word of the title would not
come through, the title stays as it is. The formulas between dollar signs are left to the caller.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 1_000  # characters; what is longer is no title, and a reader of trees might not end


class Math(StrEnum):
    """What becomes of formulas.

    They are left for a renderer of formulas, shown as they were typed, or written in plain
    characters where there are such, else shown as they were typed.
    """

    KEEP = "keep"
    ESCAPE = "escape"
    UNICODE = "unicode"


class TitlePiece(NamedTuple):
    """A stretch of a title; a formula has its dollar signs."""

    text: str
    is_math: bool


# As pandoc reads it (manual, tex_math_dollars): no blank inside next to a dollar sign, no digit
# behind the second unless there is a command between them. So "$5 and $10" holds no formula.
_MATH = re.compile(r"(?<![\\$])\$(?![\s$])((?:[^$\\]|\\.){1,300}?)(?<!\s)\$(?!\$)", re.DOTALL)
_COMMAND = re.compile(r"\\(?:[a-zA-Z]+\*?|[^a-zA-Z\s])")
_QUOTED = re.compile(r"``(\S(?:[^`]*?\S)?)''")
_TIE = re.compile(r"(?<=\w)~(?=\w)")
# What means something to LaTeX and yet stands in titles as itself. pylatexenc takes the rest of
# the line after "%" for a comment and what follows "$" for a formula.
_LITERAL = "%$#&~^_"
# Noncharacters, which no text of ours holds, stand for them meanwhile.
_HIDE = {ord(mark): 0xFDD0 + place for place, mark in enumerate(_LITERAL)}
_SHOW = {hidden: mark for mark, hidden in _HIDE.items()}
_ESCAPED = re.compile(rf"\\([{re.escape(_LITERAL)}])")
_NAMED = re.compile(r"\\([a-zA-Z]+)")
_PLAIN_TITLE = re.compile(r"\\texorpdfstring\{[^{}]*\}\{([^{}]*)\}")
# Commands that change the look of what follows, and that the reader does not know.
_LOOKS = re.compile(r"\\(?:texttt|textsubscript|textsuperscript|mbox|uppercase)(?=\s*\{)")
_SWITCHES = re.compile(r"\\(?:it|bf|rm|tt|sc|sf|sl|em|boldmath|small|large)(?![a-zA-Z])\s*")
_ROUND_MATH = re.compile(r"\\\((.+?)\\\)")
_DEEPEST = 20  # braces


def pieces(title: str) -> list[TitlePiece]:
    """Part a title into formulas, as they are, and text, made plain.

    Args:
        title: One line, as a source or the author gave it.

    Returns:
        Its pieces in order; those of a title without formula and LaTeX are one, the title.
    """
    if "\\" in title:
        title = _PLAIN_TITLE.sub(r"\1", title)
        title = _ROUND_MATH.sub(r"$\1$", title)
    if "$" not in title:
        return [TitlePiece(to_unicode(title), is_math=False)] if title else []
    return list(_parted(title))


def to_unicode(text: str) -> str:
    r"""Write text with LaTeX commands in it as plain text.

    Args:
        text: ``\emph{Na\"ive} {BERT}``; text without backslash is only relieved of TeX's quotes.

    Returns:
        Plain text; the text as it was where a command is not known or would lose a word.
    """
    if "``" in text:
        text = _QUOTED.sub("\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", text)
    if "\\" not in text or len(text) > _LIMIT:
        return text
    return _without_commands(text)


def safe_math(formula: str) -> str | None:
    r"""Write a formula so that Markdown leaves it alone and a renderer of formulas reads the same.

    Args:
        formula: With its dollar signs.

    Returns:
        The formula with the characters of Markdown as commands (``<`` as ``\lt``, ``_`` where it
        cannot begin emphasis); None when that cannot be done.
    """
    if "`" in formula or re.search(r"&(?=#?\w)|\\[*_<>|~\[\]`]|://|www\.|@", formula):
        return None
    for mark, command in _MATH_COMMANDS.items():
        formula = formula.replace(mark, f"{command} ")
    # "_ " cannot open emphasis (CommonMark 0.31, 6.2: a left-flanking run has no blank behind it)
    # and between letters and digits "_" is none.
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


def plain_math(formula: str) -> str | None:
    r"""Write a formula in plain characters: ``$\ell_1$`` is ℓ₁, ``$O(n^2)$`` O(n²).

    Args:
        formula: With its dollar signs.

    Returns:
        None where there are no such characters.
    """
    text = formula[1:-1]
    for _ in range(3):  # \mathbf{S^{2}\text{LM}}
        text = _FONTS.sub(r"\1", text)
    text = text.replace(r"^\circ", "°").replace(r"^{\circ}", "°")
    try:
        text = _SCRIPT.sub(_in_script, text)
    except KeyError:
        return None
    text = _BLANK_BEHIND.sub(r"\1{} ", _SPACING.sub(" ", text))
    plain = to_unicode(text).replace("{", "").replace("}", "")
    return None if re.search(r"[\\$^_]", plain) or not plain.strip() else plain.strip()


_FONTS = re.compile(
    r"\\(?:math(?:bf|rm|tt|it|sf|bb(?=\{[^CNQRZ]))|text[a-z]*|boldsymbol|bm|mbox|operatorname)"
    r"\s*\{([^{}]*)\}"
)
_SPACING = re.compile(r"\\(?:[,;:! ]|q?quad(?![a-z]))")
_BLANK_BEHIND = re.compile(r"(\\[a-zA-Z]+) (?!\{)")  # which a command would swallow
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(\\[a-zA-Z]+|[^\s\\{}]))")
_RAISED = dict(
    zip(
        "0123456789+-=()niTabcdefghjklmoprstuvwxyz*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ*",
        strict=True,
    )
)
_LOWERED = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)


def _in_script(found: re.Match[str]) -> str:
    """Raise or lower what stands behind ``^`` or ``_``; a KeyError where Unicode cannot."""
    letters = _RAISED if found[1] == "^" else _LOWERED
    return "".join(letters[letter] for letter in to_unicode(found[2] or found[3] or ""))


def _parted(title: str) -> Iterator[TitlePiece]:
    at = looked = 0
    while found := _MATH.search(title, looked):
        if "\\" not in found[1] and title[found.end() : found.end() + 1].isdigit():
            looked = found.start() + 1  # "$5/$10"
            continue
        if found.start() > at:
            yield TitlePiece(to_unicode(title[at : found.start()]), is_math=False)
        yield TitlePiece(found[0], is_math=True)
        at = looked = found.end()
    if at < len(title):
        yield TitlePiece(to_unicode(title[at:]), is_math=False)


@lru_cache(maxsize=256)
def _without_commands(text: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415  # 130 ms, for few titles

    reader = LatexNodes2Text(math_mode="verbatim", keep_comments=True)
    plain = _SWITCHES.sub("", _LOOKS.sub("", _TIE.sub("\N{NO-BREAK SPACE}", text)))
    unknown = (
        name for name in _NAMED.findall(plain) if reader.latex_context.get_macro_spec(name) is None
    )
    if _depth(text) is None or text.endswith("\\") or any(unknown):
        return text
    hidden = _ESCAPED.sub(r"\1", plain).translate(_HIDE)
    try:
        read = reader.latex_to_text(hidden)
    except _BROKEN:
        return text
    plain = " ".join(str(read).translate(_SHOW).split())
    plain = unicodedata.normalize("NFC", plain)
    return _with_edges(plain, text) if _is_whole(plain, text) else text


# The reader guesses what is not LaTeX; what it cannot guess ends in errors of many kinds.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def _depth(text: str) -> int | None:
    """Tell how deep braces are nested; None where they do not match or go too deep."""
    depth = deepest = 0
    for found in re.finditer(r"(?<!\\)[{}]", text):
        depth += 1 if found[0] == "{" else -1
        deepest = max(deepest, depth)
        if depth < 0:
            return None
    return deepest if depth == 0 and deepest <= _DEEPEST else None


def _is_whole(plain: str, text: str) -> bool:
    """Tell whether every letter and digit that is no part of a command came through, in order."""
    said = iter(_letters(plain))
    return all(letter in said for letter in _letters(_COMMAND.sub("", text)))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in folded if letter.isalnum())


def _with_edges(plain: str, text: str) -> str:
    """Keep the blanks at both ends: the text may be a stretch between two formulas."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{plain}{after}"
