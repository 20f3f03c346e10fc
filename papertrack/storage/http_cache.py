"""What is stored about documents and addresses: validators, due times, redirects, dead links.

Addresses and targets are stored as `papertrack.core.watch.credentials.address_key` writes them.
Except for pauses and link checks, the caller opens the transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.times import read_utc, utc_text
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

ARXIV = "arxiv"  # the name of the pause that all of arXiv's hosts share


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of a conditional request, exactly as received."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """What is known about a document from its last request.

    Attributes:
        due_at: When it may be requested again; None means any time.
        checked_at: When it was last requested; None means never.
    """

    validators: Validators = Validators()
    due_at: datetime | None = None
    checked_at: datetime | None = None


def read_document(db: sqlite3.Connection, url: str, subscription: str) -> CachedDocument:
    """Read what is known about a document.

    Args:
        db: The database.
        url: The address of the document without secrets, see `Download.key`.
        subscription: The fingerprint of the sources that use it. Validators stored for others do
            not count: a source added since has not seen the unchanged document.
    """
    row = db.execute(
        """SELECT etag, last_modified, due_at, checked_at FROM documents
           WHERE url = ? AND readers = ?""",
        [url, subscription],
    ).fetchone()
    if row is None:
        return CachedDocument()
    return CachedDocument(
        Validators(row["etag"], row["last_modified"]),
        read_utc(row["due_at"]) if row["due_at"] else None,
        read_utc(row["checked_at"]),
    )


def write_document(
    db: sqlite3.Connection,
    url: str,
    subscription: str,
    validators: Validators,
    *,
    due_at: datetime | None,
    now: datetime,
) -> None:
    """Store the validators of a document that has been stored completely."""
    db.execute(
        """INSERT OR REPLACE INTO documents (url, readers, etag, last_modified, checked_at, due_at)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [
            url,
            subscription,
            validators.etag,
            validators.last_modified,
            utc_text(now),
            utc_text(due_at) if due_at else None,
        ],
    )


def put_off(
    db: sqlite3.Connection, url: str, subscription: str, due_at: datetime | None, now: datetime
) -> None:
    """Store when a document may be requested again, keeping its validators."""
    kept = read_document(db, url, subscription).validators
    write_document(db, url, subscription, kept, due_at=due_at, now=now)


def was_whole(db: sqlite3.Connection, source_id: int) -> bool:
    """Return whether a source ever sent a complete document with entries."""
    row = db.execute(
        """SELECT 1 FROM fetches
           WHERE source_id = ? AND outcome = 'stored' AND entries > 0 AND error IS NULL LIMIT 1""",
        [source_id],
    ).fetchone()
    return row is not None


def reserve_turn(db: sqlite3.Connection, host: str, now: datetime, pause_s: float) -> float:
    """Reserve the next turn to request from a host that requires a pause between requests.

    The turn is stored before it is used, so that several processes queue up.

    Args:
        db: The database.
        host: The name of what shares the pause, such as all of arXiv's services.
        now: The current time.
        pause_s: Seconds between two requests.

    Returns:
        Seconds to wait.
    """
    with transaction(db):
        row = db.execute("SELECT asked_at FROM hosts WHERE name = ?", [host]).fetchone()
        turn = now
        if row:
            earliest = read_utc(row["asked_at"]) + timedelta(seconds=pause_s)
            # A turn far in the future was written while the clock was wrong.
            if now < earliest <= now + timedelta(seconds=20 * pause_s):
                turn = earliest
        db.execute(
            "INSERT OR REPLACE INTO hosts (name, asked_at) VALUES (?, ?)", [host, utc_text(turn)]
        )
    return (turn - now).total_seconds()


def note_answer(db: sqlite3.Connection, host: str, now: datetime) -> None:
    """Start the pause when a host has answered, since the request may have been queued."""
    with transaction(db):
        db.execute(
            "UPDATE hosts SET asked_at = max(asked_at, ?) WHERE name = ?", [utc_text(now), host]
        )


