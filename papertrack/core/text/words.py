"""Words of the config (`include`, `exclude`, `keywords`) found in titles and abstracts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_GAP = r"[\s\-\u2010-\u2015]+"  # blanks and every hyphen and dash


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    """Compile a word or phrase: whole words, any case, `*` for the rest of a word.

    White space and hyphens between the words of a phrase match each other, because papers write
    "jail break", "jail-break" and, at the end of a line, both. Without any word there is no match.
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
    """Tell whether a source's words let a text in.

    Args:
        text: Title and abstract.
        include: One of these must occur; empty lets everything in.
        exclude: None of these may occur.
    """
    if exclude and matching_words(exclude, text):
        return False
    return not include or bool(matching_words(include, text))
