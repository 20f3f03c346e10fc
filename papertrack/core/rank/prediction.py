"""Put the items of a queue in order; nothing is ever left out."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

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
