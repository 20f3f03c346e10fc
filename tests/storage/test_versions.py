"""Every title and abstract is stored once, and none that an item once had is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.merge import merge, split
from papertrack.storage.database import open_database, own_steps, transaction
from papertrack.storage.versions import list_versions
from tests.storage.newsroom import Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from papertrack.core.judging.item_details import Version

URL = "https://example.org/one"


def _rows(room: Newsroom) -> list[tuple[object, ...]]:
    rows = room.db.execute("SELECT item_id, position, title, summary FROM versions")
    return [tuple(row) for row in rows]


def test_an_item_that_never_changed_has_its_text_in_one_place(room: Newsroom) -> None:
    room.shows("blog", post("g", "A post", URL, "Text."))

    assert _rows(room) == []
    (version,) = list_versions(room.db, 1)
    assert (version.number, version.title, version.summary) == (1, "A post", "Text.")
    assert version.seen_at == room.the_item().first_seen_at


def test_only_the_words_before_a_change_are_stored_beside_the_item(room: Newsroom) -> None:
    for title in ("One", "Two", "Three"):
        room.shows("blog", post("g", title, URL, f"Text {title}."))

    assert _rows(room) == [
        (1, 1, "One", "Text One."),
        (1, 2, "Two", "Text Two."),
        (1, 3, None, None),
    ]
    assert [one.summary for one in list_versions(room.db, 1)] == [
        "Text One.",
        "Text Two.",
        "Text Three.",
    ]


def test_a_merge_that_is_split_leaves_no_text_behind(room: Newsroom) -> None:
    room.shows("arxiv", paper())
    room.shows("blog", post("g", "A post", URL, "Text."))
    room.shows("blog", post("g", "A better post", URL, "Text."))
    before, versions = _rows(room), [list_versions(room.db, number) for number in (1, 2)]

    merge(room.db, ["1", "2"], room.now)
    joined = list_versions(room.db, 1)
    split(room.db, "1", "2", room.now)

    assert [one.title for one in joined] == ["Paper 2611.99901 v1", "A post", "A better post"]
    assert _rows(room) == before
    assert [list_versions(room.db, number) for number in (1, 2)] == versions


OLD = [name for name in own_steps() if name < "0013"]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """Make a database as it was when versions repeated the present text."""
    with newsroom(tmp_path) as room:
        room.shows("blog", post("same", "Unchanged", "https://example.org/same", "x" * 50_000))
        room.shows("blog", post("g", "A post", URL, "Text."))
        room.shows("blog", post("g", "A better post", URL, "Text."))
        room.shows("arxiv", paper())
        room.shows("blog", post("about", "About it", "https://example.org/about", "On a paper."))
        merge(room.db, ["3", "4"], room.now)
        with transaction(room.db):
            _write_as_before(room.db)
    return tmp_path / "papertrack.db"


def _write_as_before(db: sqlite3.Connection) -> None:
    """Undo the last step."""
    db.execute(
        """UPDATE versions SET (title, summary) =
             (SELECT title, summary FROM items WHERE id = versions.born_id)
           WHERE title IS NULL"""
    )
    db.execute(
        """INSERT INTO versions (item_id, position, arxiv_version, title, summary, seen_at, born_id)
           SELECT id, 1, arxiv_version, title, summary, first_seen_at, id FROM items AS i
           WHERE NOT EXISTS (SELECT 1 FROM versions AS v WHERE v.born_id = i.id)"""
    )
    db.execute("DELETE FROM _sqlite_migrations WHERE name >= '0013'")
    db.execute(f"PRAGMA user_version = {len(OLD)}")


def _all(db: sqlite3.Connection) -> list[list[Version]]:
    return [list_versions(db, row[0]) for row in db.execute("SELECT id FROM items ORDER BY id")]


def test_an_upgrade_drops_what_was_stored_twice_and_no_version(before: Path) -> None:
    with closing(sqlite3.connect(before)) as db:
        db.row_factory = sqlite3.Row
        known = _all(db)
        assert db.execute("SELECT count(*) FROM versions").fetchone()[0] == 5
    size = before.stat().st_size

    with closing(open_database(before)) as db:
        assert _all(db) == known
        rows = db.execute("SELECT born_id, title FROM versions ORDER BY item_id, position")
        assert [tuple(row) for row in rows] == [
            (2, "A post"),
            (2, None),
            (3, "Paper 2611.99901 v1"),
            (4, "About it"),
        ]
    assert before.stat().st_size < size - 40_000
