"""Guess the area of an item before the author has said anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.text.words import matching_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def suggest_area(
    text: str, keywords: Mapping[str, Sequence[str]], hints: Sequence[str]
) -> str | None:
    """Name the area whose keywords occur most often, else the one that the source hints at.

    Args:
        text: Title and abstract.
        keywords: The words of each area, areas in the author's order.
        hints: The areas that the item's sources name, if any.

    Returns:
        The slug of an area, or None without a guess.
    """
    hits = {slug: len(matching_words(words, text)) for slug, words in keywords.items()}
    best = max(hits, key=lambda slug: (hits[slug], slug in hints), default=None)
    if best is not None and hits[best] > 0:
        return best
    return next((hint for hint in hints if hint in keywords), None)
