"""Issues: their texts, when the last one went out, and every draft as it was generated."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from papertrack.core.times import read_utc, utc_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


def last_published_at(db: sqlite3.Connection) -> datetime | None:
    """Tell when the newest issue was published; None before the first."""
    newest = db.execute("SELECT max(published_at) FROM issues").fetchone()[0]
    return read_utc(newest) if newest else None


def read_texts(db: sqlite3.Connection, issue: str) -> dict[str, str]:
    """Read the author's texts of an issue by field (``lead``, …)."""
    rows = db.execute("SELECT field, text FROM issue_texts WHERE issue = ?", [issue])
    return {row["field"]: row["text"] for row in rows}


def write_export(
    db: sqlite3.Connection, *, path: str, issue: str, text: str, now: datetime
) -> None:
    """Remember a draft as it was generated."""
    db.execute(
        "INSERT INTO exports (path, issue, text, text_hash, generated_at) VALUES (?, ?, ?, ?, ?)",
        [path, issue, text, _hash(text.encode()), utc_text(now)],
    )


def is_export(db: sqlite3.Connection, path: str, body: bytes) -> bool:
    """Tell whether a file holds, byte for byte, a draft that was generated for it."""
    row = db.execute(
        "SELECT 1 FROM exports WHERE path = ? AND text_hash = ?", [path, _hash(body)]
    ).fetchone()
    return row is not None


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
