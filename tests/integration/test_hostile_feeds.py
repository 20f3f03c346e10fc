"""Whatever a feed or its server does, it costs its own source alone."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.integration import hostile, own_network
from tests.integration.hostile import EVIL, FORBIDDEN, Hostile
from tests.process import environment
from tests.samples import Paper, Post, arxiv_day, rss
from tests.servers import FeedServer, RawServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from socket import socket

    from tests.author import Author, Printed

OK = b"HTTP/1.1 200 OK\r\n"
ARXIV_PATH = "/atom/cs.AI+cs.LG"


def _verdicts(printed: Printed) -> dict[str, str]:
    """Read from ``fetch -v`` what was printed of each source that failed, or came in part."""
    said = (
        re.split(": (?:failed|partial): ", line, maxsplit=1) for line in printed.err.splitlines()
    )
    return {parts[0]: parts[1] for parts in said if len(parts) > 1}


def _stored(author: Author) -> Counter[str]:
    """Count the items that each source brought."""
    rows = author.rows("SELECT slug FROM items JOIN sources ON sources.id = origin_id")
    return Counter(row[0] for row in rows)


def _everything(author: Author) -> dict[str, list[tuple[object, ...]]]:
    tables = ("items", "identifiers", "sightings", "versions", "merges")
    return {table: author.rows(f"SELECT * FROM {table}") for table in tables}  # noqa: S608


def _texts(database: Path) -> Iterator[str]:
    """Read every text that is anywhere in a database."""
    with closing(sqlite3.connect(database)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        for table in tables:
            for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
                yield from (value for value in row if isinstance(value, str))


def _subscribe(author: Author, server: FeedServer, documents: Mapping[str, Hostile]) -> None:
    for slug, document in documents.items():
        url = server.put(
            f"/{slug}",
            document.body,
            status=document.status,
            content_type=document.content_type,
            headers=document.headers,
        )
        author.add_source(url, slug)
    hostile.add_neighbour(author, server)


def test_no_document_costs_more_than_its_own_source_and_none_is_new_twice(
    author: Author, server: FeedServer
) -> None:
    documents = hostile.documents()
    _subscribe(author, server, documents)

    printed = author.types("-v", "fetch")

    verdicts, stored = _verdicts(printed), _stored(author)
    assert printed.code == 1
    assert "Traceback" not in printed.err
    assert "unexpected" not in printed.err
    for slug, document in documents.items():
        failed = verdicts.get(slug)
        if document.outcome is not None:
            assert failed is not None, slug
            assert failed.startswith(document.outcome), slug
        elif document.stored is not None:
            assert failed is None, (slug, failed)
        assert document.stored in {None, stored[slug]}, (slug, printed.err)
    assert hostile.neighbour_is_whole(author)
    assert "root:" not in "".join(_texts(author.database))

    before = _everything(author)
    author.now += timedelta(days=2)
    author.types("fetch")
    assert _everything(author) == before


@pytest.mark.parametrize("reference", ["&#99999999999;", "&#xFFFFFFFFF;", "&#" + "9" * 5000 + ";"])
def test_a_reference_beyond_all_numbers_costs_no_more_than_itself(
    author: Author, server: FeedServer, reference: str
) -> None:
    author.add_source(server.put("/blog", hostile.item(f"<title>T {reference}</title>")))

    assert author.types("fetch").code == 0
    assert _stored(author)["blog"] == 2


def test_of_a_hundred_thousand_entries_ten_thousand_are_read(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/many", hostile.too_many_entries()), "many")
    hostile.add_neighbour(author, server)

    printed = author.types("-v", "fetch")

    assert printed.code == 0
    assert "many: Only the first 10,000 entries were read; 90,000 were skipped" in printed.err
    assert _stored(author)["many"] == 10_000
    assert hostile.neighbour_is_whole(author)


RAW_ANSWERS: Mapping[str, Callable[[socket], None]] = {
    "silent": hostile.sends(),
    "not-http": hostile.sends(b"220 mail.example ESMTP \x1b[31mready\r\n"),
    "tls": hostile.sends(b"\x16\x03\x01" + bytes(200)),
    "header-huge": hostile.sends(OK + b"X: " + b"x" * 200_000 + b"\r\n\r\n"),
    "header-endless": hostile.pours(OK, b"X-More: 1\r\n"),
    "header-many": hostile.sends(OK + b"X: 1\r\n" * 100_000 + b"\r\n"),
    "length-lie": hostile.sends(OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nx"),
    "length-twice": hostile.sends(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
    "chunk-garbage": hostile.sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n"),
    "chunk-huge": hostile.sends(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 16 + b"\r\nx"),
    "continue-endless": hostile.pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "status-odd": hostile.sends(b"HTTP/1.1 042 \x1b[31m\r\n\r\n"),
    "unasked-304": hostile.sends(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "reason-evil": hostile.sends(
        b"HTTP/1.1 500 \xc2\x9b31m\xe2\x80\xae\r\nContent-Length: 0\r\n\r\n"
    ),
    "body-endless": hostile.pours(OK + b"\r\n", b"<item>" * 20_000),
    "gzip-endless": hostile.pours(OK + b"Content-Encoding: gzip\r\n\r\n", bytes(65_536)),
}
# What dribbles until the total of 30 s is up; see tests/net for the same with shorter limits.
_TIMED_OUT = {"continue-endless"}


def test_no_server_costs_more_than_its_own_source(author: Author, server: FeedServer) -> None:
    hostile.add_neighbour(author, server)
    with contextlib.ExitStack() as running:
        for slug, answer in RAW_ANSWERS.items():
            if slug not in _TIMED_OUT:
                author.add_source(running.enter_context(RawServer(answer)).url, slug)

        printed = author.types("-v", "fetch")

    assert printed.code == 1
    assert _verdicts(printed).keys() == RAW_ANSWERS.keys() - _TIMED_OUT
    assert "Traceback" not in printed.err
    assert "unexpected" not in printed.err
    assert not FORBIDDEN & {*printed.err, *printed.out}
    assert hostile.neighbour_is_whole(author)


@hostile.with_patience
def test_what_dribbles_or_hangs_is_left_at_the_real_limits(
    author: Author, server: FeedServer
) -> None:
    hostile.add_neighbour(author, server)
    with (
        RawServer(RAW_ANSWERS["continue-endless"]) as endless,
        RawServer(hostile.hangs) as silent,
        RawServer(hostile.drips) as dribbling,
    ):
        for slug, raw in (("endless", endless), ("silent", silent), ("drips", dribbling)):
            author.add_source(raw.url, slug)

        printed = author.types("-v", "fetch")

    assert printed.code == 1
    assert {slug: why.partition(";")[0] for slug, why in _verdicts(printed).items()} == {
        "endless": "timed out after 30 s",
        "silent": "timed out after 30 s",
        "drips": "timed out after 30 s",
    }
    assert hostile.neighbour_is_whole(author)


EVIL_DOCUMENTS: Mapping[str, tuple[str, bytes]] = {
    "rss": ("application/rss+xml", hostile.evil_rss()),
    "rss-escaped": ("application/rss+xml", hostile.evil_rss(escaped=True)),
    "atom": ("application/atom+xml", hostile.evil_atom()),
    "json": ("application/feed+json", hostile.evil_json()),
}


def test_no_character_that_a_terminal_obeys_gets_anywhere(
    author: Author, server: FeedServer
) -> None:
    for slug, (content_type, body) in EVIL_DOCUMENTS.items():
        author.add_source(server.put(f"/{slug}", body, content_type=content_type), slug)
    _subscribe_to_arxiv(author, server)
    server.put(ARXIV_PATH, hostile.evil_arxiv())
    hostile.add_neighbour(author, server)

    printed = [author.types("-v", "fetch"), author.types("fetch", "--json")]
    assert hostile.neighbour_is_whole(author)
    assert min(_stored(author)[slug] for slug in (*EVIL_DOCUMENTS, "arxiv")) > 0
    numbers = author.types("list", "--ids").out.split()
    printed += [author.types("list"), author.types("list", "--json")]
    printed += [author.types("rate", *numbers, "--area", "interp", "--value", "4")]
    printed += [author.types("draft", "-o", "-")]
    for number in numbers:
        printed += [author.types("show", number), author.types("show", number, "--json")]

    for text in _texts(author.database):
        assert not FORBIDDEN & set(text), ascii(text[:200])
    for one in printed:
        shown = (one.out + one.err).replace("\t", " ")  # `list` puts tabs between fields
        assert not FORBIDDEN & set(shown), ascii(shown[:500])


EVIL_HEADERS = (
    ("ETag", '"\x1b[2J\x9b31m\x85"'),
    ("Last-Modified", "\x1b]0;owned\x07"),
    ("Content-Type", "text/xml; charset=\x1b[31m"),
    ("Content-Type", "text/xml; charset=punycode"),
    ("Location", "http://127.0.0.1:1/\x9b31m"),
    ("Retry-After", "\x9b31m"),
    ("Cache-Control", "max-age=\x1b[2J"),
    ("Expires", "\x9d0;owned\x9c"),
)


def test_no_header_gets_a_control_character_anywhere(author: Author, server: FeedServer) -> None:
    body = rss(Post()).encode()
    hostile.add_neighbour(author, server)
    with contextlib.ExitStack() as running:
        for number, (status, (name, value)) in enumerate(
            itertools.product((b"200 OK", b"301 Moved", b"503 Busy"), EVIL_HEADERS)
        ):
            head = f"{name}: {value}\r\nContent-Length: {len(body)}\r\n\r\n".encode("latin-1")
            answer = hostile.sends(b"HTTP/1.1 " + status + b"\r\n" + head + body)
            author.add_source(running.enter_context(RawServer(answer)).url, f"evil-{number}")
        printed = [author.types("-v", "fetch"), author.types("fetch", "--json")]

    for text in (*_texts(author.database), *(one.out + one.err for one in printed)):
        assert not FORBIDDEN & set(text), ascii(text[:200])
    assert hostile.neighbour_is_whole(author)


def _subscribe_to_arxiv(author: Author, server: FeedServer) -> None:
    text = author.config.read_text("utf-8")
    for key in ("oai_url", "feed_url", "api_url"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith(key))
    author.write_config(
        text.replace(
            "[arxiv]",
            f'[arxiv]\nfeed_url = "{server.url}/atom"\napi_url = "{server.url}/api/query"\n'
            f'oai_url = "{server.url}/oai"',
        )
        + '\n[[sources]]\nslug = "arxiv"\nkind = "arxiv"\ncategories = ["cs.LG", "cs.AI"]\n'
    )


_DAY = arxiv_day(*(Paper(f"9911.9990{number}", title=f"Paper {number}") for number in range(1, 5)))
ARXIV_ANSWERS: Mapping[str, tuple[Hostile, int]] = {
    "maintenance": (Hostile(b"<html><body><h1>Down for maintenance</h1></body></html>"), 0),
    "rate": (Hostile(b"Rate exceeded.", content_type="text/plain"), 0),
    "rate-429": (Hostile(b"Rate exceeded.", status=429), 0),
    "forbidden": (Hostile(b"", status=403), 0),
    "error": (Hostile(hostile.arxiv_error()), 0),
    "evil-error": (Hostile(f"Busy {EVIL}".encode("utf-8", "surrogatepass")), 0),
    "empty": (Hostile(b""), 0),
    "truncated": (Hostile(_DAY[: _DAY.index("Paper 3") + 3].encode()), 2),
    "categories": (
        Hostile(
            _DAY.replace(
                "<category", "<category term='cs.LG'/>" * 100_000 + "<category", 1
            ).encode()
        ),
        4,
    ),
    "category-long": (Hostile(_DAY.replace('"cs.AI"', f'"cs.{"A" * 1_000_000}"').encode()), 4),
    "entities": (Hostile(b'<!DOCTYPE feed [<!ENTITY x "why">]>' + _DAY.encode()), 0),
    "version-huge": (Hostile(_DAY.replace("01v1", "01v99999999999999999999").encode()), 4),
}


@pytest.mark.parametrize("case", ARXIV_ANSWERS)
def test_whatever_arxiv_answers_costs_arxiv_alone(
    author: Author, server: FeedServer, case: str
) -> None:
    document, stored = ARXIV_ANSWERS[case]
    _subscribe_to_arxiv(author, server)
    for path in (ARXIV_PATH, "/oai", "/api/query"):
        server.put(path, document.body, status=document.status, content_type=document.content_type)
    hostile.add_neighbour(author, server)

    printed = author.types("-v", "fetch")

    assert "Traceback" not in printed.err
    assert "unexpected" not in printed.err
    assert not FORBIDDEN & set(printed.err + printed.out)
    assert printed.code == (1 if "arxiv" in _verdicts(printed) else 0)
    assert stored > 0 or printed.code == 1
    assert _stored(author)["arxiv"] >= stored - (case == "version-huge")
    assert hostile.neighbour_is_whole(author)


def test_an_unknown_entity_in_arxivs_feed_costs_no_paper(
    author: Author, server: FeedServer
) -> None:
    _subscribe_to_arxiv(author, server)
    server.put(ARXIV_PATH, _DAY.replace("</entry>", "&nbsp;</entry>", 1))

    author.types("fetch")

    assert _stored(author)["arxiv"] == 4


def test_half_a_day_of_arxiv_is_asked_for_again(author: Author, server: FeedServer) -> None:
    """Cut off on its way to a proxy, it comes with the right length and arXiv's own max-age."""
    _subscribe_to_arxiv(author, server)
    fresh = {"Cache-Control": "max-age=50000"}
    server.put(ARXIV_PATH, _DAY[: _DAY.index("Paper 3")], headers=fresh, etag='"half"')
    author.types("fetch")
    server.put(ARXIV_PATH, _DAY, headers=fresh, etag='"whole"')

    author.types("fetch")

    assert _stored(author)["arxiv"] == 4


