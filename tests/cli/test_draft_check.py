"""What a draft is checked for before it goes out, and what is mended on the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.author import CONFIG
from tests.servers import FeedServer

if TYPE_CHECKING:
    from tests.author import Author

DRAFT = "drafts/2026-W47.md"
ONE, TWO = "2611.99901", "2611.99902"


@pytest.fixture
def checked(author: Author) -> Author:
    """An author with a draft of two items in which nothing is amiss."""
    for reference, title, area in ((ONE, "First", "interp"), (TWO, "Second", "attacks")):
        author.types("add", reference, "--title", title, "-a", area, "--value", "3", "--what", "So")
    author.types("draft")
    return author


def _sql(author: Author, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute(sql, values)


def _edit(author: Author, old: str, new: str) -> None:
    path = author.folder / DRAFT
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def _found(author: Author, *words: str) -> list[str]:
    printed = author.types("draft", "--check", *words)
    lines = printed.out.splitlines()
    assert printed.err == ""
    assert printed.code == (0 if lines[-1].endswith("nothing found") else 1)
    return lines


def test_a_draft_in_which_nothing_is_amiss(checked: Author) -> None:
    before = checked.files()[DRAFT]

    printed = checked.types("draft", "--check")

    assert (printed.code, printed.out, printed.err) == (0, "nothing found\n", "")
    assert checked.files()[DRAFT] == before
    assert checked.types("draft", "--check", "--json").json == []


def test_a_check_writes_no_file(author: Author) -> None:
    author.types("add", ONE, "--title", "First", "-a", "interp", "--value", "3", "--what", "So")

    assert _found(author) == ["nothing found"]
    assert not (author.folder / "drafts").exists()


def test_a_withdrawn_paper_is_found(checked: Author) -> None:
    _sql(checked, "UPDATE items SET withdrawn = 1 WHERE id = 1")

    assert _found(checked) == ['1 "First" is withdrawn; run: papertrack rate 1 --reject']


def test_a_new_version_and_a_changed_title_are_found(checked: Author) -> None:
    for position, version, title in ((8, 1, "Elder"), (9, 2, "First")):
        _sql(
            checked,
            "INSERT INTO versions (item_id, position, arxiv_version, title, summary, seen_at, "
            "born_id) VALUES (1, ?, ?, ?, '', ?, 1)",
            position,
            version,
            title,
            f"2026-11-2{position - 8}T00:00:00.000Z",
        )
    _sql(checked, "DELETE FROM versions WHERE position < 8")
    _sql(checked, "UPDATE items SET title = 'First' WHERE id = 1")
    _sql(checked, "DELETE FROM notes WHERE field = 'title'")

    assert _found(checked) == [
        ('1 "First" got version 2 on 2026-11-21, after you wrote about it; run: papertrack show 1'),
        '1 "First" was called "Elder" when you wrote about it; run: papertrack show 1',
    ]

    checked.now = datetime(2026, 11, 22, tzinfo=UTC)
    checked.types("rate", ONE, "--what", "So so")
    assert _found(checked) == ["nothing found"]


def test_a_paper_that_has_appeared_is_found_until_the_draft_says_so(checked: Author) -> None:
    _sql(checked, "UPDATE items SET journal_ref = 'J. Ex. 1 (2026) 2' WHERE id = 1")

    assert _found(checked) == [
        '1 "First" has been published: J. Ex. 1 (2026) 2; cite the journal, or ignore this'
    ]
    checked.types("rate", ONE, "--what", "So, see J. Ex. 1 (2026) 2")
    assert _found(checked) == ["nothing found"]


def test_an_item_without_text_or_link_is_found(checked: Author) -> None:
    checked.types("add", "--title", "Mine", "-a", "interp", "--value", "3")

    assert _found(checked) == [
        '3 "Mine" has no text; run: papertrack edit 3',
        '3 "Mine" has no link; add one, or ignore this',
    ]


def test_a_passed_deadline_is_found(checked: Author) -> None:
    checked.types(
        "add", "https://example.org/job", "--title", "A job", "--kind", "opportunity",
        "--deadline", "2026-11-19", "-a", "interp", "--value", "3", "--what", "Work",
    )  # fmt: skip

    assert _found(checked) == [
        '3 "A job" ended on 2026-11-19 and is left out; run: papertrack edit 3'
    ]


def test_what_was_sent_before_is_found_where_it_is_linked(checked: Author) -> None:
    checked.types("add", "2611.99903", "--title", "Old", "-a", "interp", "--value", "3")
    _sql(
        checked,
        "INSERT INTO issues (slug, title, date, published_at, text, text_hash) "
        "VALUES ('2026-W40', 'x', '2026-10-01', '2026-10-01T12:00:00.000Z', '', x'00')",
    )
    _sql(
        checked,
        "INSERT INTO issue_items (issue, item_id, area, position) "
        "VALUES ('2026-W40', 3, 'interp', 0)",
    )
    checked.types("rate", ONE, "--what", "As [before](https://arxiv.org/pdf/2611.99903v2)")
    checked.types("draft", "--since", "2026-11-16")

    assert _found(checked, "--since", "2026-11-16") == [
        (
            '3 "Old" was already in issue 2026-W40 and is linked here; '
            "remove it, or say why you print it again"
        )
    ]


def test_two_links_to_one_work_are_found(checked: Author) -> None:
    checked.types("rate", ONE, "--what", "As [there](https://arxiv.org/pdf/2611.99902v3)")

    assert _found(checked) == [
        (
            "line 18: lines 12 and 18 link to the same work, https://arxiv.org/pdf/2611.99902v3; "
            "keep one of them"
        )
    ]


@pytest.mark.parametrize("where", ["note", "file"])
def test_tracking_parameters_are_found_and_mended(checked: Author, where: str) -> None:
    tracked = "[there](https://example.org/a?utm_source=x&p=1)"
    if where == "note":
        checked.types("rate", ONE, "--what", f"See {tracked}.")
        checked.types("draft")
    else:
        _edit(checked, "### [Second]", f"See {tracked}.\n\n### [Second]")

    found = _found(checked)
    mended = checked.types("draft", "--check", "--fix")

    assert len(found) == 1
    assert "https://example.org/a?utm_source=x&p=1 contains tracking parameters" in found[0]
    assert mended.code == 0
    assert mended.out.startswith("fixed: line ")
    assert mended.out.endswith("\nnothing else found\n")
    assert "See [there](https://example.org/a?p=1)." in checked.files()[DRAFT].decode()
    assert _found(checked) == ["nothing found"]
    assert checked.types("draft").code == 0
    assert "See [there](https://example.org/a?p=1)." in checked.files()[DRAFT].decode()


def test_an_anchor_that_leads_nowhere_is_found_and_mended(checked: Author) -> None:
    _edit(checked, "(#avoiding-adversarial-attacks)", "(#attacks)")
    _edit(checked, "### [Second]", "Go [up](#top).\n\n### [Second]")

    found = _found(checked)
    mended = checked.types("draft", "--fix")

    assert found == [
        (
            "line 6: #attacks matches no heading; link to #avoiding-adversarial-attacks, "
            "or rerun with --fix"
        ),
        "line 18: #top matches no heading; link to a heading",
    ]
    assert mended.code == 1
    assert mended.out == (
        "fixed: line 6: #attacks matches no heading\n"
        "line 18: #top matches no heading; link to a heading\n"
    )
    assert "](#avoiding-adversarial-attacks)" in checked.files()[DRAFT].decode()


def test_an_area_that_was_emptied_by_hand_is_found(checked: Author) -> None:
    path = checked.folder / DRAFT
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("### [Second]")], encoding="utf-8")

    assert _found(checked) == [
        (
            'line 16: "Avoiding Adversarial Attacks" is in the contents but has nothing under '
            "it; remove it from both"
        )
    ]


@pytest.mark.parametrize("left", [r"\alpha", "$x^2$", r"{\em so}", r"$\mathcal{O}(n)$"])
def test_latex_left_overs_are_found(checked: Author, left: str) -> None:
    checked.types("rate", ONE, "--what", f"About {left} it is".replace("\\", "\\\\"))

    found = _found(checked)

    assert len(found) == 1
    assert found[0].startswith('line 12: contains LaTeX: "')


@pytest.mark.parametrize("fine", ["$5 and $10", "`\\alpha`", "C:\\\\ drive", "costs $5"])
def test_what_only_looks_like_latex_is_not_found(checked: Author, fine: str) -> None:
    checked.types("rate", ONE, "--what", f"About {fine}")

    assert _found(checked) == ["nothing found"]


def test_a_conflict_in_the_file_is_found(checked: Author) -> None:
    _edit(checked, "### [Second]", "<<<<<<< you\nA\n=======\nB\n>>>>>>> papertrack\n### [Second]")

    assert "the file has an unresolved conflict; keep one side, delete the markers" in _found(
        checked
    )


def test_arxiv_days_that_are_missing_are_found(checked: Author) -> None:
    checked.write_config(
        CONFIG + '\n[[sources]]\nslug = "cs-lg"\nkind = "arxiv"\ncategories = ["cs.LG"]\n'
    )
    checked.types("status")
    source = checked.rows("SELECT id FROM sources WHERE slug = 'cs-lg'")[0][0]
    for day, outcome in (("16", "complete"), ("17", "complete"), ("18", "failed")):
        _sql(
            checked,
            "INSERT INTO coverage (source_id, day, outcome, checked_at) VALUES (?, ?, ?, ?)",
            source,
            f"2026-11-{day}",
            outcome,
            f"2026-11-{day}T12:00:00.000Z",
        )
    _sql(
        checked,
        "INSERT INTO fetches (run, source_id, started_at, finished_at, outcome) "
        "VALUES ('r', ?, '2026-11-18T12:00:00.000Z', '2026-11-18T12:00:00.000Z', 'failed')",
        source,
    )

    found = _found(checked)

    assert found
    assert all(line.startswith("cs-lg is missing 2026-11-") for line in found)
    assert all(line.endswith("; run: papertrack fetch cs-lg") for line in found)


def test_findings_as_json(checked: Author) -> None:
    _sql(checked, "UPDATE items SET withdrawn = 1 WHERE id = 1")
    _edit(checked, "(#avoiding-adversarial-attacks)", "(#attacks)")

    printed = checked.types("draft", "--check", "--json")

    assert printed.code == 1
    assert [(one["kind"], one["item"], one["fixable"]) for one in printed.json] == [
        ("withdrawn", 1, False),
        ("anchor", None, True),
    ]
    assert printed.json[0]["todo"] == "run: papertrack rate 1 --reject"
    assert printed.json[1]["line"] == 6
    fixed = checked.types("draft", "--check", "--fix", "--json").json
    assert [(one["kind"], one["fixed"]) for one in fixed] == [
        ("anchor", True),
        ("withdrawn", False),
    ]


def test_dead_links_are_asked_for_once(checked: Author) -> None:
    with FeedServer() as server:
        server.put("/good", "<p>Fine.</p>")
        words = f"[good]({server.url}/good) and [dead]({server.url}/dead)"
        checked.types("rate", ONE, "--what", words)
        check = ("--links", "--allow-private-network")

        first = _found(checked, *check)
        asked = len(server.requests)
        again = _found(checked, *check)
        checked.now += timedelta(days=2)
        _found(checked, *check, "--since", "2026-11-16")

        assert first == again == [f"line 12: {server.url}/dead answers 404; fix the link"]
        assert asked == 2
        assert [request.path for request in server.requests[asked:]] == ["/dead"]


def test_a_private_address_is_not_asked(checked: Author) -> None:
    with FeedServer() as server:
        checked.types("rate", ONE, "--what", f"[here]({server.url}/page)")

        found = _found(checked, "--links")

        assert len(found) == 1
        assert f"{server.url}/page cannot be reached: " in found[0]
        assert not server.requests


def test_json_without_a_check_is_a_wrong_call(author: Author) -> None:
    printed = author.types("draft", "--json")

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert "--json needs --check; add --check" in printed.err
    assert not (author.folder / "drafts").exists()
