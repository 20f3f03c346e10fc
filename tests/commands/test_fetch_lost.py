"""What fails while it is stored leaves no trace, in no count, day or sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from papertrack.commands import fetch_archive, fetch_arxiv, fetch_feed
from tests.arxiv_server import CUTS_OFF, EMPTY_PAGE, HANGS_UP, ArxivServer, Fault, Preprint
from tests.commands.subscribed import subscribe
from tests.samples import Post, rss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from tests.author import Author
    from tests.servers import FeedServer, RecordedRequest

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
DAYS = "SELECT day, outcome FROM coverage ORDER BY day, source_id"
COUNT = "SELECT count(*) FROM items"
ONE = """
[[sources]]
slug = "learning"
kind = "arxiv"
categories = ["cs.LG"]
"""
TWO = (
    ONE
    + """
[[sources]]
slug = "minds"
kind = "arxiv"
categories = ["cs.AI"]
"""
)


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer(page_size=3_000) as server:
        yield server


def papers(day: date, *numbers: int) -> list[Preprint]:
    """Invent papers that were submitted the day before."""
    submitted = datetime(day.year, day.month, day.day, 15, tzinfo=UTC) - timedelta(days=1)
    return [Preprint(f"2611.9{number:04d}", f"Paper {number}", (submitted,)) for number in numbers]


def go_to(author: Author, arxiv: ArxivServer, day: date) -> None:
    author.now = arxiv.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def fails_for(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, str, str], None]:
    """Have a step of a job fail once for a source, behind all that it has written."""

    def fails(module: ModuleType, step: str, slug: str) -> None:
        real = getattr(module, step)
        failed: list[str] = []

        def broken(*values: Any, **named: Any) -> object:  # noqa: ANN401  # whatever it takes
            result = real(*values, **named)
            if not failed and any(getattr(value, "slug", None) == slug for value in values):
                failed.append(slug)
                message = "no such thing"
                raise ValueError(message)
            return result

        monkeypatch.setattr(module, step, broken)

    return fails


def test_a_batch_that_could_not_be_stored_is_failed_and_its_day_is_not_complete(
    author: Author, arxiv: ArxivServer, fails_for: Callable[[ModuleType, str, str], None]
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, 1, 2, 3))
    arxiv.lose("2611.90001", "2611.90002", "2611.90003")
    fails_for(fetch_arxiv, "store_document", "learning")

    printed = author.types("fetch")
    gaps = author.types("status", "--gaps")

    assert printed.code == 1
    assert printed.out == "fetched 1 source: nothing new, 1 failed\n"
    assert printed.err == (
        "learning: failed: unexpected ValueError: no such thing; "
        "report this with the address of the source\n"
    )
    assert author.rows(COUNT) == [(0,)]
    assert author.rows(DAYS) == [("2026-11-16", "late")]
    assert author.rows("SELECT count(*) FROM batches") == [(0,)]
    assert gaps.code == 1
    assert gaps.out.startswith("learning: 2026-11-16 late: the feed failed, and the archive has")


def test_a_batch_that_could_not_be_stored_comes_with_the_next_fetch(
    author: Author,
    arxiv: ArxivServer,
    fails_for: Callable[[ModuleType, str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.knows_etags = True
    arxiv.announce(MONDAY, *papers(MONDAY, 1, 2, 3))
    arxiv.lose("2611.90001", "2611.90002", "2611.90003")
    fails_for(fetch_arxiv, "store_document", "learning")
    author.types("fetch")
    monkeypatch.undo()

    assert author.types("fetch").out == "fetched 1 source: 3 new\n"
    assert author.rows(DAYS) == [("2026-11-16", "complete")]


def test_a_source_that_could_not_be_stored_costs_the_other_nothing(
    author: Author, arxiv: ArxivServer, fails_for: Callable[[ModuleType, str, str], None]
) -> None:
    subscribe(author, arxiv, sources=TWO)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, 1), Preprint("2611.90002", categories=("cs.AI",)))
    arxiv.lose("2611.90001", "2611.90002")
    fails_for(fetch_arxiv, "store_document", "learning")

    printed = author.types("fetch")

    assert printed.out == "fetched 2 sources: 2 new, 1 failed\n"
    assert author.rows(DAYS) == [("2026-11-16", "late"), ("2026-11-16", "complete")]
    assert author.rows("SELECT etag, due_at FROM documents") == [(None, None)]


def test_what_the_archive_brought_and_was_not_stored_is_not_counted(
    author: Author, arxiv: ArxivServer, fails_for: Callable[[ModuleType, str, str], None]
) -> None:
    subscribe(author, arxiv, sources=TWO.replace("cs.AI", "cs.LG"), first_days=7)
    go_to(author, arxiv, MONDAY)
    arxiv.hold(*papers(date(2026, 11, 12), 1, 2))
    arxiv.announce(MONDAY, *papers(MONDAY, 3))
    fails_for(fetch_archive, "store_document", "minds")

    report = author.types("fetch", "--json").json

    assert report["new"] == 1
    assert author.rows(COUNT) == [(1,)]
    assert {one["new"]: len(one["notices"]) for one in report["sources"]} == {0: 1, 1: 1}


def test_a_catch_up_that_failed_is_in_the_log_though_the_feed_was_not_due(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, 1))
    author.types("fetch")
    arxiv.fails(Fault(status=500), service="oai", times=None)

    author.types("fetch", "--since", "2026-11-10")

    assert author.rows("SELECT outcome FROM fetches") == [("stored",), ("not due",)]


def test_a_move_that_could_not_be_stored_is_seen_by_the_next_source(
    author: Author, server: FeedServer, fails_for: Callable[[ModuleType, str, str], None]
) -> None:
    url = server.put("/old", "", status=301, headers={"Location": "/new"})
    server.put("/new", rss(Post()))
    author.add_source(url, "one")
    author.add_source(url, "two")
    fails_for(fetch_feed, "log_run", "one")

    printed = author.types("fetch")

    assert printed.out == "fetched 2 sources: 1 new, 1 failed\n"
    assert author.rows("SELECT times_moved FROM addresses") == [(1,)]


def test_what_a_feed_brought_and_was_not_stored_is_new_when_another_brings_it(
    author: Author, server: FeedServer, fails_for: Callable[[ModuleType, str, str], None]
) -> None:
    for slug in ("one", "two"):
        author.add_source(server.put(f"/{slug}", rss(Post())), slug)
    fails_for(fetch_feed, "store_document", "one")

    report = author.types("fetch", "--json").json

    assert [(one["outcome"], one["new"]) for one in report["sources"]] == [
        ("failed", 0),
        ("stored", 1),
    ]


def test_a_paper_that_came_in_during_the_run_is_not_updated_by_another_source(
    author: Author, arxiv: ArxivServer
) -> None:
    search = '[[sources]]\nslug = "search"\nkind = "arxiv-query"\nall = ["circuits"]\n'
    subscribe(author, arxiv, sources=ONE + search)
    go_to(author, arxiv, MONDAY)
    (paper,) = papers(MONDAY, 1)
    arxiv.hold(paper.revised(paper.versions[0] + timedelta(hours=1), title="Other words"))
    arxiv.announce(MONDAY, paper)

    printed = author.types("fetch")

    assert printed.out == "fetched 2 sources: 1 new\n"
    assert author.rows("SELECT title FROM items") == [("Other words",)]


# --- midnight in New York


def turns_over_at(author: Author, arxiv: ArxivServer, service: str) -> None:
    """Begin a minute before midnight; it strikes while a service is asked."""
    author.now = datetime(2026, 11, 17, 4, 59, tzinfo=UTC)
    arxiv.now = author.now

    def strikes(request: RecordedRequest) -> bool:
        if service in request.path:
            author.now = arxiv.now = datetime(2026, 11, 17, 5, 0, 30, tzinfo=UTC)
        return False

    arxiv.fails(EMPTY_PAGE, when=strikes, times=None)


def test_a_feed_that_comes_after_midnight_is_counted_for_no_day(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, sources=ONE)
    arxiv.announce(MONDAY, *papers(MONDAY, 1))
    arxiv.lose("2611.90001")
    turns_over_at(author, arxiv, "/atom/")

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.err == (
        "learning: failed: the day changed while its feed was being fetched; fetch again\n"
    )
    assert author.rows(COUNT) == [(0,)]
    assert author.rows(DAYS) == [("2026-11-16", "late")]


def test_the_fetch_after_midnight_judges_the_new_day(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, sources=ONE)
    arxiv.announce(MONDAY, *papers(MONDAY, 1))
    arxiv.lose("2611.90001")
    turns_over_at(author, arxiv, "/atom/")
    author.types("fetch")
    arxiv.announce(TUESDAY, *papers(TUESDAY, 2))

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: 1 new\n"
    assert author.rows(DAYS)[-1] == ("2026-11-17", "complete")


def test_midnight_while_the_archive_is_asked_does_not_move_the_day_that_is_judged(
    author: Author, arxiv: ArxivServer
) -> None:
    # Submitted on Thursday at 17:00 in New York: in the batch of Monday, not in that of Tuesday.
    in_time = datetime(2026, 11, 12, 22, tzinfo=UTC)
    subscribe(author, arxiv, sources=ONE)
    arxiv.hold(Preprint("2611.90001", "In time", (in_time,), datestamp=MONDAY))
    turns_over_at(author, arxiv, "/oai")
    arxiv.fails(Fault(status=500), service="feed", times=None)

    printed = author.types("fetch")

    assert printed.code == 0
    assert author.rows(DAYS) == [("2026-11-16", "complete")]


# --- a day's feed that is not all of it


@pytest.mark.parametrize("fault", [CUTS_OFF, HANGS_UP])
def test_a_feed_of_the_day_that_breaks_off_is_partial_without_the_archive(
    author: Author, arxiv: ArxivServer, fault: Fault
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, *range(1, 10)))
    arxiv.fails(fault, service="feed")
    arxiv.fails(Fault(status=500), service="oai", times=None)

    printed = author.types("fetch")
    again = author.types("fetch")

    assert printed.code == 1
    assert printed.err == (
        "learning: partial: the feed breaks off or is broken, and arXiv's archive could not be "
        "reached; fetch again later for the rest\n"
    )
    assert (again.code, author.rows(COUNT)) == (0, [(9,)])
    assert author.rows(DAYS) == [("2026-11-16", "complete")]


def test_a_feed_of_the_day_that_breaks_off_is_completed_by_the_archive(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, *range(1, 10)))
    arxiv.fails(CUTS_OFF, service="feed")

    printed = author.types("fetch")

    assert (printed.code, printed.err) == (0, "")
    assert author.rows(COUNT) == [(9,)]
    assert author.rows(DAYS) == [("2026-11-16", "complete")]


def test_a_feed_that_breaks_off_is_not_completed_by_an_archive_of_yesterday(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, *range(1, 10)))
    arxiv.lose(*(f"2611.9000{number}" for number in range(1, 10)))
    arxiv.fails(CUTS_OFF, service="feed")

    printed = author.types("fetch")

    assert printed.code == 1
    assert "learning: partial: the feed breaks off or is broken, and the archive" in printed.err
    assert author.rows(DAYS) == [("2026-11-16", "late")]


@pytest.mark.parametrize(("count", "asked"), [(1_999, 0), (2_000, 2), (2_003, 2)])
def test_a_feed_at_the_limit_of_arxiv_is_completed_by_the_archive(
    author: Author, arxiv: ArxivServer, count: int, asked: int
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, *range(count)))

    printed = author.types("fetch")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out == f"fetched 1 source: {count} new\n"
    assert len(arxiv.asked("oai")) == asked
    assert author.rows(DAYS) == [("2026-11-16", "complete")]


def test_a_feed_at_the_limit_is_not_complete_when_the_archive_cannot_be_asked(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, sources=ONE)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *papers(MONDAY, *range(2_003)))
    arxiv.fails(Fault(status=500), service="oai", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.err == (
        "learning: partial: the feed holds 2,000 papers, which is arXiv's limit, and arXiv's "
        "archive could not be reached; fetch again later for the rest\n"
    )
    assert author.rows(COUNT) == [(2_000,)]
    assert author.rows(DAYS) == [("2026-11-16", "late")]
