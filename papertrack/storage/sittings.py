"""What a sitting at the rating screen reads beside its items, and what it leaves for the next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3

_BOOKMARK = "rate_bookmark"
_ASIDE = "rate_aside"


def list_tags(db: sqlite3.Connection) -> list[str]:
    """List the tags there are, those used most first."""
    rows = db.execute("SELECT tag FROM tags GROUP BY tag ORDER BY count(*) DESC, tag")
    return [row["tag"] for row in rows]


def data_version(db: sqlite3.Connection) -> tuple[int, int]:
    """Tell a state of the database from another: changed by this connection, or by any other."""
    (others,) = db.execute("PRAGMA data_version").fetchone()
    return db.total_changes, others


def read_bookmark(db: sqlite3.Connection, queue: str) -> int | None:
    """Tell at which item a sitting over a queue was left; None without any.

    Args:
        db: The database.
        queue: How the queue was chosen, as a text; another choice has no bookmark.
    """
    row = db.execute("SELECT value FROM meta WHERE key = ?", [_BOOKMARK]).fetchone()
    kept = json.loads(row["value"]) if row else {}
    return kept["item"] if kept.get("queue") == queue else None


def write_bookmark(db: sqlite3.Connection, queue: str, item_id: int | None) -> None:
    """Remember at which item a sitting was left; None forgets it."""
    if item_id is None:
        with transaction(db):
            db.execute("DELETE FROM meta WHERE key = ?", [_BOOKMARK])
        return
    kept = json.dumps({"queue": queue, "item": item_id}, ensure_ascii=False)
    with transaction(db):
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [_BOOKMARK, kept])


def read_aside(db: sqlite3.Connection) -> dict[int, str]:
    """Read the texts that could not be stored as what they are, by item."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", [_ASIDE]).fetchone()
    return {int(item): text for item, text in json.loads(row["value"]).items()} if row else {}


def write_aside(db: sqlite3.Connection, item_id: int, text: str | None) -> None:
    """Keep a text that could not be stored as what it is; None forgets it."""
    with transaction(db):
        texts = read_aside(db)
        if texts.get(item_id) == text:
            return
        texts.pop(item_id, None)
        if text is not None:
            texts[item_id] = text
        kept = json.dumps(texts, ensure_ascii=False)
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [_ASIDE, kept])
