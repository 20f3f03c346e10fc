"""What the program expects the author to think of an item, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# From so high a chance on: an author keeps a few of a hundred, so one in three is much.
_WORDS = ((0.6, "very likely"), (0.3, "likely"), (0.1, "possible"), (0.0, "unlikely"))


@dataclass(frozen=True, slots=True)
class Reason:
    """Something about an item that speaks for it (weight above 0) or against it (below)."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Standing:
    """An item before it is judged.

    Attributes:
        score: How likely it is kept, 0 to 1; None when nothing speaks for or against it.
        word: The score as a word, such as ``likely``; empty without a score.
        reasons: The strongest first, at most five.
        areas: Slugs of the areas it may belong to, the likeliest first; empty without a guess.
        halves: A rating to expect, 1 to 10, by area; only where enough ratings are known.
    """

    score: float | None
    word: str
    reasons: tuple[Reason, ...]
    areas: tuple[str, ...]
    halves: Mapping[str, int] = field(default_factory=dict)


def word_for(chance: float) -> str:
    """Say a chance of being kept as a word.

    Args:
        chance: 0 to 1.
    """
    return next(word for least, word in _WORDS if chance >= least)
