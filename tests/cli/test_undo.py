"""Taking back: one act at a time, newest first, down to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author

ITEM = "2611.99901"


def test_nothing_is_taken_back_from_an_empty_journal(author: Author) -> None:
    author.types("init")

    printed = author.types("undo")

    assert (printed.code, printed.out, printed.err) == (0, "there is nothing to undo\n", "")


def test_acts_are_taken_back_one_at_a_time_down_to_nothing(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work")
    author.types("rate", ITEM, "--area", "interp", "--value", "3", "--remark", "x")
    author.types("rate", ITEM, "--what", "A probe", "--tag", "+a")

    undone = [author.types("undo").out for _ in range(4)]

    assert undone == [
        'undone: tag +a: "A work"\nundone: text of what: "A work"\n',
        ('undone: rating 3 in interp: "A work"\nundone: remark in interp: "A work"\n'),
        'undone: added: "A work"\nundone: text of title: "A work"\n',
        "there is nothing to undo\n",
    ]


def test_undoing_gives_back_what_stood_there_before(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work", "--area", "interp", "--value", "2")
    before = [author.rows(f"SELECT * FROM {table}") for table in ("ratings", "notes", "items")]  # noqa: S608  # ours

    author.types("rate", ITEM, "--value", "5", "--emoji", "🧪", "--what", "New", "--title", "T")
    author.types("rate", ITEM, "--reject")
    author.types("undo")
    author.types("undo")

    after = [author.rows(f"SELECT * FROM {table}") for table in ("ratings", "notes", "items")]  # noqa: S608  # ours
    assert after == before


def test_what_was_added_and_undone_is_out_of_the_queue(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work")
    queued = author.types("list", "--state", "new", "--ids").out

    author.types("undo")

    assert (queued, author.types("list", "--state", "new", "--ids").out) == ("1\n", "")


def test_what_was_added_and_undone_can_be_added_again(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work")
    author.types("undo")

    printed = author.types("add", ITEM, "--title", "A work")

    assert printed.out == 'known as 1: "A work"\n'
    assert author.types("list", "--state", "new", "--ids").out == "1\n"


def test_an_item_can_be_rated_again_after_undo(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work")
    author.types("rate", ITEM, "--area", "interp", "--value", "3")
    author.types("undo")

    author.types("rate", ITEM, "--area", "attacks", "--value", "1")
    undone = author.types("undo").out

    assert undone == 'undone: rating 1 in attacks: "A work"\n'
    assert author.rows("SELECT state FROM items") == [("new",)]


def test_the_journal_keeps_what_was_undone(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work", "--reject")
    said = author.rows("SELECT * FROM events")

    author.types("undo")

    assert author.rows("SELECT * FROM events")[:-1] == said
    assert author.rows("SELECT verb FROM events ORDER BY seq DESC LIMIT 1") == [("undo",)]


def test_the_lead_of_an_issue_is_taken_back_too(author: Author) -> None:
    author.types("init")
    author.types("draft", "--lead", "A quiet week.", "-o", "-")

    undone = author.types("undo").out

    assert undone == 'undone: text of lead: "issue 2026-W47"\n'
    assert "A quiet week." not in author.types("draft", "-o", "-").out


def test_quiet_says_nothing_and_still_undoes(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work", "--reject")

    printed = author.types("-q", "undo")

    assert (printed.out, printed.err) == ("", "")
    assert author.rows("SELECT state FROM items") == [("old",)]


def test_an_act_is_taken_back_by_its_number_and_what_holds_is_said(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work", "--area", "interp", "--value", "2")
    author.types("rate", ITEM, "--value", "5", "--remark", "x")
    author.types("rate", ITEM, "--value", "4")

    printed = author.types("undo", "6")

    assert printed.out == (
        'undone: rating 5 in interp: "A work"\nundone: remark in interp: "A work"\n'
        "  now: item 1: rating 4 in interp (act 9)\n  now: item 1 has no remark in interp\n"
    )
    assert author.rows("SELECT halves, remark FROM ratings") == [(8, None)]


def test_several_acts_are_taken_back_together_or_none(author: Author) -> None:
    for title in ("A", "B", "C"):
        author.types("add", "--title", title, "--later")
    wrong = author.types("undo", "4", "99")
    untouched = author.rows("SELECT count(*) FROM events WHERE verb = 'undo'")

    author.types("undo", "1", "4")

    assert (wrong.code, untouched) == (2, [(0,)])
    assert "there is no act 99" in wrong.err
    assert author.types("list", "--state", "later", "--ids").out == "3\n"


def test_the_newest_acts_are_taken_back_at_once_and_brought_back_one_by_one(
    author: Author,
) -> None:
    author.types("add", ITEM, "--title", "A work")
    for tag in ("+a", "+b", "+c"):
        author.types("rate", ITEM, "--tag", tag)

    undone = author.types("undo", "--last", "2").out
    one = author.types("redo").out
    rest = author.types("redo", "--last", "9").out

    assert undone == 'undone: tag +c: "A work"\nundone: tag +b: "A work"\n'
    assert one == 'redone: tag +b: "A work"\n'
    assert rest == 'redone: tag +c: "A work"\n'
    assert author.rows("SELECT tag FROM tags") == [("a",), ("b",), ("c",)]


def test_what_can_be_undone_is_listed_and_nothing_is_changed(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work")
    author.types("rate", ITEM, "--tag", "+a")
    author.types("rate", ITEM, "--reject")
    author.types("undo")

    printed = author.types("undo", "--list", "--limit", "1")

    fields = printed.out.rstrip("\n").split("\t")
    assert (fields[0], fields[3:]) == ("4", ["", "tag +a", "1", "A work"])
    assert author.rows("SELECT count(*) FROM events WHERE verb = 'undo'") == [(1,)]


def test_redo_ends_with_what_is_said_new_except_by_number(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work")
    author.types("rate", ITEM, "--tag", "+a")
    author.types("undo")
    author.types("rate", ITEM, "--tag", "+b")

    printed = author.types("redo"), author.types("redo", "4")

    assert [one.out for one in printed] == [
        "there is nothing to redo\n",
        'redone: tag +a: "A work"\n  now: item 1: tag +a (act 4)\n',
    ]
    assert author.rows("SELECT tag FROM tags") == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("undo", "0"), "0 is not in the range"),
        (("undo", "two"), "'two' is not a valid int"),
        (("undo", "99999999999999999999999"), "there is no act 99999999999999999999999"),
        (("undo", "3", "--last", "2"), "exclude each other"),
        (("undo", "--list", "--last", "2"), "--list only shows"),
        (("undo", "--limit", "2"), "--limit is for --list"),
        (("redo", "3", "--last", "2"), "exclude each other"),
    ],
)
def test_calls_that_say_two_things_are_refused(
    author: Author, words: tuple[str, ...], message: str
) -> None:
    author.types("init")

    printed = author.types(*words)

    assert (printed.code, printed.out) == (2, "")
    assert message in printed.err
    assert len(printed.err.splitlines()) == 1
