from __future__ import annotations

import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.process import environment, run
from tests.samples import Paper, Post, arxiv_day, rss
from tests.servers import RawServer
from tests.terminal import Terminal

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from tests.author import Author
    from tests.servers import FeedServer

ARXIV_PATH = "/atom/cs.AI+cs.LG"


def _subscribe_to_arxiv(author: Author, server: FeedServer, *, keys: str = "") -> None:
    text = author.config.read_text("utf-8").replace(
        "[arxiv]", f'[arxiv]\nfeed_url = "{server.url}/atom"\napi_url = "{server.url}/api/query"'
    )
    author.write_config(
        text
        + '\n[[sources]]\nslug = "arxiv"\nkind = "arxiv"\ncategories = ["cs.LG", "cs.AI"]\n'
        + f"{keys}\n"
    )


def test_a_run_is_summed_up_in_one_line(author: Author, server: FeedServer) -> None:
    _subscribe_to_arxiv(author, server)
    server.put(ARXIV_PATH, arxiv_day(Paper("2611.99901"), Paper("2611.99902", title="Another")))
    author.add_source(server.put("/blog", rss(Post())))

    printed = author.types("fetch")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out == "fetched 2 sources: 3 new\n"


def test_a_second_fetch_changes_nothing(author: Author, server: FeedServer) -> None:
    _subscribe_to_arxiv(author, server)
    server.put(ARXIV_PATH, arxiv_day(Paper("2611.99901")))
    author.add_source(server.put("/blog", rss(Post(link="https://blog.example.org/a?utm_x=1"))))
    author.types("fetch")
    everything = "SELECT * FROM items JOIN versions ON item_id = id JOIN sightings USING (item_id)"
    before = author.rows(everything)
    server.put(ARXIV_PATH, arxiv_day(Paper("2611.99901", announced="cross", day="2026-11-21")))
    server.put(
        "/blog",
        rss(Post(link="https://blog.example.org/a?utm_x=2", date="Sat, 21 Nov 2026 09:00:00 GMT")),
    )

    printed = author.types("fetch")

    assert printed.out == "fetched 2 sources: nothing new\n"
    assert author.rows(everything) == before


def test_one_paper_seen_in_five_ways_is_one_item(author: Author, server: FeedServer) -> None:
    _subscribe_to_arxiv(author, server)
    server.put(ARXIV_PATH, arxiv_day(Paper("2611.99901", title="The paper")))
    ways = [
        "https://arxiv.org/pdf/2611.99901v1",
        "http://www.arxiv.org/abs/2611.99901",
        "https://doi.org/10.48550/arXiv.2611.99901",
        "https://huggingface.co/papers/2611.99901",
    ]
    for number, link in enumerate(ways):
        url = server.put(f"/blog{number}", rss(Post(title=f"Seen {number}", link=link)))
        author.add_source(url, f"blog-{number}")

    author.types("fetch")
    server.put(
        ARXIV_PATH,
        arxiv_day(Paper("2611.99901", title="The paper, again", version=2, announced="replace")),
    )
    printed = author.types("fetch")

    assert printed.out == "fetched 5 sources: nothing new, 1 updated\n"
    assert author.rows("SELECT title, kind, arxiv_version FROM items WHERE state <> 'merged'") == [
        ("The paper, again", "paper", 2)
    ]
    shown = author.types("show", "2611.99901", "--json").json
    assert sorted(shown["sources"]) == ["arxiv", "blog-0", "blog-1", "blog-2", "blog-3"]


