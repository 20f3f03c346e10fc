"""The log: who said what, when, and what of it still holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from tests.author import Author

ITEM = "2611.99901"


@pytest.fixture
def judged(author: Author) -> Author:
    """An author who added two works and judged one of them."""
    author.types("add", ITEM, "--title", "A work")
    author.types("add", "2611.99902", "--title", "Another")
    author.types("rate", ITEM, "-a", "interp", "--value", "3.5", "--remark", "small n")
    return author


def lines(author: Author, *words: str) -> list[list[str]]:
    """Type a call of the log; returns the fields of each line, without the machine."""
    printed = author.types("log", *words)
    assert (printed.code, printed.err) == (0, "")
    return [line.split("\t")[:2] + line.split("\t")[3:] for line in printed.out.splitlines()]


def test_log_says_what_was_said_newest_first_with_its_values(judged: Author) -> None:
    judged.types("rate", ITEM, "--what", "A probe", "--tag", "+toy")

    assert lines(judged, "--limit", "2") == [
        ["10", "2026-11-20T13:00:04+00:00", "", "tag +toy", "1", "A work"],
        ["10", "2026-11-20T13:00:04+00:00", "", 'what = "A probe"', "1", "A work"],
        ["7", "2026-11-20T13:00:03+00:00", "", "rating 3.5 in interp", "1", "A work"],
        ["7", "2026-11-20T13:00:03+00:00", "", 'remark in interp = "small n"', "1", "A work"],
    ]


def test_log_marks_what_was_undone_and_says_by_which_act(judged: Author) -> None:
    judged.types("rate", ITEM, "--reject")
    judged.types("undo")

    told = [(act, mark, what) for act, _, mark, what, *_ in lines(judged, "--limit", "2")]

    assert told == [("11", "", "undid act 10"), ("10", "undone", "rejected")]


def test_log_of_an_item_has_its_acts_and_their_undoing_alone(judged: Author) -> None:
    judged.types("rate", "1", "2", "--later")
    judged.types("undo")
    judged.types("rate", "2", "--reject")

    told = [(what, item) for *_, what, item, _ in lines(judged, ITEM)]

    assert told == [
        ("undid act 10", ""),
        ("later", "1"),
        ("rating 3.5 in interp", "1"),
        ('remark in interp = "small n"', "1"),
        ("added", "1"),
        ('title = "A work"', "1"),
    ]


def test_log_begins_at_the_moment_that_is_asked_for(judged: Author) -> None:
    told = lines(judged, "--since", "2026-11-20T13:00:03")

    assert {fields[0] for fields in told} == {"7"}


def test_log_writes_json_with_what_the_journal_holds(judged: Author) -> None:
    (act,) = judged.types("log", "--limit", "1", "--json").json

    assert (act["act"], act["at"], act["undone"]) == (7, "2026-11-20T13:00:03.000Z", False)
    assert len(act["device"]) == 16
    assert act["said"][0] == {
        "verb": "rate",
        "what": "rating 3.5 in interp",
        "subject": f"arxiv:{ITEM}",
        "item": 1,
        "title": "A work",
        "payload": {"area": "interp", "field": "halves", "to": 7},
    }
    assert [said["what"] for said in act["said"]][2] == "kept"


def test_log_says_a_merge_once(judged: Author) -> None:
    judged.types("merge", "1", "2")

    assert [fields[3:] for fields in lines(judged, "--limit", "1")] == [
        ['merged with "Another"', "1", "Another"]
    ]


def test_log_says_what_was_taken_back(judged: Author) -> None:
    judged.types("rate", ITEM, "--value", "none", "--remark", "")

    told = [fields[3] for fields in lines(judged, "--limit", "1")]

    assert told == ["rating in interp removed", "remark in interp removed"]


def test_log_marks_what_was_said_on_another_machine(judged: Author) -> None:
    with closing(sqlite3.connect(judged.database, isolation_level=None)) as db:
        db.execute(
            """INSERT INTO events (uid, device, turn, at, act, verb, subject, payload)
               VALUES ('zz', 'feedbeefdeadbeef', 9999999999999, '2026-11-20T14:00:00.000Z', 'zz',
                       'undo', 'act:not-here-yet', '{}')"""
        )

    with Terminal(judged.config, "log", "--limit", "1") as terminal:
        screen = terminal.wait_for(lambda text: "feed" in text)

    assert "2026-11-20 14:00  [feed] undid an act that is not here" in screen


def test_log_keeps_a_narrow_terminal_whole(judged: Author) -> None:
    judged.types("rate", ITEM, "--title", "Ein sehr langer Titel über 深層学習 " * 4, "--tag", "+x")

    with Terminal(judged.config, "log", "--limit", "1", columns=60) as terminal:
        screen = terminal.wait_for(lambda text: "title =" in text)

    rows = [row.rstrip() for row in screen.splitlines() if row.strip()]
    assert len(rows) == 2
    assert rows[0].startswith('   10  11-20 13:00  tag +x: 1 "Ein sehr')
    assert rows[0].endswith("…")
    assert rows[1].startswith('                    title = "Ein sehr')


def test_log_of_nothing_is_empty(author: Author) -> None:
    author.types("init")

    printed = author.types("log")

    assert (printed.code, printed.out, printed.err) == (0, "", "")


def test_log_refuses_an_item_that_is_not_there(judged: Author) -> None:
    printed = judged.types("log", "77")

    assert (printed.code, printed.out) == (2, "")
    assert "there is no item 77" in printed.err


def test_log_of_a_work_that_was_merged_and_split_says_so_on_either_side(judged: Author) -> None:
    judged.types("merge", "1", "2")
    judged.types("split", "2")

    told = [[what for *_, what, _, _ in lines(judged, item)][:2] for item in ("1", "2")]

    assert told == [
        ['not the same story as "Another"', 'merged with "Another"'],
        ['not the same story as "A work"', 'merged into "A work"'],
    ]


@pytest.fixture
def bulk(author: Author) -> Author:
    """An author who rejected thirty works in one act."""
    for number in range(30):
        author.types("add", "--title", f"Work {number}")
    author.types("rate", *map(str, range(1, 31)), "--reject")
    return author


def test_a_bulk_act_is_one_line_in_a_pipe_too(bulk: Author) -> None:
    assert [fields[3:] for fields in lines(bulk, "-n", "1")] == [
        ["rejected", "", "30 items (1, 2, 3, 4, 5, …)"]
    ]
    assert len(lines(bulk)) == 31


def test_every_item_of_a_bulk_act_is_shown_when_asked_for(bulk: Author) -> None:
    told = [fields[3:] for fields in lines(bulk, "-n", "1", "--all")]

    assert told == [["rejected", str(number + 1), f"Work {number}"] for number in range(30)]


def test_json_has_every_item_of_a_bulk_act(bulk: Author) -> None:
    (act,) = bulk.types("log", "-n", "1", "--json").json

    assert [said["item"] for said in act["said"]] == [*range(1, 31)]


def test_a_terminal_gets_each_item_of_a_bulk_act_when_asked_for(bulk: Author) -> None:
    with Terminal(bulk.config, "log", "-n", "1", rows=40) as terminal:
        short = terminal.wait_for("30 items").split("\n")
    with Terminal(bulk.config, "log", "-n", "1", "--all", rows=40) as terminal:
        whole = terminal.wait_for(lambda text: "Work 29" in text).split("\n")

    assert next(line for line in short if line).endswith("rejected: 30 items (1, 2, 3, 4, 5, …)")
    assert (sum(map(bool, short)), sum(map(bool, whole))) == (1, 30)


def test_an_act_that_says_much_is_cut_after_twenty_lines(author: Author) -> None:
    entries = "\n".join(f"- [Work {n}](https://example.org/{n}) says {n}" for n in range(30))
    (author.folder / "old.md").write_text(f"# Old (2026-11-13)\n\n## News\n\n{entries}\n", "utf-8")
    author.types("init")
    author.types("import-issue", "old.md")

    told = lines(author, "-n", "1")

    whole = lines(author, "-n", "1", "--all")
    counted = sum("30 items" in fields[5] for fields in told)
    assert len(told) == 20
    assert told[-1][3:] == [f"and {len(whole) - 30 * counted - (19 - counted)} more", "", ""]


def test_what_can_be_undone_is_listed_in_one_line_an_act(bulk: Author) -> None:
    printed = bulk.types("undo", "--list", "-n", "1")

    assert printed.out.count("\n") == 1


def test_taking_back_a_bulk_act_is_said_in_a_few_lines(bulk: Author) -> None:
    number = lines(bulk, "-n", "1")[0][0]

    undone = bulk.types("undo", number)
    redone = bulk.types("redo", number)

    assert undone.out.splitlines() == [
        "undone: rejected: 30 items",
        "  now: item 1 is new",
        "  now: item 2 is new",
        "  now: item 3 is new",
        "  now: and the same for 27 more",
    ]
    assert redone.out.splitlines()[-1] == "  now: and the same for 27 more"
