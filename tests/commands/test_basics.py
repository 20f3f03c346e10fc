"""The little of the config that finding needs: read fast, and given up where anything is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.commands.basics import SearchSettings, read_search_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author


def test_what_finding_needs_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'database = "x.db"\ntimezone = "Europe/Berlin"\n[searches]\nweek = "@7d"\n'
        '[[areas]]\nslug = "a"\nname = "A"\nshort = "AA"\n[[areas]]\nslug = "b"\nname = "B"\n',
        encoding="utf-8",
    )

    assert read_search_settings(path) == SearchSettings(
        "x.db", "Europe/Berlin", {"week": "@7d"}, {"a": "AA"}
    )


@pytest.mark.parametrize(
    "text",
    [
        "database = 3",
        'database = " "',
        'timezone = "Nowhere"',
        "timezone = 1",
        "searches = 1",
        "[searches]\nweek = 1",
        "areas = 1",
        "areas = [1]",
        "[[areas]]\nname = 'A'",
        "no toml",
    ],
)
def test_anything_odd_is_left_to_the_reader_of_the_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    assert read_search_settings(path) is None
    assert read_search_settings(tmp_path / "missing.toml") is None


@pytest.mark.parametrize(
    ("line", "told"),
    [('timezone = "Nowhere"', "timezone"), ("database = 3", "database"), ("[searches", "TOML")],
)
def test_a_list_refuses_a_config_that_it_cannot_use(author: Author, line: str, told: str) -> None:
    author.types("add", "--title", "x")
    author.write_config(line + "\n")

    printed = author.types("list")

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert told in printed.err
