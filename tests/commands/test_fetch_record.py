"""What a source sent is counted, and its day, its state and the advice follow from the counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from papertrack.core.answers import SourceState
from papertrack.core.watch.record import (
    Day,
    DayOutcome,
    Past,
    RunRecord,
    Trouble,
    advise,
    judge_feed,
    state_of,
)
from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WHOLE = RunRecord(root_closed=True, shown=10, entries=10, new=10)


def posts(*numbers: int, first: datetime = NOW - timedelta(days=40)) -> str:
    """Write a blog with a post a day: number 1 is the oldest."""
    return rss(
        *(
            Post(
                f"Post {number}",
                f"https://blog.example.org/{number}",
                f"post-{number}",
                f"<p>Text {number}.</p>",
                format_datetime(first + timedelta(days=number), usegmt=True),
            )
            for number in reversed(numbers)
        )
    )


@pytest.mark.parametrize(
    ("record", "what", "state", "outcome"),
    [
        (WHOLE, None, None, "stored"),
        (RunRecord(is_unchanged=True), None, None, "unchanged"),
        (
            RunRecord(root_closed=False, shown=3, entries=3),
            "the document breaks off after 3 entries",
            "cut",
            "partial",
        ),
        (
            replace(WHOLE, broke_off=True),
            "the document breaks off after 10 entries",
            "cut",
            "partial",
        ),
        (
            replace(WHOLE, announced_bytes=5_000, received_bytes=4_999),
            "the document breaks off after 10 entries",
            "cut",
            "partial",
        ),
        (replace(WHOLE, announced_bytes=5_000, received_bytes=5_000), None, None, "stored"),
        (
            RunRecord(root_closed=True, announced=12, shown=12, repeats=2, entries=10),
            "2 of 12 entries that it announced did not come",
            "cut",
            "failed",
        ),
        (RunRecord(root_closed=True, announced=12, shown=12, unread=2, entries=10), None, None,
         "stored"),
        (
            replace(WHOLE, limit=10),
            "it shows 10 entries, which is its limit",
            "capped",
            "partial",
        ),
        (RunRecord(trouble=Trouble("HTTP 503", state="outage")), "HTTP 503", "outage", "failed"),
    ],
    ids=[
        "whole",
        "unchanged",
        "root open",
        "connection closed",
        "shorter than announced",
        "as long as announced",
        "repeats hide a gap",
        "unreadable ones came too",
        "at its limit",
        "no document",
    ],
)  # fmt: skip
def test_only_counts_prove_that_a_document_is_complete(
    record: RunRecord, what: str | None, state: str | None, outcome: str
) -> None:
    lack = record.lack

    assert (lack and lack.what, lack and lack.state, record.outcome) == (what, state, outcome)
    assert (judge_feed(record).outcome is DayOutcome.FAILED) is (lack is not None)


def test_the_state_of_an_emptied_feed_is_empty() -> None:
    record = RunRecord(root_closed=True)

    assert state_of(record, judge_feed(record, Past(usual_entries=9))) is SourceState.EMPTY
    assert state_of(record, Day(DayOutcome.QUIET)) is None


def test_a_feed_that_scrolled_on_is_capped_and_says_what_may_be_missing(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/feed", posts(1, 2, 3)), "blog")
    author.types("fetch")
    server.put("/feed", posts(11, 12, 13))
    author.now += timedelta(days=2)

    printed = author.types("fetch")
    (source,) = author.types("fetch", "--force", "--json").json["sources"]
    gaps = author.types("status", "--gaps")

    assert printed.code == 0
    assert printed.out == "fetched 1 source: 3 new\n"
    assert printed.err == (
        "blog: it shows 3 posts, all newer than the last one known (2026-10-14); posts"
        " between them may be missing\n"
    )
    assert (source["coverage"], source["state"]) == ("quiet", None)  # the second fetch lost nothing
    assert gaps.out == (
        "blog: 2026-11-22 capped: it shows 3 posts, all newer than the last one known (2026-10-14);"
        " posts between them may be missing; look for them on its site, and fetch more often\n"
    )


def test_a_capped_feed_has_that_state_in_json(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/feed", posts(1, 2)), "blog")
    author.types("fetch")
    server.put("/feed", posts(9, 10))

    (source,) = author.types("fetch", "--json").json["sources"]

    assert (source["coverage"], source["state"], source["error"]) == ("capped", "capped", None)


@pytest.mark.parametrize("later", [(3, 11, 12), (2, 3, 11), (12,)], ids=["one", "two", "one post"])
def test_a_feed_that_shows_a_known_post_is_complete(
    author: Author, server: FeedServer, later: tuple[int, ...]
) -> None:
    author.add_source(server.put("/feed", posts(1, 2, 3)), "blog")
    author.types("fetch")
    server.put("/feed", posts(*later))

    (source,) = author.types("fetch", "--json").json["sources"]

    assert (source["coverage"], source["notices"]) == ("complete", [])


def test_old_posts_that_appear_beside_new_ones_are_no_gap(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/feed", posts(5, 6)), "blog")
    author.types("fetch")
    server.put("/feed", posts(1, 9))  # a site that was rebuilt shows what it pleases

    (source,) = author.types("fetch", "--json").json["sources"]

    assert source["coverage"] == "complete"


def test_a_first_fetch_is_never_capped(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/feed", posts(1, 2, 3)), "blog")

    (source,) = author.types("fetch", "--json").json["sources"]

    assert source["coverage"] == "complete"


def test_an_outage_of_a_week_may_be_a_move(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/feed", posts(1, 2)), "blog")
    author.types("fetch")
    server.put("/feed", "", status=503)
    author.now += timedelta(days=1)
    first = author.types("fetch")
    author.now += timedelta(days=8)

    later, gaps = author.types("fetch"), author.types("status", "--gaps")

    assert first.err.endswith("HTTP 503; try again later\n")
    moved = "it has failed since 2026-11-21: check its URL, the feed may have moved"
    assert later.err == f"blog: failed: HTTP 503; {moved}\n"
    assert gaps.out == f"blog: 2026-11-29 failed: HTTP 503 (last read 2026-11-20); {moved}\n"


def test_only_an_outage_is_taken_for_a_move() -> None:
    past = Past(failing_since=NOW - timedelta(days=30))
    wall, outage = (Trouble("no", "open it", state=state) for state in ("wall", "outage"))

    assert advise(wall, past, NOW) == wall
    assert "may have moved" in str(advise(outage, past, NOW).hint)
    assert advise(outage, Past(failing_since=NOW - timedelta(days=7)), NOW) == outage


def test_status_gives_the_remedy_that_fetch_gave(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/feed", "", status=429, headers={"Retry-After": "7200"}), "blog")
    author.types("fetch")

    (need,) = author.types("status", "--gaps", "--json").json

    assert need["state"] == "rate limit"
    assert need["do"] == "try again later: it asks to wait 2 hours"


def silent_blogs(author: Author, server: FeedServer, count: int) -> None:
    """Subscribe to blogs that posted every day until two months ago."""
    began = author.now - timedelta(days=100)
    for number in range(count):
        feed = server.put(f"/{number}", posts(*range(1, 21), first=began + timedelta(hours=number)))
        author.add_source(feed, f"blog-{number}")
    author.types("fetch")


def test_fetch_names_a_feed_that_has_gone_silent(author: Author, server: FeedServer) -> None:
    silent_blogs(author, server, 1)
    author.now += timedelta(days=1)

    printed = author.types("fetch", "--force")
    report = author.types("fetch", "--force", "--json").json

    line = f"silent for 81 days, it used to post every day; check: {server.url}/0"
    assert (printed.code, printed.err) == (0, f"blog-0: {line}\n")
    assert [(need["source"], need["state"]) for need in report["needs"]] == [("blog-0", "silent")]


def test_many_silent_feeds_are_one_line(author: Author, server: FeedServer) -> None:
    silent_blogs(author, server, 5)
    author.now += timedelta(days=1)

    printed = author.types("fetch", "--force")

    assert printed.err == (
        "5 sources are silent for longer than usual (blog-0, blog-1, blog-2 and 2 more);"
        " see them with: papertrack status --gaps\n"
    )


def test_fetch_names_a_source_that_is_gone(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/feed", "", status=410), "blog")
    author.types("fetch")

    printed = author.types("fetch")

    assert printed.err == (
        "blog: gone for good since 2026-11-20 (HTTP 410); remove it from the config\n"
    )
