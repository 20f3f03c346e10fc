"""Works that an older version stored get the names of today beside those that they have."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.commands.merge import merge, split
from papertrack.core.identifier import Identifier
from papertrack.core.judging.journal import Statement, set_tag
from papertrack.core.works import ingest
from papertrack.core.works.identity import canonical_url
from papertrack.core.works.prepare import Incoming, prepare_entry
from papertrack.storage import journal_read, sources
from papertrack.storage.database import transaction, unfinished_upgrades
from papertrack.storage.ingest import add_names, apply_changes, find_known
from papertrack.storage.pairs import open_pairs
from papertrack.storage.projection import rebuild
from tests.storage.newsroom import CONTENT, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.records import Entry

VIDEO, SHARED = "https://www.youtube.com/watch?v=ZZabc_ef-01", "https://youtu.be/ZZabc_ef-01"
DOI = "10.5555/example.1"
FULL, ABSTRACT = f"https://dl.acm.org/doi/full/{DOI}", f"https://dl.acm.org/doi/abs/{DOI}"
TABLES = (*CONTENT, "merges", "issues", "issue_items")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def shows_as_before(room: Newsroom, source: str, *entries: Entry) -> None:
    """Take a document in as schema 9 did, which knew a page by its own address alone."""
    incoming = [
        Incoming(
            entry,
            (Identifier("url", str(canonical_url(entry.url or ""))),),
            prepare_entry(entry),
        )
        for entry in entries
    ]
    with transaction(room.db):
        source_id = sources.source_ids(room.db)[source]
        known = find_known(room.db, source_id, incoming)
        decision = ingest.decide(known, incoming, source=source, is_wanted=lambda _: True)
        apply_changes(room.db, decision.changes, source_id=source_id, now=room.now)


def two(room: Newsroom, one: str = VIDEO, other: str = SHARED) -> None:
    shows_as_before(room, "blog", post("b", "A talk", one, "On circuits."))
    shows_as_before(room, "planet", post("p", "The talk", other, "Of circuits."))
    room.db.execute("INSERT INTO meta VALUES ('names', 'due')")


def tag(url: str, word: str = "a") -> Statement:
    return set_tag(f"url:{canonical_url(url)}", word, present=True)


def assert_drawn(room: Newsroom) -> None:
    """Drawing everything from the journal anew gives the same tables."""
    before = room.dump(TABLES), room.judgements()
    rebuild(room.db)
    assert (room.dump(TABLES), room.judgements()) == before


def without(dump: dict[str, list[Any]], *tables: str) -> dict[str, list[Any]]:
    return {table: rows for table, rows in dump.items() if table not in tables}


def test_names_are_added_and_none_is_dropped(room: Newsroom) -> None:
    shows_as_before(room, "blog", post("b", "A paper", FULL))
    room.says(tag(FULL))
    room.db.execute("INSERT INTO meta VALUES ('names', 'due')")
    before, events = room.dump(TABLES), room.dump(["events"])

    add_names(room.db, room.now)

    after = room.dump(TABLES)
    assert set(after["identifiers"]) - set(before["identifiers"]) == {("doi", DOI, 1, 1)}
    assert set(before["identifiers"]) <= set(after["identifiers"])
    assert without(after, "identifiers") == without(before, "identifiers")
    assert room.dump(["events"]) == events
    assert "names" not in unfinished_upgrades(room.db)
    assert_drawn(room)


@pytest.mark.parametrize("judged", [(), (VIDEO,), (SHARED,), (VIDEO, SHARED)])
def test_two_that_meet_are_proposed_and_stay_as_they_are(
    room: Newsroom, judged: tuple[str, ...]
) -> None:
    two(room)
    for url in judged:
        room.says(tag(url, url))
    before = room.dump(TABLES)

    add_names(room.db, room.now)

    proposed = room.dump(TABLES)
    assert without(proposed, "pairs") == without(before, "pairs")
    assert [(one.item, one.reason) for one in open_pairs(room.db, 1)] == [
        (2, "their addresses name one work")
    ]
    assert_drawn(room)

    merge(room.db, ["1", "2"], room.now)
    assert room.the_item().judgement.tags == tuple(sorted(judged))
    split(room.db, "1", "2", room.now)
    assert without(room.dump(TABLES), "pairs", "merges") == without(before, "pairs", "merges")
    assert_drawn(room)


@pytest.mark.parametrize(
    ("judged", "stay"),
    [((), [1]), ((VIDEO,), [1]), ((SHARED,), [2]), ((VIDEO, SHARED), [1, 2])],
)
def test_next_fetch_merges_what_met_unless_both_were_judged(
    room: Newsroom, judged: tuple[str, ...], stay: list[int]
) -> None:
    two(room)
    for url in judged:
        room.says(tag(url, url))
    add_names(room.db, room.now)
    before, said = room.dump(TABLES), room.judgements()
    shown = [("blog", post("b", "A talk", VIDEO, "On circuits."))]
    shown += [("planet", post("p", "The talk", SHARED, "Of circuits."))]

    for source, entry in shown:
        room.shows(source, entry)
    assert room.numbers() == stay
    assert_drawn(room)

    once = room.dump(TABLES)
    for source, entry in shown:
        assert room.shows(source, entry).changes == ()
    assert room.dump(TABLES) == once
    if len(stay) == 1:
        split(room.db, str(stay[0]), None, room.now)
    assert without(room.dump(TABLES), "pairs", "merges") == without(before, "pairs", "merges")
    assert room.judgements() == said


def test_two_that_the_author_keeps_apart_stay_apart(room: Newsroom) -> None:
    two(room)
    split(room.db, "1", "2", room.now)
    before = room.dump(TABLES)

    add_names(room.db, room.now)

    assert room.dump(TABLES) == before
    assert open_pairs(room.db, 1) == []


def test_two_papers_on_arxiv_are_two_whatever_doi_they_name(room: Newsroom) -> None:
    room.shows("arxiv", paper(), paper("2611.99902"))
    for number, url in ((1, FULL), (2, ABSTRACT)):
        name = canonical_url(url)
        room.db.execute("INSERT INTO identifiers VALUES ('url', ?, ?, ?)", [name, number, number])

    add_names(room.db, room.now)

    assert room.numbers() == [1, 2]
    assert open_pairs(room.db, 1) == []


def test_what_was_said_elsewhere_of_a_name_holds_once_an_item_has_it(room: Newsroom) -> None:
    shows_as_before(room, "blog", post("b", "A paper", FULL))
    room.says(set_tag(f"doi:{DOI}", "elsewhere", present=True))

    add_names(room.db, room.now)

    assert room.the_item().judgement.tags == ("elsewhere",)
    assert_drawn(room)


def test_journal_calls_a_work_by_the_address_that_stands_for_all_others(room: Newsroom) -> None:
    url = "https://old.reddit.com/r/madeup/comments/zz9901/a_title/"
    shows_as_before(room, "blog", post("b", "A thread", url))
    assert journal_read.subject_of(room.db, 1) == f"url:{canonical_url(url)}"

    add_names(room.db, room.now)

    assert journal_read.subject_of(room.db, 1) == "url:reddit.com/comments/zz9901"


_ADDRESSES = (
    *(VIDEO, SHARED, FULL, ABSTRACT, f"https://doi.org/{DOI}", "https://example.org/a"),
    *("https://x.com/a/status/99", "https://nitter.net/b/status/99", "https://x.com/a/status/98"),
    *("https://papers.cool/arxiv/2611.99901", "https://scirate.com/arxiv/2611.99901"),
    *("https://github.com/A/b", "https://github.com/a/b.git", "https://github.com/a/b/issues/1"),
)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(_ADDRESSES), unique=True, min_size=2),
    st.sets(st.sampled_from(_ADDRESSES)),
    st.lists(st.sampled_from(["blog", "planet", "query"]), min_size=20, max_size=20),
)
def test_upgrade_loses_nothing_whatever_was_stored_and_judged(
    shown: list[str], judged: set[str], by: list[str]
) -> None:
    with TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        for place, url in enumerate(shown):
            shows_as_before(room, by[place], post(url, f"Title {place}", url, f"Text {place}."))
        marked = [url for url in shown if url in judged]
        for url in marked:
            room.says(tag(url, f"tag-of-{shown.index(url)}"))
        before, events = room.dump(TABLES), room.dump(["events"])

        add_names(room.db, room.now)
        add_names(room.db, room.now)  # as after a crash

        assert room.dump(["events"]) == events
        assert {(*row[:2], row[3]) for row in before["identifiers"]} <= {
            (*row[:2], row[3]) for row in room.dump()["identifiers"]
        }
        for url in marked:
            name = str(canonical_url(url))
            tags = room.db.execute(
                """SELECT tag FROM tags WHERE item_id =
                     (SELECT item_id FROM identifiers WHERE scheme = 'url' AND value = ?)""",
                [name],
            ).fetchall()
            assert f"tag-of-{shown.index(url)}" in {row[0] for row in tags}
        assert len(room.dump()["items"]) == len(before["items"])
        assert_drawn(room)
