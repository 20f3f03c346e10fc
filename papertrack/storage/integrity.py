"""Whether every page of the database can be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.time.times import read_utc, utc_text
from papertrack.storage.database import damaged, transaction, translated

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

# Below this size it takes some hundredths of a second to read every page.
_LARGE_BYTES = 32_000_000
_CHECKED_FOR = timedelta(hours=20)


def check_whole(db: sqlite3.Connection, path: Path) -> None:
    """Read every page of the database.

    Raises:
        DatabaseUnusable: A page is damaged.
    """
    with translated(path):
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise damaged(path)


def check_when_due(db: sqlite3.Connection, path: Path, now: datetime) -> None:
    """Read every page as `check_whole` does; a large database (a second a gigabyte) once a day.

    Raises:
        DatabaseUnusable: A page is damaged.
    """
    is_large = path.stat().st_size > _LARGE_BYTES
    with translated(path):
        row = db.execute("SELECT value FROM meta WHERE key = 'checked_at'").fetchone()
    if is_large and row and timedelta(0) <= now - read_utc(row["value"]) < _CHECKED_FOR:
        return
    check_whole(db, path)
    if is_large:
        with translated(path), transaction(db):
            db.execute("INSERT OR REPLACE INTO meta VALUES ('checked_at', ?)", [utc_text(now)])
