"""What an issue has and lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from papertrack.core.judging.board import (
    BoardArea,
    Place,
    count_board,
    fields_of,
    home_area,
    missing_text,
)
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Item, Judgement, Rating
from tests.ui.service import paper

AREAS = (BoardArea("interp", "MI", 3), BoardArea("attacks", "Adv"), BoardArea("art", "art", 2))
WHOLE = {"what": "x", "new": "y", "meaning": "z"}


def _kept(halves: dict[str, int], **notes: str) -> Item:
    ratings = tuple(Rating(area, value) for area, value in halves.items())
    judgement = Judgement(state=State.KEPT, ratings=ratings, notes=notes)
    return replace(paper(1), state=State.KEPT, judgement=judgement)


def _of_kind(kind: Kind, **notes: str) -> Item:
    return replace(_kept({"interp": 8}, **notes), kind=kind)


@pytest.mark.parametrize(
    ("notes", "missing"),
    [
        ({}, ("What is it", "What's new", "What does it mean")),
        (WHOLE, ()),
        ({"what": "x", "new": "y", "good_for": "z"}, ()),
        ({"what": "x", "meaning": "z"}, ("What's new",)),
        ({"what": "x", "meaning": "z", "hide_title": "yes"}, ()),
        ({"body": "paragraphs"}, ()),
        ({"format": "brief"}, ("Line",)),
        ({"format": "brief", "line": "x"}, ()),
        ({"format": "link"}, ()),
        ({"deadline": "2026-11-25"}, ("What is it",)),
        ({"deadline": "2026-11-25", "line": "x"}, ()),
    ],
)
def test_what_a_paper_lacks(notes: dict[str, str], missing: tuple[str, ...]) -> None:
    assert missing_text(_kept({"interp": 6}, **notes)) == missing


def test_a_post_need_not_say_what_is_new() -> None:
    assert missing_text(_of_kind(Kind.POST, what="x", meaning="z")) == ()


def test_an_opportunity_wants_a_deadline_and_a_text() -> None:
    assert missing_text(_of_kind(Kind.OPPORTUNITY)) == ("Deadline", "What is it")
    assert fields_of(_of_kind(Kind.OPPORTUNITY))[-3:] == ("deadline", "place", "prize")


@pytest.mark.parametrize(
    ("halves", "notes", "home"),
    [
        ({"interp": 6, "attacks": 9}, {}, "attacks"),
        ({"attacks": 6, "interp": 6}, {}, "interp"),
        ({"interp": 6, "attacks": 9}, {"home": "interp"}, "interp"),
        ({"attacks": 9}, {"home": "interp"}, "attacks"),
        ({}, {"home": "interp", "format": "brief"}, "interp"),
        ({"retired": 9}, {}, None),
    ],
)
def test_where_an_item_is_printed(
    halves: dict[str, int], notes: dict[str, str], home: str | None
) -> None:
    assert home_area(_kept(halves, **notes), [area.slug for area in AREAS]) == home


def test_the_board_counts_what_is_kept_and_has_its_text() -> None:
    items = [
        _kept({"interp": 6}, **WHOLE),
        _kept({"interp": 8}),
        _kept({"attacks": 7}, **WHOLE),
        _kept({}, format="brief", line="x"),
        _kept({}, format="link"),
        _of_kind(Kind.OPPORTUNITY, deadline="2026-12-01", what="x"),
        _kept({"interp": 1}),
        _kept({}),
    ]

    board = count_board(items, AREAS, minimum_halves=2)

    words = [place.words for place in board.places]
    assert words == ["MI 1/3", "Adv 1", "art 0/2", "brief 1", "links 1", "Opp 1"]
    assert board.lacking == 1


def test_without_a_target_the_board_says_how_many_are_kept() -> None:
    assert Place("Adv", kept=3, complete=1).words == "Adv 1/3"
