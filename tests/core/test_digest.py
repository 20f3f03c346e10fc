"""Which cards stand in which section, in which order, as which text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from papertrack.core.digest.cards import IssueItem
from papertrack.core.digest.issue import Card, Field, SectionStyle
from papertrack.core.digest.layout import Layout, Rules, lay_out
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Item, Judgement, Rating

START = datetime(2026, 11, 20, tzinfo=UTC)
INTERP = SectionStyle("interp", "Mechanistic Interpretability", "💡", "Rating", in_contents=True)
ATTACKS = SectionStyle("attacks", "Avoiding *Attacks*", "🛡️", "Strength", in_contents=True)
ASIDE = SectionStyle("aside", "Old Area", "⭐", "Rating", in_contents=False)
AREAS = (INTERP, ATTACKS, ASIDE)
RULES = Rules(today=date(2026, 11, 20))


def rating(area: str, halves: int | None, *, minutes: int = 0) -> Rating:
    return Rating(area, halves, rated_at=START + timedelta(minutes=minutes))


def item(number: int, *ratings: Rating, kind: Kind = Kind.PAPER, **notes: str) -> Item:
    title = notes.pop("own_title", f"Title {number}")
    return Item(
        id=number,
        kind=kind,
        title=title,
        url=f"https://example.org/{number}",
        authors=(),
        summary="",
        published_at=START + timedelta(days=number),
        updated_at=None,
        first_seen_at=START,
        state=State.KEPT,
        judgement=Judgement(ratings=ratings, notes=notes, judged_at=START),
    )


def laid_out(*items: Item, rules: Rules = RULES) -> Layout:
    return lay_out([IssueItem(one, f"local:{one.id}") for one in items], AREAS, rules)


def placed(*items: Item, rules: Rules = RULES) -> dict[str, list[int]]:
    return {
        section.anchor: [card.number for card in (*section.cards, *section.briefs)]
        for section in laid_out(*items, rules=rules).sections
    }


def told(*items: Item, rules: Rules = RULES) -> dict[str, list[int]]:
    return {
        section.heading: [card.number for card in (*section.cards, *section.briefs)]
        for section in laid_out(*items, rules=rules).stories
    }


def the_card(one: Item) -> Card:
    (card,) = laid_out(one).cards
    return card


def test_item_stands_once_where_it_is_rated_highest() -> None:
    assert placed(item(1, rating("interp", 6), rating("attacks", 7))) == {"avoiding-attacks": [1]}


def test_tie_goes_to_the_first_area() -> None:
    assert placed(item(1, rating("attacks", 6), rating("interp", 6))) == {
        "mechanistic-interpretability": [1]
    }


def test_author_names_the_home_of_an_item_if_it_is_rated_there() -> None:
    both = (rating("interp", 8), rating("attacks", 3))

    assert placed(item(1, *both, home="attacks")) == {"avoiding-attacks": [1]}
    assert placed(item(1, *both, home="aside")) == {"mechanistic-interpretability": [1]}
    assert the_card(item(1, *both, home="attacks")).rating == "🛡️+🛡️/2"


def test_cards_stand_in_the_order_of_their_first_rating_and_sections_in_that_of_the_config() -> (
    None
):
    found = placed(
        item(1, rating("aside", 4)),
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
    ("order", "expected"),
    [
        ("judged", [3, 2, 1, 4]),
        ("rating", [3, 1, 4, 2]),
        ("date", [3, 4, 2, 1]),
        ("hand", [3, 2, 1, 4]),
    ],
)
def test_order_is_the_authors(order: str, expected: list[int]) -> None:
    items = (
        item(1, rating("interp", 9, minutes=2)),
        item(2, rating("interp", 2, minutes=1)),
        item(3, rating("interp", 5, minutes=4), position="1"),
        item(4, rating("interp", 7, minutes=3)),
    )

    assert placed(*items, rules=replace(RULES, order=order)) == {
        "mechanistic-interpretability": expected
    }


@pytest.mark.parametrize(
    "out", [rating("interp", 5), rating("interp", None), rating("unknown", 10)]
)
def test_what_is_rated_too_low_or_not_at_all_or_nowhere_stays_out(out: Rating) -> None:
    rules = replace(RULES, minimum_halves=6)

    assert placed(item(1, out), item(2, rating("interp", 6)), rules=rules) == {
        "mechanistic-interpretability": [2]
    }


def test_nothing_rated_makes_no_section_unless_the_author_wants_it() -> None:
    empty = laid_out(item(1), rules=replace(RULES, shows_empty=True))

    assert laid_out(item(1)).sections == ()
    assert [section.slug for section in empty.sections] == ["interp", "attacks"]


def test_brief_items_and_opportunities_stand_before_the_asides_and_need_no_rating() -> None:
    found = placed(
        item(1, rating("aside", 9)),
        item(2, format="brief", line="asks why."),
        item(3, kind=Kind.OPPORTUNITY),
        item(4, deadline="2026-12-01"),
        item(5, rating("interp", 9)),
        item(6, format="link"),
        item(7, format="brief", home="interp"),
    )

    assert list(found.items()) == [
        ("mechanistic-interpretability", [5, 7]),
        ("other-research", [2, 6]),
        ("opportunities", [4, 3]),
        ("old-area", [1]),
    ]


def test_item_with_a_heading_of_its_own_has_a_section_behind_that_of_its_area() -> None:
    items = (
        item(1, rating("interp", 9), section="Why *now*?"),
        item(2, rating("interp", 9)),
        item(3, rating("interp", 9), section="Why *now*?"),
        item(4, rating("attacks", 9), section="Elsewhere"),
    )

    assert placed(*items) == {
        "mechanistic-interpretability": [2],
        "why-now": [1, 3],
        "elsewhere": [4],
    }
    assert told(*items) == {
        r"[Why \*now\*?](https://example.org/1)": [1, 3],
        "[Title 2](https://example.org/2)": [2],
        "[Elsewhere](https://example.org/4)": [4],
    }


def test_story_with_a_position_stands_first_whatever_its_area() -> None:
    stories = told(
        item(1, rating("interp", 9), section="One"),
        item(2, rating("attacks", 9), section="Two", position="1"),
    )

    assert list(stories.values()) == [[2], [1]]


def test_heading_of_a_story_is_linked_only_where_its_text_does_not_link_it() -> None:
    said = item(1, rating("interp", 9), body="See [it](https://example.org/1).")
    cited = item(1, rating("interp", 9), body="@cite says so.")

    assert list(told(said)) == list(told(cited)) == ["Title 1"]


def test_card_holds_what_the_author_wrote() -> None:
    full = Rating("attacks", 7, emoji="🌍", label="Overall *Rating*", remark=" thin\n evidence ")
    one = item(1, full, body="A body.\n", new="Speed", what="A map ", title="A [better] title")

    (section,) = laid_out(one).sections
    (card,) = section.cards

    assert (section.heading, section.anchor) == (r"Avoiding \*Attacks\*", "avoiding-attacks")
    assert card.title == r"[A \[better\] title](https://example.org/1)"
    assert card.fields == (Field("What is it", "A map"), Field("What's new", "Speed"))
    assert (card.body, card.rating_label) == ("A body.", r"Overall \*Rating\*")
    assert (card.rating, card.value) == ("🌍🌍🌍+🌍/2 (thin evidence)", 3.5)


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
    one = item(1, rating("interp", 4), own_title="Old area")

    assert list(placed(one, item(2, rating("aside", 4)))) == [
        "mechanistic-interpretability",
        "old-area-1",
    ]


LINK = "(https://example.org/1)"


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ({"line": "asks why."}, f"[Jane]{LINK} asks why."),
        ({"line": "A reason is found."}, f"A reason is found ([Jane]{LINK})."),
        ({"line": "As [@cite] says"}, f"As ([Jane]{LINK}) says"),
        ({"line": "Read @title!"}, f"Read [Title 1]{LINK}!"),
        ({"line": f"Read [it]{LINK}."}, f"Read [it]{LINK}."),
        ({"line": r"Mail \@cite."}, rf"Mail \@cite ([Jane]{LINK})."),
        ({}, f"[Title 1]{LINK}"),
        ({"what": "A map"}, f"[Title 1]{LINK}: A map"),
        ({"body": "A map.\n\nMore."}, f"[Title 1]{LINK}: A map."),
        ({"format": "link", "what": "A map"}, f"[Title 1]{LINK}"),
        ({"format": "link", "line": "for maps"}, f"[Title 1]{LINK}: for maps"),
    ],
)
def test_one_line_links_its_work(notes: dict[str, str], line: str) -> None:
    one = item(1, kind=Kind.POST, **{"format": "brief", "cite": "Jane", **notes})

    assert the_card(one).line == line


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ({"line": "a week of *maths*."}, f"[Title 1]{LINK}: a week of *maths*."),
        ({"place": "Oslo", "prize": "$5"}, f"[Title 1]{LINK} (Oslo, \\$5)."),
        ({"line": "A week in Oslo.", "place": "Oslo"}, f"[Title 1]{LINK}: A week in Oslo."),
        ({"line": "Apply to @title.", "place": "Oslo"}, f"Apply to [Title 1]{LINK} (Oslo)."),
        ({"line": "Apply [here](https://example.org/x)."}, "Apply [here](https://example.org/x)."),
    ],
)
def test_opportunity_says_where_and_what(notes: dict[str, str], line: str) -> None:
    assert the_card(item(1, kind=Kind.OPPORTUNITY, **notes)).line == line


@pytest.mark.parametrize(
    ("deadline", "words", "is_last"),
    [
        ("2026-11-20", "today (20 November)", True),
        ("2026-11-21", "tomorrow (21 November)", True),
        ("2026-11-27", "in 7 days (27 November)", True),
        ("2026-11-28", "in 8 days (28 November)", False),
        ("2026-12-21", "on 21 December", False),
        ("2027-01-02", "on 2 January 2027", False),
    ],
)
def test_deadline_is_said_from_the_day_of_the_issue(
    deadline: str, words: str, *, is_last: bool
) -> None:
    card = the_card(item(1, kind=Kind.OPPORTUNITY, deadline=deadline))

    assert (card.deadline, card.is_last_call) == (words, is_last)


def test_parts_stand_where_the_text_says_or_behind_it() -> None:
    parts = f"Net | Roe | https://example.org/n | learns.\n| Doe | | counts.\n{'Alone'}"
    listed = "- In [Net](https://example.org/n), Roe learns.\n- Doe counts.\n- Alone"

    placed_parts = item(1, rating("interp", 4), body="Three:\n\n@parts\n\nMore.", parts=parts)
    behind = item(1, rating("interp", 4), body="Three:", parts=parts, background="Long ago.")

    assert the_card(placed_parts).body == f"Three:\n\n{listed}\n\nMore."
    assert the_card(behind).body == f"Long ago.\n\nThree:\n\n{listed}"


def test_latex_of_a_title_is_printed_plain_and_kept_beside() -> None:
    card = the_card(item(1, rating("interp", 4), own_title=r"\emph{Na\"ive} *x*"))

    assert card.name == r"Naïve \*x\*"
    assert card.raw_title == r"\emph{Na\"ive} *x*"
