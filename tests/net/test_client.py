"""Downloads from servers that mean well."""

from __future__ import annotations

import asyncio
import base64
import gzip
import shutil
import ssl
import subprocess
import zlib
from typing import TYPE_CHECKING

import pytest

from papertrack.errors import DownloadError
from papertrack.net.client import Client, HttpError, Request, Response
from papertrack.net.limits import DEFAULT_LIMITS, Limits
from tests.servers import FeedServer, RawServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

AGENT = "papertrack tests"
FEED = b"<feed/>"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def other() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


async def download(request: Request, *, limits: Limits = DEFAULT_LIMITS) -> Response:
    async with Client(user_agent=AGENT, limits=limits) as client:
        return await client.get(request)


def local(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Request:
    return Request(url, etag=etag, last_modified=last_modified, allow_private_network=True)


async def failure(request: Request, *, limits: Limits = DEFAULT_LIMITS) -> DownloadError:
    with pytest.raises(DownloadError) as caught:
        await download(request, limits=limits)
    return caught.value


async def test_a_document_comes_with_the_facts_of_its_response(server: FeedServer) -> None:
    facts = {
        "Last-Modified": "Mon, 17 Nov 2025 00:00:00 GMT",
        "Cache-Control": "max-age=60",
        "Expires": "0",
        "Retry-After": "7",
    }
    url = server.put("/feed", FEED, content_type="text/xml; charset=utf-8", headers=facts)

    assert await download(local(url)) == Response(
        url=url,
        final_url=url,
        status=200,
        body=FEED,
        etag=None,
        last_modified="Mon, 17 Nov 2025 00:00:00 GMT",
        content_type="text/xml; charset=utf-8",
        retry_after="7",
        cache_control="max-age=60",
        expires="0",
        permanent_url=None,
        announced_bytes=len(FEED),
        received_bytes=len(FEED),
    )


@pytest.mark.parametrize("etag", ['"v1"', 'W/"v1"', "sha256:no-quotes", '"gr\xfc\xdf"'])
async def test_second_download_sends_etag_and_brings_no_body(server: FeedServer, etag: str) -> None:
    url = server.put("/feed", FEED, etag=etag)

    first = await download(local(url))
    second = await download(local(url, etag=first.etag))

    assert (first.status, first.body, first.etag) == (200, FEED, etag)
    assert (second.status, second.body, second.etag) == (304, None, etag)
    assert server.requests[1].headers["If-None-Match"] == etag


async def test_last_modified_is_sent_back_as_received(server: FeedServer) -> None:
    url = server.put("/feed", FEED, headers={"Last-Modified": "sometime in May"})

    first = await download(local(url))
    await download(local(url, last_modified=first.last_modified))

    assert server.requests[1].headers["If-Modified-Since"] == "sometime in May"
    assert "If-None-Match" not in server.requests[1].headers


@pytest.mark.parametrize("etag", ["a\r\nX-Evil: 1", "a\0", "", " a", "\u4e2d", "a" * 1025, "a\x85"])
async def test_an_etag_that_is_none_is_not_sent(server: FeedServer, etag: str) -> None:
    url = server.put("/feed", FEED)

    assert (await download(local(url, etag=etag))).body == FEED
    assert "If-None-Match" not in server.requests[0].headers
    assert "X-Evil" not in server.requests[0].headers


async def test_a_request_says_who_asks_and_for_what(server: FeedServer) -> None:
    url = server.put("/feed", FEED)

    await download(local(url))
    await download(
        Request(url, allow_private_network=True, user_agent="Reader/1", accept="text/html")
    )

    ours, theirs = (request.headers for request in server.requests)
    assert ours["User-Agent"] == AGENT
    assert "application/atom+xml" in ours["Accept"]
    assert ours["Accept-Encoding"] == "gzip, deflate"
    assert ours["Host"] == url.removeprefix("http://").removesuffix("/feed")
    assert (theirs["User-Agent"], theirs["Accept"]) == ("Reader/1", "text/html")
    assert "Cookie" not in theirs


async def test_an_empty_document_is_returned_as_it_is(server: FeedServer) -> None:
    url = server.put("/feed", b"", headers={"Content-Encoding": "gzip"})
    response = await download(local(url))
    assert (response.body, response.truncated) == (b"", False)


async def test_the_query_is_asked_for_and_the_fragment_is_not(server: FeedServer) -> None:
    server.put("/feed", b"any")
    url = server.put("/feed?q=1", b"one")

    assert (await download(local(url + "#top"))).body == b"one"
    assert (await download(local(server.url + "/feed?q=2"))).body == b"any"
    assert server.requests[0].path == "/feed?q=1"


def raw_deflate(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(body) + squeeze.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)),
        ("X-GZIP", gzip.compress(FEED, mtime=0)),
        ("gzip", gzip.compress(FEED[:3], mtime=0) + gzip.compress(FEED[3:], mtime=0)),
        ("gzip", gzip.compress(FEED, mtime=0) + b"\0" * 512),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("identity", FEED),
        ("", FEED),
    ],
)
async def test_one_layer_of_compression_is_taken_off(
    server: FeedServer, encoding: str, body: bytes
) -> None:
    url = server.put("/feed", body, headers={"Content-Encoding": encoding})
    response = await download(local(url))
    assert (response.body, response.truncated) == (FEED, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_with_the_etag(server: FeedServer, status: int) -> None:
    target = server.put("/new", FEED, etag='"v1"')
    url = server.put("/old", "gone", status=status, headers={"Location": "new"})

    response = await download(local(url, etag='"v1"'))

    assert (response.url, response.final_url, response.status) == (url, target, 304)
    assert response.permanent_url == (target if status in {301, 308} else None)


@pytest.mark.parametrize(
    ("first", "second", "is_permanent"),
    [(301, 301, True), (301, 308, True), (301, 302, False), (302, 301, False)],
)
async def test_only_an_unbroken_chain_of_permanent_redirects_is_permanent(
    server: FeedServer, first: int, second: int, *, is_permanent: bool
) -> None:
    url = server.put("/1", "", status=first, headers={"Location": "/2"})
    server.put("/2", "", status=second, headers={"Location": "/caf\xc3\xa9"})
    target = server.put("/caf%C3%A9", FEED)

    response = await download(local(url))

    assert (response.body, response.final_url) == (FEED, target)
    assert response.permanent_url == (target if is_permanent else None)


async def test_five_redirects_are_followed_and_six_are_not(server: FeedServer) -> None:
    for step in range(6):
        server.put(f"/{step}", "", status=302, headers={"Location": f"/{step + 1}"})
    server.put("/6", FEED)

    assert (await download(local(f"{server.url}/1"))).body == FEED
    error = await failure(local(f"{server.url}/0"))
    assert error.what == "redirected more than 5 times"


async def test_credentials_stay_with_their_origin(server: FeedServer, other: FeedServer) -> None:
    server.put("/start", "", status=302, headers={"Location": "/next"})
    away = other.put("/away", "", status=302, headers={"Location": f"{server.url}/back"})
    server.put("/next", "", status=302, headers={"Location": away.replace("//", "//x:y@")})
    server.put("/back", FEED)

    response = await download(local(f"{server.url}/start".replace("//", "//ann:s%40cret@")))

    expected = f"Basic {base64.b64encode(b'ann:s@cret').decode()}"
    sent = [request.headers.get("Authorization") for request in server.requests]
    assert sent == [expected, expected, expected]
    assert "Authorization" not in other.requests[0].headers
    assert response.final_url == f"{server.url}/back"


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "password"),
        (403, "user_agent"),
        (404, "check the URL"),
        (410, "remove the source"),
        (418, "check the URL"),
        (500, "try again later"),
        (503, "try again later"),
        (204, "check the URL"),
        (301, "check the URL"),
        (999, "try again later"),
    ],
)
async def test_other_answers_are_errors_that_say_what_to_do(
    server: FeedServer, status: int, hint: str
) -> None:
    url = server.put("/feed", "", status=status, headers={"Retry-After": "120"})

    error = await failure(local(url))

    assert isinstance(error, HttpError)
    assert (error.what, error.status, error.retry_after) == (f"HTTP {status}", status, "120")
    assert hint in (error.hint or "")


