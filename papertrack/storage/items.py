"""Find and read items, with their tags, submissions and sightings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.identifier import SCHEMES, Identifier
from papertrack.core.judging.item_details import SourceSighting
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item, Judgement, Rating, Submission
from papertrack.core.times import read_utc, utc_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import date

    from papertrack.core.dates import Window


@dataclass(frozen=True, slots=True)
class Filter:
    """Criteria for items; None and empty mean any."""

    states: tuple[State, ...] = ()
    area: str | None = None
    tag: str | None = None
    source: str | None = None
    since: datetime | None = None


def find_item(db: sqlite3.Connection, names: Sequence[Identifier]) -> int | None:
    """Find the item of the first known identifier."""
    for name in names:
        row = db.execute(
            "SELECT item_id FROM identifiers WHERE scheme = ? AND value = ?", name
        ).fetchone()
        if row:
            return int(row[0])
    return None


def find_number(db: sqlite3.Connection, number: int) -> int | None:
    """Find an item by its short number, following merges."""
    row = db.execute(
        "SELECT coalesce(merged_into, id) FROM items WHERE id = ?", [number]
    ).fetchone()
    return int(row[0]) if row else None


def find_member(db: sqlite3.Connection, names: Sequence[Identifier]) -> int | None:
    """Find the item that first had one of these identifiers, ignoring merges."""
    for name in names:
        row = db.execute(
            "SELECT born_id FROM identifiers WHERE scheme = ? AND value = ?", name
        ).fetchone()
        if row:
            return int(row[0])
    return None


def find_member_number(db: sqlite3.Connection, number: int) -> int | None:
    """Find an item by its short number, ignoring merges."""
    row = db.execute("SELECT id FROM items WHERE id = ?", [number]).fetchone()
    return int(row[0]) if row else None


def newest_item(db: sqlite3.Connection) -> int:
    """Return the id of the item added last; 0 if there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM items").fetchone()[0])


def list_numbers(
    db: sqlite3.Connection, chosen: Filter, *, limit: int | None = None, newest_first: bool = True
) -> list[int]:
    """List the numbers of the items that match a filter.

    Args:
        db: The database.
        chosen: The filter.
        limit: The maximum number; None for all.
        newest_first: By arrival; items of one fetch keep the order of the feed.
    """
    where, values = _conditions(chosen)
    order = "i.first_seen_at DESC, i.id" if newest_first else "i.first_seen_at, i.id"
    rows = db.execute(
        f"SELECT i.id FROM items AS i WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?",
        [*values, -1 if limit is None else limit],
    )
    return [row[0] for row in rows]


def judged_numbers(db: sqlite3.Connection, window: Window) -> list[int]:
    """List the kept items that were judged in a window and never published."""
    rows = db.execute(
        """SELECT id FROM items
           WHERE state = 'kept' AND judged_at >= ? AND judged_at < ?
             AND id NOT IN (SELECT item_id FROM issue_items)
           ORDER BY judged_at, id""",
        [utc_text(window.since), utc_text(window.until)],
    )
    return [row[0] for row in rows]


def open_opportunities(db: sqlite3.Connection, window: Window, day: date) -> list[int]:
    """List the kept items judged before the end of a window whose deadline is still ahead.

    Published ones are included: a digest repeats an opportunity until its deadline.
    """
    rows = db.execute(
        """SELECT i.id FROM notes AS n JOIN items AS i ON i.id = n.item_id
           WHERE n.field = 'deadline' AND n.text >= ? AND i.state = 'kept' AND i.judged_at < ?
           ORDER BY i.judged_at, i.id""",
        [day.isoformat(), utc_text(window.until)],
    )
    return [row[0] for row in rows]


def count_kept_before(db: sqlite3.Connection, moment: datetime) -> int:
    """Count the kept items that were judged before a moment and never published.

    Opportunities do not count: open ones are repeated anyway, the others are past.
    """
    row = db.execute(
        """SELECT count(*) FROM items WHERE state = 'kept' AND judged_at < ?
             AND id NOT IN (SELECT item_id FROM issue_items)
             AND id NOT IN (SELECT item_id FROM notes WHERE field = 'deadline' AND text <> '')""",
        [utc_text(moment)],
    ).fetchone()
    return int(row[0])


def count_new_since(db: sqlite3.Connection, moment: datetime) -> int:
    """Count the unjudged items added after a moment."""
    row = db.execute(
        "SELECT count(*) FROM items WHERE state = 'new' AND first_seen_at > ?", [utc_text(moment)]
    ).fetchone()
    return int(row[0])


