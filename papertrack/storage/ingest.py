"""Read what the database knows about the entries of a document, and store the changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from papertrack.core.identifier import Identifier
from papertrack.core.records import Author, Columns
from papertrack.core.text.names import with_name_parts
from papertrack.core.times import read_utc, utc_text
from papertrack.core.works.identity import doi_names, guess_kind, identify_url
from papertrack.core.works.ingest import (
    Change,
    FactsChanged,
    IngestState,
    MergedWorks,
    NewItem,
    PossibleDuplicate,
    ShownPost,
    Sighting,
    Snapshot,
    Submitted,
)
from papertrack.core.works.prepare import WORDS_BYTES, authors_json, columns_of
from papertrack.core.works.same_story import SAME_ADDRESS
from papertrack.storage import duplicates
from papertrack.storage.database import transaction
from papertrack.storage.duplicates import own_facts
from papertrack.storage.items import known_submissions, write_submissions
from papertrack.storage.pairs import (
    known_pairs,
    propose,
    propose_posts_about_papers,
    rewrite_story_keys,
    write_story_keys,
)
from papertrack.storage.projection import apply_events_of, rebuild_issues_of, rebuild_items
from papertrack.storage.rank import outdate
from papertrack.storage.versions import add_version, keep_present

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.kinds import Kind
    from papertrack.core.records import Entry
    from papertrack.core.works.prepare import Incoming


def find_known(db: sqlite3.Connection, source_id: int, incoming: Sequence[Incoming]) -> IngestState:
    """Read everything that `decide` needs to know about a document, in a few queries.

    On most days nearly all entries are unchanged; they only cost the look-up of their identifiers
    and guids.

    Args:
        db: The database, inside the transaction that will store the changes.
        source_id: The source of the document.
        incoming: Its entries.
    """
    known = IngestState()
    source_ids = _ids_of_source(db, source_id)
    _find_owners(db, known, {name for one in incoming for name in one.names})
    guids = sorted({one.entry.guid for one in incoming})
    _find_sightings(db, known, source_ids, "s.guid", guids)
    fresh = [one for one in incoming if known.find_repeated(one) is None]
    touched: set[int] = set()
    for one in fresh:
        touched.update(known.owners[name] for name in one.names if name in known.owners)
        touched.update(known.sightings.get(one.entry.guid, ()))
    _find_posts_by_words(db, known, source_ids, fresh)
    touched.update(post.key for posts in known.posts_by_words.values() for post in posts)
    if touched:
        _find_items(db, known, source_ids, touched)
    _find_pairs(db, known, fresh)
    papers = {
        e.arxiv.id.base for e in (one.entry for one in incoming) if e.arxiv and e.arxiv.submissions
    }
    if papers:
        known.submitted = known_submissions(db, papers)
    return known


def _ids_of_source(db: sqlite3.Connection, source_id: int) -> list[int]:
    """List the rows of a source: this one, then those from before its slug was changed."""
    rows = db.execute(
        """SELECT o.id FROM sources AS s JOIN sources AS o ON o.url = s.url
           WHERE s.id = ?1 AND o.id <> ?1 AND o.retired_at IS NOT NULL ORDER BY o.id""",
        [source_id],
    )
    return [source_id, *(row[0] for row in rows)]


def _find_owners(db: sqlite3.Connection, known: IngestState, names: set[Identifier]) -> None:
    for scheme in {name.scheme for name in names}:
        values = json.dumps(sorted(name.value for name in names if name.scheme == scheme))
        for value, head, member in db.execute(
            """SELECT i.value, i.item_id, i.born_id FROM json_each(?) AS asked
               CROSS JOIN identifiers AS i WHERE i.scheme = ? AND i.value = asked.value""",
            [values, scheme],
        ):
            if head != member:
                known.heads[member] = head
            known.add_owner(Identifier(scheme, value), member)


def _find_sightings(
    db: sqlite3.Connection,
    known: IngestState,
    source_ids: Sequence[int],
    column: str,
    values: Sequence[str] | Sequence[int],
) -> None:
    # The row of the current slug is read last, and overwrites the others.
    for source_id in reversed(source_ids):
        for guid, member, digest in db.execute(
            f"""SELECT s.guid, s.born_id, s.content_hash FROM json_each(?) AS asked
                CROSS JOIN sightings AS s WHERE {column} = asked.value AND s.source_id = ?""",
            [json.dumps(values), source_id],
        ):
            known.add_sighting(guid, member, digest)


def _find_posts_by_words(
    db: sqlite3.Connection, known: IngestState, source_ids: Sequence[int], fresh: Sequence[Incoming]
) -> None:
    """Read posts with the words of entries that share no identifier or guid with any item."""
    unknown = [
        one
        for one in fresh
        if one.names[0].scheme in {"url", "guid"}
        and one.entry.guid not in known.sightings
        and not any(name in known.owners for name in one.names)
    ]
    if not unknown:
        return
    words = sorted({one.digest[:WORDS_BYTES].hex().upper() for one in unknown})
    for guid, member, url, digest, published_at in db.execute(
        f"""SELECT s.guid, s.born_id, s.url, s.content_hash, i.published_at
            FROM sightings AS s JOIN items AS i ON i.id = s.born_id
            WHERE s.source_id IN (SELECT value FROM json_each(?))
              AND hex(substr(s.content_hash, 1, {WORDS_BYTES})) IN (SELECT value FROM json_each(?))
            ORDER BY s.born_id""",
        [json.dumps(source_ids), json.dumps(words)],
    ):
        moment = read_utc(published_at) if published_at else None
        post = ShownPost(member, url, moment, is_gone=guid not in known.sightings)
        known.posts_by_words.setdefault(digest[:WORDS_BYTES], []).append(post)


def _find_items(
    db: sqlite3.Connection, known: IngestState, source_ids: Sequence[int], touched: set[int]
) -> None:
    """Read the items that may change, their heads, and all their arXiv ids and guids."""
    known.heads |= dict(
        db.execute(
            """SELECT i.id, i.merged_into FROM json_each(?) AS asked
               CROSS JOIN items AS i ON i.id = asked.value WHERE i.merged_into IS NOT NULL""",
            [json.dumps(sorted(touched))],
        ).fetchall()
    )
    wanted = sorted(touched | set(map(known.head, touched)))
    _find_sightings(db, known, source_ids, "s.item_id", wanted)
    for scheme, value, head, member in db.execute(
        """SELECT i.scheme, i.value, i.item_id, i.born_id FROM json_each(?) AS asked
           CROSS JOIN identifiers AS i
           WHERE i.item_id = asked.value AND i.scheme IN ('arxiv', 'guid')""",
        [json.dumps(wanted)],
    ):
        if head != member:
            known.heads[member] = head
        known.add_owner(Identifier(scheme, value), member)
    known.items = _snapshots(db, wanted, source_ids)


def _snapshots(
    db: sqlite3.Connection, item_ids: Iterable[int], source_ids: Sequence[int]
) -> dict[int, Snapshot]:
    """Read the own words of each item, and whether it is judged; merged items count as unjudged.

    An item that was only added, or whose judgement was undone, is not judged.
    """
    asked = json.dumps(sorted(item_ids))
    borrowed = own_facts(db, item_ids)
    slugs = dict(db.execute("SELECT id, slug FROM sources").fetchall())
    slugs |= dict.fromkeys(source_ids, slugs.get(source_ids[0]))
    rows = db.execute(
        """SELECT i.id, i.title, i.summary, i.origin_id, i.arxiv_version,
                  i.state IN ('kept', 'rejected', 'later')
                  OR EXISTS (SELECT 1 FROM ratings AS r WHERE r.item_id = i.id)
                  OR EXISTS (SELECT 1 FROM tags AS t WHERE t.item_id = i.id)
                  OR EXISTS (SELECT 1 FROM notes AS n WHERE n.item_id = i.id)
           FROM json_each(?) AS asked CROSS JOIN items AS i ON i.id = asked.value""",
        [asked],
    )
    snapshots: dict[int, Snapshot] = {}
    for item_id, title, summary, origin_id, arxiv_version, judged in rows:
        own = {"title": title, "summary": summary, "origin_id": origin_id}
        own |= {"arxiv_version": arxiv_version, **borrowed.get(item_id, {})}
        snapshots[item_id] = Snapshot(
            id=item_id,
            title=own["title"],
            summary=own["summary"],
            origin=slugs.get(own["origin_id"]),
            from_arxiv=own["arxiv_version"] is not None,
            arxiv_version=own["arxiv_version"],
            judged=bool(judged),
        )
    return snapshots


def _find_pairs(db: sqlite3.Connection, known: IngestState, fresh: Sequence[Incoming]) -> None:
    """Read the author's answers about items that one entry identifies together."""
    heads: set[int] = set()
    for one in fresh:
        named = {known.head(known.owners[name]) for name in one.names if name in known.owners}
        named |= {known.head(key) for key in known.sightings.get(one.entry.guid, ())}
        heads |= named if len(named) > 1 else set()
    if not heads:
        return
    members = db.execute(
        """SELECT d.id, d.merged_into FROM json_each(?) AS asked
           CROSS JOIN items AS d ON d.merged_into = asked.value""",
        [json.dumps(sorted(heads))],
    ).fetchall()
    known.heads |= dict(members)
    known.pairs = known_pairs(db, heads | {member for member, _ in members})


