"""The options that `rate` and `add` share: what steers how an item is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.core.judging import notes

if TYPE_CHECKING:
    from tests.author import Author

OPPORTUNITY = (
    "--section", "Why?", "--line", "One *line*.", "--teaser", "a prize", "--cite", "Ada",
    "--deadline", "Nov 25, 2026", "--place", "London", "--prize", "$50,000",
    "--format", "Brief", "--home", "attacks",
)  # fmt: skip
STORED = {
    notes.SECTION: "Why?",
    notes.LINE: "One *line*.",
    notes.TEASER: "a prize",
    notes.CITE: "Ada",
    notes.DEADLINE: "2026-11-25",
    notes.PLACE: "London",
    notes.PRIZE: "$50,000",
    notes.FORMAT: notes.BRIEF,
    notes.HOME: "attacks",
}


def test_an_opportunity_is_added_with_all_that_the_digest_says_of_it(author: Author) -> None:
    author.types("add", "--title", "A prize", "--kind", "opportunity", *OPPORTUNITY)

    item = author.types("show", "1", "--json").json
    assert item["kind"] == "opportunity"
    assert item["notes"] == STORED


def test_rate_takes_the_same_options_and_an_empty_one_takes_a_note_back(author: Author) -> None:
    author.types("add", "--title", "A prize")

    author.types("rate", "1", *OPPORTUNITY)
    rated = author.types("show", "1", "--json").json["notes"]
    author.types("rate", "1", "--deadline", "", "--format", "whole", "--place", " ")
    left = author.types("show", "1", "--json").json["notes"]

    assert rated == STORED
    assert set(STORED) - set(left) == {notes.DEADLINE, notes.FORMAT, notes.PLACE}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--deadline", "soon"), '"soon" is not a date; write it like 2026-11-25'),
        (("--deadline", "2026-02-30"), '"2026-02-30" is not a date; write it like 2026-11-25'),
        (("--deadline", "11/25/2026"), '"11/25/2026" is not a date; write it like 2026-11-25'),
        (("--format", "long"), '"long" is not an item format; write whole, brief or link'),
        (("--home", "nope"), 'there is no area "nope"; the areas are interp, attacks'),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    author: Author, words: tuple[str, ...], said: str
) -> None:
    author.types("add", "--title", "A prize")

    for call in (("rate", "1", *words), ("add", "--title", "Another", *words)):
        printed = author.types(*call)
        assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {said}\n")
    assert author.rows("SELECT count(*) FROM items") == [(1,)]
    assert author.rows("SELECT * FROM notes") == []


def test_the_screen_does_not_pass_over_a_note_without_a_word(author: Author) -> None:
    printed = author.types("rate", "--deadline", "2026-11-25")

    assert printed.code == 2
    assert printed.err == "papertrack: --deadline needs an ITEM; see papertrack rate --help\n"
