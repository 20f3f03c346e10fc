"""A digest is shown as a page in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author


@pytest.fixture
def drafter(author: Author) -> Author:
    author.types("init")
    author.types("add", "2611.99901", "--title", "A probe", "--area", "interp", "--value", "3")
    author.types("draft")
    return author


def test_the_page_of_this_week_is_opened(drafter: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", open_page)

    printed = drafter.types("preview")

    page = Path(printed.out.strip())
    assert opened == [page.as_uri()]
    assert "<h2 id=" in page.read_text("utf-8")
    assert printed.err == ""


def test_without_a_browser_the_page_is_named(
    drafter: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)

    printed = drafter.types("preview", "drafts/2026-W47.md")

    assert printed.code == 0
    assert printed.err == "cannot start a browser; open the page above yourself\n"


def test_a_published_issue_is_shown_as_it_went_out(drafter: Author) -> None:
    drafter.types("publish", "2026-W47")
    Path("drafts/2026-W47.md").unlink()

    printed = drafter.types("preview", "2026-W47", "--print")

    assert "A probe" in Path(printed.out.strip()).read_text("utf-8")


def test_a_draft_that_is_not_there_is_said_in_one_line(drafter: Author) -> None:
    printed = drafter.types("preview", "2026-W30")

    assert (printed.code, printed.err.count("\n")) == (2, 1)
