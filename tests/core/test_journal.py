"""What the author said, folded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import RFC_4122, UUID

from hypothesis import given, strategies as st

from papertrack.core.judging.journal import (
    Event,
    Statement,
    fold_item,
    fold_texts,
    in_order,
    set_issue_text,
    set_note,
    set_rating,
    set_state,
    set_tag,
    uuid7,
)
from papertrack.core.kinds import State
from papertrack.core.records import Judgement, Rating

START = datetime(2026, 11, 20, tzinfo=UTC)
ITEM = "arxiv:2611.99901"


def spoken(*statements: Statement) -> list[Event]:
    """Write statements down, an act each, a minute apart."""
    return [
        Event(
            f"u{n}", "here", START + timedelta(minutes=n), f"u{n}", s.verb, s.subject, s.payload, n
        )
        for n, s in zip(count(), statements)  # endless on one side
    ]


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=16))
def test_uuid_is_of_version_seven_and_says_its_millisecond(unix_ms: int, random: bytes) -> None:
    uid = UUID(uuid7(unix_ms, random))

    assert (uid.version, uid.variant) == (7, RFC_4122)
    assert uid.int >> 80 == unix_ms
    assert str(uid) == uuid7(unix_ms, random)


@given(st.integers(0, 2**48 - 2), st.binary(min_size=20, max_size=20))
def test_uuids_sort_by_time(unix_ms: int, random: bytes) -> None:
    assert uuid7(unix_ms, random[:10]) < uuid7(unix_ms + 1, random[10:])


def test_silence_is_no_judgement() -> None:
    assert fold_item([], frozenset()) == Judgement()


def test_last_word_on_each_register_holds() -> None:
    events = spoken(
        set_rating(ITEM, "interp", "halves", 6),
        set_rating(ITEM, "interp", "remark", "thin"),
        set_rating(ITEM, "interp", "halves", 7),
        set_rating(ITEM, "attacks", "emoji", "🛡️"),
        set_state(ITEM, State.LATER),
        set_state(ITEM, State.KEPT),
        set_tag(ITEM, "a", present=True),
        set_tag(ITEM, "b", present=True),
        set_tag(ITEM, "a", present=False),
        set_note(ITEM, "what", "A map"),
        set_note(ITEM, "new", "It is old"),
        set_note(ITEM, "new", "  "),
        Statement("add", ITEM, {"url": "x"}),
    )

    assert fold_item(events, frozenset()) == Judgement(
        state=State.KEPT,
        judged_at=START + timedelta(minutes=5),
        ratings=(
            Rating("attacks", emoji="🛡️"),
            Rating("interp", halves=7, remark="thin", rated_at=START),
        ),
        tags=("b",),
        notes={"what": "A map"},
    )


def test_rating_that_was_taken_back_whole_is_none() -> None:
    events = spoken(
        set_rating(ITEM, "interp", "halves", 6),
        set_rating(ITEM, "interp", "remark", "x"),
        set_rating(ITEM, "interp", "halves", None),
        set_rating(ITEM, "interp", "remark", ""),
    )

    assert fold_item(events, frozenset()).ratings == ()


def test_card_moves_only_when_its_rating_was_taken_back_in_between() -> None:
    events = spoken(
        set_rating(ITEM, "interp", "halves", 6),
        set_rating(ITEM, "interp", "halves", None),
        set_rating(ITEM, "interp", "halves", 8),
        set_rating(ITEM, "interp", "halves", 9),
    )

    (rating,) = fold_item(events, frozenset()).ratings
    assert rating.rated_at == START + timedelta(minutes=2)


def test_what_an_undone_act_said_is_passed_over() -> None:
    events = spoken(set_note(ITEM, "what", "First"), set_note(ITEM, "what", "Second"))

    assert fold_item(events, frozenset({"u1"})).notes == {"what": "First"}


def test_one_place_in_the_sequence_is_ordered_by_uid_whatever_the_clocks_said() -> None:
    one, other = spoken(set_note(ITEM, "what", "1"), set_note(ITEM, "what", "2"))
    other = replace(other, at=one.at - timedelta(hours=1), sequence=one.sequence)

    assert in_order([other, one]) == [one, other]


def test_texts_of_an_issue_are_folded_too() -> None:
    events = spoken(
        set_issue_text("2026-W47", "lead", "Old"),
        set_issue_text("2026-W47", "lead", "New"),
        set_issue_text("2026-W47", "coda", "Bye"),
        set_issue_text("2026-W47", "coda", None),
    )

    assert fold_texts(events, frozenset()) == {"lead": "New"}
    assert fold_texts(events, frozenset({"u1", "u3"})) == {"lead": "Old", "coda": "Bye"}
