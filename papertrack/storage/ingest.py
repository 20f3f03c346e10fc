"""Look up what a document touches, and write the changes that it was decided to make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

import msgspec

from papertrack.core.identifier import Identifier
from papertrack.core.records import Author
from papertrack.core.text.names import with_name_parts
from papertrack.core.times import read_utc, utc_text
from papertrack.core.works.identity import (
    SAME_ADDRESS,
    doi_names,
    guess_kind,
    identify_url,
    without_tracking,
)
from papertrack.core.works.ingest import (
    WORDS_BYTES,
    Change,
    FactsChanged,
    IngestState,
    MergedWorks,
    NewItem,
    PossibleDuplicate,
    Shown,
    Sighting,
    Snapshot,
    Submitted,
)
from papertrack.storage import duplicates
from papertrack.storage.database import transaction
from papertrack.storage.duplicates import (
    known_pairs,
    own_facts,
    propose,
    propose_posts_about_papers,
)
from papertrack.storage.items import known_submissions, write_submissions
from papertrack.storage.projection import apply_events_of, rebuild_issues_of, rebuild_items
from papertrack.storage.rank import outdate

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.kinds import Kind
    from papertrack.core.records import Entry
    from papertrack.core.works.ingest import Incoming


def find_known(db: sqlite3.Connection, source_id: int, incoming: Sequence[Incoming]) -> IngestState:
    """Look up everything that the decision about a document needs, in a few queries.

    Entries that only repeat what is known, nearly all of them on most days, cost no more than
    their names and guids.

    Args:
        db: The database, inside the transaction that will write the changes.
        source_id: The source whose guids these are.
        incoming: The document.
    """
    known = IngestState()
    shown_by = _same_source(db, source_id)
    _find_owners(db, known, {name for one in incoming for name in one.names})
    guids = sorted({one.entry.guid for one in incoming})
    _find_sightings(db, known, shown_by, "s.guid", guids)
    fresh = [one for one in incoming if known.repeats(one) is None]
    touched: set[int] = set()
    for one in fresh:
        touched.update(known.owners[name] for name in one.names if name in known.owners)
        touched.update(known.sightings.get(one.entry.guid, ()))
    _find_alike(db, known, shown_by, fresh)
    touched.update(shown.key for alike in known.alike.values() for shown in alike)
    if touched:
        _find_items(db, known, shown_by, touched)
    _find_pairs(db, known, fresh)
    told = {
        e.arxiv.id.base for e in (one.entry for one in incoming) if e.arxiv and e.arxiv.submissions
    }
    if told:
        known.submitted = known_submissions(db, told)
    return known


def _same_source(db: sqlite3.Connection, source_id: int) -> list[int]:
    """List a source and those that it was before: its slug may have been changed."""
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
            known.own(Identifier(scheme, value), member)


def _find_sightings(
    db: sqlite3.Connection,
    known: IngestState,
    shown_by: Sequence[int],
    column: str,
    values: Sequence[str] | Sequence[int],
) -> None:
    # What the source said under its present name comes last, and counts.
    for source_id in reversed(shown_by):
        for guid, member, said in db.execute(
            f"""SELECT s.guid, s.born_id, s.content_hash FROM json_each(?) AS asked
                CROSS JOIN sightings AS s WHERE {column} = asked.value AND s.source_id = ?""",
            [json.dumps(values), source_id],
        ):
            known.see(guid, member, said)


def _find_alike(
    db: sqlite3.Connection, known: IngestState, shown_by: Sequence[int], fresh: Sequence[Incoming]
) -> None:
    """Find posts with the words of an entry that has neither name nor guid in common with any."""
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
    for guid, member, url, said, published_at in db.execute(
        f"""SELECT s.guid, s.born_id, s.url, s.content_hash, i.published_at
            FROM sightings AS s JOIN items AS i ON i.id = s.born_id
            WHERE s.source_id IN (SELECT value FROM json_each(?))
              AND hex(substr(s.content_hash, 1, {WORDS_BYTES})) IN (SELECT value FROM json_each(?))
            ORDER BY s.born_id""",
        [json.dumps(shown_by), json.dumps(words)],
    ):
        moment = read_utc(published_at) if published_at else None
        shown = Shown(member, url, moment, is_gone=guid not in known.sightings)
        known.alike.setdefault(said[:WORDS_BYTES], []).append(shown)


def _find_items(
    db: sqlite3.Connection, known: IngestState, shown_by: Sequence[int], touched: set[int]
) -> None:
    """Read the items that may change, what they were merged into, and all their names and guids."""
    known.heads |= dict(
        db.execute(
            """SELECT i.id, i.merged_into FROM json_each(?) AS asked
               CROSS JOIN items AS i ON i.id = asked.value WHERE i.merged_into IS NOT NULL""",
            [json.dumps(sorted(touched))],
        ).fetchall()
    )
    wanted = sorted(touched | set(map(known.head, touched)))
    _find_sightings(db, known, shown_by, "s.item_id", wanted)
    for scheme, value, head, member in db.execute(
        """SELECT i.scheme, i.value, i.item_id, i.born_id FROM json_each(?) AS asked
           CROSS JOIN identifiers AS i
           WHERE i.item_id = asked.value AND i.scheme IN ('arxiv', 'guid')""",
        [json.dumps(wanted)],
    ):
        if head != member:
            known.heads[member] = head
        known.own(Identifier(scheme, value), member)
    known.items = _snapshots(db, wanted, shown_by)


def _snapshots(
    db: sqlite3.Connection, item_ids: Iterable[int], shown_by: Sequence[int]
) -> dict[int, Snapshot]:
    """Read what was shown of each item; one that was merged away has its words, not its judgement.

    What was only added, or was undone, is no judgement.
    """
    asked = json.dumps(sorted(item_ids))
    borrowed = own_facts(db, item_ids)
    slugs = dict(db.execute("SELECT id, slug FROM sources").fetchall())
    slugs |= dict.fromkeys(shown_by, slugs.get(shown_by[0]))
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
        said = {"title": title, "summary": summary, "origin_id": origin_id}
        said |= {"arxiv_version": arxiv_version, **borrowed.get(item_id, {})}
        snapshots[item_id] = Snapshot(
            id=item_id,
            title=said["title"],
            summary=said["summary"],
            origin=slugs.get(said["origin_id"]),
            from_arxiv=said["arxiv_version"] is not None,
            arxiv_version=said["arxiv_version"],
            judged=bool(judged),
        )
    return snapshots


def _find_pairs(db: sqlite3.Connection, known: IngestState, fresh: Sequence[Incoming]) -> None:
    """Find what the author said of the items that one entry names together."""
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


# A text that links to more papers is about none of them alone.
_MOST = 2


def write_mentions(db: sqlite3.Connection, item_id: int, papers: Sequence[str]) -> None:
    """Store which papers an item's text links to, in the place of what was stored before.

    Args:
        db: The database.
        item_id: The item.
        papers: arXiv identifiers without version; of more than two none is stored.
    """
    db.execute("DELETE FROM mentions WHERE item_id = ?", [item_id])
    if len(papers) <= _MOST:
        db.executemany(
            "INSERT OR IGNORE INTO mentions (item_id, arxiv) VALUES (?, ?)",
            [(item_id, paper) for paper in papers],
        )


# How a fact that is not simply replaced is brought up to date. Only some of arXiv's documents
# tell that a version was withdrawn; the others do not take it back.
_UPDATES = {
    "kind": "iif(kind = 'post', :kind, kind)",  # a kind that the author named stays
    "announced_at": "coalesce(announced_at, :announced_at)",
    "published_at": "coalesce(published_at, :published_at)",
    "withdrawn": "max(:withdrawn, iif(arxiv_version = :arxiv_version, withdrawn, 0))",
}


def insert_items(
    db: sqlite3.Connection, items: Mapping[int, Mapping[str, str | int | None]]
) -> dict[int, int]:
    """Make rows for new items in one go; returns their numbers by the keys of the changes."""
    if not items:
        return {}
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'items'").fetchone()
    first = (row[0] if row else 0) + 1
    rows = {key: first + place for place, key in enumerate(items)}
    columns = next(iter(items.values()))
    db.executemany(
        f"""INSERT INTO items (id, state, {", ".join(columns)})
            VALUES (:id, :intake, {", ".join(f":{column}" for column in columns)})""",
        ({"id": rows[key], **facts} for key, facts in items.items()),
    )
    return rows


def add_first_versions(db: sqlite3.Connection, entries: Mapping[int, Entry], seen_at: str) -> None:
    """Remember what new items were like, and which papers they mention."""
    db.executemany(
        """INSERT INTO versions
             (item_id, position, arxiv_version, title, summary, seen_at, born_id)
           VALUES (?1, 1, ?2, ?3, ?4, ?5, ?1)""",
        (
            (item_id, _arxiv_version(entry), entry.title, entry.summary, seen_at)
            for item_id, entry in entries.items()
        ),
    )
    for item_id, entry in entries.items():
        if entry.mentions:
            write_mentions(db, item_id, entry.mentions)


def add_version(db: sqlite3.Connection, item_id: int, entry: Entry, seen_at: str) -> None:
    """Remember what an item is like now, behind what it was like before."""
    db.execute(
        """INSERT INTO versions
             (item_id, position, arxiv_version, title, summary, seen_at, born_id)
           SELECT h.id, coalesce((SELECT max(position) FROM versions WHERE item_id = h.id), 0) + 1,
                  ?2, ?3, ?4, ?5, ?1
           FROM (SELECT coalesce(merged_into, id) AS id FROM items WHERE id = ?1) AS h""",
        [
            item_id,
            _arxiv_version(entry),
            entry.title,
            entry.summary,
            seen_at,
        ],
    )


def reword(db: sqlite3.Connection, entry: Entry, item_id: int, source_id: int) -> None:
    """Take an entry's facts; what it does not say is kept, and so is the first date."""
    facts = {key: value for key, value in facts_of(entry, source_id).items() if value is not None}
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