# A text that links to more papers is not about one of them.
_MAX_MENTIONS = 2


def write_mentions(db: sqlite3.Connection, item_id: int, papers: Sequence[str]) -> None:
    """Replace the papers that an item's text links to.

    Args:
        db: The database.
        item_id: The item.
        papers: arXiv ids without version; if there are more than two, none is stored.
    """
    db.execute("DELETE FROM mentions WHERE item_id = ?", [item_id])
    add_mentions(db, {item_id: papers})


def add_mentions(db: sqlite3.Connection, mentions: Mapping[int, Sequence[str]]) -> None:
    """Store the papers that the texts of new items link to."""
    db.executemany(
        "INSERT OR IGNORE INTO mentions (item_id, arxiv) VALUES (?, ?)",
        [
            (item_id, paper)
            for item_id, papers in mentions.items()
            if len(papers) <= _MAX_MENTIONS
            for paper in papers
        ],
    )


# How to update facts that are not simply replaced. Only some of arXiv's documents say that a
# version was withdrawn; the others do not revoke it.
_UPDATES = {
    "kind": "iif(kind = 'post', :kind, kind)",  # a kind that the author chose stays
    "announced_at": "coalesce(announced_at, :announced_at)",
    "published_at": "coalesce(published_at, :published_at)",
    "withdrawn": "max(:withdrawn, iif(arxiv_version = :arxiv_version, withdrawn, 0))",
}


