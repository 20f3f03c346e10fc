"""Look up what a document touches, and write the changes that were decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from papertrack.core.identity import Identifier
from papertrack.core.ingest import Change, Known, Merged, NewItem, Reworded, Seen, Snapshot
from papertrack.core.times import utc_text
from papertrack.storage.journal import redraw_items

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from papertrack.core.records import Author, Entry


_FACTS = (
    "kind, title, authors, summary, url, published_at, updated_at, origin_id, arxiv_version, "
    "primary_category, categories, comment, journal_ref, doi, licence, withdrawn"
)
# How a fact that is not simply replaced is brought up to date. Only some of arXiv's documents
# tell that a version was withdrawn; the others do not take it back.
_UPDATES = {
    "published_at": "coalesce(published_at, :published_at)",
    "withdrawn": "max(:withdrawn, iif(arxiv_version = :arxiv_version, withdrawn, 0))",
}


def find_known(
    db: sqlite3.Connection,
    source_id: int,
    entries: Sequence[Entry],
    names: Sequence[tuple[Identifier, ...]],
) -> Known:
    """Look up everything that the decision about a document needs, in a few queries.

    Args:
        db: The database, inside the transaction that will write the changes.
        source_id: The source whose guids these are.
        entries: The document.
        names: The identifiers of each entry.
    """
    known = Known()
    asked = {name for mine in names for name in mine}
    for scheme in {name.scheme for name in asked}:
        values = json.dumps(sorted(name.value for name in asked if name.scheme == scheme))
        for value, item_id in db.execute(
            """SELECT i.value, i.item_id FROM json_each(?) AS asked
               CROSS JOIN identifiers AS i WHERE i.scheme = ? AND i.value = asked.value""",
            [values, scheme],
        ):
            known.owners[Identifier(scheme, value)] = item_id
    guids = json.dumps(sorted({entry.guid for entry in entries}))
    owners = json.dumps(sorted(set(known.owners.values())))
    for guid, item_id, said in db.execute(
        """SELECT s.guid, s.item_id, s.content_hash FROM json_each(?) AS asked
             CROSS JOIN sightings AS s WHERE s.source_id = ? AND s.guid = asked.value
           UNION
           SELECT s.guid, s.item_id, s.content_hash FROM json_each(?) AS asked
             CROSS JOIN sightings AS s WHERE s.item_id = asked.value AND s.source_id = ?""",
        [guids, source_id, owners, source_id],
    ):
        known.sightings.setdefault(guid, {})[item_id] = said
    touched = set(known.owners.values()).union(*known.sightings.values())
    for scheme, value, item_id in db.execute(
        """SELECT i.scheme, i.value, i.item_id FROM json_each(?) AS asked
           CROSS JOIN identifiers AS i
           WHERE i.item_id = asked.value AND i.scheme IN ('arxiv', 'guid')""",
        [json.dumps(sorted(touched))],
    ):
        known.owners[Identifier(scheme, value)] = item_id
    known.items = _snapshots(db, touched)
    return known


def apply_changes(
    db: sqlite3.Connection,
    changes: Sequence[Change],
    *,
    source_id: int,
    kind: str,
    now: datetime,
    intake: str = "new",
) -> list[int]:
    """Write what was decided; the caller holds the transaction.

    Args:
        db: The database.
        changes: What `core.ingest.decide` returned.
        source_id: The source that showed the document.
        kind: The kind of new items (``paper`` for arXiv, ``post`` for feeds).
        now: When this is seen.
        intake: The state in which new items begin, ``new`` or ``old``.

    Returns:
        The rows of the new items.
    """
    rows: dict[int, int] = {}
    seen_at = utc_text(now)
    for change in changes:
        match change:
            case NewItem():
                rows[change.key] = _insert(
                    db, change.entry, source_id=source_id, kind=kind, seen_at=seen_at, intake=intake
                )
            case Seen():
                _see(db, change, rows.get(change.key, change.key), source_id, seen_at)
            case Reworded():
                item_id = rows.get(change.key, change.key)
                _reword(db, change.entry, item_id, source_id)
                if change.is_version:
                    _add_version(db, item_id, change.entry, seen_at)
            case Merged():
                keep = rows.get(change.keep, change.keep)
                # A row of this document that was merged away is no new item.
                drop = rows.pop(change.drop, change.drop)
                _merge(db, keep, drop, takes_words=change.takes_words)
            case _:
                assert_never(change)
    return list(rows.values())


def _snapshots(db: sqlite3.Connection, item_ids: Iterable[int]) -> dict[int, Snapshot]:
    rows = db.execute(
        """SELECT i.id, i.title, i.summary, s.slug, i.arxiv_version,
                  EXISTS (SELECT 1 FROM identifiers AS n CROSS JOIN events AS e
                            ON e.subject = n.scheme || ':' || n.value
                          WHERE n.item_id = i.id)
           FROM json_each(?) AS asked CROSS JOIN items AS i ON i.id = asked.value
           LEFT JOIN sources AS s ON s.id = i.origin_id""",
        [json.dumps(sorted(item_ids))],
    )
    return {
        item_id: Snapshot(
            id=item_id,
            title=title,
            summary=summary,
            origin=origin,
            from_arxiv=arxiv_version is not None,
            arxiv_version=arxiv_version,
            judged=bool(judged),
        )
        for item_id, title, summary, origin, arxiv_version, judged in rows
    }


def _insert(
    db: sqlite3.Connection, entry: Entry, *, source_id: int, kind: str, seen_at: str, intake: str
) -> int:
    facts = _facts(entry, source_id)
    facts |= {"kind": "paper" if entry.arxiv else kind}
    facts |= {"first_seen_at": seen_at, "intake": intake, "state": intake}
    cursor = db.execute(
        f"INSERT INTO items ({', '.join(facts)}) VALUES ({', '.join(f':{c}' for c in facts)})",
        facts,
    )
    item_id = int(cursor.lastrowid or 0)
    _add_version(db, item_id, entry, seen_at)
    return item_id


def _facts(entry: Entry, source_id: int) -> dict[str, str | int | None]:
    arxiv = entry.arxiv
    return {
        "title": entry.title,
        "authors": json.dumps([_author(one) for one in entry.authors], ensure_ascii=False),
        "summary": entry.summary,
        "url": entry.url,
        "published_at": utc_text(entry.published_at) if entry.published_at else None,
        "updated_at": utc_text(entry.updated_at) if entry.updated_at else None,
        "origin_id": source_id,
        "arxiv_version": (arxiv.id.version or 1) if arxiv else None,
        "primary_category": arxiv.primary if arxiv else None,
        "categories": json.dumps(arxiv.categories if arxiv else ()),
        "comment": arxiv.comment if arxiv else None,
        "journal_ref": arxiv.journal_ref if arxiv else None,
        "doi": (arxiv.doi if arxiv else None) or entry.doi,
        "licence": arxiv.licence if arxiv else None,
        "withdrawn": int(arxiv.withdrawn) if arxiv else 0,
    }


def _author(author: Author) -> dict[str, str]:
    parts = {"name": author.name, "given": author.given, "family": author.family}
    return {part: text for part, text in parts.items() if text is not None}


def _reword(db: sqlite3.Connection, entry: Entry, item_id: int, source_id: int) -> None:
    """Take an entry's facts; what it does not say is kept, and so is the first date."""
    facts = {key: value for key, value in _facts(entry, source_id).items() if value is not None}
    for silent, column in (
        (not entry.title, "title"),
        (not entry.summary, "summary"),
        (not entry.authors, "authors"),
        (entry.arxiv is None or not entry.arxiv.categories, "categories"),
        (entry.arxiv is None, "withdrawn"),
    ):
        if silent:
            facts.pop(column)
    if entry.arxiv is not None:
        facts["kind"] = "paper"
    sets = ", ".join(f"{column} = {_UPDATES.get(column, ':' + column)}" for column in facts)
    db.execute(f"UPDATE items SET {sets} WHERE id = :id", {**facts, "id": item_id})


