"""Write the changes that a document was decided to make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from papertrack.core.author_names import with_name_parts
from papertrack.core.identity import guess_kind, without_tracking
from papertrack.core.ingest import Alike, Change, Merged, NewItem, Reworded, Seen, Submitted
from papertrack.core.records import Author
from papertrack.core.times import utc_text
from papertrack.storage import merges
from papertrack.storage.journal import hear, redraw_items
from papertrack.storage.known import find_known
from papertrack.storage.mentions import write_mentions
from papertrack.storage.pairs import propose, propose_posts_about_papers
from papertrack.storage.submissions import write_submissions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.records import Entry, Kind

__all__ = ["apply_author_names", "apply_changes", "find_known"]

# How a fact that is not simply replaced is brought up to date. Only some of arXiv's documents
# tell that a version was withdrawn; the others do not take it back.
_UPDATES = {
    "kind": "iif(kind = 'post', :kind, kind)",  # a kind that the author named stays
    "announced_at": "coalesce(announced_at, :announced_at)",
    "published_at": "coalesce(published_at, :published_at)",
    "withdrawn": "max(:withdrawn, iif(arxiv_version = :arxiv_version, withdrawn, 0))",
}


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
    gone: set[int] = set()
    touched: set[int] = set()
    seen_at = utc_text(now)
    queued = _newest([c for c in changes if isinstance(c, NewItem)], queue_limit)
    merged = merges.merged_heads(db, _keys(changes))
    merges.undress(db, merged)
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
                item_id = rows[change.key] = _insert(db, facts)
                touched.add(item_id)
                _add_version(db, item_id, change.entry, seen_at)
                if change.entry.mentions:
                    write_mentions(db, item_id, change.entry.mentions)
            case Seen():
                item_id = rows.get(change.key, change.key)
                touched.update([item_id] if change.identifiers else [])
                _see(db, change, item_id, source_id, seen_at)
            case Reworded():
                item_id = rows.get(change.key, change.key)
                touched.add(item_id)
                _reword(db, change.entry, item_id, source_id)
                write_mentions(db, item_id, change.entry.mentions)
                if change.is_version:
                    _add_version(db, item_id, change.entry, seen_at)
            case Merged():
                keep = rows.get(change.keep, change.keep)
                drop = rows.get(change.drop, change.drop)
                merges.join(db, keep, drop, at=now)
                gone.add(drop)
                merged |= {keep, drop}
            case Alike():
                first, second = (rows.get(key, key) for key in (change.first, change.second))
                propose(db, first, second, change.reason, now)
            case Submitted():
                write_submissions(db, rows.get(change.key, change.key), change.submissions)
            case _:
                assert_never(change)
    seen = {rows.get(c.key, c.key) for c in changes if isinstance(c, Seen)}
    requeued = _queue_again(db, seen - set(rows.values()), source_id)
    merged = {merges.head_of(db, item_id) for item_id in merged}
    merges.dress(db, merged)
    named = {rows.get(c.key, c.key) for c in changes if isinstance(c, Seen) and c.identifiers}
    redraw_items(db, merged)
    hear(db, {merges.head_of(db, item_id) for item_id in named} | requeued)
    propose_posts_about_papers(db, touched, now)
    # A row of this document that was merged away is no new item.
    return [item_id for item_id in rows.values() if item_id not in gone]


def _keys(changes: Sequence[Change]) -> set[int]:
    """List the items that changes are about and that have a row."""
    keys: set[int] = set()
    for change in changes:
        match change:
            case Merged():
                keys.update((change.keep, change.drop))
            case Alike():
                pass
            case _:
                keys.add(change.key)
    return {key for key in keys if key > 0}


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
    """Queue what was added by hand, taken back, and is now shown by a source.

    Returns:
        The items that were queued.
    """
    rows = db.execute(
        """UPDATE items SET intake = 'new'
           WHERE id IN (SELECT value FROM json_each(?)) AND intake = 'old'
             AND EXISTS (SELECT 1 FROM sightings AS s JOIN sources AS o ON o.id = s.source_id
                         WHERE s.item_id = coalesce(items.merged_into, items.id)
                           AND s.born_id = items.id AND o.kind = 'by-hand' AND o.id <> ?)
           RETURNING coalesce(merged_into, id)""",
        [json.dumps(sorted(item_ids)), source_id],
    )
    return {row[0] for row in rows.fetchall()}


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
           SELECT h.id, coalesce((SELECT max(position) FROM versions WHERE item_id = h.id), 0) + 1,
                  ?2, ?3, ?4, ?5, ?1
           FROM (SELECT coalesce(merged_into, id) AS id FROM items WHERE id = ?1) AS h""",
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
        """INSERT INTO identifiers (scheme, value, item_id, born_id)
           SELECT ?1, ?2, coalesce(merged_into, id), id FROM items WHERE id = ?3""",
        [(*name, item_id) for name in change.identifiers],
    )
    # Two posts under one guid that were merged: the sighting of the one that stayed stands with it,
    # that of the other under its own number.
    db.execute(
        """UPDATE sightings SET item_id = born_id
           WHERE source_id = ? AND guid = ? AND item_id = ? AND born_id <> item_id""",
        [source_id, change.guid, item_id],
    )
    db.execute(
        """INSERT INTO sightings
             (source_id, guid, item_id, born_id, url, content_hash, first_seen_at)
           SELECT ?1, ?2,
                  CASE WHEN EXISTS (SELECT 1 FROM sightings AS s
                                    WHERE s.source_id = ?1 AND s.guid = ?2 AND s.born_id <> ?3
                                      AND s.item_id = coalesce(i.merged_into, i.id))
                       THEN i.id ELSE coalesce(i.merged_into, i.id) END,
                  ?3, ?4, ?5, ?6
           FROM items AS i WHERE i.id = ?3
           ON CONFLICT DO UPDATE SET url = excluded.url, content_hash = excluded.content_hash""",
        [source_id, change.guid, item_id, change.url, change.content_hash, seen_at],
    )
