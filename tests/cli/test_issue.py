"""The author's texts of an issue."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.commands.compose import compose
from papertrack.config.schema import DigestConfig
from papertrack.core.dates import Window
from papertrack.core.digest.issue import FORMS, Form, read_issue_card, read_text, write_issue_card
from papertrack.storage.database import opened
from tests.process import FRIDAY

if TYPE_CHECKING:
    from tests.author import Author

NOW = "2026-W47"


def test_text_is_kept_shown_and_printed(author: Author) -> None:
    author.types("init")

    first = author.types("issue", "set", NOW, "lead", "A *quiet* week.\n\nReally.")
    author.types("issue", "set", "now", "event-date", "2026-11-28")
    again = author.types("issue", "set", NOW, "lead", "A *quiet* week.\n\nReally.")
    shown = author.types("issue", "show")

    assert (first.out, again.out) == (f"wrote lead of {NOW}\n", "nothing changed\n")
    assert shown.out == "Event date: 2026-11-28\nLead: A *quiet* week.\n\n  Really.\n"
    assert author.types("issue", "show", NOW, "--json").json == {
        "issue": NOW,
        "texts": {"event_date": "2026-11-28", "lead": "A *quiet* week.\n\nReally."},
    }
    assert "\nA *quiet* week.\n\nReally.\n" in author.types("draft", "-o", "-").out


def test_text_is_taken_back_by_an_empty_one_and_by_undo(author: Author) -> None:
    author.types("init")
    author.types("issue", "set", NOW, "title", "Mine")
    author.types("issue", "set", NOW, "title", "")
    empty = author.types("issue", "show", NOW)
    author.types("undo")

    assert (empty.out, empty.err) == (
        "", f"issue {NOW} has no texts yet; start with papertrack issue edit {NOW}\n",
    )  # fmt: skip
    assert author.types("draft", "-o", "-").out.startswith("# Mine (")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026-W99", "lead", "x"), '"2026-W99" is not a week; write it like 2026-W47'),
        ((NOW, "leed", "x"), 'an issue has no text "leed"; the texts are title, number, '),
        ((NOW, "watch", "youtube"), '"youtube" is not an address; addresses begin with http'),
        ((NOW, "event_date", "soon"), '"soon" is not a date; write it like 2026-11-25'),
    ],
)
def test_what_cannot_be_used_is_one_line(author: Author, words: tuple[str, ...], said: str) -> None:
    author.types("init")

    printed = author.types("issue", "set", *words)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err.startswith(f"papertrack: {said}")
    assert author.rows("SELECT count(*) FROM events") == [(0,)]


def test_card_is_printed_and_read_back_as_one_undo_step(author: Author) -> None:
    author.types("init")
    author.types("issue", "set", NOW, "lead", "Old.")
    card = author.folder / "issue.md"
    text = author.types("issue", "edit", "--print").out
    text = text.replace("Old.", "New.\n\n## Not a field").replace("Title:", "Title: Mine")
    card.write_text(text)

    written = author.types("issue", "edit", NOW, "--file", str(card))
    again = author.types("issue", "edit", NOW, "--file", str(card))

    assert (written.out, again.out) == (f"wrote title, lead of {NOW}\n", "nothing changed\n")
    texts = author.types("issue", "show", "--json").json["texts"]
    assert texts == {"title": "Mine", "lead": "New.\n\n## Not a field"}
    author.types("undo")
    assert author.types("issue", "show", "--json").json["texts"] == {"lead": "Old."}


def test_card_with_a_mistake_changes_nothing_and_names_its_line(author: Author) -> None:
    author.types("init")
    card = author.folder / "issue.md"
    card.write_text("# Issue\n\nTitle: Mine\nWatch: nowhere\n")

    wrong = author.types("issue", "edit", "--file", str(card))
    card.write_text("# Issue\n\nTitel: Mine\n")
    unknown = author.types("issue", "edit", "--file", str(card))
    card.write_text("Title: a\nTitle: b\n")
    twice = author.types("issue", "edit", "--file", str(card))

    assert wrong.err.startswith('papertrack: card line 4: "nowhere" is not an address')
    assert unknown.err.startswith("papertrack: card line 3: this line belongs to no field")
    assert twice.err.startswith('papertrack: card line 2: "Title" appears twice')
    assert {wrong.code, unknown.code, twice.code} == {2}
    assert author.rows("SELECT count(*) FROM events") == [(0,)]


def test_editor_needs_a_terminal(author: Author) -> None:
    author.types("init")

    printed = author.types("issue", "edit")

    assert printed.code == 2
    assert printed.err.startswith("papertrack: the editor needs a terminal; use papertrack issue")


_lines = st.text(alphabet="ab \\#:\n|é", max_size=30)


@given(lead=_lines, outro=_lines, title=_lines)
def test_card_loses_nothing(lead: str, outro: str, title: str) -> None:
    texts = {
        "lead": read_text("lead", lead + "\n## Outro\n\\## Lead\n" + outro),
        "outro": read_text("outro", outro),
        "title": read_text("title", title),
    }

    found = read_issue_card(write_issue_card(NOW, texts))

    assert {field: text for field, text in found.items() if text} == {
        field: text for field, text in texts.items() if text
    }


def test_every_text_has_its_place_in_the_card() -> None:
    texts = dict.fromkeys(FORMS, "2026-11-28")
    texts |= {name: "https://example.org" for name, form in FORMS.items() if form is Form.ADDRESS}

    assert read_issue_card(write_issue_card(NOW, texts)) == texts
    assert read_issue_card(write_issue_card(NOW, texts).replace("\n", os.linesep)) == texts


def test_title_of_one_call_counts_more_than_that_of_the_issue(author: Author) -> None:
    author.types("init")
    author.types("issue", "set", NOW, "title", "The issue's own, no. {number} in week {week}")
    author.types("issue", "set", NOW, "number", "7")
    window = Window(FRIDAY - timedelta(days=1), FRIDAY)

    with opened(author.database) as db:
        texts = [
            compose(
                db, DigestConfig(), window, day=FRIDAY.date(), texts={}, now=FRIDAY, title=title
            ).text
            for title in (None, "Once")
        ]

    assert texts[0].startswith("# The issue's own, no. 7 in week 47 (2026-11-20)\n")
    assert texts[1].startswith("# Once (2026-11-20)\n")
