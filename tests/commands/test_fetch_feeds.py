"""Feeds whose servers say when to come again, where they have moved to, or that they are gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer


def posts(count: int) -> str:
    """Write a blog with a post a day, the newest first."""
    start = datetime(2026, 11, 19, 9, tzinfo=UTC)
    return rss(
        *(
            Post(
                f"Post {number}",
                f"https://blog.example.org/{number}",
                f"guid-{number}",
                date=f"{start - timedelta(days=number):%a, %d %b %Y %H:%M:%S} GMT",
            )
            for number in range(count)
        )
    )


def states(author: Author) -> dict[str, int]:
    return dict(author.rows("SELECT state, count(*) FROM items GROUP BY state"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "public, max-age=7200"},
        {"Expires": "Fri, 20 Nov 2026 15:00:00 GMT"},
        {"Retry-After": "7200"},
    ],
)
def test_a_feed_that_wants_its_peace_is_not_due(
    author: Author, server: FeedServer, headers: dict[str, str]
) -> None:
    author.add_source(server.put("/blog", rss(Post()), headers=headers))
    author.types("fetch")

    again = author.types("-v", "fetch")
    author.now += timedelta(hours=3)
    later = author.types("fetch")

    assert again.out == "fetched 1 source: nothing new, 1 not due\n"
    assert "blog: not due before 2026-11-20 15:00 UTC (--force fetches anyway)" in again.err
    assert later.out == "fetched 1 source: nothing new\n"
    assert len(server.requests) == 2


def test_a_feed_that_names_its_own_rest_is_not_due(author: Author, server: FeedServer) -> None:
    body = rss(Post()).replace("<title>A blog</title>", "<title>A blog</title><ttl>120</ttl>")
    author.add_source(server.put("/blog", body))
    author.types("fetch")

    assert author.types("fetch", "--json").json["not_due"] == 1


def test_force_asks_what_is_not_due_and_for_the_whole_of_it(
    author: Author, server: FeedServer
) -> None:
    url = server.put("/blog", rss(Post()), etag='"v1"', headers={"Cache-Control": "max-age=7200"})
    author.add_source(url)
    author.types("fetch")

    printed = author.types("fetch", "--force")

    assert printed.out == "fetched 1 source: nothing new\n"
    assert len(server.requests) == 2
    assert "If-None-Match" not in server.requests[-1].headers


def test_nobody_may_ask_for_more_than_a_day(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", rss(Post()), headers={"Cache-Control": "max-age=999999"}))
    author.types("fetch")
    author.now += timedelta(hours=22)
    author.types("fetch")
    author.now += timedelta(hours=2)
    author.types("fetch")

    assert len(server.requests) == 2


def test_a_server_that_is_too_busy_is_given_its_time(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", "", status=429, headers={"Retry-After": "3600"}))

    first, second = author.types("fetch"), author.types("fetch")

    assert (first.code, second.code) == (1, 0)
    assert "HTTP 429" in first.err
    assert second.out == "fetched 1 source: nothing new, 1 not due\n"


def test_a_feed_that_is_gone_is_told_once_and_asked_no_more(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/blog", "", status=410))

    first, second = author.types("fetch"), author.types("-v", "fetch")

    assert first.code == 1
    assert first.err == "blog: failed: HTTP 410; remove the source: the feed is gone for good\n"
    assert (second.code, second.out) == (0, "fetched 1 source: nothing new, 1 gone\n")
    assert "is gone for good (HTTP 410); remove it from the config" in second.err
    assert len(server.requests) == 1


def test_a_feed_that_is_gone_may_come_back_by_force(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", "", status=410))
    author.types("fetch")
    server.put("/blog", rss(Post()))

    assert author.types("fetch", "--force").out == "fetched 1 source: 1 new\n"
    assert author.types("fetch").out == "fetched 1 source: nothing new\n"


def test_a_permanent_move_is_followed_at_once_and_told_the_second_time(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/old", "", status=301, headers={"Location": "/new"}))
    server.put("/new", rss(Post()))

    first, second = author.types("fetch"), author.types("fetch")

    assert (first.out, first.err) == ("fetched 1 source: 1 new\n", "")
    assert second.err == (
        f"blog: has moved permanently to {server.url}/new; run: papertrack sources --fix\n"
    )


def test_a_temporary_move_is_followed_and_forgotten(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/old", "", status=302, headers={"Location": "/new"}))
    server.put("/new", rss(Post()))
    author.types("fetch")

    assert author.types("fetch").err == ""


def test_a_403_names_the_user_agent(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", "", status=403))

    assert "set user_agent for the source" in author.types("fetch").err


def test_a_first_subscription_queues_the_newest_entries_only(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/blog", posts(50)))

    author.types("fetch")

    assert states(author) == {"new": 20, "old": 30}
    assert author.rows("SELECT count(*) FROM items WHERE state = 'new' AND title = 'Post 19'") == [
        (1,)
    ]


@pytest.mark.parametrize("where", ["source", "fetch"])
def test_how_many_are_queued_is_the_authors_choice(
    author: Author, server: FeedServer, where: str
) -> None:
    if where == "fetch":
        text = author.config.read_text("utf-8").replace("[fetch]", "[fetch]\nmax_first = 3")
        author.write_config(text)
        author.add_source(server.put("/blog", posts(9)))
    else:
        author.add_source(server.put("/blog", posts(9)), max_first="3")

    author.types("fetch")

    assert states(author) == {"new": 3, "old": 6}


def test_later_entries_are_all_queued(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", posts(1)), max_first="0")
    author.types("fetch")
    server.put("/blog", posts(30))

    author.types("fetch")

    assert states(author) == {"new": 29, "old": 1}


def test_a_rehearsal_says_what_would_come_and_keeps_nothing(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/blog", rss(Post())))
    author.types("fetch")
    before = author.database.read_bytes()
    server.put("/blog", rss(Post(), Post("Newer", "https://blog.example.org/2", "2")))

    rehearsed = author.types("fetch", "--dry-run")

    assert rehearsed.out == "would fetch 1 source: 1 new\n"
    assert author.database.read_bytes() == before
    assert author.types("fetch").out == "fetched 1 source: 1 new\n"


def test_a_rehearsal_makes_no_database(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", rss(Post())))

    printed = author.types("fetch", "--dry-run")

    assert printed.out == "would fetch 1 source: 1 new\n"
    assert not author.database.exists()


def test_days_of_a_feed_are_accounted_for(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", rss(Post())))
    author.types("fetch")
    author.now += timedelta(days=1)
    author.types("fetch")
    author.now += timedelta(days=1)
    server.remove("/blog")
    author.types("fetch")

    assert author.rows("SELECT day, outcome, reason FROM coverage ORDER BY day") == [
        ("2026-11-20", "complete", None),
        ("2026-11-21", "quiet", "nothing new"),
        ("2026-11-22", "failed", "HTTP 404"),
    ]


def test_half_a_first_document_does_not_use_up_the_first_subscription(
    author: Author, server: FeedServer
) -> None:
    whole = posts(60)
    author.add_source(server.put("/blog", whole[: whole.index("Post 5<")]))
    author.types("fetch")
    server.put("/blog", whole)

    author.types("fetch")

    assert states(author)["new"] <= 5 + 20


def test_an_emptied_feed_is_asked_for_whole_again(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", posts(5), etag='"full"'))
    author.types("fetch")
    server.put("/blog", rss(), etag='"empty"')

    first, second = author.types("fetch"), author.types("fetch")

    assert first.err == second.err == "blog: the feed is empty; it had 5 entries before\n"


def test_a_clock_that_was_wrong_puts_no_feed_off(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", posts(1), headers={"Cache-Control": "max-age=7200"}))
    author.now += timedelta(days=1500)
    author.types("fetch")
    author.now -= timedelta(days=1500)

    assert author.types("fetch", "--json").json["not_due"] == 0


def test_two_sources_of_one_address_see_its_move_once_a_run(
    author: Author, server: FeedServer
) -> None:
    url = server.put("/old", "", status=301, headers={"Location": "/new"})
    server.put("/new", rss(Post()))
    author.add_source(url, "one")
    author.add_source(url, "two")

    assert author.types("fetch").err == ""


def test_sources_that_fail_for_one_reason_are_one_sentence(author: Author) -> None:
    for number in range(20):
        author.add_source(f"https://blog-{number}.nosuch.invalid/feed", f"blog-{number}")

    printed, verbose = author.types("fetch"), author.types("fetch", "-v")

    assert printed.code == verbose.code == 1
    assert printed.err == (
        "20 sources failed: could not resolve host; check the network connection"
        " (blog-0, blog-1, blog-2 and 17 more; -v names each)\n"
    )
    assert len(verbose.err.splitlines()) == 20
    states = {one["state"] for one in author.types("fetch", "--json").json["sources"]}
    assert states == {"unreachable"}


def test_two_sources_that_cannot_be_reached_are_named_each(author: Author) -> None:
    for number in range(2):
        author.add_source(f"https://blog-{number}.nosuch.invalid/feed", f"blog-{number}")

    assert len(author.types("fetch").err.splitlines()) == 2


def test_verbose_may_stand_behind_the_command(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", posts(2)))

    before, behind = author.types("-v", "fetch"), author.types("fetch", "-v")

    assert "blog: stored, 2 entries, 2 new" in before.err
    assert "blog: stored, 2 entries, 0 new" in behind.err


def test_a_wall_is_told_apart_in_json(author: Author, server: FeedServer) -> None:
    url = server.put("/blog", "", status=403, headers={"cf-mitigated": "challenge"})
    author.add_source(url)

    (source,) = author.types("fetch", "--json").json["sources"]

    assert (source["outcome"], source["state"], source["http_status"]) == ("failed", "wall", 403)
    assert "leave the source out" in source["hint"]


@pytest.mark.parametrize("mine", [True, False])
def test_a_podcast_that_announces_a_new_address_is_named(
    author: Author, server: FeedServer, *, mine: bool
) -> None:
    target = f"{server.url}/blog" if mine else "https://new.example.org/feed.xml"
    about = f"<title>A blog</title><itunes:new-feed-url>{target}</itunes:new-feed-url>"
    body = posts(1).replace("<title>A blog</title>", about)
    spaced = body.replace(
        "<rss ", '<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    )
    author.add_source(server.put("/blog", spaced))

    printed = author.types("fetch")

    says = f"blog: says that it has moved to {target}; set that as its url\n"
    assert printed.err == ("" if mine else says)
    assert printed.code == 0
