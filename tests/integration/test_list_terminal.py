"""The list of the rating screen in a real pseudo-terminal."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from papertrack.core.works.ingest import decide
from papertrack.core.works.prepare import prepare
from papertrack.storage import sources
from papertrack.storage.database import open_database, transaction
from papertrack.storage.ingest import apply_changes, find_known
from tests.storage.newsroom import post
from tests.terminal import Terminal

if TYPE_CHECKING:
    from tests.author import Author

COUNT = 500


@pytest.fixture
def queue(author: Author) -> Author:
    """An author with 500 new posts, every tenth about probes, after a long holiday."""
    author.add_source("http://127.0.0.1:1/feed", "field-notes")
    author.types("status")
    posts = [
        post(f"post-{number}", f"{'Probe' if number % 10 == 0 else 'Post'} {number:03}")
        for number in range(COUNT)
    ]
    with closing(open_database(author.database, create=True)) as db, transaction(db):
        rows: list[sources.Row] = [
            {"slug": "field-notes", "kind": "feed", "name": "", "url": None, "area": None}
        ]
        sources.sync(db, [], rows, author.now)
        source = sources.source_ids(db)["field-notes"]
        incoming = prepare(posts, "field-notes")
        decision = decide(
            find_known(db, source, incoming), incoming, source="blog", is_wanted=lambda _: True
        )
        apply_changes(
            db,
            decision.changes,
            source_id=source,
            now=author.now,
            initial_state="new",
            queue_limit=None,
        )
    return author


def _count(author: Author, state: str) -> int:
    return int(author.rows("SELECT count(*) FROM items WHERE state = ?", state)[0][0])


def test_a_filtered_range_of_500_items_is_rejected_and_taken_back(queue: Author) -> None:
    with Terminal(queue.config, "rate") as terminal:
        terminal.wait_for("1/500")
        terminal.type("l")
        terminal.wait_for("s sort")
        terminal.type("/probe")
        terminal.wait_for("1/50 of 500")
        terminal.type("\rjjvjjj")
        terminal.wait_for("4 marked")
        terminal.type("x")
        terminal.wait_for("reject the 4 marked?")
        assert _count(queue, "rejected") == 0
        terminal.type("y")
        text = terminal.wait_for("rejected 4 items")
        assert text.count(" reject Probe ") == 4
        assert _count(queue, "rejected") == 4
        terminal.type("u")
        terminal.wait_for("undone: rejected")
        assert _count(queue, "rejected") == 0
        terminal.resize(60, 18)
        terminal.type("Ay")
        terminal.wait_for("rejected 500 items from field-notes")
        assert all(len(line) <= 60 for line in terminal.text.splitlines())
        terminal.close()

    assert _count(queue, "rejected") == 500
    assert queue.types("undo").code == 0
    assert _count(queue, "new") == 500