def test_an_unchanged_document_is_not_sent_again(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/blog", rss(Post()), etag='"v1"'))
    author.types("fetch")

    printed = author.types("fetch", "--json")

    assert server.requests[-1].headers["If-None-Match"] == '"v1"'
    assert printed.json["sources"][0]["outcome"] == "unchanged"
    assert printed.json["sources"][0]["http_status"] == 304


def test_new_words_for_a_source_ask_for_the_whole_document(
    author: Author, server: FeedServer
) -> None:
    url = server.put(
        "/blog",
        rss(Post(title="On cats"), Post("On dogs", guid="2", link="https://blog.example.org/2")),
        etag='"v1"',
    )
    author.add_source(url, include='["cats"]')
    author.types("fetch")
    author.write_config(author.config.read_text("utf-8").replace('["cats"]', '["cats", "dogs"]'))

    printed = author.types("fetch")

    assert "If-None-Match" not in server.requests[-1].headers
    assert printed.out == "fetched 1 source: 1 new\n"


def test_a_failed_source_is_one_line_and_costs_no_other(author: Author, server: FeedServer) -> None:
    author.add_source(server.url + "/nowhere", "gone")
    author.add_source(server.put("/page", "<html><body>Log in</body></html>"), "wall")
    author.add_source(server.put("/blog", rss(Post())), "blog")

    printed = author.types("fetch")

    assert printed.code == 1
    assert printed.out == "fetched 3 sources: 1 new, 2 failed\n"
    lines = printed.err.splitlines()
    assert [line.split(": failed: ")[0] for line in lines] == ["gone", "wall"]
    assert "HTTP 404" in lines[0]
    outcomes = author.rows(
        "SELECT slug, outcome FROM fetches JOIN sources ON sources.id = source_id"
    )
    assert sorted(outcomes) == [("blog", "stored"), ("gone", "failed"), ("wall", "failed")]


def test_a_document_that_failed_is_asked_for_whole_again(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/blog", "<html>moved</html>", etag='"v1"'))
    author.types("fetch")
    author.types("fetch")

    assert "If-None-Match" not in server.requests[-1].headers


def test_a_body_that_breaks_off_is_kept_but_not_its_validators(author: Author) -> None:
    body = rss(Post(), Post("Second", "https://blog.example.org/2", "2")).encode()
    broken = body[: body.index(b"<title>Second")]

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        head = f'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: {len(body)}\r\n\r\n'
        connection.sendall(head.encode() + broken)

    with RawServer(answer) as raw:
        author.add_source(raw.url + "/blog")
        printed = author.types("fetch")

    assert "1 new" in printed.out
    assert author.rows("SELECT etag FROM documents") == [(None,)]


def test_only_the_sources_named_are_fetched(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/a", rss(Post())), "one")
    author.add_source(server.put("/b", rss(Post())), "two")

    printed = author.types("fetch", "two")

    assert printed.out == "fetched 1 source: 1 new\n"
    assert [request.path for request in server.requests] == ["/b"]


def test_an_unknown_source_is_named(author: Author, server: FeedServer) -> None:
    author.add_source(server.url + "/blog")

    printed = author.types("fetch", "nobody")

    assert printed.code == 2
    assert printed.err == 'papertrack: there is no source "nobody"; the sources are blog\n'
    assert not server.requests


def test_a_config_without_sources_says_so(author: Author) -> None:
    printed = author.types("fetch")

    assert printed.code == 2
    assert "names no sources" in printed.err


def test_the_words_of_a_source_choose_what_comes_in(author: Author, server: FeedServer) -> None:
    _subscribe_to_arxiv(
        author, server, keys='include = ["sparse auto-encoder*"]\nexclude = ["survey"]'
    )
    server.put(
        ARXIV_PATH,
        arxiv_day(
            Paper("2611.99901", abstract="We train sparse\nauto encoders."),
            Paper("2611.99902", title="A survey", abstract="Of sparse auto-encoders."),
            Paper("2611.99903", abstract="Something else."),
        ),
    )

    author.types("fetch")

    assert author.rows("SELECT value FROM identifiers WHERE scheme = 'arxiv'") == [("2611.99901",)]


def test_replacements_of_unknown_papers_stay_out(author: Author, server: FeedServer) -> None:
    _subscribe_to_arxiv(author, server)
    server.put(
        ARXIV_PATH,
        arxiv_day(
            Paper("2611.99901", version=3, announced="replace"),
            Paper("2611.99902", announced="cross"),
        ),
    )

    author.types("fetch")

    assert author.rows("SELECT value FROM identifiers") == [("2611.99902",)]


def test_two_arxiv_sources_share_one_request(author: Author, server: FeedServer) -> None:
    _subscribe_to_arxiv(author, server)
    with author.config.open("a") as file:
        file.write('[[sources]]\nslug = "robots"\nkind = "arxiv"\ncategories = ["cs.RO"]\n')
    server.put(
        "/atom/cs.AI+cs.LG+cs.RO",
        arxiv_day(Paper("2611.99901"), Paper("2611.99902", categories="cs.RO cs.AI", title="Arms")),
    )

    report = author.types("fetch", "--json").json

    assert len(server.requests) == 1
    assert {source["source"]: source["entries"] for source in report["sources"]} == {
        "arxiv": 2,
        "robots": 1,
    }
    assert report["new"] == 2


def test_a_search_of_arxiv_is_sent_in_parentheses_and_quotes(
    author: Author, server: FeedServer
) -> None:
    _subscribe_to_arxiv(author, server)
    author.write_config(
        author.config.read_text("utf-8").split("[[sources]]")[0]
        + '[[sources]]\nslug = "search"\nkind = "arxiv-query"\n'
        + 'any = ["sandbagging", "deceptive alignment"]\n'
        + 'categories = ["cs.AI", "cs.CL"]\nexclude = ["survey"]\n'
    )
    server.put("/api/query", arxiv_day(Paper("2611.99901")))

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: 1 new\n"
    asked = parse_qs(urlsplit(server.requests[0].path).query)["search_query"]
    phrase = '(all:"sandbagging" OR all:"deceptive alignment")'
    query = f'(({phrase} AND (cat:cs.AI OR cat:cs.CL)) ANDNOT all:"survey")'
    assert asked == [f"({query} AND submittedDate:[202610300000 TO 202611202359])"]


def test_what_comes_in_is_plain_text(author: Author, server: FeedServer) -> None:
    author.add_source(
        server.put(
            "/blog",
            rss(
                Post(
                    title="A \x9b31m \u202egnp.exe [red]t[/red]",
                    body="<script>x()</script><p>Text</p>",
                )
            ),
        )
    )

    author.types("fetch")

    title, summary = author.rows("SELECT title, summary FROM items")[0]
    assert title.isprintable()
    assert "\u202e" not in title
    assert title.endswith("[red]t[/red]")
    assert summary == "Text"


def test_the_user_agent_tells_how_to_reach_the_author(author: Author, server: FeedServer) -> None:
    author.write_config('contact = "mail@example.org"\n' + author.config.read_text("utf-8"))
    author.add_source(server.put("/blog", rss(Post())))

    author.types("fetch")

    agent = server.requests[0].headers["User-Agent"]
    assert agent.startswith("papertrack/")
    assert agent.endswith("(mail@example.org)")


def test_a_private_address_is_refused_unless_the_source_allows_it(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/blog", rss(Post())))
    author.write_config(
        author.config.read_text("utf-8").replace("allow_private_network = true", "")
    )

    printed = author.types("fetch")

    assert printed.code == 1
    assert "private network" in printed.err
    assert not server.requests


def test_requests_to_arxiv_keep_their_pause_across_processes(
    author: Author, server: FeedServer
) -> None:
    _subscribe_to_arxiv(author, server)
    author.write_config(author.config.read_text("utf-8").replace("pause_s = 0", "pause_s = 2"))
    server.put(ARXIV_PATH, arxiv_day(Paper("2611.99901")))

    run(author.config, "fetch")
    run(author.config, "fetch")

    first, second = (request.at for request in server.requests)
    assert second - first >= 1.9  # the turn is reserved a moment before the request arrives


@pytest.fixture
def stuck() -> Iterator[tuple[RawServer, threading.Event]]:
    """A server that takes requests and never answers; the event says that one has come."""
    asked = threading.Event()

    def hang(connection: socket.socket) -> None:
        connection.recv(65536)
        asked.set()
        connection.recv(1)

    with RawServer(hang) as server:
        yield server, asked


def _start_fetch(author: Author) -> subprocess.Popen[str]:
    return subprocess.Popen(
        author.command("fetch"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(author.folder),
    )


def test_a_second_fetch_names_the_first_and_exits_75(
    author: Author, stuck: tuple[RawServer, threading.Event]
) -> None:
    author.add_source(stuck[0].url + "/blog")
    with _start_fetch(author) as first:
        assert stuck[1].wait(20)

        printed = author.types("fetch")
        first.kill()

    assert printed.code == 75
    assert f"process {first.pid}" in printed.err


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_fetch_keeps_what_was_finished_and_leaves_no_process(
    author: Author,
    server: FeedServer,
    stuck: tuple[RawServer, threading.Event],
    sent: signal.Signals,
    code: int,
) -> None:
    author.add_source(server.put("/blog", rss(Post())))
    author.types("fetch")
    server.put("/blog", rss(Post("Newer", "https://blog.example.org/2", "2")))
    author.add_source(stuck[0].url + "/slow", "slow")
    with _start_fetch(author) as process:
        assert stuck[1].wait(20)
        _wait_until(lambda: author.rows("SELECT count(*) FROM items") == [(2,)])
        children = _children(process.pid)
        process.send_signal(sent)
        _, err = process.communicate(timeout=10)

    assert process.returncode == code
    assert "Traceback" not in err
    _wait_until(lambda: not any(_is_alive(child) for child in children))
    assert author.types("fetch", "blog").code == 0


def test_a_killed_fetch_leaves_a_database_that_needs_no_repair(
    author: Author, stuck: tuple[RawServer, threading.Event], server: FeedServer
) -> None:
    author.add_source(server.put("/blog", rss(Post())))
    author.add_source(stuck[0].url + "/slow", "slow")
    with _start_fetch(author) as process:
        assert stuck[1].wait(20)
        process.kill()

    assert author.types("fetch", "blog").code == 0
    assert author.rows("PRAGMA integrity_check") == [("ok",)]


def test_rating_goes_on_while_a_fetch_waits(
    author: Author, stuck: tuple[RawServer, threading.Event]
) -> None:
    author.types("add", "--title", "A note")
    author.add_source(stuck[0].url + "/slow", "slow")
    with _start_fetch(author) as process:
        assert stuck[1].wait(20)

        printed = author.types("rate", "1", "--area", "interp", "--value", "3")
        process.kill()

    assert printed.out == "rated 1 interp 3\n"


def test_a_terminal_shows_how_far_the_run_is(
    author: Author, stuck: tuple[RawServer, threading.Event], server: FeedServer
) -> None:
    author.add_source(server.put("/blog", rss(Post())))
    author.add_source(stuck[0].url + "/slow", "slow")

    with Terminal(author.config, "fetch") as terminal:
        terminal.wait_for("1/2")
        terminal.wait_for("1 new")


def _children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["/bin/ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(child) for child in listed.stdout.split()]


def _is_alive(pid: int) -> bool:
    listed = subprocess.run(
        ["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")


def _wait_until(is_so: Callable[[], bool], patience_s: float = 15.0) -> None:
    give_up_at = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def test_what_was_added_and_taken_back_is_queued_when_a_source_shows_it(
    author: Author, server: FeedServer
) -> None:
    author.types("add", "https://blog.example.org/a", "--title", "By hand")
    author.types("undo")
    author.add_source(server.put("/blog", rss(Post(link="https://blog.example.org/a"))))

    author.types("fetch")

    assert author.types("list", "--state", "new", "--ids").out == "1\n"


def test_a_feed_that_has_lost_its_entries_is_not_a_quiet_day(
    author: Author, server: FeedServer
) -> None:
    two = rss(Post(), Post("Another", "https://blog.example.org/b", "post-2"))
    author.add_source(server.put("/blog", two))
    author.types("fetch")
    server.put("/blog", rss())

    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: nothing new\n"
    assert printed.err == "blog: the feed is empty; it had 2 entries before\n"
