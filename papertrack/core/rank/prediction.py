"""What the program expects the author to think of an item, and the order that this gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from papertrack.core.query.words import matching_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

# From so high a chance on: an author keeps a few of a hundred, so one in three is much.
_WORDS = ((0.6, "very likely"), (0.3, "likely"), (0.1, "possible"), (0.0, "unlikely"))


@dataclass(frozen=True, slots=True)
class Reason:
    """Something about an item that speaks for it (weight above 0) or against it (below)."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
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


ORDERS = ("best", "new", "unsure", "area", "random")
_LAST = float("-inf")


@dataclass(frozen=True, slots=True)
class Rank:
    """What is known of an item.

    Attributes:
        score, chance: As ranked; None when it was not.
        area: The place of its likeliest area in the digest; None without.
    """

    item: int
    score: float | None = None
    chance: float | None = None
    area: int | None = None


def put_in_order(ranks: Sequence[Rank], order: str, share: float, day: date) -> list[int]:
    """Put items in order.

    Args:
        ranks: The items, newest first.
        order: One of `ORDERS`.
        share: For ``best``: the share of items, 0 to 1, that are served whatever is expected.
        day: Today: what is left to chance is the same for the whole day.

    Returns:
        The numbers, every one of them once.
    """
    from hashlib import blake2b  # noqa: PLC0415  # 3 ms that only a new order costs

    today = f"{day}:"

    def luck(one: Rank) -> bytes:
        # A checksum would keep numbers together that differ in one figure only.
        return blake2b(f"{today}{one.item}".encode(), digest_size=16).digest()

    if order == "new":
        return [one.item for one in ranks]
    if order == "random":
        return [one.item for one in sorted(ranks, key=luck)]
    if order == "best":
        return _explored(sorted(ranks, key=_by_score), share, luck)
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


def _explored(ranks: Sequence[Rank], share: float, luck: Callable[[Rank], bytes]) -> list[int]:
    """Give a share of the places to luck, spread evenly; the others go to the best not served yet.

    So nothing comes later than by its rank alone but for what luck has put before it.
    """
    best = iter([one.item for one in ranks])
    lucky = iter([one.item for one in sorted(ranks, key=luck)])
    served: dict[int, None] = {}
    for place in range(1, len(ranks) + 1):
        turn = lucky if int(place * share) > int((place - 1) * share) else best
        number = next(turn)
        while number in served:
            number = next(turn)
        served[number] = None
    return list(served)
