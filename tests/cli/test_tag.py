"""Tags from the command line, for one item or for all that another command hands over."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.process import environment

if TYPE_CHECKING:
    from tests.author import Author, Printed


@pytest.fixture
def desk(author: Author) -> Author:
    """An author with three works."""
    for number in (1, 2, 3):
        author.types("add", f"2611.9990{number}", "--title", f"Work {number}")
    return author


def tags(author: Author) -> list[tuple[int, str]]:
    return author.rows("SELECT item_id, tag FROM tags ORDER BY item_id, tag")


def pipes(author: Author, monkeypatch: pytest.MonkeyPatch, piped: bytes, *words: str) -> Printed:
    """Type a call of `tag` that reads from a pipe."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped), encoding="utf-8"))
    return author.types("tag", *words)


def acts(author: Author) -> int:
    ((count,),) = author.rows("SELECT count(DISTINCT act) FROM events")
    return int(count)


def test_tags_are_put_on_and_taken_off_in_one_undo_step(desk: Author) -> None:
    desk.types("tag", "1", "+old")
    before = acts(desk)

    printed = desk.types("tag", "1", "2611.99902", "+new", "-old")

    assert printed.out == "tagged 1 +new -old\ntagged 2611.99902 +new\n"
    assert tags(desk) == [(1, "new"), (2, "new")]
    assert acts(desk) == before + 1
    desk.types("undo")
    assert tags(desk) == [(1, "old")]


@pytest.mark.parametrize("tag", ["old", "hype", "q", "list", "json", "v"])
def test_a_tag_that_looks_like_options_is_taken_off_wherever_it_stands(
    desk: Author, tag: str
) -> None:
    for words in (
        ("1", f"-{tag}"),
        (f"-{tag}", "1"),
        ("--", "1", f"-{tag}"),
        ("1", "--", f"-{tag}"),
    ):
        desk.types("tag", "1", f"+{tag}")

        assert desk.types("tag", *words).out == f"tagged 1 -{tag}\n"
        assert tags(desk) == []


def test_a_tag_called_h_is_taken_off_behind_two_dashes(desk: Author) -> None:
    desk.types("tag", "1", "+h")

    assert desk.types("tag", "1", "-h").out.startswith("Usage: papertrack tag")
    assert desk.types("tag", "--", "1", "-h").out == "tagged 1 -h\n"


def test_what_is_so_already_is_not_said_again(desk: Author) -> None:
    desk.types("tag", "1", "+a")
    before = acts(desk)

    printed = desk.types("tag", "1", "+a", "-b")

    assert (printed.out, acts(desk)) == ("1: nothing changed\n", before)


def test_an_item_that_is_named_twice_counts_once(desk: Author) -> None:
    assert desk.types("tag", "1", "2611.99901", "+a").out == "tagged 1 +a\n"


def test_items_of_a_list_are_tagged_through_a_pipe(desk: Author) -> None:
    desk.types("rate", "2", "--reject")
    listing = subprocess.Popen(
        desk.command("list", "--state", "new", "--ids"),
        stdout=subprocess.PIPE,
        env=environment(desk.folder),
    )
    with listing:
        tagging = subprocess.run(
            desk.command("tag", "+read", "-old", "-"),
            stdin=listing.stdout,
            capture_output=True,
            text=True,
            check=True,
            env=environment(desk.folder),
        )

    assert sorted(tagging.stdout.splitlines()) == ["tagged 1 +read", "tagged 3 +read"]
    assert tags(desk) == [(1, "read"), (3, "read")]


def test_items_that_are_piped_are_named_by_the_first_word_of_each_line(
    desk: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = b"1\tnew\t2026-11-20\n\n  https://arxiv.org/abs/2611.99902v3  \n"

    printed = pipes(desk, monkeypatch, piped, "3", "-", "+a")

    assert printed.out.splitlines() == [
        "tagged 3 +a",
        "tagged 1 +a",
        "tagged https://arxiv.org/abs/2611.99902v3 +a",
    ]


def test_a_pipe_without_items_changes_nothing(
    desk: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = pipes(desk, monkeypatch, b"\n", "-", "+a")

    assert (printed.code, printed.out) == (0, "")
    assert printed.err == "no items on standard input; nothing was tagged\n"


def test_one_item_that_is_not_there_leaves_all_of_a_pipe_as_it_was(
    desk: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = pipes(desk, monkeypatch, b"1\n\xff\x1b[31m9\n2\n", "-", "+a")

    assert (printed.code, printed.out, tags(desk)) == (2, "", [])
    assert printed.err.startswith("papertrack: there is no item")
    assert printed.err[:-1].isprintable()


def test_a_tag_is_renamed_on_every_item_in_one_undo_step(desk: Author) -> None:
    desk.types("tag", "1", "2", "+interp")
    desk.types("tag", "2", "+circuits")

    printed = desk.types("tag", "--rename", "interp", "circuits")

    assert printed.out == "renamed interp to circuits on 2 items; 1 had circuits already\n"
    assert tags(desk) == [(1, "circuits"), (2, "circuits")]
    desk.types("undo")
    assert tags(desk) == [(1, "interp"), (2, "circuits"), (2, "interp")]


def test_tags_are_listed_with_their_items(desk: Author) -> None:
    desk.types("tag", "1", "2", "+b", "+a")
    desk.types("rate", "1", "-a", "interp", "--value", "3")
    desk.types("tag", "2", "-a")

    assert desk.types("tag", "--list").out == desk.types("tag").out == "a\t1\t1\nb\t2\t1\n"
    assert desk.types("tag", "--list", "--json").json == [
        {"tag": "a", "items": 1, "kept": 1},
        {"tag": "b", "items": 2, "kept": 1},
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("1",), "no tag was named; write papertrack tag 1 +x or -x"),
        (("+x",), "no item was named; write papertrack tag ITEM +x"),
        (("1", "toy"), '"toy" is not an item; to add it as a tag, write +toy'),
        (("9", "+x"), "there is no item 9;"),
        (("1", "+"), '"+" is not a tag'),
        (("1", "+two words"), '"+two words" is not a tag'),
        (("1", "+\x1b[31m"), "is not a tag"),
        (("1", "--old"), "No such option: --old"),
        (("-", "-", "+x"), "- is given twice"),
        (("1", "+x", "--list"), "exclude each other"),
        (("1", "+x", "--json"), "--json is for the list"),
        (("--rename", "a"), "requires 2 arguments"),
        (("--rename", "a", "b"), 'no item has the tag "a"'),
        (("--rename", "a", "a"), 'the tag is already called "a"'),
        (("--rename", "a", "b,c"), '"b,c" is not a tag'),
    ],
)
def test_a_wrong_call_says_what_to_write_and_changes_nothing(
    desk: Author, words: tuple[str, ...], message: str
) -> None:
    before = acts(desk)

    printed = desk.types("tag", *words)

    assert (printed.code, printed.out, acts(desk)) == (2, "", before)
    assert message in printed.err
    assert printed.err.rstrip("\n").isprintable()


def test_items_from_a_pipe_are_judged_by_one_call(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    author.types("init")
    author.types("add", "--title", "One")
    author.types("add", "--title", "Two")

    def pipes_to_rate(piped: bytes) -> Printed:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped), encoding="utf-8"))
        return author.types("rate", "-", "--reject")

    printed = pipes_to_rate(b"1\n2\tnew\tx\n")
    nothing = pipes_to_rate(b"")

    assert printed.code == 0
    assert author.rows("SELECT DISTINCT state FROM items") == [("rejected",)]
    assert (nothing.code, nothing.out) == (0, "")
    assert "no items on standard input" in nothing.err
