"""Documents and servers that mean harm, each with the sentence that it should come down to."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import os
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.samples import Paper, Post, arxiv_day, rss

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.author import Author
    from tests.servers import FeedServer

NEIGHBOUR = tuple(
    Post(f"Neighbour {number}", f"https://neighbour.example.org/{number}", f"n{number}")
    for number in range(1, 4)
)

# Everything that a terminal obeys or a reader cannot see, by the name it goes by in feeds.
EVIL = (
    "\x1b[2J\x1b]0;owned\x07\x9b31m\x1b]8;;https://evil.example.org\x1b\\"
    "\x00\x07\x08\x0b\x0c\x7f\x85\x90\u2028\u2029\u200b\u200e\u202e\u2066\u2069\ufeff\U000e0041"
)
FORBIDDEN = frozenset(
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *"\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e",
        *"\u2060\u2066\u2067\u2068\u2069\ufeff\U000e0041",
    ]
) - {"\n"}


with_patience = pytest.mark.skipif(
    "PAPERTRACK_PATIENCE" not in os.environ,
    reason="takes half a minute of waiting; set PAPERTRACK_PATIENCE=1 to run it",
)


@dataclass(frozen=True)
class Hostile:
    """One document and how it is sent.

    Attributes:
        outcome: What is printed after ``failed: `` (its beginning), or None when something of it
            is stored.
        stored: How many items come of it; None when any number is as good.
    """

    body: bytes
    outcome: str | None = None
    stored: int | None = 0
    content_type: str = "application/xml"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def item(inside: str) -> bytes:
    """Write a feed of one hostile entry, and a good one behind it."""
    return (
        f'<rss version="2.0"><channel><title>T</title><item>{inside}</item>'
        '<item><title>Good</title><guid isPermaLink="false">good</guid></item></channel></rss>'
    ).encode("utf-8", "surrogatepass")


def json_feed(*items: object) -> bytes:
    """Write a JSON Feed; lone surrogates stay the escapes that they are in JSON."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": list(items)}
    return json.dumps(feed).encode()


def _bomb(levels: int = 12) -> bytes:
    entities = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, levels)
    )
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "bomb">{entities}]>'
        f"<rss><channel><item><title>&e{levels - 1};</title></item></channel></rss>"
    ).encode()


def _external(system: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{system}">]>'
        "<rss><channel><item><title>&x;</title></item></channel></rss>"
    ).encode()


_BREAKS_OFF = "the document breaks off before its first entry"
_WEB_PAGE = "this is a web page, not a feed"
_PLAIN = "this is plain text, not a feed"
_ENTITIES = "it declares entities, which no feed needs"
_JSON = "it is neither XML nor readable JSON"
_MANY_ATTRIBUTES = " ".join(f'a{number}="x"' for number in range(100_000))


def documents() -> Mapping[str, Hostile]:
    """Make every hostile document that is judged at once, by its name."""
    return {**_MARKUP, **_CHARACTERS, **_OTHERS, **_bodies()}