_INSERTED = (
    *("id", "kind", "title", "summary", "origin_id", "first_seen_at", "intake", "state"),
    *Columns._fields,
)
_INSERT = f"INSERT INTO items ({', '.join(_INSERTED)}) VALUES ({', '.join('?' * len(_INSERTED))})"


def insert_items(
    db: sqlite3.Connection,
    new: Sequence[NewItem],
    *,
    source_id: int,
    seen_at: str,
    kind: Kind | None,
    states: Mapping[int, str],
) -> dict[int, int]:
    """Insert new items in one statement; return their numbers by the keys of the changes.

    Args:
        db: The database.
        new: The items.
        source_id: The source of their facts.
        seen_at: When it was downloaded.
        kind: Their kind; None to guess it from their identifiers.
        states: The initial state of each, by key.
    """
    if not new:
        return {}
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'items'").fetchone()
    first = (row[0] if row else 0) + 1
    rows = {one.key: first + place for place, one in enumerate(new)}
    db.executemany(
        _INSERT,
        [
            (
                rows[one.key],
                kind or guess_kind(one.identifiers),
                one.entry.title,
                one.entry.summary,
                source_id,
                seen_at,
                states[one.key],
                states[one.key],
                *one.prepared.columns,
            )
            for one in new
        ],
    )
    return rows