async def test_too_many_requests_says_how_long_to_wait(server: FeedServer) -> None:
    url = server.put("/feed", "", status=429, headers={"Retry-After": "120"})

    error = await failure(local(url))

    assert isinstance(error, HttpError)
    assert error.what == "the server asks for fewer requests (HTTP 429)"
    assert error.hint == "try again later: it asks to wait 2 minutes"
    assert (error.status, error.retry_after, error.kind) == (429, "120", "rate limit")


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {"cf-mitigated": "challenge"}, ""),
        (200, {"cf-mitigated": "challenge"}, "<html><title>Welcome</title></html>"),
        (429, {"x-vercel-mitigated": "challenge", "Retry-After": "9"}, ""),
        (202, {"x-amzn-waf-action": "challenge"}, ""),
        (403, {}, "<html><body><div id='px-captcha'></div></body></html>"),
    ],
)
async def test_a_bot_wall_is_no_limit_and_no_wrong_address(
    server: FeedServer, status: int, headers: dict[str, str], body: str
) -> None:
    error = await failure(local(server.put("/feed", body, status=status, headers=headers)))

    assert isinstance(error, HttpError)
    assert (error.kind, error.status) == ("wall", status)
    assert "checks for robots" in error.what
    assert "user_agent" not in (error.hint or "")
    assert "later" not in (error.hint or "")


