"""Titles and abstracts of items as they were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.dossier import Version
from papertrack.core.times import read_utc

if TYPE_CHECKING:
    import sqlite3


def list_versions(db: sqlite3.Connection, number: int) -> list[Version]:
    """List the versions of an item as they were seen, oldest first."""
    rows = db.execute(
        """SELECT arxiv_version, title, seen_at FROM versions
           WHERE item_id = ? ORDER BY seen_at, position""",
        [number],
    )
    return [Version(row["arxiv_version"], row["title"], read_utc(row["seen_at"])) for row in rows]
