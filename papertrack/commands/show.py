"""Show one item with all that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.undo import describe, is_echo
from papertrack.core.dossier import Dossier, Remembered
from papertrack.storage import items, journal, versions
from papertrack.storage.merges import list_merges
from papertrack.storage.pairs import open_pairs
from papertrack.storage.sightings import list_sightings
from papertrack.storage.submissions import list_submissions

if TYPE_CHECKING:
    import sqlite3


def show(db: sqlite3.Connection, name: str) -> Dossier:
    """Gather all that is known of one item.

    Raises:
        NoSuchItem: The database has no such item.
    """
    number = references.find(db, name)
    undone = journal.undone(db)
    item = items.read_item(db, number)
    history = [
        Remembered(event.at, describe(event, ""), event.act not in undone)
        for event in journal.item_events(db, number)
        if "follows" not in event.payload
        and not (is_echo(event) and event.payload["other"] in item.identifiers)
    ]
    return Dossier(
        item=item,
        versions=tuple(versions.list_versions(db, number)),
        history=tuple(history),
        submissions=list_submissions(db, number),
        sightings=tuple(list_sightings(db, number)),
        merges=tuple(list_merges(db, number)),
        same_story=tuple(open_pairs(db, number)),
    )
