"""Look up what a document touches, and write the changes that were decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from papertrack.core.author_names import with_name_parts
from papertrack.core.identifier import Identifier
from papertrack.core.identity import guess_kind, without_tracking
from papertrack.core.ingest import Change, Merged, NewItem, Reworded, Seen, Submitted
from papertrack.core.known import Known, Snapshot
from papertrack.core.records import Author
from papertrack.core.times import utc_text
from papertrack.storage.journal import redraw_items
from papertrack.storage.mentions import write_mentions
from papertrack.storage.submissions import known_submissions, write_submissions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.incoming import Incoming
    from papertrack.core.records import Entry, Kind


_FACTS = (
    "kind, title, authors, summary, url, announced_at, published_at, updated_at, origin_id, "
    "arxiv_version, primary_category, categories, comment, journal_ref, doi, licence, withdrawn"
)
# How a fact that is not simply replaced is brought up to date. Only some of arXiv's documents
# tell that a version was withdrawn; the others do not take it back.
_UPDATES = {
    "kind": "iif(kind = 'post', :kind, kind)",  # a kind that the author named stays
    "announced_at": "coalesce(announced_at, :announced_at)",
    "published_at": "coalesce(published_at, :published_at)",
    "withdrawn": "max(:withdrawn, iif(arxiv_version = :arxiv_version, withdrawn, 0))",
}


def find_known(db: sqlite3.Connection, source_id: int, incoming: Sequence[Incoming]) -> Known:
    """Look up everything that the decision about a document needs, in a few queries.

    Entries that only repeat what is known, nearly all of them on most days, cost no more than
    their names and guids.

    Args:
        db: The database, inside the transaction that will write the changes.
        source_id: The source whose guids these are.
        incoming: The document.
    """
    known = Known()
    _find_owners(db, known, {name for one in incoming for name in one.names})
    guids = sorted({one.entry.guid for one in incoming})
    _find_sightings(db, known, source_id, "s.guid", guids)
    touched: set[int] = set()
    for one in incoming:
        if not known.is_repeat(one):
            touched.update(known.owners[name] for name in one.names if name in known.owners)
            touched.update(known.sightings.get(one.entry.guid, ()))
    _find_sightings(db, known, source_id, "s.item_id", sorted(touched))
    for scheme, value, item_id in db.execute(
        """SELECT i.scheme, i.value, i.item_id FROM json_each(?) AS asked
           CROSS JOIN identifiers AS i
           WHERE i.item_id = asked.value AND i.scheme IN ('arxiv', 'guid')""",
        [json.dumps(sorted(touched))],
    ):
        known.own(Identifier(scheme, value), item_id)
    known.items = _snapshots(db, touched)
    told = {
        e.arxiv.id.base for e in (one.entry for one in incoming) if e.arxiv and e.arxiv.submissions
    }
    if told:
        known.submitted = known_submissions(db, told)
    return known


def _find_owners(db: sqlite3.Connection, known: Known, names: set[Identifier]) -> None:
    for scheme in {name.scheme for name in names}:
        values = json.dumps(sorted(name.value for name in names if name.scheme == scheme))
        for value, item_id in db.execute(
            """SELECT i.value, i.item_id FROM json_each(?) AS asked
               CROSS JOIN identifiers AS i WHERE i.scheme = ? AND i.value = asked.value""",
            [values, scheme],
        ):
            known.own(Identifier(scheme, value), item_id)


def _find_sightings(
    db: sqlite3.Connection,
    known: Known,
    source_id: int,
    column: str,
    values: Sequence[str] | Sequence[int],
) -> None:
    for guid, item_id, said in db.execute(
        f"""SELECT s.guid, s.item_id, s.content_hash FROM json_each(?) AS asked
            CROSS JOIN sightings AS s WHERE {column} = asked.value AND s.source_id = ?""",
        [json.dumps(values), source_id],
    ):
        known.see(guid, item_id, said)


def apply_changes(  # noqa: PLR0913  # each is said at most once a call, by name
    db: sqlite3.Connection,
    changes: Sequence[Change],
    *,
    source_id: int,
    now: datetime,
    kind: Kind | None = None,
    intake: str = "new",
    queue_limit: int | None = None,
) -> list[int]:
    """Write what was decided; the caller holds the transaction.

    Args:
        db: The database.
        changes: What `core.ingest.decide` returned.
        source_id: The source that showed the document.
        now: When this is seen.
        kind: The kind of new items; None tells papers from posts by their names.
        intake: The state in which new items begin, ``new`` or ``old``.
        queue_limit: Only so many of the new items, the newest, begin as `intake` says; the
            others begin as ``old``. None for all.

    Returns:
        The rows of the new items.
    """
    rows: dict[int, int] = {}
    seen_at = utc_text(now)
    queued = _newest([c for c in changes if isinstance(c, NewItem)], queue_limit)
    for change in changes:
        match change:
            case NewItem():
                state = intake if change.key in queued else "old"
                facts = {
                    **_facts(change.entry, source_id),
                    "kind": kind or guess_kind(change.identifiers),
                    "first_seen_at": seen_at,
                    "intake": state,
                    "state": state,
                }
                rows[change.key] = _insert(db, facts)
                _add_version(db, rows[change.key], change.entry, seen_at)
                if change.entry.mentions:
                    write_mentions(db, rows[change.key], change.entry.mentions)
            case Seen():
                _see(db, change, rows.get(change.key, change.key), source_id, seen_at)
            case Reworded():
                item_id = rows.get(change.key, change.key)
                _reword(db, change.entry, item_id, source_id)
                write_mentions(db, item_id, change.entry.mentions)
                if change.is_version:
                    _add_version(db, item_id, change.entry, seen_at)
            case Merged():
                keep = rows.get(change.keep, change.keep)
                # A row of this document that was merged away is no new item.
                drop = rows.pop(change.drop, change.drop)
                _merge(db, keep, drop, takes_words=change.takes_words, merged_at=seen_at)
            case Submitted():
                write_submissions(db, rows.get(change.key, change.key), change.submissions)
            case _:
                assert_never(change)
    named = {rows.get(c.key, c.key) for c in changes if isinstance(c, Seen) and c.identifiers}
    seen = {c.key for c in changes if isinstance(c, Seen) and c.key > 0}
    _hear_journal(db, named | _queue_again(db, seen, source_id))
    return list(rows.values())


def _newest(new: Sequence[NewItem], limit: int | None) -> set[int]:
    """Choose the newest of the new items by their keys.

    What has no date is as old as what stands above it: feeds list the newest first.
    """
    if limit is None or len(new) <= limit:
        return {one.key for one in new}
    dated: list[tuple[str, int]] = []
    date = "~"  # above every date
    for one in new:
        date = utc_text(one.entry.published_at) if one.entry.published_at else date
        dated.append((date, one.key))
    return {key for _, key in sorted(dated, key=lambda pair: pair[0], reverse=True)[:limit]}


def apply_author_names(db: sqlite3.Connection, entries: Sequence[Entry]) -> int:
    """Give known papers the given and family names that a document tells, and nothing else.

    Args:
        db: The database, inside a transaction.
        entries: Papers; those that the database does not know are passed over.

    Returns:
        How many items changed.
    """
    told = {
        entry.arxiv.id.base: entry.authors
        for entry in entries
        if entry.arxiv and any(author.family for author in entry.authors)
    }
    rows = db.execute(
        """SELECT i.id, n.value, i.authors FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.scheme = 'arxiv' AND n.value = asked.value
           CROSS JOIN items AS i ON i.id = n.item_id""",
        [json.dumps(sorted(told))],
    )
    changed: list[tuple[str, int]] = []
    for item_id, paper, authors in rows:
        known = [Author(**author) for author in json.loads(authors)]
        if (after := with_name_parts(known, told[paper])) is not None:
            changed.append((_authors(after), item_id))
    db.executemany("UPDATE items SET authors = ? WHERE id = ?", changed)
    return len(changed)


def _queue_again(db: sqlite3.Connection, item_ids: Iterable[int], source_id: int) -> set[int]:
    """Queue what was added by hand, taken back, and is now shown by a source."""
    rows = db.execute(
        """UPDATE items SET intake = 'new'
           WHERE id IN (SELECT value FROM json_each(?)) AND intake = 'old'
             AND EXISTS (SELECT 1 FROM sightings AS s JOIN sources AS o ON o.id = s.source_id
                         WHERE s.item_id = items.id AND o.kind = 'by-hand' AND o.id <> ?)
           RETURNING id""",
        [json.dumps(sorted(item_ids)), source_id],
    )
    return {row[0] for row in rows.fetchall()}


def _hear_journal(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Draw the judgements of items whose new names the journal has spoken of before."""
    waiting = db.execute(
        """SELECT DISTINCT n.item_id FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.item_id = asked.value
           CROSS JOIN events AS e ON e.subject = n.scheme || ':' || n.value""",
        [json.dumps(sorted(item_ids))],
    )
    redraw_items(db, [row[0] for row in waiting])


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


