"""Propose pairs of items that may be one work, and store the author's answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from papertrack.core.judging.item_details import Proposal
from papertrack.core.kinds import State
from papertrack.core.records import Author
from papertrack.core.text.borrowed_titles import title_or_borrowed
from papertrack.core.times import read_utc, utc_text
from papertrack.core.works.same_story import (
    MAX_GROUP,
    NAMES_THE_PAPER,
    Candidate,
    find_same_story,
    names_paper,
    story_keys,
)
from papertrack.storage.database import transaction
from papertrack.storage.duplicates import head_of, members_of, own_facts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

# The reason of a pair that was never proposed: the author decided without being asked.
_UNASKED = "said by the author"
# A post and the only paper that its text links to. Two papers are always two works.
_POSTS = """
  SELECT w.id AS post, n.item_id AS paper, w.title, w.summary, p.title AS paper_title
  FROM mentions AS m
  JOIN identifiers AS n ON n.scheme = 'arxiv' AND n.value = m.arxiv
  JOIN items AS w ON w.id = m.item_id
  JOIN items AS p ON p.id = n.born_id
  WHERE (SELECT count(*) FROM mentions AS c WHERE c.item_id = m.item_id) = 1
    AND coalesce(w.merged_into, w.id) <> n.item_id
    AND NOT EXISTS (SELECT 1 FROM identifiers AS o
                    WHERE o.item_id = coalesce(w.merged_into, w.id) AND o.scheme = 'arxiv')
"""


def propose(db: sqlite3.Connection, first: int, second: int, reason: str, now: datetime) -> None:
    """Propose that two items are one work, unless the pair was proposed or answered before."""
    db.execute(
        """INSERT OR IGNORE INTO pairs (first_id, second_id, reason, proposed_at)
           VALUES (?, ?, ?, ?)""",
        [min(first, second), max(first, second), reason, utc_text(now)],
    )


def propose_posts_about_papers(
    db: sqlite3.Connection, item_ids: Iterable[int], now: datetime
) -> None:
    """Propose posts together with the papers they are about, whichever came first.

    Args:
        db: The database, inside a transaction.
        item_ids: Items that are new, or have a new text or new identifiers.
        now: The current time.
    """
    asked = json.dumps(sorted(item_ids))
    found = [
        *db.execute(f"{_POSTS} AND m.item_id IN (SELECT value FROM json_each(?))", [asked]),
        *db.execute(
            f"""{_POSTS} AND m.arxiv IN (
                  SELECT t.value FROM json_each(?) AS asked CROSS JOIN identifiers AS t
                  WHERE t.item_id = asked.value AND t.scheme = 'arxiv')""",
            [asked],
        ),
    ]
    for row in found:
        if names_paper(row["title"], row["summary"], row["paper_title"]):
            propose(db, head_of(db, row["post"]), row["paper"], NAMES_THE_PAPER, now)


def open_pairs(db: sqlite3.Connection, head: int) -> list[Proposal]:
    """List the items that may be the same work as an item and are not answered yet.

    Items merged since they were proposed are represented by their heads. Judged items come first.
    """
    answers: dict[int, set[str | None]] = {}
    reasons: dict[int, str] = {}
    for row in db.execute(
        """SELECT first_id, second_id, reason, answer FROM pairs
           WHERE first_id IN (SELECT value FROM json_each(?1))
              OR second_id IN (SELECT value FROM json_each(?1))
           ORDER BY proposed_at, first_id, second_id""",
        [json.dumps(members_of(db, head))],
    ):
        others = {head_of(db, row["first_id"]), head_of(db, row["second_id"])} - {head}
        for other in others:
            answers.setdefault(other, set()).add(row["answer"])
            reasons.setdefault(other, row["reason"])
    for other, reason in _same_stories(db, head).items():
        answers.setdefault(other, {None})
        reasons.setdefault(other, reason)
    proposals = [
        _proposal(db, other, reasons[other])
        for other, given in answers.items()
        if None in given and "apart" not in given
    ]
    return sorted(proposals, key=lambda one: one.judged_at is None)


def _proposal(db: sqlite3.Connection, item_id: int, reason: str) -> Proposal:
    row = db.execute(
        """SELECT coalesce(n.text, i.title) AS title, i.summary, i.url, i.state, i.judged_at
           FROM items AS i
           LEFT JOIN notes AS n ON n.item_id = i.id AND n.field = 'title' WHERE i.id = ?""",
        [item_id],
    ).fetchone()
    judged_at = read_utc(row["judged_at"]) if row["judged_at"] else None
    title = title_or_borrowed(row["title"], row["summary"], row["url"])
    return Proposal(item_id, title, reason, State(row["state"]), judged_at)


def known_pairs(db: sqlite3.Connection, members: Iterable[int]) -> dict[tuple[int, int], str]:
    """Read the pairs among some items: ``apart`` if the author said so, else ``open``."""
    rows = db.execute(
        """SELECT first_id, second_id, answer FROM pairs
           WHERE first_id IN (SELECT value FROM json_each(?1))
             AND second_id IN (SELECT value FROM json_each(?1))""",
        [json.dumps(sorted(members))],
    )
    return {
        (first, second): "apart" if answer == "apart" else "open" for first, second, answer in rows
    }


def write_answer(
    db: sqlite3.Connection, first: int, second: int, answer: str | None, at: datetime
) -> None:
    """Store the author's answer about two items: ``merged`` or ``apart``; None removes it."""
    pair = [min(first, second), max(first, second)]
    if answer is not None:
        propose(db, first, second, _UNASKED, at)
    db.execute("UPDATE pairs SET answer = ? WHERE first_id = ? AND second_id = ?", [answer, *pair])
    db.execute(
        """DELETE FROM pairs
           WHERE first_id = ? AND second_id = ? AND reason = ? AND answer IS NULL""",
        [*pair, _UNASKED],
    )