def read_items(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Item]:
    """Read items in the given order; unknown and merged numbers are skipped."""
    asked = json.dumps(list(numbers))
    rows = db.execute(
        "SELECT i.* FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value "
        "WHERE i.merged_into IS NULL ORDER BY asked.key",
        [asked],
    ).fetchall()
    names = _gather(
        db,
        "SELECT item_id, scheme, value FROM identifiers WHERE item_id IN "
        "(SELECT value FROM json_each(?)) ORDER BY item_id, scheme, born_id <> item_id, value",
        asked,
    )
    sources = _gather(
        db,
        "SELECT s.item_id, o.slug FROM sightings AS s JOIN sources AS o ON o.id = s.source_id "
        "WHERE s.item_id IN (SELECT value FROM json_each(?)) "
        "GROUP BY s.item_id, o.slug ORDER BY min(s.first_seen_at), o.id",
        asked,
    )
    judgements = _judgements(db, asked)
    return [
        _item(
            row,
            names=[Identifier(r["scheme"], r["value"]) for r in names.get(row["id"], [])],
            sources=[r["slug"] for r in sources.get(row["id"], [])],
            judgement=judgements.get(row["id"], Judgement()),
        )
        for row in rows
    ]


def read_item(db: sqlite3.Connection, number: int) -> Item:
    """Read one item.

    Raises:
        LookupError: There is no such item.
    """
    found = read_items(db, [number])
    if not found:
        raise LookupError(number)
    return found[0]


def _conditions(chosen: Filter) -> tuple[list[str], list[str]]:
    where, values = ["i.state <> 'merged'"], []
    if chosen.states:
        where.append(f"i.state IN ({', '.join('?' * len(chosen.states))})")
        values += [state.value for state in chosen.states]
    if chosen.area is not None:
        where.append("i.id IN (SELECT item_id FROM ratings WHERE area = ?)")
        values.append(chosen.area)
    if chosen.tag is not None:
        where.append("i.id IN (SELECT item_id FROM tags WHERE tag = ?)")
        values.append(chosen.tag)
    if chosen.source is not None:
        where.append(
            "i.id IN (SELECT s.item_id FROM sightings AS s JOIN sources AS o ON o.id = s.source_id "
            "WHERE o.slug = ?)"
        )
        values.append(chosen.source)
    if chosen.since is not None:
        where.append("i.first_seen_at >= ?")
        values.append(utc_text(chosen.since))
    return where, values


def _gather(db: sqlite3.Connection, sql: str, asked: str) -> dict[int, list[sqlite3.Row]]:
    found: dict[int, list[sqlite3.Row]] = {}
    for row in db.execute(sql, [asked]):
        found.setdefault(row["item_id"], []).append(row)
    return found


def _judgements(db: sqlite3.Connection, asked: str) -> dict[int, Judgement]:
    among = "WHERE item_id IN (SELECT value FROM json_each(?))"
    ratings = _gather(db, f"SELECT * FROM ratings {among} ORDER BY rated_at, area", asked)
    tags = _gather(db, f"SELECT * FROM tags {among} ORDER BY tag", asked)
    notes = _gather(db, f"SELECT * FROM notes {among} ORDER BY field", asked)
    states = _gather(
        db,
        "SELECT id AS item_id, state, judged_at FROM items "
        "WHERE id IN (SELECT value FROM json_each(?)) AND judged_at IS NOT NULL "
        "AND merged_into IS NULL",
        asked,
    )
    return {
        number: Judgement(
            state=State(states[number][0]["state"]) if number in states else None,
            judged_at=read_utc(states[number][0]["judged_at"]) if number in states else None,
            ratings=tuple(_rating(row) for row in ratings.get(number, [])),
            tags=tuple(row["tag"] for row in tags.get(number, [])),
            notes={row["field"]: row["text"] for row in notes.get(number, [])},
        )
        for number in {*ratings, *tags, *notes, *states}
    }


def _rating(row: sqlite3.Row) -> Rating:
    return Rating(
        area=row["area"],
        halves=row["halves"],
        emoji=row["emoji"],
        label=row["label"],
        remark=row["remark"],
        rated_at=_moment(row["rated_at"]),
    )


def _item(
    row: sqlite3.Row,
    *,
    names: Iterable[Identifier],
    sources: Iterable[str],
    judgement: Judgement,
) -> Item:
    # Within a scheme, its own identifiers come before those of merged items.
    ordered = sorted(names, key=lambda name: SCHEMES.index(name.scheme))
    arxiv_base = next((name.value for name in ordered if name.scheme == "arxiv"), None)
    return Item(
        id=row["id"],
        kind=Kind(row["kind"]),
        title=row["title"],
        url=row["url"],
        authors=tuple(Author(**author) for author in json.loads(row["authors"])),
        summary=row["summary"],
        published_at=_moment(row["published_at"]),
        updated_at=_moment(row["updated_at"]),
        first_seen_at=read_utc(row["first_seen_at"]),
        state=State(row["state"]),
        announced_at=_moment(row["announced_at"]),
        arxiv=_arxiv(row, arxiv_base) if arxiv_base else None,
        doi=row["doi"],
        sources=tuple(sources),
        identifiers=tuple(str(name) for name in ordered),
        judgement=judgement,
    )