def update_facts(
    db: sqlite3.Connection, entry: Entry, columns: Columns, item_id: int, source_id: int
) -> None:
    """Replace an item's facts with those of an entry; missing facts and the first date stay."""
    facts: dict[str, str | int | None] = {
        "title": entry.title,
        "summary": entry.summary,
        "origin_id": source_id,
        **columns._asdict(),
    }
    facts = {key: value for key, value in facts.items() if value is not None}
    for is_missing, column in (
        (not entry.title, "title"),
        (not entry.summary, "summary"),
        (not entry.authors, "authors"),
        (entry.arxiv is None or not entry.arxiv.categories, "categories"),
        (entry.arxiv is None, "withdrawn"),
    ):
        if is_missing:
            facts.pop(column)
    if entry.arxiv is not None:
        facts["kind"] = "paper"
    sets = ", ".join(f"{column} = {_UPDATES.get(column, ':' + column)}" for column in facts)
    db.execute(f"UPDATE items SET {sets} WHERE id = :id", {**facts, "id": item_id})


def _change_facts(
    db: sqlite3.Connection, change: FactsChanged, item_id: int, source_id: int, seen_at: str
) -> None:
    columns = columns_of(change.entry)
    if change.is_version:
        keep_present(db, [item_id])
    update_facts(db, change.entry, columns, item_id, source_id)
    write_mentions(db, item_id, change.entry.mentions)
    if change.is_version:
        add_version(db, item_id, columns.arxiv_version, seen_at)


def add_first_sightings(
    db: sqlite3.Connection, first_seen: list[tuple[Sighting, int]], source_id: int, seen_at: str
) -> None:
    """Store the identifiers and sightings of new items in two statements; empty the list."""
    db.executemany(
        "INSERT INTO identifiers (scheme, value, item_id, born_id) VALUES (?1, ?2, ?3, ?3)",
        [(*name, item_id) for seen, item_id in first_seen for name in seen.identifiers],
    )
    db.executemany(
        """INSERT INTO sightings
             (source_id, guid, item_id, born_id, url, content_hash, first_seen_at)
           VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)
           ON CONFLICT DO UPDATE SET url = excluded.url, content_hash = excluded.content_hash""",
        [
            (source_id, seen.guid, item_id, seen.url, seen.content_hash, seen_at)
            for seen, item_id in first_seen
        ],
    )
    first_seen.clear()


def add_sighting(
    db: sqlite3.Connection, change: Sighting, item_id: int, source_id: int, seen_at: str
) -> None:
    """Store a sighting of a known item, and its new identifiers."""
    db.executemany(
        """INSERT INTO identifiers (scheme, value, item_id, born_id)
           SELECT ?1, ?2, coalesce(merged_into, id), id FROM items WHERE id = ?3""",
        [(*name, item_id) for name in change.identifiers],
    )
    # If two posts under one guid were merged, the sighting of the head belongs to it, and that of
    # the other stays with its own number.
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


