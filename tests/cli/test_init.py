"""The first call: a config to start from, a database, and what to do next."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from papertrack.config.read import read_config

if TYPE_CHECKING:
    from tests.author import Author


@pytest.fixture
def author(author: Author) -> Author:
    author.config.unlink()
    return author


def test_init_writes_the_example_and_creates_the_database(author: Author) -> None:
    printed = author.types("init")

    example = (files("papertrack") / "data" / "config.example.toml").read_bytes()
    assert (printed.code, printed.err) == (0, "")
    assert author.config.read_bytes() == example
    assert sorted(author.files()) == ["config.toml", "papertrack.db"]


def test_init_tells_what_to_do_next(author: Author) -> None:
    printed = author.types("init")

    assert printed.out.splitlines() == [
        f"wrote {author.config}",
        f"the database is {author.database}",
        "",
        "Add your areas and sources to config.toml, then:",
        f"  papertrack --config {author.config} fetch    download new items",
        f"  papertrack --config {author.config} rate     rate them",
        f"  papertrack --config {author.config} draft    write the digest",
    ]


def test_what_init_wrote_works_as_it_stands(author: Author) -> None:
    author.types("init")

    printed = author.types("list")

    assert (printed.code, printed.out, printed.err) == (0, "", "")
    assert len(read_config(author.config).areas) == 3


def test_a_config_that_is_there_is_kept(author: Author) -> None:
    author.write_config('database = "mine.db"\n# mine\n')

    printed = author.types("init")

    assert printed.out.startswith(f"kept {author.config}, which already exists\n")
    assert author.config.read_text() == 'database = "mine.db"\n# mine\n'


def test_init_again_changes_nothing(author: Author) -> None:
    author.types("init")
    before = author.files()

    printed = author.types("init")

    assert (printed.code, author.files()) == (0, before)


def test_folders_are_made(author: Author) -> None:
    printed = author.calls("--config", "deep/er/config.toml", "init")

    assert printed.code == 0
    assert sorted(author.files()) == ["deep/er/config.toml", "deep/er/papertrack.db"]


def test_a_folder_that_cannot_be_made_is_one_line(author: Author) -> None:
    (author.folder / "file").write_text("in the way")

    printed = author.calls("--config", "file/config.toml", "init")

    assert (printed.code, printed.out) == (4, "")
    assert printed.err == (
        "papertrack: cannot write file/config.toml: File exists; name another file with --config\n"
    )


def test_a_full_disk_leaves_no_part_of_a_config(author: Author) -> None:
    printed = author.starts_with_files_up_to(1_000, "init")

    assert (printed.code, printed.out, printed.err.count("\n")) == (4, "", 1)
    assert printed.err.startswith(f"papertrack: cannot write {author.config}: ")
    assert author.files() == {}
    assert author.types("init").code == 0
    read_config(author.config)
