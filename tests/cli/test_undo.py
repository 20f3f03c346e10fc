"""Taking back: one act at a time, newest first, down to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    assert printed.out == 'had 1 "A work"\n'
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
