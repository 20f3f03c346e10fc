"""All that was said of an item, in the author's editor."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal

if TYPE_CHECKING:
    from tests.author import Author

NEEDS = (
    "papertrack: the editor needs a terminal; use papertrack edit 1 --file CARD, "
    "or papertrack rate 1 --help\n"
)


@pytest.fixture
def thought(author: Author) -> Author:
    author.types(
        "add", "--title", "A thought", "--area", "interp", "--value", "3", "--tag", "+toy",
        "--what", "A map",
    )  # fmt: skip
    return author


def _edited(author: Author, *changes: tuple[str, str]) -> str:
    """Write a changed card into a file."""
    card = author.types("edit", "1", "--print").out
    for old, new in changes:
        assert old in card
        card = card.replace(old, new)
    path = author.folder / "card.md"
    path.write_text(card, encoding="utf-8")
    return str(path)


def test_everything_is_changed_in_one_place_as_one_act(thought: Author) -> None:
    card = _edited(
        thought,
        ("# A thought", "# A better title"),
        ("Tags: toy", "Tags: interp, probes"),
        ("Rating in interp: 3", "Rating in interp: 4.5\nRating in attacks: 2"),
        ("Remark in interp:", "Remark in interp: small n"),
        ("Format: whole", "Format: brief\nDeadline: 2026-11-25"),
        ("Home:", "Home: attacks"),
        ("## What is it\n\nA map", "## What is it\n\nA map of *failures*\n\nin two parts"),
        ("## Teaser\n", "## Teaser\n\na map"),
    )

    printed = thought.types("edit", "1", "--file", card)

    item = thought.types("show", "1", "--json").json
    assert printed.code == 0
    assert {"rated 1 interp 4.5", "rated 1 attacks 2", "tagged 1 +probes", "tagged 1 -toy"} <= set(
        printed.out.splitlines()
    )
    assert (item["tags"], item["state"]) == (["interp", "probes"], "kept")
    assert {(one["area"], one["value"], one["remark"]) for one in item["ratings"]} == {
        ("attacks", 2.0, None),
        ("interp", 4.5, "small n"),
    }
    assert item["notes"] == {
        "title": "A better title",
        "format": "brief",
        "deadline": "2026-11-25",
        "home": "attacks",
        "teaser": "a map",
        "what": "A map of *failures*\n\nin two parts",
    }
    thought.types("undo")
    before = thought.types("show", "1", "--json").json
    assert (before["tags"], before["notes"]) == (["toy"], {"what": "A map"})


def test_taking_every_rating_back_puts_the_item_back_into_the_queue(thought: Author) -> None:
    thought.types("rate", "1", "--area", "attacks", "--value", "2")
    card = _edited(
        thought,
        ("Rating in interp: 3", "Rating in interp:"),
        ("Rating in attacks: 2", "Rating in attacks:"),
    )

    thought.types("edit", "1", "--file", card)

    assert thought.rows("SELECT state FROM items") == [("new",)]
    assert thought.rows("SELECT * FROM ratings WHERE halves IS NOT NULL") == []


def test_a_rating_that_moves_to_another_area_keeps_the_item(thought: Author) -> None:
    card = _edited(thought, ("Rating in interp: 3", "Rating in interp:\nRating in attacks: 2"))

    thought.types("edit", "1", "--file", card)

    assert thought.rows("SELECT state FROM items") == [("kept",)]


def test_an_untouched_card_changes_nothing(thought: Author) -> None:
    acts = thought.rows("SELECT count(*) FROM events")

    printed = thought.types("edit", "1", "--file", _edited(thought))
    spaced = thought.types("edit", "1", "--file", _edited(thought, ("A map", "\nA map\n\n")))

    assert (printed.out, spaced.out) == ("card unchanged\n", "nothing changed\n")
    assert thought.rows("SELECT count(*) FROM events") == acts


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Format: whole", "Format: long"), 'card line 7: "long" is not an item format'),
        (("Rating in interp: 3", "Rating in interp: 6"), 'card line 4: "6" is not a rating'),
        (("Home:", "Home: nope"), 'there is no area "nope"'),
        (("Home:", "Rating in nope: 3\nHome:"), 'there is no area "nope"'),
        (("Cite:", "Cited:"), "card line 10: this line belongs to no field"),
    ],
)
def test_a_card_that_cannot_be_read_changes_nothing(
    thought: Author, change: tuple[str, str], said: str
) -> None:
    before = thought.rows("SELECT count(*) FROM events")

    printed = thought.types("edit", "1", "--file", _edited(thought, change))

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert printed.err.startswith(f"papertrack: {said}")
    assert thought.rows("SELECT count(*) FROM events") == before


def test_without_a_terminal_the_way_without_one_is_named(thought: Author) -> None:
    printed = thought.starts("edit", "1")

    assert (printed.code, printed.out, printed.err) == (2, "", NEEDS)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xfe", "is not UTF-8 text; save it as UTF-8"),
        (None, "No such file or directory; name a card that papertrack edit --print wrote"),
    ],
)
def test_a_file_that_is_no_card_is_one_line(thought: Author, body: bytes | None, said: str) -> None:
    path = thought.folder / "card.md"
    if body is not None:
        path.write_bytes(body)

    printed = thought.types("edit", "1", "--file", str(path))

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert printed.err.endswith(f"{said}\n")


def _editor(author: Author, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    path = author.folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(path))


def test_the_editor_opens_the_card_and_what_it_saves_is_written_down(
    thought: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    _editor(thought, monkeypatch, "sed -i 's/^A map$/A globe/' \"$1\"")
    desk_files = thought.folder / "tmp"
    desk_files.mkdir()
    monkeypatch.setenv("TMPDIR", str(desk_files))

    with Terminal(thought.config, "edit", "1") as terminal:
        terminal.wait_for("noted 1 what")
        assert terminal.wait() == 0

    assert thought.rows("SELECT text FROM notes WHERE field = 'what'") == [("A globe",)]
    assert list(desk_files.iterdir()) == []


def test_an_editor_that_saves_nothing_leaves_the_card_unchanged(
    thought: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")

    with Terminal(thought.config, "edit", "1") as terminal:
        terminal.wait_for("card unchanged")
        assert terminal.wait() == 0


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("sed -i 's/^Format: whole$/Format: long/' \"$1\"", 2, "is not an item format"),
        ("sed -i 's/^A map$/A globe/' \"$1\"; echo junk > papertrack.db", 3, "papertrack.db"),
    ],
)
def test_text_that_cannot_be_stored_is_kept_in_a_file_that_is_named(
    thought: Author, monkeypatch: pytest.MonkeyPatch, script: str, code: int, said: str
) -> None:
    _editor(thought, monkeypatch, script)

    with Terminal(thought.config, "edit", "1", columns=500) as terminal:
        terminal.wait_for("the card is kept")
        assert terminal.wait() == code
        shown = terminal.text

    kept = re.search(r"--file (\S+\.md)", shown)
    assert said in shown
    assert kept is not None
    text = Path(kept[1]).read_text("utf-8")
    Path(kept[1]).unlink()
    assert "Format: long" in text or "A globe" in text
