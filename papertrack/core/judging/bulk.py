"""One verdict over many items: which are meant, and how that is said before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.kinds import State
from papertrack.core.text.glyphs import rating_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.judging.journal import Statement
    from papertrack.core.records import Item

OLD_AFTER = timedelta(days=7)


class Scope(StrEnum):
    """What the items of a bulk act have in common."""

    SOURCE = "source"
    OLDER = "older"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Choice:
    """The items that a bulk act is about.

    Attributes:
        items: Their numbers, in the order of the queue; may be empty.
        of: What they have in common, such as ``from field-notes``; empty when the author marked
            them one by one.
    """

    items: tuple[int, ...]
    of: str = ""

    @property
    def asked(self) -> str:
        """The items as a question names them: ``the 41 left from field-notes``."""
        if not self.of:
            return f"the {len(self.items)} marked"
        return f"the {len(self.items)} left {self.of}"


def day_of(item: Item) -> datetime:
    """Say when a work came out, as far as its source told; else when it was first seen."""
    return item.announced_at or item.published_at or item.updated_at or item.first_seen_at


def is_left(item: Item, started_at: datetime) -> bool:
    """Tell whether an item still waits in a sitting: new, or put off before the sitting began.

    Args:
        item: The item as it is now.
        started_at: When the sitting began; what was put off since then was meant to be kept.
    """
    judged_at = item.judgement.judged_at
    is_put_off = item.state is State.LATER and (judged_at is None or judged_at < started_at)
    return item.state is State.NEW or is_put_off


def first_source(item: Item) -> str:
    """Name the source that showed an item first; empty for one that came by hand."""
    return item.sources[0] if item.sources else ""


def choose_left(
    queue: Mapping[int, Item],
    scope: Scope,
    item: Item,
    *,
    started_at: datetime,
    area_of: Callable[[Item], str | None],
) -> Choice | None:
    """Choose what is left of a queue and has something in common with an item.

    Args:
        queue: The items of the queue by their numbers in it, in its order.
        scope: What they have in common.
        item: The item on the card.
        started_at: When the sitting began.
        area_of: Guesses the area of an item; asked only when the scope is an area.

    Returns:
        The choice, or None when the item itself lacks what they should have in common.
    """
    left = {number: one for number, one in queue.items() if is_left(one, started_at)}
    match scope:
        case Scope.SOURCE:
            source = first_source(item)
            same = [number for number, one in left.items() if first_source(one) == source]
            return Choice(tuple(same), f"from {source}" if source else "without any source")
        case Scope.OLDER:
            limit = started_at - OLD_AFTER
            old = [number for number, one in left.items() if day_of(one) < limit]
            return Choice(tuple(old), f"older than {OLD_AFTER.days} days")
        case Scope.AREA:
            area = area_of(item)
            if area is None:
                return None
            same = [number for number, one in left.items() if area_of(one) == area]
            return Choice(tuple(same), f"suggested for {area}")


def is_news(statement: Statement, item: Item) -> bool:
    """Tell whether a statement says anything that does not hold for the item already."""
    said = statement.payload
    match statement.verb:
        case "state":
            return item.state.value != said["to"]
        case "tag":
            return (said["tag"] in item.judgement.tags) != said["to"]
        case "rate" if said["field"] == "halves":
            halves = {rating.area: rating.halves for rating in item.judgement.ratings}
            return halves.get(str(said["area"])) != said["to"]
        case _:
            return True


def acknowledge(did: str, count: int, of: str = "") -> str:
    """Say what was done to how many items: ``rejected 41 items from field-notes``."""
    noun = "item" if count == 1 else "items"
    return " ".join(filter(None, (did, str(count), noun, of)))


def rated_words(area: str, halves: int) -> str:
    """Begin the acknowledgement of a rating: ``rated 3.5 in interp:``."""
    return f"rated {rating_value(halves)} in {area}:"


def tagged_words(added: Sequence[str], removed: Sequence[str]) -> str:
    """Begin the acknowledgement of tags: ``tagged +toy -old:``."""
    words = " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)])
    return f"tagged {words}:"
