"""Ratings as text: the digest's row of emoji, and the bar of the rating screen."""

from __future__ import annotations

BEST_HALVES = 10


def rating_glyphs(halves: int, glyph: str) -> str:
    """Draw a rating the way the digest prints it.

    Args:
        halves: The rating in half points, 1 to 10 (7 means 3.5).
        glyph: The emoji of one whole point; it may span several code points.

    Returns:
        One glyph a whole point, and ``+glyph/2`` for a half: ``🤖🤖🤖+🤖/2``.
    """
    whole, half = divmod(halves, 2)
    return "+".join(filter(None, (glyph * whole, f"{glyph}/2" if half else "")))


def rating_value(halves: int) -> str:
    """Write a rating as a number, without an idle decimal: ``3``, ``3.5``."""
    whole, half = divmod(halves, 2)
    return f"{whole}.5" if half else str(whole)


def rating_bar(halves: int | None, glyph: str) -> str:
    """Draw a rating as a bar of five places and its value, for the rating screen.

    Args:
        halves: The rating in half points, 1 to 10; None draws five empty places and no value.
        glyph: The emoji of one whole point; it may span several code points. A glyph of plain
            ASCII (``*``) draws everything else in ASCII too.

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
