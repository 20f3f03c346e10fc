"""Find items by a query of the filter language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.filters import And, Filter, OneOf, terms
from papertrack.core.filters_names import STATES, Vocabulary, suggestion
from papertrack.core.filters_read import read_query
from papertrack.errors import UsageError
from papertrack.storage import search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from papertrack.config import Config
    from papertrack.core.records import State


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    Attributes:
        numbers: The items, in order.
        tree: The query as it was read.
        notes: What the author may want to know of the query: a tag that no item has.
    """

    numbers: tuple[int, ...]
    tree: Filter
    notes: tuple[str, ...]


def find_numbers(  # noqa: PLR0913  # a query and how to read it, all by name
    db: sqlite3.Connection,
    config: Config,
    query: str,
    *,
    now: datetime,
    zone: tzinfo,
    states: Sequence[State] | None = None,
    sort: str | None = None,
    limit: int | None = None,
) -> list[int]:
    """List the numbers of the items that a query finds.

    Args:
        db: The database.
        config: The config, for saved searches.
        query: A query of the filter language; an empty one finds everything.
        now: The present.
        zone: The author's time zone.
        states: Only items in one of these, unless the query names states itself (see
            `names_state`); None for all.
        sort: One of `storage.search.SORTS`; None is newest first.
        limit: At most so many; None for all.

    Raises:
        QueryMistake: The query cannot be read.
        UsageError: There is no such order.
    """
    found = find(
        db, config, query, now=now, zone=zone, states=states, sort=sort or "newest", limit=limit
    )
    return list(found.numbers)


def find(  # noqa: PLR0913  # as above
    db: sqlite3.Connection,
    config: Config,
    query: str,
    *,
    now: datetime,
    zone: tzinfo,
    states: Sequence[State] | None = None,
    sort: str = "newest",
    limit: int | None = None,
) -> Found:
    """Find items as `find_numbers` does, and tell how the query was read."""
    if sort not in search.SORTS:
        message = f'there is no order "{sort}"'
        raise UsageError(message, hint=suggestion(sort, search.SORTS, what="orders"))
    if query.strip():
        read = read_query(query, _vocabulary(db, config, query), now=now, zone=zone)
        tree, notes = read.tree, read.notes
    else:
        tree, notes = And(), ()
    among = () if states is None or names_state(tree) else tuple(states)
    numbers = search.find(db, tree, states=among, sort=sort, limit=limit)
    return Found(tuple(numbers), tree, notes)


def names_state(tree: Filter) -> bool:
    """Tell whether a query says in which states items are to be found: ``is:later``."""
    return any(
        isinstance(term, OneOf) and term.field == "is" and term.values[0] in STATES
        for term in terms(tree)
    )


def _vocabulary(db: sqlite3.Connection, config: Config, query: str) -> Vocabulary:
    """Read the names that a query may use; one that names nothing needs none."""
    if ":" not in query and "=" not in query and ">" not in query and "<" not in query:
        return Vocabulary()
    return search.read_vocabulary(db, getattr(config, "searches", {}))
