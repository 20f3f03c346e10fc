"""What is absorbed is what the author saw and agreed to, whatever happens while they read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.author import Author

NAME = "issue.md"
ASKED = "absorb these edits?"


@pytest.fixture
def edited(author: Author) -> Path:
    """A draft of two works whose text was changed by hand."""
    author.types("init")
    author.types(
        "add", "2611.99901", "--title", "First", "-a", "interp", "--value", "3", "--what", "A thing"
    )
    author.types("add", "2611.99902", "--title", "Second", "-a", "interp", "--value", "2")
    author.types("draft", "-o", NAME)
    path = author.folder / NAME
    path.write_text(path.read_text("utf-8").replace("A thing", "My thing"), "utf-8")
    return path


@pytest.fixture
def asked(author: Author, edited: Path) -> Iterator[Terminal]:
    """A terminal, too wide for any path to wrap, in which the author reads what is asked."""
    with Terminal(author.config, "absorb", str(edited), columns=400) as terminal:
        terminal.wait_for(ASKED)
        yield terminal


def _events(author: Author) -> list[tuple[object, ...]]:
    return author.rows("SELECT uid FROM events ORDER BY uid")


def _what(author: Author) -> list[tuple[object, ...]]:
    return author.rows("SELECT text FROM notes WHERE field = 'what'")


def test_what_was_agreed_to_is_absorbed(author: Author, asked: Terminal) -> None:
    asked.type("y\n")

    asked.wait_for("absorbed 1 change")
    assert asked.wait() == 0
    assert _what(author) == [("My thing",)]


def test_what_was_declined_is_not_absorbed(author: Author, asked: Terminal) -> None:
    events = _events(author)

    asked.type("n\n")

    assert asked.wait() == 1
    assert _events(author) == events


def test_a_file_that_is_saved_before_the_author_agrees_is_not_absorbed(
    author: Author, edited: Path, asked: Terminal
) -> None:
    events = _events(author)
    saved = edited.read_text("utf-8").replace("My thing", "Another thing")
    edited.write_text(saved, "utf-8")

    asked.type("y\n")

    asked.wait_for("issue.md was changed in the meantime; nothing was absorbed; run the same")
    assert asked.wait() == 1
    assert _events(author) == events
    assert edited.read_text("utf-8") == saved


@pytest.mark.parametrize(
    "words", [("rate", "2611.99902", "--value", "5"), ("rate", "2", "--reject")]
)
def test_a_judgement_of_another_call_is_drafted_before_the_file_is_absorbed(
    author: Author, asked: Terminal, words: tuple[str, ...]
) -> None:
    author.types(*words)
    events = _events(author)

    asked.type("y\n")

    asked.wait_for("items or texts of")
    assert asked.wait() == 1
    assert _events(author) == events


def test_what_another_call_has_absorbed_is_not_absorbed_again(
    author: Author, asked: Terminal
) -> None:
    assert author.types("absorb", NAME, "--yes").code == 0
    events = _events(author)

    asked.type("y\n")

    asked.wait_for("the database was changed in the meantime; nothing of")
    assert asked.wait() == 1
    assert _events(author) == events
    assert _what(author) == [("My thing",)]
