"""Many items at once: their order, a filter, marks, and one judgement over them.

A list is named by the items that it shows, from top to bottom. Marks belong to items, not to
places, so sorting and filtering never move one; a range is a matter of places only while it is
open, from the anchor to the cursor, and becomes plain marks when it is settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.kinds import State
from papertrack.core.text.ratings import rating_value

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
    """Tell whether an item still waits in a session: new, or put off before the session began.

    Args:
        item: The item as it is now.
        started_at: When the session began; what was put off since then was meant to be kept.
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
        started_at: When the session began.
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


_SIGNS = frozenset(':=<>"()@*')


class ListOrder(StrEnum):
    """What a list is sorted by; items that are alike stay in the order of the queue."""

    QUEUE = "queue"
    DATE = "date"
    SOURCE = "source"
    TITLE = "title"
    SCORE = "score"


def sort_queue(
    queue: Mapping[int, Item],
    order: ListOrder,
    *,
    is_reversed: bool,
    scores: Mapping[int, float],
) -> list[int]:
    """Sort a queue: newest first, names from A to Z, best score first.

    Args:
        queue: The items by their numbers, in the order of the queue.
        order: What to sort by.
        is_reversed: The other way round; what has no title, source or score stays last.
        scores: Scores by number, 0 to 1; numbers without one come last by score.

    Returns:
        The numbers, sorted.
    """
    numbers = list(queue)
    if order is ListOrder.QUEUE:
        return numbers[::-1] if is_reversed else numbers
    keys: dict[ListOrder, Callable[[int], str | float]] = {
        ListOrder.DATE: lambda number: -day_of(queue[number]).timestamp(),
        ListOrder.SOURCE: lambda number: first_source(queue[number]).casefold(),
        ListOrder.TITLE: lambda number: queue[number].printed_title.strip().casefold(),
        ListOrder.SCORE: lambda number: -scores[number],
    }
    key = keys[order]
    if order is ListOrder.SCORE:
        known = [number for number in numbers if number in scores]
    elif order is ListOrder.DATE:
        known = numbers
    else:
        known = [number for number in numbers if key(number)]
    unknown = set(numbers).difference(known)
    return [
        *sorted(known, key=key, reverse=is_reversed),
        *(number for number in numbers if number in unknown),
    ]


def words_of(item: Item) -> str:
    """Put together what the words of a filter are looked for in, in small letters."""
    authors = [author.name for author in item.authors]
    parts = [item.printed_title, item.title, *authors, *item.sources, *item.judgement.tags]
    return "\n".join(parts).casefold()


def is_plain(typed: str) -> bool:
    """Tell whether a filter is plain words, and nothing that the filter language gives a meaning.

    Plain words are looked for as they are typed, letter by letter; the language asks the database.
    """
    words = typed.casefold().split()
    return not any(
        word.startswith("-") or word in {"or", "and", "not"} or _SIGNS.intersection(word)
        for word in words
    )


def so_far(typed: str) -> str:
    """Let the last word of a query go on: what is being typed is seldom whole yet."""
    last = typed.rpartition(" ")[2]
    return f"{typed}*" if last.isalnum() and last.casefold() not in {"or", "and", "not"} else typed


def filter_words(texts: Mapping[int, str], numbers: Sequence[int], typed: str) -> list[int]:
    """Keep the items that have every word that was typed, or words that begin or contain it.

    Args:
        texts: What `words_of` says, by number.
        numbers: The items to choose from, in their order.
        typed: Words between spaces; none keeps all.
    """
    words = typed.casefold().split()
    return [number for number in numbers if all(word in texts[number] for word in words)]


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


def keep_marks(marks: Marks, shown: Sequence[int], cursor: int) -> Marks:
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
