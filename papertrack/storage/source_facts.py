"""What the database knows of each source: what it brought, and how it was last fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.time.times import read_utc

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known of one source.

    Attributes:
        items: How many items it showed first.
        fetched_at: When it was last fetched; None when it never was.
        outcome: How that went, in the words of `fetch`.
        error: Why it failed, else None.
    """

    items: int = 0
    fetched_at: datetime | None = None
    outcome: str | None = None
    error: str | None = None


def read_source_facts(db: sqlite3.Connection) -> dict[str, SourceFacts]:
    """Read what is known of every source, retired ones too, by slug."""
    rows = db.execute(
        """SELECT s.slug, coalesce(brought.n, 0) AS items, f.started_at, f.outcome, f.error
           FROM sources AS s
           LEFT JOIN (SELECT origin_id, count(*) AS n FROM items WHERE state <> 'merged'
                      GROUP BY origin_id) AS brought ON brought.origin_id = s.id
           LEFT JOIN fetches AS f ON f.id = (
             SELECT id FROM fetches WHERE source_id = s.id
             ORDER BY started_at DESC, id DESC LIMIT 1)"""
    )
    return {
        row["slug"]: SourceFacts(
            items=row["items"],
            fetched_at=read_utc(row["started_at"]) if row["started_at"] else None,
            outcome=row["outcome"],
            error=row["error"],
        )
        for row in rows
    }
