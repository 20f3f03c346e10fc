"""Since we wrote: what happened to works after they were printed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author


@pytest.fixture
def publisher(author: Author) -> Author:
    """An author who has published an issue with one paper, then in version 1."""
    author.types("init")
    author.types("add", "2611.99901", "--title", "A probe", "--area", "interp", "--value", "3")
    _says(author, "UPDATE items SET arxiv_version = 1")
    author.types("draft")
    author.types("publish", "2026-W47")
    author.now += timedelta(days=7)
    return author


def _says(author: Author, sql: str) -> None:
    """Let the outside say something new, as a fetch would store it."""
    import sqlite3  # noqa: PLC0415  # the tables are written to from outside here alone
    from contextlib import closing  # noqa: PLC0415

    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute(sql)


def test_nothing_new_is_said_in_one_line(publisher: Author) -> None:
    printed = publisher.types("issues", "follow-ups")

    assert (printed.code, printed.out) == (0, "")
    assert printed.err == "no news about published works\n"


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ("arxiv_version = 3", "version 3; version 1 was printed"),
        ("withdrawn = 1", "withdrawn by its authors"),
        ("journal_ref = 'J. Ex. 1 (2026)'", "published in J. Ex. 1 (2026)"),
    ],
)
def test_news_of_a_printed_work_are_told_with_issue_and_date(
    publisher: Author, change: str, news: str
) -> None:
    _says(publisher, f"UPDATE items SET {change}")  # noqa: S608  # ours

    printed = publisher.types("issues", "follow-ups")

    assert printed.out == f"1\t2026-W47 (2026-11-20)\t{news}\tA probe\n"


def test_a_later_post_that_links_to_it_is_told(publisher: Author) -> None:
    publisher.types("add", "https://example.org/post", "--title", "On probes")
    _says(publisher, "INSERT INTO mentions VALUES (2, '2611.99901')")

    told = publisher.types("issues", "follow-ups", "--json").json

    assert [(news["kind"], news["other"]) for news in told] == [("post", 2)]


def test_news_that_a_later_issue_printed_are_old(publisher: Author) -> None:
    _says(publisher, "UPDATE items SET arxiv_version = 2")
    path = publisher.folder / "again.md"
    path.write_text(
        "# Again (2026-11-27)\n\n## A\n\n[x](https://arxiv.org/abs/2611.99901)\n", "utf-8"
    )
    publisher.types("unpublish", "2026-W47")
    publisher.types("publish", "again.md", "--issue", "2026-W48")

    assert publisher.types("issues", "follow-ups").out == ""
