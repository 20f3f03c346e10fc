"""The rating screen in a real pseudo-terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from tests.author import Author

TITLES = ["First work", "Second work", "大規模な 第三の work", "Fourth [bold]work[/bold]"]


@pytest.fixture
def queue(author: Author) -> Author:
    """An author with four new items; the screen serves the newest first."""
    for title in reversed(TITLES):
        author.types("add", "--title", title)
    return author


def _states(author: Author) -> dict[str, str]:
    return dict(author.rows("SELECT title, state FROM items"))


def test_what_was_keyed_is_kept_when_the_window_is_closed(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(TITLES[0])
        terminal.type("a1")
        terminal.type("4")
        terminal.wait_for("4 in interp")
        terminal.type(".")
        terminal.wait_for("4.5 in interp")
        terminal.type("j")
        terminal.wait_for(TITLES[1])
        terminal.type("x")
        terminal.wait_for("rejected")
        terminal.close()

    assert _states(queue)[TITLES[0]] == "kept"
    assert _states(queue)[TITLES[1]] == "rejected"
    assert queue.rows("SELECT area, halves FROM ratings") == [("interp", 9)]


def test_a_sitting_goes_on_after_a_resize_and_ends_with_a_summary(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(TITLES[0])
        terminal.resize(60, 20)
        terminal.type("x")
        terminal.wait_for(TITLES[1])
        assert all(len(line) <= 60 for line in terminal.text.splitlines())
        terminal.type(" ")
        terminal.wait_for("第三の")
        terminal.type("u")
        terminal.wait_for("undone")
        terminal.type("q")
        code = terminal.wait()
        shown = terminal.text

    assert code == 0
    assert "rejected 1" in shown
    assert sorted(_states(queue).values()) == ["new", "new", "new", "rejected"]


def test_control_c_ends_the_screen_and_loses_nothing(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(TITLES[0])
        terminal.type("x")
        terminal.wait_for("rejected")
        terminal.type("\x03")
        terminal.wait()

    assert _states(queue)[TITLES[0]] == "rejected"


def test_markup_in_a_title_is_shown_as_text(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(TITLES[0])
        terminal.type("G")
        terminal.wait_for(TITLES[3])


def test_an_empty_queue_says_so(author: Author) -> None:
    author.types("init")

    with Terminal(author.config, "rate") as terminal:
        terminal.wait_for("nothing is new")

        assert terminal.wait() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list",), "no items yet; run: papertrack fetch"),
        (("search", "probe"), "no items yet; run: papertrack fetch"),
        (("log",), "no acts yet"),
        (("tag",), "no tags yet; add one with papertrack tag ITEM +x"),
        (("rate", "--later"), "nothing was put off for later; papertrack rate shows what is new"),
        (("rate", "--rejected"), "nothing is rejected"),
    ],
)
def test_a_command_that_finds_nothing_says_so_to_people(
    author: Author, words: tuple[str, ...], said: str
) -> None:
    author.types("init")

    with Terminal(author.config, *words) as terminal:
        assert terminal.wait() == 0
        assert terminal.text.strip() == said


def test_a_query_that_finds_nothing_says_so_to_people(queue: Author) -> None:
    with Terminal(queue.config, "list", "zebra") as terminal:
        assert terminal.wait() == 0
        assert terminal.text.strip() == "nothing matches"


def test_a_list_on_a_terminal_fits_its_width(queue: Author) -> None:
    with Terminal(queue.config, "list", columns=40) as terminal:
        terminal.wait_for("Fourth")

        assert terminal.wait() == 0
        assert len([line for line in terminal.text.splitlines() if line]) == len(TITLES)


@pytest.mark.parametrize("editor", ["false", "/nonexistent/editor"])
def test_an_editor_that_fails_gives_the_screen_back(
    queue: Author, editor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor)

    with Terminal(queue.config, "rate", "--order", "new", columns=120) as terminal:
        terminal.wait_for(TITLES[0])
        terminal.type("e")
        terminal.wait_for("the card is kept in")
        terminal.type("x")
        terminal.wait_for("rejected")


def test_a_card_is_edited_in_the_editor_and_read_back(
    queue: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = queue.folder / "editor.sh"
    script.write_text(
        "#!/bin/sh\nprintf '# First work\\n\\n## What is it\\n\\nA note\\n' > \"$1\"\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))

    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(TITLES[0])
        terminal.type("e")
        terminal.wait_for("noted what")

    assert queue.rows("SELECT field, text FROM notes") == [("what", "A note")]
