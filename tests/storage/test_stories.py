"""Items that may tell the same story: found among what is stored, answered once."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.commands.merge import merge, split
from papertrack.commands.undo import undo
from papertrack.core.judging.journal import set_state
from papertrack.core.kinds import State
from papertrack.core.records import Author, Entry
from papertrack.core.works.same_story import story_keys
from papertrack.storage import journal_read, projection
from papertrack.storage.database import open_database, unfinished_upgrades
from papertrack.storage.duplicates import own_facts
from papertrack.storage.pairs import open_pairs, write_all_story_keys
from tests.storage.newsroom import MONDAY, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TITLE = "Soap films learn to count"
ADA = (Author("Ada Placeholder"),)
TEXT = " ".join(
    f"{first}{last}"
    for first in "bdfgklmnpr"
    for last in ("ab", "em", "il", "ov", "un", "ax", "ey")
)
TEASER = " ".join(TEXT.split()[:25])


def told(site: str, title: str = TITLE, text: str = "", *, days: float = 0) -> Entry:
    entry = post(
        f"{site}-{title}", title, f"https://{site}.example.org/{title}".replace(" ", "-"), text
    )
    return replace(entry, authors=ADA, published_at=MONDAY + timedelta(days=days))


BLOG = told("blog", text=TEXT)
LETTER = told("letters", "What soap knows", f"{TEASER} …", days=2)
RENAMED = told("blog", "What soap films know", TEXT, days=3)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def asked(room: Newsroom, number: int = 1) -> list[tuple[int, str]]:
    return [(one.item, one.reason) for one in open_pairs(room.db, number)]


@pytest.mark.parametrize(
    ("source", "entry", "reason"),
    [
        ("planet", told("letters", days=2), "same title and author, 2 days apart"),
        ("planet", LETTER, "its text begins like this one's"),
        ("blog", RENAMED, "same text under another address"),
    ],
)
def test_same_stories_are_proposed_whichever_came_first(
    room: Newsroom, source: str, entry: Entry, reason: str
) -> None:
    room.shows("blog", BLOG)
    room.shows(source, entry)

    assert (asked(room, 1), asked(room, 2)) == ([(2, reason)], [(1, reason)])
    before = room.dump()
    room.shows("blog", BLOG)
    room.shows(source, entry)
    assert room.dump() == before
    assert room.numbers() == [1, 2]


def test_what_comes_to_say_the_same_is_proposed_and_what_no_longer_does_is_not(
    room: Newsroom,
) -> None:
    room.shows("blog", BLOG)
    room.shows("planet", replace(LETTER, summary="Soon."))
    assert asked(room) == []

    room.shows("planet", LETTER)
    assert [item for item, _ in asked(room)] == [2]
    room.shows("planet", replace(LETTER, summary="Something else after all."))
    assert asked(room) == []


def test_a_judged_item_is_named_first_with_its_judgement(room: Newsroom) -> None:
    room.shows("blog", BLOG)
    room.shows("planet", LETTER)
    room.shows("query", told("mirror", "Another name of it", TEXT))
    subject = journal_read.subject_of(room.db, 2)
    room.says(set_state(subject, State.REJECTED))

    first, second = open_pairs(room.db, 3)

    assert (first.item, first.state, first.judged_at) == (2, State.REJECTED, room.now)
    assert first.explain(room.now.tzinfo) == (  # type: ignore[arg-type]  # the clock has a zone
        "its text begins like this one's; you rejected it on 2026-11-16"
    )
    assert (second.item, second.judged_at) == (1, None)
    assert second.explain(room.now.tzinfo) == "same text under another address"  # type: ignore[arg-type]  # as above


def test_a_merge_ends_the_question_and_its_undo_asks_again(room: Newsroom) -> None:
    room.shows("blog", BLOG)
    room.shows("planet", LETTER)
    before = room.dump(), asked(room)

    merge(room.db, ["2", "1"], room.now)
    assert asked(room, 2) == []
    undo(room.db, room.now)

    assert (room.dump(), asked(room)) == before


def test_two_that_the_author_keeps_apart_are_never_asked_of_again(room: Newsroom) -> None:
    room.shows("blog", BLOG)
    room.shows("planet", LETTER)
    before = asked(room)

    split(room.db, "1", "2", room.now)
    assert asked(room) == asked(room, 2) == []
    projection.rebuild(room.db)
    write_all_story_keys(room.db)
    room.shows("planet", replace(LETTER, summary=TEXT))
    assert asked(room) == asked(room, 2) == []
    room.shows("planet", LETTER)
    undo(room.db, room.now)
    assert asked(room) == before


def test_what_was_merged_asks_by_its_own_words(room: Newsroom) -> None:
    room.shows("arxiv", paper())
    room.shows("blog", BLOG)
    merge(room.db, ["2", "1"], room.now)  # arXiv's words are shown now
    room.shows("planet", LETTER)

    assert asked(room, 2) == [(3, "its text begins like this one's")]
    assert asked(room, 3) == [(2, "its text begins like this one's")]
    room.shows("blog", replace(BLOG, summary="Nothing in common any more."))
    assert asked(room, 2) == []


def test_a_paper_and_its_post_of_one_title_are_proposed_two_papers_never(room: Newsroom) -> None:
    one = replace(paper("2611.99901", title=TITLE, summary=TEXT), authors=ADA)
    other = replace(paper("2611.99902", title=TITLE, summary=TEXT), authors=ADA)
    room.shows("arxiv", one)
    room.shows("query", other)
    assert asked(room) == []

    room.shows("blog", told("blog"))

    assert [item for item, _ in asked(room, 3)] == [1, 2]


def test_weekly_posts_of_one_title_are_not_one_story(room: Newsroom) -> None:
    weeks = [
        replace(
            told("blog", text=f"Week {week}. {TEXT[week:]}", days=7 * week),
            guid=str(week),
            url=f"https://blog.example.org/{week}",
        )
        for week in range(3)
    ]
    for week in weeks:
        room.shows("blog", week)
    room.shows("planet", told("letters", days=8))

    assert [asked(room, number) for number in room.numbers()] == [[]] * 4


def test_an_upgrade_finds_the_same_in_what_was_stored_before(room: Newsroom) -> None:
    room.shows("arxiv", paper())
    room.shows("blog", BLOG)
    room.shows("planet", LETTER)
    merge(room.db, ["2", "1"], room.now)
    before = room.dump()
    room.db.execute("DELETE FROM story_keys")
    room.db.execute("INSERT INTO meta VALUES ('stories', 'due')")
    assert asked(room, 3) == []

    for _ in range(2):
        write_all_story_keys(room.db)
        assert room.dump() == before
    assert "stories" not in unfinished_upgrades(room.db)
    assert [item for item, _ in asked(room, 3)] == [2]


def test_only_a_database_with_items_has_keys_to_be_made(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "papertrack.db", create=True)) as db:
        assert unfinished_upgrades(db) == frozenset()


_ENTRIES: Sequence[tuple[str, Entry]] = [
    ("blog", BLOG),
    ("blog", RENAMED),
    ("blog", told("blog", "Third", f"{TEASER} and another end", days=1)),
    ("planet", LETTER),
    ("planet", told("letters", days=4)),
    ("planet", told("letters", "Open thread", TEASER, days=4)),
    ("query", told("mirror", f"{TITLE} | Mirror", TEXT, days=5)),
    ("query", told("mirror", "Open thread", TEASER, days=4.5)),
    ("arxiv", replace(paper(title=TITLE, summary=TEXT), authors=ADA)),
    ("arxiv", replace(paper("2611.99902", title=TITLE), authors=ADA)),
]


def _proposed(room: Newsroom) -> set[tuple[frozenset[str], str]]:
    """List what is proposed, each item by its guid."""
    guids = dict(room.db.execute("SELECT born_id, guid FROM sightings").fetchall())
    return {
        (frozenset({guids[number], guids[one.item]}), one.reason)
        for number in room.numbers()
        for one in open_pairs(room.db, number)
    }


@settings(max_examples=40, deadline=None)
@given(
    entries=st.lists(st.sampled_from(_ENTRIES), unique_by=lambda one: one[1].guid), data=st.data()
)
def test_the_order_of_arrival_changes_nothing_that_is_proposed(
    entries: list[tuple[str, Entry]], data: st.DataObject
) -> None:
    found = []
    for order in (entries, data.draw(st.permutations(entries))):
        with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
            for source, entry in order:
                room.shows(source, entry)
            found.append(_proposed(room))
            own = {
                item_id: (facts["title"], facts["summary"])
                for item_id, facts in own_facts(room.db, room.numbers()).items()
            }
            rows = room.db.execute("SELECT id, title, summary FROM items").fetchall()
            keys = {row[0]: story_keys(*own.get(row[0], row[1:])) for row in rows}
            stored = room.db.execute("SELECT item_id, title, opening FROM story_keys").fetchall()
            assert {row[0]: tuple(row[1:]) for row in stored} == keys
    assert found[0] == found[1]
