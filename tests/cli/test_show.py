"""One item with all that is known of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer


SECOND = "name one, or compare two of its versions with --diff"
DEVICE = "SELECT value FROM meta WHERE key = 'device'"


def test_an_item_is_shown_with_what_was_said_of_it(author: Author) -> None:
    author.types(
        "add", "2611.99901v2", "--title", "A work", "--author", "Ada Example", "--author", "B. Two",
        "--area", "interp", "--value", "3.5", "--remark", "good",
        "--tag", "toy", "--what", "A probe",
    )  # fmt: skip
    author.types("rate", "1", "--reject")
    author.types("undo")

    printed = author.types("show", "arXiv:2611.99901")

    lines = printed.out.splitlines()
    at = lines.index("  history")
    assert lines[: at + 1] == [
        "1  A work  [3.5]",
        "  arXiv 2611.99901v2; paper; seen 2026-11-20; in by-hand",
        "  https://arxiv.org/abs/2611.99901",
        "  Ada Example, B. Two",
        "",
        "  rated interp 3.5 (good)",
        "  tags toy",
        "  What is it: A probe",
        "  title: A work",
        "",
        "  history",
    ]
    history = [line[22:] for line in lines[at + 1 :]]
    assert (history[0], history[2], history[4], history[6]) == (
        "added", "rating 3.5 in interp", "tag +toy", "rejected  (undone)",
    )  # fmt: skip
    assert [place for place, line in enumerate(history) if "=" in line] == [1, 3, 5]
    for place, value in ((1, '"A work"'), (3, '"good"'), (5, '"A probe"')):
        assert history[place].endswith(f"= {value}")


def test_json_is_the_item_with_its_versions_and_history(author: Author) -> None:
    author.types("add", "--title", "A thought")
    listed = author.types("list", "--json").json[0]

    shown = author.types("show", "1", "--json").json

    history = shown.pop("history")
    versions = shown.pop("versions")
    assert shown.pop("sightings") == [
        {"source": "by-hand", "url": None, "seen_at": "2026-11-20T13:00:01.000Z"}
    ]
    empty = ("submissions", "same_story", "merges", "issues")
    assert [shown.pop(name) for name in empty] == [[], [], [], []]
    assert shown.pop("diff") is None
    assert shown.pop("expected").keys() == {"score", "word", "areas", "reasons", "values"}
    assert shown == listed
    assert versions == [
        {
            "number": 1,
            "arxiv_version": None,
            "title": "A thought",
            "summary": "",
            "seen_at": "2026-11-20T13:00:01.000Z",
        }
    ]
    assert {said["device"] for said in history} == {author.rows(DEVICE)[0][0]}
    assert [(said["what"], said["holds"]) for said in history] == [("added", True)]


def test_an_unknown_item_is_one_line(author: Author) -> None:
    author.types("init")

    printed = author.types("show", "7")

    assert (printed.code, printed.out, printed.err) == (
        2,
        "",
        "papertrack: there is no item 7; papertrack list shows the numbers of all items\n",
    )


def test_long_lines_are_wrapped_to_the_terminal(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    names = [word for number in range(30) for word in ("--author", f"Author Number{number}")]
    author.types("add", "--title", "A work", *names)

    printed = author.types("show", "1")

    assert max(cell_len(line) for line in printed.out.splitlines()) <= 60
    assert "Author Number29" in " ".join(printed.out.split())


ABSTRACT = "We study on which inputs a small model keeps its rule, and publish " + "all " * 40
WORDS = [
    ("A small study", ABSTRACT + "that we have found."),
    ("A small study", ABSTRACT.replace("a small model keeps", "models keep") + "of it."),
    ("A large study", ABSTRACT + "of it."),
]


@pytest.fixture
def reworded(author: Author) -> Author:
    """Know an item in three versions."""
    author.types("add", "--title", "A large study")
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute("DELETE FROM versions")
        db.executemany(
            "INSERT INTO versions (item_id, position, title, summary, seen_at, born_id) "
            "VALUES (1, ?, ?, ?, '2026-11-20T13:00:00.000Z', 1)",
            [(place, *words) for place, words in enumerate(WORDS, start=1)],
        )
        db.execute("UPDATE items SET summary = ?", [WORDS[-1][1]])
    return author


def test_a_post_that_was_reworded_between_two_fetches_shows_how(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.url + "/feed")
    for title, text in WORDS[1:]:
        server.put("/feed", rss(Post(title, "https://blog.example.org/a", body=f"<p>{text}</p>")))
        author.types("fetch", "--force")

    printed = author.types("show", "1", "--diff")

    assert "A [-small-] {+large+} study" in printed.out


def test_versions_are_listed_with_a_hint_where_they_differ(reworded: Author) -> None:
    lines = reworded.types("show", "1").out.splitlines()

    at = lines.index("  versions seen")
    assert lines[at + 1 : at + 5] == [
        "    1  2026-11-20  A small study",
        "    2  2026-11-20  A small study",
        "    3  2026-11-20  A large study",
        "    the title and 4 words of the text changed: papertrack show 1 --diff",
    ]


def test_diff_shows_the_last_two_versions_word_by_word(reworded: Author) -> None:
    printed = reworded.types("show", "1", "--diff")

    assert printed.out.splitlines() == [
        "1  A large study",
        "  2, 2026-11-20  →  3, 2026-11-20",
        "",
        "  title",
        "    A [-small-] {+large+} study",
        "",
        "  text",
        "    We study on which inputs [-models keep-] {+a small model keeps+} its rule,",
        "    and publish all all all all all all all …",
    ]


def test_diff_takes_any_two_versions_in_any_order_or_one_and_the_last(reworded: Author) -> None:
    back = reworded.types("show", "1", "--diff", "3", "1").out
    one = reworded.types("show", "1", "--diff", "1").out

    assert "A [-large-] {+small+} study" in back
    assert (
        "… all all all all all all all all all all all all [-of it-] {+that we have found+}."
        in (" ".join(back.split()))
    )
    assert "  1, 2026-11-20  →  3, 2026-11-20" in one.splitlines()


def test_diff_in_json_carries_both_texts_whole(reworded: Author) -> None:
    shown = reworded.types("show", "1", "--json", "--diff").json

    assert (shown["diff"]["from"], shown["diff"]["to"]) == (2, 3)
    assert shown["diff"]["title"] == [
        {"same": "A"}, {"old": "small"}, {"new": "large"}, {"same": "study"},
    ]  # fmt: skip
    new = " ".join(
        text for one in shown["diff"]["summary"] for fate, text in one.items() if fate != "old"
    )
    assert new == shown["summary"]


def test_what_was_merged_into_it_is_no_version_of_it(reworded: Author) -> None:
    reworded.types("add", "--title", "The same story elsewhere")
    reworded.types("merge", "1", "2")

    last = reworded.types("show", "1", "--json").json["diff"]
    first = reworded.types("show", "1", "--json", "--diff", "1").json["diff"]

    assert [(one["from"], one["to"]) for one in (last, first)] == [(2, 3), (1, 3)]


def test_an_item_that_was_seen_once_has_no_differences(author: Author) -> None:
    author.types("add", "--title", "A thought")

    printed = author.types("show", "1", "--diff")

    assert (printed.code, printed.out) == (0, "1  A thought\n  only one version was seen\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--diff", "7"), "there is no version 7; the versions seen are 1, 2, 3"),
        (("--diff", "v1", "2"), "there is no version v1; the versions seen are 1, 2, 3"),
        (("--diff", "1", "2", "3"), "only two versions can be compared; name two"),
        (("2",), "show takes one ITEM; 2 is a second one; " + SECOND),
    ],
)
def test_a_wrong_version_is_one_line(reworded: Author, words: tuple[str, ...], said: str) -> None:
    printed = reworded.types("show", "1", *words)

    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {said}\n")


def test_what_was_said_elsewhere_names_the_machine(author: Author) -> None:
    author.types("add", "--title", "A thought")
    author.types("rate", "1", "--later")
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute(
            "INSERT INTO events (uid, device, turn, at, act, verb, subject, payload) "
            "SELECT 'f' || uid, 'laptop-of-ada', turn + 1, at, 'f' || act, verb, subject, payload "
            "FROM events WHERE verb = 'state' AND payload LIKE '%later%'"
        )

    lines = author.types("show", "1").out.splitlines()

    mine = author.rows(DEVICE)[0][0][:8]
    assert lines[-2:] == [
        f"    2026-11-20 13:00  later  on {mine}",
        "    2026-11-20 13:00  later  on laptop-o",
    ]


def test_the_issues_in_which_it_was_published_are_shown(author: Author) -> None:
    author.types("add", "--title", "A thought", "--area", "interp", "--value", "3.5")
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute(
            "INSERT INTO issues (slug, title, date, published_at, text, text_hash) "
            "VALUES ('2026-W47', 'Digest', '2026-11-20', '2026-11-20T15:00:00.000Z', '', x'00')"
        )
        db.execute(
            "INSERT INTO issue_items (issue, item_id, area, position, section, rating_text) "
            "VALUES ('2026-W47', 1, 'interp', 1, 'Mechanistic Interpretability', '💡💡💡+💡/2')"
        )

    text = author.types("show", "1").out
    shown = author.types("show", "1", "--json").json

    assert (
        "  published in\n    2026-W47  interp  Mechanistic Interpretability  💡💡💡+💡/2\n" in text
    )
    assert shown["issues"] == [
        {
            "issue": "2026-W47",
            "date": "2026-11-20",
            "area": "interp",
            "section": "Mechanistic Interpretability",
            "rating": "💡💡💡+💡/2",
        }
    ]


def test_what_is_expected_of_an_item_is_shown_until_it_is_judged(author: Author) -> None:
    author.types("add", "--title", "A probe for circuits")
    before = author.types("show", "1").out
    author.types("rate", "1", "--reject")

    after = author.types("show", "1")

    assert "\n  expected: " in before
    assert "interp" in before
    assert "expected" not in after.out
    assert author.types("show", "1", "--json").json["expected"] is None


def test_long_notes_are_wrapped_and_keep_their_lines(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    author.types("add", "--title", "A work", "--body", "One.\n\n" + "word " * 30 + "end")

    lines = author.types("show", "1").out.splitlines()

    at = lines.index("  Body: One.")
    assert lines[at + 1] == ""
    assert max(map(len, lines[at:])) <= 60