def see_first(
    db: sqlite3.Connection, first_seen: list[tuple[Sighting, int]], source_id: int, seen_at: str
) -> None:
    """Name new items and note who showed them, in one go; empties the list."""
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


def see(
    db: sqlite3.Connection, change: Sighting, item_id: int, source_id: int, seen_at: str
) -> None:
    """Note that a known item was shown, under which new names, and what was said."""
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


def authors_json(authors: Iterable[Author]) -> str:
    """Write authors as the column of that name holds them; parts that nobody told are left out."""
    return _json([_author(one) for one in authors])


def facts_of(entry: Entry, source_id: int) -> dict[str, str | int | None]:
    """List what an entry says of an item, by column."""
    arxiv = entry.arxiv
    # arXiv's feed dates a paper by its announcement, everybody else by its publication.
    is_announced = arxiv is not None and arxiv.announce_type is not None
    # Forges date an entry by its last change alone; the first that is seen stands in (RFC 4287,
    # section 4.1.2: published is optional). What is stored once stays.
    moment = entry.published_at or (entry.updated_at if arxiv is None else None)
    dated = utc_text(moment) if moment else None
    return {
        "title": entry.title,
        "authors": authors_json(entry.authors),
        "summary": entry.summary,
        "url": without_tracking(entry.url) if entry.url else None,
        "announced_at": dated if is_announced else None,
        "published_at": None if is_announced else dated,
        "updated_at": utc_text(entry.updated_at) if entry.updated_at else None,
        "origin_id": source_id,
        "arxiv_version": _arxiv_version(entry),
        "primary_category": arxiv.primary if arxiv else None,
        "categories": _json(arxiv.categories if arxiv else ()),
        "comment": arxiv.comment if arxiv else None,
        "journal_ref": arxiv.journal_ref if arxiv else None,
        "doi": (arxiv.doi if arxiv else None) or entry.doi,
        "licence": arxiv.licence if arxiv else None,
        "withdrawn": int(arxiv.withdrawn) if arxiv else 0,
    }