_MARKUP: Mapping[str, Hostile] = {
    # Names of files: feedparser would open them.
    "path": Hostile(b"/etc/passwd", _PLAIN),
    "path-relative": Hostile(b"config.toml", _PLAIN),
    "path-url": Hostile(b"file:///etc/passwd", _PLAIN),
    "path-html": Hostile(b"/etc/passwd", _PLAIN, content_type="text/html"),
    # Entities.
    "entity-bomb": Hostile(_bomb(), _ENTITIES),
    "entity-file": Hostile(_external("file:///etc/passwd"), _ENTITIES),
    "entity-http": Hostile(_external("http://127.0.0.1:1/"), _ENTITIES),
    "entity-parameter": Hostile(
        b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><rss/>', _ENTITIES
    ),
    "entity-utf16": Hostile(_bomb().decode().encode("utf-16"), _ENTITIES),
    "dtd-elsewhere": Hostile(
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">' + item("<title>&x;</title>"),
        stored=2,
    ),
    "xinclude": Hostile(
        item(
            '<title>T</title><x:include xmlns:x="http://www.w3.org/2001/XInclude"'
            ' parse="text" href="file:///etc/passwd"/>'
        ),
        stored=2,
    ),
    "stylesheet": Hostile(
        b'<?xml version="1.0"?><?xml-stylesheet href="file:///etc/passwd"?>'
        + item("<title>T</title>"),
        stored=2,
    ),
    # What makes regular expressions and parsers run for minutes.
    "newlines": Hostile(b"\n" * 20_000 + item("<title>T</title>"), stored=2),
    "newlines-then-nothing": Hostile(b"\n" * 20_000 + b"x", _PLAIN),
    "newlines-in-declaration": Hostile(b"<?xml " + b"\n" * 200_000, None, stored=None),
    "doctypes": Hostile(b"<!DOCTYPE " * 100_000, "its document type is broken"),
    "doctypes-closed": Hostile(b"<!DOCTYPE a>" * 100_000, _BREAKS_OFF),
    "doctype-brackets": Hostile(b"<!DOCTYPE a [" + b"]  " * 100_000, _BREAKS_OFF),
    "comments": Hostile(b"<!--" * 100_000, _BREAKS_OFF),
    "instructions": Hostile(b"<?" * 100_000, None, stored=None),
    "attributes": Hostile(
        f"<rss {_MANY_ATTRIBUTES}><channel><item><title>A</title></item></channel></rss>".encode(),
        None,
        stored=None,
    ),
    "attributes-in-entry": Hostile(item(f"<title {_MANY_ATTRIBUTES}>T</title>"), stored=2),
    "attributes-in-summary": Hostile(
        item(f"<title>T</title><description><![CDATA[<p {_MANY_ATTRIBUTES}>x</p>]]></description>"),
        stored=2,
    ),
    "nested-deep": Hostile(b"<rss><channel>" + b"<a>" * 10_000, None, stored=None),
    "nested-lists": Hostile(
        item("<title>T</title><description>" + "&lt;ul&gt;&lt;li&gt;" * 10_000 + "</description>"),
        stored=2,
    ),
    "less-than": Hostile(
        item("<title>T</title><description>" + "&lt;" * 50_000 + "</description>"), stored=2
    ),
    "ampersands": Hostile(item("<title>" + "&" * 50_000 + "</title>"), None, stored=None),
    "namespaces": Hostile(
        b"<rss "
        + b" ".join(b'xmlns:n%d="http://n/%d"' % (number, number) for number in range(20_000))
        + b"><channel><item><title>T</title></item></channel></rss>",
        None,
        stored=None,
    ),
    "json-deep": Hostile(b'{"items":' + b"[" * 200_000, _JSON),
    "json-number": Hostile(b'{"items":[{"id":' + b"9" * 100_000 + b"}]}", _JSON),
}

_CHARACTERS: Mapping[str, Hostile] = {
    "bad-references": Hostile(
        item("<title>A&#xD800;B&#0;C&#27;[31mD&#x110000;E&#xFFFE;F&#xD800 G</title>"),
        stored=2,
    ),
    "bad-utf8": Hostile(item("<title>A @ B</title>").replace(b"@", b"\xff\xfe\xc0\x80"), stored=2),
    "bad-encoding": Hostile(
        b'<?xml version="1.0" encoding="punycode"?>' + item("<title>T</title>"), stored=2
    ),
    "nul-bytes": Hostile(b"\0" * 1000 + item("<title>T</title>"), None, stored=None),
    "utf32": Hostile(item("<title>T</title>").decode().encode("utf-32"), stored=2),
    "json-surrogates": Hostile(
        json_feed(
            {"id": "\ud800", "title": "\udfff\ud800x", "url": "https://h.example.org/\ud800"}
        ),
        stored=1,
        content_type="application/feed+json",
    ),
}

