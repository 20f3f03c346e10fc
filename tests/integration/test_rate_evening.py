"""An evening at the rating screen in a real pseudo-terminal, whatever happens to the window."""

from __future__ import annotations

import signal
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


_NOTES = "SELECT field, text FROM notes ORDER BY field"


@pytest.mark.parametrize(
    ("burst", "notes", "rejected"),
    [
        ("\thello world, this is my note\t\x03", [("what", "hello world, this is my note")], 0),
        ("\thello world, this is my note\x03", [("what", "hello world, this is my note")], 0),
        ("\tnote\tnext field text\x1bxq", [("new", "next field text"), ("what", "note")], 1),
        ("\tteh\x7f\x7fhe\x1b[D\x1b[D\x1b[Da \x1bxxq", [("what", "a the")], 2),
        ("\t\x1b[200~one\rtwo\x1b[201~, three\x1bq", [("what", "one\ntwo, three")], 0),
        ("xqxxx", [], 1),
    ],
)
def test_what_comes_in_one_piece_is_taken_in_order(
    queue: Author, burst: str, notes: list[tuple[str, str]], rejected: int
) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(_title(0))
        terminal.type(burst)
        assert terminal.wait() == 0

    assert queue.rows(_NOTES) == notes
    count = queue.rows("SELECT count(*) FROM items WHERE state = 'rejected'")
    assert count == [(rejected,)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_finds_all_that_was_typed_in_the_second_field(
    queue: Author, number: signal.Signals
) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(_title(0))
        terminal.type("\tone thought\tand half of an")
        terminal.wait_for("What is it✓")
        terminal.type("other")
        terminal.wait_for("and half of another")
        terminal.process.send_signal(number)
        terminal.wait()

    assert queue.rows(_NOTES) == [("new", "and half of another"), ("what", "one thought")]


@pytest.mark.parametrize("minutes", ["nan", "inf", "1e999", "-inf", "0", "-1"])
def test_minutes_that_are_none_are_refused_in_one_line(author: Author, minutes: str) -> None:
    printed = author.types("rate", "--minutes", minutes)

    assert (printed.code, printed.out) == (2, "")
    assert "--minutes" in printed.err
    assert printed.err.count("\n") == 1


def test_a_sitting_goes_on_where_it_was_left(queue: Author) -> None:
    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for(_title(0))
        terminal.type("jjj")
        terminal.wait_for(_shows(3))
        terminal.close()

    with Terminal(queue.config, "rate", "--order", "new") as terminal:
        terminal.wait_for("resumed where you left off")
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
