"""One story at two addresses: a blog and its newsletter, a teaser, a post that was renamed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from papertrack.storage.database import opened
from papertrack.storage.projection import rebuild
from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

TITLE = "Soap films learn to count"
SENTENCE = "Invented soap films of size {} were asked to count up to {}, and some of them did. "
TEXT = "".join(SENTENCE.format(n, n * n) for n in range(1, 9))
TEASER = "".join(SENTENCE.format(n, n * n) for n in range(1, 3))
BLOG = Post(TITLE, "https://blog.example.org/counting", "b1", f"<p>{TEXT}</p>", author="Ada Sample")
LETTER = Post(
    "Soap Films Learn to Count | Letters",
    "https://letters.example.org/p/soap",
    "l1",
    "<p>Dear all, this is a short letter.</p>",
    "Sun, 22 Nov 2026 09:00:00 GMT",
    "ada sample",
)
TEASED = replace(LETTER, title="On soap", body=f"<p>{TEASER} […]</p><p>Continue reading →</p>")
RENAMED = replace(
    BLOG, title="What soap films know", link="https://blog.example.org/what-they-know", guid="b2"
)


def fetches(author: Author, server: FeedServer, **feeds: Post) -> None:
    for slug, post in feeds.items():
        server.put(f"/{slug}", rss(post).encode())
    assert author.types("fetch", "--force").code == 0


@pytest.fixture
def reader(author: Author, server: FeedServer) -> Author:
    for slug in ("blog", "letters"):
        author.add_source(server.put(f"/{slug}", rss().encode()), slug=slug)
    fetches(author, server, blog=BLOG)
    return author


def stories(author: Author, item: int) -> list[tuple[int, str, str]]:
    found = author.types("show", str(item), "--json").json["same_story"]
    return [(one["item"], one["reason"], one["state"]) for one in found]


@pytest.mark.parametrize(
    ("feeds", "reason"),
    [
        ({"letters": LETTER}, "same title and author, 2 days apart"),
        ({"letters": TEASED}, "its text begins like this one's"),
        (
            {"letters": replace(TEASED, body=f"<div>{TEXT}</div>")},
            "same text under another address",
        ),
        ({"blog": RENAMED}, "same text under another address"),
    ],
    ids=["title", "teaser", "copy", "renamed"],
)
def test_the_same_story_at_another_address_is_proposed(
    reader: Author, server: FeedServer, feeds: dict[str, Post], reason: str
) -> None:
    fetches(reader, server, **feeds)

    assert stories(reader, 1) == [(2, reason, "new")]
    assert stories(reader, 2) == [(1, reason, "new")]
    assert f'1  "{TITLE}"  ({reason}): papertrack merge 2 1, or split 2 --from 1' in (
        reader.types("show", "2").out
    )
    fetches(reader, server, **feeds)
    assert len(reader.types("list", "--json").json) == 2
    assert stories(reader, 1) == [(2, reason, "new")]


def test_what_was_rejected_under_the_old_address_is_named_so(
    reader: Author, server: FeedServer
) -> None:
    reader.types("rate", "1", "--reject")
    fetches(reader, server, blog=RENAMED)

    assert "(same text under another address; you rejected it on 2026-11-20)" in (
        reader.types("show", "2").out
    )
    (asked,) = reader.types("show", "2", "--json").json["same_story"]
    assert (asked["state"], asked["judged_at"][:10]) == ("rejected", "2026-11-20")
    reader.types("merge", "2", "1")
    assert [(one["item"], one["state"]) for one in reader.types("list", "--json").json] == [
        (2, "rejected")
    ]


def test_no_is_no_until_it_is_taken_back(reader: Author, server: FeedServer) -> None:
    fetches(reader, server, letters=TEASED)
    before = stories(reader, 1)
    assert before

    reader.types("split", "1", "--from", "2")
    assert stories(reader, 1) == stories(reader, 2) == []
    fetches(reader, server, letters=replace(TEASED, body=f"<p>{TEXT}</p>"))
    with opened(reader.database) as db:
        rebuild(db)
    assert stories(reader, 1) == stories(reader, 2) == []
    fetches(reader, server, letters=TEASED)
    reader.types("undo")
    assert stories(reader, 1) == before


def test_a_merge_answers_and_its_undo_asks_again(reader: Author, server: FeedServer) -> None:
    fetches(reader, server, letters=LETTER)
    before = stories(reader, 1)

    reader.types("merge", "1", "2")
    assert stories(reader, 1) == []
    reader.types("undo")
    assert stories(reader, 1) == before


@pytest.mark.parametrize(
    "letter",
    [
        replace(LETTER, author="Ben Example"),
        replace(LETTER, author=""),
        replace(LETTER, title="Soap films learn to read"),
        replace(LETTER, date="Fri, 27 Nov 2026 09:00:00 GMT"),
        replace(TEASED, body=f"<p>{TEASER} But they forgot it at once, and now they rest.</p>"),
        replace(TEASED, body=f"<p>{' '.join(TEXT.split()[:15])} …</p>"),
    ],
    ids=["author", "no author", "title", "a week", "goes on", "short"],
)
def test_what_only_resembles_it_is_not_proposed(
    reader: Author, server: FeedServer, letter: Post
) -> None:
    fetches(reader, server, letters=letter)

    assert stories(reader, 1) == stories(reader, 2) == []


def test_a_column_of_one_title_is_not_one_story(reader: Author, server: FeedServer) -> None:
    weeks = [
        Post(
            "Open thread",
            f"https://blog.example.org/open-{day}",
            f"o{day}",
            f"<p>Subscribe to our letters.</p><p>{day} {TEXT}</p>",
            f"{day} Nov 2026 09:00:00 GMT",
            "Ada Sample",
        )
        for day in (6, 13, 20)
    ]
    server.put("/blog", rss(*weeks).encode())
    reader.types("fetch", "--force")

    assert [stories(reader, number) for number in (1, 2, 3, 4)] == [[]] * 4


def test_older_databases_find_what_they_hold_once_they_are_opened(
    reader: Author, server: FeedServer
) -> None:
    fetches(reader, server, letters=TEASED)
    found = stories(reader, 1)
    keys = reader.rows("SELECT * FROM story_keys")
    with closing(sqlite3.connect(reader.database)) as db:
        db.execute("DROP TABLE story_keys")
        db.execute("DELETE FROM _sqlite_migrations WHERE name >= '0012'")
        db.execute("PRAGMA user_version = 11")
        db.commit()

    assert stories(reader, 1) == found
    assert reader.rows("SELECT * FROM story_keys") == keys
    assert reader.rows("SELECT * FROM meta WHERE key = 'stories'") == []