def _insert(db: sqlite3.Connection, facts: Mapping[str, str | int | None]) -> int:
    cursor = db.execute(
        f"INSERT INTO items ({', '.join(facts)}) VALUES ({', '.join(f':{c}' for c in facts)})",
        facts,
    )
    return int(cursor.lastrowid or 0)


def _facts(entry: Entry, source_id: int) -> dict[str, str | int | None]:
    arxiv = entry.arxiv
    # arXiv's feed dates a paper by its announcement, everybody else by its publication.
    is_announced = arxiv is not None and arxiv.announce_type is not None
    dated = utc_text(entry.published_at) if entry.published_at else None
    return {
        "title": entry.title,
        "authors": _authors(entry.authors),
        "summary": entry.summary,
        "url": without_tracking(entry.url) if entry.url else None,
        "announced_at": dated if is_announced else None,
        "published_at": None if is_announced else dated,
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


def _authors(authors: Iterable[Author]) -> str:
    return json.dumps([_author(one) for one in authors], ensure_ascii=False)


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
        """INSERT INTO versions
             (item_id, position, arxiv_version, title, summary, seen_at, born_id)
           SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5, ?1
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


def _merge(
    db: sqlite3.Connection, keep: int, drop: int, *, takes_words: bool, merged_at: str
) -> None:
    """Make one item of two; what both were like is kept, so that a split can undo it."""
    before = db.execute(f"SELECT {_FACTS} FROM items WHERE id = ?", [keep]).fetchone()
    db.execute(
        "INSERT INTO merges (keep_id, drop_id, merged_at, facts) VALUES (?, ?, ?, ?)",
        [keep, drop, merged_at, json.dumps(dict(before), ensure_ascii=False)],
    )
    if takes_words:
        db.execute(
            f"UPDATE items SET ({_FACTS}) = (SELECT {_FACTS} FROM items WHERE id = ?) WHERE id = ?",
            [drop, keep],
        )
        db.execute(
            """INSERT INTO versions
                 (item_id, position, arxiv_version, title, summary, seen_at, born_id)
               SELECT ?1, (SELECT coalesce(max(position), 0) FROM versions WHERE item_id = ?1)
                          + row_number() OVER (ORDER BY position),
                      arxiv_version, title, summary, seen_at, born_id
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
    # What was published under the one is published under the other.
    db.execute("UPDATE OR IGNORE issue_items SET item_id = ? WHERE item_id = ?", [keep, drop])
    for table in ("ratings", "tags", "notes"):
        db.execute(f"DELETE FROM {table} WHERE item_id = ?", [drop])
    db.execute(
        "UPDATE items SET merged_into = ?, state = 'merged' WHERE id = ? OR merged_into = ?",
        [keep, drop, drop],
    )
    redraw_items(db, [keep])
