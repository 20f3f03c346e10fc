"""Earlier titles and abstracts of items.

A text is stored once. An item that has never changed has no row here: its only version is what
``items`` says. Otherwise there is a row for each version, in order, and the last one has no texts
while ``items`` says them: `keep_present` fills them in before the item changes, or shows the facts
of an item that it is merged with, and `forget_present` empties them when it is split off again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Version
from papertrack.core.times import read_utc

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


def list_versions(db: sqlite3.Connection, number: int) -> list[Version]:
    """List the versions of an item, oldest first; it always has one."""
    rows = db.execute(
        """SELECT v.arxiv_version, coalesce(v.title, i.title) AS title,
                  coalesce(v.summary, i.summary) AS summary, v.seen_at, v.born_id
           FROM versions AS v JOIN items AS i ON i.id = v.born_id
           WHERE v.item_id = ? ORDER BY v.seen_at, v.position""",
        [number],
    ).fetchall()
    if not rows:
        rows = db.execute(
            """SELECT arxiv_version, title, summary, first_seen_at AS seen_at, id AS born_id
               FROM items WHERE id = ?""",
            [number],
        ).fetchall()
    return [
        Version(
            place,
            row["born_id"],
            row["arxiv_version"],
            row["title"],
            row["summary"],
            read_utc(row["seen_at"]),
        )
        for place, row in enumerate(rows, start=1)
    ]


def keep_present(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Store the present titles and abstracts of items as versions.

    Call it before they change. The items must show their own facts.
    """
    asked = json.dumps(sorted(item_ids))
    db.execute(
        """INSERT INTO versions
             (item_id, position, arxiv_version, title, summary, seen_at, born_id)
           SELECT i.id, 1, i.arxiv_version, i.title, i.summary, i.first_seen_at, i.id
           FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value
           WHERE i.merged_into IS NULL
             AND NOT EXISTS (SELECT 1 FROM versions AS v WHERE v.item_id = i.id)""",
        [asked],
    )
    db.execute(
        """UPDATE versions SET (title, summary) = (
             SELECT i.title, i.summary FROM items AS i WHERE i.id = versions.born_id)
           WHERE item_id IN (SELECT value FROM json_each(?)) AND title IS NULL""",
        [asked],
    )


def forget_present(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Remove the texts that `keep_present` stored, of items that are no longer merged."""
    asked = json.dumps(sorted(item_ids))
    db.execute(
        """UPDATE versions SET title = NULL, summary = NULL
           WHERE item_id IN (
             SELECT i.id FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value
             WHERE i.merged_into IS NULL AND i.title = versions.title
               AND i.summary = versions.summary
               AND NOT EXISTS (SELECT 1 FROM items AS d WHERE d.merged_into = i.id))
             AND position = (SELECT max(position) FROM versions AS v
                             WHERE v.item_id = versions.item_id)""",
        [asked],
    )
    db.execute(
        """DELETE FROM versions WHERE title IS NULL AND position = 1
           AND item_id IN (
             SELECT i.id FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value
             WHERE i.first_seen_at = versions.seen_at
               AND i.arxiv_version IS versions.arxiv_version)""",
        [asked],
    )


def add_version(
    db: sqlite3.Connection, item_id: int, arxiv_version: int | None, seen_at: str
) -> None:
    """Record that an item has new words, after `keep_present` and the change of its facts.

    The item must show its own facts. If it is merged with others, it will not for long, so its
    words are stored here as well.
    """
    db.execute(
        """INSERT INTO versions
             (item_id, position, arxiv_version, title, summary, seen_at, born_id)
           SELECT h.id, coalesce((SELECT max(position) FROM versions WHERE item_id = h.id), 0) + 1,
                  ?2, iif(h.is_merged, h.title, NULL), iif(h.is_merged, h.summary, NULL), ?3, ?1
           FROM (SELECT coalesce(i.merged_into, i.id) AS id, i.title, i.summary,
                        i.merged_into IS NOT NULL
                        OR EXISTS (SELECT 1 FROM items AS d WHERE d.merged_into = i.id) AS is_merged
                 FROM items AS i WHERE i.id = ?1) AS h""",
        [item_id, arxiv_version, seen_at],
    )
