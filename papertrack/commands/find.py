"""Find items by a query of the filter language, and by options that stand for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.query.filters import (
    STATES,
    And,
    Between,
    Filter,
    OneOf,
    Or,
    Vocabulary,
    join_filters,
    match_names,
    match_slugs,
    suggest_name,
    terms,
)
from papertrack.core.query.parse import Query, read_query
from papertrack.errors import UsageError
from papertrack.storage import search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from papertrack.config.schema import Config
    from papertrack.core.kinds import State

SORTS = (*search.ORDERS, search.BEST)


class ConfigNames(NamedTuple):
    """Names from the config for queries: saved searches, and short names of areas by slug."""

    searches: Mapping[str, str]
    shorts: Mapping[str, str]


class FilterOptions(NamedTuple):
    """The filter options of a command; None and empty mean "any"."""

    states: Sequence[State] = ()
    area: str | None = None
    tag: str | None = None
    source: str | None = None
    since: datetime | None = None


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
    """List the numbers of the items that match a query.

    Args:
        db: The database.
        config: The config, for saved searches and the short names of areas.
        query: A query of the filter language; an empty one matches everything.
        now: The current time.
        zone: The author's time zone.
        states: Only items in one of these, unless the query names a state itself (``is:later``);
            None for all.
        sort: One of `SORTS`; None is newest first.
        limit: At most so many; None for all.

    Raises:
        QueryMistake: The query is invalid.
        UsageError: There is no such order.
    """
    own = ConfigNames(
        config.searches, {area.slug: area.short for area in config.areas if area.short}
    )
    tree = read_filter(db, query, own, now=now, zone=zone).tree
    if states is not None and not names_state(tree):
        tree = join_filters(And, [tree, _any_state(states)])
    return search.find(db, tree, sort=read_order(sort or "newest"), limit=limit)


def read_filter(
    db: sqlite3.Connection,
    query: str,
    own: ConfigNames,
    *,
    now: datetime,
    zone: tzinfo,
    chosen: FilterOptions | None = None,
) -> Query:
    """Read a query and filter options as one filter.

    Args:
        db: The database, for the existing names.
        query: The query; an empty one matches everything.
        own: The names from the config.
        now: The current time.
        zone: The author's time zone.
        chosen: The filter options; None for none.

    Raises:
        QueryMistake: The query is invalid.
        UsageError: An option names an unknown area or source.
    """
    names = Vocabulary()
    if any(relation in query for relation in ":=<>") or chosen:
        names = search.read_vocabulary(db, own.searches, own.shorts)
    read = read_query(query, names, now=now, zone=zone)
    if chosen is None:
        return read
    parts, notes = _options(chosen, names)
    return Query(join_filters(And, [*parts, read.tree]), (*notes, *read.notes))


def read_order(sort: str) -> str:
    """Read the name of an order.

    Raises:
        UsageError: There is none of that name.
    """
    if sort not in SORTS:
        message = f'there is no order "{sort}"'
        raise UsageError(message, hint=suggest_name(sort, SORTS, what="orders"))
    return sort


def names_state(tree: Filter) -> bool:
    """Return whether a query names a state, as ``is:later`` does."""
    return any(
        isinstance(term, OneOf) and term.field == "is" and term.values[0] in STATES
        for term in terms(tree)
    )


def _options(chosen: FilterOptions, names: Vocabulary) -> tuple[list[Filter], list[str]]:
    """Turn options into terms; an unknown area or source is an error, an unknown tag a note."""
    parts: list[Filter] = [_any_state(chosen.states)] if chosen.states else []
    notes: list[str] = []
    for field, value, known, shorts in (
        ("area", chosen.area, names.areas, names.shorts),
        ("source", chosen.source, dict.fromkeys(names.sources, ""), {}),
        ("tag", chosen.tag, dict.fromkeys(names.tags, ""), {}),
    ):
        if value is None:
            continue
        is_whole = field == "tag" or not value
        found = match_names(value, known) if is_whole else match_slugs(value, known, shorts)
        if not found:
            what, hint = f'"{value}"', suggest_name(value, known, what=f"{field}s")
            if field != "tag":
                message = f"there is no {field} {what}"
                raise UsageError(message, hint=hint)
            notes.append(f"no item has the tag {what}; {hint}")
        parts.append(OneOf(field, found or (value,), value))
    if chosen.since is not None:
        parts.append(Between("seen", chosen.since, None, f">={chosen.since.isoformat()}"))
    return parts, notes


def _any_state(states: Sequence[State]) -> Filter:
    return join_filters(Or, [OneOf("is", (state.value,), state.value) for state in states])