_OTHERS: Mapping[str, Hostile] = {
    # No feeds.
    "empty": Hostile(b"", "the server sent an empty document"),
    "blank": Hostile(b" \n" * 1000, "the server sent an empty document"),
    "page": Hostile(b"<!doctype html><title>Log in</title>", _WEB_PAGE),
    "binary": Hostile(bytes(range(256)) * 100, None, stored=None),
    "gzip-unsaid": Hostile(gzip.compress(item("<title>T</title>")), None, stored=2),
    "json-other": Hostile(b'{"items": 3}', "this is JSON, but not a JSON Feed"),
    "json-list": Hostile(b"[1, 2]", _PLAIN),
    # Feeds whose parts are of the wrong kind.
    "json-nonsense": Hostile(
        json_feed(
            None,
            3,
            [],
            {},
            {"id": {}},
            {"id": float("nan"), "title": []},
            {"id": True, "url": ["x"], "title": "T", "date_published": 5, "authors": [1]},
            {"id": 1e300, "url": "http://[::1", "title": "U"},
        ),
        stored=2,
    ),
    "dates": Hostile(
        item(
            "<title>T</title><pubDate>Mon, 99 Foo 99999 99:99:99 +9999</pubDate>"
            "<dc:date>99999-99-99T99:99:99Z</dc:date><updated>-1</updated>"
        ),
        stored=2,
    ),
    "links": Hostile(
        item(
            "<title>T</title><link>javascript:alert(1)</link><guid>file:///etc/passwd</guid>"
            '<enclosure url="data:text/html,x"/><link>http://[::1</link>'
        ),
        stored=2,
    ),
    # Status and redirects.
    "status-204": Hostile(b"", "HTTP 204", status=204, headers={"Content-Length": "0"}),
    "status-999": Hostile(b"", "HTTP 999", status=999),
    "loop": Hostile(b"", "redirected more than 5 times", status=301, headers={"Location": "/loop"}),
    "to-file": Hostile(
        b"", "redirected to file:", status=302, headers={"Location": "file:///etc/passwd"}
    ),
    "to-data": Hostile(
        b"", "redirected to data:", status=302, headers={"Location": "data:text/xml,<rss/>"}
    ),
    "to-nowhere": Hostile(
        b"", "redirected to a URL that is not valid", status=302, headers={"Location": "http://["}
    ),
}


def _bodies() -> Mapping[str, Hostile]:
    zeros = bytes(30 * 1024 * 1024)
    return {
        "bomb-gzip": Hostile(
            gzip.compress(zeros, mtime=0),
            "more than 20 MiB",
            headers={"Content-Encoding": "gzip"},
        ),
        "bomb-deflate": Hostile(
            zlib.compress(zeros),
            "more than 20 MiB",
            headers={"Content-Encoding": "deflate"},
        ),
        "bomb-members": Hostile(
            gzip.compress(b"", mtime=0) * 5_000,
            "the body is made of too many gzip members",
            headers={"Content-Encoding": "gzip"},
        ),
        "twice-gzip": Hostile(
            gzip.compress(gzip.compress(b"x", mtime=0)),
            "the body is compressed more than once",
            headers={"Content-Encoding": "gzip, gzip"},
        ),
        "not-gzip": Hostile(
            b"hello", "the body is not valid gzip", headers={"Content-Encoding": "gzip"}
        ),
        "brotli": Hostile(
            b"x",
            "the body is compressed in a way that was not asked for",
            headers={"Content-Encoding": "br"},
        ),
    }


def too_many_entries(count: int = 100_000) -> bytes:
    """Write a feed of many small entries."""
    items = "".join(
        f'<item><title>Entry {number}</title><guid isPermaLink="false">e{number}</guid></item>'
        for number in range(count)
    )
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def sends(*parts: bytes) -> Callable[[socket.socket], None]:
    """Answer any request with these bytes."""

    def handler(connection: socket.socket) -> None:
        connection.recv(65536)
        for part in parts:
            connection.sendall(part)

    return handler


