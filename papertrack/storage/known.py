"""Look up what a document touches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier
from papertrack.core.time.times import read_utc
from papertrack.core.works.incoming import WORDS_BYTES
from papertrack.core.works.known import Known, Shown, Snapshot
from papertrack.storage.duplicates import own_facts
from papertrack.storage.pairs import known_pairs
from papertrack.storage.submissions import known_submissions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from papertrack.core.works.incoming import Incoming


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


def _find_owners(db: sqlite3.Connection, known: Known, names: set[Identifier]) -> None:
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
    known: Known,
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
    db: sqlite3.Connection, known: Known, shown_by: Sequence[int], fresh: Sequence[Incoming]
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
    db: sqlite3.Connection, known: Known, shown_by: Sequence[int], touched: set[int]
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


def _find_pairs(db: sqlite3.Connection, known: Known, fresh: Sequence[Incoming]) -> None:
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
