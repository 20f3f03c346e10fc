"""Pairs of items that may be one work: proposed, and what the author answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Proposal
from papertrack.core.time.times import utc_text
from papertrack.core.works.same_story import NAMES_THE_PAPER, names_paper
from papertrack.storage.duplicates import head_of, members_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

# The reason of a pair that nobody proposed: the author answered unasked.
_UNASKED = "said by the author"
# A post and the one paper that its text links to; two papers are two.
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
    """Propose that two items are one work, unless that was done or answered before."""
    db.execute(
        """INSERT OR IGNORE INTO pairs (first_id, second_id, reason, proposed_at)
           VALUES (?, ?, ?, ?)""",
        [min(first, second), max(first, second), reason, utc_text(now)],
    )


def propose_posts_about_papers(
    db: sqlite3.Connection, item_ids: Iterable[int], now: datetime
) -> None:
    """Propose posts and the papers that they are about, whichever of the two came last.

    Args:
        db: The database, inside a transaction.
        item_ids: The items that are new, have new words or new names.
        now: The present.
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
    """List the items that may be the same work as one item, and that the author was not asked of.

    What was merged since it was proposed counts as the item that it is today.
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
    return [
        Proposal(other, _title(db, other), reasons[other])
        for other, given in answers.items()
        if None in given and "apart" not in given
    ]


def known_pairs(db: sqlite3.Connection, members: Iterable[int]) -> dict[tuple[int, int], str]:
    """List the pairs of some items: ``apart`` where the author said so, else ``open``."""
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
    """Write down what the author says of two items: ``merged``, ``apart``, None for nothing yet."""
    pair = [min(first, second), max(first, second)]
    if answer is not None:
        propose(db, first, second, _UNASKED, at)
    db.execute("UPDATE pairs SET answer = ? WHERE first_id = ? AND second_id = ?", [answer, *pair])
    db.execute(
        """DELETE FROM pairs
           WHERE first_id = ? AND second_id = ? AND reason = ? AND answer IS NULL""",
        [*pair, _UNASKED],
    )


def _title(db: sqlite3.Connection, item_id: int) -> str:
    row = db.execute(
        """SELECT coalesce(n.text, i.title) FROM items AS i
           LEFT JOIN notes AS n ON n.item_id = i.id AND n.field = 'title' WHERE i.id = ?""",
        [item_id],
    ).fetchone()
    return str(row[0])
