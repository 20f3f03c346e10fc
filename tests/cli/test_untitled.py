"""A post without a title has its first words in the place of one, marked, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

WORDS = "\u201cA first thought about maps\u201d"
BODY = "<p>A first thought about maps. A second one.</p>"


@pytest.fixture
def posted(author: Author, server: FeedServer) -> Author:
    """Fetch one post of a social network."""
    note = Post("", "https://m1.example.social/@ada/1", "1", body=BODY)
    author.add_source(server.put("/feed", rss(note)))
    author.types("fetch")
    return author


def test_its_words_stand_in_lists_pages_and_messages(posted: Author) -> None:
    assert posted.types("list").out.rstrip().endswith(f"\t{WORDS}")
    assert posted.types("search", "maps").out.rstrip().endswith(f"\t{WORDS}")
    assert posted.types("show", "1").out.startswith(f"1  {WORDS}")
    shown = posted.types("show", "1", "--json").json
    assert (shown["title"], shown["borrowed_title"]) == ("", WORDS)


def test_a_draft_prints_them_and_absorbs_nothing_but_edits(posted: Author) -> None:
    posted.types("rate", "1", "--area", "interp", "--value", "3")
    posted.types("draft")
    file = posted.folder / "drafts/2026-W47.md"
    text = file.read_text("utf-8")

    unedited = posted.types("absorb", str(file), "--yes")
    file.write_text(text.replace(WORDS, "On maps"), encoding="utf-8")
    edited = posted.types("absorb", str(file), "--yes")

    assert f"[{WORDS}](https://m1.example.social/@ada/1)" in text
    assert "absorbed" not in unedited.out
    assert "On maps" in edited.out
    assert posted.types("list").out.rstrip().endswith("\tOn maps")
    assert posted.types("draft", "-o", "-").out == file.read_text("utf-8")


def test_a_title_that_comes_later_takes_their_place(posted: Author, server: FeedServer) -> None:
    named = Post("Maps", "https://m1.example.social/@ada/1", "1", body=BODY)
    server.put("/feed", rss(named))
    posted.types("fetch", "--force")

    shown = posted.types("show", "1", "--json").json
    assert (shown["title"], shown["borrowed_title"]) == ("Maps", None)
