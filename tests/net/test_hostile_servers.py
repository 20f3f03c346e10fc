"""Downloads from servers, and name servers, that mean harm."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import struct
import time
import zlib
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from papertrack.errors import DownloadError
from papertrack.net.client import Client, HttpError, Request, Response
from papertrack.net.limits import DEFAULT_LIMITS, Body, Limits
from papertrack.net.url_policy import permitted_addresses, refusal
from tests.servers import FeedServer, RawServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGENT = "papertrack tests"
QUICK = Limits(body_bytes=1024 * 1024, total_s=0.3)
PATIENCE_S = 5.0  # far above QUICK, for slow machines; far below what a hang takes
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


async def download(url: str, *, limits: Limits = DEFAULT_LIMITS) -> Response:
    async with Client(user_agent=AGENT, limits=limits) as client:
        return await client.get(Request(url, allow_private_network=True))


async def failure(url: str, *, limits: Limits = DEFAULT_LIMITS) -> DownloadError:
    with pytest.raises(DownloadError) as caught:
        await download(url, limits=limits)
    return caught.value


def sends(*parts: bytes) -> Callable[[socket.socket], None]:
    def handler(connection: socket.socket) -> None:
        connection.recv(65536)
        for part in parts:
            connection.sendall(part)

    return handler


def drips(head: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def handler(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        until = time.monotonic() + 4 * PATIENCE_S
        while time.monotonic() < until:
            connection.sendall(drop)
            time.sleep(0.01)

    return handler


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"", b"H"),
        (OK, b"X-More: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OK + b"Content-Length: 100000\r\n\r\n", b"x"),
        (OK + b"Content-Length: 100000\r\n\r\n", b""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
async def test_a_server_that_drips_is_left_at_the_time_limit(head: bytes, drop: bytes) -> None:
    limits = Limits(total_s=0.3)
    with RawServer(drips(head, drop)) as raw:
        started_at = time.monotonic()
        error = await failure(raw.url, limits=limits)
        took_s = time.monotonic() - started_at

    assert error.what == "timed out after 0.3 s"
    assert took_s < PATIENCE_S


async def test_the_time_limit_spans_all_redirects() -> None:
    def redirect_slowly(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(0.15)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    with RawServer(redirect_slowly) as raw:
        error = await failure(raw.url, limits=Limits(total_s=0.35))
    assert error.what == "timed out after 0.35 s"


async def test_a_name_server_that_does_not_answer_is_left_at_the_time_limit() -> None:
    async def never(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with Client(user_agent=AGENT, limits=QUICK, resolve=never) as client:
        with pytest.raises(DownloadError, match="timed out"):
            await client.get(Request("http://feeds.example/"))


async def test_a_body_may_be_as_large_as_the_limit_and_no_larger(server: FeedServer) -> None:
    limits = Limits(body_bytes=1024)
    assert (await download(server.put("/fits", b"x" * 1024), limits=limits)).body == b"x" * 1024
    for name, body, headers in (
        ("/announced", b"x" * 1025, {}),
        ("/bomb", gzip.compress(b"x" * 1025, mtime=0), {"Content-Encoding": "gzip"}),
        ("/zlib", zlib.compress(b"x" * 1025), {"Content-Encoding": "deflate"}),
    ):
        error = await failure(server.put(name, body, headers=headers), limits=limits)
        assert error.what == "more than 1 KiB"


@pytest.mark.parametrize("framing", [b"", b"Transfer-Encoding: chunked\r\n"])
async def test_a_body_without_end_is_left_at_the_size_limit(framing: bytes) -> None:
    piece = b"x" * 65536
    chunk = b"10000\r\n" + piece + b"\r\n" if framing else piece

    def pour(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK + framing + b"\r\n")
        for _ in range(1000):
            connection.sendall(chunk)

    with RawServer(pour) as raw:
        error = await failure(raw.url, limits=Limits(body_bytes=1024 * 1024))
    assert error.what == "more than 1 MiB"


def test_the_limit_is_20_mib_and_a_bomb_inflates_no_further() -> None:
    bomb = gzip.compress(bytes(200 * 1024 * 1024), compresslevel=1, mtime=0)
    body = Body("gzip", limit_bytes=DEFAULT_LIMITS.body_bytes)

    with pytest.raises(DownloadError, match="more than 20 MiB"):
        list(body.feed(bomb))
    assert body.size == 20 * 1024 * 1024 + 1


def test_gzip_members_without_end_are_refused() -> None:
    body = Body("gzip", limit_bytes=1024 * 1024)
    with pytest.raises(DownloadError, match="too many gzip members"):
        list(body.feed(gzip.compress(b"", mtime=0) * 2000))


@settings(max_examples=100)
@given(
    content=st.binary(max_size=300),
    encoding=st.sampled_from(["gzip", "deflate", "raw"]),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    missing=st.integers(0, 5),
)
def test_decoding_does_not_depend_on_where_the_packets_end(
    content: bytes, encoding: str, cuts: list[int], missing: int
) -> None:
    windows = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS, "raw": -zlib.MAX_WBITS}
    squeeze = zlib.compressobj(wbits=windows[encoding])
    sent = squeeze.compress(content) + squeeze.flush()
    sent = sent[: len(sent) - missing]
    body = Body("gzip" if encoding == "gzip" else "deflate", limit_bytes=300)

    places = [0, *sorted(cuts), len(sent)]
    for start, end in itertools.pairwise(places):
        list(body.feed(sent[start:end]))

    assert content.startswith(body.decoded())
    assert body.is_cut_short == (missing > 0 and bool(sent))
    assert body.is_cut_short or not sent or body.decoded() == content


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        ("gzip, gzip", "the body is compressed more than once"),
        ("deflate,gzip", "the body is compressed more than once"),
        ("br", "the body is compressed in a way that was not asked for"),
        ("\x1b[31m", "the body is compressed in a way that was not asked for"),
        ("gzip", "the body is not valid gzip"),
        ("deflate", "the body is not valid deflate"),
    ],
)
async def test_an_encoding_that_was_not_asked_for_is_refused(
    server: FeedServer, encoding: str, reason: str
) -> None:
    url = server.put("/feed", b"\xffplain text", headers={"Content-Encoding": encoding})
    assert (await failure(url)).what in {reason, "the server did not answer in HTTP"}


async def test_two_encoding_headers_are_two_layers() -> None:
    head = OK + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n"
    with RawServer(sends(head)) as raw:
        assert (await failure(raw.url)).what == "the body is compressed more than once"


@pytest.mark.parametrize(
    ("head", "sent", "body"),
    [
        (b"Content-Length: 100\r\n", b"<feed>", b"<feed>"),
        (b"Transfer-Encoding: chunked\r\n", b"6\r\n<feed>\r\n", b"<feed>"),
        (b"Transfer-Encoding: chunked\r\n", b"6\r\n<feed>\r\nnonsense\r\n", b"<feed>"),
        (b"Content-Encoding: gzip\r\n", gzip.compress(b"<feed>", mtime=0)[:-3], b"<feed>"),
        (b"Content-Encoding: deflate\r\nContent-Length: 9\r\n", b"x", b""),
    ],
)
async def test_a_body_that_ends_early_is_marked_as_truncated(
    head: bytes, sent: bytes, body: bytes
) -> None:
    with RawServer(sends(OK + head + b"\r\n", sent)) as raw:
        response = await download(raw.url)
    assert (response.body, response.truncated) == (body, True)


async def test_a_connection_that_is_reset_is_a_truncated_body() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK + b"Content-Length: 100\r\n\r\n<feed>")
        time.sleep(0.1)  # a reset overtakes what was not read yet
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with RawServer(reset) as raw:
        response = await download(raw.url)
    assert response.truncated
    assert response.body in {b"", b"<feed>"}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"220 mail.example ESMTP \x1b[31mready\r\n",
        b"\x16\x03\x01" + bytes(200),
        OK + b"X-Huge: " + b"x" * 200_000 + b"\r\n\r\n",
        OK + b"".join(b"X-%d: x\r\n" % n for n in range(50_000)) + b"\r\n",
        b"HTTP/1.1 042 What\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        OK + b"Broken header\r\n\r\n",
    ],
)
async def test_garbage_is_not_quoted(sent: bytes) -> None:
    with RawServer(sends(sent)) as raw:
        error = await failure(raw.url, limits=Limits(total_s=PATIENCE_S))
    assert error.what in {"the server did not answer in HTTP", "the connection was lost"}


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"H", b"T" * 65_536),
        (b"HTTP/1.1 200 ", b"O" * 65_536),
        (OK + b"X", b"-" * 65_536),
        (OK + b"X: ", b"x" * 65_536),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"x" * 65_536),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: x\r\n" * 8_192),
    ],
    ids=["status", "reason", "name", "value", "chunk", "extension", "trailers"],
)
async def test_what_never_ends_is_cut_off_without_being_collected(
    head: bytes, piece: bytes
) -> None:
    def pour(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    with RawServer(pour) as raw:
        try:
            response = await download(raw.url, limits=Limits(total_s=PATIENCE_S))
        except DownloadError as error:
            assert error.what == "the server did not answer in HTTP"  # noqa: PT017, as good
        else:
            assert (response.body, response.truncated) == (b"", True)


async def test_a_redirect_does_not_take_the_password_anywhere(server: FeedServer) -> None:
    with FeedServer() as stranger:
        there = stranger.put("/feed", b"<feed/>").replace("//", "//eve:evil@")
        url = server.put("/feed", "", status=307, headers={"Location": there})
        response = await download(url.replace("//", "//ann:secret@") + "?token=secret")

    assert "Authorization" in server.requests[0].headers
    (asked,) = stranger.requests
    assert "secret" not in str(dict(asked.headers)) + asked.path
    assert "Authorization" not in asked.headers
    assert "Referer" not in asked.headers
    assert "evil" not in response.final_url


async def test_a_name_with_many_addresses_is_tried_at_a_few() -> None:
    async def crowd(_host: str, _port: int) -> list[str]:
        return [f"127.{a}.{b}.1" for a in range(20) for b in range(50)]

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with Client(user_agent=AGENT, resolve=crowd) as client:
        with pytest.raises(DownloadError, match="connection refused"):
            await client.get(Request(f"http://feeds.example:{port}/", allow_private_network=True))


async def test_switching_protocols_is_no_document() -> None:
    with RawServer(sends(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n")) as raw:
        error = await failure(raw.url)
    assert isinstance(error, HttpError) or error.what == "the server did not answer in HTTP"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    head=st.sampled_from([b"", b"HTTP/1.1 ", OK, OK + b"Content-Encoding: gzip\r\n\r\n"]),
    rest=st.binary(max_size=200),
)
async def test_no_bytes_raise_anything_but_a_download_error(head: bytes, rest: bytes) -> None:
    with RawServer(sends(head, rest)) as raw:
        try:
            response = await download(raw.url, limits=Limits(total_s=PATIENCE_S))
        except DownloadError as error:
            assert error.what.isprintable()  # noqa: PT017, either outcome is fine
        else:
            assert response.body is not None


@pytest.mark.parametrize(
    "value", [b"\xff\xfe\x80", b"a\x85b", b'"' + b"e" * 2000 + b'"', b"\x7f", b""]
)
async def test_header_values_with_odd_bytes_are_dropped(value: bytes) -> None:
    with RawServer(sends(OK + b"Content-Length: 0\r\nETag: " + value + b"\r\n\r\n")) as raw:
        try:
            response = await download(raw.url)
        except DownloadError as error:
            assert error.what == "the server did not answer in HTTP"  # noqa: PT017, as good
        else:
            assert response.etag is None


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "redirected to file:"),
        ("FTP://h.example/feed", "redirected to ftp:"),
        ("javascript:alert(1)", "redirected to javascript:"),
        ("http://h.example:99999999/", "redirected to a URL that is not valid"),
        ("http://a b/", "redirected to a URL that is not valid"),
        ("http://[::1/", "redirected to a URL that is not valid"),
        ("http://h.example/" + "a" * 70_000, "redirected to a URL that is not valid"),
    ],
)
async def test_redirects_lead_to_http_and_https_only(
    server: FeedServer, location: str, reason: str
) -> None:
    url = server.put("/feed", "", status=302, headers={"Location": location})
    assert (await failure(url)).what == reason


async def test_a_redirect_loop_ends(server: FeedServer) -> None:
    url = server.put("/feed", "", status=301, headers={"Location": "/feed"})
    assert (await failure(url)).what == "redirected more than 5 times"
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "url",
    ["", "feed", "http://", "http:///feed", "http://h.example:port/", "http://a b/",
     "http://h\0.example/", "http://\ud800/", "http://[::1", "http://h.example/\ud800"],
)  # fmt: skip
async def test_a_url_that_is_none_is_named_so(url: str) -> None:
    assert (await failure(url)).what in {"the URL is not valid", "the URL is not http or https"}


async def test_messages_keep_the_secrets_of_urls() -> None:
    for url in ("ftp://ann:secret@h.example/?key=secret", "http://ann:secret@127.0.0.1:1/?secret"):
        error = await failure(url)
        assert "secret" not in f"{error.what} {error.hint}"


async def test_a_user_agent_cannot_add_a_header(server: FeedServer) -> None:
    agent = "reader\r\nX-Evil: 1"
    async with Client(user_agent=agent) as client:
        with pytest.raises(DownloadError, match="the User-Agent is not valid"):
            await client.get(Request(server.url, allow_private_network=True))


async def test_nobody_listening_is_named_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await failure(f"http://127.0.0.1:{port}/")).what == "connection refused"


async def test_speaking_tls_to_a_plain_server_fails_by_name(server: FeedServer) -> None:
    assert (await failure(server.url.replace("http", "https"))).what == "TLS failed"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
async def test_every_spelling_of_this_machine_is_refused(server: FeedServer, host: str) -> None:
    url = server.put("/feed", b"secret").replace("127.0.0.1", host)
    async with Client(user_agent=AGENT) as client:
        with pytest.raises(DownloadError, match="private network") as caught:
            await client.get(Request(url))

    assert caught.value.what.startswith("refused address ")
    assert "allow_private_network" in (caught.value.hint or "")
    assert server.requests == []


async def test_a_public_name_that_leads_to_this_machine_is_refused(server: FeedServer) -> None:
    async def rebind(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    port = server.put("/feed", b"secret").rpartition(":")[2]
    async with Client(user_agent=AGENT, resolve=rebind) as client:
        with pytest.raises(DownloadError) as caught:
            await client.get(Request(f"http://feeds.example:{port}"))

    assert caught.value.what == "refused address 127.0.0.1 (private network)"
    assert server.requests == []


async def test_the_checked_address_is_the_one_connected_to(server: FeedServer) -> None:
    asked: list[str] = []

    async def only_once(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    port = server.put("/feed", b"<feed/>").rpartition(":")[2]
    async with Client(user_agent=AGENT, resolve=only_once) as client:
        url = f"http://feeds.example:{port}"
        response = await client.get(Request(url, allow_private_network=True))

    assert (asked, response.body) == (["feeds.example"], b"<feed/>")
    assert server.requests[0].headers["Host"] == f"feeds.example:{port.partition('/')[0]}"


async def test_the_next_address_is_tried_when_one_refuses(server: FeedServer) -> None:
    async def two(_host: str, _port: int) -> list[str]:
        return ["127.0.0.9", "::1", "127.0.0.1"]

    url = server.put("/feed", b"<feed/>").replace("127.0.0.1", "feeds.example")
    async with Client(user_agent=AGENT, resolve=two) as client:
        response = await client.get(Request(url, allow_private_network=True))
    assert response.body == b"<feed/>"


async def test_refused_addresses_are_dropped_from_a_mixed_answer() -> None:
    async def mixed(_host: str, _port: int) -> list[str]:
        return ["10.0.0.1", "8.8.8.8", "127.0.0.1", "9.9.9.9", "2606:4700::1111", "8.8.8.8"]

    found = await permitted_addresses(
        "feeds.example", 443, allow_private_network=False, resolve=mixed
    )
    assert found == ["8.8.8.8", "2606:4700::1111", "9.9.9.9"]


@pytest.mark.parametrize("answer", [[], ["nonsense"], OSError(), UnicodeError()])
async def test_a_name_without_addresses_is_named_so(answer: list[str] | Exception) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with Client(user_agent=AGENT, resolve=resolve) as client:
        with pytest.raises(DownloadError, match="could not resolve host"):
            await client.get(Request("http://feeds.example/"))


@pytest.mark.parametrize("host", ["feeds.invalid", "a" * 70 + ".invalid", ".invalid"])
async def test_a_name_that_does_not_exist_is_named_so(host: str) -> None:
    assert (await failure(f"http://{host}/")).what == "could not resolve host"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("8.8.8.8", None),
        ("2606:4700::1111", None),
        ("::ffff:8.8.8.8", None),
        ("64:ff9b::808:808", None),
        ("2002:808:808::1", None),
        ("0.0.0.0", "private network"),  # noqa: S104, an address like the others here
        ("10.1.2.3", "private network"),
        ("100.64.0.1", "private network"),
        ("127.8.8.8", "private network"),
        ("169.254.169.254", "private network"),
        ("172.16.0.1", "private network"),
        ("192.168.1.1", "private network"),
        ("198.18.0.1", "private network"),
        ("192.0.0.9", "reserved"),
        ("192.88.99.1", "reserved"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("224.0.0.1", "multicast"),
        ("::", "private network"),
        ("::1", "private network"),
        ("::127.0.0.1", "reserved"),
        ("::ffff:10.0.0.1", "private network"),
        ("64:ff9b::7f00:1", "private network"),
        ("64:ff9b:1::7f00:1", "reserved"),
        ("2002:7f00:1::", "private network"),
        ("2001:0:7f00:1::", "private network"),
        ("2001:db8::1", "private network"),
        ("3fff::1", "reserved"),
        ("4000::1", "reserved"),
        ("fc00::1", "private network"),
        ("fe80::1%eth0", "private network"),
        ("fec0::1", "private network"),
        ("ff0e::1", "multicast"),
    ],
)
def test_only_global_unicast_addresses_are_permitted(address: str, why: str | None) -> None:
    assert refusal(ip_address(address)) == why
