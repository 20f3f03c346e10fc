"""A download that breaks off: named, never taken for complete, and brought in full next time."""

from __future__ import annotations

import gzip
import socket
import struct
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.samples import Post, rss
from tests.servers import RawServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.author import Author, Printed

_POSTS = [Post(f"Post {n}", f"https://blog.example.org/{n}", f"guid-{n}") for n in range(10)]
WHOLE = rss(*_POSTS).encode()
COMPLETE = "SELECT count(*) FROM coverage WHERE outcome = 'complete'"


@dataclass(frozen=True, slots=True)
class Answer:
    """How the server answers.

    Attributes:
        body: What it sends.
        how: ``close``: HTTP/1.0 without a length; ``length``: one of the whole document is
            announced; ``reset``: the same, and the connection is reset; ``chunked``: the last chunk
            is sent as if all were there; ``gzip``: compressed, and half of that is sent.
    """

    body: bytes = WHOLE
    how: str = "close"

    def send(self, connection: socket.socket) -> None:
        kind = b'Content-Type: application/xml\r\nETag: "v1"\r\n'
        body, head = self.body, b"HTTP/1.0 200 OK\r\n" + kind
        if self.how in {"length", "reset"}:
            head = b"HTTP/1.1 200 OK\r\n" + kind + b"Content-Length: %d\r\n" % len(WHOLE)
        elif self.how == "chunked":
            head = b"HTTP/1.1 200 OK\r\n" + kind + b"Transfer-Encoding: chunked\r\n"
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        elif self.how == "gzip":
            head += b"Content-Encoding: gzip\r\n"
            # Flushed after what is meant to come, so that all of it can be read.
            body = _flushed(body)
        connection.sendall(head + b"\r\n" + body)
        if self.how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _flushed(body: bytes) -> bytes:
    """Compress a document up to the end of `body`, without the end of the compressed stream."""
    compressor = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush(zlib.Z_SYNC_FLUSH)


