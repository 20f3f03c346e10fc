"""What the addresses that drafts link to answered when they were last asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.time.times import read_utc, utc_text
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Attributes:
        status: The HTTP status; None when no answer came.
        error: Why none came; None otherwise.
    """

    status: int | None
    error: str | None
    checked_at: datetime


def read_answers(db: sqlite3.Connection, urls: Sequence[str]) -> dict[str, Answer]:
    """Read what is remembered of some addresses; others are missing."""
    rows = db.execute(
        "SELECT * FROM link_checks WHERE url IN (SELECT value FROM json_each(?))",
        [json.dumps(list(urls))],
    )
    return {
        row["url"]: Answer(row["status"], row["error"], read_utc(row["checked_at"])) for row in rows
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
