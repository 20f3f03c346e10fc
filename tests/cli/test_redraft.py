"""Drafting again over a file that was edited by hand: every edit stays, every conflict is shown."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.draft import read_file, replace
from papertrack.errors import HandEdited
from papertrack.storage.database import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.author import Author

ITEM = "2611.99901"
DRAFT = "drafts/2026-W47.md"


def _rated(author: Author, title: str = "A work", value: str = "3", reference: str = ITEM) -> None:
    author.types("add", reference, "--title", title, "--area", "interp", "--value", value)


@pytest.fixture
def draft(author: Author) -> Path:
    """A draft of one item."""
    _rated(author)
    author.types("draft")
    return author.folder / DRAFT


def _edit(draft: Path, *changes: tuple[str, str]) -> None:
    text = draft.read_bytes().decode()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    draft.write_bytes(text.encode())


def test_new_ratings_come_into_an_edited_file(author: Author, draft: Path) -> None:
    _edit(draft, ("[A work]", "[A work of art]"))
    draft.write_text(draft.read_text("utf-8") + "\nSee you!\n", encoding="utf-8")
    _rated(author, "Another", "2.5", "2611.99902")
    author.types("rate", ITEM, "--value", "5")

    printed = author.types("draft")

    assert (printed.code, printed.out, printed.err) == (
        0,
        f"wrote {DRAFT}: 2 items, your edits are kept\n",
        "",
    )
    assert draft.read_text("utf-8") == (
        "# Research digest (2026-11-20)\n\n"
        "This week there were findings in the areas of:\n\n"
        "- [Mechanistic Interpretability](#mechanistic-interpretability)\n\n"
        "## Mechanistic Interpretability\n\n"
        "### [A work of art](https://arxiv.org/abs/2611.99901)\n\n**Rating:** 💡💡💡💡💡\n\n"
        "### [Another](https://arxiv.org/abs/2611.99902)\n\n**Rating:** 💡💡+💡/2\n\n"
        "See you!\n"
    )
    assert list(author.files()) == ["config.toml", DRAFT, "papertrack.db"]


def test_drafting_again_and_again_changes_nothing(author: Author, draft: Path) -> None:
    _edit(draft, ("[A work]", "[A work of art]"))
    author.types("draft")
    edited = draft.read_bytes()

    author.types("draft")

    assert draft.read_bytes() == edited


def test_an_edit_taken_back_is_taken_back(author: Author, draft: Path) -> None:
    first = draft.read_bytes()
    author.types("rate", ITEM, "--value", "5")
    author.types("draft")
    _edit(draft, ("💡💡💡💡💡", "💡💡💡"))
    assert draft.read_bytes() == first

    draft.write_bytes(first + b"\nMine.\n")
    author.types("draft")

    assert draft.read_bytes() == first + b"\nMine.\n"


def test_a_conflict_is_shown_and_nothing_is_lost(author: Author, draft: Path) -> None:
    _edit(draft, ("💡💡💡\n", "💡💡💡💡 (mine)\n"))
    mine = draft.read_bytes()
    author.types("rate", ITEM, "--value", "5")

    printed = author.types("draft")

    assert (printed.code, printed.out, printed.err) == (
        1,
        "",
        (
            f"papertrack: 1 place in {draft} changed in the file and in the database; resolve each "
            '"<<<<<<< you" block: keep one side, delete the markers; '
            f"the file as it was is {draft}.bak\n"
        ),
    )
    assert draft.read_text("utf-8").endswith(
        "<<<<<<< you\n**Rating:** 💡💡💡💡 (mine)\n=======\n**Rating:** 💡💡💡💡💡\n"
        ">>>>>>> papertrack\n"
    )
    assert draft.with_name("2026-W47.md.bak").read_bytes() == mine


def test_a_conflict_is_solved_by_the_author(author: Author, draft: Path) -> None:
    _edit(draft, ("💡💡💡\n", "💡💡💡💡 (mine)\n"))
    author.types("rate", ITEM, "--value", "5")
    author.types("draft")
    held = draft.read_bytes()

    refused = author.types("draft")

    assert (refused.code, refused.out, draft.read_bytes()) == (1, "", held)
    assert refused.err == (
        f"papertrack: {draft} still contains a conflict; left unchanged; "
        'resolve each "<<<<<<< you" block: keep one side, delete the markers\n'
    )
    _edit(
        draft,
        ("<<<<<<< you\n**Rating:** 💡💡💡💡 (mine)\n=======\n", ""),
        ("💡💡💡💡💡\n>>>>>>> papertrack\n", "💡💡💡💡💡 (mine)\n"),
    )
    solved = draft.read_bytes()
    assert author.types("draft").code == 0
    assert draft.read_bytes() == solved


def test_an_older_backup_is_never_overwritten(author: Author, draft: Path) -> None:
    draft.with_name("2026-W47.md.bak").write_text("Old.\n")
    _edit(draft, ("💡💡💡\n", "💡💡💡💡 (mine)\n"))
    mine = draft.read_bytes()
    author.types("rate", ITEM, "--value", "5")

    author.types("draft")

    assert draft.with_name("2026-W47.md.bak").read_text() == "Old.\n"
    assert draft.with_name("2026-W47.md.bak2").read_bytes() == mine


def test_a_file_with_other_line_endings_is_not_edited(author: Author, draft: Path) -> None:
    draft.write_bytes(b"\xef\xbb\xbf" + draft.read_bytes().replace(b"\n", b"\r\n"))
    author.types("rate", ITEM, "--value", "5")

    printed = author.types("draft")

    assert printed.out == f"wrote {DRAFT}: 1 item\n"
    body = draft.read_bytes()
    assert body.startswith(b"\xef\xbb\xbf# ")
    assert body.count(b"\r\n") == body.count(b"\n") > 5
    assert "💡💡💡💡💡\r\n" in body.decode()


def test_bytes_that_are_no_text_survive(author: Author, draft: Path) -> None:
    draft.write_bytes(draft.read_bytes() + b"\nLatin-1: \xe9\xff\n")
    author.types("rate", ITEM, "--value", "5")

    assert author.types("draft").code == 0
    assert draft.read_bytes().endswith(b"\nLatin-1: \xe9\xff\n")
    assert "💡💡💡💡💡\n" in draft.read_text("utf-8", errors="replace")


def test_a_draft_that_was_cut_off_is_not_taken_for_the_authors_doing(
    author: Author, draft: Path
) -> None:
    first = draft.read_bytes()
    _rated(author, "Another", "2.5", "2611.99902")
    author.types("draft")
    # The power went after the draft was remembered and before its file was in place.
    draft.write_bytes(first.replace(b"[A work]", b"[A work of art]"))
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute("UPDATE exports SET placed = 0 WHERE id = (SELECT max(id) FROM exports)")

    author.types("draft")

    text = draft.read_text("utf-8")
    assert "[A work of art]" in text
    assert "[Another]" in text


def test_an_item_removed_by_hand_stays_away(author: Author, draft: Path) -> None:
    _rated(author, "Another", "2.5", "2611.99902")
    author.types("draft")
    text = draft.read_text("utf-8")
    draft.write_text(text[: text.index("### [Another]")], encoding="utf-8")
    _rated(author, "Third", "4", "2611.99903")

    author.types("draft")

    text = draft.read_text("utf-8")
    assert "[Another]" not in text
    assert "[Third]" in text


def test_a_draft_of_the_past_is_what_was_drafted_then(author: Author, draft: Path) -> None:
    then = draft.read_text("utf-8")
    was = f"{author.now:%Y-%m-%dT%H:%M:%S}"
    author.now += timedelta(days=1)
    _rated(author, "Another", "2.5", "2611.99902")
    author.types("rate", ITEM, "--value", "5", "--what", "Later words")
    author.types("draft", "--lead", "A later lead.")
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute("UPDATE items SET title = 'Another name'")
    before = author.files()

    printed = author.types("draft", "--as-of", was)
    by_day = author.types("draft", "--as-of", "2026-11-20")
    to_file = author.types("draft", "--as-of", was, "-o", "then.md")
    again = author.types("draft", "--as-of", was, "-o", "then.md")

    assert (printed.code, printed.out, printed.err) == (0, then, "")
    assert by_day.out == then
    assert to_file.out == "wrote then.md: 1 item\n"
    assert (author.folder / "then.md").read_text("utf-8") == then
    assert (again.code, again.out) == (2, "")
    (author.folder / "then.md").unlink()
    left = {name: body for name, body in author.files().items() if name in before}
    assert left == before


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let files be created, but not written."""

    def refuse(handle: int, *_: object) -> None:
        os.close(handle)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fdopen", refuse)
        yield


