"""An evening at the rating screen in a real pseudo-terminal, whatever happens to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.author import Author

COUNT = 12


@pytest.fixture
def queue(author: Author) -> Author:
    """An author with twelve new items that all look like interpretability."""
    for number in range(COUNT):
        author.types("add", "--title", f"Circuits, part {number:02}")
    return author


def _title(place: int) -> str:
    """Name the item at a place of the queue, which serves the newest first."""
    return f"Circuits, part {COUNT - 1 - place:02}"


def _shows(place: int) -> Callable[[str], bool]:
    """Ask a window whether the card at a place of the queue is on it."""
    return lambda text: _title(place) in text.split("\n")[2]


def test_ten_items_are_rated_resized_killed_and_all_there(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        for place in range(10):
            terminal.wait_for(_shows(place))
            if place == 4:
                terminal.resize(60, 20)
                terminal.wait_for(lambda text: max(map(len, text.split("\n"))) <= 60)
            terminal.type("3\r")
        terminal.wait_for(_shows(10))
        terminal.process.kill()

    rated = queue.rows("SELECT title FROM items WHERE state = 'kept' ORDER BY title")
    assert rated == sorted((_title(place),) for place in range(10))

    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for("1/2")
        terminal.wait_for(_title(10))


def test_a_key_an_item_is_enough(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(_title(0))
        terminal.type("3")
        terminal.wait_for(_shows(1))
        terminal.type("4.")
        terminal.wait_for("4.5 in interp")
        terminal.type("x")
        terminal.wait_for("rejected")
        terminal.type("q")
        terminal.wait()

    assert queue.rows("SELECT halves FROM ratings ORDER BY halves") == [(6,), (9,)]
    assert queue.rows("SELECT title FROM items WHERE state = 'rejected'") == [(_title(2),)]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("\thalf a thought", "SELECT text FROM notes WHERE field = 'what'"),
        ("rhalf a thought", "SELECT remark FROM ratings"),
    ],
)
def test_what_stands_in_an_open_field_survives_the_window(
    queue: Author, keys: str, found: str
) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(_title(0))
        terminal.type(keys[0])
        terminal.wait_for("Escape")
        terminal.type(keys[1:])
        terminal.wait_for("half a thought")
        terminal.close()

    assert queue.rows(found) == [("half a thought",)]


def test_a_sitting_goes_on_where_it_was_left(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(_title(0))
        terminal.type("jjj")
        terminal.wait_for(_shows(3))
        terminal.close()

    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for("goes on where you left")
        terminal.wait_for("4/12")
        terminal.type("gq")
        terminal.wait()


def test_no_color_and_ascii_leave_plain_characters(
    queue: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with Terminal(
        queue.config, "rate", "--order", "new", "--ascii", columns=60, rows=20
    ) as terminal:
        terminal.wait_for(_title(0))
        terminal.type("3.")
        shown = terminal.wait_for("***+1/2 3.5")

    assert shown.isascii()
