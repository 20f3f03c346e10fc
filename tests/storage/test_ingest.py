"""Documents into a real file: nothing missed, nothing twice, nothing of the author's changed."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import example, given, settings, strategies as st

from papertrack.core.judging.journal import Statement, set_note, set_rating, set_state, set_tag
from papertrack.core.judging.notes import TITLE
from papertrack.core.kinds import State
from papertrack.core.records import Author, Entry, Submission
from papertrack.core.works.ingest import FactsChanged
from papertrack.storage import items, journal_read, projection, sources
from papertrack.storage.ingest import apply_author_names
from papertrack.storage.items import list_submissions
from papertrack.storage.pairs import open_pairs
from papertrack.storage.versions import list_versions
from tests.storage.newsroom import MONDAY, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

URL = "https://example.org/a"
DOI = "10.5555/example.1"
ARXIV = "arxiv:2611.99901"


def orders(things: Sequence[T]) -> list[tuple[T, ...]]:
    return list(itertools.permutations(things))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def test_paper_is_stored_with_all_that_arxiv_says(room: Newsroom) -> None:
    entry = replace(paper(doi=DOI), authors=(Author("Ada Example", "Ada", "Example"),))

    room.shows("arxiv", entry)

    item = room.the_item()
    assert entry.arxiv is not None
    assert (item.title, item.summary, item.url) == (entry.title, entry.summary, entry.url)
    assert item.arxiv == replace(entry.arxiv, announce_type=None)
    assert item.authors == entry.authors
    assert item.identifiers == (ARXIV, f"doi:{DOI}")
    assert (item.kind, item.state, item.sources) == ("paper", "new", ("arxiv",))
    assert room.new == [item.id]


# One paper, shown in every way a week can show it.
PAPER_V1 = ("arxiv", paper())
PAPER_V2 = ("query", paper(version=2, announced=None))
PDF_LINK = ("blog", post("1", "We wrote a paper", "https://arxiv.org/pdf/2611.99901v1.pdf"))
DOI_LINK = ("planet", post("2", "A paper", "https://doi.org/10.48550/arXiv.2611.99901"))
WITH_DOI = ("arxiv", paper("2611.99901", 2, announced="cross", doi=DOI))
JOURNAL = ("planet", post("3", "Now in a journal", URL, doi=DOI))
BRIDGE = ("blog", post("4", "Paper and journal", URL, doi="10.48550/arXiv.2611.99901"))


@pytest.mark.parametrize("order", orders([PAPER_V1, PAPER_V2, PDF_LINK, DOI_LINK]))
def test_paper_seen_in_four_ways_is_one_item_in_every_order(
    room: Newsroom, order: tuple[tuple[str, Entry], ...]
) -> None:
    for source, entry in order:
        room.shows(source, entry)

    item = room.the_item()
    assert item.title == "Paper 2611.99901 v2"
    assert item.arxiv is not None
    assert item.arxiv.id.version == 2
    assert set(item.sources) == {"arxiv", "query", "blog", "planet"}
    assert item.kind == "paper"


@pytest.mark.parametrize("judged", [None, 0, 1, 2])
@pytest.mark.parametrize("order", orders([PAPER_V1, WITH_DOI, JOURNAL, BRIDGE]))
def test_items_that_turn_out_to_be_one_are_merged_in_every_order(
    room: Newsroom, order: tuple[tuple[str, Entry], ...], judged: int | None
) -> None:
    for position, (source, entry) in enumerate(order):
        room.shows(source, entry)
        if position == judged:
            subject = journal_read.subject_of(room.db, room.numbers()[0])
            room.says(set_rating(subject, "interp", "halves", 7), set_state(subject, State.KEPT))

    item = room.the_item()
    assert item.arxiv is not None
    assert (item.title, item.arxiv.id.version) == ("Paper 2611.99901 v2", 2)
    assert item.arxiv.categories == ("cs.LG", "stat.ML")
    assert item.identifiers == (ARXIV, f"doi:{DOI}", "url:example.org/a")
    assert item.state == ("new" if judged is None else "kept")
    assert [rating.halves for rating in item.judgement.ratings] == ([] if judged is None else [7])
    before = room.dump()
    for source, entry in order:
        assert not room.shows(source, entry).changes
    assert room.dump() == before


def test_merge_keeps_the_judged_item_and_its_number_leads_on(room: Newsroom) -> None:
    room.shows("planet", *[JOURNAL[1]])
    room.shows("arxiv", paper())
    journal_number, paper_number = room.numbers()
    room.says(
        set_rating(ARXIV, "interp", "halves", 9),
        set_tag(ARXIV, "probe", present=True),
        set_note(ARXIV, "what", "A map"),
    )

    room.shows("arxiv", paper(doi=DOI))

    item = room.the_item()
    assert item.id == paper_number
    assert items.find_number(room.db, journal_number) == paper_number
    assert item.judgement.tags == ("probe",)
    assert item.judgement.notes == {"what": "A map"}
    assert items.read_items(room.db, [journal_number]) == []


def test_merge_of_a_merge_leads_to_the_one_that_stayed(room: Newsroom) -> None:
    room.shows("blog", post("1", "One", URL))
    room.shows("blog", post("2", "Two", "https://example.org/b", doi=DOI))
    room.shows("arxiv", paper())
    one, two, three = room.numbers()
    room.shows("planet", post("x", "One", URL, doi=DOI))
    room.says(set_tag(ARXIV, "probe", present=True))

    room.shows("query", paper(doi=DOI))

    assert room.numbers() == [three]
    assert [items.find_number(room.db, number) for number in (one, two)] == [three, three]


def test_judged_pair_is_reported_once_proposed_and_never_merged(room: Newsroom) -> None:
    room.shows("planet", JOURNAL[1])
    room.shows("arxiv", paper())
    room.says(set_tag(ARXIV, "a", present=True), set_tag(f"doi:{DOI}", "b", present=True))

    first = room.shows("query", paper(doi=DOI))
    before = room.dump()
    second = room.shows("query", paper(doi=DOI))

    assert first.problems == ('items 1 and 2 look like one work: "Paper 2611.99901 v1"',)
    assert second.problems == ()
    assert [one.item for one in open_pairs(room.db, 1)] == [2]
    assert room.dump() == before
    assert len(room.numbers()) == 2


def test_row_that_is_merged_in_its_own_document_does_not_count_as_new(room: Newsroom) -> None:
    room.shows("blog", post("1", "One", URL))

    room.shows(
        "planet",
        post("2", "Two", "https://example.org/b", doi=DOI),
        post("3", "Three", URL, doi=DOI),
    )

    assert len(room.numbers()) == 1
    assert room.new == []


def test_fresh_item_that_an_old_one_turns_out_to_be_stays_in_the_queue(room: Newsroom) -> None:
    room.shows("planet", JOURNAL[1], intake="old")
    room.shows("arxiv", paper())

    room.shows("query", paper(doi=DOI))

    assert room.the_item().state == "new"


@pytest.mark.parametrize(
    "later",
    [
        post("g2", "A title", URL, "Text."),
        post("g1", "A new title", URL, "Text."),
        post("g1", "A new title", URL, "New text."),
        post("g1", "A title", "https://example.org/moved", "Text."),
        post("g1", "A title", "https://example.org/moved", "New text."),
        post("g1", "A new title", "https://example.org/moved", "Text."),
        post("g2", "A new title", URL, "Text."),
        post("g2", "A title", URL, "New text."),
        post("g1", "A TITLE", "https://example.org/moved", "New text."),
        replace(post("g1", "A title", URL, "Text."), published_at=MONDAY + timedelta(days=3)),
        post("g1", "A title", "http://www.example.org/a/?utm_source=x", "Text."),
    ],
)
def test_edited_entry_never_makes_a_second_item(room: Newsroom, later: Entry) -> None:
    room.shows("blog", post("g1", "A title", URL, "Text."))

    room.shows("blog", later)

    assert len(room.numbers()) == 1
    assert room.shows("blog", later).unchanged == 1


@pytest.mark.parametrize(
    "later",
    [
        post("g2", "A title", URL, "Text."),
        post("g1", "A title", "https://example.org/moved", "Text."),
    ],
)
def test_post_about_a_paper_is_known_by_its_own_words_though_the_item_has_those_of_arxiv(
    room: Newsroom, later: Entry
) -> None:
    room.shows("blog", post("g1", "A title", URL, "Text."))
    room.shows("arxiv", replace(paper(), url=URL))
    assert room.the_item().title == "Paper 2611.99901 v1"

    room.shows("blog", later)

    assert room.the_item().title == "Paper 2611.99901 v1"


def test_moved_entry_is_found_at_both_addresses_and_opens_the_new_one(room: Newsroom) -> None:
    room.shows("blog", post("g", "A title", URL))
    room.shows("blog", post("g", "A title", "https://example.org/moved"))

    item = room.the_item()
    assert item.url == "https://example.org/moved"
    assert item.identifiers == ("url:example.org/a", "url:example.org/moved")

    room.shows("blog", post("g", "A title", URL))
    assert room.the_item().url == URL


def test_two_posts_under_one_guid_are_two(room: Newsroom) -> None:
    room.shows("blog", post("g", "One", "https://example.org/1", "First."))
    room.shows("blog", post("g", "Two", "https://example.org/2", "Second."))

    assert len(room.numbers()) == 2


def test_changelog_with_one_address_keeps_its_entries_apart(room: Newsroom) -> None:
    room.shows("blog", post("1", "One", URL, "First."), post("2", "Two", URL, "Second."))
    room.shows("blog", post("2", "Two", URL, "Second."), post("3", "Three", URL, "Third."))
    room.shows("blog", post("3", "Three", URL, "Third."))
    room.shows("blog", post("2", "Two", URL, "Second."))

    titles = [items.read_item(room.db, number).title for number in room.numbers()]
    assert titles == ["One", "Two", "Three"]


def test_posts_that_share_guid_and_address_are_told_apart_by_their_words(room: Newsroom) -> None:
    one, two = post("g", "One", URL, "First."), post("g", "Two", URL, "Second.")
    room.shows("blog", one)
    room.shows("blog", two, one)
    before = room.dump()

    for document in ((two,), (one,), (two, one), (one, two)):
        room.shows("blog", *document)

    assert len(room.numbers()) == 2
    assert room.dump(("items", "versions")) == {t: before[t] for t in ("items", "versions")}


def test_new_post_at_an_old_shared_address_is_new(room: Newsroom) -> None:
    room.shows("blog", post("1", "One", URL, "First."))
    room.shows("blog", post("2", "Two", URL, "Second."))

    assert len(room.numbers()) == 2
    # Rewritten whole, it is still the entry that its guid names.
    room.shows("blog", post("2", "Two again", URL, "Rewritten."))
    assert [items.read_item(room.db, n).title for n in room.numbers()] == ["One", "Two again"]


PLACE = "https://example.org/news/minimal-surfaces"


@pytest.mark.parametrize(
    "later",
    [
        # The blog moved its whole domain, with permanent addresses for guids.
        replace(
            post("n", "A title", "https://new.example.com/news/minimal-surfaces", "Text."),
            published_at=None,
        ),
        # The post was given another address and another guid, at the same date.
        post("n", "A title", "https://example.org/p/77", "Text."),
        # It was moved to another section, and dated anew.
        replace(
            post("n", "A title", "https://example.org/research/minimal-surfaces", "Text."),
            published_at=MONDAY + timedelta(days=9),
        ),
    ],
)
def test_post_that_moved_with_its_guid_is_known_by_its_words(room: Newsroom, later: Entry) -> None:
    room.shows("blog", post("g", "A title", PLACE, "Text."))

    room.shows("blog", later)

    assert room.the_item().url == later.url
    assert room.shows("blog", later).unchanged == 1


@pytest.mark.parametrize(
    "other",
    [
        post("n", "A title", "https://example.org/p/77"),
        post("n", "A title", "https://example.org/p/77", "Other text."),
        replace(
            post("n", "A title", "https://example.org/p/77", "Text."),
            published_at=MONDAY + timedelta(days=7),
        ),
    ],
)
def test_post_with_other_words_or_another_date_is_another(room: Newsroom, other: Entry) -> None:
    room.shows("blog", post("g", "A title", PLACE, "Text."))

    room.shows("blog", other)

    assert len(room.numbers()) == 2


def test_same_words_at_another_source_or_beside_the_old_post_are_another(room: Newsroom) -> None:
    old = post("g", "Open thread", "https://example.org/1", "Talk here.")
    twin = post("n", "Open thread", "https://example.org/2", "Talk here.")
    room.shows("blog", old)

    room.shows("planet", twin)
    room.shows("blog", old, replace(twin, url="https://example.org/3"))

    assert len(room.numbers()) == 3


def test_post_that_stands_in_two_sections_of_a_document_is_one(room: Newsroom) -> None:
    room.shows(
        "blog",
        post("1", "A title", PLACE, "Text."),
        post("2", "A title", "https://example.org/research/minimal-surfaces", "Text."),
    )

    assert len(room.numbers()) == 1


def test_source_under_a_new_slug_shows_the_same_posts(room: Newsroom) -> None:
    def subscribe(*slugs: str) -> None:
        rows: list[sources.Row] = [
            {"slug": s, "kind": "feed", "name": s, "url": "https://example.org/f", "area": None}
            for s in slugs
        ]
        sources.sync(room.db, [], rows, MONDAY)

    subscribe("old")
    room.shows("old", post("1", "No address", None, "Text."), post("2", "With", URL, "Text."))
    subscribe("new")

    room.shows("new", post("1", "No address", None, "Text."), post("2", "With it", URL, "Text."))

    titles = [item.title for item in items.read_items(room.db, room.numbers())]
    assert titles == ["No address", "With it"]


@pytest.mark.parametrize("is_undone", [True, False])
def test_what_was_only_added_or_taken_back_is_no_judgement(
    room: Newsroom, *, is_undone: bool
) -> None:
    room.shows("planet", JOURNAL[1])
    room.shows("arxiv", paper())
    for subject in (ARXIV, f"doi:{DOI}"):
        tagged = room.says(set_tag(subject, "a", present=True))
        if is_undone:
            room.says(Statement("undo", f"act:{tagged[0].act}", {}))
            room.says(Statement("add", subject, {}), set_state(subject, State.NEW))

    room.shows("query", paper(doi=DOI))

    assert len(room.numbers()) == (1 if is_undone else 2)


def test_posts_without_a_title_are_not_alike_for_that(room: Newsroom) -> None:
    room.shows("blog", post("1", "", URL, "First."))
    room.shows("blog", post("2", "", URL, "Second."))

    assert len(room.numbers()) == 2


def test_another_source_at_the_same_address_shows_the_same_item(room: Newsroom) -> None:
    room.shows("blog", post("1", "One", URL, "First."))
    room.shows("planet", post("x", "Blog: One", URL, "First …"))

    assert room.the_item().sources == ("blog", "planet")
    assert room.the_item().title == "One"


def test_new_version_keeps_the_judgement_and_both_texts_are_remembered(room: Newsroom) -> None:
    room.shows("arxiv", paper())
    room.says(
        set_rating(ARXIV, "interp", "halves", 7),
        set_state(ARXIV, State.KEPT),
        set_note(ARXIV, "what", "A map"),
    )
    judged = room.judgements()

    room.shows("arxiv", paper(version=2, announced="replace"))

    assert room.judgements() == judged
    assert [(one.arxiv_version, one.title, one.summary) for one in list_versions(room.db, 1)] == [
        (1, "Paper 2611.99901 v1", "Abstract of 2611.99901 v1."),
        (2, "Paper 2611.99901 v2", "Abstract of 2611.99901 v2."),
    ]
    assert room.the_item().title == "Paper 2611.99901 v2"


def test_version_with_the_same_words_is_a_version(room: Newsroom) -> None:
    room.shows("arxiv", paper(title="T", summary="S."))
    room.shows("arxiv", paper(version=2, announced="replace", title="T", summary="S."))

    assert [one.arxiv_version for one in list_versions(room.db, 1)] == [1, 2]


def test_older_version_that_comes_later_changes_nothing(room: Newsroom) -> None:
    room.shows("arxiv", paper(version=2))
    before = room.dump()

    for _ in range(2):
        assert room.shows("arxiv", paper(version=1)).unchanged == 1
        assert room.shows("arxiv", paper(version=2)).unchanged == 1

    assert room.dump() == before


@pytest.mark.parametrize("order", orders([paper(), paper(version=2), paper(version=3)]))
def test_versions_in_one_document_leave_the_newest_and_settle(
    room: Newsroom, order: tuple[Entry, ...]
) -> None:
    room.shows("arxiv", *order)
    before = room.dump()
    decision = room.shows("arxiv", *order)

    assert decision.unchanged == 3
    assert room.dump() == before
    assert room.the_item().title == "Paper 2611.99901 v3"


def test_what_a_new_version_does_not_say_is_kept(room: Newsroom) -> None:
    full = replace(paper(doi=DOI), authors=(Author("Ada Example"),))
    room.shows("arxiv", full)

    bare = paper(version=2, announced="replace", title="", summary="")
    assert bare.arxiv is not None
    room.shows("arxiv", replace(bare, arxiv=replace(bare.arxiv, categories=())))

    item = room.the_item()
    assert (item.title, item.summary) == (full.title, full.summary)
    assert item.authors == full.authors
    assert item.doi == DOI
    assert item.arxiv is not None
    assert item.arxiv.categories == ("cs.LG", "stat.ML")


def test_withdrawal_that_one_document_tells_is_not_taken_back_by_another(room: Newsroom) -> None:
    gone = paper(version=2, announced=None)
    assert gone.arxiv is not None
    room.shows("query", replace(gone, arxiv=replace(gone.arxiv, withdrawn=True)))
    room.shows("arxiv", paper(version=2, announced="replace"))
    assert room.the_item().arxiv.withdrawn  # type: ignore[union-attr]

    room.shows("arxiv", paper(version=3, announced="replace"))
    assert not room.the_item().arxiv.withdrawn  # type: ignore[union-attr]


def test_paper_added_by_hand_gets_the_facts_of_arxiv_and_keeps_the_authors_title(
    room: Newsroom,
) -> None:
    typed = paper(version=None, announced=None, title="As I call it", summary="")
    room.shows("by-hand", typed, intake="old")
    room.says(set_state(ARXIV, State.NEW), set_note(ARXIV, TITLE, "As I call it"))

    room.shows("arxiv", paper())

    item = room.the_item()
    assert (item.title, item.summary) == ("Paper 2611.99901 v1", "Abstract of 2611.99901 v1.")
    assert item.judgement.notes == {TITLE: "As I call it"}
    assert item.state == "new"


def test_source_without_an_interest_still_updates_what_is_known(room: Newsroom) -> None:
    room.shows("arxiv", paper())

    room.shows("arxiv", paper(version=2), paper("2611.99902"), is_wanted=lambda _: False)

    assert room.the_item().title == "Paper 2611.99901 v2"


def test_forum_post_on_two_sites_is_one_item_and_on_another_forum_another(room: Newsroom) -> None:
    path = "posts/aBcDeFgHiJkLmNoPq/title"
    room.shows("blog", post("1", "Title", f"https://www.lesswrong.com/{path}"))
    room.shows("planet", post("2", "Title", f"https://www.alignmentforum.org/{path}"))
    assert len(room.numbers()) == 1

    room.shows("planet", post("3", "Title", f"https://forum.effectivealtruism.org/{path}"))
    assert len(room.numbers()) == 2


def test_two_papers_are_never_merged_whatever_a_post_says_of_both(room: Newsroom) -> None:
    room.shows("arxiv", paper(doi=DOI), replace(paper("2611.99902"), url=URL))

    room.shows("blog", post("g", "Paper 2611.99902 v1", URL, doi=DOI))

    assert len(room.numbers()) == 2
    assert items.read_item(room.db, 1).identifiers == (ARXIV, f"doi:{DOI}")


def dated(guid: str, day: int | None) -> Entry:
    moment = MONDAY + timedelta(days=day) if day is not None else None
    entry = post(guid, f"Post {guid}", f"https://example.org/{guid}")
    return replace(entry, published_at=moment)


@pytest.mark.parametrize(
    ("days", "queued"),
    [
        ((1, 2, 3, 4), "cd"),
        ((4, 3, 2, 1), "ab"),
        ((None, None, None, None), "ab"),
        ((4, None, 3, None), "ab"),
        ((1, None, 3, 4), "cd"),
        ((None, 4, 3, 2), "ab"),
    ],
)
def test_only_the_newest_of_a_first_load_wait_to_be_read(
    room: Newsroom, days: tuple[int | None, ...], queued: str
) -> None:
    room.shows("blog", *map(dated, "abcd", days), queue_limit=2)

    states = {item.title[-1]: item.state for item in items.read_items(room.db, room.numbers())}
    assert states == {name: "new" if name in queued else "old" for name in "abcd"}
    assert len(room.new) == 4


def test_limit_counts_the_new_items_of_its_own_document_only(room: Newsroom) -> None:
    room.shows("blog", dated("a", 9), queue_limit=1)
    room.shows("blog", dated("a", 9), dated("b", 1), dated("c", 2), queue_limit=1)

    states = [item.state for item in items.read_items(room.db, room.numbers())]
    assert states == ["new", "old", "new"]


def submitted(entry: Entry, *days: int) -> Entry:
    assert entry.arxiv is not None
    told = tuple(Submission(n, MONDAY - timedelta(days=d)) for n, d in enumerate(days, 1))
    return replace(entry, arxiv=replace(entry.arxiv, submissions=told))


def test_submissions_are_kept_though_the_archive_says_nothing_else_that_is_new(
    room: Newsroom,
) -> None:
    room.shows("arxiv", paper())
    first = room.shows("arxiv", submitted(paper(), 9))
    again = room.shows("arxiv", submitted(paper(), 9))
    room.shows("query", submitted(paper(version=2), 9, 2))

    assert (first.unchanged, again.unchanged, again.changes) == (0, 1, ())
    assert list_submissions(room.db, 1) == (
        Submission(1, MONDAY - timedelta(days=9)),
        Submission(2, MONDAY - timedelta(days=2)),
    )


def test_submissions_of_a_new_paper_are_stored_with_it(room: Newsroom) -> None:
    room.shows("arxiv", submitted(paper(), 9), submitted(paper("2611.99902"), 8))

    assert [one.at.day for one in list_submissions(room.db, 2)] == [8]


def test_unwanted_paper_leaves_no_submissions(room: Newsroom) -> None:
    room.shows("arxiv", submitted(paper(), 9), is_wanted=lambda _: False)

    assert room.dump(("items", "submissions")) == {"items": [], "submissions": []}


def test_papers_that_a_text_links_to_are_replaced_with_the_text(room: Newsroom) -> None:
    entry = post("1", "One", URL)
    room.shows("blog", replace(entry, mentions=("2611.99901", "2611.99902")))
    assert len(room.dump(("mentions",))["mentions"]) == 2

    room.shows("blog", replace(entry, summary="New words.", mentions=("2611.99903",)))
    assert room.dump(("mentions",))["mentions"] == [(1, "2611.99903")]


def test_text_that_links_to_many_papers_is_about_none_of_them(room: Newsroom) -> None:
    room.shows("blog", replace(post("1", "One", URL), mentions=("a", "b", "c")))

    assert room.dump(("mentions",))["mentions"] == []


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("Ada B. Example", ("Ada B.", "Example")),
        ("ADA  EXAMPLE", ("Ada", "Example")),
        ("A. van Example", ("Ada", "van Example")),
        ("Ada Exámple", ("Ada", "Example")),
        ("Ada Example Jr.", ("Ada", "Example")),
        ("Example Group", (None, "Example Group")),
    ],
)
def test_archive_tells_given_and_family_names_of_a_known_paper(
    room: Newsroom, stored: str, told: tuple[str | None, str]
) -> None:
    plain = replace(paper(), authors=(Author(stored), Author("Ben Sample")))
    parted = replace(paper(), authors=(Author("x", *told), Author("Ben Sample", "Ben", "Sample")))
    room.shows("arxiv", plain)
    before = room.dump(("sightings", "versions", "identifiers"))

    assert apply_author_names(room.db, [parted]) == 1
    assert apply_author_names(room.db, [parted]) == 0

    assert room.the_item().authors == (
        Author(stored, *told),
        Author("Ben Sample", "Ben", "Sample"),
    )
    assert room.dump(tuple(before)) == before
    assert not room.shows("arxiv", plain).changes


@pytest.mark.parametrize(
    "told",
    [
        (Author("Ada Example", "Ada", "Example"),),
        (Author("Ada Other", "Ada", "Other"), Author("Ben Sample", "Ben", "Sample")),
        (Author("Ben Sample", "Ben", "Sample"), Author("Ada Example", "Ada", "Example")),
    ],
)
def test_names_that_do_not_agree_are_left_as_they_are(
    room: Newsroom, told: tuple[Author, ...]
) -> None:
    known = (Author("Ada Example"), Author("Ben Sample"))
    room.shows("arxiv", replace(paper(), authors=known))

    assert apply_author_names(room.db, [replace(paper(), authors=told)]) == 0
    assert apply_author_names(room.db, [replace(paper("2611.99902"), authors=told)]) == 0
    assert room.the_item().authors == known


# A small world: works that sources show, each source in words of its own that do not change.
_guids = st.sampled_from("abcd")
_titles = st.sampled_from(["", "One", "Two", "Three"])
_urls = st.sampled_from(
    [None, *(f"https://example.org/{n}" for n in "12"), "https://arxiv.org/abs/2611.99901v2"]
)
_dois = st.sampled_from([None, None, DOI, "10.48550/arXiv.2611.99902"])
_posts = st.builds(post, _guids, _titles, _urls, _titles, _dois)
_papers = st.builds(
    paper,
    st.sampled_from(["2611.99901", "2611.99902"]),
    st.integers(1, 3),
    doi=st.sampled_from([None, None, DOI]),
)


@st.composite
def documents(draw: st.DrawFn) -> list[tuple[str, tuple[Entry, ...]]]:
    """Draw documents of some sources; under one guid a source always says the same."""
    world: dict[str, list[Entry]] = {}
    for source in ("blog", "planet"):
        shown = draw(st.lists(_posts, max_size=5, unique_by=lambda entry: entry.guid))
        world[source] = shown
    papers = draw(
        st.lists(
            _papers,
            max_size=4,
            unique_by=lambda e: (e.guid, e.arxiv.id.version if e.arxiv else 0),
        )
    )
    world |= {"arxiv": papers, "query": papers}
    chosen = st.sampled_from(sorted(source for source in world if world[source]) or ["blog"])
    issues = []
    for _ in range(draw(st.integers(1, 6))):
        source = draw(chosen)
        shown = world[source]
        entries = draw(st.lists(st.sampled_from(shown), max_size=5)) if shown else []
        issues.append((source, tuple(entries)))
    return issues


def redone(entry: Entry, salt: int) -> Entry:
    """Change what feeds change without saying anything new."""
    url = f"{entry.url}{'&' if '?' in entry.url else '?'}utm_source={salt}" if entry.url else None
    facts = entry.arxiv and replace(
        entry.arxiv, announce_type=("new", "cross", "replace", None)[salt % 4]
    )
    moment = MONDAY + timedelta(days=salt)
    return replace(entry, url=url, arxiv=facts, published_at=moment, updated_at=moment)


@settings(max_examples=125, deadline=None)
@given(world=documents(), salt=st.integers(0, 100))
def test_second_fetch_of_the_same_documents_changes_nothing(
    world: list[tuple[str, tuple[Entry, ...]]], salt: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        decisions = [room.shows(source, *entries) for source, entries in world]
        if any(isinstance(change, FactsChanged) for one in decisions for change in one.changes):
            # A later document gave an item another title, and by that it may be what an earlier
            # document showed: the next fetch of that one finds it.
            for source, entries in world:
                room.shows(source, *entries)
        before = room.dump()
        for source, entries in world:
            decision = room.shows(source, *(redone(entry, salt) for entry in entries))
            assert decision.changes == ()
            assert decision.unchanged == len(entries)
        assert room.dump() == before


@settings(max_examples=75, deadline=None)
@given(world=documents(), shuffled=st.randoms())
def test_documents_in_another_order_settle_after_one_more_round(
    world: list[tuple[str, tuple[Entry, ...]]], shuffled: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        for source, entries in world:
            room.shows(source, *entries)
        known = room.numbers()
        again = list(world)
        shuffled.shuffle(again)
        for source, entries in again:
            room.shows(source, *entries)
        assert room.numbers() == known
        before = room.dump()
        for source, entries in again:
            assert room.shows(source, *entries).changes == ()
        assert room.dump() == before


@settings(max_examples=50, deadline=None)
@given(world=documents(), where=st.integers(0, 5))
@example(world=[("arxiv", (paper(),)), ("arxiv", (paper(version=2),))], where=0)
def test_no_document_changes_what_the_author_said(
    world: list[tuple[str, tuple[Entry, ...]]], where: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        subject = None
        for position, (source, entries) in enumerate(world):
            room.shows(source, *entries)
            if position == where and room.numbers():
                subject = journal_read.subject_of(room.db, room.numbers()[0])
                room.says(
                    set_rating(subject, "interp", "halves", 7),
                    set_state(subject, State.KEPT),
                    set_note(subject, "what", "A map"),
                )
        if subject is not None:
            (number,) = journal_read.items_of(room.db, [subject])
            item = items.read_item(room.db, number)
            assert item.state == "kept"
            assert item.judgement.notes == {"what": "A map"}
            assert [rating.halves for rating in item.judgement.ratings] == [7]
        drawn = room.judgements()
        projection.rebuild(room.db)
        assert room.judgements() == drawn
