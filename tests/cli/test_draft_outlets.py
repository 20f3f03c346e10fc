"""The digest goes out as a page, as a bibliography, and into the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bibtexparser.entrypoint import parse_string

if TYPE_CHECKING:
    from tests.author import Author

DRAFT = Path("drafts/2026-W47.md")


@pytest.fixture
def drafter(author: Author, monkeypatch: pytest.MonkeyPatch) -> Author:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    author.types("init")
    author.types(
        *("add", "2611.99901", "--title", "A probe", "--author", "Ada Example"),
        *("--area", "interp", "--value", "3"),
    )
    return author


def test_a_page_is_written_beside_with_hand_edits_in_it(drafter: Author) -> None:
    drafter.types("draft")
    DRAFT.write_text(DRAFT.read_text("utf-8") + "\nMy own words.\n", "utf-8")

    printed = drafter.types("draft", "--html")

    assert printed.out.endswith("wrote drafts/2026-W47.html\n")
    page = DRAFT.with_suffix(".html").read_text("utf-8")
    assert "<p>My own words.</p>" in page
    assert "A probe" in page


def test_works_are_written_as_bibtex_under_keys_that_stay(drafter: Author) -> None:
    drafter.types("draft", "--bib")
    before = [entry.key for entry in parse_string(DRAFT.with_suffix(".bib").read_text()).entries]
    drafter.types("publish", "2026-W47")
    drafter.types("rate", "2611.99901", "--title", "Another title")

    drafter.types("unpublish", "2026-W47")
    drafter.types("undo")
    kept = drafter.rows("SELECT cite_key FROM issue_items")

    assert before == ["example2026probe"]
    assert kept == [("example2026probe",)]


def test_page_and_bibliography_go_to_standard_output(drafter: Author) -> None:
    page = drafter.types("draft", "-o", "-", "--html").out
    works = drafter.types("draft", "-o", "-", "--bib").out

    assert page.startswith("<!doctype html>")
    assert works.startswith("@article{example2026probe,")


def test_formatted_text_is_handed_to_the_clipboard(
    drafter: Author, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "xclip"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\ncat > {tmp_path}/copied\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")

    printed = drafter.types("draft", "--copy")

    assert "copied as formatted text" in printed.out
    assert (tmp_path / "words").read_text() == "-selection clipboard -t text/html\n"
    assert "<h3" in (tmp_path / "copied").read_text("utf-8")


def test_without_a_clipboard_the_author_is_told_what_to_do(drafter: Author) -> None:
    printed = drafter.types("draft", "--copy")

    assert printed.code == 1
    assert "run papertrack preview and copy it from the browser" in printed.err
    assert DRAFT.exists()
