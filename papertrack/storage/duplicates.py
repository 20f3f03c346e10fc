"""Items that are one work: merged, and proposed pairs with the author's answers.

Each merge that holds is an edge of a forest: `drop_id` hangs under `keep_id`, and the root is the
item that stayed. Nothing of a merged item is thrown away. Its row keeps its own facts; identifiers,
sightings, versions and submissions stand with the root but remember in `born_id` whose they are.
Only the root's row changes: it shows arXiv's words if one of its members has them, and its own
are kept in the `facts` of a merge meanwhile. Whoever changes facts or merges of an item calls
`restore_own_facts` first and `show_merged_facts` after.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Merge, Proposal
from papertrack.core.times import read_utc, utc_text
from papertrack.core.works.identity import NAMES_THE_PAPER, names_paper

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

FACTS = (
    "kind, title, authors, summary, url, announced_at, published_at, updated_at, origin_id, "
    "arxiv_version, primary_category, categories, comment, journal_ref, doi, licence, withdrawn"
)
_DRESS = f"{FACTS}, intake"
_HOLDS = "undone_at IS NULL"


def head_of(db: sqlite3.Connection, item_id: int) -> int:
    """Find the item that an item is today: itself unless it was merged away."""
    row = db.execute("SELECT coalesce(merged_into, id) FROM items WHERE id = ?", [item_id])
    return int(row.fetchone()[0])


def members_of(db: sqlite3.Connection, head: int) -> list[int]:
    """List the items that an item is made of: itself, then what was merged into it, in order."""
    rows = db.execute(
        f"""SELECT i.id FROM items AS i JOIN merges AS m ON m.drop_id = i.id AND m.{_HOLDS}
            WHERE i.merged_into = ? ORDER BY m.id""",
        [head],
    )
    return [head, *(row[0] for row in rows)]


def merged_heads(db: sqlite3.Connection, item_ids: Iterable[int]) -> set[int]:
    """List the items that some items are today, where that item is made of several."""
    rows = db.execute(
        """SELECT coalesce(i.merged_into, i.id) FROM json_each(?) AS asked
           CROSS JOIN items AS i ON i.id = asked.value
           WHERE i.merged_into IS NOT NULL
              OR EXISTS (SELECT 1 FROM items AS d WHERE d.merged_into = i.id)""",
        [json.dumps(sorted(item_ids))],
    )
    return {row[0] for row in rows}


def own_title(db: sqlite3.Connection, item_id: int) -> str:
    """Read what an item was called before anything was merged."""
    own = own_facts(db, [item_id]).get(item_id)
    row = own or db.execute("SELECT title FROM items WHERE id = ?", [item_id]).fetchone()
    return str(row["title"])


def list_merges(db: sqlite3.Connection, head: int) -> list[Merge]:
    """List what was merged into an item, directly or with another, in that order."""
    return [
        Merge(row["id"], row["title"], read_utc(row["merged_at"]), by_author=row["by"] is not None)
        for row in db.execute(
            f"""SELECT i.id, i.title, m.merged_at, json_extract(m.facts, '$.by') AS by
                FROM items AS i JOIN merges AS m ON m.drop_id = i.id AND m.{_HOLDS}
                WHERE i.merged_into = ? ORDER BY m.id""",
            [head],
        )
    ]


def join(
    db: sqlite3.Connection, keep: int, drop: int, *, at: datetime, by: str | None = None
) -> None:
    """Make one item of two undressed ones; the caller dresses it and draws its judgement.

    Args:
        db: The database, inside a transaction.
        keep: The item that stays.
        drop: The item that is merged into it.
        at: When.
        by: Which words of the author say so (see `made_by`); None when a shared name does.
    """
    edge = db.execute(
        "INSERT INTO merges (keep_id, drop_id, merged_at, facts) VALUES (?, ?, ?, ?)",
        [keep, drop, utc_text(at), json.dumps({"by": by})],
    ).lastrowid
    _attach(db, int(edge or 0), keep, drop)


def revive(db: sqlite3.Connection, edge: int) -> bool:
    """Make a merge hold again that was taken apart, if its items are still to be had.

    Args:
        db: The database, inside a transaction; the items that it touches are undressed.
        edge: The row of the merge.
    """
    keep, drop = db.execute("SELECT keep_id, drop_id FROM merges WHERE id = ?", [edge]).fetchone()
    head = head_of(db, keep)
    if head == drop or head_of(db, drop) != drop:
        return False
    db.execute(
        """UPDATE merges SET undone_at = NULL, facts = json_remove(facts, '$.cut', '$.turn')
           WHERE id = ?""",
        [edge],
    )
    _attach(db, edge, head, drop)
    return True


def cut(
    db: sqlite3.Connection, member: int, *, at: datetime, by: tuple[str, int] | None = None
) -> None:
    """Take an item, with all that was merged into it before, out of the one it is part of.

    Args:
        db: The database, inside a transaction; the item that it is part of is undressed.
        member: The item that was merged away.
        at: When.
        by: Which words of the author say so, and their turn (see `cut_by`); None when what made
            the merge was taken back.
    """
    head = head_of(db, member)
    edge, ledger = db.execute(
        f"""SELECT id, coalesce(json_extract(facts, '$.ledger'), '[]') FROM merges
            WHERE drop_id = ? AND {_HOLDS}""",
        [member],
    ).fetchone()
    words, turn = by or (None, None)
    db.execute(
        """UPDATE merges SET undone_at = ?, facts = json_set(facts, '$.cut', ?, '$.turn', ?)
           WHERE id = ?""",
        [utc_text(at), words, turn, edge],
    )
    gone = branch(db, member)
    db.execute(
        "UPDATE items SET merged_into = ? WHERE id IN (SELECT value FROM json_each(?))",
        [member, json.dumps(sorted(gone - {member}))],
    )
    db.execute("UPDATE items SET merged_into = NULL, state = intake WHERE id = ?", [member])
    everyone = [*gone, *members_of(db, head)]
    for root in (member, head):
        _gather(db, root, members_of(db, root), everyone)
    db.executemany(
        """UPDATE OR IGNORE issue_items SET item_id = ?
           WHERE item_id = ? AND issue = ? AND area = ?""",
        [(member, head, issue, area) for issue, area in json.loads(ledger)],
    )


def branch(db: sqlite3.Connection, member: int) -> set[int]:
    """List an item and everything that hangs under it."""
    rows = db.execute(
        f"""WITH RECURSIVE hanging (id) AS (
              SELECT ?1 UNION
              SELECT m.drop_id FROM merges AS m JOIN hanging AS h ON m.keep_id = h.id
              WHERE m.{_HOLDS})
            SELECT id FROM hanging""",
        [member],
    )
    return {row[0] for row in rows}


def leaving(db: sqlite3.Connection, keep: int, other: int) -> int:
    """Choose which of two members of one item goes: the other, unless the one hangs under it."""
    return keep if keep in branch(db, other) else other


def last_merged(db: sqlite3.Connection, head: int) -> int | None:
    """Find what was merged into an item last; None when nothing was."""
    row = db.execute(
        f"SELECT drop_id FROM merges WHERE keep_id = ? AND {_HOLDS} ORDER BY id DESC LIMIT 1",
        [head],
    ).fetchone()
    return int(row[0]) if row else None


def made_by(db: sqlite3.Connection, words: str) -> list[int]:
    """List what was merged away because of some words of the author, and still is."""
    rows = db.execute(
        f"SELECT drop_id FROM merges WHERE json_extract(facts, '$.by') = ? AND {_HOLDS}", [words]
    )
    return [row[0] for row in rows]


def cut_by(db: sqlite3.Connection, words: str, *, since: int = 0) -> list[int]:
    """List the merges that some words of the author took apart, said after a turn."""
    rows = db.execute(
        """SELECT id FROM merges
           WHERE json_extract(facts, '$.cut') = ? AND json_extract(facts, '$.turn') > ?
             AND undone_at IS NOT NULL ORDER BY id""",
        [words, since],
    )
    return [row[0] for row in rows]


def ends_cut_by(db: sqlite3.Connection, words: str) -> set[int]:
    """List the items on both sides of what some words of the author took apart."""
    ends = [
        db.execute("SELECT keep_id, drop_id FROM merges WHERE id = ?", [edge]).fetchone()
        for edge in cut_by(db, words)
    ]
    return {item_id for both in ends for item_id in both}


def restore_own_facts(db: sqlite3.Connection, heads: Iterable[int]) -> None:
    """Give items their own facts back, in the place of those that they show."""
    for head in heads:
        for edge, own in db.execute(
            f"""SELECT id, json_extract(facts, '$.own') FROM merges
                WHERE keep_id = ? AND {_HOLDS} AND json_extract(facts, '$.own') IS NOT NULL""",
            [head],
        ).fetchall():
            _write_facts(db, head, json.loads(own))
            db.execute("UPDATE merges SET facts = json_remove(facts, '$.own') WHERE id = ?", [edge])


def show_merged_facts(db: sqlite3.Connection, heads: Iterable[int]) -> None:
    """Show the combined facts of merged items.

    arXiv's words stand before all others, and what one source has just brought in waits to be
    read, though another's first load held it.
    """
    for head in heads:
        members = members_of(db, head)
        if len(members) == 1:
            continue
        rows = {
            row["id"]: {key: row[key] for key in row.keys() if key != "id"}  # noqa: SIM118  # a Row is no mapping
            for row in db.execute(
                f"SELECT id, {_DRESS} FROM items WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(members)],
            )
        }
        own = rows[head]
        told = [rows[member] for member in members if rows[member]["arxiv_version"] is not None]
        shown = {**(told[0] if told else own)}
        shown["kind"] = shown["kind"] if own["kind"] == "post" else own["kind"]
        is_queued = any(row["intake"] == "new" for row in rows.values())
        shown["intake"] = "new" if is_queued else own["intake"]
        if shown != own:
            db.execute(
                f"""UPDATE merges SET facts = json_set(facts, '$.own', json(?))
                    WHERE id = (SELECT min(id) FROM merges WHERE keep_id = ? AND {_HOLDS})""",
                [json.dumps(own, ensure_ascii=False), head],
            )
            _write_facts(db, head, shown)


def own_facts(
    db: sqlite3.Connection, heads: Iterable[int]
) -> dict[int, dict[str, str | int | None]]:
    """Read the own facts of those items that show another's."""
    rows = db.execute(
        f"""SELECT keep_id, json_extract(facts, '$.own') FROM merges
            WHERE keep_id IN (SELECT value FROM json_each(?)) AND {_HOLDS}
              AND json_extract(facts, '$.own') IS NOT NULL""",
        [json.dumps(sorted(heads))],
    )
    return {head: json.loads(own) for head, own in rows}


