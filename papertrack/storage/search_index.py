"""The index of the words of items: which items it lacks, and bringing it up to date in bulk.

Nothing is indexed while items are written: triggers that do so make an insert 22 times dearer. The
index is brought up to date at the end of a fetch and before a search, many items at a time.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.query.words import spaced
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Items in one transaction: a key at the rating screen waits no longer than one takes.
_AT_ONCE = 2000
# Abstracts of some 1,300 papers: 0.2 s.
_A_DAYS_CHARACTERS = 2_000_000
# An index of which more than half belongs to nobody is built anew.
_FEWEST_DEAD = 5000
# Field "title" of the notes is what the author calls the item: it is found as its title, too.
_COLUMNS = """
  i.id,
  i.title || coalesce((SELECT char(10) || text FROM notes
                       WHERE item_id = i.id AND field = 'title'), ''),
  i.authors,
  i.summary,
  coalesce((SELECT group_concat(text, char(10)) FROM notes
            WHERE item_id = i.id AND field NOT IN ('title', 'hide_title', 'home', 'format')), '')
    || coalesce((SELECT char(10) || group_concat(remark, char(10)) FROM ratings
                 WHERE item_id = i.id), ''),
  coalesce((SELECT group_concat(tag, char(10)) FROM tags WHERE item_id = i.id), '')
"""


@dataclass(frozen=True, slots=True)
class _Row:
    item_id: int
    columns: tuple[str, ...]

    @property
    def words_hash(self) -> bytes:
        import hashlib  # noqa: PLC0415  # 5 ms that only indexing needs

        text = "\0".join(self.columns)
        return hashlib.blake2b(text.encode(), digest_size=8).digest()


def is_behind(db: sqlite3.Connection) -> bool:
    """Tell whether there are items that the index does not know as they are."""
    return bool(
        db.execute(
            """SELECT EXISTS (SELECT 1 FROM search_due)
                   OR coalesce((SELECT max(id) FROM items), 0)
                    > coalesce((SELECT max(item_id) FROM search_rows), 0)"""
        ).fetchone()[0]
    )


def count_due(db: sqlite3.Connection) -> int:
    """Count the items that the index does not know as they are."""
    row = db.execute(
        """SELECT (SELECT count(*) FROM items
                   WHERE id > coalesce((SELECT max(item_id) FROM search_rows), 0))
                + (SELECT count(*) FROM search_due
                   WHERE item_id <= coalesce((SELECT max(item_id) FROM search_rows), 0))"""
    )
    return int(row.fetchone()[0])


def catch_up(db: sqlite3.Connection) -> int:
    """Bring the index up to date, in short transactions; without anything to do, only read.

    Returns:
        How many items were indexed.
    """
    indexed = 0
    while is_behind(db):
        with transaction(db):
            rows = _next_rows(db)
            indexed += _index(db, rows)
            db.execute(
                "DELETE FROM search_due WHERE item_id IN (SELECT value FROM json_each(?))",
                [json.dumps([row.item_id for row in rows])],
            )
    return indexed


def catch_up_if_possible(db: sqlite3.Connection) -> None:
    """Bring the index up to date before a search; who cannot write searches what there is."""
    with _without_troubles_of_the_disk():
        catch_up(db)


def keep_up(db: sqlite3.Connection) -> None:
    """Index what a run brought in, if it is about a day's; more is left to the first search.

    A first fetch must not take twice as long for a search that nobody has asked for yet. An index
    of which most belongs to nobody is built anew, which takes seconds.
    """
    with _without_troubles_of_the_disk():
        if _is_untidy(db):
            _empty(db)
            catch_up(db)
        elif is_behind(db) and _due_characters(db) <= _A_DAYS_CHARACTERS:
            catch_up(db)


@contextlib.contextmanager
def _without_troubles_of_the_disk() -> Iterator[None]:
    """Pass over a full or read-only disk and other writers: the index can wait for better days."""
    try:
        yield
    except sqlite3.OperationalError as error:
        passing = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
        if error.sqlite_errorcode & 0xFF not in passing:
            raise


def _due_characters(db: sqlite3.Connection) -> int:
    row = db.execute(
        """SELECT coalesce(sum(length(summary)), 0) FROM items
           WHERE id > coalesce((SELECT max(item_id) FROM search_rows), 0)
              OR id IN (SELECT item_id FROM search_due)"""
    )
    return int(row.fetchone()[0])


def _next_rows(db: sqlite3.Connection) -> list[_Row]:
    """Read the words of some items that the index does not know as they are: new ones first."""
    new = db.execute(
        f"""SELECT {_COLUMNS} FROM items AS i
            WHERE i.id > coalesce((SELECT max(item_id) FROM search_rows), 0)
            ORDER BY i.id LIMIT ?""",
        [_AT_ONCE],
    ).fetchall()
    rows = new or db.execute(
        f"""SELECT {_COLUMNS} FROM search_due AS d JOIN items AS i ON i.id = d.item_id
            ORDER BY i.id LIMIT ?""",
        [_AT_ONCE],
    )
    return [
        _Row(item_id, (spaced(title), spaced(_names(authors)), *map(spaced, rest)))
        for item_id, title, authors, *rest in rows
    ]


def _index(db: sqlite3.Connection, rows: Iterable[_Row]) -> int:
    """Put items into the index whose words it does not hold already."""
    asked = list(rows)
    known = dict(
        db.execute(
            """SELECT item_id, words_hash FROM search_rows
               WHERE item_id IN (SELECT value FROM json_each(?))""",
            [json.dumps([row.item_id for row in asked])],
        ).fetchall()
    )
    changed = [row for row in asked if known.get(row.item_id) != row.words_hash]
    first = db.execute("SELECT coalesce(max(doc), 0) + 1 FROM search_rows").fetchone()[0]
    db.executemany(
        """INSERT INTO search (rowid, title, authors, abstract, notes, tags)
           VALUES (?, ?, ?, ?, ?, ?)""",
        ((doc, *row.columns) for doc, row in enumerate(changed, start=first)),
    )
    db.executemany(
        """INSERT INTO search_rows (doc, item_id, words_hash) VALUES (?, ?, ?)
           ON CONFLICT (item_id)
           DO UPDATE SET doc = excluded.doc, words_hash = excluded.words_hash""",
        ((doc, row.item_id, row.words_hash) for doc, row in enumerate(changed, start=first)),
    )
    return len(changed)


def _is_untidy(db: sqlite3.Connection) -> bool:
    last, alive = db.execute("SELECT coalesce(max(doc), 0), count(*) FROM search_rows").fetchone()
    return bool(last - alive > max(alive, _FEWEST_DEAD))


def _empty(db: sqlite3.Connection) -> None:
    with transaction(db):
        db.execute("INSERT INTO search (search) VALUES ('delete-all')")
        db.execute("DELETE FROM search_rows")
        db.execute("DELETE FROM search_due")


def _names(authors: str) -> str:
    return "\n".join(author["name"] for author in json.loads(authors))
