"""Issues: their texts, every draft as it was generated, and what was published."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from papertrack.core.digest.ledger import WasPrinted, fold_issue
from papertrack.core.identifier import read_subject
from papertrack.core.judging.item_details import Publication
from papertrack.core.text.borrowed_titles import title_or_borrowed
from papertrack.core.text.spans import Span
from papertrack.core.times import read_utc, utc_text
from papertrack.storage.duplicates import members_of
from papertrack.storage.journal_read import subject_events, undone

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from papertrack.core.digest.ledger import PublishedIssue


@dataclass(frozen=True, slots=True)
class Export:
    """A draft as it was generated for a file.

    Attributes:
        spans: Which part of the text prints what; empty for drafts of older versions.
        recipe: The options it was made with, as JSON; empty for drafts of older versions.
    """

    id: int
    issue: str
    text: str
    spans: tuple[Span, ...]
    recipe: dict[str, Any]


def last_window_end(db: sqlite3.Connection) -> datetime | None:
    """Return the end of the newest published window; None before the first issue."""
    latest = db.execute("SELECT max(window_until) FROM issues").fetchone()[0]
    return read_utc(latest) if latest else None


def read_texts(db: sqlite3.Connection, issue: str) -> dict[str, str]:
    """Read the author's texts of an issue, by field (``lead``, …)."""
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
    """Store a draft as generated, before its file is written.

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
    """Record that the file of an export was written."""
    db.execute("UPDATE exports SET placed = 1 WHERE id = ?", [export])


def find_export(db: sqlite3.Connection, path: str, text: str) -> Export | None:
    """Find the newest draft generated for a file with exactly this text."""
    row = db.execute(
        "SELECT * FROM exports WHERE path = ? AND text_hash = ? ORDER BY id DESC LIMIT 1",
        [path, _hash(text.encode(errors="surrogateescape"))],
    ).fetchone()
    return _export(row) if row else None


def latest_exports(db: sqlite3.Connection, path: str) -> list[Export]:
    """List the drafts that a file may contain, newest first.

    These are the last draft known to be written, and later ones whose call was interrupted.
    """
    rows = db.execute(
        """SELECT * FROM exports WHERE path = ? AND id >= coalesce(
             (SELECT max(id) FROM exports WHERE path = ? AND placed), 0)
           ORDER BY id DESC""",
        [path, path],
    )
    return [_export(row) for row in rows]


def newest_path(db: sqlite3.Connection, issue: str) -> str | None:
    """Return the file to which a draft of an issue was last written; None if there is none."""
    row = db.execute(
        "SELECT path FROM exports WHERE issue = ? ORDER BY id DESC LIMIT 1", [issue]
    ).fetchone()
    return str(row[0]) if row else None


def paths_of_name(db: sqlite3.Connection, name: str) -> list[str]:
    """List the files with a name, in any folder, to which drafts were written, newest first."""
    rows = db.execute("SELECT path FROM exports GROUP BY path ORDER BY max(id) DESC")
    return [row[0] for row in rows if PurePath(row[0]).name == name]


def was_published(db: sqlite3.Connection, export: Export) -> bool:
    """Return whether the issue of a draft was published after it was generated."""
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
    )


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


@dataclass(frozen=True, slots=True)
class ListedIssue:
    """An issue as a list prints it."""

    slug: str
    title: str
    day: date
    published_at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One item of an issue as it was printed.

    Attributes:
        item: Its current short number.
        title: As printed; the item's own if the issue printed none.
        area: Slug; empty outside all areas.
        rating_text, halves, url, section: As printed; None if missing.
        version, journal_ref, was_withdrawn: What was known when it was printed.
    """

    item: int
    title: str
    area: str
    section: str | None
    url: str | None
    halves: int | None
    rating_text: str | None
    version: int | None
    journal_ref: str | None
    was_withdrawn: bool


def rebuild_issue(db: sqlite3.Connection, slug: str, issue: PublishedIssue | None) -> None:
    """Write an issue to the ledger as the journal has it; None removes it.

    Items that this database does not know yet, because the journal came from another machine, are
    skipped.
    """
    db.execute("DELETE FROM issue_items WHERE issue = ?", [slug])
    db.execute("DELETE FROM issues WHERE slug = ?", [slug])
    if issue is None:
        return
    db.execute(
        """INSERT INTO issues (slug, title, date, published_at, window_until, text, text_hash)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [
            slug,
            issue.title,
            issue.day.isoformat(),
            utc_text(issue.published_at),
            utc_text(issue.window_until),
            issue.text,
            hashlib.sha256(issue.text.encode()).digest(),
        ],
    )
    for position, printed in enumerate(issue.items):
        row = db.execute(
            "SELECT item_id FROM identifiers WHERE scheme = ? AND value = ?",
            read_subject(printed.subject),
        ).fetchone()
        if row is None:
            continue
        # Two printed works may have been merged since; the first one counts.
        db.execute(
            """INSERT OR IGNORE INTO issue_items (issue, item_id, area, position, section, title,
                 url, halves, rating_text, arxiv_version, journal_ref, withdrawn, cite_key)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                *(slug, row[0], printed.area, position, printed.section, printed.title),
                *(printed.url, printed.halves, printed.rating_text, printed.version),
                *(printed.journal_ref, int(printed.was_withdrawn), printed.key),
            ],
        )


