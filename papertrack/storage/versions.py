"""Titles and abstracts of items as they were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Version
from papertrack.core.time.times import read_utc

if TYPE_CHECKING:
    import sqlite3


def list_versions(db: sqlite3.Connection, number: int) -> list[Version]:
    """List the versions of an item as they were seen, oldest first."""
    rows = db.execute(
        """SELECT arxiv_version, title, summary, seen_at, born_id FROM versions
           WHERE item_id = ? ORDER BY seen_at, position""",
        [number],
    )
    return [
        Version(
            place,
            row["born_id"],
            row["arxiv_version"],
            row["title"],
            row["summary"],
            read_utc(row["seen_at"]),
        )
        for place, row in enumerate(rows, start=1)
    ]
