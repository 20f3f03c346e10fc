"""The card in which notes are edited, written and read back."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.notes import LABELS, TITLE, read_card, write_card
from papertrack.errors import UsageError

_lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20).filter(
    lambda line: not line.lstrip().startswith("#")
)
_texts = st.lists(_lines, max_size=4).map("\n".join).map(str.strip)


@given(
    title=_lines.map(lambda line: " ".join(line.split())),
    notes=st.dictionaries(st.sampled_from(list(LABELS)), _texts),
)
def test_card_that_was_not_touched_reads_back_as_it_was(title: str, notes: dict[str, str]) -> None:
    expected = {field: notes.get(field, "") for field in LABELS}

    assert read_card(write_card(title, notes)) == {TITLE: title, **expected}


def test_card_shows_every_field_in_the_order_of_the_digest() -> None:
    assert write_card("A title", {"what": "A map", "body": "One.\n\nTwo."}) == (
        "# A title\n\n## What is it\n\nA map\n\n## What's new\n\n\n## What does it mean\n\n\n"
        "## What is it good for\n\n\n## Body\n\nOne.\n\nTwo.\n"
    )


def test_headings_are_read_as_people_write_them() -> None:
    card = (
        "##  what is IT ##\nA map\r\n## What\N{RIGHT SINGLE QUOTATION MARK}s new\n\n\nNothing\n\n"
    )

    assert read_card(card) == {"what": "A map", "new": "Nothing"}


def test_other_headings_are_text() -> None:
    card = "## Body\n\n## My own heading\n\n# Another\n\n### Third"

    assert read_card(card) == {"body": "## My own heading\n\n# Another\n\n### Third"}


def test_field_that_was_left_out_is_not_emptied() -> None:
    assert read_card("## Body\n") == {"body": ""}


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ("A stray line\n## Body\n", "card line 1: this text stands before the first field"),
        ("# T\n# U\n", "card line 2: this text stands before the first field"),
        ("# T\n\n## Body\nx\n## body\n", 'card line 5: "Body" stands there twice'),
    ],
)
def test_card_that_cannot_be_read_names_the_line(card: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_card(card)
    assert caught.value.what == problem
    assert "## What is it" in (caught.value.hint or "")


def test_a_note_that_holds_the_heading_of_a_field_reads_back_as_it_was() -> None:
    notes = {"body": "Before\n## What's new\nafter\n\\## What is it", "new": "Something"}

    read = read_card(write_card("A title", notes))

    assert {field: read[field] for field in notes} == notes
