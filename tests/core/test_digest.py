"""Which cards stand in which section, in which order, as which text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from papertrack.core.digest import Card, Field, Section, SectionStyle, lay_out
from papertrack.core.records import Item, Judgement, Kind, Rating, State

START = datetime(2026, 11, 20, tzinfo=UTC)
INTERP = SectionStyle("interp", "Mechanistic Interpretability", "💡", "Rating", in_contents=True)
ATTACKS = SectionStyle("attacks", "Avoiding *Attacks*", "🛡️", "Strength", in_contents=True)
RETIRED = SectionStyle("retired", "Old Area", "⭐", "Rating", in_contents=False)
AREAS = (INTERP, ATTACKS, RETIRED)


def rating(area: str, halves: int | None, *, minutes: int = 0) -> Rating:
    return Rating(area, halves, rated_at=START + timedelta(minutes=minutes))


def item(number: int, *ratings: Rating, **notes: str) -> Item:
    return Item(
        id=number,
        kind=Kind.PAPER,
        title=f"Title {number}",
        url=f"https://example.org/{number}",
        authors=(),
        summary="",
        published_at=None,
        updated_at=None,
        first_seen_at=START,
        state=State.KEPT,
        judgement=Judgement(ratings=ratings, notes=notes),
    )


def laid_out(items: list[Item], least_halves: int = 1) -> tuple[Section, ...]:
    subjects = {one.id: f"local:{one.id}" for one in items}
    return lay_out(items, AREAS, least_halves=least_halves, subjects=subjects)


def placed(*items: Item, least_halves: int = 1) -> dict[str, list[int]]:
    sections = lay_out(
        items,
        AREAS,
        least_halves=least_halves,
        subjects={one.id: f"local:{one.id}" for one in items},
    )
    return {section.anchor: [card.number for card in section.cards] for section in sections}


def the_card(one: Item) -> Card:
    ((card,),) = (section.cards for section in laid_out([one]))
    return card


def test_item_stands_once_where_it_is_rated_highest() -> None:
    assert placed(item(1, rating("interp", 6), rating("attacks", 7))) == {"avoiding-attacks": [1]}


def test_tie_goes_to_the_first_area() -> None:
    assert placed(item(1, rating("attacks", 6), rating("interp", 6))) == {
        "mechanistic-interpretability": [1]
    }


def test_cards_stand_in_the_order_of_their_first_rating_and_sections_in_that_of_the_config() -> (
    None
):
    found = placed(
        item(1, rating("retired", 4)),
        item(2, rating("interp", 2, minutes=9)),
        item(3, rating("interp", 9, minutes=5)),
        item(5, rating("interp", 9, minutes=5)),
        item(4, rating("interp", 9, minutes=5)),
    )

    assert list(found.items()) == [
        ("mechanistic-interpretability", [3, 4, 5, 2]),
        ("old-area", [1]),
    ]


@pytest.mark.parametrize(
    "out", [rating("interp", 5), rating("interp", None), rating("unknown", 10)]
)
def test_what_is_rated_too_low_or_not_at_all_or_nowhere_stays_out(out: Rating) -> None:
    assert placed(item(1, out), item(2, rating("interp", 6)), least_halves=6) == {
        "mechanistic-interpretability": [2]
    }


def test_nothing_rated_makes_no_section() -> None:
    assert laid_out([item(1)]) == ()


def test_card_holds_what_the_author_wrote() -> None:
    full = Rating("attacks", 7, emoji="🌍", label="Overall *Rating*", remark=" thin\n evidence ")
    one = item(1, full, body="A body.\n", new="Speed", what="A map ", title="A [better] title")

    assert laid_out([one]) == (
        Section(
            heading=r"Avoiding \*Attacks\*",
            anchor="avoiding-attacks",
            in_contents=True,
            cards=(
                Card(
                    number=1,
                    title=r"[A \[better\] title](https://example.org/1)",
                    link=None,
                    fields=(Field("What is it", "A map"), Field("What's new", "Speed")),
                    body="A body.",
                    rating_label=r"Overall \*Rating\*",
                    rating="🌍🌍🌍+🌍/2 (thin evidence)",
                ),
            ),
        ),
    )


def test_card_without_its_own_emoji_and_label_has_those_of_the_area() -> None:
    card = the_card(item(1, rating("attacks", 4)))

    assert (card.rating_label, card.rating) == ("Strength", "🛡️🛡️")


def test_hidden_title_leaves_the_bare_address() -> None:
    card = the_card(item(1, rating("interp", 4), hide_title="yes"))

    assert (card.title, card.link) == (None, "<https://example.org/1>")


def test_item_without_title_or_address_shows_what_it_has() -> None:
    one = item(1, rating("interp", 4))

    assert the_card(replace(one, title=" ")).link == "<https://example.org/1>"
    assert the_card(replace(one, url=None)).title == "Title 1"
    bare = the_card(replace(one, title="", url=None))
    assert (bare.title, bare.link) == (None, None)


def test_title_that_reads_like_an_area_does_not_take_its_anchor() -> None:
    one = item(1, rating("interp", 4), title="Old area")
    sections = laid_out([one, item(2, rating("retired", 4))])

    assert [section.anchor for section in sections] == [
        "mechanistic-interpretability",
        "old-area-1",
    ]
