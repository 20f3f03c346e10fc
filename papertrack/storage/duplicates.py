"""Merge items that are one work, and split them again.

Merges form a forest: `drop_id` is a child of `keep_id`, and the root is the item that remains.
Nothing of a merged item is lost. Its row keeps its own facts; its identifiers, sightings, versions
and submissions move to the root, with the original item in `born_id`. Only the root's row changes:
it shows arXiv's facts if a member has some, and its own are kept in the `facts` of a merge. Call
`restore_own_facts` before changing the facts or merges of an item, and `show_merged_facts` after.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Merge
from papertrack.core.text.borrowed_titles import title_or_borrowed
from papertrack.core.times import read_utc, utc_text
from papertrack.storage.versions import forget_present, keep_present

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

FACTS = (
    "kind, title, authors, summary, url, announced_at, published_at, updated_at, origin_id, "
    "arxiv_version, primary_category, categories, comment, journal_ref, doi, licence, withdrawn"
)
_SHOWN = f"{FACTS}, intake"
_HOLDS = "undone_at IS NULL"


def head_of(db: sqlite3.Connection, item_id: int) -> int:
    """Return the item that an item was merged into; itself if it was not."""
    row = db.execute("SELECT coalesce(merged_into, id) FROM items WHERE id = ?", [item_id])
    return int(row.fetchone()[0])


def heads_of(db: sqlite3.Connection, item_ids: Iterable[int]) -> set[int]:
    """Return the items that items were merged into; themselves where they were not."""
    rows = db.execute(
        """SELECT DISTINCT coalesce(i.merged_into, i.id) FROM json_each(?) AS asked
           CROSS JOIN items AS i ON i.id = asked.value""",
        [json.dumps(sorted(item_ids))],
    )
    return {row[0] for row in rows}


def members_of(db: sqlite3.Connection, head: int) -> list[int]:
    """List an item and everything merged into it, in the order of the merges."""
    rows = db.execute(
        f"""SELECT i.id FROM items AS i JOIN merges AS m ON m.drop_id = i.id AND m.{_HOLDS}
            WHERE i.merged_into = ? ORDER BY m.id""",
        [head],
    )
    return [head, *(row[0] for row in rows)]


def merged_heads(db: sqlite3.Connection, item_ids: Iterable[int]) -> set[int]:
    """Return the heads of those items that are merged with others."""
    rows = db.execute(
        """SELECT coalesce(i.merged_into, i.id) FROM json_each(?) AS asked
           CROSS JOIN items AS i ON i.id = asked.value
           WHERE i.merged_into IS NOT NULL
              OR EXISTS (SELECT 1 FROM items AS d WHERE d.merged_into = i.id)""",
        [json.dumps(sorted(item_ids))],
    )
    return {row[0] for row in rows}


def own_title(db: sqlite3.Connection, item_id: int) -> str:
    """Read the shown title of an item itself, whatever it was merged with."""
    own = own_facts(db, [item_id]).get(item_id)
    asked = "SELECT title, summary, url FROM items WHERE id = ?"
    row = own or db.execute(asked, [item_id]).fetchone()
    return title_or_borrowed(str(row["title"]), str(row["summary"]), str(row["url"] or ""))


def list_merges(db: sqlite3.Connection, head: int) -> list[Merge]:
    """List everything merged into an item, directly or through another, oldest first."""
    return [
        Merge(
            row["id"],
            title_or_borrowed(row["title"], row["summary"], row["url"]),
            read_utc(row["merged_at"]),
            by_author=row["by"] is not None,
        )
        for row in db.execute(
            f"""SELECT i.id, i.title, i.summary, i.url, m.merged_at,
                  json_extract(m.facts, '$.by') AS by
                FROM items AS i JOIN merges AS m ON m.drop_id = i.id AND m.{_HOLDS}
                WHERE i.merged_into = ? ORDER BY m.id""",
            [head],
        )
    ]


def merge_items(
    db: sqlite3.Connection, keep: int, drop: int, *, at: datetime, by: str | None = None
) -> None:
    """Merge two items that show their own facts; the caller rebuilds the judgement.

    Args:
        db: The database, inside a transaction.
        keep: The item that remains.
        drop: The item that is merged into it.
        at: When.
        by: The `PairDecision.words` of the author's decision; None if a shared identifier did it.
    """
    edge = db.execute(
        "INSERT INTO merges (keep_id, drop_id, merged_at, facts) VALUES (?, ?, ?, ?)",
        [keep, drop, utc_text(at), json.dumps({"by": by})],
    ).lastrowid
    _attach(db, int(edge or 0), keep, drop)


def restore_merge(db: sqlite3.Connection, edge: int) -> bool:
    """Restore a merge that was split; return False if its items are merged otherwise by now.

    Args:
        db: The database, inside a transaction; the items show their own facts.
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


