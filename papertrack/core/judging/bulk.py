"""Many items at once: order, filter and marks of a list, and one judgement for several items.

Marks belong to items, not to rows, so sorting and filtering never move one. A range covers rows
from the anchor to the cursor while it is open, and becomes marks when it is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.kinds import State
from papertrack.core.text.borrowed_titles import shown_title
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
    """The items of a bulk act.

    Attributes:
        items: Their numbers, in the order of the queue; may be empty.
        of: What they have in common, such as ``from field-notes``; empty when the author marked
            them one by one.
    """

    items: tuple[int, ...]
    of: str = ""

    @property
    def asked(self) -> str:
        """The items as named in a question: ``the 41 left from field-notes``."""
        if not self.of:
            return f"the {len(self.items)} marked"
        return f"the {len(self.items)} left {self.of}"


def released_at(item: Item) -> datetime:
    """Return when a work came out according to its source, else when it was first seen."""
    return item.announced_at or item.published_at or item.updated_at or item.first_seen_at


def is_left(item: Item, started_at: datetime) -> bool:
    """Return whether an item still waits: new, or put off before the session began.

    Args:
        item: The item as it is now.
        started_at: When the session began; items put off since then stay put off.
    """
    judged_at = item.judgement.judged_at
    is_put_off = item.state is State.LATER and (judged_at is None or judged_at < started_at)
    return item.state is State.NEW or is_put_off


def first_source(item: Item) -> str:
    """Return the source that showed an item first; empty for one added by hand."""
    return item.sources[0] if item.sources else ""


def choose_left(
    queue: Mapping[int, Item],
    scope: Scope,
    item: Item,
    *,
    started_at: datetime,
    area_of: Callable[[Item], str | None],
) -> Choice | None:
    """Choose the waiting items of a queue that have something in common with an item.

    Args:
        queue: The items by number, in the order of the queue.
        scope: What they must have in common.
        item: The item on the card.
        started_at: When the session began.
        area_of: Guesses the area of an item; called only if the scope is an area.

    Returns:
        The choice, or None if no area can be guessed for the item.
    """
    left = {number: one for number, one in queue.items() if is_left(one, started_at)}
    match scope:
        case Scope.SOURCE:
            source = first_source(item)
            same = [number for number, one in left.items() if first_source(one) == source]
            return Choice(tuple(same), f"from {source}" if source else "without any source")
        case Scope.OLDER:
            limit = started_at - OLD_AFTER
            old = [number for number, one in left.items() if released_at(one) < limit]
            return Choice(tuple(old), f"older than {OLD_AFTER.days} days")
        case Scope.AREA:
            area = area_of(item)
            if area is None:
                return None
            same = [number for number, one in left.items() if area_of(one) == area]
            return Choice(tuple(same), f"suggested for {area}")


def changes_item(statement: Statement, item: Item) -> bool:
    """Return whether a statement would change the item."""
    payload = statement.payload
    match statement.verb:
        case "state":
            return item.state.value != payload["to"]
        case "tag":
            return (payload["tag"] in item.judgement.tags) != payload["to"]
        case "rate" if payload["field"] == "halves":
            halves = {rating.area: rating.halves for rating in item.judgement.ratings}
            return halves.get(str(payload["area"])) != payload["to"]
        case _:
            return True


def acknowledge(did: str, count: int, of: str = "") -> str:
    """Acknowledge a bulk act: ``rejected 41 items from field-notes``."""
    noun = "item" if count == 1 else "items"
    return " ".join(filter(None, (did, str(count), noun, of)))


def describe_rating(area: str, halves: int) -> str:
    """Write how the acknowledgement of a rating begins: ``rated 3.5 in interp:``."""
    return f"rated {rating_value(halves)} in {area}:"


def describe_tags(added: Sequence[str], removed: Sequence[str]) -> str:
    """Write how the acknowledgement of tags begins: ``tagged +toy -old:``."""
    words = " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)])
    return f"tagged {words}:"


_SIGNS = frozenset(':=<>"()@*')


class ListOrder(StrEnum):
    """The sort key of a list; equal items stay in the order of the queue."""

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
        is_reversed: Reverse the order; items without title, source or score stay last.
        scores: Scores by number, 0 to 1.

    Returns:
        The numbers, sorted.
    """
    numbers = list(queue)
    if order is ListOrder.QUEUE:
        return numbers[::-1] if is_reversed else numbers
    keys: dict[ListOrder, Callable[[int], str | float]] = {
        ListOrder.DATE: lambda number: -released_at(queue[number]).timestamp(),
        ListOrder.SOURCE: lambda number: first_source(queue[number]).casefold(),
        ListOrder.TITLE: lambda number: shown_title(queue[number]).strip("“” ").casefold(),
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


def filter_text(item: Item) -> str:
    """Return the text that a filter searches, case-folded."""
    authors = [author.name for author in item.authors]
    parts = [shown_title(item), item.title, *authors, *item.sources, *item.judgement.tags]
    return "\n".join(parts).casefold()


def is_plain(typed: str) -> bool:
    """Return whether a filter is plain words without syntax of the filter language.

    Plain words are matched in memory at every keystroke; the filter language needs the database.
    """
    words = typed.casefold().split()
    return not any(
        word.startswith("-") or word in {"or", "and", "not"} or _SIGNS.intersection(word)
        for word in words
    )


def as_prefix_query(typed: str) -> str:
    """Make the last word of a query a prefix, because it is still being typed."""
    last = typed.rpartition(" ")[2]
    return f"{typed}*" if last.isalnum() and last.casefold() not in {"or", "and", "not"} else typed


def filter_by_words(texts: Mapping[int, str], numbers: Sequence[int], typed: str) -> list[int]:
    """Keep the items whose text contains every typed word.

    Args:
        texts: The result of `filter_text`, by number.
        numbers: The items to choose from, in their order.
        typed: Words between spaces; none keeps all.
    """
    words = typed.casefold().split()
    return [number for number in numbers if all(word in texts[number] for word in words)]


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a list.

    Attributes:
        chosen: The marked items, shown or not.
        anchor: The item where the open range begins; None if no range is open.
    """

    chosen: frozenset[int] = frozenset()
    anchor: int | None = None


def marked(marks: Marks, shown: Sequence[int], cursor: int) -> frozenset[int]:
    """Return every marked item, including those in the open range.

    Args:
        marks: The marks.
        shown: The items of the list, from top to bottom, each once.
        cursor: The row of the cursor, from 0; if it is outside the list, the range is ignored.
    """
    if marks.anchor is None or not 0 <= cursor < len(shown):
        return marks.chosen
    # With a hidden anchor, a range would mark items that the author has not seen.
    start = shown.index(marks.anchor) if marks.anchor in shown else cursor
    first, last = sorted((start, cursor))
    return marks.chosen.union(shown[first : last + 1])


def close_range(marks: Marks, shown: Sequence[int], cursor: int) -> Marks:
    """Close the open range and keep its items marked."""
    return Marks(marked(marks, shown, cursor))


def drop_range(marks: Marks) -> Marks:
    """Close the open range and drop its marks; items marked before stay marked."""
    return replace(marks, anchor=None)


def open_range(marks: Marks, item: int) -> Marks:
    """Begin a range at an item."""
    return replace(marks, anchor=item)


def toggle(marks: Marks, item: int) -> Marks:
    """Mark or unmark an item."""
    return replace(marks, chosen=marks.chosen ^ {item})


def mark_all(marks: Marks, shown: Sequence[int]) -> Marks:
    """Mark all shown items, or unmark them if all are marked."""
    every = frozenset(shown)
    is_full = every <= marks.chosen
    return Marks(marks.chosen - every if is_full else marks.chosen | every)


def invert(marks: Marks, shown: Sequence[int]) -> Marks:
    """Invert the marks of shown items; hidden items keep theirs."""
    return Marks(marks.chosen.symmetric_difference(shown))
