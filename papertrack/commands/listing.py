"""List items, and show one with all that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.undo import describe
from papertrack.core.dossier import Dossier, Remembered
from papertrack.storage import items, journal

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


def show(db: sqlite3.Connection, name: str) -> Dossier:
    """Gather all that is known of one item.

    Raises:
        NoSuchItem: The database has no such item.
    """
    number = references.find(db, name)
    undone = journal.undone(db)
    history = [
        Remembered(event.at, describe(event, ""), event.act not in undone)
        for event in journal.item_events(db, number)
    ]
    return Dossier(
        item=items.read_item(db, number),
        versions=tuple(items.list_versions(db, number)),
        history=tuple(history),
    )
