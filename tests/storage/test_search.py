"""The filter language as SQL: it finds what a plain reading of the tree finds, in every order."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from papertrack.cli import main
from papertrack.commands.find import find_numbers
from papertrack.config.schema import Config
from papertrack.storage.database import open_database
from tests.author import CONFIG

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
# When each was added, in days before today.
ADDED = (
    (9, "2611.99901 --area interp --value 3.5 --tag toy --author Neel --title", "Sparse circuits"),
    (4, "2611.99902 --later --title", "Poincaré jail-breaks autoencoders"),
    (4, "https://example.org/x --reject --title", "可解释性研究的新进展"),
    (4, "--tag Toy-2 --what probe --title", "Fresh"),
)


def _told(moment: datetime) -> datetime:
    return moment


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder = tmp_path_factory.mktemp("desk")
    config = folder / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    for days, words, title in ADDED:
        call = ["--config", str(config), "add", *words.split(), title]
        then = NOW - timedelta(days=days)
        assert main(call, clock=partial(_told, then)) == 0
    with closing(open_database(folder / "papertrack.db")) as db:
        yield db


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [2, 3, 4, 1]),
        ("area:int", [1]),
        ("area:interp rating>=3.5", [1]),
        ("rating>3.5", []),
        ("is:rejected or is:later", [2, 3]),
        ("-is:rejected -is:later", [4, 1]),
        ('"sparse circuit"', [1]),
        ("autoencoder", [2]),
        ("auto*", [2]),
        ("author:neel", [1]),
        ("title:neel", []),
        ("poincare", [2]),
        ('"jail break"', [2]),
        ("jail-break", [2]),
        ("解释", [3]),
        ("释解", []),
        ("probe", [4]),
        ("note:probe", [4]),
        ("toy", [4, 1]),
        ("tag:toy", [1]),
        ("tag:toy*", [4, 1]),
        ("@3d", []),
        ("@5d", [2, 3, 4]),
        ("2611.99902", [2]),
        ("id:3", [3]),
        ("https://example.org/x", [3]),
        ("source:by-hand kind:paper", [2, 1]),
    ],
)
def test_a_query_finds_what_it_says(db: sqlite3.Connection, query: str, numbers: list[int]) -> None:
    assert find_numbers(db, Config(), query, now=NOW, zone=UTC) == numbers
