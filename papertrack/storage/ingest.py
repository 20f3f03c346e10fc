"""Write the changes that a document was decided to make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from papertrack.core.records import Author
from papertrack.core.time.times import utc_text
from papertrack.core.works.author_names import with_name_parts
from papertrack.core.works.identity import guess_kind
from papertrack.core.works.ingest import Alike, Change, Merged, NewItem, Reworded, Seen, Submitted
from papertrack.storage import duplicates
from papertrack.storage.item_rows import (
    add_first_versions,
    add_version,
    authors_json,
    facts_of,
    insert_items,
    reword,
    see,
    see_first,
)
from papertrack.storage.mentions import write_mentions
from papertrack.storage.pairs import propose, propose_posts_about_papers
from papertrack.storage.projection import hear, redraw_items
from papertrack.storage.rank import outdate
from papertrack.storage.submissions import write_submissions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.kinds import Kind
    from papertrack.core.records import Entry


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
    gone: set[int] = set()
    seen_at = utc_text(now)
    new = [change for change in changes if isinstance(change, NewItem)]
    queued = _newest(new, queue_limit)
    facts = {
        change.key: {
            **facts_of(change.entry, source_id),
            "kind": kind or guess_kind(change.identifiers),
            "first_seen_at": seen_at,
            "intake": intake if change.key in queued else "old",
        }
        for change in new
    }
    rows = insert_items(db, facts)
    add_first_versions(db, {rows[change.key]: change.entry for change in new}, seen_at)
    touched = set(rows.values())
    first_seen: list[tuple[Seen, int]] = []
    merged = duplicates.merged_heads(db, _keys(changes))
    duplicates.undress(db, merged)
    for change in changes:
        match change:
            case NewItem():
                pass  # it has its row already
            case Seen():
                touched.update([change.key] if change.identifiers and change.key > 0 else [])
                if change.key in rows:
                    first_seen.append((change, rows[change.key]))
                else:
                    see(db, change, change.key, source_id, seen_at)
            case Reworded():
                item_id = rows.get(change.key, change.key)
                touched.add(item_id)
                reword(db, change.entry, item_id, source_id)
                write_mentions(db, item_id, change.entry.mentions)
                if change.is_version:
                    add_version(db, item_id, change.entry, seen_at)
            case Merged():
                see_first(db, first_seen, source_id, seen_at)
                keep = rows.get(change.keep, change.keep)
                drop = rows.get(change.drop, change.drop)
                duplicates.join(db, keep, drop, at=now)
                gone.add(drop)
                merged |= {keep, drop}
            case Alike():
                first, second = (rows.get(key, key) for key in (change.first, change.second))
                propose(db, first, second, change.reason, now)
            case Submitted():
                write_submissions(db, rows.get(change.key, change.key), change.submissions)
            case _:
                assert_never(change)
    see_first(db, first_seen, source_id, seen_at)
    _settle(db, changes, rows, source_id, merged)
    propose_posts_about_papers(db, touched, now)
    # A row of this document that was merged away is no new item.
    return [item_id for item_id in rows.values() if item_id not in gone]


def _settle(
    db: sqlite3.Connection,
    changes: Sequence[Change],
    rows: Mapping[int, int],
    source_id: int,
    merged: Iterable[int],
) -> None:
    """Bring merges, the queue and the judgements in line with what was written."""
    seen = {rows.get(c.key, c.key) for c in changes if isinstance(c, Seen)}
    requeued = _queue_again(db, seen - set(rows.values()), source_id)
    heads = {duplicates.head_of(db, item_id) for item_id in merged}
    duplicates.dress(db, heads)
    named = {rows.get(c.key, c.key) for c in changes if isinstance(c, Seen) and c.identifiers}
    redraw_items(db, heads)
    changed = {c.key for c in changes if isinstance(c, Seen | Reworded) and c.key > 0}
    if changed | heads:
        outdate(db, changed | heads)
    hear(db, {duplicates.head_of(db, item_id) for item_id in named} | requeued)


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
            changed.append((authors_json(after), item_id))
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
