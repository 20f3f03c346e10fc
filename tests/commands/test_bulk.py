"""One verdict over many items is one act: all or nothing, and one undo."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.bulk import judge_many, read_queue
from papertrack.commands.judge import JudgementInput
from papertrack.commands.undo import undo
from papertrack.core.kinds import State
from papertrack.errors import UsageError
from papertrack.storage.database import open_database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from tests.author import Author


@pytest.fixture
def db(author: Author) -> Iterator[sqlite3.Connection]:
    """A database with four items by hand; the third is rejected, the fourth rated."""
    for number in range(1, 5):
        author.types("add", f"2611.9990{number}", "--title", f"Paper {number}")
    author.types("rate", "3", "--reject")
    author.types("rate", "4", "--area", "interp", "--value", "4")
    with closing(open_database(author.database)) as db:
        yield db


def _acts(author: Author) -> list[tuple[str, int]]:
    return author.rows("SELECT act, count(*) FROM events GROUP BY act ORDER BY min(turn)")


def _tables(author: Author) -> list[list[tuple[object, ...]]]:
    states = author.rows("SELECT id, state, judged_at FROM items ORDER BY id")
    return [states, author.rows("SELECT * FROM ratings"), author.rows("SELECT * FROM tags")]


def test_a_verdict_over_many_items_is_one_act_that_one_undo_takes_back(
    author: Author, db: sqlite3.Connection
) -> None:
    before, acts = _tables(author), len(_acts(author))

    told = judge_many(db, [1, 2, 4], JudgementInput(state=State.REJECTED), author.now)

    assert told == 3
    assert len(_acts(author)) == acts + 1
    assert author.rows("SELECT DISTINCT state FROM items") == [("rejected",)]
    undo(db, author.now)
    assert _tables(author) == before


def test_what_holds_already_is_not_said_again(author: Author, db: sqlite3.Connection) -> None:
    rejected = JudgementInput(state=State.REJECTED)
    judged_at = author.rows("SELECT judged_at FROM items WHERE id = 3")

    assert judge_many(db, [1, 3], rejected, author.now) == 1
    assert author.rows("SELECT judged_at FROM items WHERE id = 3") == judged_at
    assert judge_many(db, [1, 3], rejected, author.now) == 0
    assert _acts(author)[-1][1] == 1


def test_a_rating_and_tags_reach_every_item(author: Author, db: sqlite3.Connection) -> None:
    verdict = JudgementInput(area="interp", halves=7, tags_added=("toy",), tags_removed=("old",))

    assert judge_many(db, [1, 2], verdict, author.now) == 2

    rated = author.rows("SELECT item_id, halves FROM ratings WHERE item_id < 3 ORDER BY 1")
    assert rated == [(1, 7), (2, 7)]
    assert author.rows("SELECT item_id, tag FROM tags ORDER BY 1") == [(1, "toy"), (2, "toy")]
    assert author.rows("SELECT state FROM items WHERE id < 3") == [("kept",), ("kept",)]


def test_an_unknown_area_says_nothing_about_any(author: Author, db: sqlite3.Connection) -> None:
    before = _acts(author)

    with pytest.raises(UsageError, match='no area "art"'):
        judge_many(db, [1, 2], JudgementInput(area="art", halves=7), author.now)

    assert _acts(author) == before


def test_a_merged_item_is_spoken_of_once_and_an_unknown_one_never(
    author: Author, db: sqlite3.Connection
) -> None:
    author.types("merge", "1", "2")

    assert {number: item.id for number, item in read_queue(db, [2, 1, 99]).items()} == {2: 1, 1: 1}
    assert judge_many(db, [1, 2, 99], JudgementInput(state=State.LATER), author.now) == 1
    assert _acts(author)[-1][1] == 1


def test_no_items_make_no_act(author: Author, db: sqlite3.Connection) -> None:
    before = _acts(author)

    assert judge_many(db, [], JudgementInput(area="interp", halves=7), author.now) == 0
    assert _acts(author) == before
