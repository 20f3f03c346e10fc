"""Items found and read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.core.dates import Window
from papertrack.core.identifier import Identifier
from papertrack.core.judging.journal import set_rating, set_state, set_tag
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Author, Rating
from papertrack.storage import items
from papertrack.storage.items import Filter
from papertrack.storage.versions import list_versions
from tests.storage.newsroom import MONDAY, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://example.org/a"
PAPER, POST = "arxiv:2611.99901", "url:example.org/a"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """Two papers of one document, then a post: items 1, 2 and 3."""
    with newsroom(tmp_path) as room:
        room.shows("arxiv", paper(), paper("2611.99902"))
        room.shows("blog", post("g", "A post", URL, "Text."))
        yield room


def test_item_is_found_by_the_first_name_that_is_known(room: Newsroom) -> None:
    names = [Identifier("doi", "10.5555/x"), Identifier("url", "example.org/a")]

    assert items.find_item(room.db, names) == 3
    assert items.find_item(room.db, [*reversed(names), Identifier("arxiv", "2611.99901")]) == 3
    assert items.find_item(room.db, names[:1]) is None
    assert items.find_item(room.db, []) is None


def test_number_leads_to_its_item(room: Newsroom) -> None:
    assert items.find_number(room.db, 2) == 2
    assert items.find_number(room.db, 9) is None


def test_newest_come_first_and_a_document_keeps_its_order(room: Newsroom) -> None:
    assert items.list_numbers(room.db, Filter()) == [3, 1, 2]
    assert items.list_numbers(room.db, Filter(), newest_first=False) == [1, 2, 3]
    assert items.list_numbers(room.db, Filter(), limit=2) == [3, 1]


def test_filters_are_all_of_them_fulfilled(room: Newsroom) -> None:
    room.says(set_rating(PAPER, "interp", "halves", 6), set_state(PAPER, State.KEPT))
    room.says(set_tag(POST, "toy", present=True), set_state(POST, State.REJECTED))

    def listed(**chosen: object) -> list[int]:
        return items.list_numbers(room.db, Filter(**chosen))  # type: ignore[arg-type]

    assert listed(states=(State.NEW,)) == [2]
    assert listed(states=(State.KEPT, State.REJECTED)) == [3, 1]
    assert listed(area="interp") == [1]
    assert listed(tag="toy") == [3]
    assert listed(source="arxiv") == [1, 2]
    assert listed(source="nobody") == []
    assert listed(since=MONDAY + timedelta(minutes=2)) == [3]
    assert listed(source="arxiv", states=(State.NEW,)) == [2]


def test_merged_items_are_listed_and_read_nowhere(room: Newsroom) -> None:
    room.shows("query", post("x", "A post", URL, doi="10.48550/arXiv.2611.99901"))

    assert items.list_numbers(room.db, Filter()) == [1, 2]
    assert items.read_items(room.db, [3]) == []
    with pytest.raises(LookupError):
        items.read_item(room.db, 3)


def test_items_are_read_in_the_order_asked_for(room: Newsroom) -> None:
    assert [item.id for item in items.read_items(room.db, [3, 9, 1])] == [3, 1]
    assert items.read_items(room.db, []) == []


def test_unknown_number_is_a_lookup_error(room: Newsroom) -> None:
    with pytest.raises(LookupError):
        items.read_item(room.db, 9)


def test_item_is_read_whole(room: Newsroom) -> None:
    group = replace(
        post("h", "Full", f"{URL}/b", "T."), authors=(Author("A B", "A", "B"), Author("C"))
    )
    room.shows("blog", group)
    room.shows("planet", replace(group, guid="p"))
    room.says(set_rating(f"{POST}/b", "interp", "remark", "thin"))
    room.says(
        set_rating(f"{POST}/b", "attacks", "halves", 3), set_tag(f"{POST}/b", "t", present=True)
    )

    item = items.read_item(room.db, 4)

    assert (item.kind, item.authors, item.sources) == (Kind.POST, group.authors, ("blog", "planet"))
    assert item.published_at == MONDAY
    assert item.first_seen_at == MONDAY + timedelta(minutes=3)
    assert item.arxiv is None
    assert item.judgement.state == State.NEW
    assert item.judgement.ratings == (
        Rating("interp", remark="thin"),
        Rating("attacks", halves=3, rated_at=MONDAY + timedelta(minutes=6)),
    )


def test_draft_takes_what_was_kept_in_its_window_and_never_published(room: Newsroom) -> None:
    first, second = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)
    room.says(set_state(PAPER, State.KEPT), at=first)
    room.says(set_state(POST, State.KEPT), at=second)
    room.says(set_state("arxiv:2611.99902", State.REJECTED), at=second + timedelta(minutes=1))
    hour = timedelta(hours=1)

    assert items.judged_numbers(room.db, Window(first, second + hour)) == [1, 3]
    assert items.judged_numbers(room.db, Window(first, second)) == [1]
    assert items.judged_numbers(room.db, Window(second, second + hour)) == [3]
    assert items.count_kept_before(room.db, second) == 1

    room.db.execute(
        "INSERT INTO issues (slug, title, date, published_at, text, text_hash) "
        "VALUES ('2026-W47', '', '', '', '', x'00')"
    )
    room.db.execute(
        "INSERT INTO issue_items (issue, item_id, area, position) "
        "VALUES ('2026-W47', 1, 'interp', 1)"
    )
    assert items.judged_numbers(room.db, Window(first, second + hour)) == [3]
    assert items.count_kept_before(room.db, second) == 0


def test_arrivals_are_counted_while_nobody_judged_them(room: Newsroom) -> None:
    assert items.count_new_since(room.db, MONDAY) == 3
    assert items.count_new_since(room.db, MONDAY + timedelta(minutes=1)) == 1
    room.says(set_state(POST, State.LATER))
    assert items.count_new_since(room.db, MONDAY + timedelta(minutes=1)) == 0


def test_versions_are_listed_oldest_first(room: Newsroom) -> None:
    room.shows("blog", post("g", "A better post", URL, "Text."))

    assert [(one.arxiv_version, one.title) for one in list_versions(room.db, 3)] == [
        (None, "A post"),
        (None, "A better post"),
    ]
