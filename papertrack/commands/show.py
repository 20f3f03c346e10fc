"""Show one item with all that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.undo import describe
from papertrack.core.dossier import Dossier, Remembered
from papertrack.storage import items, journal, versions

if TYPE_CHECKING:
    import sqlite3


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
        versions=tuple(versions.list_versions(db, number)),
        history=tuple(history),
    )
