"""Issues: texts, the last one published, drafts as generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.core.judging.journal import set_issue_text
from papertrack.storage.issues import find_export, last_window_end, read_texts, write_export
from tests.storage.newsroom import MONDAY, Newsroom, newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def test_before_the_first_issue_nothing_was_published(room: Newsroom) -> None:
    assert last_window_end(room.db) is None


def test_the_issue_that_reaches_furthest_counts(room: Newsroom) -> None:
    for slug, at in (
        ("2026-W47", "2026-11-16T09:00:00.000Z"),
        ("2026-W46", "2026-11-09T09:00:00.000Z"),
    ):
        room.db.execute(
            "INSERT INTO issues (slug, title, date, published_at, window_until, text, text_hash) "
            "VALUES (?, '', '', '', ?, '', x'00')",
            [slug, at],
        )

    assert last_window_end(room.db) == MONDAY


def test_texts_belong_to_their_issue(room: Newsroom) -> None:
    room.says(
        set_issue_text("2026-W47", "lead", "Ours"), set_issue_text("2026-W48", "lead", "Next")
    )

    assert read_texts(room.db, "2026-W47") == {"lead": "Ours"}
    assert read_texts(room.db, "2026-W49") == {}


def test_draft_is_known_byte_for_byte_at_its_own_path(room: Newsroom) -> None:
    for text in ("# Old ü\n", "# New\n"):
        write_export(room.db, path="/d/a.md", issue="2026-W47", text=text, now=MONDAY)

    assert find_export(room.db, "/d/a.md", "# Old ü\n") is not None
    assert find_export(room.db, "/d/a.md", "# New\n") is not None
    assert find_export(room.db, "/d/a.md", "# New\r\n") is None
    assert find_export(room.db, "/d/b.md", "# New\n") is None
