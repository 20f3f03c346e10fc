"""Taking back and bringing back, on a real journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.commands.undo import redo, redo_act, undo, undo_act
from papertrack.core.judging.journal import set_note, set_rating, set_state, set_tag
from papertrack.core.kinds import State
from papertrack.errors import UsageError
from papertrack.storage import items, journal_read
from tests.storage.newsroom import Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAPER, POST = "arxiv:2611.99901", "url:example.org/a"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        room.shows("arxiv", paper())
        room.shows("blog", post("g", "A post", "https://example.org/a"))
        yield room


def says_tags(room: Newsroom, *tags: str) -> list[int]:
    """Put tags on the paper, an act each; returns the numbers of the acts."""
    acts = [room.says(set_tag(PAPER, tag, present=True))[0].act for tag in tags]
    return [journal_read.act_number(room.db, act) for act in acts]


def tags(room: Newsroom) -> str:
    return "".join(items.read_item(room.db, 1).judgement.tags)


def test_redo_brings_back_what_was_undone_newest_first(room: Newsroom) -> None:
    says_tags(room, "a", "b", "c")
    seen = [tags(room)]

    for step in (undo, undo, undo, redo, redo, redo):
        assert step(room.db, room.now)
        seen.append(tags(room))

    assert seen == ["abc", "ab", "a", "", "a", "ab", "abc"]
    assert redo(room.db, room.now) is None


def test_redo_says_what_came_back(room: Newsroom) -> None:
    (number,) = says_tags(room, "a")
    undo(room.db, room.now)

    brought = redo(room.db, room.now)

    assert brought
    assert (brought.items, brought.lines) == ((1,), ('tag +a: "Paper 2611.99901 v1"',))
    assert (brought.act, brought.state_now) == (number, ())


def test_a_new_act_ends_what_can_be_redone(room: Newsroom) -> None:
    says_tags(room, "a", "b")
    undo(room.db, room.now)

    says_tags(room, "c")

    assert redo(room.db, room.now) is None
    assert tags(room) == "ac"


def test_what_was_undone_before_a_new_act_stays_undone_while_newer_undos_are_redone(
    room: Newsroom,
) -> None:
    says_tags(room, "a", "b")
    undo(room.db, room.now)
    says_tags(room, "c")
    undo(room.db, room.now)
    undo(room.db, room.now)
    assert tags(room) == ""

    while redo(room.db, room.now):
        pass

    assert tags(room) == "ac"


def test_what_was_redone_can_be_undone_and_redone_again(room: Newsroom) -> None:
    says_tags(room, "a", "b")

    for step in (undo, redo, undo, redo, undo):
        assert step(room.db, room.now)

    assert tags(room) == "a"


def test_an_act_is_brought_back_by_number_though_something_was_said_since(room: Newsroom) -> None:
    _, second = says_tags(room, "a", "b")
    undo(room.db, room.now)
    says_tags(room, "c")

    redo_act(room.db, second, room.now)

    assert tags(room) == "abc"


def test_an_old_act_is_undone_by_number_and_what_was_said_later_stays(room: Newsroom) -> None:
    (old,) = room.says(set_note(PAPER, "what", "Old"))
    (kept,) = room.says(set_note(PAPER, "what", "New"))
    number, later = (journal_read.act_number(room.db, event.act) for event in (old, kept))

    undone = undo_act(room.db, number, room.now)

    assert undone.state_now == (f'item 1: what = "New" (act {later})',)
    assert items.read_item(room.db, 1).judgement.notes == {"what": "New"}
    undo_act(room.db, later, room.now)
    assert items.read_item(room.db, 1).judgement.notes == {}


def test_undoing_by_number_says_what_holds_of_everything_that_the_act_said(room: Newsroom) -> None:
    room.says(set_rating(PAPER, "interp", "halves", 4), set_state(PAPER, State.KEPT))
    events = room.says(
        set_rating(PAPER, "interp", "halves", 7),
        set_rating(PAPER, "interp", "remark", "small n"),
        set_state(PAPER, State.KEPT),
        set_tag(PAPER, "toy", present=True),
        set_state(POST, State.REJECTED),
    )

    undone = undo_act(room.db, journal_read.act_number(room.db, events[0].act), room.now)

    assert undone.state_now == (
        "item 1: rating 2 in interp (act 1)",
        "item 1 has no remark in interp",
        "item 1 has no tag toy",
        "item 2 is new",
    )


@pytest.mark.parametrize("step", [undo_act, redo_act])
def test_an_act_that_is_not_there_cannot_be_chosen(room: Newsroom, step: object) -> None:
    room.says(set_tag(PAPER, "a", present=True), set_tag(PAPER, "b", present=True))

    for number in (2, 99, 2**80):  # the second event of an act, none, and more than SQLite holds
        with pytest.raises(UsageError, match=f"there is no act {number}"):
            step(room.db, number, room.now)  # type: ignore[operator]  # both are called alike


def test_what_is_undone_cannot_be_undone_nor_what_holds_be_redone(room: Newsroom) -> None:
    (number,) = says_tags(room, "a")

    with pytest.raises(UsageError, match="act 1 is not undone"):
        redo_act(room.db, number, room.now)
    undo_act(room.db, number, room.now)
    with pytest.raises(UsageError, match="act 1 is already undone"):
        undo_act(room.db, number, room.now)


def test_an_undo_is_not_undone_but_redone(room: Newsroom) -> None:
    says_tags(room, "a")
    undo(room.db, room.now)

    with pytest.raises(UsageError, match="act 2 only undid act 1") as caught:
        undo_act(room.db, 2, room.now)

    assert caught.value.hint == "run: papertrack redo 1"


def test_many_items_that_were_told_alike_are_named_by_their_number_only(room: Newsroom) -> None:
    room.shows("arxiv", *(paper(f"2611.9991{digit}") for digit in range(5)))
    subjects = [f"arxiv:2611.9991{digit}" for digit in range(5)]
    room.says(*(set_state(subject, State.REJECTED) for subject in subjects))

    undone = undo(room.db, room.now)

    assert undone
    assert undone.lines == ("rejected: 5 items",)
    assert undone.items == (3, 4, 5, 6, 7)
