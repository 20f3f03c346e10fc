"""Predicted judgements of items, and the orders that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from papertrack.core.text.words import matching_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

# Minimum chances. Authors keep a few of a hundred items, so one in three is a lot.
_WORDS = ((0.6, "very likely"), (0.3, "likely"), (0.1, "possible"), (0.0, "unlikely"))


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to keep an item (weight above 0) or to reject it (below 0)."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the author will probably think of an item.

    Attributes:
        score: The chance that it is kept, 0 to 1; None without evidence.
        word: The score as a word, such as ``likely``; empty without a score.
        reasons: The strongest first, at most five.
        areas: Slugs of the areas it may belong to, likeliest first; empty without a guess.
        halves: The predicted rating, 1 to 10, by area, for areas with enough ratings.
    """

    score: float | None
    word: str
    reasons: tuple[Reason, ...]
    areas: tuple[str, ...]
    halves: Mapping[str, int] = field(default_factory=dict)

    @property
    def lacks_reasons(self) -> bool:
        """Whether it was ranked, and its reasons were not found yet."""
        return self.score is not None and not self.reasons


def word_for(chance: float) -> str:
    """Describe a chance of being kept in a word.

    Args:
        chance: 0 to 1.
    """
    return next(word for minimum, word in _WORDS if chance >= minimum)


def suggest_area(
    text: str, keywords: Mapping[str, Sequence[str]], hints: Sequence[str]
) -> str | None:
    """Return the area with the most keywords in a text, else one that the sources hint at.

    Args:
        text: Title and abstract.
        keywords: The words of each area, areas in the author's order.
        hints: The areas that the item's sources are subscribed for.

    Returns:
        The slug of an area, or None without a guess.
    """
    hits = {slug: len(matching_words(words, text)) for slug, words in keywords.items()}
    best = max(hits, key=lambda slug: (hits[slug], slug in hints), default=None)
    if best is not None and hits[best] > 0:
        return best
    return next((hint for hint in hints if hint in keywords), None)


ORDERS = ("best", "new", "unsure", "area", "random")
_LAST = float("-inf")


@dataclass(frozen=True, slots=True)
class Rank:
    """The sort keys of an item.

    Attributes:
        score, chance: As ranked; None if it was not.
        area: The index of its likeliest area in the digest; None without one.
    """

    item: int
    score: float | None = None
    chance: float | None = None
    area: int | None = None


def order_items(ranks: Sequence[Rank], order: str, share: float, day: date) -> list[int]:
    """Order items for rating.

    Args:
        ranks: The items, newest first.
        order: One of `ORDERS`.
        share: For ``best``: the share of places, 0 to 1, that random items get.
        day: Today; random choices are the same for the whole day.

    Returns:
        The numbers of all items.
    """
    from hashlib import blake2b  # noqa: PLC0415  # takes 3 ms; only a new order needs it

    today = f"{day}:"

    def shuffled(one: Rank) -> bytes:
        # A checksum would keep numbers together that differ in one digit only.
        return blake2b(f"{today}{one.item}".encode(), digest_size=16).digest()

    if order == "new":
        return [one.item for one in ranks]
    if order == "random":
        return [one.item for one in sorted(ranks, key=shuffled)]
    if order == "best":
        return _mix_random(sorted(ranks, key=_by_score), share, shuffled)
    keys: dict[str, Callable[[Rank], tuple[float, ...]]] = {
        "unsure": lambda one: (abs(one.chance - 0.5) if one.chance is not None else 1.0,),
        "area": lambda one: (
            one.area if one.area is not None else float("inf"),
            *_by_score(one),
        ),
    }
    return [one.item for one in sorted(ranks, key=keys[order])]


def _by_score(one: Rank) -> tuple[float]:
    return (-(one.score if one.score is not None else _LAST),)


def _mix_random(
    ranks: Sequence[Rank], share: float, shuffled: Callable[[Rank], bytes]
) -> list[int]:
    """Give an evenly spread share of the places to random items, the others to the best left.

    An item comes later than by rank alone only by the random items before it.
    """
    best = iter([one.item for one in ranks])
    random_order = iter([one.item for one in sorted(ranks, key=shuffled)])
    served: dict[int, None] = {}
    for place in range(1, len(ranks) + 1):
        numbers = random_order if int(place * share) > int((place - 1) * share) else best
        number = next(numbers)
        while number in served:
            number = next(numbers)
        served[number] = None
    return list(served)
