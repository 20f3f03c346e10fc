"""Searches of arXiv: every page, nothing skipped, whatever the API sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.arxiv_documents import api_page
from tests.arxiv_server import EMPTY_PAGE, WEB_PAGE, ArxivServer, Fault, Preprint
from tests.commands.subscribed import subscribe, subscribe_to_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.author import Author
    from tests.servers import RecordedRequest

COUNT = "SELECT count(*) FROM items"
REACHED = "SELECT reached FROM harvests WHERE name = 'query'"


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer() as server:
        yield server


def preprints(count: int, *, first: int = 0, day: int = 18) -> list[Preprint]:
    submitted = datetime(2026, 11, day, 9, tzinfo=UTC)
    return [
        Preprint(
            f"2611.{90000 + number}",
            f"Circuits, part {number}",
            (submitted - timedelta(minutes=number),),
        )
        for number in range(first, first + count)
    ]


def asked(arxiv: ArxivServer) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(request.path).query) for request in arxiv.asked("api")]


def pages(arxiv: ArxivServer) -> list[tuple[int, int]]:
    return [(int(one["start"][0]), int(one["max_results"][0])) for one in asked(arxiv)]


def test_paging_ends_with_what_was_announced(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(450))

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: 450 new\n")
    assert pages(arxiv) == [(0, 200), (200, 200), (400, 200)]


def test_the_next_search_overlaps_by_three_weeks(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(3))
    author.types("fetch")
    author.now += timedelta(days=5)
    # Held by moderators: submitted two weeks ago, there since today.
    arxiv.hold(*preprints(1, first=500, day=11))

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: 1 new\n"
    query = asked(arxiv)[-1]["search_query"][0]
    assert query == '(all:"circuits" AND submittedDate:[202610300000 TO 202611252359])'


def test_a_short_page_is_asked_for_three_times_more(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(250))
    arxiv.fails(Fault(keep=150), service="api", times=3)

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: 250 new\n")
    assert pages(arxiv) == [(0, 200)] * 4 + [(200, 200)]


def test_a_page_that_stays_short_does_not_move_the_watermark(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(250))
    arxiv.fails(Fault(keep=150), service="api", when=lambda one: "start=0" in one.path, times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.err == (
        "search: failed: arXiv left out 50 of 250 papers that it announced; "
        "fetch again later; no paper is skipped\n"
    )
    assert author.rows(COUNT) == [(200,)]  # what came is kept
    assert author.rows(REACHED) == []


def test_an_empty_page_in_the_middle_loses_nothing(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(450))
    arxiv.fails(EMPTY_PAGE, service="api", when=lambda one: "start=200" in one.path, times=2)

    assert author.types("fetch").out == "fetched 1 source: 450 new\n"


def test_nothing_at_all_is_not_believed_where_something_was(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(3))
    author.types("fetch")
    reached = author.rows(REACHED)
    arxiv.fails(Fault(keep=0, total=0), service="api", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert "arXiv finds nothing where it found papers before" in printed.err
    assert len(arxiv.asked("api")) == 1 + 4
    assert author.rows(REACHED) == reached


def test_a_rare_search_that_finds_nothing_is_quiet(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: nothing new\n")
    assert len(arxiv.asked("api")) == 1


def test_a_page_on_which_the_server_fails_is_halved(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(250))
    arxiv.fails(
        Fault(status=500), service="api", when=lambda one: "max_results=200" in one.path, times=None
    )

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: 250 new\n"
    assert pages(arxiv) == [(0, 200), (0, 100), (100, 100), (200, 100)]


def test_a_server_that_fails_on_every_page_is_left_alone(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.fails(Fault(status=500), service="api", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.err == "search: failed: HTTP 500; try again later\n"
    assert [size for _, size in pages(arxiv)] == [200, 100, 50, 25]


@pytest.mark.parametrize("fault", [WEB_PAGE, Fault(status=200, body=b"Rate exceeded.")])
def test_what_is_no_answer_is_no_paper(author: Author, arxiv: ArxivServer, fault: Fault) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.fails(fault, service="api", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.err.startswith("search: failed: ")
    assert author.rows(COUNT) == [(0,)]


def test_an_error_entry_is_never_stored(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, sources='[[sources]]\nslug = "q"\nkind = "arxiv-query"\nall = ["x"]\n')
    error = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title><entry>'
        "<id>https://arxiv.org/api/errors#unbalanced</id><title>Error</title>"
        "<summary>unbalanced parentheses</summary></entry></feed>"
    )
    arxiv.fails(Fault(body=error.encode()), service="api", times=None)

    printed = author.types("fetch")

    assert printed.err.startswith("q: failed: arXiv says: unbalanced parentheses")
    assert author.rows(COUNT) == [(0,)]


def test_a_search_in_arxivs_own_words_is_sent_as_it_is(author: Author, arxiv: ArxivServer) -> None:
    raw = '(ti:"circuits" OR abs:"circuits") AND cat:cs.LG'
    subscribe(
        author,
        arxiv,
        sources=f"[[sources]]\nslug = 'q'\nkind = 'arxiv-query'\nquery = '{raw}'\n",
    )
    arxiv.hold(*preprints(2))

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: 2 new\n"
    assert asked(arxiv)[0]["search_query"][0].startswith(f"(({raw}) AND submittedDate:[")


def test_pages_that_came_before_a_failure_are_kept(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(450))
    arxiv.fails(
        Fault(status=404), service="api", when=lambda one: "start=200" in one.path, times=None
    )

    printed = author.types("fetch")

    assert printed.code == 1
    assert author.rows(COUNT) == [(200,)]
    assert author.rows(REACHED) == []


@pytest.mark.parametrize("total", [0, 200])
def test_a_total_that_shrinks_does_not_end_the_search(
    author: Author, arxiv: ArxivServer, total: int
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(450))
    arxiv.fails(
        Fault(keep=0, total=total),
        service="api",
        when=lambda one: "start=200" in one.path,
        times=None,
    )

    printed = author.types("fetch")

    assert printed.code == 1
    assert author.rows(COUNT) == [(200,)]
    assert author.rows(REACHED) == []


def test_pages_that_stay_empty_are_not_asked_for_one_by_one(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(300))
    arxiv.fails(
        Fault(keep=0, total=9_999),
        service="api",
        when=lambda one: "start=0&" not in one.path,
        times=None,
    )

    printed = author.types("fetch")

    assert printed.code == 1
    assert len(arxiv.asked("api")) <= 1 + 4


def test_a_server_that_sends_the_same_page_again_has_not_sent_all(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(250))
    arxiv.heeds_start = False

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.out == "fetched 1 source: 200 new, 1 failed\n"
    assert printed.err == (
        "search: failed: arXiv left out 50 of 250 papers that it announced; "
        "fetch again later; no paper is skipped\n"
    )
    assert author.rows("SELECT outcome, entries FROM coverage") == [("failed", 200)]
    assert author.rows(REACHED) == []


def test_a_search_that_repeats_itself_is_not_asked_for_all_its_pages(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    arxiv.hold(*preprints(900))
    arxiv.heeds_start = False

    author.types("fetch")

    assert len(arxiv.asked("api")) == 1 + 4


def test_pages_that_overlap_without_a_gap_are_all_there(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    papers = preprints(250)
    arxiv.hold(*papers[1:])

    def comes_late(request: RecordedRequest) -> bool:
        if "start=200" in request.path:
            arxiv.hold(papers[0])  # the newest: it moves a paper of the first page to the second
        return False

    arxiv.fails(EMPTY_PAGE, service="api", when=comes_late, times=None)

    printed = author.types("fetch")
    again = author.types("fetch")

    assert (printed.code, again.code) == (1, 0)
    assert "arXiv left out 1 of 250 papers" in printed.err
    assert author.rows(COUNT) == [(250,)]


def test_a_paper_that_a_page_shows_twice_counts_once(author: Author, arxiv: ArxivServer) -> None:
    subscribe_to_search(author, arxiv)
    papers = preprints(3)
    page = api_page("x", [*papers, papers[0]], start=0, size=200, total=4, at=author.now)
    arxiv.fails(Fault(body=page.encode()), service="api", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert "arXiv left out 1 of 4 papers that it announced" in printed.err


def test_a_page_that_breaks_off_behind_its_last_paper_is_not_whole(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe_to_search(author, arxiv)
    page = api_page("x", preprints(3), start=0, size=200, total=3, at=author.now)
    arxiv.fails(Fault(body=page.rstrip()[:-1].encode()), service="api", times=None)

    assert author.types("fetch").code == 1
    assert author.rows(REACHED) == []
