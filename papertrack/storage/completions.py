"""Candidates for shell completion from the database, one short query each."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from papertrack.core.query.completion import AREA, ISSUE, ITEM, SOURCE, TAG, Completion

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 50
_LONGEST_NUMBER = 9
_WAIT_S = 0.2  # Tab should not wait for another process
_BEGINS = "substr({0}, 1, length(:start)) = :start"
_QUESTIONS = {
    AREA: f"""SELECT slug, name FROM areas
              WHERE retired_at IS NULL AND {_BEGINS.format("slug")} ORDER BY position, slug""",
    SOURCE: f"""SELECT slug, name FROM sources
                WHERE retired_at IS NULL AND {_BEGINS.format("slug")} ORDER BY slug""",
    TAG: f"SELECT DISTINCT tag, '' FROM tags WHERE {_BEGINS.format('tag')} ORDER BY tag",
    ISSUE: f"SELECT slug, title FROM issues WHERE {_BEGINS.format('slug')} ORDER BY slug DESC",
}
_NEWEST = """SELECT id, title FROM items WHERE state IN ('new', 'later', 'kept')
             ORDER BY first_seen_at DESC, id LIMIT :most"""
_NUMBERED = """SELECT id, title FROM items
               WHERE ({}) AND merged_into IS NULL ORDER BY id LIMIT :most"""
_PAPERS = """SELECT n.value, i.title FROM identifiers AS n JOIN items AS i ON i.id = n.item_id
             WHERE n.scheme = 'arxiv' AND n.value >= :start AND n.value < :start || char(1114111)
             ORDER BY n.value LIMIT :most"""


def list_candidates(path: Path, kind: str, start: str) -> list[Completion]:
    """List the names of a kind that begin with a text; none if the database cannot be read.

    Args:
        path: The database; it is only read.
        kind: One of the kinds of `core.completion`.
        start: The text typed so far.
    """
    if not path.is_file():
        return []
    try:
        db = sqlite3.connect(path, timeout=_WAIT_S)
        try:
            rows = db.execute(_question(kind, start), {"start": start, "most": _MOST}).fetchall()
        finally:
            db.close()
    except sqlite3.Error:
        return []
    return [Completion(str(value), text) for value, text in rows[:_MOST]]


def _question(kind: str, start: str) -> str:
    if kind != ITEM:
        return _QUESTIONS[kind]
    if not start:
        return _NEWEST
    if start.isascii() and start.isdigit() and len(start) <= _LONGEST_NUMBER:
        return _NUMBERED.format(
            " OR ".join(
                f"id BETWEEN {int(start) * 10**more} AND {(int(start) + 1) * 10**more - 1}"
                for more in range(_LONGEST_NUMBER - len(start) + 1)
            )
        )
    return _PAPERS