@dataclass(frozen=True, slots=True)
class Move:
    """An address that redirects permanently.

    Attributes:
        target: The address that it redirects to.
        times: How often in a row, at least 1.
        last_at: When it did last.
    """

    url: str
    target: str
    times: int
    last_at: datetime


def note_move(db: sqlite3.Connection, url: str, target: str, now: datetime) -> None:
    """Count a permanent redirect; a new target starts at 1."""
    db.execute(
        """INSERT INTO addresses (url, moved_to, times_moved, moved_at) VALUES (?, ?, 1, ?)
           ON CONFLICT (url) DO UPDATE SET
             times_moved = CASE WHEN moved_to IS excluded.moved_to THEN times_moved + 1 ELSE 1 END,
             moved_to = excluded.moved_to,
             moved_at = excluded.moved_at""",
        [url, target, utc_text(now)],
    )


def forget_move(db: sqlite3.Connection, url: str) -> None:
    """Reset the count of an address that answered without a permanent redirect."""
    db.execute(
        """UPDATE addresses SET moved_to = NULL, times_moved = 0, moved_at = NULL
           WHERE url = ? AND times_moved > 0""",
        [url],
    )
    _delete_if_empty(db, url)


def note_gone(db: sqlite3.Connection, url: str, now: datetime) -> None:
    """Store that an address is gone, keeping the time of its first such answer."""
    db.execute(
        """INSERT INTO addresses (url, gone_at) VALUES (?, ?)
           ON CONFLICT (url) DO UPDATE SET gone_at = coalesce(gone_at, excluded.gone_at)""",
        [url, utc_text(now)],
    )


def note_alive(db: sqlite3.Connection, url: str) -> None:
    """Clear that an address is gone, because it sent a document."""
    db.execute("UPDATE addresses SET gone_at = NULL WHERE url = ? AND gone_at IS NOT NULL", [url])
    _delete_if_empty(db, url)


def gone_since(db: sqlite3.Connection, url: str) -> datetime | None:
    """Return since when an address is gone; None if it is not."""
    row = db.execute("SELECT gone_at FROM addresses WHERE url = ?", [url]).fetchone()
    return read_utc(row["gone_at"]) if row and row["gone_at"] else None


# A single permanent redirect may be a maintenance page; two in a row are believed.
MOVES_BELIEVED = 2


def list_moves(db: sqlite3.Connection, *, at_least: int = MOVES_BELIEVED) -> list[Move]:
    """List the addresses with at least so many permanent redirects in a row, by address."""
    rows = db.execute(
        """SELECT url, moved_to, times_moved, moved_at FROM addresses
           WHERE moved_to IS NOT NULL AND times_moved >= ? ORDER BY url""",
        [at_least],
    )
    return [
        Move(row["url"], row["moved_to"], row["times_moved"], read_utc(row["moved_at"]))
        for row in rows
    ]


def _delete_if_empty(db: sqlite3.Connection, url: str) -> None:
    db.execute(
        "DELETE FROM addresses WHERE url = ? AND moved_to IS NULL AND gone_at IS NULL", [url]
    )


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """The result of checking a link.

    Attributes:
        status: The HTTP status; None without an answer.
        error: Why there was no answer; None otherwise.
    """

    status: int | None
    error: str | None
    checked_at: datetime


def read_answers(db: sqlite3.Connection, urls: Sequence[str]) -> dict[str, LinkAnswer]:
    """Read the stored results of addresses; unknown ones are missing."""
    rows = db.execute(
        "SELECT * FROM link_checks WHERE url IN (SELECT value FROM json_each(?))",
        [json.dumps(list(urls))],
    )
    return {
        row["url"]: LinkAnswer(row["status"], row["error"], read_utc(row["checked_at"]))
        for row in rows
    }


def write_answers(
    db: sqlite3.Connection, answers: Sequence[tuple[str, int | None, str | None]], now: datetime
) -> None:
    """Store results, each as address, status and error."""
    with transaction(db):
        db.executemany(
            """INSERT OR REPLACE INTO link_checks (url, status, error, checked_at)
               VALUES (?, ?, ?, ?)""",
            [(*answer, utc_text(now)) for answer in answers],
        )