SECRET = "Geheim7" + "9"  # what must not be found anywhere


def _secret_url(url: str) -> str:
    return url.replace("http://", f"http://ann:{SECRET}@") + f"?format=atom&token={SECRET}"


def test_a_secret_in_a_url_is_printed_and_logged_nowhere(
    author: Author, server: FeedServer
) -> None:
    relative = "".join(
        f"<item><title>{number}</title><guid>r{number}</guid><link>{link}</link></item>"
        for number, link in enumerate(("/a", "b", "./", "?page=2"))
    )
    pages = {
        "good": Hostile(rss(Post("Good", "https://good.example.org/1")).encode()),
        "relative": Hostile(f"<rss><channel><item/>{relative}</channel></rss>".encode()),
        "missing": Hostile(b"", status=404),
        "broken": Hostile(b"", status=500),
        "login": Hostile(b"", status=401),
        "page": Hostile(b"<html><title>No</title></html>"),
        "loop": Hostile(b"", status=301, headers={"Location": _secret_url("/loop")}),
        "moved": Hostile(b"", status=301, headers={"Location": _secret_url("/good")}),
        "away": Hostile(b"", status=302, headers={"Location": f"ftp://h/?token={SECRET}"}),
        "bomb": Hostile(b"x", headers={"Content-Encoding": "gzip"}),
    }
    for slug, page in pages.items():
        url = server.put(f"/{slug}", page.body, status=page.status, headers=page.headers)
        author.add_source(_secret_url(url), slug)
    author.add_source(_secret_url("http://127.0.0.1:1/refused"), "refused")
    author.add_source(_secret_url("http://feeds.invalid/name"), "name")
    hostile.add_neighbour(author, server)

    printed = [author.types("-v", "fetch"), author.types("-v", "fetch", "--json")]
    printed += [author.types("-v", "fetch", "moved")]
    printed += [author.types("list"), author.types("list", "--json"), author.types("status")]
    printed += [author.types("sources"), author.types("sources", "--json")]
    for number in author.types("list", "--ids").out.split():
        printed += [author.types("show", number), author.types("show", number, "--json")]
        printed += [author.types("rate", number, "--area", "interp", "--value", "4")]
    printed += [author.types("draft", "-o", "-")]

    assert hostile.neighbour_is_whole(author)
    assert _stored(author)["relative"] == 5
    for one in printed:
        assert SECRET not in one.out + one.err
    kept = "SELECT error FROM fetches UNION ALL SELECT url FROM items"
    kept += " UNION ALL SELECT value FROM identifiers UNION ALL SELECT url FROM sightings"
    assert SECRET not in str(author.rows(kept))


