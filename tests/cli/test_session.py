"""What every command shares: messages of one line, the zone, the place of the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from papertrack.cli.session import Session, one_line
from papertrack.errors import PapertrackError, UsageError

if TYPE_CHECKING:
    from tests.author import Author


def _session(config: Path) -> Session:
    return Session(clock=lambda: datetime(2026, 11, 20, tzinfo=UTC), config_option=config)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PapertrackError("it failed"), "papertrack: it failed"),
        (UsageError("no such thing", hint="run: x"), "papertrack: no such thing; run: x"),
        (UsageError("a\nb\r\x1b[31mc\u2028d\x85"), "papertrack: a b  [31mc d "),
        (UsageError("👩‍💻 ü"), "papertrack: 👩‍💻 ü"),
    ],
)
def test_an_error_is_one_line_whatever_was_typed(error: PapertrackError, expected: str) -> None:
    assert one_line(error) == expected


def test_a_relative_database_lies_beside_the_config(author: Author) -> None:
    author.write_config('database = "data/x.db"')

    assert _session(author.config).database_path == author.folder / "data" / "x.db"


def test_a_database_in_the_home_folder_is_found(author: Author) -> None:
    author.write_config('database = "~/x.db"')

    assert _session(author.config).database_path == Path("~/x.db").expanduser()


def test_a_config_that_was_named_has_its_database_beside_it(author: Author) -> None:
    author.write_config("")

    assert _session(author.config).database_path == author.folder / "papertrack.db"


@pytest.mark.parametrize(
    ("zone", "hours"), [("UTC", 0), ("Asia/Tokyo", 9), ("America/New_York", -5)]
)
def test_the_zone_is_that_of_the_config(author: Author, zone: str, hours: int) -> None:
    author.write_config(f'timezone = "{zone}"')

    moment = datetime(2026, 11, 20, tzinfo=UTC).astimezone(_session(author.config).zone)

    assert moment.utcoffset().total_seconds() == hours * 3600  # type: ignore[union-attr]


def test_details_are_printed_only_when_asked_for(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    session = _session(author.config)

    session.explain("hidden")
    session.verbosity = 1
    session.explain("shown")

    assert capsys.readouterr().err == "shown\n"
