r"""Convert the LaTeX of titles to plain text: ``Schr\"odinger`` becomes Schrödinger.

Only unambiguous LaTeX is converted. If a word of the title would be lost, the title is left
unchanged. Formulas between dollar signs are left to the caller.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 1_000  # characters; longer text is no title, and pylatexenc might not terminate


class Math(StrEnum):
    """How to print formulas.

    KEEP leaves them to a math renderer, ESCAPE prints their source, and UNICODE prints them in
    plain characters, or their source if that is impossible.
    """

    KEEP = "keep"
    ESCAPE = "escape"
    UNICODE = "unicode"


class TitlePiece(NamedTuple):
    """A part of a title; a formula includes its dollar signs."""

    text: str
    is_math: bool


# Pandoc's rules (manual, tex_math_dollars): no blank inside next to a dollar sign, and no digit
# after the second one unless there is a command inside. So "$5 and $10" contains no formula.
_MATH = re.compile(r"(?<![\\$])\$(?![\s$])((?:[^$\\]|\\.){1,300}?)(?<!\s)\$(?!\$)", re.DOTALL)
_COMMAND = re.compile(r"\\(?:[a-zA-Z]+\*?|[^a-zA-Z\s])")
_QUOTED = re.compile(r"``(\S(?:[^`]*?\S)?)''")
_TIE = re.compile(r"(?<=\w)~(?=\w)")
# Characters with a meaning in LaTeX that titles use literally. pylatexenc would treat the rest of
# the line after "%" as a comment and the text after "$" as a formula.
_LITERAL = "%$#&~^_"
# During the conversion, noncharacters replace them, because `plain_text` removes these.
_HIDE = {ord(mark): 0xFDD0 + place for place, mark in enumerate(_LITERAL)}
_SHOW = {hidden: mark for mark, hidden in _HIDE.items()}
_ESCAPED = re.compile(rf"\\([{re.escape(_LITERAL)}])")
_COMMAND_NAME = re.compile(r"\\([a-zA-Z]+)")
_PLAIN_TITLE = re.compile(r"\\texorpdfstring\{[^{}]*\}\{([^{}]*)\}")
# Formatting commands that pylatexenc does not know.
_LOOKS = re.compile(r"\\(?:texttt|textsubscript|textsuperscript|mbox|uppercase)(?=\s*\{)")
_SWITCHES = re.compile(r"\\(?:it|bf|rm|tt|sc|sf|sl|em|boldmath|small|large)(?![a-zA-Z])\s*")
_ROUND_MATH = re.compile(r"\\\((.+?)\\\)")
_DEPTH_LIMIT = 20  # nested braces


def pieces(title: str) -> list[TitlePiece]:
    """Split a title into unchanged formulas and text without LaTeX.

    Args:
        title: One line, from a source or the author.
    """
    if "\\" in title:
        title = _PLAIN_TITLE.sub(r"\1", title)
        title = _ROUND_MATH.sub(r"$\1$", title)
    if "$" not in title:
        return [TitlePiece(to_unicode(title), is_math=False)] if title else []
    return list(_split(title))


def to_unicode(text: str) -> str:
    r"""Convert text with LaTeX commands to plain text.

    Args:
        text: ``\emph{Na\"ive} {BERT}``; without a backslash, only TeX's quotes are converted.

    Returns:
        Plain text; the unchanged text if a command is unknown or a word would be lost.
    """
    if "``" in text:
        text = _QUOTED.sub("\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", text)
    if "\\" not in text or len(text) > _LIMIT:
        return text
    return _without_commands(text)


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


def plain_math(formula: str) -> str | None:
    r"""Convert a formula to plain characters: ``$\ell_1$`` becomes ℓ₁, ``$O(n^2)$`` O(n²).

    Args:
        formula: With its dollar signs.

    Returns:
        None if Unicode lacks a character for it.
    """
    text = formula[1:-1]
    for _ in range(3):  # \mathbf{S^{2}\text{LM}}
        text = _FONTS.sub(r"\1", text)
    text = text.replace(r"^\circ", "°").replace(r"^{\circ}", "°")
    try:
        text = _SCRIPT.sub(_in_script, text)
    except KeyError:
        return None
    text = _BLANK_AFTER.sub(r"\1{} ", _SPACING.sub(" ", text))
    plain = to_unicode(text).replace("{", "").replace("}", "")
    return None if re.search(r"[\\$^_]", plain) or not plain.strip() else plain.strip()


_FONTS = re.compile(
    r"\\(?:math(?:bf|rm|tt|it|sf|bb(?=\{[^CNQRZ]))|text[a-z]*|boldsymbol|bm|mbox|operatorname)"
    r"\s*\{([^{}]*)\}"
)
_SPACING = re.compile(r"\\(?:[,;:! ]|q?quad(?![a-z]))")
_BLANK_AFTER = re.compile(r"(\\[a-zA-Z]+) (?!\{)")  # a blank that the command would swallow
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
    """Convert a superscript or subscript; raise KeyError if Unicode lacks a character."""
    letters = _RAISED if found[1] == "^" else _LOWERED
    return "".join(letters[letter] for letter in to_unicode(found[2] or found[3] or ""))


def _split(title: str) -> Iterator[TitlePiece]:
    at = search_from = 0
    while found := _MATH.search(title, search_from):
        if "\\" not in found[1] and title[found.end() : found.end() + 1].isdigit():
            search_from = found.start() + 1  # "$5/$10"
            continue
        if found.start() > at:
            yield TitlePiece(to_unicode(title[at : found.start()]), is_math=False)
        yield TitlePiece(found[0], is_math=True)
        at = search_from = found.end()
    if at < len(title):
        yield TitlePiece(to_unicode(title[at:]), is_math=False)


@lru_cache(maxsize=256)
def _without_commands(text: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415  # takes 130 ms

    converter = LatexNodes2Text(math_mode="verbatim", keep_comments=True)
    plain = _SWITCHES.sub("", _LOOKS.sub("", _TIE.sub("\N{NO-BREAK SPACE}", text)))
    unknown = (
        name
        for name in _COMMAND_NAME.findall(plain)
        if converter.latex_context.get_macro_spec(name) is None
    )
    if _depth(text) is None or text.endswith("\\") or any(unknown):
        return text
    hidden = _ESCAPED.sub(r"\1", plain).translate(_HIDE)
    try:
        converted = converter.latex_to_text(hidden)
    except _FAILURES:
        return text
    plain = " ".join(str(converted).translate(_SHOW).split())
    plain = unicodedata.normalize("NFC", plain)
    return _with_edges(plain, text) if _is_whole(plain, text) else text


# pylatexenc guesses the meaning of malformed LaTeX, or fails with one of these.
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def _depth(text: str) -> int | None:
    """Return the nesting depth of braces; None if they are unbalanced or nested too deep."""
    depth = deepest = 0
    for found in re.finditer(r"(?<!\\)[{}]", text):
        depth += 1 if found[0] == "{" else -1
        deepest = max(deepest, depth)
        if depth < 0:
            return None
    return deepest if depth == 0 and deepest <= _DEPTH_LIMIT else None


def _is_whole(plain: str, text: str) -> bool:
    """Return whether `plain` keeps, in order, all letters and digits outside of commands."""
    letters = iter(_letters(plain))
    return all(letter in letters for letter in _letters(_COMMAND.sub("", text)))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in folded if letter.isalnum())


def _with_edges(plain: str, text: str) -> str:
    """Keep a blank at either end, because the text may be next to a formula."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{plain}{after}"
