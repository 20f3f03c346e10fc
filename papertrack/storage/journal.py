"""Append to the journal, and update the derived tables in the same transaction.

Reading is in `journal_read`, the derived tables are in `projection`.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.judging.journal import Event, Statement, uuid7
from papertrack.core.times import utc_text
from papertrack.storage.database import transaction
from papertrack.storage.journal_read import (
    COLUMNS,
    device_of,
)
from papertrack.storage.projection import apply_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


_TICK = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def append(db: sqlite3.Connection, statements: Sequence[Statement], now: datetime) -> list[Event]:
    """Append one act to the journal and update every table that it affects.

    Args:
        db: The database.
        statements: What the author decided, as one undo step; at least one.
        now: The current time. Events are ordered after all earlier ones, even if the clock went
            back.

    Returns:
        The events as written; they are on disk once the enclosing transaction is.
    """
    with transaction(db):
        device = device_of(db)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        turn = _next_turn(db, now)
        events: list[Event] = []
        for statement in statements:
            uid = uuid7(turn, os.urandom(10))
            act = events[0].uid if events else uid
            events.append(
                Event(
                    uid,
                    device,
                    now,
                    act,
                    statement.verb,
                    statement.subject,
                    statement.payload,
                    turn,
                )
            )
            turn += 1
        db.executemany(
            f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(event) for event in events],
        )
        apply_events(db, events)
    return events


def _next_turn(db: sqlite3.Connection, now: datetime) -> int:
    last = db.execute("SELECT max(turn) FROM events").fetchone()[0]
    return max((now - _EPOCH) // _TICK, (last or 0) + 1)


def _row(event: Event) -> tuple[str | int, ...]:
    return (
        event.uid,
        event.device,
        event.sequence,
        utc_text(event.at),
        event.act,
        event.verb,
        event.subject,
        json.dumps(event.payload, ensure_ascii=False, sort_keys=True),
    )
