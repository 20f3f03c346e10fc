"""Subscribing: from any address to a table in the config."""

from __future__ import annotations

import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from papertrack.config.read import read_config
from papertrack.config.schema import ArxivSource, FeedSource
from tests.samples import Post, rss
from tests.servers import RawServer

if TYPE_CHECKING:
    import socket

    from papertrack.config.schema import SourceConfig
    from tests.author import Author, Printed
    from tests.servers import FeedServer

HERE = "--allow-private-network"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>An Atom blog</title><entry><id>x</id>
<title>One</title><updated>2026-11-19T08:00:00Z</updated><link href="https://e.example.org/1"/>
</entry></feed>"""


def _adds(author: Author, *words: str) -> Printed:
    return author.types("sources", "add", *words, HERE)


def _last(author: Author) -> SourceConfig:
    return read_config(author.config).sources[-1]


def test_the_feed_that_a_page_declares_is_added(author: Author, server: FeedServer) -> None:
    server.put("/comments.xml", rss(Post("A comment")))
    server.put("/feed.xml", rss(Post(), Post("B", guid="2", date="Thu, 19 Nov 2026 09:00:00 GMT")))
    server.put("/atom.xml", ATOM)
    page = server.put(
        "/blog",
        """<html><head>
        <link rel=alternate type=application/rss+xml title="Comments" href=comments.xml>
        <link rel=alternate type=application/rss+xml title=Posts href=feed.xml>
        <link rel=alternate type=application/atom+xml title="As Atom" href=atom.xml>""",
        content_type="text/html",
    )
    before = author.config.read_text("utf-8")

    printed = _adds(author, page, "--area", "interp")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out == (
        f"added a-blog: {server.url}/feed.xml\n"
        '  "A blog", 2 entries, newest from 2026-11-20\n'
        f"  the page also names {server.url}/atom.xml (As Atom)\n"
        f"  the page also names {server.url}/comments.xml (Comments)\n"
        "next: papertrack fetch a-blog\n"
    )
    assert author.config.read_text("utf-8") == before + (
        f'\n[[sources]]\nslug = "a-blog"\nkind = "feed"\nname = "A blog"\n'
        f'url = "{server.url}/feed.xml"\narea = "interp"\nallow_private_network = true\n'
    )
    assert author.types("fetch", "a-blog").out == "fetched 1 source: 2 new\n"


def test_the_address_of_a_feed_is_taken_as_it_is(author: Author, server: FeedServer) -> None:
    printed = _adds(author, server.put("/x", ATOM), "--slug", "mine", "--name", "My Own")

    assert printed.out.splitlines()[1] == '  "An Atom blog", 1 entry, newest from 2026-11-19'
    assert _last(author) == FeedSource(
        slug="mine", name="My Own", url=f"{server.url}/x", allow_private_network=True
    )
    assert len(server.requests) == 1


def test_a_feed_in_a_common_place_is_found(author: Author, server: FeedServer) -> None:
    page = server.put("/blog/", "<p>no links</p>", content_type="text/html")
    server.put("/feed", "<p>not this</p>", content_type="text/html")
    server.put("/atom.xml", ATOM)

    printed = _adds(author, page)

    assert printed.out.startswith(f"added an-atom-blog: {server.url}/atom.xml\n")


def test_what_a_page_declares_but_does_not_have_is_passed_over(
    author: Author, server: FeedServer
) -> None:
    server.put("/second.xml", rss(Post()))
    page = server.put(
        "/",
        "<link rel=alternate type=application/rss+xml href=/first.xml>"
        "<a href=/second.xml>no</a><a href=/second.rss>no</a>"
        "<link rel=alternate type=application/rss+xml href=/second.xml>",
        content_type="text/html",
    )

    printed = _adds(author, page)

    assert printed.out.startswith(f"added a-blog: {server.url}/second.xml\n")


def test_an_address_that_moved_for_good_is_written_where_it_is(
    author: Author, server: FeedServer
) -> None:
    new = server.put("/new", rss(Post()))
    old = server.put("/old", "", status=308, headers={"Location": "/new"})
    away = server.put("/away", "", status=302, headers={"Location": "/new2"})
    server.put("/new2", ATOM)

    _adds(author, old)
    _adds(author, away)

    urls = [s.url for s in read_config(author.config).sources if isinstance(s, FeedSource)]
    assert urls == [new, away]


def test_a_source_that_is_there_is_named_and_not_added(author: Author, server: FeedServer) -> None:
    url = server.put("/feed", rss(Post()))
    page = server.put(
        "/page",
        "<link rel=alternate type=application/rss+xml href=/feed/?utm_source=x>",
        content_type="text/html",
    )
    server.put("/feed/", rss(Post()))
    author.add_source(url, "mine")
    before = author.config.read_bytes()

    printed = [_adds(author, f"{url}/?utm_medium=rss"), _adds(author, page)]

    said = "mine is already there\n"
    assert [(one.code, one.out, one.err) for one in printed] == [(0, said, "")] * 2
    assert author.config.read_bytes() == before


def test_slugs_are_made_once(author: Author, server: FeedServer) -> None:
    _adds(author, server.put("/1", rss(Post())))

    printed = _adds(author, server.put("/2", rss(Post())))

    assert printed.out.startswith("added a-blog-2: ")


def test_a_title_from_outside_cannot_break_the_config(author: Author, server: FeedServer) -> None:
    title = 'x"\n[[sources]]\nslug="evil"\u202e\u2028\x7f'.encode()
    url = server.put("/f", ATOM.encode().replace(b"An Atom blog", title))

    printed = _adds(author, url)

    sources = read_config(author.config).sources
    assert printed.code == 0
    assert [source.slug for source in sources] == ["x-sources-slug-evil"]
    assert sources[0].name == 'x" [[sources]] slug="evil"'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("https://www.lesswrong.com", "--karma", "75"), "view=frontpage-rss&karmaThreshold=75"),
        (("https://www.alignmentforum.org",), "view=frontpage-rss&karmaThreshold=2"),
        (("https://github.com/example/tool",), "https://github.com/example/tool/releases.atom"),
        (("https://letters.substack.com/p/x",), "https://letters.substack.com/feed"),
        (("example.org/feed", "--kind", "feed"), "https://example.org/feed"),
    ],
)
def test_nobody_is_asked_when_nothing_is_to_be_checked(
    author: Author, words: tuple[str, ...], expected: str
) -> None:
    printed = author.types("sources", "add", *words, "--no-check")

    source = _last(author)
    assert printed.code == 0
    assert isinstance(source, FeedSource)
    assert source.url.endswith(expected)


def test_a_list_of_arxiv_becomes_a_source_of_its_kind(author: Author) -> None:
    printed = author.types("sources", "add", "https://arxiv.org/list/cs.LG/recent")
    again = author.types("sources", "add", "cs.lg".replace("lg", "LG"), "--kind", "arxiv")

    assert printed.out == "added arxiv-cs-lg: cs.LG\nnext: papertrack fetch arxiv-cs-lg\n"
    assert _last(author) == ArxivSource(
        slug="arxiv-cs-lg", name="arXiv cs.LG", categories=("cs.LG",)
    )
    assert again.out.startswith("arxiv-cs-lg is already there")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("junk",), '"junk" is not an address; give one like https://example.org/blog'),
        (
            ("https://example.org", "--area", "nope"),
            'there is no area "nope"; the areas are interp, attacks',
        ),
        (
            ("https://example.org", "--slug", "Not One"),
            '"Not One" is not a slug; use lower-case letters, digits and single hyphens',
        ),
        (("https://example.org", "--slug", "by-hand"), 'source "by-hand" already exists; '),
        (("https://example.org", "--karma", "30"), "--karma is for LessWrong"),
        (("https://example.org", "--kind", "feed", "--karma", "2"), "exclude each other"),
        (("https://example.org", "--kind", "arxiv"), "does not name an arXiv category"),
        (("https://example.org", "--kind", "song"), "Invalid value for '--kind'"),
        (
            ("https://example.org", "--user-agent", "ü", "--no-check"),
            "user_agent: must be one line",
        ),
    ],
)
def test_a_wrong_call_is_one_line_and_changes_nothing(
    author: Author, words: tuple[str, ...], expected: str
) -> None:
    before = author.config.read_bytes()

    printed = author.types("sources", "add", *words)

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert expected in printed.err
    assert author.config.read_bytes() == before


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            200,
            "<p>nothing here</p>",
            "no feed was found there; use the address of a feed",
        ),
        (404, "x", "HTTP 404; check the address"),
        (403, "x", "server rejects our User-Agent; give another with --user-agent"),
        (410, "x", "HTTP 410; check the address"),
        (401, "x", "HTTP 401; put the right user name and password into the address"),
        (200, "", "the document is empty; check the address"),
    ],
)
def test_an_address_without_a_feed_is_one_line_and_changes_nothing(
    author: Author, server: FeedServer, status: int, body: str, expected: str
) -> None:
    url = server.put("/x", body, status=status, content_type="text/html")
    before = author.config.read_bytes()

    printed = _adds(author, url)

    assert (printed.code, printed.out, printed.err.count("\n")) == (1, "", 1)
    assert printed.err.startswith(f"papertrack: cannot add {url}: ")
    assert expected in printed.err
    assert author.config.read_bytes() == before
    assert len(server.requests) <= 40


def test_another_user_agent_is_sent_and_written(author: Author, server: FeedServer) -> None:
    _adds(author, server.put("/x", rss(Post())), "--user-agent", "reader/1")

    assert server.requests[0].headers["User-Agent"] == "reader/1"
    assert _last(author).user_agent == "reader/1"


def test_a_private_address_is_refused_unless_it_is_allowed(
    author: Author, server: FeedServer
) -> None:
    url = server.put("/x", rss(Post()))
    before = author.config.read_bytes()

    printed = author.types("sources", "add", url)

    assert (printed.code, server.requests) == (1, [])
    assert printed.err == (
        f"papertrack: cannot add {url}: refused address 127.0.0.1 (private network); if the "
        "server is yours, add --allow-private-network\n"
    )
    assert author.config.read_bytes() == before


def test_a_password_is_sent_and_written_but_never_printed(
    author: Author, server: FeedServer
) -> None:
    url = server.put("/x", rss(Post())).replace("http://", "http://me:hunter2@")

    printed = _adds(author, url)

    assert printed.out.startswith(f"added a-blog: {server.url}/x\n")
    assert "hunter2" not in printed.out + printed.err
    assert "Authorization" in server.requests[0].headers
    assert getattr(_last(author), "url", None) == url


def test_a_read_only_config_is_told_before_anybody_is_asked(
    author: Author, server: FeedServer
) -> None:
    url = server.put("/x", rss(Post()))
    author.config.chmod(0o444)

    printed = _adds(author, url)

    assert (printed.code, printed.err.count("\n")) == (2, 1)
    assert "is read-only" in printed.err
    assert server.requests == []


def test_ctrl_c_leaves_the_config_as_it_was(author: Author) -> None:
    before = author.files()
    asked = threading.Event()

    def hang(connection: socket.socket) -> None:
        connection.recv(100)
        asked.set()
        connection.recv(1_000_000)
        connection.recv(1)

    with RawServer(hang) as server:
        process = subprocess.Popen(
            author.command("sources", "add", server.url, HERE),
            cwd=author.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (130, "")
    assert err == "papertrack: interrupted; what was acknowledged is kept\n"
    assert author.files() == before
