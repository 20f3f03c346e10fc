"""Which source shows an item where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Sighting
from papertrack.core.time.times import read_utc

if TYPE_CHECKING:
    import sqlite3


def list_sightings(db: sqlite3.Connection, number: int) -> list[Sighting]:
    """List where the sources show an item, in the order in which they first did."""
    rows = db.execute(
        """SELECT o.slug, s.url, min(s.first_seen_at) AS seen_at
           FROM sightings AS s JOIN sources AS o ON o.id = s.source_id
           WHERE s.item_id = ? GROUP BY o.slug, s.url ORDER BY seen_at, o.id, s.url""",
        [number],
    )
    return [Sighting(row["slug"], row["url"], read_utc(row["seen_at"])) for row in rows]
