"""How far each source has got in arXiv's archive, or in its own query."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from papertrack.core.time.times import read_utc, utc_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

QUERY = "query"  # what the harvest of a search is called


@dataclass(frozen=True, slots=True)
class Harvest:
    """Where a source stands.

    Attributes:
        since: The first day that was asked for.
        token: Where a harvest that was broken off goes on; None when it is whole, or never began.
        answered_at: When the archive answered its first page.
        reached: The moment up to which all is known; None before the first whole harvest.
    """

    since: date
    token: str | None = None
    answered_at: datetime | None = None
    reached: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of what was asked for is left."""
        return self.token is None and self.reached is not None


def read_harvest(db: sqlite3.Connection, source_id: int, name: str) -> Harvest | None:
    """Read where a source stands; None when it never asked.

    Args:
        db: The database.
        source_id: The source.
        name: A set of the archive with the form of its records, or a query.
    """
    row = db.execute(
        """SELECT since, token, answered_at, reached FROM harvests
           WHERE source_id = ? AND name = ?""",
        [source_id, name],
    ).fetchone()
    if row is None:
        return None
    return Harvest(
        since=date.fromisoformat(row["since"]),
        token=row["token"],
        answered_at=read_utc(row["answered_at"]) if row["answered_at"] else None,
        reached=read_utc(row["reached"]) if row["reached"] else None,
    )


def write_harvest(db: sqlite3.Connection, source_id: int, name: str, harvest: Harvest) -> None:
    """Note where a source stands, in the transaction that stores what it brought."""
    db.execute(
        """INSERT OR REPLACE INTO harvests (source_id, name, since, token, answered_at, reached)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [
            source_id,
            name,
            harvest.since.isoformat(),
            harvest.token,
            utc_text(harvest.answered_at) if harvest.answered_at else None,
            utc_text(harvest.reached) if harvest.reached else None,
        ],
    )


def unfinished_since(db: sqlite3.Connection, source_id: int, names: Sequence[str]) -> date | None:
    """Tell from which day on any of some harvests was begun and not completed."""
    row = db.execute(
        """SELECT min(since) FROM harvests
           WHERE source_id = ? AND name IN (SELECT value FROM json_each(?))
             AND (reached IS NULL OR token IS NOT NULL)""",
        [source_id, json.dumps(names)],
    ).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None
