"""Ratings as people type them."""

from __future__ import annotations

from papertrack.core.text.glyphs import BEST_HALVES
from papertrack.errors import UsageError


def read_halves(text: str) -> int:
    """Read a rating in points, ``3`` or ``3.5``, as half points.

    Raises:
        UsageError: It is not 0.5 to 5 in steps of 0.5.
    """
    try:
        halves = float(text.replace(",", ".")) * 2
    except ValueError:
        halves = 0.0
    if not (1 <= halves <= BEST_HALVES and halves.is_integer()):
        message = f'"{text}" is no rating'
        raise UsageError(message, hint="give 0.5 to 5 in steps of 0.5")
    return int(halves)
