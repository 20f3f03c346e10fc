"""Proposals: which posts are about which papers, asked once and never after an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.merge import merge, split
from papertrack.core.judging.journal import set_tag
from papertrack.storage.pairs import open_pairs
from tests.storage.newsroom import Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from papertrack.core.records import Entry

NUMBER = "2611.99901"
PAPER = paper(title="Circuits of invented models")


def about(*numbers: str, title: str = "We found circuits", summary: str | None = None) -> Entry:
    text = "Our paper Circuits of Invented Models is out." if summary is None else summary
    return replace(post("p", title, "https://example.org/p", text), mentions=numbers)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


@pytest.mark.parametrize("step", [1, -1])
def test_post_and_its_paper_are_proposed_whichever_came_first(room: Newsroom, step: int) -> None:
    shown = [("blog", about(NUMBER)), ("arxiv", PAPER)]
    for source, entry in shown[::step]:
        room.shows(source, entry)

    (proposal,) = open_pairs(room.db, 1)
    assert (proposal.item, proposal.reason) == (2, "links and names the paper")
    assert [one.item for one in open_pairs(room.db, 2)] == [1]
    before = room.dump()
    for source, entry in shown:
        room.shows(source, entry)
    assert room.dump() == before


@pytest.mark.parametrize(
    "entry",
    [
        about(NUMBER, "2611.99902"),
        about(),
        about("2611.99902"),
        about(NUMBER, summary="A list of things to read."),
        about(NUMBER, title="Links of this week, with circuits"),
    ],
)
def test_post_that_links_by_the_way_is_not_proposed(room: Newsroom, entry: Entry) -> None:
    room.shows("arxiv", PAPER)
    room.shows("blog", entry)

    assert open_pairs(room.db, 1) == []


def test_post_that_comes_to_name_the_paper_is_proposed_then(room: Newsroom) -> None:
    room.shows("arxiv", PAPER)
    room.shows("blog", about(NUMBER, summary="Soon."))
    assert open_pairs(room.db, 1) == []

    room.shows("blog", about(NUMBER))

    assert [one.item for one in open_pairs(room.db, 1)] == [2]


def test_a_paper_that_cites_another_by_name_is_not_its_post(room: Newsroom) -> None:
    room.shows("arxiv", PAPER)
    cites = paper("2611.99902", summary="We extend Circuits of invented models.")
    room.shows("arxiv", replace(cites, mentions=(NUMBER,)))

    assert open_pairs(room.db, 1) == []


@pytest.mark.parametrize("answer", ["apart", "one"])
def test_answered_pair_is_not_asked_again(room: Newsroom, answer: str) -> None:
    room.shows("arxiv", PAPER)
    room.shows("blog", about(NUMBER))
    if answer == "one":
        merge(room.db, ["1", "2"], room.now)
    else:
        split(room.db, "1", "2", room.now)

    room.shows("blog", about(NUMBER, title="We found more circuits"))

    assert [open_pairs(room.db, number) for number in room.numbers()] == [
        [] for _ in room.numbers()
    ]


def test_pair_of_an_item_that_was_merged_is_that_of_the_one_that_stayed(room: Newsroom) -> None:
    room.shows("arxiv", PAPER)
    room.shows("blog", about(NUMBER))
    room.shows("planet", post("x", "A talk", "https://example.org/talk", "Slides."))

    merge(room.db, ["3", "2"], room.now)
    assert [one.item for one in open_pairs(room.db, 1)] == [3]
    split(room.db, "1", "3", room.now)
    assert open_pairs(room.db, 1) == []


def test_judged_items_that_one_entry_names_are_proposed(room: Newsroom) -> None:
    doi = "10.5555/example.1"
    room.shows("planet", post("3", "In a journal", "https://example.org/j", doi=doi))
    room.shows("arxiv", paper())
    room.says(
        set_tag(f"arxiv:{NUMBER}", "a", present=True), set_tag(f"doi:{doi}", "b", present=True)
    )

    room.shows("query", paper(doi=doi))

    assert [(one.item, one.reason) for one in open_pairs(room.db, 1)] == [
        (2, "one entry names both")
    ]
