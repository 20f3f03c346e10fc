"""The order of a list of items, and the words that filter it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.judging.bulk import day_of, first_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from papertrack.core.records import Item

_SIGNS = frozenset(':=<>"()@*')


class Order(StrEnum):
    """What a list is sorted by; items that are alike stay in the order of the queue."""

    QUEUE = "queue"
    DATE = "date"
    SOURCE = "source"
    TITLE = "title"
    SCORE = "score"


def sort_queue(
    queue: Mapping[int, Item],
    order: Order,
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
    if order is Order.QUEUE:
        return numbers[::-1] if is_reversed else numbers
    keys: dict[Order, Callable[[int], str | float]] = {
        Order.DATE: lambda number: -day_of(queue[number]).timestamp(),
        Order.SOURCE: lambda number: first_source(queue[number]).casefold(),
        Order.TITLE: lambda number: queue[number].printed_title.strip().casefold(),
        Order.SCORE: lambda number: -scores[number],
    }
    key = keys[order]
    if order is Order.SCORE:
        known = [number for number in numbers if number in scores]
    elif order is Order.DATE:
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
