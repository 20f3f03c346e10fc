"""The digest as text."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given, strategies as st

from papertrack.core.digest.issue import Card, Digest, Field, Section
from papertrack.core.digest.render import render
from papertrack.errors import UsageError

CARDS = (files("papertrack") / "templates" / "cards.md.j2").read_text("utf-8")

GOLDEN = """\
# Findings (2026-11-20)

A lead.

In two parts.

This week:

- [Maps](#maps)

## Maps

### [One](https://example.org/1)

**What is it:** A map

**What's new:** Speed

A body.

**Rating:** 💡💡💡

<https://example.org/2>

**Overall Rating:** 💡/2 (thin)

## Odds

### Three
"""


def card(**given_fields: object) -> Card:
    empty = {
        "number": 1,
        "title": None,
        "link": None,
        "fields": (),
        "body": "",
        "rating_label": "Rating",
        "rating": "",
    }
    return Card(**(empty | given_fields))  # type: ignore[arg-type]


def digest(*sections: Section, lead: str = "") -> Digest:
    return Digest("Findings", "2026-11-20", lead, "This week:", sections)


def test_cards_template_prints_this() -> None:
    issue = digest(
        Section(
            "Maps",
            "maps",
            in_contents=True,
            cards=(
                card(
                    title="[One](https://example.org/1)",
                    fields=(Field("What is it", "A map"), Field("What's new", "Speed")),
                    body="A body.",
                    rating="💡💡💡",
                ),
                card(
                    link="<https://example.org/2>",
                    rating="💡/2 (thin)",
                    rating_label="Overall Rating",
                ),
            ),
        ),
        Section("Odds", "odds", in_contents=False, cards=(card(title="Three"),)),
        lead="A lead.\n\nIn two parts.",
    )

    assert render(issue, CARDS, name="cards").text == GOLDEN


def test_empty_issue_says_so() -> None:
    assert render(digest(), CARDS, name="cards").text == (
        "# Findings (2026-11-20)\n\nNothing was rated for this issue.\n"
    )


_words = st.sampled_from(["", "Word", "Two words", "{{ issue }}", "{% raw %}", "<b>"])
_cards = st.builds(
    Card,
    number=st.just(1),
    title=st.one_of(st.none(), st.just("[T](u)")),
    link=st.one_of(st.none(), st.just("<u>")),
    fields=st.lists(st.builds(Field, st.just("L"), st.sampled_from(["x", "y\n\nz"]))).map(tuple),
    body=_words,
    rating_label=st.just("Rating"),
    rating=_words,
)
_sections = st.builds(
    Section,
    heading=st.just("Heading"),
    anchor=st.just("heading"),
    in_contents=st.booleans(),
    cards=st.lists(_cards, max_size=3).map(tuple),
)


@given(sections=st.lists(_sections, max_size=3), lead=_words)
def test_blocks_stand_one_blank_line_apart_and_the_end_is_one_line_break(
    sections: list[Section], lead: str
) -> None:
    text = render(digest(*sections, lead=lead), CARDS, name="cards").text

    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert lead in text
    for line, after in zip(text.splitlines(), text.splitlines()[1:], strict=False):
        is_in_a_list = line.startswith("- ") and after.startswith("- ")
        assert not line or not after or is_in_a_list


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("a\n{{ issue.nothing }}", "own:2: the template cannot be filled: .* 'nothing'"),
        ("a\n{% if %}", "own:2: the template cannot be filled"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ issue.sections.append(1) }}", "append"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ issue.title + 1 }}", "own:1: the template cannot be filled"),
    ],
)
def test_mistake_in_a_template_is_named_with_its_place(template: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        render(digest(), template, name="own")
    assert caught.value.hint == "fix the template, or use -t cards"
