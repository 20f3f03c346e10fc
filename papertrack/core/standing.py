"""What the program expects the author to think of an item, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