def apply_changes(  # noqa: PLR0913  # each is said at most once a call, by name
    db: sqlite3.Connection,
    changes: Sequence[Change],
    *,
    source_id: int,
    now: datetime,
    kind: Kind | None = None,
    initial_state: str = "new",
    queue_limit: int | None = None,
) -> list[int]:
    """Store changes, inside the transaction of the caller.

    Args:
        db: The database.
        changes: The result of `core.works.ingest.decide`.
        source_id: The source of the document.
        now: When it was downloaded.
        kind: The kind of new items; None to guess it from their identifiers.
        initial_state: The initial state of new items, ``new`` or ``old``.
        queue_limit: How many of the new items, newest first, get `initial_state`; the others are
            ``old``. None for all.

    Returns:
        The numbers of the new items.
    """
    dropped: set[int] = set()
    seen_at = utc_text(now)
    new = [change for change in changes if isinstance(change, NewItem)]
    queued = _newest(new, queue_limit)
    states = {one.key: initial_state if one.key in queued else "old" for one in new}
    rows = insert_items(db, new, source_id=source_id, seen_at=seen_at, kind=kind, states=states)
    add_mentions(db, {rows[one.key]: one.entry.mentions for one in new})
    write_story_keys(db, [(rows[one.key], *one.prepared.story) for one in new])
    touched = set(rows.values())
    first_seen: list[tuple[Sighting, int]] = []
    merged = duplicates.merged_heads(db, _keys(changes))
    duplicates.restore_own_facts(db, merged)
    for change in changes:
        match change:
            case NewItem():
                pass  # it has its row already
            case Sighting():
                touched.update([change.key] if change.identifiers and change.key > 0 else [])
                if change.key in rows:
                    first_seen.append((change, rows[change.key]))
                else:
                    add_sighting(db, change, change.key, source_id, seen_at)
            case FactsChanged():
                item_id = rows.get(change.key, change.key)
                touched.add(item_id)
                _change_facts(db, change, item_id, source_id, seen_at)
            case MergedWorks():
                add_first_sightings(db, first_seen, source_id, seen_at)
                keep = rows.get(change.keep, change.keep)
                drop = rows.get(change.drop, change.drop)
                duplicates.merge_items(db, keep, drop, at=now)
                dropped.add(drop)
                merged |= {keep, drop}
            case PossibleDuplicate():
                first, second = (rows.get(key, key) for key in (change.first, change.second))
                propose(db, first, second, change.reason, now)
            case Submitted():
                write_submissions(db, rows.get(change.key, change.key), change.submissions)
            case _:
                assert_never(change)
    add_first_sightings(db, first_seen, source_id, seen_at)
    rewrite_story_keys(db, {rows.get(c.key, c.key) for c in changes if isinstance(c, FactsChanged)})
    _update_derived(db, changes, rows, source_id, merged)
    propose_posts_about_papers(db, touched, now)
    # An item that this document made and merged into another is not new.
    return [item_id for item_id in rows.values() if item_id not in dropped]


def _update_derived(
    db: sqlite3.Connection,
    changes: Sequence[Change],
    rows: Mapping[int, int],
    source_id: int,
    merged: Iterable[int],
) -> None:
    """Update merged facts, the queue and the judgements after the changes."""
    seen = {rows.get(c.key, c.key) for c in changes if isinstance(c, Sighting)}
    requeued = _requeue(db, seen - set(rows.values()), source_id)
    heads = duplicates.heads_of(db, merged)
    duplicates.show_merged_facts(db, heads)
    named = {rows.get(c.key, c.key) for c in changes if isinstance(c, Sighting) and c.identifiers}
    if heads:
        rebuild_items(db, heads)
    changed = {c.key for c in changes if isinstance(c, Sighting | FactsChanged) and c.key > 0}
    if changed | heads:
        outdate(db, changed | heads)
    apply_events_of(db, duplicates.heads_of(db, named) | requeued)


def _keys(changes: Sequence[Change]) -> set[int]:
    """Return the items with a row that changes are about."""
    keys: set[int] = set()
    for change in changes:
        match change:
            case MergedWorks():
                keys.update((change.keep, change.drop))
            case PossibleDuplicate():
                pass
            case _:
                keys.add(change.key)
    return {key for key in keys if key > 0}


