"""A draft of what a query finds, and the same draft again when it is read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author

DRAFT = Path("drafts/2026-W47.md")


@pytest.fixture
def judge(author: Author) -> Author:
    author.types("init")
    for number, title, tag in ((1, "Probe one", "hype"), (2, "Probe two", "toy")):
        author.types(
            *("add", f"2611.9990{number}", "--title", title, "--area", "interp"),
            *("--value", "3", "--what", f"What {title} is", "--tag", f"+{tag}"),
        )
    return author


def test_only_what_the_query_finds_goes_in(judge: Author) -> None:
    printed = judge.types("draft", "-w", "area:interp -tag:hype", "-o", "-")

    assert printed.code == 0
    assert "Probe two" in printed.out
    assert "Probe one" not in printed.out


def test_a_mistake_in_the_query_is_shown_with_a_caret_and_nothing_is_written(
    judge: Author,
) -> None:
    printed = judge.types("draft", "-w", "area:nowhere")

    assert printed.code == 2
    assert "^" in printed.err.splitlines()[1]
    assert not DRAFT.exists()


def test_an_edit_of_such_a_draft_is_absorbed_and_nothing_is_taken_out(judge: Author) -> None:
    judge.types("draft", "-w", "tag:toy")
    DRAFT.write_text(DRAFT.read_text("utf-8").replace("What Probe two is", "My words"), "utf-8")

    printed = judge.types("absorb", str(DRAFT), "--yes")

    assert printed.code == 0
    assert judge.rows("SELECT item_id, text FROM notes WHERE field = 'what'") == [
        (1, "What Probe one is"),
        (2, "My words"),
    ]
    assert judge.rows("SELECT DISTINCT state FROM items") == [("kept",)]
