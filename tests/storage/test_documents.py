"""What a run leaves beside items: validators, outcomes, turns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.storage.database import open_database
from papertrack.storage.http_cache import (
    Validators,
    read_document,
    reserve_turn,
    write_document,
)
from tests.storage.newsroom import MONDAY, Newsroom, newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://example.org/feed"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def test_validators_come_back_exactly_as_they_were_received(room: Newsroom) -> None:
    given = Validators(etag='W/"a \\ b"', last_modified="yesterday")
    write_document(room.db, URL, "me", given, due_at=None, now=MONDAY)

    assert read_document(room.db, URL, "me").validators == given


def test_validators_are_no_use_to_other_readers(room: Newsroom) -> None:
    write_document(room.db, URL, "me", Validators("1"), due_at=None, now=MONDAY)

    assert read_document(room.db, URL, "me and you").validators == Validators()
    assert read_document(room.db, "https://example.org/other", "me").validators == Validators()


def test_newer_validators_replace_older_ones(room: Newsroom) -> None:
    write_document(room.db, URL, "me", Validators("1", "2"), due_at=None, now=MONDAY)
    write_document(room.db, URL, "me", Validators("3"), due_at=None, now=MONDAY)

    assert read_document(room.db, URL, "me").validators == Validators("3")


def test_turns_queue_up_one_pause_apart(room: Newsroom, tmp_path: Path) -> None:
    other = open_database(tmp_path / "papertrack.db")

    waits = [reserve_turn(db, "arxiv", MONDAY, 3.0) for db in (room.db, other, room.db)]
    other.close()

    assert waits == [0, 3, 6]
    assert reserve_turn(room.db, "another", MONDAY, 3.0) == 0
    assert reserve_turn(room.db, "arxiv", MONDAY + timedelta(seconds=7), 3.0) == 2


def test_host_that_was_asked_long_ago_is_asked_at_once(room: Newsroom) -> None:
    reserve_turn(room.db, "arxiv", MONDAY, 3.0)

    assert reserve_turn(room.db, "arxiv", MONDAY + timedelta(seconds=3), 3.0) == 0


def test_turn_that_a_wrong_clock_wrote_is_not_waited_for(room: Newsroom) -> None:
    reserve_turn(room.db, "arxiv", MONDAY + timedelta(days=365), 3.0)

    assert reserve_turn(room.db, "arxiv", MONDAY, 3.0) == 0
    assert reserve_turn(room.db, "arxiv", MONDAY, 3.0) == 3
