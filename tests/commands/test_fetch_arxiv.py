"""A week with arXiv: what is announced, missed, shown twice, or not to be had."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.arxiv_server import (
    CUTS_OFF,
    EMPTY_PAGE,
    HANGS_UP,
    WEB_PAGE,
    ArxivServer,
    Fault,
    Preprint,
)
from tests.commands.subscribed import subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.author import Author

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (16, 17, 18))
DAYS = "SELECT day, outcome, reason FROM coverage ORDER BY day"
NUMBERS = "SELECT value FROM identifiers WHERE scheme = 'arxiv' ORDER BY value"


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer() as server:
        yield server


def go_to(author: Author, arxiv: ArxivServer, day: date) -> None:
    """Begin a day: 07:00 in New York."""
    author.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    arxiv.now = author.now


def announced_on(day: date, *numbers: int, title: str = "Circuits") -> list[Preprint]:
    """Invent papers that were submitted the day before."""
    submitted = datetime(day.year, day.month, day.day, 15, tzinfo=UTC) - timedelta(days=1)
    return [
        Preprint(f"2611.999{number:02d}", f"{title} {number}", (submitted,)) for number in numbers
    ]


def begin(author: Author, arxiv: ArxivServer, *numbers: int) -> None:
    """Fetch a first day."""
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, *numbers))
    assert author.types("fetch").code == 0


def test_a_first_fetch_brings_the_last_days_from_the_archive(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, first_days=7)
    arxiv.hold(*announced_on(date(2026, 11, 12), 1, 2, 3), *announced_on(date(2026, 9, 1), 90))
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 4))

    printed = author.types("fetch")

    assert (printed.code, printed.out, printed.err) == (0, "fetched 1 source: 4 new\n", "")
    assert [number for (number,) in author.rows(NUMBERS)] == [
        "2611.99901",
        "2611.99902",
        "2611.99903",
        "2611.99904",
    ]
    asked = parse_qs(urlsplit(arxiv.asked("oai")[0].path).query)
    assert asked == {
        "verb": ["ListRecords"],
        "metadataPrefix": ["arXivRaw"],
        "set": ["cs:cs:AI"],
        "from": ["2026-11-09"],
    }
    assert [outcome for _, outcome, _ in author.rows(DAYS)] == ["complete"] * 5


def test_a_second_fetch_of_the_day_asks_nothing_of_the_archive(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, first_days=7)
    begin(author, arxiv, 1)
    before = len(arxiv.asked("oai"))

    printed = author.types("fetch", "--force")

    assert printed.out == "fetched 1 source: nothing new\n"
    assert len(arxiv.asked("oai")) == before


def test_a_missed_day_is_caught_up_with_a_day_of_overlap(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1, 2)
    arxiv.hold(*announced_on(TUESDAY, 3, 4))
    go_to(author, arxiv, WEDNESDAY)
    arxiv.announce(WEDNESDAY, *announced_on(WEDNESDAY, 5))

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: 3 new\n")
    assert {parse_qs(urlsplit(one.path).query)["from"][0] for one in arxiv.asked("oai")} == {
        "2026-11-16"
    }
    assert author.rows(DAYS) == [
        ("2026-11-16", "complete", None),
        ("2026-11-17", "complete", "from arXiv's archive"),
        ("2026-11-18", "complete", None),
    ]


def test_a_weekend_is_no_missed_day(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv)
    go_to(author, arxiv, date(2026, 11, 13))
    arxiv.announce(date(2026, 11, 13), *announced_on(date(2026, 11, 13), 1))
    author.types("fetch")
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 2))

    assert author.types("fetch").out == "fetched 1 source: 1 new\n"
    assert not arxiv.asked("oai")


def test_an_empty_feed_on_a_weekend_is_quiet_with_the_reason(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    go_to(author, arxiv, date(2026, 11, 21))
    arxiv.announce(date(2026, 11, 21))

    printed = author.types("-v", "fetch")

    assert printed.code == 0
    assert "quiet: weekend" in printed.err
    assert not arxiv.asked("oai")


def test_yesterdays_batch_again_is_told_and_replaced_by_the_archive(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1, 2, 3)
    go_to(author, arxiv, TUESDAY)
    arxiv.announce(TUESDAY, *announced_on(MONDAY, 1, 2, 3))
    arxiv.hold(*announced_on(TUESDAY, 4, 5))

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: 2 new\n")
    assert author.rows(DAYS)[-1] == ("2026-11-17", "complete", "from arXiv's archive")


def test_a_feed_is_stale_in_one_category_and_current_in_another(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    go_to(author, arxiv, MONDAY)
    minds = [
        Preprint(f"2611.998{number:02d}", f"Minds {number}", categories=("cs.AI",))
        for number in range(6)
    ]
    arxiv.announce(MONDAY, *announced_on(MONDAY, 1, 2), *minds)
    author.types("fetch")
    go_to(author, arxiv, TUESDAY)
    arxiv.announce(TUESDAY, *announced_on(TUESDAY, 3, 4), *minds)
    arxiv.fails(Fault(status=500), service="oai", times=None)

    printed = author.types("fetch")

    assert printed.code == 0
    assert "arxiv: stale: cs.AI: yesterday's batch again\n" in printed.err
    assert author.rows(DAYS)[-1][1:] == ("stale", "cs.AI: yesterday's batch again")
    assert {parse_qs(urlsplit(one.path).query)["set"][0] for one in arxiv.asked("oai")} == {
        "cs:cs:AI"
    }


def test_a_day_that_stayed_stale_is_caught_up_the_next_day(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1, 2, 3)
    go_to(author, arxiv, TUESDAY)
    arxiv.announce(TUESDAY, *announced_on(MONDAY, 1, 2, 3))
    arxiv.fails(Fault(status=500), service="oai", times=None)
    author.types("fetch")
    arxiv.heal()
    arxiv.hold(*announced_on(TUESDAY, 4, 5))
    go_to(author, arxiv, WEDNESDAY)
    arxiv.announce(WEDNESDAY, *announced_on(WEDNESDAY, 6))

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: 3 new\n"
    assert [outcome for _, outcome, _ in author.rows(DAYS)] == ["complete"] * 3


def test_an_empty_feed_on_a_working_day_is_quiet_once_the_archive_confirms_it(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1, 2, 3, 4, 5, 6)
    go_to(author, arxiv, TUESDAY)
    arxiv.announce(TUESDAY)

    author.types("fetch")

    assert arxiv.asked("oai")
    assert author.rows(DAYS)[-1] == ("2026-11-17", "quiet", "nothing announced")


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=404), WEB_PAGE])
def test_a_feed_that_fails_is_replaced_by_the_archive(
    author: Author, arxiv: ArxivServer, fault: Fault
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1)
    go_to(author, arxiv, TUESDAY)
    arxiv.announce(TUESDAY, *announced_on(TUESDAY, 2, 3))
    arxiv.fails(fault, service="feed", times=None)

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: 2 new\n")
    assert printed.err.startswith("arxiv: today's feed failed (")
    assert author.rows(DAYS)[-1] == ("2026-11-17", "complete", "from arXiv's archive")


def test_a_feed_and_an_archive_that_fail_are_one_line(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1)
    go_to(author, arxiv, TUESDAY)
    arxiv.fails(Fault(status=500), times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.err == "arxiv: failed: HTTP 500; try again later\n"
    assert author.rows(DAYS)[-1] == ("2026-11-17", "failed", "HTTP 500")


def test_a_harvest_goes_on_at_the_page_where_it_broke_off(author: Author) -> None:
    with ArxivServer(page_size=2) as arxiv:
        subscribe(author, arxiv, first_days=7, sources=_ONE_CATEGORY)
        arxiv.hold(*announced_on(date(2026, 11, 12), *range(1, 8)))
        go_to(author, arxiv, MONDAY)
        arxiv.announce(MONDAY, *announced_on(MONDAY, 50))
        arxiv.fails(Fault(status=500), service="oai", at=3)
        first = author.types("fetch")
        asked_before = len(arxiv.asked("oai"))

        second = author.types("fetch", "--force")

    assert first.code == 0
    assert "the next fetch tries again" in first.err
    assert second.err == ""
    assert len(author.rows(NUMBERS)) == 8
    resumed = parse_qs(urlsplit(arxiv.asked("oai")[asked_before].path).query)
    assert "resumptionToken" in resumed


def test_a_token_that_expired_begins_the_harvest_again(author: Author) -> None:
    with ArxivServer(page_size=2) as arxiv:
        subscribe(author, arxiv, first_days=7, sources=_ONE_CATEGORY)
        arxiv.hold(*announced_on(date(2026, 11, 12), *range(1, 8)))
        go_to(author, arxiv, MONDAY)
        arxiv.announce(MONDAY, *announced_on(MONDAY, 50))
        arxiv.fails(Fault(status=500), service="oai", at=3)
        author.types("fetch")
        arxiv.expire_tokens()

        printed = author.types("fetch", "--force")

    assert (printed.code, printed.err) == (0, "")
    assert len(author.rows(NUMBERS)) == 8


@pytest.mark.parametrize("fault", [HANGS_UP, CUTS_OFF])
def test_a_page_of_the_archive_that_breaks_off_is_asked_for_again(
    author: Author, arxiv: ArxivServer, fault: Fault
) -> None:
    subscribe(author, arxiv, first_days=7)
    arxiv.hold(*announced_on(date(2026, 11, 12), 1, 2, 3))
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 4))
    arxiv.fails(fault, service="oai")

    assert author.types("fetch").out == "fetched 1 source: 4 new\n"


def test_the_archive_tells_versions_name_parts_and_withdrawals(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, first_days=7)
    first = datetime(2026, 11, 11, 9, tzinfo=UTC)
    paper = Preprint("2611.99901", "A slip", (first,)).revised(
        first + timedelta(days=2), comment="Withdrawn: the proof fails", withdrawn=True
    )
    arxiv.hold(paper)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 2))

    author.types("fetch")

    shown = author.types("show", "2611.99901", "--json").json
    assert shown["arxiv"]["withdrawn"] is True
    assert shown["arxiv"]["version"] == 2
    versions = "SELECT version FROM submissions JOIN items ON id = item_id WHERE title = 'A slip'"
    assert author.rows(versions) == [(1,), (2,)]
    ((authors,),) = author.rows("SELECT authors FROM items WHERE title = 'A slip'")
    assert json.loads(authors)[0] == {"name": "Ada Example", "given": "Ada", "family": "Example"}


def test_what_the_archive_told_is_not_taken_back_by_the_feed(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, first_days=7)
    begin(author, arxiv, 1, 2)
    before = author.rows("SELECT * FROM items ORDER BY id")

    author.types("fetch", "--force")
    printed = author.types("fetch", "--force", "--since", "2026-11-10")

    assert printed.out == "fetched 1 source: nothing new\n"
    assert author.rows("SELECT * FROM items ORDER BY id") == before


def test_since_goes_back_as_far_as_the_author_wishes(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1)
    arxiv.hold(*announced_on(date(2026, 11, 5), 7))

    printed = author.types("fetch", "--force", "--since", "2w")

    assert printed.out == "fetched 1 source: 1 new\n"
    assert "from=2026-11-02" in arxiv.asked("oai")[0].path


def test_a_day_to_come_is_refused(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv)

    printed = author.types("fetch", "--since", "2027-01-01")

    assert printed.code == 2
    assert "is in the future" in printed.err


def test_a_403_ends_arxiv_for_the_run_and_costs_no_feed(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, sources=_BOTH)
    arxiv.fails(Fault(status=403), times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert len(arxiv.requests) == 1
    lines = printed.err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["arxiv", "search"]
    assert all("arXiv forbids our requests (HTTP 403)" in line for line in lines)


def test_a_429_is_asked_once_more_and_then_left_alone(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, sources=_BOTH)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 1))
    arxiv.fails(Fault(status=429), service="api", times=None)

    printed = author.types("fetch")

    assert (printed.code, len(arxiv.asked("api"))) == (1, 2)
    assert printed.out == "fetched 2 sources: 1 new, 1 failed\n"
    assert "search: failed: the server asks for fewer requests (HTTP 429)" in printed.err


def test_a_429_that_names_an_hour_is_not_waited_for(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv)
    arxiv.fails(Fault(status=429, retry_after="3600"), times=None)

    author.types("fetch")

    assert len(arxiv.asked("feed")) == 1


def test_all_services_of_arxiv_share_one_pause(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, sources=_BOTH, pause_s=0.3, first_days=1)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 1))

    author.starts("fetch")

    times = [request.at for request in arxiv.requests]
    assert len(times) >= 4
    assert min(b - a for a, b in pairwise(times)) >= 0.28


def test_the_feed_of_the_day_is_not_due_until_it_turns_over(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1)

    printed = author.types("-v", "fetch")

    assert printed.out == "fetched 1 source: nothing new, 1 not due\n"
    assert "arxiv: not due before 2026-11-17 05:00 UTC (--force fetches anyway)" in printed.err
    assert len(arxiv.requests) == 1


def test_an_empty_document_of_the_day_does_not_undo_it(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1, 2, 3, 4, 5, 6)
    arxiv.fails(EMPTY_PAGE, service="feed")

    printed = author.types("fetch", "--force")

    assert (printed.code, printed.err) == (0, "")
    assert not arxiv.asked("oai")
    assert author.rows(DAYS) == [("2026-11-16", "complete", None)]


_ONE_CATEGORY = """
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = ["cs.LG"]
"""
_BOTH = """
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = ["cs.LG", "cs.AI"]