def _arxiv_version(entry: Entry) -> int | None:
    return (entry.arxiv.id.version or 1) if entry.arxiv else None


def _author(author: Author) -> dict[str, str]:
    parts = {"name": author.name, "given": author.given, "family": author.family}
    return {part: text for part, text in parts.items() if text is not None}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()  # a tenth of the time that json takes


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
    """Write what was decided; the caller holds the transaction.

    Args:
        db: The database.
        changes: What `core.works.ingest.decide` returned.
        source_id: The source that showed the document.
        now: When this is seen.
        kind: The kind of new items; None tells papers from posts by their names.
        initial_state: The state in which new items begin, ``new`` or ``old``.
        queue_limit: Only so many of the new items, the newest, begin as `initial_state` says; the
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
            "intake": initial_state if change.key in queued else "old",
        }
        for change in new
    }
    rows = insert_items(db, facts)
    add_first_versions(db, {rows[change.key]: change.entry for change in new}, seen_at)
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
                    see(db, change, change.key, source_id, seen_at)
            case FactsChanged():
                item_id = rows.get(change.key, change.key)
                touched.add(item_id)
                reword(db, change.entry, item_id, source_id)
                write_mentions(db, item_id, change.entry.mentions)
                if change.is_version:
                    add_version(db, item_id, change.entry, seen_at)
            case MergedWorks():
                see_first(db, first_seen, source_id, seen_at)
                keep = rows.get(change.keep, change.keep)
                drop = rows.get(change.drop, change.drop)
                duplicates.join(db, keep, drop, at=now)
                gone.add(drop)
                merged |= {keep, drop}
            case PossibleDuplicate():
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
    seen = {rows.get(c.key, c.key) for c in changes if isinstance(c, Sighting)}
    requeued = _queue_again(db, seen - set(rows.values()), source_id)
    heads = {duplicates.head_of(db, item_id) for item_id in merged}
    duplicates.show_merged_facts(db, heads)
    named = {rows.get(c.key, c.key) for c in changes if isinstance(c, Sighting) and c.identifiers}
    rebuild_items(db, heads)
    changed = {c.key for c in changes if isinstance(c, Sighting | FactsChanged) and c.key > 0}
    if changed | heads:
        outdate(db, changed | heads)
    apply_events_of(db, {duplicates.head_of(db, item_id) for item_id in named} | requeued)


def _keys(changes: Sequence[Change]) -> set[int]:
    """List the items that changes are about and that have a row."""
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


def add_names(db: sqlite3.Connection, now: datetime) -> None:
    """Put the names beside the stored ones that addresses and DOIs give their works today.

    Nothing is dropped or rewritten: the journal names items by what they were called. Items that
    turn out to be one work are proposed, and merged by the next fetch that shows it unless the
    author judged both.
    """
    with transaction(db):
        given, meetings = _add_names(db)
        for owner, item_id in meetings:
            _meet(db, owner, item_id, now)
        apply_events_of(db, {duplicates.head_of(db, item_id) for item_id in given.values()})
        rebuild_issues_of(db, {str(name) for name in given})
        db.execute("DELETE FROM meta WHERE key = 'names'")


def _add_names(db: sqlite3.Connection) -> tuple[dict[Identifier, int], list[tuple[int, int]]]:
    """Add missing names; tell whose they are, and which two items have a name in common."""
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
    """Name the work anew that an address or a DOI named; other names say all that they know."""
    if name.scheme == "url":
        return identify_url(f"https://{name.value}")
    return doi_names(name.value) if name.scheme == "doi" else ()


def _meet(db: sqlite3.Connection, one: int, other: int, now: datetime) -> None:
    """Propose two items that have a name in common, unless the author keeps them apart.

    Two papers on arXiv are two, whatever journal's DOI they name.
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
