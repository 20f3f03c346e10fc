"""What servers said of documents and addresses: validators, moves, outcomes, dead links.

Addresses and targets are named by `papertrack.core.watch.credentials.address_key`.
Nothing here opens a transaction: what an address said is stored with what else it brought.
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

ARXIV = "arxiv"  # the name under which the pause of all of arXiv's hosts is kept


@dataclass(frozen=True, slots=True)
class Validators:
    """What to send back for "only if it changed", exactly as it was received."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """How one source fared in one run."""

    outcome: str
    http_status: int | None = None
    entries: int = 0
    new: int = 0
    updated: int = 0
    dropped: int = 0
    newest_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """What is known of a document from the last time that it was asked for.

    Attributes:
        due_at: Before this moment the server wants not to be asked again; None means any time.
        checked_at: When it was last asked for; None means never.
    """

    validators: Validators = Validators()
    due_at: datetime | None = None
    checked_at: datetime | None = None


def read_document(db: sqlite3.Connection, url: str, subscription: str) -> CachedDocument:
    """Read what is known of a document.

    Args:
        db: The database.
        url: The address of the document, without secrets: see `Download.key`.
        subscription: Which sources take entries from it, and their words. What was kept for others
            is no use: a source added since has not seen the document that "has not changed".
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
    """Keep what the server gave, once its document is stored whole."""
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
    """Note when a document may be asked for again, with nothing new of it to keep."""
    kept = read_document(db, url, subscription).validators
    write_document(db, url, subscription, kept, due_at=due_at, now=now)


def write_outcome(
    db: sqlite3.Connection,
    source_id: int,
    outcome: FetchOutcome,
    *,
    run: str,
    started_at: datetime,
    finished_at: datetime,
) -> None:
    """Write down how a source fared; `run` is the same for all sources of one run."""
    db.execute(
        """INSERT INTO fetches (run, source_id, started_at, finished_at, outcome, http_status,
                                entries, new, updated, dropped, newest_at, error)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            run,
            source_id,
            utc_text(started_at),
            utc_text(finished_at),
            outcome.outcome,
            outcome.http_status,
            outcome.entries,
            outcome.new,
            outcome.updated,
            outcome.dropped,
            utc_text(outcome.newest_at) if outcome.newest_at else None,
            outcome.error,
        ],
    )


def was_whole(db: sqlite3.Connection, source_id: int) -> bool:
    """Tell whether a document of a source with entries in it ever came whole."""
    row = db.execute(
        """SELECT 1 FROM fetches
           WHERE source_id = ? AND outcome = 'stored' AND entries > 0 AND error IS NULL LIMIT 1""",
        [source_id],
    ).fetchone()
    return row is not None


def reserve_turn(db: sqlite3.Connection, host: str, now: datetime, pause_s: float) -> float:
    """Take the next turn to ask a host that wants a pause between requests.

    The turn is written down before it is used, so that several processes queue up behind each
    other instead of asking at once.

    Args:
        db: The database.
        host: What shares the pause; arXiv counts all its services as one.
        now: The present.
        pause_s: Seconds between two requests.

    Returns:
        Seconds to wait from now on.
    """
    with transaction(db):
        row = db.execute("SELECT asked_at FROM hosts WHERE name = ?", [host]).fetchone()
        turn = now
        if row:
            earliest = read_utc(row["asked_at"]) + timedelta(seconds=pause_s)
            # A turn far ahead was written by a clock that was wrong, not by a queue.
            if now < earliest <= now + timedelta(seconds=20 * pause_s):
                turn = earliest
        db.execute(
            "INSERT OR REPLACE INTO hosts (name, asked_at) VALUES (?, ?)", [host, utc_text(turn)]
        )
    return (turn - now).total_seconds()


def note_answer(db: sqlite3.Connection, host: str, now: datetime) -> None:
    """Count the pause from when a host has answered: until then nobody knows when it was asked."""
    with transaction(db):
        db.execute(
            "UPDATE hosts SET asked_at = max(asked_at, ?) WHERE name = ?", [utc_text(now), host]
        )


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


# One permanent redirect may be a page of maintenance; two in a row are meant.
MOVES_BELIEVED = 2


def list_moves(db: sqlite3.Connection, *, at_least: int = MOVES_BELIEVED) -> list[Move]:
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


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """An answer.

    Attributes:
        status: The HTTP status; None when no answer came.
        error: Why none came; None otherwise.
    """

    status: int | None
    error: str | None
    checked_at: datetime


def read_answers(db: sqlite3.Connection, urls: Sequence[str]) -> dict[str, LinkAnswer]:
    """Read what is remembered of some addresses; others are missing."""
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
    """Remember answers: address, status and error of each."""
    with transaction(db):
        db.executemany(
            """INSERT OR REPLACE INTO link_checks (url, status, error, checked_at)
               VALUES (?, ?, ?, ?)""",
            [(*answer, utc_text(now)) for answer in answers],
        )
