"""One item with all that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    import pytest

    from tests.author import Author


def test_an_item_is_shown_with_what_was_said_of_it(author: Author) -> None:
    author.types(
        "add", "2611.99901v2", "--title", "A work", "--author", "Ada Example", "--author", "B. Two",
        "--area", "interp", "--value", "3.5", "--remark", "good",
        "--tag", "toy", "--what", "A probe",
    )  # fmt: skip
    author.types("rate", "1", "--reject")
    author.types("undo")

    printed = author.types("show", "arXiv:2611.99901")

    assert printed.out.splitlines() == [
        "1  A work  [3.5]",
        "  arXiv 2611.99901v2; paper; seen 2026-11-20; in by-hand",
        "  https://arxiv.org/abs/2611.99901",
        "  Ada Example, B. Two",
        "",
        "  rated interp 3.5 (good)",
        "  tags toy",
        "  title: A work",
        "  What is it: A probe",
        "",
        "  history",
        "    2026-11-20 13:00  added",
        "    2026-11-20 13:00  text of title",
        "    2026-11-20 13:00  queued",
        "    2026-11-20 13:00  rating 3.5 in interp",
        "    2026-11-20 13:00  remark in interp",
        "    2026-11-20 13:00  kept",
        "    2026-11-20 13:00  tag +toy",
        "    2026-11-20 13:00  text of what",
        "    2026-11-20 13:00  rejected  (undone)",
    ]


def test_json_is_the_item_with_its_versions_and_history(author: Author) -> None:
    author.types("add", "--title", "A thought")
    listed = author.types("list", "--json").json[0]

    shown = author.types("show", "1", "--json").json

    history = shown.pop("history")
    versions = shown.pop("versions")
    assert shown.pop("sightings") == [
        {"source": "by-hand", "url": None, "seen_at": "2026-11-20T13:00:01.000Z"}
    ]
    assert [shown.pop(name) for name in ("submissions", "same_story", "merges")] == [[], [], []]
    assert shown == listed
    assert versions == [
        {"arxiv_version": None, "title": "A thought", "seen_at": "2026-11-20T13:00:01.000Z"}
    ]
    assert [(said["what"], said["holds"]) for said in history] == [
        ("added", True), ("queued", True),
    ]  # fmt: skip


def test_an_unknown_item_is_one_line(author: Author) -> None:
    author.types("init")

    printed = author.types("show", "7")

    assert (printed.code, printed.out, printed.err) == (
        2,
        "",
        "papertrack: there is no item 7; papertrack list shows the numbers of all items\n",
    )


def test_long_lines_are_wrapped_to_the_terminal(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    names = [word for number in range(30) for word in ("--author", f"Author Number{number}")]
    author.types("add", "--title", "A work", *names)

    printed = author.types("show", "1")

    assert max(cell_len(line) for line in printed.out.splitlines()) <= 60
    assert "Author Number29" in " ".join(printed.out.split())
