"""List items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.storage import items

if TYPE_CHECKING:
    import sqlite3

    from papertrack.core.records import Item


def list_items(db: sqlite3.Connection, chosen: items.Filter, *, limit: int | None) -> list[Item]:
    """List items, newest first.

    Args:
        db: The database.
        chosen: Which items.
        limit: At most so many; None for all.
    """
    return items.read_items(db, items.list_numbers(db, chosen, limit=limit))
