"""Which items may tell the same story: by title and author, or by how their texts begin."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.records import Author
from papertrack.core.text.names import same_authors
from papertrack.core.works.same_story import (
    MAX_GROUP,
    Candidate,
    find_same_story,
    story_keys,
)

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ADA = (Author("Ada Placeholder"),)
TITLE = "Soap films learn to count"
WORDS = [
    f"{first}{second}" for first in "bdfgklmnprst" for second in ("ab", "em", "il", "ov", "un")
]


def text(words: int, start: int = 0) -> str:
    """Write a text of so many different words."""
    return " ".join(f"{WORDS[n % 60]}{WORDS[n // 60]}" for n in range(start, start + words))


def post(item: int, source: str = "", *, days: float = 0.0, **facts: object) -> Candidate:
    """Make a post that says nothing in common with others, but for the facts that are given."""
    source = source or f"source {item}"
    moment = MONDAY + timedelta(days=days)
    one = Candidate(
        item=item,
        title=f"A title of number {item} alone",
        authors=(),
        text="",
        url=f"https://{source.replace(' ', '-')}.example.org/{item}",
        published_at=moment,
        first_seen_at=moment,
        sources=frozenset({source}),
        is_paper=False,
    )
    return replace(one, **facts)  # type: ignore[arg-type]  # fields of a candidate


def pairs(*posts: Candidate) -> dict[tuple[int, int], str]:
    """Find every pair among some posts, as a database that holds them all does."""
    found: dict[tuple[int, int], str] = {}
    keys = {one.item: story_keys(one.title, one.text) for one in posts}
    for one in posts:
        mine = keys[one.item]
        others = [other for other in posts if other is not one]
        named = [o for o in others if mine.title is not None and keys[o.item].title == mine.title]
        alike = [
            o for o in others if mine.opening is not None and keys[o.item].opening == mine.opening
        ]
        for item, reason in find_same_story(one, named, alike).items():
            pair = (min(one.item, item), max(one.item, item))
            assert found.setdefault(pair, reason) == reason
    return found


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (0.1, "same title and author, on the same day"),
        (1, "same title and author, 1 day apart"),
        (-2, "same title and author, 2 days apart"),
        (6.4, "same title and author, 6 days apart"),
    ],
)
def test_equal_titles_and_authors_within_a_week_are_proposed(days: float, reason: str) -> None:
    one, other = (post(n, title=TITLE, authors=ADA) for n in (1, 2))

    assert pairs(one, replace(other, published_at=MONDAY + timedelta(days=days))) == {
        (1, 2): reason
    }


@pytest.mark.parametrize(
    "title",
    [
        "SOAP FILMS LEARN TO COUNT",
        "Soap films “learn” to count…",
        "Soap—films learn to count!",
        "Soap films learn to count | A Blog",
        "Soap films learn to count — The Blog of Ada",
        "[Linkpost] Soap films learn to count",
        "Crosspost: Soap films learn to count",
        "Sóap films leårn to count",
    ],
)
def test_case_marks_and_the_name_of_the_site_make_no_other_title(title: str) -> None:
    one, other = post(1, title=TITLE, authors=ADA), post(2, title=title, authors=ADA)

    assert list(pairs(one, other)) == [(1, 2)]


@pytest.mark.parametrize(
    "facts",
    [
        {"authors": (Author("Alan Invented"),)},
        {"authors": ()},
        {"title": "Soap films learn to read"},
        {"title": "Soap films learn to count | Part 2"},
        {"published_at": MONDAY + timedelta(days=7)},
        {"sources": frozenset({"source 1"})},
    ],
    ids=["other author", "no author", "other title", "a part", "a week later", "one source"],
)
def test_what_differs_in_one_thing_is_not_proposed(facts: dict[str, object]) -> None:
    one, other = (post(n, title=TITLE, authors=ADA) for n in (1, 2))

    assert pairs(one, replace(other, **facts)) == {}  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("title", "is_named"),
    [
        ("Open Thread", False),
        ("Links for November", False),
        ("This week in soap films", False),
        ("Weekly update on soap", False),
        ("Best of the year", False),
        ("Hello world", False),
        ("News", False),
        ("Open Thread 412", True),
        ("This week in soap films, 20 November", True),
        ("Missing links in soap films", True),
        ("大規模言語模型", True),
        ("石鹸", False),
    ],
)
def test_titles_of_columns_name_nothing_without_a_number(title: str, *, is_named: bool) -> None:
    assert (story_keys(title, "").title is not None) == is_named


@pytest.mark.parametrize("days", [0.9, 3, 20])
def test_a_title_that_a_source_uses_again_names_none_of_its_posts(days: float) -> None:
    first, second = (
        post(n, "blog", days=at, title=TITLE, authors=ADA) for n, at in ((1, 0.0), (4, days))
    )
    copy = post(9, "letters", title=TITLE, authors=ADA)

    assert pairs(first, second, copy) == {}
    assert list(pairs(first, copy)) == [(1, 9)]


@pytest.mark.parametrize(
    ("url", "is_proposed"),
    [
        ("https://example.org/research/1", True),
        ("https://www.example.org/1", True),
        ("https://red.example.org/1", True),
        ("https://blog.example.com/1", False),
        (None, False),
    ],
)
def test_posts_without_authors_need_one_site(url: str | None, *, is_proposed: bool) -> None:
    one = post(1, title=TITLE, url="https://example.org/news/1")
    found = pairs(one, post(2, title=TITLE, url=url))

    assert found == ({(1, 2): "same title and site, on the same day"} if is_proposed else {})


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Ada Lovelace", "ada lovelace", True),
        ("Adá Lóvelace", "Ada Lovelace", True),
        ("A. Lovelace", "Ada B. Lovelace", True),
        ("Lovelace Ada", "Ada Lovelace", True),
        ("Jean-Luc Example", "Jean Luc Example", True),
        ("Ada", "Ada Lovelace", True),
        ("Alan Lovelace", "Ada Lovelace", False),
        ("B. Lovelace", "Ada Lovelace", False),
        ("Ada Turing", "Ada Lovelace", False),
        ("A", "Ada Lovelace", False),
        ("Ada Lovelace;Alan Turing", "Alan Turing;Ada Lovelace", True),
        ("Ada Lovelace;Alan Turing", "Alan Turing", True),
        ("Ada Lovelace;Alan Turing", "Alan Turing;Grace Invented", False),
        ("", "", False),
        ("", "Ada Lovelace", False),
    ],
)
def test_the_same_people_whatever_way_they_are_written(
    one: str, other: str, *, are_same: bool
) -> None:
    lists = [tuple(Author(name) for name in names.split(";") if name) for names in (one, other)]

    assert same_authors(*lists) == same_authors(*reversed(lists)) == are_same


def test_family_names_that_come_first_are_told_by_their_parts() -> None:
    parted = (Author("Lovelace, Ada", given="Ada", family="Lovelace"),)

    assert same_authors(parted, (Author("A. Lovelace"),))


FULL = text(300)
BEGINS, SAME = "its text begins like this one's", "same text under another address"


@pytest.mark.parametrize(
    ("teaser", "reason"),
    [
        (FULL, SAME),
        (FULL.upper().replace(" ", "\n\n"), SAME),
        (f"Published on November 16, 2026 9:00 AM GMT\n\n{FULL}\n\nDiscuss", SAME),
        (f"This is a linkpost for https://example.org/1\n\n{FULL}", SAME),
        (f"Cross-posted from my blog.\n\n{FULL}", SAME),
        (f"Subscribe to my letters\n\n{FULL}\n\nRead more", SAME),
        (text(25), BEGINS),
        (f"{text(25)} …", BEGINS),
        (f"{text(25)} labb […]", BEGINS),
        (f"{text(25)}...", BEGINS),
        (f"{text(25)}\n\nContinue reading Soap films →", BEGINS),
        (f"{text(25)} […]\n\nThe post Soap films appeared first on A Blog.", BEGINS),
        (f"{text(110)} and here another ending", BEGINS),
    ],
)
def test_a_text_and_its_beginning_are_proposed_whatever_frames_them(
    teaser: str, reason: str
) -> None:
    assert pairs(post(1, text=FULL), post(2, text=teaser)) == {(1, 2): reason}


@pytest.mark.parametrize(
    "other",
    [
        post(2, text=text(19)),
        post(2, text=f"{text(50)} and here another ending"),
        post(2, text=f"Another beginning {FULL}"),
        post(2, text=text(25), days=31),
        post(2, text=FULL, days=366),
        post(2, "source 1", text=text(25)),
        post(2, text=text(25), authors=(Author("Alan Invented"),)),
        post(2, text=""),
        post(2, text="Subscribe to my letters\n\nRead more"),
    ],
    ids=[
        "short",
        "goes on",
        "begins",
        "late teaser",
        "late",
        "one source",
        "stranger",
        "empty",
        "frame",
    ],
)
def test_texts_with_too_little_in_common_are_not_proposed(other: Candidate) -> None:
    later = replace(other, published_at=other.first_seen_at + timedelta(hours=1))

    assert pairs(post(1, text=FULL, authors=ADA), later) == {}


def test_a_teaser_that_is_only_the_title_says_nothing() -> None:
    title = text(24)

    assert story_keys(title, f"{title}.").opening is None
    assert story_keys("Short", f"{title}.").opening is not None


def renamed(item: int, words: int, **facts: object) -> Candidate:
    return post(item, "blog", text=text(words), **facts)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("one", "other", "is_proposed"),
    [
        (renamed(1, 70), renamed(2, 70, days=89), True),
        (renamed(1, 70), renamed(2, 70, days=91), False),
        (renamed(1, 70), renamed(2, 90, days=1), True),
        (renamed(1, 30), renamed(2, 30), True),
        (renamed(1, 30), renamed(2, 30, days=0.01), False),
        (renamed(1, 30), renamed(2, 30, published_at=None), False),
        (renamed(1, 30, title=TITLE), renamed(2, 30, title=TITLE, days=6), True),
        (renamed(1, 30, title="Open thread"), renamed(2, 30, title="Open thread", days=6), False),
        (renamed(1, 30, title=TITLE), renamed(2, 30, title=TITLE, days=7), False),
        (renamed(1, 19), renamed(2, 19), False),
    ],
)
def test_a_post_whose_text_stayed_is_proposed_under_its_new_address(
    one: Candidate, other: Candidate, *, is_proposed: bool
) -> None:
    assert bool(pairs(one, other)) == is_proposed


def test_how_a_source_always_begins_names_none_of_its_posts() -> None:
    greeting = text(30)
    weeks = [post(n, "letters", days=7 * n, text=f"{greeting} {text(90, 100 * n)}") for n in (1, 2)]
    teaser = post(7, "blog", days=8, text=greeting)
    copy = post(8, "blog", days=8, text=weeks[0].text)

    assert pairs(*weeks) == {}
    assert pairs(*weeks, teaser) == {}
    assert pairs(*weeks, copy) == {(1, 8): SAME}
    third = post(3, "letters", days=21, text=f"{greeting} {text(90, 300)}")
    assert pairs(*weeks, third, copy) == {}


def test_a_text_that_many_items_have_names_none() -> None:
    copies = [post(n, text=FULL) for n in range(1, MAX_GROUP + 2)]

    assert len(pairs(*copies[:-1])) == MAX_GROUP * (MAX_GROUP - 1) // 2
    assert pairs(*copies) == {}


def test_two_papers_are_two_whatever_they_have_in_common() -> None:
    papers = [post(n, title=TITLE, authors=ADA, text=FULL, is_paper=True) for n in (1, 2)]

    assert pairs(*papers) == {}
    assert list(pairs(papers[0], replace(papers[1], is_paper=False))) == [(1, 2)]


def test_members_of_one_item_are_not_proposed_to_each_other() -> None:
    one = post(1, text=FULL)

    assert find_same_story(one, [], [post(1, "elsewhere", text=FULL)]) == {}


_POSTS = st.builds(
    post,
    st.just(0),
    st.sampled_from(["blog", "letters", "planet"]),
    days=st.sampled_from([0.0, 0.5, 3.0, 10.0]),
    title=st.sampled_from([TITLE, f"{TITLE} | Blog", "Open thread", "Another title of mine"]),
    authors=st.sampled_from([(), ADA]),
    text=st.sampled_from(["", text(25), text(70), FULL, f"{text(25)} {text(90, 400)}"]),
    is_paper=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(posts=st.lists(_POSTS, max_size=5))
def test_the_order_of_arrival_changes_nothing(posts: list[Candidate]) -> None:
    numbered = [replace(one, item=n) for n, one in enumerate(posts, 1)]
    expected = pairs(*numbered)

    for order in [numbered[::-1], *list(permutations(numbered))[:3]]:
        assert pairs(*order) == expected
    # `pairs` has seen each from both sides; what is proposed has something in common.
    assert expected.keys() <= {(a.item, b.item) for a, b in combinations(numbered, 2)}


@pytest.mark.parametrize(
    "hostile",
    [
        "." * 20_000,
        "\u2026 " * 10_000,
        "> " * 10_000,
        "subscribe\n" * 2_000,
        "the post " * 2_000,
        " ".join(["read more"] * 2_000),
        "\n" * 20_000 + "x",
        " | ".join("abc" * 3_000),
        "\u0915\u093e" * 10_000,
    ],
)
def test_no_text_takes_long(hostile: str) -> None:
    began = time.process_time()
    pairs(
        post(1, title=hostile[:2_000], text=hostile),
        post(2, title=hostile, text=f"{FULL} {hostile}"),
    )

    assert time.process_time() - began < 2
