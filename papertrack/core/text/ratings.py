"""Ratings as text: parse what the author types or a digest prints, and draw emoji or a bar."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

BEST_HALVES = 10


def rating_glyphs(halves: int, glyph: str) -> str:
    """Draw a rating as the digest prints it.

    Args:
        halves: The rating in half points, 1 to 10 (7 means 3.5).
        glyph: The emoji for a whole point; it may consist of several code points.

    Returns:
        One glyph for each whole point, and ``+glyph/2`` for a half: ``🤖🤖🤖+🤖/2``.
    """
    whole, half = divmod(halves, 2)
    return "+".join(filter(None, (glyph * whole, f"{glyph}/2" if half else "")))


def rating_value(halves: int) -> str:
    """Write a rating as a number, without ``.0``: ``3``, ``3.5``."""
    whole, half = divmod(halves, 2)
    return f"{whole}.5" if half else str(whole)


def rating_bar(halves: int | None, glyph: str) -> str:
    """Draw a rating as a bar of five cells and its value, for the rating screen.

    Args:
        halves: The rating in half points, 1 to 10; None draws five empty cells and no value.
        glyph: The emoji for a whole point; it may consist of several code points. With an ASCII
            glyph (``*``), the whole bar is ASCII.

    Returns:
        ``💡💡💡·· 3``, ``💡💡💡½· 3.5``, ``·····``; with ``*``: ``***.. 3``, ``***+1/2 3.5``.
    """
    ascii_only = glyph.isascii()
    whole, half = divmod(halves or 0, 2)
    empty = ("." if ascii_only else "·") * (BEST_HALVES // 2 - whole - half)
    if halves is None:
        return empty
    if half and ascii_only:
        return f"{glyph * whole}{'+' if whole else ''}1/2 {rating_value(halves)}"
    return f"{glyph * whole}{'½' if half else ''}{empty} {rating_value(halves)}"


def read_halves(text: str) -> int:
    """Parse a rating in points, ``3`` or ``3.5``, and return half points.

    Raises:
        UsageError: It is not 0.5 to 5 in steps of 0.5.
    """
    try:
        halves = float(text.replace(",", ".")) * 2
    except ValueError:
        halves = 0.0
    if not (1 <= halves <= BEST_HALVES and halves.is_integer()):
        message = f'"{text}" is not a rating'
        raise UsageError(message, hint="give 0.5 to 5 in steps of 0.5")
    return int(halves)


# "3/5", "3.5 / 5", "3½/5": digests that print numbers.
_FRACTION = re.compile(r"(\d)(?:[.,](\d)|(½))?\s*/\s*5")
_HALF_MARKS = ("/2", "½")
_STARS = str.maketrans("", "", "☆✩⚝")  # empty cells of a row of five
_MODIFIERS = re.compile("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_REMARK = re.compile(r"\s*[(\uff08](.*)[)\uff09]\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReadRating:
    """A printed rating.

    Attributes:
        halves: 1 to 10.
        emoji: The glyph for a whole point; None for a rating in digits.
        remark: The text in brackets after it; None if there is none.
        text: Glyphs and remark as printed.
    """

    halves: int
    emoji: str | None
    remark: str | None
    text: str


def read_rating(text: str, known: Collection[str] = ()) -> ReadRating | None:
    """Parse a rating: repeated glyphs, ``+E/2`` for a half, a remark in brackets.

    Args:
        text: The text after the label, without Markdown escapes.
        known: The glyphs of the author's areas, which need not be emoji.

    Returns:
        None if it is not a rating from 0.5 to 5.
    """
    text = " ".join(text.split())
    glyphs, bracket, rest = text.partition("(") if "(" in text else text.partition("\uff08")
    remark = _REMARK.fullmatch(bracket + rest) if bracket else None
    if bracket and remark is None:
        return None
    compact = "".join(glyphs.split())
    found = _read_fraction(compact) or _read_row(compact.translate(_STARS), known)
    if found is None:
        return None
    halves, emoji = found
    return ReadRating(halves, emoji, (remark[1].strip() or None) if remark else None, text)


def _read_fraction(text: str) -> tuple[int, None] | None:
    match = _FRACTION.fullmatch(text)
    if match is None:
        return None
    halves = 2 * int(match[1]) + int(bool(match[3]) or match[2] == "5")
    if match[2] not in (None, "0", "5") or not 1 <= halves <= BEST_HALVES:
        return None
    return halves, None


def _read_row(text: str, known: Collection[str]) -> tuple[int, str] | None:
    """Parse ``EEE``, ``EEE+E/2``, ``E/2`` or ``EEE½``; an emoji may be several code points."""
    whole, half_of = text, ""
    for mark in _HALF_MARKS:
        if text.endswith(mark):
            whole, plus, half_of = text.removesuffix(mark).rpartition("+")
            if not plus:
                # In "EEE½" the half follows the row; "E/2" alone is half of one.
                whole, half_of = ("", half_of) if mark == "/2" else (half_of, "")
            half = 1
            break
    else:
        half = 0
    unit = half_of or _repeated(whole)
    count, rest = divmod(len(whole), len(unit)) if unit else (0, 0)
    halves = 2 * count + half
    if rest or not unit or unit * count != whole or not (unit in known or _is_glyph(unit)):
        return None
    return (halves, unit) if 1 <= halves <= BEST_HALVES else None


def _repeated(row: str) -> str:
    """Return the shortest text whose repetition makes up the row."""
    for length in range(1, len(row) + 1):
        unit = row[:length]
        is_half_flag = length == 1 and _is_region(unit)
        if len(row) % length == 0 and unit * (len(row) // length) == row and not is_half_flag:
            return unit
    return ""


def _is_glyph(unit: str) -> bool:
    """Return whether a text is one symbol: an emoji of any number of code points, or an asterisk.

    Emoji are joined by U+200D and have modifiers (Unicode TS 51); two regional letters are a flag.
    """
    for part in unit.split("\u200d"):
        bare = _MODIFIERS.sub("", part)
        is_flag = len(bare) == 2 and all(_is_region(letter) for letter in bare)  # noqa: PLR2004  # letters of a flag
        if not is_flag and (len(bare) != 1 or not _is_symbol(bare)):
            return False
    return True


def _is_symbol(character: str) -> bool:
    if _is_region(character):
        return False
    return character == "*" or unicodedata.category(character) in {"So", "Sk", "Sm", "Po"}


def _is_region(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
