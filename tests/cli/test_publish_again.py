"""A corrected issue counts from the first time it went out: nothing judged since is forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.issues import publish, remove_anchors
from papertrack.errors import HandEdited
from papertrack.storage.database import (
    APPLICATION_ID,
    apply_migrations,
    open_database,
    opened,
    own_steps,
    transaction,
)
from papertrack.storage.issues import last_window_end
from papertrack.storage.projection import rebuild

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

W45 = "drafts/2026-W45.md"
ISSUES = "SELECT slug, date, published_at, window_until FROM issues ORDER BY slug"


def _on(author: Author, day: int, *words: str, hour: int = 12) -> str:
    author.now = datetime(2026, 11, day, hour, tzinfo=UTC)
    printed = author.types(*words)
    assert printed.code == 0, printed.err
    return printed.out


def _rate(author: Author, day: int, title: str, hour: int = 9) -> None:
    address = f"https://example.org/{title.lower()}"
    words = ("add", address, "--title", title, "-a", "interp", "--value", "3")
    _on(author, day, *words, hour=hour)


def _mend_typo(author: Author, path: str = W45) -> None:
    file = author.folder / path
    file.write_text(file.read_text("utf-8").replace("findings", "new findings", 1), "utf-8")


@pytest.fixture
def published(author: Author) -> Author:
    """An author who published W45 on Friday, 6 November, and rated a work on the 10th."""
    author.types("init")
    _rate(author, 4, "Early")
    _on(author, 6, "draft", hour=11)
    _on(author, 6, "publish", W45)
    _rate(author, 10, "Between")
    return author


def test_a_work_judged_before_a_correction_is_in_the_next_draft(published: Author) -> None:
    for day in (11, 12, 13):
        _mend_typo(published)
        _on(published, day, "publish", W45, "--again")

    draft = _on(published, 13, "draft", "-o", "-", hour=15)

    assert "Between" in draft
    assert "Early" not in draft
    (listed,) = published.types("issues", "--json").json
    assert listed["published_at"] == "2026-11-06T12:00:01.000Z"


def test_a_work_judged_before_an_issue_was_taken_back_and_published_anew_is_not_lost(
    published: Author,
) -> None:
    _on(published, 13, "unpublish", "2026-W45", hour=10)
    _mend_typo(published)
    _on(published, 13, "publish", W45)

    assert "Between" in _on(published, 13, "draft", "-o", "-", hour=15)


def test_an_older_issue_can_be_corrected_when_a_newer_one_is_out(published: Author) -> None:
    _on(published, 13, "draft")
    _on(published, 13, "publish", "2026-W46", hour=13)
    _rate(published, 16, "Later")
    _mend_typo(published)

    _on(published, 17, "publish", W45, "--again")

    draft = _on(published, 20, "draft", "-o", "-")
    assert "Later" in draft
    assert "Between" not in draft


def test_a_work_judged_between_draft_and_publication_is_in_the_next_draft(author: Author) -> None:
    author.types("init")
    _rate(author, 4, "Early")
    _on(author, 6, "draft", hour=10)
    _rate(author, 6, "Meanwhile", hour=11)

    _on(author, 6, "publish", W45)

    draft = _on(author, 13, "draft", "-o", "-")
    assert "Meanwhile" in draft
    assert "Early" not in draft


def test_a_week_that_is_published_late_ends_with_the_week(author: Author) -> None:
    author.write_config('timezone = "Pacific/Auckland"\n' + author.config.read_text("utf-8"))
    author.types("init")
    _rate(author, 4, "Early")
    _rate(author, 8, "Monday", hour=11)  # 00:00 on Monday, in Auckland
    _on(author, 8, "draft", "--week", "2026-W45")

    _on(author, 8, "publish", W45, hour=13)

    draft = _on(author, 13, "draft", "-o", "-")
    assert "Monday" in draft
    assert "Early" not in draft


def test_a_draft_as_of_a_day_before_the_correction_is_the_same(published: Author) -> None:
    before = _on(published, 12, "draft", "-o", "-")
    _mend_typo(published)
    _on(published, 13, "publish", W45, "--again")

    as_of = _on(published, 13, "draft", "--as-of", "2026-11-12T12:00:01Z", "-o", "-", hour=15)

    assert as_of == before


def test_an_old_digest_that_is_imported_moves_no_window(published: Author) -> None:
    text = "# Old (2026-10-30)\n\n## News\n\n- [Old](https://example.org/old) work\n"
    (published.folder / "old.md").write_text(text, "utf-8")

    _on(published, 12, "import-issue", "old.md")

    assert "Between" in _on(published, 13, "draft", "-o", "-")


def test_a_correction_keeps_the_date_and_what_was_known_when_it_went_out(author: Author) -> None:
    author.types("init")
    words = ("add", "2611.99901v1", "--title", "A paper", "-a", "interp", "--value", "3")
    _on(author, 4, *words)
    _on(author, 6, "draft")
    path = author.folder / W45
    path.write_text(path.read_text("utf-8").replace(" (2026-11-06)", ""), "utf-8")
    _on(author, 6, "publish", W45)
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute("UPDATE items SET arxiv_version = 2, journal_ref = 'A Journal 1'")
    follow_ups = author.types("issues", "follow-ups").out

    _mend_typo(author)
    _on(author, 13, "publish", W45, "--again")

    assert author.rows("SELECT date FROM issues") == [("2026-11-06",)]
    assert author.types("issues", "follow-ups").out == follow_ups != ""


def test_a_published_file_of_another_name_is_never_drafted_over(published: Author) -> None:
    _on(published, 10, "draft", "--week", "2026-W45", "-o", "w45.md")
    _mend_typo(published, "w45.md")
    _on(published, 13, "publish", "w45.md", "--again", "--issue", "2026-W45")

    printed = published.types("draft", "--week", "2026-W45", "-o", "w45.md")

    assert (printed.code, printed.out) == (1, "")
    assert "issue 2026-W45 is published" in printed.err


def test_a_corrected_issue_is_rebuilt_as_it_was(published: Author) -> None:
    _mend_typo(published)
    _on(published, 13, "publish", W45, "--again")
    before = published.rows(ISSUES)

    with closing(open_database(published.database, create=False)) as db:
        rebuild(db)

    assert published.rows(ISSUES) == before
    assert before == [
        ("2026-W45", "2026-11-06", "2026-11-06T12:00:01.000Z", "2026-11-06T11:00:01.000Z")
    ]


def test_a_database_of_before_learns_when_its_issues_first_went_out(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    steps = dict(list(own_steps().items())[:6])
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        with transaction(db):
            apply_migrations(db, steps)
        for at, act, verb, slug in (
            ("2026-10-30T12:00:00.000Z", "a", "publish", "2026-W45"),  # undone
            ("2026-10-30T13:00:00.000Z", "b", "undo", "a"),
            ("2026-11-06T12:00:00.000Z", "c", "publish", "2026-W45"),
            ("2026-11-13T12:00:00.000Z", "d", "publish", "2026-W45"),
        ):
            subject = f"act:{slug}" if verb == "undo" else f"issue:{slug}"
            payload = f'{{"day": "2026-11-06", "published_at": "{at}"}}'
            db.execute(
                """INSERT INTO events (uid, device, turn, at, act, verb, subject, payload)
                   VALUES (?, 'here', ?, ?, ?, ?, ?, ?)""",
                [act, ord(act), at, act, verb, subject, payload],
            )
        db.execute(
            """INSERT INTO issues (slug, title, date, published_at, text, text_hash)
               VALUES ('2026-W45', '', '2026-11-06', '2026-11-13T12:00:00.000Z', '', x'00')"""
        )

    with opened(path) as db:
        upgraded = [tuple(row) for row in db.execute(ISSUES)]
        rebuild(db)
        rebuilt = [tuple(row) for row in db.execute(ISSUES)]
        end = last_window_end(db)

    first = "2026-11-06T12:00:00.000Z"
    assert upgraded == rebuilt == [("2026-W45", "2026-11-06", first, first)]
    assert end == datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_a_file_that_is_saved_while_it_is_published_keeps_what_was_saved(author: Author) -> None:
    author.types("init")
    _rate(author, 4, "Early")
    _on(author, 6, "draft", "--anchors")
    path = author.folder / W45
    with opened(author.database) as db:
        frozen = publish(db, path.resolve(), now=author.now, zone=UTC)
        saved = path.read_text("utf-8") + "\nOne more line.\n"
        path.write_text(saved, "utf-8")

        with pytest.raises(HandEdited, match="was changed meanwhile and keeps its anchors"):
            remove_anchors(frozen)

    assert path.read_text("utf-8") == saved
    assert "One more line." not in author.types("issues", "show", "2026-W45").out
    assert author.types("publish", W45, "--again").code == 0
    assert path.read_text("utf-8").endswith("One more line.\n")
    assert "<!--" not in path.read_text("utf-8")