def _write_facts(db: sqlite3.Connection, item_id: int, facts: dict[str, str | int | None]) -> None:
    sets = ", ".join(f"{column} = :{column}" for column in facts)
    db.execute(f"UPDATE items SET {sets} WHERE id = :id", {**facts, "id": item_id})


def _attach(db: sqlite3.Connection, edge: int, head: int, drop: int) -> None:
    db.execute(
        """UPDATE items SET merged_into = ?1, state = 'merged'
           WHERE id = ?2 OR merged_into = ?2""",
        [head, drop],
    )
    members = members_of(db, head)
    _gather(db, head, members, members)
    # What was published under the one is published under the other.
    moved = db.execute(
        "UPDATE OR IGNORE issue_items SET item_id = ? WHERE item_id = ? RETURNING issue, area",
        [head, drop],
    ).fetchall()
    db.execute(
        "UPDATE merges SET facts = json_set(facts, '$.ledger', json(?)) WHERE id = ?",
        [json.dumps([list(row) for row in moved]), edge],
    )
    for table in ("ratings", "tags", "notes"):
        db.execute(f"DELETE FROM {table} WHERE item_id = ?", [drop])


def _gather(
    db: sqlite3.Connection, head: int, members: Sequence[int], everyone: Sequence[int]
) -> None:
    """Put all that was born with some items under the one that they are now.

    What stands there already under the same key (two posts under one guid) stays where it is.
    """
    among = {"head": head, "members": json.dumps(members), "everyone": json.dumps(everyone)}
    for table in ("identifiers", "sightings", "submissions"):
        db.execute(
            f"""UPDATE OR IGNORE {table} SET item_id = :head
                WHERE item_id IN (SELECT value FROM json_each(:everyone)) AND item_id <> :head
                  AND born_id IN (SELECT value FROM json_each(:members))""",
            among,
        )
    rows = db.execute(
        """SELECT rowid, item_id FROM versions
           WHERE item_id IN (SELECT value FROM json_each(:everyone))
             AND born_id IN (SELECT value FROM json_each(:members))
           ORDER BY item_id <> :head, item_id, position""",
        among,
    ).fetchall()
    # Behind all that stands there, then down to their places: no two share one on the way.
    behind = db.execute(
        "SELECT coalesce(max(position), 0) FROM versions WHERE item_id = ?", [head]
    ).fetchone()[0]
    for start in (behind + 1, 1):
        db.executemany(
            "UPDATE versions SET item_id = ?, position = ? WHERE rowid = ?",
            [(head, start + place, row[0]) for place, row in enumerate(rows)],
        )


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
