"""What addresses say of themselves, counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.storage.http_cache import (
    Move,
    forget_move,
    gone_since,
    list_moves,
    note_alive,
    note_gone,
    note_move,
)
from tests.storage.newsroom import MONDAY, Newsroom, newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = "https://old.example.org/feed", "https://new.example.org/feed"
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def test_a_move_counts_when_it_was_seen_twice(room: Newsroom) -> None:
    note_move(room.db, OLD, NEW, MONDAY)
    once = list_moves(room.db)
    note_move(room.db, OLD, NEW, TUESDAY)

    assert once == []
    assert list_moves(room.db, at_least=1) == [Move(OLD, NEW, 2, TUESDAY)]
    assert list_moves(room.db) == [Move(OLD, NEW, 2, TUESDAY)]


def test_another_target_is_counted_from_one(room: Newsroom) -> None:
    note_move(room.db, OLD, NEW, MONDAY)
    note_move(room.db, OLD, NEW + "/maintenance", TUESDAY)

    assert list_moves(room.db) == []
    assert list_moves(room.db, at_least=1) == [Move(OLD, NEW + "/maintenance", 1, TUESDAY)]


def test_an_answer_in_between_takes_the_count_back(room: Newsroom) -> None:
    note_move(room.db, OLD, NEW, MONDAY)
    forget_move(room.db, OLD)
    note_move(room.db, OLD, NEW, TUESDAY)

    assert list_moves(room.db, at_least=1) == [Move(OLD, NEW, 1, TUESDAY)]


def test_the_first_day_of_being_gone_is_kept(room: Newsroom) -> None:
    note_gone(room.db, OLD, MONDAY)
    note_gone(room.db, OLD, TUESDAY)

    assert gone_since(room.db, OLD) == MONDAY
    assert gone_since(room.db, NEW) is None


def test_an_address_that_answers_again_is_not_gone(room: Newsroom) -> None:
    note_gone(room.db, OLD, MONDAY)
    note_alive(room.db, OLD)

    assert gone_since(room.db, OLD) is None
    assert room.db.execute("SELECT * FROM addresses").fetchall() == []


def test_moved_and_gone_are_forgotten_apart(room: Newsroom) -> None:
    note_move(room.db, OLD, NEW, MONDAY)
    note_gone(room.db, OLD, MONDAY)

    forget_move(room.db, OLD)
    assert (list_moves(room.db, at_least=1), gone_since(room.db, OLD)) == ([], MONDAY)

    note_move(room.db, OLD, NEW, TUESDAY)
    note_alive(room.db, OLD)
    assert list_moves(room.db, at_least=1) == [Move(OLD, NEW, 1, TUESDAY)]
    assert gone_since(room.db, OLD) is None


def test_an_address_that_never_said_anything_leaves_no_row(room: Newsroom) -> None:
    forget_move(room.db, OLD)
    note_alive(room.db, OLD)

    assert room.db.execute("SELECT * FROM addresses").fetchall() == []