def test_a_link_to_a_place_on_the_page_does_not_carry_the_secret_of_the_feed(
    author: Author, server: FeedServer
) -> None:
    post = Post("A change", "#version-2", "c")
    author.add_source(_secret_url(server.put("/changes", rss(post))), "changes")

    author.types("fetch")

    assert author.rows("SELECT title FROM items") == [("A change",)]
    assert SECRET not in author.types("list", "--json").out


@pytest.mark.parametrize("query", [SECRET, f"reader={SECRET}"])
def test_a_parameter_of_any_name_may_be_a_secret(
    author: Author, server: FeedServer, query: str
) -> None:
    server.put("/new", rss(Post()))
    url = server.put("/old", "", status=301, headers={"Location": f"/new?{query}"})
    author.add_source(url)
    author.types("fetch")

    printed = author.types("fetch")

    assert "moved" in printed.err
    assert SECRET not in printed.err


def test_credentials_stay_with_their_own_origin(author: Author, server: FeedServer) -> None:
    with FeedServer() as stranger:
        there = stranger.put("/feed", rss(Post()))
        back = server.put("/back", rss(Post("Back", "https://b.example.org/", "b")))
        start = server.put("/start", "", status=302, headers={"Location": there})
        around = server.put("/around", "", status=302, headers={"Location": f"{stranger.url}/on"})
        stranger.put("/on", "", status=302, headers={"Location": back})
        named = server.put(
            "/named", "", status=302, headers={"Location": there.replace("//", "//eve:evil@")}
        )
        for slug, url in (("start", start), ("around", around), ("named", named)):
            author.add_source(url.replace("//", f"//ann:{SECRET}@"), slug)
        hostile.add_neighbour(author, server)

        printed = author.types("fetch")

    assert printed.code == 0
    assert len(stranger.requests) == 3
    assert not any("Authorization" in request.headers for request in stranger.requests)
    at_home = {request.path: "Authorization" in request.headers for request in server.requests}
    assert at_home == {
        "/start": True, "/around": True, "/named": True, "/back": True, "/neighbour": False
    }  # fmt: skip
    assert hostile.neighbour_is_whole(author)