async def test_a_refusal_whose_body_never_ends_is_still_that_refusal(server: FeedServer) -> None:
    url = server.put("/feed", "x" * 3_000_000, status=404)

    error = await failure(local(url))

    assert error.what == "HTTP 404"


async def test_not_modified_is_an_error_when_nothing_was_known(server: FeedServer) -> None:
    error = await failure(local(server.put("/feed", "", status=304)))
    assert error.what == "HTTP 304"


async def test_a_connection_is_used_again(server: FeedServer) -> None:
    opened: list[None] = []

    def answer_twice(connection: socket.socket) -> None:
        opened.append(None)
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with RawServer(answer_twice) as raw:
        async with Client(user_agent=AGENT) as client:
            bodies = [(await client.get(local(raw.url))).body for _ in range(3)]

    assert bodies == [b"ok"] * 3
    assert len(opened) == 1
    assert server.requests == []


async def test_one_origin_sees_at_most_two_downloads_at_once() -> None:
    inside: list[None] = []
    most: list[int] = []

    def count(connection: socket.socket) -> None:
        connection.recv(65536)
        inside.append(None)
        most.append(len(inside))
        connection.settimeout(0.05)
        with pytest.raises(TimeoutError):
            connection.recv(1)  # long enough for the others to come, if they may
        inside.pop()
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with RawServer(count) as raw:
        async with Client(user_agent=AGENT) as client:
            await asyncio.gather(*(client.get(local(f"{raw.url}/{n}")) for n in range(8)))

    assert len(most) == 8
    assert max(most) <= 2


async def test_waiting_for_our_own_slots_costs_no_download_its_time(server: FeedServer) -> None:
    def slow(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    limits = Limits(total_s=1.0, per_origin=1)
    server.put("/feed", FEED)
    with RawServer(slow) as raw:
        async with Client(user_agent=AGENT, limits=limits, jobs=1) as client:
            answers = await asyncio.gather(*(client.get(local(raw.url)) for _ in range(7)))

    assert [answer.status for answer in answers] == [200] * 7


async def test_redirects_between_busy_origins_do_not_lock_up(
    server: FeedServer, other: FeedServer
) -> None:
    here = server.put("/feed", FEED)
    there = other.put("/feed", FEED)
    to_there = server.put("/away", "", status=302, headers={"Location": there})
    to_here = other.put("/away", "", status=302, headers={"Location": here})

    async with Client(user_agent=AGENT, limits=Limits(per_origin=1), jobs=1) as client:
        answers = await asyncio.gather(
            *(client.get(local(url)) for url in [to_there, to_here, here, there] * 5)
        )

    assert {answer.body for answer in answers} == {FEED}


async def test_many_large_bodies_come_whole(server: FeedServer) -> None:
    url = server.put("/feed", b"x" * 3 * 1024 * 1024)
    async with Client(user_agent=AGENT, limits=Limits(per_origin=8)) as client:
        answers = await asyncio.gather(*(client.get(local(url)) for _ in range(8)))
    assert {len(answer.body or b"") for answer in answers} == {3 * 1024 * 1024}


async def test_cancelling_a_download_cancels_it(server: FeedServer) -> None:
    def hang(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    url = server.put("/feed", FEED)
    with RawServer(hang) as raw:
        async with Client(user_agent=AGENT, jobs=1) as client:
            task = asyncio.create_task(client.get(local(raw.url)))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.get(local(url))).body == FEED


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program")
    pem = tmp_path / "server.pem"
    wanted = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=feeds.example"]
    wanted += ["-addext", "subjectAltName=DNS:feeds.example"]
    wanted += ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    files = ["-keyout", str(pem), "-out", str(tmp_path / "certificate.pem")]
    subprocess.run([openssl, *wanted, *files], check=True, capture_output=True)
    with pem.open("ab") as file:
        file.write((tmp_path / "certificate.pem").read_bytes())
    return pem


def serve_tls(certificate: Path) -> RawServer:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")

    return RawServer(answer)


async def to_loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


async def test_tls_is_verified_for_the_name_and_not_for_the_address(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with serve_tls(certificate) as raw:
        port = raw.url.rpartition(":")[2]
        async with Client(user_agent=AGENT, resolve=to_loopback, tls=trust) as client:
            good = await client.get(local(f"https://feeds.example:{port}/"))
            with pytest.raises(DownloadError) as wrong_name:
                await client.get(local(f"https://other.example:{port}/"))

    assert good.body == b"ok"
    assert wrong_name.value.what.startswith("certificate not valid: Hostname mismatch")


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with serve_tls(certificate) as raw:
        port = raw.url.rpartition(":")[2]
        async with Client(user_agent=AGENT, resolve=to_loopback) as client:
            with pytest.raises(DownloadError) as caught:
                await client.get(local(f"https://feeds.example:{port}/"))

    assert caught.value.what == "certificate not valid: self-signed certificate"
