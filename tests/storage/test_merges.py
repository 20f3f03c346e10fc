"""Merged and taken apart: nothing is lost, nothing doubled, and each keeps what is its own."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.commands.merge import merge, split
from papertrack.commands.undo import undo
from papertrack.core.judging.journal import (
    Event,
    Statement,
    set_note,
    set_rating,
    set_state,
    set_tag,
)
from papertrack.core.kinds import State
from papertrack.core.records import Entry, Submission
from papertrack.storage import duplicates, items, journal_read, projection
from papertrack.storage.pairs import open_pairs
from papertrack.storage.versions import list_versions
from tests.storage.newsroom import MONDAY, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator

DOI = "10.5555/example.1"
ARXIV, OTHER_PAPER = "arxiv:2611.99901", "arxiv:2611.99902"
POST_URL = "https://example.org/post"
POST = post("p", "We wrote a paper", POST_URL, "About it.")
POST_SUBJECT = "url:example.org/post"
WORKS = ("items", "identifiers", "sightings", "versions", "submissions", "issue_items")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def says_one(room: Newsroom, *named: str) -> None:
    room.now += timedelta(minutes=1)
    merge(room.db, named, room.now)


def says_two(room: Newsroom, name: str, other: str | None = None) -> None:
    room.now += timedelta(minutes=1)
    split(room.db, name, other, room.now)


def takes_back(room: Newsroom) -> None:
    room.now += timedelta(minutes=1)
    undo(room.db, room.now)


def dump(room: Newsroom) -> dict[str, list[tuple[Any, ...]]]:
    return {**room.dump(WORKS), **room.judgements()}


def post_and_paper(room: Newsroom) -> None:
    """Show a post (1) and a paper (2), each judged in its own way."""
    told = paper()
    assert told.arxiv is not None
    submitted = replace(told.arxiv, submissions=(Submission(1, MONDAY),))
    room.shows("blog", POST)
    room.shows("arxiv", replace(told, arxiv=submitted))
    room.says(set_tag(POST_SUBJECT, "post", present=True), set_note(POST_SUBJECT, "what", "A post"))
    room.says(set_rating(ARXIV, "interp", "halves", 7), set_state(ARXIV, State.KEPT))


def test_merged_item_has_the_words_of_arxiv_and_all_that_was_said_of_both(room: Newsroom) -> None:
    post_and_paper(room)

    says_one(room, "1", "2")

    item = room.the_item()
    assert (item.id, item.title, item.kind, item.state) == (
        1, "Paper 2611.99901 v1", "paper", "kept",
    )  # fmt: skip
    assert item.sources == ("blog", "arxiv")
    assert item.identifiers == (ARXIV, POST_SUBJECT)
    assert item.judgement.tags == ("post",)
    assert item.judgement.notes == {"what": "A post"}
    assert [rating.halves for rating in item.judgement.ratings] == [7]
    assert items.find_number(room.db, 2) == 1


@pytest.mark.parametrize("named", [("1", "2"), ("2", "1")])
def test_split_gives_both_back_what_they_had(room: Newsroom, named: tuple[str, str]) -> None:
    post_and_paper(room)
    room.db.execute("INSERT INTO issues VALUES ('x', '', '', NULL, NULL, '', '', x'', NULL)")
    room.db.execute(
        "INSERT INTO issue_items (issue, item_id, area, position) VALUES ('x', 2, 'a', 1)"
    )
    before = dump(room)

    says_one(room, *named)
    assert len(room.numbers()) == 1
    assert room.dump(("issue_items",))["issue_items"][0][1] == int(named[0])
    says_two(room, named[0])

    assert dump(room) == before


def test_undo_takes_a_merge_and_a_split_back(room: Newsroom) -> None:
    post_and_paper(room)
    apart = dump(room)
    says_one(room, "1", "2")
    merged = dump(room)

    takes_back(room)
    assert dump(room) == apart
    (redone,) = {event.act for event in every_event(room) if event.verb == "merge"}
    room.says(Statement("redo", f"act:{redone}", {}))
    assert dump(room) == merged
    says_two(room, "1")
    assert dump(room) == apart
    takes_back(room)
    assert dump(room) == merged


def every_event(room: Newsroom) -> list[Event]:
    acts = room.db.execute("SELECT act FROM events GROUP BY act ORDER BY min(seq)").fetchall()
    return [event for (act,) in acts for event in journal_read.act_events(room.db, act)]


def test_what_is_said_after_the_merge_stays_with_the_item_that_stayed(room: Newsroom) -> None:
    room.shows("blog", POST)
    room.shows("arxiv", paper())
    says_one(room, "1", "2")
    room.says(set_rating(journal_read.subject_of(room.db, 1), "interp", "halves", 9))

    says_two(room, "1")

    post_item, paper_item = items.read_items(room.db, [1, 2])
    assert [rating.halves for rating in post_item.judgement.ratings] == [9]
    assert paper_item.judgement.ratings == ()


def test_new_words_reach_the_item_they_are_about_though_it_is_merged(room: Newsroom) -> None:
    room.shows("blog", POST)
    room.shows("arxiv", paper())
    says_one(room, "1", "2")

    room.shows("arxiv", paper(version=2, announced="replace"))
    room.shows("blog", replace(POST, title="We wrote two papers"))

    assert room.the_item().title == "Paper 2611.99901 v2"
    says_two(room, "1")
    titles = [item.title for item in items.read_items(room.db, [1, 2])]
    assert titles == ["We wrote two papers", "Paper 2611.99901 v2"]
    assert [[one.title for one in list_versions(room.db, number)] for number in (1, 2)] == [
        ["We wrote a paper", "We wrote two papers"],
        ["Paper 2611.99901 v1", "Paper 2611.99901 v2"],
    ]
    assert not room.shows("blog", replace(POST, title="We wrote two papers")).changes


BRIDGE = post("b", "Paper and post", POST_URL, "Both.", doi="10.48550/arXiv.2611.99901")


def test_no_entry_that_names_both_joins_what_the_author_split(room: Newsroom) -> None:
    post_and_paper(room)
    room.says(*[Statement("undo", f"act:{act}", {}) for act in acts(room)])
    room.shows("planet", BRIDGE)
    assert room.numbers() == [1]

    says_two(room, "1")
    assert room.numbers() == [1, 2]
    for source in ("planet", "query"):
        assert room.shows(source, BRIDGE).problems == ()
        assert room.shows(source, BRIDGE).changes == ()
    assert room.numbers() == [1, 2]
    assert open_pairs(room.db, 1) == open_pairs(room.db, 2) == []
    takes_back(room)
    assert room.numbers() == [1]


def acts(room: Newsroom) -> list[str]:
    return [row[0] for row in room.db.execute("SELECT DISTINCT act FROM events")]


def test_an_inner_merge_is_taken_apart_by_name(room: Newsroom) -> None:
    for number in "123":
        room.shows("blog", post(number, f"Post {number}", f"https://example.org/{number}", number))
    before = dump(room)
    says_one(room, "2", "3")
    says_one(room, "1", "2")
    assert room.numbers() == [1]

    says_two(room, "1", "3")
    assert room.numbers() == [1, 3]
    assert duplicates.head_of(room.db, 2) == 1
    says_two(room, "2")
    assert dump(room) == before


def test_merged_anew_the_one_that_is_named_first_stays(room: Newsroom) -> None:
    post_and_paper(room)
    says_one(room, "1", "2")
    says_two(room, "1")

    says_one(room, "2", "1")
    assert room.numbers() == [2]
    takes_back(room)
    assert room.numbers() == [1, 2]
    takes_back(room)
    assert room.numbers() == [1]
    takes_back(room)
    assert room.numbers() == [1, 2]


def test_what_was_joined_and_parted_through_others_is_the_same_after_a_rebuild(
    room: Newsroom,
) -> None:
    for number in "123":
        room.shows("blog", post(number, f"Post {number}", f"https://example.org/{number}", number))
    says_one(room, "3", "1")
    says_two(room, "1", "2")
    says_one(room, "2", "3")  # which makes one of 1 and 2 after all
    assert room.numbers() == [2]
    says_two(room, "2", "3")
    assert room.numbers() == [2, 3]

    for _ in range(2):
        before = dump(room) | room.dump(("merges",))
        projection.rebuild(room.db)
        assert dump(room) | room.dump(("merges",)) == before
    takes_back(room)
    takes_back(room)
    assert [duplicates.head_of(room.db, number) for number in (1, 2, 3)] == [3, 2, 3]


def test_last_merge_is_taken_apart_with_all_that_it_brought(room: Newsroom) -> None:
    for number in "123":
        room.shows("blog", post(number, f"Post {number}", f"https://example.org/{number}", number))
    says_one(room, "2", "3")
    says_one(room, "1", "2")

    says_two(room, "1")

    assert [duplicates.head_of(room.db, number) for number in (1, 2, 3)] == [1, 2, 2]


def test_two_posts_under_one_guid_may_be_merged_and_split(room: Newsroom) -> None:
    one = post("g", "One", "https://example.org/1", "First.")
    two = post("g", "Two", "https://example.org/2", "Second.")
    room.shows("blog", one)
    room.shows("blog", two)
    before = dump(room)

    says_one(room, "2", "1")
    for document in ((one,), (two,), (one, two)):
        assert not room.shows("blog", *document).changes
    says_two(room, "2")

    assert dump(room) == before


def test_two_papers_that_the_author_merged_keep_their_own_submissions(room: Newsroom) -> None:
    def told(number: str, *days: int) -> Entry:
        entry = paper(number, len(days))
        assert entry.arxiv is not None
        submissions = tuple(Submission(n, MONDAY - timedelta(d)) for n, d in enumerate(days, 1))
        return replace(entry, arxiv=replace(entry.arxiv, submissions=submissions))

    room.shows("arxiv", told("2611.99901", 9), told("2611.99902", 8))
    says_one(room, "2", "1")
    for entry in (told("2611.99901", 9, 3), told("2611.99902", 8, 2)):
        room.shows("query", entry)
        assert not room.shows("query", entry).changes
    assert room.the_item().arxiv.id.base == "2611.99902"  # type: ignore[union-attr]
    says_two(room, "2")

    rows = room.db.execute("SELECT item_id, born_id, version, submitted_at FROM submissions")
    assert sorted((*row[:3], int(row[3][8:10])) for row in rows) == [
        (1, 1, 1, 7), (1, 1, 2, 13), (2, 2, 1, 8), (2, 2, 2, 14),
    ]  # fmt: skip


def test_journal_of_another_machine_merges_what_becomes_known_later(
    room: Newsroom, tmp_path: Path
) -> None:
    post_and_paper(room)
    says_one(room, "1", "2")
    events = room.db.execute("SELECT * FROM events").fetchall()
    (tmp_path / "other").mkdir()
    with newsroom(tmp_path / "other") as other:
        marks = ", ".join("?" * len(events[0]))
        other.db.executemany(f"INSERT INTO events VALUES ({marks})", [tuple(e) for e in events])  # noqa: S608  # marks
        projection.rebuild(other.db)
        other.shows("arxiv", paper())
        assert other.the_item().judgement.tags == ()
        other.shows("blog", POST)

        item = other.the_item()
        assert (item.state, item.judgement.tags) == ("kept", ("post",))
        assert item.id == duplicates.head_of(other.db, 1) == duplicates.head_of(other.db, 2)
        before = dump(other)
        projection.rebuild(other.db)
        assert dump(other) == before


# A week in which anything happens in any order.
PAPERS = [paper(), paper(version=2), paper("2611.99902")]
POSTS = [
    POST,
    replace(POST, title="We wrote two papers"),
    post("q", "Another post", "https://example.org/q", "Else."),
    post("r", "Third", "https://example.org/r", "More.", doi=DOI),
]
_numbers = st.integers(1, 5).map(str)
_happenings = st.lists(
    st.one_of(
        st.tuples(st.just("arxiv"), st.sampled_from(PAPERS)),
        st.tuples(st.just("blog"), st.sampled_from(POSTS)),
        st.tuples(st.just("planet"), st.sampled_from([BRIDGE, *POSTS])),
        st.tuples(st.just("merge"), _numbers, _numbers),
        st.tuples(st.just("split"), _numbers, st.one_of(st.none(), _numbers)),
        st.tuples(st.just("rate"), _numbers, st.integers(1, 10)),
        st.tuples(st.just("tag"), _numbers, st.sampled_from("ab")),
        st.tuples(st.just("undo")),
        st.tuples(st.just("redo")),
    ),
    max_size=25,
)


def happens(room: Newsroom, what: tuple[Any, ...]) -> None:  # noqa: C901  # a case a happening
    numbers = {str(row[0]) for row in room.db.execute("SELECT id FROM items")}
    match what:
        case ("merge", one, other) if {one, other} <= numbers:
            if duplicates.head_of(room.db, int(one)) != duplicates.head_of(room.db, int(other)):
                says_one(room, one, other)
        case ("split", one, None) if one in numbers:
            number = int(one)
            if duplicates.head_of(room.db, number) != number or duplicates.last_merged(
                room.db, number
            ):
                says_two(room, one)
        case ("split", one, other) if {one, other} <= numbers and one != other:
            says_two(room, one, other)
        case ("rate", one, halves) if one in numbers:
            subject = journal_read.subject_of(room.db, duplicates.head_of(room.db, int(one)))
            room.says(
                set_rating(subject, "interp", "halves", halves), set_state(subject, State.KEPT)
            )
        case ("tag", one, tag) if one in numbers:
            subject = journal_read.subject_of(room.db, duplicates.head_of(room.db, int(one)))
            room.says(set_tag(subject, tag, present=True))
        case ("undo",):
            takes_back(room)
        case ("redo",):
            undone = journal_read.undone(room.db)
            taken_back = [e.subject for e in every_event(room) if e.verb == "undo"]
            again = [subject for subject in taken_back if subject.removeprefix("act:") in undone]
            if again:
                room.says(Statement("redo", again[-1], {}))
        case (("arxiv" | "blog" | "planet") as source, entry):
            room.shows(source, entry)
        case _:
            pass


def check(room: Newsroom) -> None:
    """Check what holds whatever happened."""
    db = room.db
    live = set(room.numbers())
    for scheme, value, item_id, born_id in db.execute("SELECT * FROM identifiers"):
        assert item_id == duplicates.head_of(db, born_id), (scheme, value)
        assert item_id in live
    for table in ("sightings", "versions", "submissions"):
        rows = db.execute(f"SELECT item_id, born_id FROM {table}").fetchall()  # noqa: S608  # our names
        for item_id, born_id in rows:
            assert item_id in {born_id, duplicates.head_of(db, born_id)}
    for table in ("ratings", "tags", "notes"):
        rows = db.execute(f"SELECT item_id FROM {table}").fetchall()  # noqa: S608  # our names
        assert {row[0] for row in rows} <= live
    undone = journal_read.undone(db)
    for event in every_event(room):
        if event.verb == "tag" and event.act not in undone:
            (owner,) = journal_read.items_of(db, [event.subject])
            assert event.payload["tag"] in items.read_item(db, owner).judgement.tags
    drawn = dump(room)
    projection.rebuild(db)
    assert dump(room) == drawn


@settings(max_examples=60, deadline=None)
@given(week=_happenings)
def test_whatever_happens_nothing_is_lost_and_every_name_has_one_owner(
    week: list[tuple[Any, ...]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        for what in week:
            happens(room, what)
        check(room)


@settings(max_examples=60, deadline=None)
@given(week=_happenings, data=st.data())
def test_merge_and_split_restore_both_whatever_happened_before(
    week: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        for what in [("blog", POST), ("arxiv", PAPERS[0]), ("blog", POSTS[2]), *week]:
            happens(room, what)
        numbers = room.numbers()
        if len(numbers) < 2:
            return
        keep, other = data.draw(st.permutations(numbers))[:2]
        before = dump(room)

        says_one(room, str(keep), str(other))
        assert dump(room) != before
        ways = {
            "last": lambda: says_two(room, str(keep)),
            "named": lambda: says_two(room, str(keep), str(other)),
            "undo": lambda: takes_back(room),
        }
        ways[data.draw(st.sampled_from(sorted(ways)))]()

        assert dump(room) == before


@settings(max_examples=80, deadline=None)
@given(week=_happenings)
def test_second_fetch_changes_nothing_whatever_was_merged(week: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        shown: dict[tuple[str, str], Entry] = {}
        for what in week:
            happens(room, what)
            if isinstance(what[1:2] and what[1], Entry):
                shown[what[0], what[1].guid] = what[1]
        for (source, _), entry in shown.items():
            room.shows(source, entry)
        before = dump(room)
        for (source, _), entry in shown.items():
            assert room.shows(source, entry).changes == ()
        assert dump(room) == before
