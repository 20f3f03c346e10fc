"""How much stands in each area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many items are rated in an area, and how many of these are kept."""

    rated: int = 0
    kept: int = 0


def count_areas(db: sqlite3.Connection) -> dict[str, AreaCount]:
    """Count the items of every area that has any, by its slug."""
    rows = db.execute(
        """SELECT r.area, count(*), sum(i.state = 'kept') FROM ratings AS r
           JOIN items AS i ON i.id = r.item_id
           WHERE r.halves IS NOT NULL GROUP BY r.area ORDER BY r.area"""
    )
    return {row[0]: AreaCount(row[1], row[2]) for row in rows}
