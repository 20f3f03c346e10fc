"""The index of words: what makes it due, what does not, and that it never holds anybody up."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from papertrack.core.query.filters import Filter, Words
from papertrack.storage import search
from papertrack.storage.database import open_database, transaction
from papertrack.storage.search import (
    catch_up,
    catch_up_if_possible,
    count_due,
    find,
    is_behind,
    keep_up,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(tmp_path / "papertrack.db", create=True)) as db:
        for number in (1, 2, 3):
            put(db, number)
        yield db


def put(db: sqlite3.Connection, number: int, summary: str = "An abstract") -> None:
    db.execute(
        """INSERT INTO items (id, kind, title, authors, summary, first_seen_at, intake, state)
           VALUES (?, 'paper', ?, '[{"name":"Ada Example"}]', ?, ?, 'new', 'new')""",
        [number, f"Title {number}", summary, f"2026-11-{number:02d}"],
    )


def rows_of(db: sqlite3.Connection) -> list[int]:
    return [row[0] for row in db.execute("SELECT doc FROM search_rows ORDER BY item_id")]


def titled(text: str) -> Filter:
    return Words(text, "title")


def test_new_items_are_indexed_once(db: sqlite3.Connection) -> None:
    assert is_behind(db)
    assert count_due(db) == 3
    assert catch_up(db) == 3
    assert not is_behind(db)
    assert catch_up(db) == 0
    db.execute("INSERT INTO tags VALUES (2, 'toy')")
    put(db, 4)
    assert count_due(db) == 2


@pytest.mark.parametrize(
    ("sql", "wanted", "found"),
    [
        ("UPDATE items SET title = 'Renamed' WHERE id = 2", Words("renamed"), [2]),
        ("UPDATE items SET title = 'Renamed' WHERE id = 2", Words("title"), [3, 1]),
        ("UPDATE items SET summary = 'Rewritten' WHERE id = 2", Words("rewritten"), [2]),
        ('UPDATE items SET authors = \'[{"name":"Bo"}]\' WHERE id = 2', Words("bo"), [2]),
        ("INSERT INTO notes VALUES (2, 'what', 'A probe')", Words("probe", "note"), [2]),
        ("INSERT INTO notes VALUES (2, 'title', 'Mine')", Words("mine", "title"), [2]),
        ("INSERT INTO notes VALUES (2, 'home', 'interp')", Words("interp"), []),
        ("INSERT INTO tags VALUES (2, 'toy')", Words("toy"), [2]),
        (
            "INSERT INTO ratings (item_id, area, remark) VALUES (2, 'a', 'small n')",
            Words("small n", "note"),
            [2],
        ),
    ],
)
def test_what_changes_is_found_as_it_is_now(
    db: sqlite3.Connection, sql: str, wanted: Words, found: list[int]
) -> None:
    catch_up(db)

    db.execute(sql)

    assert find(db, wanted) == found


@pytest.mark.parametrize("table", ["notes", "tags", "ratings"])
def test_what_is_taken_back_is_not_found_any_more(db: sqlite3.Connection, table: str) -> None:
    db.execute("INSERT INTO notes VALUES (2, 'what', 'from notes')")
    db.execute("INSERT INTO tags VALUES (2, 'from-tags')")
    db.execute("INSERT INTO ratings (item_id, area, remark) VALUES (2, 'a', 'from ratings')")
    assert find(db, Words(f"from {table}")) == [2]

    db.execute(f"DELETE FROM {table}")  # noqa: S608  # a name of this file

    assert find(db, Words(f"from {table}")) == []
    assert find(db, Words("from")) == [2]


def test_a_judgement_without_words_costs_the_index_nothing(db: sqlite3.Connection) -> None:
    catch_up(db)

    db.execute("UPDATE items SET state = 'rejected', judged_at = 'x' WHERE id = 2")
    db.execute("INSERT INTO ratings (item_id, area, halves) VALUES (2, 'a', 7)")

    assert not is_behind(db)


def test_words_that_are_written_again_are_not_indexed_again(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO tags VALUES (2, 'toy')")
    catch_up(db)
    before = rows_of(db)

    db.execute("DELETE FROM tags")
    db.execute("INSERT INTO tags VALUES (2, 'toy')")

    assert is_behind(db)
    assert catch_up(db) == 0
    assert (rows_of(db), is_behind(db)) == (before, False)


def test_no_number_of_a_row_is_given_twice(db: sqlite3.Connection) -> None:
    catch_up(db)

    seen = set(rows_of(db))
    for round_ in range(4):
        db.execute("UPDATE items SET title = ? WHERE id = 3", [f"Again {round_}"])
        catch_up(db)
        assert not {rows_of(db)[-1]} & seen
        seen |= set(rows_of(db))

    assert find(db, titled("again 3")) == [3]
    assert find(db, titled("again 2")) == []


def test_an_index_that_mostly_belongs_to_nobody_is_built_anew(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FEWEST_DEAD", 4)
    catch_up(db)
    for round_ in range(5):
        db.execute("UPDATE items SET title = ? WHERE id = 3", [f"Again {round_}"])
        catch_up(db)

    keep_up(db)

    assert rows_of(db) == [1, 2, 3]
    assert find(db, titled("again")) == [3]
    assert find(db, Words("abstract")) == [3, 2, 1]


def test_a_days_items_are_indexed_with_the_run_and_a_years_are_not(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_up(db)
    assert not is_behind(db)

    monkeypatch.setattr(search, "_A_DAYS_CHARACTERS", 10_000)
    put(db, 4, "word " * 3000)
    keep_up(db)
    assert is_behind(db)

    assert find(db, Words("word")) == [4]


def test_many_items_are_indexed_in_short_transactions(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_AT_ONCE", 2)
    db.execute("INSERT INTO tags VALUES (1, 'toy')")

    assert catch_up(db) == 3
    assert find(db, Words("example", "author")) == [3, 2, 1]


def test_who_cannot_write_searches_what_there_is(db: sqlite3.Connection, tmp_path: Path) -> None:
    catch_up(db)
    put(db, 4)
    with closing(sqlite3.connect(tmp_path / "papertrack.db")) as other:
        db.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")

        catch_up_if_possible(db)

        assert find(db, Words("title")) == [3, 2, 1]
        other.rollback()
    assert find(db, Words("title")) == [4, 3, 2, 1]


def test_an_item_that_was_merged_away_is_not_found(db: sqlite3.Connection) -> None:
    catch_up(db)
    with transaction(db):
        db.execute("UPDATE items SET merged_into = 1, state = 'merged' WHERE id = 2")

    assert find(db, Words("title")) == [3, 1]
    assert find(db, Words("title"), sort="best", limit=2) in ([1, 3], [3, 1])
