"""The card in which all that was said of an item is edited, written and read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.cli.options import NOTE_OPTIONS
from papertrack.core.judging.card import read_card, write_card
from papertrack.core.judging.notes import (
    BACKGROUND,
    CITE,
    CREDIT,
    DEADLINE,
    FORMAT,
    HIDE_TITLE,
    HOME,
    LABELS,
    LINE,
    PARTS,
    PLACE,
    POSITION,
    PRIZE,
    SECTION,
    TEASER,
    TITLE,
)
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Item, Judgement, Rating
from papertrack.errors import UsageError

_MARKDOWN = [*LABELS, LINE, TEASER, BACKGROUND, PARTS]
_ONE_LINE = [HOME, SECTION, CITE, PLACE, PRIZE, CREDIT]

_characters = st.characters(exclude_categories=["Cs", "Cc"])
_lines = st.text(_characters, max_size=20) | st.sampled_from(
    [*(f"## {label}" for label in LABELS.values()), "\\## Line", "# T", "Tags: x", "<!-- x -->"]
)
_texts = st.lists(_lines, max_size=4).map("\n".join).map(lambda text: text.strip("\n").rstrip())
_words = st.text(_characters, max_size=20).map(lambda text: " ".join(text.split()))
_ratings = st.builds(
    Rating,
    st.sampled_from(["interp", "attacks", "off-topic"]),
    halves=st.none() | st.integers(1, 10),
    emoji=st.none() | st.sampled_from(["🧓🏻", "🇨🇳"]),
    label=st.none() | _words.filter(bool),
    remark=st.none() | _words.filter(bool),
)
_judgements = st.builds(
    Judgement,
    ratings=st.lists(_ratings, max_size=3, unique_by=lambda one: one.area).map(tuple),
    tags=st.lists(st.sampled_from(["toy", "interp", "ähnlich"]), unique=True).map(tuple),
    notes=st.dictionaries(st.sampled_from(_MARKDOWN), _texts.filter(bool))
    | st.dictionaries(st.sampled_from(_ONE_LINE), _words.filter(bool))
    | st.just({FORMAT: "brief", HIDE_TITLE: "yes", DEADLINE: "2026-11-25", POSITION: "2"}),
)


_NOTHING = Judgement()


def _item(judgement: Judgement = _NOTHING, *, kind: Kind = Kind.POST) -> Item:
    return Item(
        1,
        kind,
        "A title",
        url=None,
        authors=(),
        summary="",
        published_at=None,
        updated_at=None,
        first_seen_at=datetime(2026, 11, 20, tzinfo=UTC),
        state=State.KEPT,
        judgement=judgement,
    )


@settings(max_examples=50)
@given(judgement=_judgements, kind=st.sampled_from(Kind))
def test_card_that_was_not_touched_says_exactly_what_was_said_before(
    judgement: Judgement, kind: Kind
) -> None:
    card = read_card(write_card(_item(judgement, kind=kind)))

    assert {name: text for name, text in card.notes.items() if text} == {
        TITLE: "A title",
        **judgement.notes,
    }
    assert card.tags == judgement.tags
    assert {key: text for key, text in card.ratings.items() if text} == {
        (rating.area, name): text
        for rating in judgement.ratings
        for name, text in (
            ("halves", f"{rating.halves / 2:g}" if rating.halves else None),
            ("emoji", rating.emoji),
            ("label", rating.label),
            ("remark", rating.remark),
        )
        if text
    }


@settings(max_examples=50)
@given(judgement=_judgements)
def test_what_a_card_says_is_written_the_same_byte_for_byte(judgement: Judgement) -> None:
    text = write_card(_item(judgement))
    card = read_card(text)
    again = replace(
        judgement,
        notes={name: said for name, said in card.notes.items() if said and name != TITLE},
        tags=card.tags or (),
    )

    assert write_card(_item(again)) == text


@given(st.text())
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    said = _refusal(text)

    assert said == "" or said.startswith("card line ")


def _refusal(text: str) -> str:
    try:
        read_card(text)
    except UsageError as error:
        return error.what
    return ""


def test_card_shows_every_field_in_its_place() -> None:
    said = Judgement(
        ratings=(Rating("interp", 7, remark="small n"),),
        tags=("toy", "x"),
        notes={"what": "A map", "body": "One.\n\nTwo.", HOME: "interp"},
    )

    assert write_card(_item(said)) == (
        "# A title\n\nTags: toy, x\nRating in interp: 3.5\nRemark in interp: small n\n"
        "Show title: yes\nFormat: whole\nHome: interp\nSection:\nCite:\n\n"
        "<!-- You may add lines: Rating in AREA: 3.5 - Remark in AREA: … - Emoji in AREA: … - "
        "Label in AREA: … - Deadline: 2026-11-25 - Place: … - Prize: … - Credit: … - Position: 1; "
        "and sections: ## Background - ## Parts. The format is whole, brief or link. -->\n\n"
        "## What is it\n\nA map\n\n## What's new\n\n\n## What does it mean\n\n\n"
        "## What is it good for\n\n\n## Body\n\nOne.\n\nTwo.\n\n## Line\n\n\n## Teaser\n\n"
    )


def test_every_note_that_an_option_writes_has_a_place_on_the_card() -> None:
    options = [*_MARKDOWN, *_ONE_LINE, FORMAT, DEADLINE, POSITION]
    values = {FORMAT: "link", DEADLINE: "2026-11-25", POSITION: "2"}
    said = Judgement(notes={name: values.get(name, f"a {name}") for name in options})

    card = read_card(write_card(_item(said)))

    assert set(options) == set(NOTE_OPTIONS)
    assert {name: card.notes[name] for name in options} == said.notes


def test_an_opportunity_has_lines_for_deadline_place_and_prize() -> None:
    card = write_card(_item(kind=Kind.OPPORTUNITY))

    assert "\nDeadline:\nPlace:\nPrize:\nCredit:\n" in card
    assert "\nDeadline:" not in write_card(_item())


def test_headings_and_lines_are_read_as_people_write_them() -> None:
    card = read_card(
        "#  A  title \r\n\r\n TAGS : #toy, +x y \nrating in Interp: 4,0\nshow title: No\n"
        "Format:Brief\ndeadline: nov 25, 2026\n"
        "##  what is IT ##\nA map\r\n## What\N{RIGHT SINGLE QUOTATION MARK}s new\n\n\nNothing\n\n"
    )

    assert card.notes == {
        TITLE: "A title",
        HIDE_TITLE: "yes",
        FORMAT: "brief",
        DEADLINE: "2026-11-25",
        "what": "A map",
        "new": "Nothing",
    }
    assert card.tags == ("toy", "x", "y")
    assert card.ratings == {("interp", "halves"): "4"}


def test_other_headings_are_text() -> None:
    card = read_card("## Body\n\n## My own heading\n\n# Another\n\n### Third")

    assert card.notes == {"body": "## My own heading\n\n# Another\n\n### Third"}


def test_what_was_left_out_is_not_emptied() -> None:
    card = read_card("## Body\n")

    assert (card.notes, card.tags, card.ratings) == ({"body": ""}, None, {})


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ("A stray line\n## Body\n", "card line 1: this line belongs to no field"),
        ("# T\n# U\n", "card line 2: this line belongs to no field"),
        ("https://example.org\n", "card line 1: this line belongs to no field"),
        ("# T\n\n## Body\nx\n## body\n", 'card line 5: "Body" appears twice'),
        ("Tags: a\ntags: b\n", 'card line 2: "tags" appears twice'),
        ("# T\nRating in interp: 7\n", 'card line 2: "7" is not a rating'),
        ("Format: long\n", 'card line 1: "long" is not an item format'),
        ("Deadline: soon\n", 'card line 1: "soon" is not a date'),
        ("Show title: maybe\n", 'card line 1: "maybe" is neither yes nor no'),
    ],
)
def test_card_that_cannot_be_read_names_the_line(card: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_card(card)
    assert caught.value.what == problem
    assert caught.value.hint
