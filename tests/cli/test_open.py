"""Items in the browser."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

PAPER, POST = "https://arxiv.org/abs/2611.99901", "https://example.org/post"


@pytest.fixture
def desk(author: Author) -> Author:
    """Know a paper, a post and a thought without any address."""
    author.types("add", "2611.99901v2", "--title", "A paper")
    author.types("add", POST, "--title", "A post")
    author.types("add", "--title", "A thought")
    return author


def _browser(folder: Path) -> tuple[str, Path]:
    """Write a browser that remembers what it was asked to open."""
    seen = folder / "seen.txt"
    script = folder / "browser.sh"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {seen}\n')
    script.chmod(0o755)
    return f"{script} %s", seen


def test_items_are_opened_in_the_browser(desk: Author) -> None:
    browser, seen = _browser(desk.folder)

    printed = desk.starts("open", "2611.99901", "2", "1", BROWSER=browser)

    assert (printed.code, printed.out) == (0, 'opened 1 "A paper"\nopened 2 "A post"\n')
    assert seen.read_text().splitlines() == [PAPER, POST]


def test_without_a_browser_the_address_is_printed(desk: Author) -> None:
    nothing = {"PATH": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}

    printed = desk.starts("open", "2", **nothing)

    assert (printed.code, printed.out) == (0, POST + "\n")
    assert printed.err == "papertrack: cannot start a browser; open the address yourself\n"


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("1",), [PAPER]),
        (("1", "--pdf"), ["https://arxiv.org/pdf/2611.99901"]),
        (("2", "1", "2"), [POST, PAPER]),
    ],
)
def test_print_gives_the_addresses_alone(
    desk: Author, words: tuple[str, ...], printed: list[str]
) -> None:
    assert desk.types("open", "--print", *words).out.splitlines() == printed


def test_a_post_that_is_a_pdf_is_its_own_pdf(author: Author) -> None:
    author.types("add", "https://example.org/paper.PDF?download=1", "--title", "A paper")

    printed = author.types("open", "1", "--pdf", "--print")

    assert printed.out == "https://example.org/paper.PDF?download=1\n"


def test_a_doi_leads_to_its_page(author: Author) -> None:
    author.types("add", "10.1234/abc", "--title", "A paper")

    assert author.types("open", "1", "--print").out == "https://doi.org/10.1234/abc\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("3",),
            'no address is known for item 3 "A thought"; see papertrack show 3',
        ),
        (("2", "--pdf"), 'no PDF is known for item 2 "A post"; leave out --pdf'),
        (("1", "9"), "there is no item 9; papertrack list shows the numbers of all items"),
    ],
)
def test_what_cannot_be_opened_is_one_line_and_opens_nothing(
    desk: Author, words: tuple[str, ...], said: str
) -> None:
    printed = desk.types("open", "--print", *words)

    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {said}\n")


def test_only_http_is_ever_opened(desk: Author) -> None:
    with closing(sqlite3.connect(desk.database)) as db, db:
        db.execute("UPDATE items SET url = 'file:///etc/passwd' WHERE id = 2")
        db.execute("UPDATE sightings SET url = 'javascript:alert(1)' WHERE item_id = 2")

    printed = desk.types("open", "2", "--print")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err.startswith("papertrack: no address is known for item 2 ")


def test_items_of_another_command_are_opened(
    desk: Author, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "piped").write_text("2\tnew\tA post\n\n1\n")
    with (tmp_path / "piped").open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        printed = desk.types("open", "-", "--print")

    assert printed.out.splitlines() == [POST, PAPER]
