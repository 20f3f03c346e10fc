"""What a document changes, decided without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.core.identifier import Identifier
from papertrack.core.records import ArxivId, Author, Entry
from papertrack.core.works.ingest import (
    SHARED_NAME,
    Decision,
    FactsChanged,
    IngestState,
    MergedWorks,
    NewItem,
    PossibleDuplicate,
    Sighting,
    Snapshot,
    decide,
)
from papertrack.core.works.prepare import content_hash, prepare, prepare_entry
from tests.storage.newsroom import MONDAY, paper, post

if TYPE_CHECKING:
    from collections.abc import Sequence

URL = "https://example.org/a"


def decided(
    known: IngestState, *entries: Entry, source: str = "blog", wanted: bool = True
) -> Decision:
    return decide(known, prepare(entries, source), source=source, is_wanted=lambda _: wanted)


def identify_all(entries: Sequence[Entry], source: str) -> list[tuple[Identifier, ...]]:
    return [one.names for one in prepare(entries, source)]


def known_item(
    key: int = 1, *, names: tuple[str, ...] = (), judged: bool = False, origin: str | None = "blog"
) -> IngestState:
    """Know of one item that nobody has shown under a guid."""
    owners = {Identifier(*name.split(":", 1)): key for name in names}
    item = Snapshot(
        id=key,
        title="A title",
        summary="A text.",
        origin=origin,
        from_arxiv=False,
        arxiv_version=None,
        judged=judged,
    )
    return IngestState(owners=owners, items={key: item})


def test_unknown_entry_becomes_an_item_that_was_seen_once() -> None:
    entry = post("g", "A title", URL)

    decision = decided(IngestState(), entry)

    name = (Identifier("url", "example.org/a"),)
    assert decision.changes == (
        NewItem(-1, entry, name, prepare_entry(entry)),
        Sighting(-1, "g", URL, content_hash(entry), name),
    )
    assert (decision.unchanged, decision.problems) == (0, ())


def test_entry_that_stands_twice_in_a_document_is_one_item() -> None:
    entry = post("g", "A title", URL)

    decision = decided(IngestState(), entry, entry)

    assert [type(change) for change in decision.changes] == [NewItem, Sighting]
    assert decision.changes[0].identifiers == (Identifier("url", "example.org/a"),)  # type: ignore[union-attr]
    assert decision.unchanged == 1


def test_address_shared_within_a_document_names_none_of_its_entries() -> None:
    names = identify_all([post("1", "One", URL), post("2", "Two", URL)], "blog")

    assert names == [(Identifier("guid", "blog 1"),), (Identifier("guid", "blog 2"),)]


def test_doi_in_a_shared_address_names_none_of_its_entries_but_the_one_that_gives_it() -> None:
    url = "https://dl.acm.org/doi/proceedings/10.5555/9.9"
    one, other = post("1", "One", url), post("2", "Two", url)

    names = identify_all([one, other], "toc")
    given = identify_all(
        [one, other, replace(one, guid="3", title="All", doi="10.5555/9.9")], "toc"
    )

    assert names == [(Identifier("guid", "toc 1"),), (Identifier("guid", "toc 2"),)]
    assert given == [*names, (Identifier("doi", "10.5555/9.9"),)]


def test_guid_shared_within_a_document_is_told_apart_by_the_title() -> None:
    one, other = identify_all([post("1", "One", URL), post("1", "Two", URL)], "blog")

    assert one != other
    assert one[0].scheme == other[0].scheme == "guid"


def test_address_of_a_paper_may_be_shared() -> None:
    url = "https://arxiv.org/abs/2611.99901"

    names = identify_all([post("1", "One", url), post("2", "Two", url)], "blog")

    assert names == [(Identifier("arxiv", "2611.99901"),)] * 2


@pytest.mark.parametrize("announced", ["replace", "replace-cross"])
def test_replacement_of_an_unknown_paper_is_not_taken(announced: str) -> None:
    decision = decided(IngestState(), paper(announced=announced, version=2), source="arxiv")

    assert decision == Decision((), 0)


@pytest.mark.parametrize("announced", ["new", "cross", None])
def test_announced_paper_is_taken(announced: str | None) -> None:
    assert len(decided(IngestState(), paper(announced=announced)).changes) == 2


def test_unwanted_entry_is_not_taken() -> None:
    assert decided(IngestState(), post("g", "A title", URL), wanted=False) == Decision((), 0)


def test_unwanted_entry_still_updates_a_known_item() -> None:
    known = known_item(names=("url:example.org/a",))
    entry = post("g", "A better title", URL)

    changes = decided(known, entry, wanted=False).changes

    assert changes == (
        Sighting(1, "g", URL, content_hash(entry), ()),
        FactsChanged(1, entry, is_version=True),
    )


def test_another_source_is_noted_but_does_not_reword() -> None:
    known = known_item(names=("url:example.org/a",), origin="planet")
    entry = post("g", "Another title", URL)

    assert decided(known, entry).changes == (Sighting(1, "g", URL, content_hash(entry), ()),)


def test_any_source_may_tell_the_title_of_an_item_that_has_none() -> None:
    known = known_item(names=("url:example.org/a",), origin="by-hand")
    known.items[1] = replace(known.items[1], title="", summary="")

    decision = decided(known, post("g", "Another title", URL))

    assert [type(change) for change in decision.changes] == [Sighting, FactsChanged]


def test_arxiv_speaks_for_its_paper_whoever_showed_it_first() -> None:
    known = known_item(names=("arxiv:2611.99901",), origin="planet")
    entry = paper()

    assert decided(known, entry, source="arxiv").changes[1] == FactsChanged(
        1, entry, is_version=True
    )


def test_words_that_only_change_in_authors_make_no_version() -> None:
    known = known_item(names=("url:example.org/a",))
    entry = replace(post("g", "A title", URL, "A text."), authors=(Author("Example A"),))

    assert decided(known, entry).changes[1] == FactsChanged(1, entry, is_version=False)


def test_entry_without_a_title_does_not_take_the_title_away() -> None:
    known = known_item(names=("url:example.org/a",))

    changes = decided(known, post("g", "", URL, "Other text.")).changes

    assert [type(change) for change in changes] == [Sighting]


def test_two_items_that_one_entry_names_are_merged_into_the_older() -> None:
    known = known_item(1, names=("url:example.org/a",))
    other = known_item(2, names=("doi:10.5555/x",))
    known.owners |= other.owners
    known.items |= other.items
    entry = post("g", "A title", URL, "A text.", doi="10.5555/x")

    decision = decided(known, entry)

    assert decision.changes[0] == MergedWorks(1, 2)
    assert {known.head(key) for key in known.owners.values()} == {1}


def test_two_judged_items_are_reported_and_left_alone() -> None:
    known = known_item(1, names=("url:example.org/a",), judged=True)
    other = known_item(2, names=("doi:10.5555/x",), judged=True)
    known.owners |= other.owners
    known.items |= other.items
    entry = post("g", "A title", URL, "A text.", doi="10.5555/x")

    decision = decided(known, entry)

    assert decision.problems == ('items 1 and 2 look like one work: "A title"',)
    assert decision.changes[0] == PossibleDuplicate(1, 2, SHARED_NAME)
    assert not any(isinstance(change, MergedWorks) for change in decision.changes)
    assert decided(known, replace(entry, guid="h")).problems == ()


def test_two_items_that_the_author_said_are_two_are_left_alone_without_a_word() -> None:
    known = known_item(1, names=("url:example.org/a",))
    other = known_item(2, names=("doi:10.5555/x",))
    known.owners |= other.owners
    known.items |= other.items
    known.pairs[1, 2] = "apart"
    entry = post("g", "A title", URL, "A text.", doi="10.5555/x")

    decision = decided(known, entry)

    # The entry speaks for the item of the name that is trusted most.
    assert decision.changes[0] == Sighting(2, "g", URL, content_hash(entry), ())
    assert decision.problems == ()


def test_second_paper_under_the_doi_of_another_is_taken() -> None:
    known = known_item(names=("arxiv:2611.99901", "doi:10.5555/x"))
    entry = paper("2611.99902", doi="10.5555/x")

    changes = decided(known, entry, source="arxiv").changes

    assert changes[0] == NewItem(
        -1, entry, (Identifier("arxiv", "2611.99902"),), prepare_entry(entry)
    )


def test_hash_leaves_out_what_feeds_change_without_saying_anything() -> None:
    entry = paper()
    assert entry.arxiv is not None
    redated = replace(
        entry,
        guid="another",
        url=f"{entry.url}?utm_source=rss",
        published_at=MONDAY + timedelta(days=1),
        updated_at=MONDAY,
        arxiv=replace(entry.arxiv, announce_type="cross", categories=("stat.ML", "cs.LG")),
    )

    assert content_hash(redated) == content_hash(entry)


@pytest.mark.parametrize(
    "other",
    [
        replace(paper(), title="Another"),
        replace(paper(), summary="Another."),
        replace(paper(), authors=(Author("Example A"),)),
        replace(paper(), url="https://example.org/b"),
        replace(paper(), doi="10.5555/y"),
        replace(paper(), arxiv=None),
        paper(version=2, title="Paper 2611.99901 v1", summary="Abstract of 2611.99901 v1."),
    ],
)
def test_hash_changes_with_what_is_said(other: Entry) -> None:
    assert content_hash(other) != content_hash(paper())


_texts = st.sampled_from(["", "One", "Two", "Three"])
_entries = st.builds(
    post,
    st.sampled_from("abc"),
    _texts,
    st.one_of(st.none(), st.sampled_from(["https://example.org/1", "https://example.org/2"])),
    _texts,
    st.one_of(st.none(), st.sampled_from(["10.5555/x", "10.48550/arXiv.2611.99901"])),
)
_papers = st.builds(
    paper,
    st.sampled_from(["2611.99901", "2611.99902"]),
    st.sampled_from([None, 1, 2, 3]),
    announced=st.sampled_from(["new", "replace", None]),
    doi=st.one_of(st.none(), st.just("10.5555/x")),
)


@given(st.lists(st.one_of(_entries, _papers), max_size=8))
def test_any_document_names_each_entry_and_gives_no_name_to_two_new_items(
    entries: list[Entry],
) -> None:
    names = identify_all(entries, "blog")
    decision = decided(IngestState(), *entries)

    given_out = [
        name
        for change in decision.changes
        if isinstance(change, Sighting)
        for name in change.identifiers
    ]
    assert all(names)
    assert len(given_out) == len(set(given_out))
    assert decision.problems == ()


def test_version_that_is_not_named_is_the_first() -> None:
    unversioned = replace(paper(version=None), guid="oai:arXiv.org:2611.99901")

    decision = decided(IngestState(), paper(version=2), unversioned, source="arxiv")

    assert unversioned.arxiv is not None
    assert unversioned.arxiv.id == ArxivId("2611.99901")
    alone = decided(IngestState(), paper(version=2), source="arxiv")
    assert (decision.changes, decision.unchanged) == (alone.changes, 1)


ENTRIES = st.builds(
    post,
    st.sampled_from("abcdefgh"),
    st.sampled_from(["", "One title", "Another"]),
    st.sampled_from([None, *(f"https://example.org/{n}" for n in range(8))]),
    st.sampled_from(["", "One text.", "Another text."]),
)
PAPERS = st.builds(
    paper, st.sampled_from(["2611.99901", "2611.99902"]), announced=st.sampled_from(["new", None])
)


@given(entries=st.lists(ENTRIES | PAPERS, max_size=5), is_wanted=st.booleans())
def test_a_first_document_is_decided_as_if_something_were_known(
    entries: list[Entry], *, is_wanted: bool
) -> None:
    elsewhere = IngestState(owners={Identifier("url", "example.net/elsewhere"): 7})

    quick, slow = (
        decided(known, *entries, wanted=is_wanted) for known in (IngestState(), elsewhere)
    )

    assert quick.changes == slow.changes
