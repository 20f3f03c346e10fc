"""One work under many addresses: typed, pasted, and in a database that an older version wrote."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from papertrack.storage.database import SCHEMA_VERSION, opened
from papertrack.storage.projection import rebuild

if TYPE_CHECKING:
    from tests.author import Author

DOI = "10.5555/9999999.9999001"
BLOG = "https://blog.example.org"
ACM = f"https://dl.acm.org/doi/abs/{DOI}"


@pytest.mark.parametrize(
    "typed",
    [
        f"<{ACM}>",
        f"({ACM})",
        f"[{ACM}]",
        f"{ACM}.",
        f'"{ACM}",',
        f"[The paper]({ACM})",
        f"dl.acm.org/doi/pdf/{DOI}",
        f"https://doi.org/{DOI}",
        f"doi:{DOI}.",
        f"{ACM}?utm_source=x#abstract",
    ],
)
def test_what_is_pasted_finds_the_work(author: Author, typed: str) -> None:
    author.types("add", ACM, "--title", "A made-up paper")

    shown, added = (
        author.types("show", "--", typed),
        author.types("add", "--title", "x", "--", typed),
    )

    assert (shown.code, added.code) == (0, 0)
    assert "A made-up paper" in shown.out
    assert added.out.startswith('known as 1: "A made-up paper"')


@pytest.mark.parametrize(
    "typed", ["arXiv:2611.99901v1 [cs.LG]", "(arXiv:2611.99901)", "<2611.99901>"]
)
def test_a_paper_is_found_as_it_is_cited(author: Author, typed: str) -> None:
    author.types("add", "2611.99901", "--title", "A made-up paper")

    assert "A made-up paper" in author.types("show", "--", typed).out


def _tables(author: Author) -> dict[str, list[tuple[Any, ...]]]:
    names = ("items", "events", "identifiers", "merges", "pairs", "ratings", "item_tags")
    with closing(sqlite3.connect(author.database)) as db:
        known = {row[0] for row in db.execute("SELECT name FROM sqlite_schema")}
        return {
            name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()  # noqa: S608
            for name in names
            if name in known
        }


_LATER_COLUMNS = (
    *("oldest_at", "announced_bytes", "received_bytes", "broke_off", "root_closed"),
    *("announced", "shown", "repeats", "state", "hint"),
)


def _as_older_version_named_them(author: Author, *rows: tuple[str, str, int]) -> None:
    """Give items the names of schema 9, which knew fewer forms of addresses."""
    with closing(sqlite3.connect(author.database)) as db:
        for scheme, value, item in rows:
            db.execute("INSERT INTO identifiers VALUES (?, ?, ?, ?)", [scheme, value, item, item])
        for column in _LATER_COLUMNS:
            db.execute(f"ALTER TABLE fetches DROP COLUMN {column}")
        db.execute("DROP TABLE story_keys")
        db.execute("DELETE FROM _sqlite_migrations WHERE name >= '0010'")
        db.execute("PRAGMA user_version = 9")
        db.commit()


def test_older_databases_get_the_new_names_beside_the_old(author: Author) -> None:
    author.types(
        "add", "https://blog.example.org/a", "--title", "A", "--area", "interp", "--value", "3"
    )
    _as_older_version_named_them(author, ("url", f"dl.acm.org/doi/abs/{DOI}", 1))
    before = _tables(author)

    shown = author.types("show", "--", f"https://doi.org/{DOI}")

    after = _tables(author)
    assert (shown.code, "A" in shown.out) == (0, True)
    assert set(after["identifiers"]) - set(before["identifiers"]) == {("doi", DOI, 1, 1)}
    assert set(before["identifiers"]) <= set(after["identifiers"])
    assert {**after, "identifiers": None} == {**before, "identifiers": None}
    with opened(author.database) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        rebuild(db)
    assert _tables(author) == after


def test_works_that_meet_are_proposed_merged_and_taken_back(author: Author) -> None:
    author.types(
        "add", "https://blog.example.org/a", "--title", "A", "--area", "interp", "--value", "3"
    )
    author.types(
        "add", "https://blog.example.org/b", "--title", "B", "--area", "interp", "--value", "4"
    )
    _as_older_version_named_them(author, ("url", f"dl.acm.org/doi/abs/{DOI}", 1), ("doi", DOI, 2))
    before = _tables(author)

    shown = author.types("show", "1")
    proposed = _tables(author)
    merged = author.types("merge", "1", "2")
    whole = author.types("list", "--json").json
    undone = author.types("undo")
    after = _tables(author)

    assert "same story?" in shown.out
    assert "their addresses name one work" in shown.out
    assert [(row[0], row[1]) for row in proposed["pairs"]] == [(1, 2)]
    assert {**proposed, "pairs": None} == {**before, "pairs": None}
    assert (merged.code, undone.code, len(whole)) == (0, 0, 1)
    for table in ("items", "identifiers", "ratings"):
        assert after[table] == before[table]
