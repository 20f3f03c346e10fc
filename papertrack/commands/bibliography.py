"""Write the works of an issue as BibTeX, under keys that never change once published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.digest.bibtex import to_bibtex
from papertrack.core.digest.cite import citation_key, give_keys
from papertrack.storage import items, journal_read, ledger

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Item


def write_bibliography(db: sqlite3.Connection, subjects: Iterable[str]) -> str:
    """Write works as a BibTeX file.

    Args:
        db: The database.
        subjects: The works as the journal names them; each is written once, in this order.

    Returns:
        The whole file; empty without works.
    """
    works = items.read_items(db, journal_read.items_of(db, subjects))
    keys = keys_for(db, works)
    return to_bibtex([(keys[work.id], work) for work in works])


def keys_for(db: sqlite3.Connection, works: Sequence[Item]) -> dict[int, str]:
    """Give works their keys: those they were published with, else new ones that are free."""
    return give_keys([(work.id, citation_key(work)) for work in works], ledger.published_keys(db))
