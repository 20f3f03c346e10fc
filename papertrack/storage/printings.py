"""In which issues an item was published."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Printing
from papertrack.storage.duplicates import members_of

if TYPE_CHECKING:
    import sqlite3


def list_printings(db: sqlite3.Connection, number: int) -> tuple[Printing, ...]:
    """List where an item, or what was merged into it, was published, oldest issue first."""
    rows = db.execute(
        """SELECT DISTINCT l.issue, i.date, l.area, l.section, l.rating_text
           FROM issue_items AS l JOIN issues AS i ON i.slug = l.issue
           WHERE l.item_id IN (SELECT value FROM json_each(?))
           ORDER BY i.date, l.issue, l.position""",
        [json.dumps(members_of(db, number))],
    )
    return tuple(
        Printing(
            row["issue"],
            date.fromisoformat(row["date"][:10]),
            row["area"],
            row["section"] or None,
            row["rating_text"] or None,
        )
        for row in rows
    )