def _newest(new: Sequence[NewItem], limit: int | None) -> set[int]:
    """Return the keys of the newest of the new items.

    An item without a date gets that of the entry above it, because feeds list the newest first.
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
    """Add the given and family names of a document to known papers, and nothing else.

    Args:
        db: The database, inside a transaction.
        entries: Papers; unknown ones are ignored.

    Returns:
        How many items changed.
    """
    authors_by_paper = {
        entry.arxiv.id.base: entry.authors
        for entry in entries
        if entry.arxiv and any(author.family for author in entry.authors)
    }
    rows = db.execute(
        """SELECT i.id, n.value, i.authors FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.scheme = 'arxiv' AND n.value = asked.value
           CROSS JOIN items AS i ON i.id = n.item_id""",
        [json.dumps(sorted(authors_by_paper))],
    )
    changed: list[tuple[str, int]] = []
    for item_id, paper, authors in rows:
        known = [Author(**author) for author in json.loads(authors)]
        if (after := with_name_parts(known, authors_by_paper[paper])) is not None:
            changed.append((authors_json(after), item_id))
    db.executemany("UPDATE items SET authors = ? WHERE id = ?", changed)
    return len(changed)


def _requeue(db: sqlite3.Connection, item_ids: Iterable[int], source_id: int) -> set[int]:
    """Queue items that were added by hand, undone, and are now shown by a source.

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


def add_names(db: sqlite3.Connection, now: datetime) -> None:
    """Add the identifiers that today's rules derive from stored addresses and DOIs.

    Nothing is removed or changed, because the journal uses the old identifiers. Items that turn
    out to be one work are proposed; the next fetch that shows it merges them, unless both are
    judged.
    """
    with transaction(db):
        given, meetings = _add_names(db)
        for owner, item_id in meetings:
            _propose_namesakes(db, owner, item_id, now)
        apply_events_of(db, duplicates.heads_of(db, given.values()))
        rebuild_issues_of(db, {str(name) for name in given})
        db.execute("DELETE FROM meta WHERE key = 'names'")


def _add_names(db: sqlite3.Connection) -> tuple[dict[Identifier, int], list[tuple[int, int]]]:
    """Add missing identifiers; return their items, and the pairs of items that share one."""
    rows = db.execute(
        "SELECT scheme, value, item_id, born_id FROM identifiers ORDER BY born_id, scheme, value"
    ).fetchall()
    owners = {Identifier(row[0], row[1]): (row[2], row[3]) for row in rows}
    given: dict[Identifier, int] = {}
    meetings: dict[tuple[int, int], None] = {}
    for name, (item_id, born_id) in list(owners.items()):
        for more in _names_today(name):
            if more not in owners:
                owners[more] = item_id, born_id
                given[more] = item_id
            elif owners[more][0] != item_id:
                meetings[owners[more][0], item_id] = None
    db.executemany(
        "INSERT INTO identifiers (scheme, value, item_id, born_id) VALUES (?, ?, ?, ?)",
        [(*name, *owners[name]) for name in given],
    )
    return given, list(meetings)


def _names_today(name: Identifier) -> tuple[Identifier, ...]:
    """Derive the identifiers of an address or a DOI by today's rules; none for other schemes."""
    if name.scheme == "url":
        return identify_url(f"https://{name.value}")
    return doi_names(name.value) if name.scheme == "doi" else ()


def _propose_namesakes(db: sqlite3.Connection, one: int, other: int, now: datetime) -> None:
    """Propose two items that share an identifier, unless the author keeps them apart.

    Two arXiv papers are two works, whatever DOI of a journal they have.
    """
    heads = {duplicates.head_of(db, one), duplicates.head_of(db, other)}
    papers = db.execute(
        """SELECT count(DISTINCT item_id) FROM identifiers
           WHERE scheme = 'arxiv' AND item_id IN (SELECT value FROM json_each(?))""",
        [json.dumps(sorted(heads))],
    ).fetchone()[0]
    members = {member for head in heads for member in duplicates.members_of(db, head)}
    is_apart = any(
        answer == "apart" and {duplicates.head_of(db, member) for member in pair} == heads
        for pair, answer in known_pairs(db, members).items()
    )
    if len(heads) > 1 and papers <= 1 and not is_apart:
        propose(db, min(heads), max(heads), SAME_ADDRESS, now)
