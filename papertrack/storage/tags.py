"""Tags as they stand on items."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many items have it, and how many of these are kept."""

    tag: str
    items: int
    kept: int


def count_tags(db: sqlite3.Connection) -> list[TagCount]:
    """Count the items of every tag, in the order of the alphabet."""
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
