"""Choose and order the queue of a rating session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands.predictions import predict
from papertrack.core.dates import current_window
from papertrack.core.judging.board import missing_text
from papertrack.core.kinds import State
from papertrack.core.query.filters import short
from papertrack.core.rank.prediction import ORDERS, Rank, put_in_order
from papertrack.errors import UsageError
from papertrack.storage import items
from papertrack.storage.issues import last_window_end
from papertrack.storage.items import Filter
from papertrack.storage.rank import read_chances
from papertrack.storage.sources import source_ids

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from papertrack.config.schema import Config


def order_queue(
    db: sqlite3.Connection,
    config: Config,
    numbers: Sequence[int],
    order: str,
    *,
    share: float = 0.1,
    now: datetime,
) -> list[int]:
    """Sort the items of a queue.

    Args:
        db: The database.
        config: The config, for the order of the areas.
        numbers: The items, newest first.
        order: ``best``, ``new``, ``unsure``, ``area`` or ``random``.
        share: For ``best``: the share of items, 0 to 1, that are placed at random.
        now: The current time; random places stay the same for a day.

    Returns:
        The same numbers.

    Raises:
        UsageError: There is no such order.
    """
    if order not in ORDERS:
        message = f'there is no order "{order}"'
        raise UsageError(message, hint=f"the orders are {', '.join(ORDERS)}")
    places = {area.slug: place for place, area in enumerate(config.areas)}
    known = read_chances(db, numbers) if order != "new" else {}
    ranks = []
    for number in numbers:
        score, chance, area = known.get(number, (None, None, None))
        ranks.append(Rank(number, score, chance, places.get(area) if area else None))
    return put_in_order(ranks, order, share, now.date())


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items a session is about.

    Attributes:
        chosen: A filter by state, tag, source and date.
        area: Only items rated in this area, or likely to belong there.
        where: A query of the filter language that they must match, too; empty for none.
        incomplete: Instead, the kept items of the current issue that lack text.
        order: As in `order_queue`.
        limit: The maximum number of items; None for all.
    """

    chosen: Filter = Filter(states=(State.NEW,))  # noqa: RUF009  # frozen
    area: str | None = None
    where: str = ""
    incomplete: bool = False
    order: str = "new"
    limit: int | None = None

    @property
    def narrows_by_option(self) -> bool:
        """Whether an option other than the states and the query excludes items."""
        return any((self.area, self.chosen.tag, self.chosen.source, self.chosen.since))

    @property
    def narrows(self) -> bool:
        """Whether anything but the states excludes items."""
        return self.narrows_by_option or bool(self.where)

    @property
    def name(self) -> str:
        """The selection as a text, the key of its bookmark."""
        states = "+".join(state.value for state in self.chosen.states)
        parts = (states, self.area, self.chosen.tag, self.chosen.source, self.where)
        return "|".join([*(part or "" for part in parts), "incomplete" * self.incomplete])


def choose_queue(
    db: sqlite3.Connection, config: Config, selection: Selection, *, now: datetime, zone: tzinfo
) -> tuple[int, ...]:
    """List the items of a session in their order.

    Raises:
        UsageError: The query is invalid, or there is no such order or source.
    """
    source = selection.chosen.source
    if source is not None and source not in (known := source_ids(db)):
        message = f'there is no source "{source}"'
        raise UsageError(message, hint=f"the sources are {', '.join(known) or 'not written yet'}")
    numbers = _matching(db, config, selection, now=now, zone=zone)
    numbers = order_queue(db, config, numbers, selection.order, share=config.rank.explore, now=now)
    return tuple(numbers[: selection.limit])


def _matching(
    db: sqlite3.Connection, config: Config, selection: Selection, *, now: datetime, zone: tzinfo
) -> list[int]:
    """List the items newest first."""
    if selection.incomplete:
        window = current_window(now, zone, last_window_end(db))
        kept = items.read_items(db, items.judged_numbers(db, window))
        numbers = [item.id for item in kept if missing_text(item)]
    else:
        numbers = items.list_numbers(db, selection.chosen)
    if selection.area is not None:
        numbers = _in_area(db, config, selection.area, numbers)
    if not selection.where:
        return numbers
    from papertrack.commands.find import find_numbers  # noqa: PLC0415  # few sessions have a query

    states = None if selection.incomplete else selection.chosen.states
    found = find_numbers(db, config, selection.where, now=now, zone=zone, states=states)
    if selection.incomplete or selection.narrows_by_option:
        among = set(numbers)
        return [number for number in found if number in among]
    # A query that names states itself also finds items outside those of the queue.
    return found


def _in_area(
    db: sqlite3.Connection, config: Config, area: str, numbers: Sequence[int]
) -> list[int]:
    """Keep the items that are rated in an area, or most likely belong there.

    Raises:
        UsageError: The area is unknown.
    """
    known = {one.slug: one.name for one in config.areas}
    wanted = short(area, known, {one.slug: one.short for one in config.areas if one.short})
    if not wanted:
        message = f'there is no area "{area}"'
        raise UsageError(message, hint=f"the areas are {', '.join(known) or 'not written yet'}")
    return [
        item.id
        for item in items.read_items(db, numbers)
        if any(rating.area in wanted for rating in item.judgement.ratings)
        or (predict(db, config, item).areas or ("",))[0] in wanted
    ]
