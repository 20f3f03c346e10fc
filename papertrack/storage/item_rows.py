"""The rows of an item: its facts, its versions, its names, and who showed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from papertrack.core.time.times import utc_text
from papertrack.core.works.identity import without_tracking
from papertrack.storage.mentions import write_mentions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from papertrack.core.records import Author, Entry
    from papertrack.core.works.ingest import Seen

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
    db: sqlite3.Connection, first_seen: list[tuple[Seen, int]], source_id: int, seen_at: str
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


def see(db: sqlite3.Connection, change: Seen, item_id: int, source_id: int, seen_at: str) -> None:
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
    dated = utc_text(entry.published_at) if entry.published_at else None
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
