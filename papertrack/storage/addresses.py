"""What addresses said of themselves: moved for good and where to, or gone.

Addresses and targets are named by `papertrack.core.watch.credentials.address_key`.
Nothing here opens a transaction: what an address said is stored with what else it brought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.time.times import read_utc, utc_text

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Move:
    """An address that says it has moved for good.

    Attributes:
        target: Where to.
        times: How often in a row it said so, at least 1.
        last_at: When it said so last.
    """

    url: str
    target: str
    times: int
    last_at: datetime


def note_move(db: sqlite3.Connection, url: str, target: str, now: datetime) -> None:
    """Count one more permanent redirect to the same target; another target is counted from 1."""
    db.execute(
        """INSERT INTO addresses (url, moved_to, times_moved, moved_at) VALUES (?, ?, 1, ?)
           ON CONFLICT (url) DO UPDATE SET
             times_moved = CASE WHEN moved_to IS excluded.moved_to THEN times_moved + 1 ELSE 1 END,
             moved_to = excluded.moved_to,
             moved_at = excluded.moved_at""",
        [url, target, utc_text(now)],
    )


def forget_move(db: sqlite3.Connection, url: str) -> None:
    """Take back what was counted: the address answered, and not with a permanent redirect."""
    db.execute(
        """UPDATE addresses SET moved_to = NULL, times_moved = 0, moved_at = NULL
           WHERE url = ? AND times_moved > 0""",
        [url],
    )
    _drop_silent(db, url)


def note_gone(db: sqlite3.Connection, url: str, now: datetime) -> None:
    """Remember that an address is gone for good; the first time it said so is kept."""
    db.execute(
        """INSERT INTO addresses (url, gone_at) VALUES (?, ?)
           ON CONFLICT (url) DO UPDATE SET gone_at = coalesce(gone_at, excluded.gone_at)""",
        [url, utc_text(now)],
    )


def note_alive(db: sqlite3.Connection, url: str) -> None:
    """Forget that an address was gone: it brought a document."""
    db.execute("UPDATE addresses SET gone_at = NULL WHERE url = ? AND gone_at IS NOT NULL", [url])
    _drop_silent(db, url)


def gone_since(db: sqlite3.Connection, url: str) -> datetime | None:
    """Tell since when an address is gone; None while it is not."""
    row = db.execute("SELECT gone_at FROM addresses WHERE url = ?", [url]).fetchone()
    return read_utc(row["gone_at"]) if row and row["gone_at"] else None


def list_moves(db: sqlite3.Connection, *, at_least: int = 2) -> list[Move]:
    """List the addresses that said so often in a row that they have moved, in their order."""
    rows = db.execute(
        """SELECT url, moved_to, times_moved, moved_at FROM addresses
           WHERE moved_to IS NOT NULL AND times_moved >= ? ORDER BY url""",
        [at_least],
    )
    return [
        Move(row["url"], row["moved_to"], row["times_moved"], read_utc(row["moved_at"]))
        for row in rows
    ]


def _drop_silent(db: sqlite3.Connection, url: str) -> None:
    db.execute(
        "DELETE FROM addresses WHERE url = ? AND moved_to IS NULL AND gone_at IS NULL", [url]
    )
