"""State of the rating screen: tags, passed items and texts that could not be saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_BOOKMARK = "rate_bookmark"
_ASIDE = "rate_aside"


def list_tags(db: sqlite3.Connection) -> list[str]:
    """List all tags, the most used first."""
    rows = db.execute("SELECT tag FROM tags GROUP BY tag ORDER BY count(*) DESC, tag")
    return [row["tag"] for row in rows]


def data_version(db: sqlite3.Connection) -> tuple[int, int]:
    """Return a value that changes whenever any connection changes the database."""
    (others,) = db.execute("PRAGMA data_version").fetchone()
    return db.total_changes, others


def read_passed(db: sqlite3.Connection, queue: str) -> frozenset[int]:
    """List the items that the last session over a queue passed without judging them.

    Args:
        db: The database.
        queue: The options of the queue, as text; each has its own bookmark.
    """
    row = db.execute("SELECT value FROM meta WHERE key = ?", [_BOOKMARK]).fetchone()
    kept = json.loads(row["value"]) if row else {}
    return frozenset(kept.get("passed", ()) if kept.get("queue") == queue else ())


def write_passed(db: sqlite3.Connection, queue: str, passed: Sequence[int]) -> None:
    """Store the items that a session passed without judging them; an empty list clears them."""
    with transaction(db):
        if not passed:
            db.execute("DELETE FROM meta WHERE key = ?", [_BOOKMARK])
            return
        kept = json.dumps({"queue": queue, "passed": list(passed)}, ensure_ascii=False)
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [_BOOKMARK, kept])


def read_unsaved(db: sqlite3.Connection) -> dict[int, str]:
    """Read the unsaved texts, by item."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", [_ASIDE]).fetchone()
    return {int(item): text for item, text in json.loads(row["value"]).items()} if row else {}


def write_unsaved(db: sqlite3.Connection, item_id: int, text: str | None) -> None:
    """Keep a text that could not be stored in its field; None deletes it."""
    with transaction(db):
        texts = read_unsaved(db)
        if texts.get(item_id) == text:
            return
        texts.pop(item_id, None)
        if text is not None:
            texts[item_id] = text
        kept = json.dumps(texts, ensure_ascii=False)
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [_ASIDE, kept])