def split_off(
    db: sqlite3.Connection, member: int, *, at: datetime, by: tuple[str, int] | None = None
) -> None:
    """Split an item, with everything merged into it before, off the item it was merged into.

    Args:
        db: The database, inside a transaction; the merged item shows its own facts.
        member: The item to split off.
        at: When.
        by: The `PairDecision.words` of the author's decision, and its sequence; None if the
            decision to merge was undone.
    """
    head = head_of(db, member)
    edge, ledger = db.execute(
        f"""SELECT id, coalesce(json_extract(facts, '$.ledger'), '[]') FROM merges
            WHERE drop_id = ? AND {_HOLDS}""",
        [member],
    ).fetchone()
    words, sequence = by or (None, None)
    db.execute(
        """UPDATE merges SET undone_at = ?, facts = json_set(facts, '$.cut', ?, '$.turn', ?)
           WHERE id = ?""",
        [utc_text(at), words, sequence, edge],
    )
    leaving_items = branch(db, member)
    db.execute(
        "UPDATE items SET merged_into = ? WHERE id IN (SELECT value FROM json_each(?))",
        [member, json.dumps(sorted(leaving_items - {member}))],
    )
    db.execute("UPDATE items SET merged_into = NULL, state = intake WHERE id = ?", [member])
    everyone = [*leaving_items, *members_of(db, head)]
    for root in (member, head):
        _gather(db, root, members_of(db, root), everyone)
    forget_present(db, [member, head])
    db.executemany(
        """UPDATE OR IGNORE issue_items SET item_id = ?
           WHERE item_id = ? AND issue = ? AND area = ?""",
        [(member, head, issue, area) for issue, area in json.loads(ledger)],
    )


def branch(db: sqlite3.Connection, member: int) -> set[int]:
    """Return an item and everything merged into it, directly or through another."""
    rows = db.execute(
        f"""WITH RECURSIVE merged (id) AS (
              SELECT ?1 UNION
              SELECT m.drop_id FROM merges AS m JOIN merged AS h ON m.keep_id = h.id
              WHERE m.{_HOLDS})
            SELECT id FROM merged""",
        [member],
    )
    return {row[0] for row in rows}


def item_to_split(db: sqlite3.Connection, keep: int, other: int) -> int:
    """Choose which of two merged items to split off: `other`, unless `keep` was merged into it."""
    return keep if keep in branch(db, other) else other


def last_merged(db: sqlite3.Connection, head: int) -> int | None:
    """Return the item that was merged into an item last; None if there is none."""
    row = db.execute(
        f"SELECT drop_id FROM merges WHERE keep_id = ? AND {_HOLDS} ORDER BY id DESC LIMIT 1",
        [head],
    ).fetchone()
    return int(row[0]) if row else None


def merged_by(db: sqlite3.Connection, words: str) -> list[int]:
    """List the items that a decision of the author merged into others."""
    rows = db.execute(
        f"SELECT drop_id FROM merges WHERE json_extract(facts, '$.by') = ? AND {_HOLDS}", [words]
    )
    return [row[0] for row in rows]


def splits_by(db: sqlite3.Connection, words: str, *, since: int = 0) -> list[int]:
    """List the merges that a decision of the author split, if it came after a sequence."""
    rows = db.execute(
        """SELECT id FROM merges
           WHERE json_extract(facts, '$.cut') = ? AND json_extract(facts, '$.turn') > ?
             AND undone_at IS NOT NULL ORDER BY id""",
        [words, since],
    )
    return [row[0] for row in rows]


def items_split_by(db: sqlite3.Connection, words: str) -> set[int]:
    """Return the items on both sides of the merges that a decision of the author split."""
    ends = [
        db.execute("SELECT keep_id, drop_id FROM merges WHERE id = ?", [edge]).fetchone()
        for edge in splits_by(db, words)
    ]
    return {item_id for both in ends for item_id in both}


def restore_own_facts(db: sqlite3.Connection, heads: Iterable[int]) -> None:
    """Replace the combined facts of merged items with their own."""
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

    arXiv's facts come before all others. An item is queued if one of its members is, even if the
    first load of another source left it out.
    """
    for head in heads:
        members = members_of(db, head)
        if len(members) == 1:
            continue
        rows = {
            row["id"]: {key: row[key] for key in row.keys() if key != "id"}  # noqa: SIM118  # a Row is no mapping
            for row in db.execute(
                f"SELECT id, {_SHOWN} FROM items WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(members)],
            )
        }
        own = rows[head]
        papers = [rows[member] for member in members if rows[member]["arxiv_version"] is not None]
        shown = {**(papers[0] if papers else own)}
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
    """Read the own facts of those items that show another's; the others are left out."""
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
    keep_present(db, [head, drop])
    db.execute(
        """UPDATE items SET merged_into = ?1, state = 'merged'
           WHERE id = ?2 OR merged_into = ?2""",
        [head, drop],
    )
    members = members_of(db, head)
    _gather(db, head, members, members)
    # What was published of one item counts as published of the merged one.
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
    """Move everything that belonged to some items first to the head that they have now.

    A row whose key is taken there (two posts under one guid) is not moved.
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
    # First behind the existing rows, then to their places, so that no two collide on the way.
    behind = db.execute(
        "SELECT coalesce(max(position), 0) FROM versions WHERE item_id = ?", [head]
    ).fetchone()[0]
    for start in (behind + 1, 1):
        db.executemany(
            "UPDATE versions SET item_id = ?, position = ? WHERE rowid = ?",
            [(head, start + place, row[0]) for place, row in enumerate(rows)],
        )