def _arxiv(row: sqlite3.Row, base: str) -> ArxivFacts:
    return ArxivFacts(
        id=ArxivId(base, row["arxiv_version"]),
        primary=row["primary_category"],
        categories=tuple(json.loads(row["categories"])),
        comment=row["comment"],
        journal_ref=row["journal_ref"],
        doi=row["doi"],
        licence=row["licence"],
        withdrawn=bool(row["withdrawn"]),
    )


def _moment(text: str | None) -> datetime | None:
    return read_utc(text) if text else None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, how many items have it, and how many of these are kept."""

    tag: str
    items: int
    kept: int


def count_tags(db: sqlite3.Connection) -> list[TagCount]:
    """Count the items of every tag, in alphabetical order."""
    rows = db.execute(
        """SELECT t.tag, count(*), sum(i.state = 'kept') FROM tags AS t
           JOIN items AS i ON i.id = t.item_id GROUP BY t.tag ORDER BY t.tag"""
    )
    return [TagCount(*row) for row in rows]


def tagged(db: sqlite3.Connection, tag: str) -> list[int]:
    """List the items that have a tag."""
    rows = db.execute("SELECT item_id FROM tags WHERE tag = ? ORDER BY item_id", [tag])
    return [row[0] for row in rows]


def tags_of(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, set[str]]:
    """Read the tags of some items."""
    found: dict[int, set[str]] = {number: set() for number in numbers}
    for row in db.execute(
        "SELECT item_id, tag FROM tags WHERE item_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(numbers))],
    ):
        found[row[0]].add(row[1])
    return found


def write_submissions(
    db: sqlite3.Connection, item_id: int, submissions: Iterable[Submission]
) -> None:
    """Store when versions of a paper were submitted, replacing earlier values."""
    told = [(item_id, one.version, utc_text(one.at)) for one in submissions]
    # Merged papers keep their own submissions; if both have a version, the remaining item has its
    # own, and the merged one keeps its number.
    db.executemany(
        """UPDATE submissions SET item_id = born_id
           WHERE item_id = ?1 AND version = ?2 AND born_id <> ?1 AND ?3 > ''""",
        told,
    )
    db.executemany(
        """INSERT INTO submissions (item_id, version, submitted_at, born_id)
           SELECT CASE WHEN EXISTS (SELECT 1 FROM submissions AS s
                                    WHERE s.item_id = coalesce(i.merged_into, i.id)
                                      AND s.version = ?2 AND s.born_id <> ?1)
                       THEN i.id ELSE coalesce(i.merged_into, i.id) END,
                  ?2, ?3, ?1
           FROM items AS i WHERE i.id = ?1
           ON CONFLICT DO UPDATE SET submitted_at = excluded.submitted_at""",
        told,
    )


def list_submissions(db: sqlite3.Connection, item_id: int) -> tuple[Submission, ...]:
    """List the known submissions of a paper, oldest first."""
    rows = db.execute(
        "SELECT version, submitted_at FROM submissions WHERE item_id = ? ORDER BY version",
        [item_id],
    )
    return tuple(Submission(version, read_utc(at)) for version, at in rows)


def known_submissions(db: sqlite3.Connection, papers: Iterable[str]) -> set[tuple[int, int]]:
    """List the versions of papers whose submission is known, as pairs of item and version.

    Merges are ignored.

    Args:
        db: The database.
        papers: arXiv identifiers without version.
    """
    rows = db.execute(
        """SELECT s.born_id, s.version FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.scheme = 'arxiv' AND n.value = asked.value
           CROSS JOIN submissions AS s
             ON s.item_id IN (n.item_id, n.born_id) AND s.born_id = n.born_id""",
        [json.dumps(sorted(papers))],
    )
    return {(item_id, version) for item_id, version in rows}


def list_sightings(db: sqlite3.Connection, number: int) -> list[SourceSighting]:
    """List the sightings of an item, oldest first."""
    rows = db.execute(
        """SELECT o.slug, s.url, min(s.first_seen_at) AS seen_at
           FROM sightings AS s JOIN sources AS o ON o.id = s.source_id
           WHERE s.item_id = ? GROUP BY o.slug, s.url ORDER BY seen_at, o.id, s.url""",
        [number],
    )
    return [SourceSighting(row["slug"], row["url"], read_utc(row["seen_at"])) for row in rows]
