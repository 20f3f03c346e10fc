"""Serve the corpus on loopback, every feed at a port of its own.

Run as ``python -m benchmarks.server FEEDS CHANGED``; it prints its ports as JSON when all is ready
and ends with its standard input. A port is an origin of its own for every client, as a host is:
none can keep a connection for the next feed, and limits per host bind nobody.

``/feed/N.xml`` answers with validators, 304 and gzip. On the first port ``/set?edition=1&…``
changes what is served, and ``/tally`` tells what was asked since it was asked last.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import sys
from dataclasses import asdict, dataclass, field, fields, replace
from urllib.parse import parse_qsl, urlsplit

from benchmarks.corpus import make_feed

_LAST_MODIFIED = ("Fri, 20 Nov 2026 08:00:00 GMT", "Sat, 21 Nov 2026 08:00:00 GMT")
_GZIP_LEVEL = 4
_LONGEST_REQUEST = 64 * 1024


@dataclass(slots=True)
class Tally:
    """What was asked, and what was answered."""

    requests: int = 0
    whole: int = 0
    not_modified: int = 0
    sent_bytes: int = 0
    connections: int = 0


@dataclass(frozen=True, slots=True)
class Mood:
    """How the server answers from now on.

    Attributes:
        edition: Which edition the first `changed` feeds have; the others have the first.
        changed: How many feeds that are.
        latency_ms: How long every answer takes.
        slow: How many feeds, counted from the last, take `slow_ms` instead.
    """

    edition: int = 0
    changed: int = 0
    latency_ms: int = 0
    slow: int = 0
    slow_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Answers:
    etag: bytes
    last_modified: bytes
    whole: bytes
    gzipped: bytes
    not_modified: bytes


@dataclass(slots=True)
class Shelf:
    """All that is served, made before the first request.

    Args:
        feeds: How many feeds.
        changed: How many of them, from the first, have a second edition.
    """

    feeds: int
    changed: int
    mood: Mood = field(default_factory=Mood)
    tally: Tally = field(default_factory=Tally)
    text_bytes: int = 0
    _answers: dict[tuple[int, int], _Answers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for feed in range(self.feeds):
            body = make_feed(feed)
            self.text_bytes += len(body)
            self._answers[feed, 0] = _prepare(feed, 0, body)
        for feed in range(self.changed):
            self._answers[feed, 1] = _prepare(feed, 1, make_feed(feed, edition=1))

    def answer(self, target: str, headers: dict[bytes, bytes]) -> tuple[bytes, float]:
        """Choose the answer to a request; also the seconds after which it is sent."""
        parts = urlsplit(target)
        if parts.path == "/set":
            self.mood = _change(self.mood, dict(parse_qsl(parts.query)))
            return _respond("200 OK", b"{}"), 0
        if parts.path == "/tally":
            said, self.tally = self.tally, Tally()
            return _respond("200 OK", json.dumps(asdict(said)).encode()), 0
        self.tally.requests += 1
        name = parts.path.removeprefix("/feed/").removesuffix(".xml")
        feed = int(name) if name.isdecimal() else -1
        if not 0 <= feed < self.feeds:
            return _respond("404 Not Found", b""), 0
        reply = self._choose(feed, headers)
        self.tally.sent_bytes += len(reply)
        is_slow = feed >= self.feeds - self.mood.slow
        return reply, (self.mood.slow_ms if is_slow else self.mood.latency_ms) / 1000

    def _choose(self, feed: int, headers: dict[bytes, bytes]) -> bytes:
        answers = self._answers[feed, self.mood.edition if feed < self.mood.changed else 0]
        tag = headers.get(b"if-none-match")
        # A tag that does not match outweighs a date that does: RFC 9110, section 13.1.3.
        is_known = (
            tag == answers.etag
            if tag is not None
            else headers.get(b"if-modified-since") == answers.last_modified
        )
        if is_known:
            self.tally.not_modified += 1
            return answers.not_modified
        self.tally.whole += 1
        wants_gzip = b"gzip" in headers.get(b"accept-encoding", b"")
        return answers.gzipped if wants_gzip else answers.whole


class _Conversation(asyncio.Protocol):
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._shelf.tally.connections += 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            request, *lines = head.split(b"\r\n")
            pairs = (line.partition(b":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            target = request.split(b" ")[1].decode("latin-1")
            reply, after_s = self._shelf.answer(target, headers)
            is_last = request.endswith(b"/1.0") or headers.get(b"connection") == b"close"
            if after_s:
                asyncio.get_running_loop().call_later(after_s, self._send, reply, is_last)
            else:
                self._send(reply, is_last)
        if len(self._received) > _LONGEST_REQUEST and self._transport:
            self._transport.abort()

    def _send(self, reply: bytes, is_last: bool) -> None:  # noqa: FBT001  # call_later's way
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(reply)
        if is_last:
            self._transport.close()


def _prepare(feed: int, edition: int, body: bytes) -> _Answers:
    etag = f'"{hashlib.blake2b(body, digest_size=10).hexdigest()}"'
    last_modified = _LAST_MODIFIED[edition]
    # No max-age: a tool that keeps to it would not ask again within the benchmark.
    validators = f"ETag: {etag}\r\nLast-Modified: {last_modified}\r\n"
    kind = "application/atom+xml" if feed % 2 else "application/rss+xml"
    common = f"{validators}Vary: Accept-Encoding\r\nContent-Type: {kind}; charset=utf-8\r\n"
    packed = gzip.compress(body, _GZIP_LEVEL, mtime=0)
    return _Answers(
        etag=etag.encode(),
        last_modified=last_modified.encode(),
        whole=_respond("200 OK", body, common),
        gzipped=_respond("200 OK", packed, f"{common}Content-Encoding: gzip\r\n"),
        not_modified=f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode(),
    )


def _respond(status: str, body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _change(mood: Mood, wishes: dict[str, str]) -> Mood:
    known = {one.name for one in fields(Mood)}
    return replace(mood, **{name: int(wishes[name]) for name in known & wishes.keys()})


async def serve(shelf: Shelf) -> None:
    """Serve until standard input ends; the ports are printed first."""
    loop = asyncio.get_running_loop()
    listeners = [
        await loop.create_server(lambda: _Conversation(shelf), "127.0.0.1", 0)
        for _ in range(max(1, shelf.feeds))
    ]
    ports = [listener.sockets[0].getsockname()[1] for listener in listeners]
    print(json.dumps({"ports": ports, "text_bytes": shelf.text_bytes}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for listener in listeners:
        listener.close()


if __name__ == "__main__":
    asyncio.run(serve(Shelf(feeds=int(sys.argv[1]), changed=int(sys.argv[2]))))