def test_a_full_disk_leaves_no_part_of_a_draft_of_the_past(author: Author, draft: Path) -> None:
    then = draft.read_bytes()
    words = ("draft", "--as-of", f"{author.now:%Y-%m-%dT%H:%M:%S}", "-o", "then.md")
    with _full_disk():
        printed = author.types(*words)

    assert (printed.code, printed.out) == (4, "")
    assert printed.err.startswith("papertrack: cannot write then.md: ")
    assert not (author.folder / "then.md").exists()
    assert author.types(*words).code == 0
    assert (author.folder / "then.md").read_bytes() == then


def test_a_full_disk_leaves_no_part_of_a_backup(author: Author, draft: Path) -> None:
    _edit(draft, ("💡💡💡\n", "💡💡💡💡 (mine)\n"))
    mine = draft.read_bytes()
    author.types("rate", ITEM, "--value", "5")
    with _full_disk():
        printed = author.types("draft")

    assert (printed.code, printed.out) == (4, "")
    assert [one.name for one in draft.parent.iterdir()] == [draft.name]
    assert draft.read_bytes() == mine
    assert author.types("draft").code == 1
    assert draft.with_name("2026-W47.md.bak").read_bytes() == mine


@pytest.mark.parametrize("moment", ["2026-11-21", "2027-01-01T12:00"])
def test_a_draft_of_the_future_is_refused(author: Author, draft: Path, moment: str) -> None:
    assert draft.exists()

    printed = author.types("draft", "--as-of", moment)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == (
        f'papertrack: "{moment}" is in the future; give today or an earlier day\n'
    )