class Blog:
    """A blog whose server answers as it is told, and with 304 to its ETag.

    Attributes:
        answer: How it answers from now on.
        requests: What was asked so far.
    """

    def __init__(self) -> None:
        self.answer = Answer()
        self.requests: list[bytes] = []
        self.server = RawServer(self._serve)

    def _serve(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65536)
        self.requests.append(request)
        if b'if-none-match: "v1"' in request.lower():
            connection.sendall(b'HTTP/1.0 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        else:
            self.answer.send(connection)


@pytest.fixture
def blog(author: Author) -> Iterator[Blog]:
    """Subscribe to a blog."""
    blog = Blog()
    with blog.server as server:
        author.add_source(server.url + "/blog")
        yield blog


def fetch_cut(author: Author, blog: Blog, answer: Answer) -> Printed:
    blog.answer = answer
    return author.types("fetch")


BEFORE_FOURTH = WHOLE.index(b"<item>", WHOLE.index(b"Post 2"))
CUTS = {
    "between two entries": (BEFORE_FOURTH, 3),
    "within an entry": (BEFORE_FOURTH + 20, 3),
    "behind the last entry": (WHOLE.index(b"</channel>"), 10),
    "behind the channel": (WHOLE.index(b"</rss>"), 10),
    "within the last tag": (WHOLE.index(b"</rss>") + 5, 10),
}
HOW = ["length", "reset", "chunked", "gzip"]


@pytest.mark.parametrize(
    ("where", "how"),
    [*((where, "close") for where in CUTS), *(("between two entries", how) for how in HOW)],
)
def test_a_cut_feed_is_partial_and_named_and_the_next_fetch_brings_the_rest(
    author: Author, blog: Blog, where: str, how: str
) -> None:
    cut, came = CUTS[where]

    printed = fetch_cut(author, blog, Answer(WHOLE[:cut], how))
    complete = author.rows(COMPLETE)
    blog.answer = Answer()
    again = author.types("fetch")

    assert printed.code == 1
    assert printed.out == f"fetched 1 source: {came} new, {_left_out(where)}1 partial\n"
    assert printed.err == (
        f"blog: partial: the document breaks off after {came} entries; fetch again for the rest\n"
    )
    assert complete == [(0,)]
    assert b"if-none-match" not in blog.requests[-1].lower()
    assert (again.code, again.err) == (0, "")
    assert author.rows("SELECT count(*) FROM items") == [(10,)]
    assert author.rows("SELECT etag FROM documents") == [('"v1"',)]


def _left_out(where: str) -> str:
    return "1 left out (-v lists them), " if where == "within an entry" else ""


HEADS = {
    "within the declaration": 10,
    "within the root's tag": WHOLE.index(b"<rss") + 6,
    "within the head": WHOLE.index(b"</title>"),
    "within the first entry": WHOLE.index(b"<item>") + 9,
}


@pytest.mark.parametrize(
    ("where", "how"),
    [*((where, "close") for where in HEADS), *(("within the head", how) for how in HOW)],
)
def test_a_feed_of_which_no_entry_came_is_failed_and_named(
    author: Author, blog: Blog, where: str, how: str
) -> None:
    printed = fetch_cut(author, blog, Answer(WHOLE[: HEADS[where]], how))
    blog.answer = Answer()
    again = author.types("fetch")

    assert printed.code == 1
    assert printed.out == "fetched 1 source: nothing new, 1 failed\n"
    assert printed.err == (
        "blog: failed: the document breaks off before its first entry; fetch again later\n"
    )
    assert again.out == "fetched 1 source: 10 new\n"


def test_a_body_that_never_began_is_failed(author: Author, blog: Blog) -> None:
    printed = fetch_cut(author, blog, Answer(b"", "length"))

    assert printed.code == 1
    assert "breaks off before its first entry" in printed.err


@pytest.mark.parametrize("how", ["close", "chunked"])
def test_an_answer_that_is_shorter_than_announced_is_not_whole_though_its_root_is_closed(
    author: Author, blog: Blog, how: str
) -> None:
    shorter = rss(*_POSTS[:9]).encode()

    whole = fetch_cut(author, blog, Answer(shorter, how))
    blog.answer = replace(blog.answer, how="length")
    printed = author.types("fetch", "--force")

    assert whole.code == 0
    assert printed.code == 1
    assert "partial: the document breaks off after 9 entries" in printed.err


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (
            BEFORE_FOURTH,
            "after 3 entries (never read in full so far); fetch again for the rest\n",
        ),
        (
            WHOLE.index(b"</title>"),
            "before its first entry (never read so far); fetch again later\n",
        ),
    ],
)
def test_status_shows_a_cut_feed_and_what_to_do(
    author: Author, blog: Blog, cut: int, said: str
) -> None:
    fetch_cut(author, blog, Answer(WHOLE[:cut]))

    shown, gaps = author.types("status"), author.types("status", "--gaps")

    assert "●" not in shown.out.partition("\n\n")[0]
    assert gaps.code == 1
    assert gaps.out == f"blog: 2026-11-20 failed: the document breaks off {said}"


def test_a_cut_feed_is_partial_in_json_too(author: Author, blog: Blog) -> None:
    blog.answer = Answer(WHOLE[:BEFORE_FOURTH])

    report = author.types("fetch", "--json").json

    assert (report["new"], report["partial"], report["failed"]) == (3, 1, 0)
    (source,) = report["sources"]
    assert (source["outcome"], source["coverage"]) == ("partial", "failed")
    assert source["error"] == "the document breaks off after 3 entries"


@pytest.mark.parametrize("after", [b"\n", b"<!-- cached -->", b"<br>Warning: x"])
def test_a_feed_that_is_followed_by_junk_is_whole(author: Author, blog: Blog, after: bytes) -> None:
    printed = fetch_cut(author, blog, Answer(WHOLE + after))

    assert (printed.code, printed.out, printed.err) == (0, "fetched 1 source: 10 new\n", "")
    assert author.rows("SELECT etag FROM documents") == [('"v1"',)]


def test_a_whole_feed_in_gzip_is_whole(author: Author, server_of_gzip: str) -> None:
    author.add_source(server_of_gzip)

    assert author.types("fetch").out == "fetched 1 source: 10 new\n"


@pytest.fixture
def server_of_gzip() -> Iterator[str]:
    body = gzip.compress(WHOLE)

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body)

    with RawServer(answer) as server:
        yield server.url + "/blog"


def test_a_trial_names_a_feed_that_breaks_off(author: Author, blog: Blog) -> None:
    blog.answer = Answer(WHOLE[:BEFORE_FOURTH])

    printed = author.types("sources", "test", "blog")

    assert printed.code == 1
    assert printed.err == (
        "blog: failed: the document breaks off after 3 entries; try again later\n"
    )
