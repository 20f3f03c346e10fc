"""Which papers the text of an item links to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

# A text that links to more papers is about none of them alone.
_MOST = 2


def write_mentions(db: sqlite3.Connection, item_id: int, papers: Sequence[str]) -> None:
    """Store which papers an item's text links to, in the place of what was stored before.

    Args:
        db: The database.
        item_id: The item.
        papers: arXiv identifiers without version; of more than two none is stored.
    """
    db.execute("DELETE FROM mentions WHERE item_id = ?", [item_id])
    if len(papers) <= _MOST:
        db.executemany(
            "INSERT OR IGNORE INTO mentions (item_id, arxiv) VALUES (?, ?)",
            [(item_id, paper) for paper in papers],
        )
