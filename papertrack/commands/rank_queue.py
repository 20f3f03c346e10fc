"""Put the queue of a sitting in order by what is stored; nothing is learned here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.rank.prediction import ORDERS, Rank, put_in_order
from papertrack.errors import UsageError
from papertrack.storage.rank import read_chances

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

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
    """Put items in order.

    Args:
        db: The database.
        config: The config, for the order of the areas.
        numbers: The items, newest first.
        order: ``best``, ``new``, ``unsure``, ``area`` or ``random``.
        share: For ``best``: the share of items, 0 to 1, that are served whatever is expected.
        now: The present; what is left to chance stays the same for a day.

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
