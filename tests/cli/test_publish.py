"""What goes out is frozen, leaves later drafts, and can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author

DRAFT = "drafts/2026-W47.md"


@pytest.fixture
def writer(author: Author) -> Author:
    """An author with a draft of two works."""
    author.types("init")
    author.types("add", "2611.99901", "--title", "A probe", "--area", "interp", "--value", "3.5")
    author.types(
        *("add", "https://example.org/shield", "--title", "A shield"),
        *("--area", "attacks", "--value", "2", "--remark", "thin"),
    )
    author.types("draft")
    return author


def _ledger(author: Author) -> list[tuple[object, ...]]:
    return author.rows(
        "SELECT issue, item_id, area, halves, rating_text FROM issue_items ORDER BY position"
    )


def test_an_issue_is_frozen_with_ratings_as_printed(writer: Author) -> None:
    printed = writer.types("publish", DRAFT)

    assert (printed.code, printed.out) == (0, "published 2026-W47: 2 works\n")
    assert _ledger(writer) == [
        ("2026-W47", 1, "interp", 7, "💡💡💡+💡/2"),
        ("2026-W47", 2, "attacks", 4, "🛡️🛡️ (thin)"),
    ]
    text = (writer.folder / DRAFT).read_text("utf-8")
    assert writer.types("issues", "show", "2026-W47").out.rstrip("\n") == text.rstrip("\n")


def test_published_works_leave_later_drafts_until_the_issue_is_taken_back(writer: Author) -> None:
    writer.types("publish", "2026-W47")
    assert "A probe" not in writer.types("draft", "--since", "7d", "-o", "-").out

    printed = writer.types("unpublish", "2026-W47")

    assert printed.out == "unpublished 2026-W47: 2 works can be drafted again\n"
    assert "A probe" in writer.types("draft", "-o", "-").out
    assert _ledger(writer) == []
    writer.types("undo")
    assert len(_ledger(writer)) == 2
    writer.types("undo")
    assert _ledger(writer) == []


def test_the_next_issue_begins_where_the_last_one_ended(writer: Author) -> None:
    writer.types("publish", "2026-W47")
    writer.types(
        "add", "https://example.org/late", "--title", "Late", "--area", "interp", "--value", "1"
    )

    draft = writer.types("draft", "-o", "-").out

    assert "Late" in draft
    assert "A shield" not in draft


def test_hand_edits_go_out_and_what_was_cut_stays_for_the_next_issue(writer: Author) -> None:
    path = writer.folder / DRAFT
    text = path.read_text("utf-8")
    start = text.index("## Avoiding")
    edited = text[:start].replace("💡💡💡+💡/2", "💡💡💡💡 (on second thoughts)")
    path.write_text(edited, "utf-8")

    printed = writer.types("publish", DRAFT)

    assert printed.out == "published 2026-W47: 1 work\n"
    assert printed.err == 'not in the file, stays for the next issue: "A shield"\n'
    assert _ledger(writer) == [("2026-W47", 1, "interp", 8, "💡💡💡💡 (on second thoughts)")]
    assert "A shield" in writer.types("draft", "--since", "7d", "-o", "-").out


def test_a_work_put_in_by_hand_is_published_when_it_is_known(writer: Author) -> None:
    writer.types("add", "https://example.org/extra", "--title", "Extra")
    writer.types("rate", "https://example.org/extra", "--area", "interp", "--value", "1")
    path = writer.folder / DRAFT
    with path.open("a", encoding="utf-8") as file:
        file.write(
            "\n## More\n\nSee also [this](https://example.org/extra) and "
            "[that](https://example.org/unknown).\n"
        )

    assert writer.types("publish", DRAFT).out == "published 2026-W47: 3 works\n"


def test_a_work_that_shows_neither_title_nor_address_is_known_by_its_words(author: Author) -> None:
    author.types("init")
    author.types(
        *("add", "--title", "A note of mine", "--area", "interp", "--value", "2"),
        *("--what", "Words that nobody else would write", "--hide-title"),
    )
    author.types("draft")
    path = author.folder / DRAFT
    path.write_text(path.read_text("utf-8").replace("Words that", "All words that"), "utf-8")

    assert author.types("publish", DRAFT).out == "published 2026-W47: 1 work\n"


def test_publishing_again_changes_nothing_or_asks(writer: Author) -> None:
    writer.types("publish", DRAFT)
    events = writer.rows("SELECT count(*) FROM events")

    same = writer.types("publish", DRAFT)
    path = writer.folder / DRAFT
    path.write_text(path.read_text("utf-8").replace("thin", "very thin"), "utf-8")
    refused = writer.types("publish", DRAFT)
    replaced = writer.types("publish", DRAFT, "--again")

    assert same.out == "2026-W47 was published with this text before; nothing changed\n"
    assert refused.code == 2
    assert refused.err == (
        "papertrack: 2026-W47 is already published with a different text; "
        "replace it with --again, or give another --issue\n"
    )
    assert replaced.out == "published 2026-W47: 2 works\n"
    assert _ledger(writer)[1][-1] == "🛡️🛡️ (very thin)"
    assert writer.rows("SELECT count(*) FROM events") == [(events[0][0] + 1,)]


def test_a_file_of_another_origin_needs_a_name(writer: Author) -> None:
    path = writer.folder / "mine.md"
    path.write_text(
        "# Mine (2026-11-13)\n\n## A\n\n[x](https://arxiv.org/abs/2611.99901)\n", "utf-8"
    )

    refused = writer.types("publish", "mine.md")
    taken = writer.types("publish", "mine.md", "--issue", "special")

    assert "mine.md is not a papertrack draft; name the issue with --issue" in refused.err
    assert taken.out == "published special: 1 work\n"
    assert writer.rows("SELECT date FROM issues") == [("2026-11-13",)]


@pytest.mark.parametrize(
    "words",
    [
        ("publish", "2026-W30"),
        ("unpublish", "2026-W30"),
        ("issues", "show", "2026-W30"),
        ("issues", "diff", "2026-W30"),
    ],
)
def test_an_issue_that_is_not_there_is_said_in_one_line(
    writer: Author, words: tuple[str, ...]
) -> None:
    printed = writer.types(*words)

    assert (printed.code, printed.err.count("\n")) == (2, 1)
    assert "2026-W30" in printed.err


def test_issues_are_listed_compared_and_shown(writer: Author) -> None:
    assert "no issue published yet" in writer.types("issues").err
    writer.types("publish", DRAFT)

    listed = writer.types("issues").out
    works = writer.types("issues", "show", "2026-W47", "--items").out
    same = writer.types("issues", "diff", "2026-W47")
    path = writer.folder / DRAFT
    path.write_text(path.read_text("utf-8").replace("thin", "fat"), "utf-8")
    other = writer.types("issues", "diff", "2026-W47")

    assert listed == "2026-W47\t2026-11-20\t2\tResearch digest (2026-11-20)\n"
    assert works.splitlines()[1] == "2\tattacks\t🛡️🛡️ (thin)\tA shield"
    assert (same.code, same.out) == (0, "")
    assert other.code == 1
    assert "+**Rating:** 🛡️🛡️ (fat)" in other.out.splitlines()
    assert writer.types("issues", "--json").json[0]["items"] == 2
    assert writer.types("issues", "show", "2026-W47", "--json").json["items"][0]["value"] == 3.5


def test_a_rebuilt_ledger_is_the_same(writer: Author) -> None:
    import sqlite3  # noqa: PLC0415  # this test alone looks at the tables from outside
    from contextlib import closing  # noqa: PLC0415

    from papertrack.storage.database import open_database  # noqa: PLC0415
    from papertrack.storage.projection import rebuild  # noqa: PLC0415

    writer.types("publish", DRAFT)
    before = _ledger(writer), writer.rows("SELECT * FROM issues")

    with closing(open_database(writer.database, create=False)) as db:
        assert isinstance(db, sqlite3.Connection)
        rebuild(db)

    assert (_ledger(writer), writer.rows("SELECT * FROM issues")) == before


def test_ratings_survive_draft_publish_and_import_into_an_empty_database(
    writer: Author,
) -> None:
    writer.types("publish", DRAFT)
    ratings = "SELECT area, halves, remark FROM ratings ORDER BY area"
    before = writer.rows(ratings)
    writer.database.unlink()
    writer.types("init")

    writer.types("import-issue", DRAFT)

    assert writer.rows(ratings) == before