def test_the_lowest_rating_is_chosen_by_the_call(author: Author, draft: Path) -> None:
    assert draft.exists()
    _rated(author, "High", "4", "2611.99902")

    assert "[A work]" not in author.types("draft", "--min", "3.5", "-o", "-").out
    assert "[A work]" in author.types("draft", "--min", "3", "-o", "-").out
    assert author.types("draft", "--min", "9").code == 2


def test_anchors_are_written_when_asked_for_and_survive_merging(
    author: Author, draft: Path
) -> None:
    assert "<!--" not in draft.read_text("utf-8")
    author.types("draft", "--anchors")
    assert f"<!-- papertrack arxiv:{ITEM} -->\n### [A work]" in draft.read_text("utf-8")
    _edit(draft, ("[A work]", "[My work]"))
    author.types("rate", ITEM, "--value", "5")

    author.types("draft", "--anchors")

    assert f"<!-- papertrack arxiv:{ITEM} -->\n### [My work]" in draft.read_text("utf-8")
    assert "💡💡💡💡💡" in draft.read_text("utf-8")


@pytest.mark.parametrize("keeps_link", [False, True])
def test_a_draft_whose_folder_moved_is_still_known(
    author: Author, draft: Path, *, keeps_link: bool
) -> None:
    _edit(draft, ("[A work]", "[A work of art]"))
    moved = author.folder / "elsewhere"
    draft.parent.rename(moved)
    if keeps_link:
        draft.parent.symlink_to(moved)
    author.types("rate", ITEM, "--value", "5")

    printed = author.types("draft", "-o", str(moved / draft.name))

    assert (printed.code, printed.err) == (0, "")
    text = (moved / draft.name).read_text("utf-8")
    assert "[A work of art]" in text
    assert "💡💡💡💡💡" in text
    author.write_config(f'{author.config_text}\n[digest]\nfolder = "elsewhere"\n')
    assert author.types("publish", "2026-W47").code == 0


@pytest.mark.parametrize("command", ["draft -o", "absorb", "import-issue"])
def test_a_link_to_itself_is_said_in_one_line(author: Author, draft: Path, command: str) -> None:
    (author.folder / "loop.md").symlink_to("loop.md")

    printed = author.types(*command.split(), "loop.md")

    assert printed.code in (2, 4)
    assert printed.err.count("\n") == 1
    assert "Too many levels of symbolic links" in printed.err
    assert draft.exists()


def test_a_save_while_the_draft_is_made_is_kept(author: Author, draft: Path) -> None:
    """The file changes between the reading and the writing of one call."""
    with opened(author.database) as db:
        before = read_file(db, draft)
        saved = draft.read_bytes() + b"\nSaved meanwhile.\n"
        draft.write_bytes(saved)

        with pytest.raises(HandEdited, match="changed while the draft was being made"):
            replace(before, "# Another text\n")

    assert draft.read_bytes() == saved
    assert sorted(path.name for path in draft.parent.iterdir()) == [draft.name]