def _add_version(db: sqlite3.Connection, item_id: int, entry: Entry, seen_at: str) -> None:
    db.execute(
        """INSERT INTO versions (item_id, position, arxiv_version, title, summary, seen_at)
           SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5
           FROM versions WHERE item_id = ?1""",
        [
            item_id,
            (entry.arxiv.id.version or 1) if entry.arxiv else None,
            entry.title,
            entry.summary,
            seen_at,
        ],
    )


def _see(db: sqlite3.Connection, change: Seen, item_id: int, source_id: int, seen_at: str) -> None:
    db.executemany(
        "INSERT INTO identifiers (scheme, value, item_id, born_id) VALUES (?, ?, ?, ?)",
        [(*name, item_id, item_id) for name in change.identifiers],
    )
    db.execute(
        """INSERT INTO sightings
             (source_id, guid, item_id, born_id, url, content_hash, first_seen_at)
           VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)
           ON CONFLICT DO UPDATE SET url = excluded.url, content_hash = excluded.content_hash""",
        [source_id, change.guid, item_id, change.url, change.content_hash, seen_at],
    )


def _merge(db: sqlite3.Connection, keep: int, drop: int, *, takes_words: bool) -> None:
    """Make one item of two; the row that goes keeps its facts, so that a split can undo it."""
    if takes_words:
        db.execute(
            f"UPDATE items SET ({_FACTS}) = (SELECT {_FACTS} FROM items WHERE id = ?) WHERE id = ?",
            [drop, keep],
        )
        db.execute(
            """INSERT INTO versions (item_id, position, arxiv_version, title, summary, seen_at)
               SELECT ?1, (SELECT coalesce(max(position), 0) FROM versions WHERE item_id = ?1)
                          + row_number() OVER (ORDER BY position),
                      arxiv_version, title, summary, seen_at
               FROM versions WHERE item_id = ?2 ORDER BY position""",
            [keep, drop],
        )
    # What one source has just brought in waits to be read, though another's first load held it.
    db.execute(
        """UPDATE items SET intake = 'new'
           WHERE id = ? AND (SELECT intake FROM items WHERE id = ?) = 'new'""",
        [keep, drop],
    )
    db.execute("UPDATE identifiers SET item_id = ? WHERE item_id = ?", [keep, drop])
    db.execute(
        """INSERT OR IGNORE INTO sightings
             (source_id, guid, item_id, born_id, url, content_hash, first_seen_at)
           SELECT source_id, guid, ?, born_id, url, content_hash, first_seen_at
           FROM sightings WHERE item_id = ?""",
        [keep, drop],
    )
    db.execute("DELETE FROM sightings WHERE item_id = ?", [drop])
    for table in ("ratings", "tags", "notes"):
        db.execute(f"DELETE FROM {table} WHERE item_id = ?", [drop])
    db.execute(
        "UPDATE items SET merged_into = ?, state = 'merged' WHERE id = ? OR merged_into = ?",
        [keep, drop, drop],
    )
    redraw_items(db, [keep])
