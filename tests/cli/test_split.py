"""Two items of one again, and two that stay two."""

from __future__ import annotations

import pytest

from tests.author import Author  # noqa: TC001  # as in every test of the command line

PAPER = "2611.99901"
URL = "https://blog.example.org/a"


@pytest.fixture
def merged(author: Author) -> Author:
    author.types("add", URL, "--title", "A post", "--tag", "+post")
    author.types("add", PAPER, "--title", "A paper", "--reject")
    author.types("merge", "1", "2")
    return author


@pytest.mark.parametrize(
    "words", [("1",), ("2",), (PAPER,), ("1", "--from", "2"), ("2", "--from", URL)]
)
def test_the_last_merge_is_taken_apart(merged: Author, words: tuple[str, ...]) -> None:
    printed = merged.types("split", *words)

    assert (printed.code, printed.out) == (0, 'split 2 from 1: "A paper"\n')
    listed = merged.types("list", "--json").json
    assert sorted((i["item"], i["title"], i["tags"], i["state"]) for i in listed) == [
        (1, "A post", ["post"], "new"),
        (2, "A paper", [], "rejected"),
    ]


def test_what_was_never_merged_cannot_be_split(author: Author) -> None:
    author.types("add", URL, "--title", "A post")

    printed = author.types("split", "1")

    assert (printed.code, printed.err) == (
        2,
        (
            "papertrack: nothing was merged into item 1; "
            "to keep two apart: papertrack split ITEM --from OTHER\n"
        ),
    )
    assert author.types("split", "1", "--from", URL).err == (
        f"papertrack: 1 and {URL} are the same; see papertrack show 1\n"
    )


def test_two_items_may_be_kept_apart_before_anything_joins_them(author: Author) -> None:
    author.types("add", URL, "--title", "A post")
    author.types("add", PAPER, "--title", "A paper")

    printed = author.types("split", "1", "--from", PAPER)

    assert (printed.code, printed.out) == (0, "2 and 1 stay apart\n")
    assert author.rows("SELECT answer FROM pairs") == [("apart",)]
    assert author.types("undo").out == 'undone: not the same story as "A paper": "A post"\n'
    assert author.rows("SELECT * FROM pairs") == []


def test_history_tells_what_was_merged_and_split(merged: Author) -> None:
    merged.types("split", "1")

    kept = [said["what"] for said in merged.types("show", "1", "--json").json["history"]]
    parted = [said["what"] for said in merged.types("show", "2", "--json").json["history"]]
    assert kept[-2:] == ['merged with "A paper"', 'not the same story as "A paper"']
    assert parted[-2:] == ['merged into "A post"', 'not the same story as "A post"']