def list_issues(db: sqlite3.Connection) -> list[ListedIssue]:
    """List the published issues, newest first."""
    rows = db.execute(
        """SELECT slug, title, date, published_at,
             (SELECT count(DISTINCT item_id) FROM issue_items WHERE issue = slug) AS items
           FROM issues ORDER BY date DESC, slug DESC"""
    )
    return [
        ListedIssue(
            row["slug"],
            row["title"],
            date.fromisoformat(row["date"]),
            read_utc(row["published_at"]),
            row["items"],
        )
        for row in rows
    ]


def read_issue(db: sqlite3.Connection, slug: str) -> PublishedIssue | None:
    """Read a published issue from the journal; None if it was not published."""
    events = subject_events(db, f"issue:{slug}")
    return fold_issue(events, undone(db, events))


def read_issue_text(db: sqlite3.Connection, slug: str) -> str | None:
    """Read the text of a published issue; None if it was not published."""
    row = db.execute("SELECT text FROM issues WHERE slug = ?", [slug]).fetchone()
    return str(row[0]) if row else None


def read_lines(db: sqlite3.Connection, slug: str) -> list[LedgerLine]:
    """List the items of an issue in print order."""
    rows = db.execute(
        """SELECT l.*, coalesce(l.title, i.title) AS shown, i.summary FROM issue_items AS l
           JOIN items AS i ON i.id = l.item_id WHERE l.issue = ? ORDER BY l.position, l.area""",
        [slug],
    )
    return [
        LedgerLine(
            item=row["item_id"],
            title=title_or_borrowed(row["shown"], row["summary"], row["url"]),
            area=row["area"],
            section=row["section"],
            url=row["url"],
            halves=row["halves"],
            rating_text=row["rating_text"],
            version=row["arxiv_version"],
            journal_ref=row["journal_ref"],
            was_withdrawn=bool(row["withdrawn"]),
        )
        for row in rows
    ]


def issues_of(db: sqlite3.Connection, item_id: int) -> list[str]:
    """List the issues in which an item was printed, oldest first."""
    rows = db.execute(
        """SELECT DISTINCT l.issue FROM issue_items AS l JOIN issues AS i ON i.slug = l.issue
           WHERE l.item_id = ? ORDER BY i.date, i.slug""",
        [item_id],
    )
    return [row[0] for row in rows]


def last_printed(db: sqlite3.Connection) -> dict[int, tuple[WasPrinted, datetime]]:
    """Read how each published item was last printed.

    Returns:
        By item: its line, and when that issue was published.
    """
    rows = db.execute(
        """SELECT l.item_id, l.issue, i.date, i.published_at, l.arxiv_version, l.journal_ref,
             l.withdrawn
           FROM issue_items AS l JOIN issues AS i ON i.slug = l.issue
           ORDER BY i.published_at, i.slug, l.position"""
    )
    return {
        row["item_id"]: (
            WasPrinted(
                row["issue"],
                date.fromisoformat(row["date"]),
                row["arxiv_version"],
                row["journal_ref"],
                bool(row["withdrawn"]),
            ),
            read_utc(row["published_at"]),
        )
        for row in rows
    }


def posts_about(db: sqlite3.Connection, arxiv: str, since: datetime) -> list[tuple[int, str]]:
    """List the number and title of items that link to a paper and were added after a moment."""
    rows = db.execute(
        """SELECT i.id, i.title, i.summary, i.url
           FROM mentions AS m JOIN items AS i ON i.id = m.item_id
           WHERE m.arxiv = ? AND i.first_seen_at > ? AND i.merged_into IS NULL
             AND i.state <> 'rejected'
           ORDER BY i.first_seen_at, i.id""",
        [arxiv, utc_text(since)],
    )
    return [
        (row["id"], title_or_borrowed(row["title"], row["summary"], row["url"])) for row in rows
    ]


def published_keys(db: sqlite3.Connection) -> list[tuple[int, str]]:
    """Map the items published with a citation key to their first key."""
    rows = db.execute(
        """SELECT l.item_id, l.cite_key FROM issue_items AS l JOIN issues AS i ON i.slug = l.issue
           WHERE l.cite_key IS NOT NULL ORDER BY i.published_at DESC, i.slug DESC, l.position"""
    )
    return [(row[0], row[1]) for row in rows]


def published_in(db: sqlite3.Connection, number: int) -> tuple[Publication, ...]:
    """List where an item, or one merged into it, was published, oldest issue first."""
    rows = db.execute(
        """SELECT DISTINCT l.issue, i.date, l.area, l.section, l.rating_text
           FROM issue_items AS l JOIN issues AS i ON i.slug = l.issue
           WHERE l.item_id IN (SELECT value FROM json_each(?))
           ORDER BY i.date, l.issue, l.position""",
        [json.dumps(members_of(db, number))],
    )
    return tuple(
        Publication(
            row["issue"],
            date.fromisoformat(row["date"][:10]),
            row["area"],
            row["section"] or None,
            row["rating_text"] or None,
        )
        for row in rows
    )