def test_a_public_server_cannot_send_us_to_a_private_address(author: Author) -> None:
    """Everything happens in a network of its own, in which a public address is this machine."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.integration.own_network", str(author.config)],
        capture_output=True,
        text=True,
        env=environment(author.folder),
        check=False,
        timeout=60,
    )
    if ended.returncode == own_network.NO_NETWORK_OF_ITS_OWN:
        pytest.skip("this system gives us no network of our own")

    report = json.loads(ended.stdout)

    assert report["asked"] == sorted({*own_network.REDIRECTS, "/feed"})  # and nothing behind them
    assert len(report["failed"]) == len(own_network.REDIRECTS)
    for why in report["failed"].values():
        assert "(private network)" in why or why == "redirected to a URL that is not valid", why
    assert _stored(author) == {"neighbour": 1}


WISHES_FOR_PEACE: tuple[Mapping[str, str], ...] = (
    {"Cache-Control": "max-age=99999999999999999999"},
    {"Cache-Control": "max-age=9999999999, stale-while-revalidate=1e999"},
    {"Expires": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Expires": "Fri, 31 Dec 9999 23:59:59 -2359"},
    {"Retry-After": "9" * 400},
    {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Retry-After": "\u00b2", "Expires": "0", "Cache-Control": "max-age=-1"},
    {"ETag": '"' + "e" * 5000 + '"', "Last-Modified": "never"},
)
TTLS = ("99999999999999999999", "9" * 5000, "1e999", "-5", "\u0665", "x" * 100_000, "")


def test_nothing_keeps_a_source_silent_for_more_than_a_day(
    author: Author, server: FeedServer
) -> None:
    def show(word: str) -> None:
        for number, (status, headers) in enumerate(wishes):
            link = f"https://blog.example.org/{number}/{word}"
            server.put(
                f"/{number}",
                rss(Post(f"{word} {number}", link, link)),
                status=status,
                headers=headers,
            )
        for number, ttl in enumerate(TTLS):
            link = f"https://ttl.example.org/{number}/{word}"
            feed = rss(Post(f"{word} ttl-{number}", link, link))
            server.put(f"/ttl-{number}", feed.replace("<item>", f"<ttl>{ttl}</ttl><item>"))

    wishes = list(itertools.product((200, 503), WISHES_FOR_PEACE))
    names = [*map(str, range(len(wishes))), *(f"ttl-{number}" for number in range(len(TTLS)))]
    for name in names:
        author.add_source(f"{server.url}/{name}", f"s{name}")
    show("Earlier")
    first = author.types("-v", "fetch")
    wishes = [(200, headers) for _, headers in wishes]
    show("Later")

    author.now += timedelta(days=1)
    second = author.types("-v", "fetch")

    assert first.code == 1
    assert "Traceback" not in first.err
    assert "unexpected" not in first.err
    assert second.code == 0
    later = author.rows("SELECT title FROM items WHERE title LIKE 'Later %'")
    assert sorted(row[0] for row in later) == sorted(f"Later {name}" for name in names)


def test_the_same_posts_renamed_redated_and_tagged_anew_change_nothing(
    author: Author, server: FeedServer
) -> None:
    def blog(utm: str, day: str, *, is_reversed: bool) -> str:
        posts = [
            Post(
                title=f"Post {number}",
                link=f"https://blog.example.org/{number}?utm_source={utm}&a={number}",
                guid=f"{number}",
                date=f"{day} Nov 2026 09:00:00 GMT",
            )
            for number in range(20)
        ]
        return rss(*(reversed(posts) if is_reversed else posts))

    author.add_source(server.put("/blog", blog("rss", "Wed, 18", is_reversed=False)))
    hostile.add_neighbour(author, server)
    author.types("fetch")
    before = _everything(author)
    server.put(
        "/blog",
        blog("mail", "Thu, 19", is_reversed=True).replace("A blog", "Another name"),
        content_type="text/plain",
    )
    author.now += timedelta(days=2)

    printed = author.types("fetch")

    assert printed.out == "fetched 2 sources: nothing new\n"
    assert _everything(author) == before