def pours(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    """Answer with a head, and then with one piece after the other until the client hangs up."""

    def handler(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        with contextlib.suppress(OSError):
            for _ in itertools.count():
                connection.sendall(piece)

    return handler


def hangs(connection: socket.socket) -> None:
    """Take a request and say nothing until the client hangs up."""
    connection.recv(65536)
    connection.recv(1)


def add_neighbour(author: Author, server: FeedServer) -> None:
    """Subscribe to a blog that does no harm; `neighbour_is_whole` tells how it fared."""
    author.add_source(server.put("/neighbour", rss(*NEIGHBOUR)), "neighbour")


def neighbour_is_whole(author: Author) -> bool:
    """Tell whether all of the good neighbour's posts are stored."""
    shown = author.rows(
        "SELECT title FROM items JOIN sources ON sources.id = origin_id WHERE slug = 'neighbour'"
    )
    return sorted(row[0] for row in shown) == [post.title for post in NEIGHBOUR]


def drips(connection: socket.socket) -> None:
    """Answer a byte at a time, ten in a second, until the client hangs up."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    with contextlib.suppress(OSError):
        for _ in itertools.count():
            connection.sendall(b"<")
            time.sleep(0.1)


def _as_reference(character: str) -> str:
    return f"&#{ord(character)};" if not character.isascii() or character < " " else character


def evil_rss(*, escaped: bool = False) -> bytes:
    """Write RSS with `EVIL` in every place that has one, as it is or as references."""
    text = "".join(map(_as_reference, EVIL)) if escaped else EVIL
    parts = "".join(
        f"<{name}>{name} {text}</{name}>"
        for name in ("title", "author", "category", "comments", "source", "dc:creator", "pubDate")
    )
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{text}</title><description>{text}</description><managingEditor>{text}"
        f"</managingEditor><item>{parts}<link>https://evil.example.org/{text}?q={text}</link>"
        f'<guid isPermaLink="false">guid{text}</guid><description>&lt;p&gt;{text}&lt;/p&gt;'
        f"{text}</description><enclosure url='https://evil.example.org/e{text}'/></item>"
        f"<item><title>{text}</title></item><item><description>{text}</description></item>"
        f"<item><guid>{text}</guid><title>x{text}[bold]y[/bold]</title></item></channel></rss>"
    )
    return feed.encode("utf-8", "surrogatepass")


def evil_atom() -> bytes:
    """Write Atom with `EVIL` in every place that has one."""
    feed = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">{EVIL}</title><entry>'
        f"<id>tag:{EVIL}</id><title type='html'>title {EVIL}</title><author><name>name {EVIL}"
        f"</name><uri>https://evil.example.org/{EVIL}</uri></author>"
        f"<category term='{EVIL}' label='{EVIL}'/><rights>{EVIL}</rights>"
        f"<link href='https://evil.example.org/{EVIL}' rel='alternate' title='{EVIL}'/>"
        f"<link href='https://other.example.org/{EVIL}' rel='related'/>"
        f"<summary type='text'>{EVIL}</summary><content type='xhtml'><div>{EVIL}</div></content>"
        f"<published>2026-11-19T09:00:00Z{EVIL}</published></entry></feed>"
    )
    return feed.encode("utf-8", "surrogatepass")


def evil_json() -> bytes:
    """Write a JSON Feed with `EVIL` and a lone surrogate in every place that has one."""
    text = EVIL + "\ud800"
    evil = {"id": text, "title": text, "summary": text, "tags": [text], "authors": [{"name": text}]}
    return json_feed(
        evil | {"url": f"https://evil.example.org/{text}", "content_text": text},
        evil | {"id": f"x{text}", "content_html": f"<p title='{text}'>{text}</p>"},
        {
            "id": f"y{text}",
            "external_url": f"https://evil.example.org/y{text}",
            "date_published": text,
        },
    )


def evil_arxiv() -> bytes:
    """Write a day of arXiv with `EVIL` in every place that has one."""
    paper = Paper("9911.99901", title=f"T {EVIL}", authors=f"Ada {EVIL}, Ben", abstract=f"A {EVIL}")
    day = arxiv_day(paper).replace(
        "<published>",
        f"<category term='{EVIL}'/><category>{EVIL}</category><rights>{EVIL}</rights>"
        f"<arxiv:DOI>10.1234/{EVIL}</arxiv:DOI><arxiv:journal_reference>{EVIL}"
        f"</arxiv:journal_reference><arxiv:comment>{EVIL}</arxiv:comment><published>",
    )
    broken = f"<entry><id>{EVIL}</id><title>{EVIL}</title></entry></feed>"
    return day.replace("</feed>", broken).encode("utf-8", "surrogatepass")


def arxiv_error() -> bytes:
    """Write what arXiv's API answers to a query that it does not understand."""
    return (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title><entry>'
        b"<id>https://arxiv.org/api/errors#malformed</id><title>Error</title>"
        b"<summary>malformed query &#x202E;&#x9B;31m</summary></entry></feed>"
    )
