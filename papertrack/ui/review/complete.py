"""Complete the tag that is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNS = "+-#"
_MOST_NAMED = 6


def complete(line: str, known: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Complete the last word of a line of tags.

    Args:
        line: What was typed, ``interp -ol``.
        known: The tags there are, those used most first.

    Returns:
        The line, with as much of the last word as is certain and a blank behind a whole tag; and
        the tags that it may still become, when there are several.
    """
    before, word = _split(line)
    bare = word.lstrip(_SIGNS)
    matches = [tag for tag in known if tag.casefold().startswith(bare.casefold())]
    if not bare or not matches:
        return line, tuple(known[:_MOST_NAMED]) if not bare else ()
    sign = word[: len(word) - len(bare)]
    if len(matches) == 1:
        return f"{before}{sign}{matches[0]} ", ()
    certain = _common(matches)
    longer = certain if len(certain) > len(bare) else bare
    return f"{before}{sign}{longer}", tuple(matches[:_MOST_NAMED])


def _common(words: Sequence[str]) -> str:
    """Find what all words begin with."""
    low, high = min(words), max(words)
    same = next((place for place, c in enumerate(low) if high[place] != c), len(low))
    return low[:same]


def _split(line: str) -> tuple[str, str]:
    """Part a line before the word that is being typed."""
    start = max(line.rfind(" "), line.rfind(",")) + 1
    return line[:start], line[start:]
