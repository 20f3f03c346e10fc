"""Split text into words as the index does, and find the words of queries and the config in it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Pattern = re.Pattern[str]

# Scripts without blanks between words: the index treats each character as a word, so that any run
# of them is found as a phrase. Kana, Han (with its extensions), Hangul, half-widths.
_UNSPACED = (
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_LETTER = re.compile(r"[^\W_]")
# Endings of English nouns, each with that of the other number; the first match counts.
_ENDINGS = (
    (r"ies", "y"),
    (r"(ch|sh|x|ss)es", r"\1"),
    (r"(ch|sh|x|ss|us|is)", r"\1es"),
    (r"s", ""),
    (r"([^aeiou])y", r"\1ies"),
)
_MIN_PLURAL = 3  # letters; shorter words are abbreviations


@cache
def _unspaced() -> Pattern:
    # Compiled on use: it takes 3 ms, and most texts are ASCII.
    return re.compile(_UNSPACED)


def spaced(text: str) -> str:
    """Put blanks around characters of scripts without blanks, for the index."""
    return text if text.isascii() else _unspaced().sub(r" \g<0> ", text)


def _is_unspaced(text: str) -> bool:
    return not text.isascii() and _unspaced().match(text) is not None


def holds_words(text: str) -> bool:
    """Return whether a text contains a letter or digit."""
    return _LETTER.search(text) is not None


def number_forms(text: str) -> tuple[str, ...]:
    """List a phrase with its last word in singular and plural, the form typed first.

    The rules are English; for other words the second form rarely exists, and then matches nothing.
    """
    match = re.search(r"[A-Za-z]+$", text)
    if match is None or len(match[0]) < _MIN_PLURAL:
        return (text,)
    word = match[0].lower()
    start = text[: match.start()]
    return tuple(start + form for form in dict.fromkeys((match[0], _other_number(word))))


def _other_number(word: str) -> str:
    """Guess the plural of a lower-case singular, or the singular of a plural."""
    for ending, other in _ENDINGS:
        found, count = re.subn(f"{ending}$", other, word)
        if count:
            return found
    return f"{word}s"


def folded(text: str) -> str:
    """Lower-case a text and strip accents, keeping the number of characters."""
    return text.lower() if text.isascii() else "".join(map(_folded_character, text))


def _folded_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def pattern_of(text: str, *, is_prefix: bool) -> Pattern:
    """Compile words to a pattern for folded text that matches as the index does.

    Args:
        text: A word or phrase; contains a letter or digit.
        is_prefix: Whether the last word matches as a prefix.
    """
    forms = (text,) if is_prefix else number_forms(text)
    return re.compile("|".join(_expression(form, is_prefix=is_prefix) for form in forms))


def spans_of(text: str, patterns: Iterable[Pattern]) -> list[tuple[int, int]]:
    """List the spans of patterns in a text from left to right, merging overlaps."""
    flat = folded(text)
    found = sorted(match.span() for pattern in patterns for match in pattern.finditer(flat))
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _expression(text: str, *, is_prefix: bool) -> str:
    words = re.findall(r"[^\W_]+", folded(spaced(text)))
    starts = "" if _is_unspaced(words[0]) else r"(?<![^\W_])"
    ends = "" if is_prefix or _is_unspaced(words[-1]) else r"(?![^\W_])"
    gaps = (
        r"[\W_]*" if _is_unspaced(before) or _is_unspaced(after) else r"[\W_]+"
        for before, after in pairwise(words)
    )
    return (
        starts
        + "".join(re.escape(word) + gap for word, gap in zip_longest(words, gaps, fillvalue=""))
        + ends
        + ("" if not is_prefix else r"[^\W_]*")
    )


_GAP = r"[\s\-\u2010-\u2015]+"  # blanks and every hyphen and dash


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    """Compile a word or phrase: whole words, any case, `*` for the rest of a word.

    Blanks and hyphens between the words of a phrase match each other, because papers write "jail
    break", "jail-break" and, at the end of a line, both. An empty phrase matches nothing.
    """
    parts = [
        r"\w*".join(re.escape(piece) for piece in re.split(r"\*+", part))
        for part in re.split(_GAP, word.strip())
        if part
    ]
    if not parts:
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\w)" + _GAP.join(parts) + r"(?!\w)", re.IGNORECASE)


def matching_words(words: Iterable[str], text: str) -> tuple[str, ...]:
    """List the words and phrases that occur in a text, in the order given."""
    return tuple(word for word in words if word.strip() and _pattern(word).search(text))


def is_wanted(text: str, *, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Return whether a text passes the word filters of a source.

    Args:
        text: Title and abstract.
        include: One of these must occur, unless it is empty.
        exclude: None of these may occur.
    """
    if exclude and matching_words(exclude, text):
        return False
    return not include or bool(matching_words(include, text))
