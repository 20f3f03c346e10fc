"""Marks on the rows of a list: single ones, ranges, all; they stay on their items.

A list is named by the items that it shows, from top to bottom. Marks belong to items, not to
places, so sorting and filtering never move one; a range is a matter of places only while it is
open, from the anchor to the cursor, and becomes plain marks when it is settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in a list.

    Attributes:
        chosen: The items that are marked, shown or not.
        anchor: The item where an open range begins; None when no range is open.
    """

    chosen: frozenset[int] = frozenset()
    anchor: int | None = None


def marked(marks: Marks, shown: Sequence[int], cursor: int) -> frozenset[int]:
    """Name every item that is marked now, those of an open range included.

    Args:
        marks: The marks.
        shown: The items of the list, from top to bottom, each once.
        cursor: The place of the cursor, counted from 0; a place outside the list ends no range.
    """
    if marks.anchor is None or not 0 <= cursor < len(shown):
        return marks.chosen
    # An anchor out of sight must not mark what nobody saw between it and the cursor.
    start = shown.index(marks.anchor) if marks.anchor in shown else cursor
    first, last = sorted((start, cursor))
    return marks.chosen.union(shown[first : last + 1])


def settle(marks: Marks, shown: Sequence[int], cursor: int) -> Marks:
    """End an open range; what it covered stays marked."""
    return Marks(marked(marks, shown, cursor))


def drop_range(marks: Marks) -> Marks:
    """End an open range; what it covered is marked no more, unless it was before."""
    return replace(marks, anchor=None)


def open_range(marks: Marks, item: int) -> Marks:
    """Begin a range at an item."""
    return replace(marks, anchor=item)


def toggle(marks: Marks, item: int) -> Marks:
    """Mark an item, or take its mark away."""
    return replace(marks, chosen=marks.chosen ^ {item})


def mark_all(marks: Marks, shown: Sequence[int]) -> Marks:
    """Mark all that is shown; if all of it is marked already, unmark it."""
    every = frozenset(shown)
    is_full = every <= marks.chosen
    return Marks(marks.chosen - every if is_full else marks.chosen | every)


def invert(marks: Marks, shown: Sequence[int]) -> Marks:
    """Mark what is shown and unmarked, and the other way round; what is not shown stays."""
    return Marks(marks.chosen.symmetric_difference(shown))