[[sources]]
slug = "search"
kind = "arxiv-query"
all = ["circuits"]
"""


def test_a_holiday_whose_archive_cannot_be_asked_is_late_and_not_quiet(
    author: Author, arxiv: ArxivServer
) -> None:
    thanksgiving = date(2026, 11, 26)
    subscribe(author, arxiv)
    go_to(author, arxiv, date(2026, 11, 25))
    arxiv.announce(date(2026, 11, 25), *announced_on(date(2026, 11, 25), 1))
    author.types("fetch")
    go_to(author, arxiv, thanksgiving)
    arxiv.announce(thanksgiving)
    arxiv.fails(Fault(status=500), service="oai", times=None)

    author.types("fetch")

    assert author.rows(DAYS)[-1] == (
        "2026-11-26",
        "late",
        "US holiday: Thanksgiving Day, and arXiv's archive could not be reached",
    )


def test_a_failed_feed_is_not_complete_because_the_archive_is_empty(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1)
    go_to(author, arxiv, TUESDAY)
    arxiv.fails(Fault(status=500), service="feed", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert author.rows(DAYS)[-1][1] == "late"


def test_papers_of_a_missed_day_do_not_make_today_complete(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, 1)
    arxiv.hold(*announced_on(TUESDAY, 2, 3))
    go_to(author, arxiv, WEDNESDAY)
    arxiv.fails(Fault(status=500), service="feed", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert [outcome for _, outcome, _ in author.rows(DAYS)] == ["complete", "complete", "late"]


def test_an_archive_that_knows_nothing_of_missed_days_is_not_believed(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv)
    begin(author, arxiv, *range(1, 10))
    arxiv.lose(*(f"2611.9990{number}" for number in range(1, 10)))
    go_to(author, arxiv, WEDNESDAY)
    arxiv.announce(WEDNESDAY, *announced_on(WEDNESDAY, *range(11, 20)))
    arxiv.fails(Fault(keep=0), service="oai", times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert "2026-11-17 could not be caught up" in printed.err
    assert "2026-11-17" not in {day for day, _, _ in author.rows(DAYS)}


def test_a_page_of_the_archive_that_says_nothing_is_not_the_end(
    author: Author, arxiv: ArxivServer
) -> None:
    subscribe(author, arxiv, first_days=7)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 1))
    silent = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        b"<responseDate>2026-11-16T12:00:00Z</responseDate><ListRecords/></OAI-PMH>"
    )
    arxiv.fails(Fault(body=silent), service="oai", times=None)

    printed = author.types("fetch")

    assert "the next fetch tries again" in printed.err
    assert [day for day, _, _ in author.rows(DAYS)] == ["2026-11-16"]


def test_a_category_that_is_added_brings_its_first_days(author: Author) -> None:
    with ArxivServer() as arxiv:
        subscribe(author, arxiv, sources=_ONE_CATEGORY, first_days=7)
        begin(author, arxiv, 1)
        arxiv.hold(Preprint("2611.99850", "Words", categories=("cs.CL",), datestamp=MONDAY))
        text = author.config.read_text("utf-8").replace('["cs.LG"]', '["cs.LG", "cs.CL"]')
        author.write_config(text)

        printed = author.types("fetch", "--force")
        asked = len(arxiv.asked("oai"))
        author.types("fetch", "--force")

    assert printed.out == "fetched 1 source: 1 new\n"
    assert len(arxiv.asked("oai")) == asked


def test_a_429_ends_arxiv_for_the_source(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, first_days=7)
    arxiv.fails(Fault(status=429), times=None)

    printed = author.types("fetch")

    assert printed.code == 1
    assert len(arxiv.requests) == 2


def test_a_429_of_the_archive_ends_the_harvest(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, first_days=7)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 1))
    arxiv.fails(Fault(status=429), service="oai", times=None)

    author.types("fetch")

    assert len(arxiv.asked("oai")) == 2


def test_a_list_without_end_is_given_up(author: Author, arxiv: ArxivServer) -> None:
    subscribe(author, arxiv, first_days=7)
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, *announced_on(MONDAY, 1))
    more = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
        b"<resumptionToken>another</resumptionToken></ListRecords></OAI-PMH>"
    )
    arxiv.fails(Fault(body=more), service="oai", times=None)

    author.types("fetch")

    assert len(arxiv.asked("oai")) <= 4 * 3  # two sets in two forms, three times each


def test_the_papers_of_an_alias_count_for_it(author: Author, arxiv: ArxivServer) -> None:
    subscribe(
        author,
        arxiv,
        sources='[[sources]]\nslug = "sy"\nkind = "arxiv"\ncategories = ["cs.SY"]\n',
    )
    go_to(author, arxiv, MONDAY)
    arxiv.announce(MONDAY, Preprint("2611.99950", "Loops", categories=("eess.SY", "cs.SY")))

    author.types("fetch")

    assert author.rows(DAYS) == [("2026-11-16", "complete", None)]


def test_a_feed_of_arxivs_is_asked_in_turn_whatever_kind_it_is_called(author: Author) -> None:
    # Behind a proxy a request counts, though the name cannot be resolved here.
    proxy = '[fetch]\nproxy = "http://127.0.0.1:1"'
    author.write_config(author.config_text.replace("[fetch]", proxy))
    author.add_source("https://rss.arxiv.org/rss/cs.LG", "lg")
    author.types("fetch")

    assert author.rows("SELECT name FROM hosts") == [("arxiv",)]
