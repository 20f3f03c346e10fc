"""Issues: their texts, up to when they reach, and every draft as it was generated."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from papertrack.core.text.spans import Span
from papertrack.core.time.times import read_utc, utc_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Export:
    """A draft as it was generated for a file.

    Attributes:
        spans: Which stretches of the text say what; empty for drafts of older versions.
        recipe: What it was made with, as JSON has it; empty for drafts of older versions.
        is_placed: Whether the file was written for certain; False when the call was cut off.
    """

    id: int
    issue: str
    text: str
    spans: tuple[Span, ...]
    recipe: dict[str, Any]
    is_placed: bool


def last_window_end(db: sqlite3.Connection) -> datetime | None:
    """Tell up to when the published issues reach; None before the first."""
    latest = db.execute("SELECT max(window_until) FROM issues").fetchone()[0]
    return read_utc(latest) if latest else None


def read_texts(db: sqlite3.Connection, issue: str) -> dict[str, str]:
    """Read the author's texts of an issue by field (``lead``, …)."""
    rows = db.execute("SELECT field, text FROM issue_texts WHERE issue = ?", [issue])
    return {row["field"]: row["text"] for row in rows}


def write_export(  # noqa: PLR0913  # each is a column
    db: sqlite3.Connection,
    *,
    path: str,
    issue: str,
    text: str,
    now: datetime,
    spans: Sequence[Span] = (),
    recipe: Mapping[str, Any] | None = None,
) -> int:
    """Remember a draft as it was generated, before its file is written.

    Returns:
        The number of the export, for `mark_placed`.
    """
    told = [[span.start, span.end, span.subject, span.field, span.area] for span in spans]
    row = db.execute(
        """INSERT INTO exports (path, issue, text, text_hash, generated_at, spans, recipe, placed)
           VALUES (?, ?, ?, ?, ?, ?, ?, 0)""",
        [
            path,
            issue,
            text,
            _hash(text.encode()),
            utc_text(now),
            json.dumps(told, ensure_ascii=False),
            json.dumps(dict(recipe or {}), ensure_ascii=False),
        ],
    )
    return int(row.lastrowid or 0)


def mark_placed(db: sqlite3.Connection, export: int) -> None:
    """Remember that the file of an export was written."""
    db.execute("UPDATE exports SET placed = 1 WHERE id = ?", [export])


def find_export(db: sqlite3.Connection, path: str, text: str) -> Export | None:
    """Find the newest draft that was generated for a file with exactly this text."""
    row = db.execute(
        "SELECT * FROM exports WHERE path = ? AND text_hash = ? ORDER BY id DESC LIMIT 1",
        [path, _hash(text.encode(errors="surrogateescape"))],
    ).fetchone()
    return _export(row) if row else None


def latest_exports(db: sqlite3.Connection, path: str) -> list[Export]:
    """List the drafts that a file may hold, newest first.

    These are the last one whose file was written for certain, and those after it of which it is
    not known, because the call was cut off.
    """
    rows = db.execute(
        """SELECT * FROM exports WHERE path = ? AND id >= coalesce(
             (SELECT max(id) FROM exports WHERE path = ? AND placed), 0)
           ORDER BY id DESC""",
        [path, path],
    )
    return [_export(row) for row in rows]


def newest_path(db: sqlite3.Connection, issue: str) -> str | None:
    """Name the file that a draft of an issue was written to last; None without any."""
    row = db.execute(
        "SELECT path FROM exports WHERE issue = ? ORDER BY id DESC LIMIT 1", [issue]
    ).fetchone()
    return str(row[0]) if row else None


def paths_of_name(db: sqlite3.Connection, name: str) -> list[str]:
    """List the files of a name, in whatever folder, to which drafts were written, newest first."""
    rows = db.execute("SELECT path FROM exports GROUP BY path ORDER BY max(id) DESC")
    return [row[0] for row in rows if PurePath(row[0]).name == name]


def was_published(db: sqlite3.Connection, export: Export) -> bool:
    """Tell whether the issue of a draft was published after it was generated."""
    row = db.execute(
        """SELECT 1 FROM exports AS e JOIN issues AS i ON i.slug = e.issue
           JOIN events AS said ON said.subject = 'issue:' || i.slug AND said.verb = 'publish'
           WHERE e.id = ? AND json_extract(said.payload, '$.published_at') >= e.generated_at""",
        [export.id],
    ).fetchone()
    return row is not None


def _export(row: sqlite3.Row) -> Export:
    return Export(
        id=row["id"],
        issue=row["issue"],
        text=row["text"],
        spans=tuple(Span(*one) for one in json.loads(row["spans"])),
        recipe=json.loads(row["recipe"]),
        is_placed=bool(row["placed"]),
    )


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
