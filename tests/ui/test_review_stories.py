"""The card of a post that the author has seen before, under another address."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.review import Selection, open_review
from papertrack.config.schema import Config
from papertrack.storage.database import open_database
from tests.samples import Post, rss
from tests.ui.screen import screen

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

TEXT = "".join(f"Invented soap films of size {n} count up to {n * n}. " for n in range(1, 9))
OLD = Post("Soap films count", "https://blog.example.org/old", "old", f"<p>{TEXT}</p>")
NEW = replace(OLD, title="What soap knows", link="https://blog.example.org/new", guid="new")


@pytest.fixture
def reader(author: Author, server: FeedServer) -> Author:
    author.add_source(server.put("/feed", rss(OLD).encode()))
    author.types("fetch")
    author.types("rate", "1", "--reject")
    server.put("/feed", rss(NEW).encode())
    author.types("fetch", "--force")
    return author


@pytest.mark.parametrize(("key", "state"), [("m", "rejected"), ("M", "new")])
async def test_one_key_settles_a_post_that_came_back_under_another_name(
    reader: Author, key: str, state: str
) -> None:
    with closing(open_database(reader.database)) as db:
        service = open_review(db, Config(), Selection(), zone=UTC, clock=lambda: reader.now)
        async with screen(service) as shown:  # type: ignore[arg-type]  # the real one
            question = 'same story? 1 "Soap films count": m merges, M not the same'
            reason = "same text under another address; you rejected it on 2026-11-20"
            assert "What soap knows" in shown.text
            assert question in shown.text
            assert reason in shown.text

            text = await shown.press(key)
            assert "same story?" not in text
            assert [row[0] for row in db.execute("SELECT state FROM items WHERE id = 2")] == [state]

            assert question in await shown.press("u")