def write_story_keys(
    db: sqlite3.Connection, keys: Iterable[tuple[int, int | None, int | None]]
) -> None:
    """Store what finds items that may tell the same story.

    Args:
        db: The database, inside a transaction.
        keys: Numbers of items, each with its `StoryKeys`.
    """
    db.executemany(
        "INSERT OR REPLACE INTO story_keys (item_id, title, opening) VALUES (?, ?, ?)", keys
    )


def rewrite_story_keys(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Store the keys of items whose titles or texts have changed.

    Args:
        db: The database, inside a transaction; the items show their own facts.
        item_ids: Their numbers.
    """
    rows = db.execute(
        """SELECT i.id, i.title, i.summary FROM json_each(?) AS asked
           CROSS JOIN items AS i ON i.id = asked.value""",
        [json.dumps(sorted(item_ids))],
    ).fetchall()
    write_story_keys(db, ((number, *story_keys(title, text)) for number, title, text in rows))


def write_all_story_keys(db: sqlite3.Connection) -> None:
    """Store the keys of all items, as an upgrade asks; to do it twice changes nothing."""
    with transaction(db):
        borrowing = own_facts(db, [row[0] for row in db.execute("SELECT keep_id FROM merges")])
        rows = db.execute("SELECT id, title, summary FROM items")
        write_story_keys(
            db,
            (
                (item_id, *story_keys(str(own["title"]), str(own["summary"])))
                if (own := borrowing.get(item_id))
                else (item_id, *story_keys(title, summary))
                for item_id, title, summary in rows
            ),
        )
        db.execute("DELETE FROM meta WHERE key = 'stories'")


def _same_stories(db: sqlite3.Connection, head: int) -> dict[int, str]:
    """Find the items that may tell the same story as one, whichever came first, and why.

    Nothing of it is stored: it follows from what the items say today.
    """
    reasons: dict[int, str] = {}
    for member in members_of(db, head):
        named_alike, opening_alike = (
            _members_with(db, key, member) for key in ("title", "opening")
        )
        if named_alike or opening_alike:
            read = _candidates(db, {member, *named_alike, *opening_alike})
            found = find_same_story(
                read[member],
                [read[other] for other in named_alike],
                [read[other] for other in opening_alike],
            )
            reasons = found | reasons
    reasons.pop(head, None)
    return reasons


def _members_with(db: sqlite3.Connection, key: str, member: int) -> list[int]:
    """List other items with the key of one; as many as mean nothing stand for all."""
    rows = db.execute(
        f"""SELECT k.item_id FROM story_keys AS mine
            CROSS JOIN story_keys AS k ON k.{key} = mine.{key}
            WHERE mine.item_id = ?1 AND mine.{key} IS NOT NULL AND k.item_id <> ?1
            ORDER BY k.item_id LIMIT {MAX_GROUP}""",
        [member],
    )
    return [row[0] for row in rows]


def _candidates(db: sqlite3.Connection, members: Iterable[int]) -> dict[int, Candidate]:
    """Read what items say of themselves, whatever they were merged into."""
    asked = json.dumps(sorted(members))
    rows = db.execute(
        """SELECT i.id, coalesce(i.merged_into, i.id) AS head, i.title, i.authors, i.summary,
                  i.url, i.published_at, i.announced_at, i.first_seen_at,
                  (SELECT json_group_array(DISTINCT coalesce(o.url, o.slug))
                   FROM sightings AS s JOIN sources AS o ON o.id = s.source_id
                   WHERE s.item_id IN (i.id, i.merged_into) AND s.born_id = i.id
                     AND o.kind <> 'by-hand') AS sources,
                  EXISTS (SELECT 1 FROM identifiers AS n
                          WHERE n.item_id = coalesce(i.merged_into, i.id)
                            AND n.scheme = 'arxiv') AS is_paper
           FROM json_each(?) AS asked CROSS JOIN items AS i ON i.id = asked.value""",
        [asked],
    ).fetchall()
    borrowing = own_facts(db, [row["id"] for row in rows])
    return {
        row["id"]: _candidate(
            dict(zip(row.keys(), row, strict=True)) | borrowing.get(row["id"], {})
        )
        for row in rows
    }


def _candidate(row: Mapping[str, Any]) -> Candidate:
    published = row["published_at"] or row["announced_at"]
    return Candidate(
        item=row["head"],
        title=row["title"],
        authors=tuple(Author(**author) for author in json.loads(row["authors"])),
        text=row["summary"],
        url=row["url"],
        published_at=read_utc(published) if published else None,
        first_seen_at=read_utc(row["first_seen_at"]),
        sources=frozenset(json.loads(row["sources"])),
        is_paper=bool(row["is_paper"]),
    )
