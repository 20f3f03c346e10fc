"""One download, whatever the other side does: bytes and response facts, or a DownloadError.

Everything else in papertrack asks for documents here; nothing else knows httpx.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import papertrack
from papertrack.core.answers import (
    HEAD_BYTES,
    AnswerKind,
    diagnose_status,
    names_a_wall,
)
from papertrack.errors import DownloadError
from papertrack.net.http import httpx
from papertrack.net.limits import DEFAULT_LIMITS, Body, Limits, too_large
from papertrack.net.route import DIRECT, Route
from papertrack.net.url_policy import (
    Resolve,
    explain,
    is_certificate_error,
    is_plain,
    parse_redirect,
    parse_url,
    permitted_addresses,
    refuse_literal,
    resolve_by_system,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

    from papertrack.core.answers import Diagnosis

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for.

    Attributes:
        url: http or https; a user name and password in it are sent to its own origin only.
        etag: As an earlier response gave it, sent back character by character (arXiv's has no
            quotes); None asks for the body in any case.
        last_modified: As an earlier response gave it; None likewise.
        allow_private_network: Whether private addresses are permitted, on every hop.
        user_agent: None means the client's.
        accept: None means feeds first, then anything.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private_network: bool = False
    user_agent: str | None = None
    accept: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Header values are as received, decoded as Latin-1; None when the server sent none, or one that
    is longer than 1 kB or has control characters in it.

    Attributes:
        url: As asked for.
        final_url: Where the redirects led, without user name and password.
        status: 200 or 304.
        body: Decoded; None on 304.
        permanent_url: Where a chain of redirects leads that are all permanent (301, 308); None
            when there was no redirect, or a temporary one among them.
        truncated: The server hung up before the end of the body, which holds what came.
    """

    url: str
    final_url: str
    status: int
    body: bytes | None
    etag: str | None
    last_modified: str | None
    content_type: str | None
    retry_after: str | None
    cache_control: str | None
    expires: str | None
    permanent_url: str | None
    truncated: bool = False


class HttpError(DownloadError):
    """The server answered, but not with a document.

    Args:
        status: The HTTP status, 100 to 999.
        found: What the answer is.
    """

    def __init__(self, status: int, found: Diagnosis) -> None:
        super().__init__(found.what, hint=found.hint, kind=found.kind)
        self.status = status
        self.retry_after = found.retry_after


def request_headers(request: Request, url: httpx.URL, home: httpx.URL) -> dict[bytes, bytes]:
    """Write the headers of one hop.

    Args:
        request: What is asked for; its user agent is set.
        url: The hop, without credentials.
        home: The address asked for, whose credentials go to its own origin only.
    """
    headers = {
        b"Host": url.netloc,
        b"User-Agent": (request.user_agent or "").encode(),
        b"Accept": (request.accept or _ACCEPT).encode(),
        b"Accept-Encoding": b"gzip, deflate",
    }
    for name, value in (
        (b"If-None-Match", request.etag),
        (b"If-Modified-Since", request.last_modified),
    ):
        if value is not None and is_plain(value):
            headers[name] = value.encode("latin-1")
    is_home = (url.scheme, url.netloc) == (home.scheme, home.netloc)
    if is_home and home.userinfo:
        credentials = f"{home.username}:{home.password}".encode()
        headers[b"Authorization"] = b"Basic " + base64.b64encode(credentials)
    return headers


def has_validator(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a 304 can be the answer to these headers."""
    return b"If-None-Match" in headers or b"If-Modified-Since" in headers


def received_headers(response: httpx.Response) -> dict[str, str]:
    """Read the headers of an answer: the first of each name, encodings joined."""
    received: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "content-encoding" and name in received:
            value = f"{received[name]}, {value}"  # a list may come in parts: RFC 9110, section 5.3
            received[name] = value
        received.setdefault(name, value)
    return received


def kept(received: Mapping[str, str], name: str) -> str | None:
    """Take a header whose value is fit to be stored; None without one."""
    value = received.get(name)
    return value if value is not None and is_plain(value) else None


# Servers commonly hang up after 5 s of silence (Apache's default); asking on a connection that is
# just being closed fails a download for nothing.
_KEEP_ALIVE_S = 4.0
# Each idle origin holds a socket; a thousand sources would use up the usual 1,024 of a process.
_IDLE_ORIGINS = 128


@dataclass(slots=True)
class Origin:
    """Scheme, host and port, with connections of their own.

    httpcore's pool looks at all its connections on every request; one pool an origin keeps that
    short. It also keeps a TLS connection that was verified for one name from serving another.
    """

    transport: httpx.AsyncHTTPTransport
    slots: asyncio.Semaphore
    has_proxy: bool
    users: int = 0
    last_address: str | None = None


class Origins:
    """The origins of a client; each is opened when it is first asked.

    Args:
        jobs: How many requests are in flight at once, 1 or more.
        per_origin: How many of them one origin sees.
        tls: Which certificates are trusted; None means those of the route.
        route: The way out.
    """

    def __init__(
        self, *, jobs: int, per_origin: int, tls: ssl.SSLContext | None, route: Route
    ) -> None:
        self._jobs = asyncio.Semaphore(jobs)
        self._per_origin = per_origin
        self._tls = tls
        self._route = route
        self._no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
        self._origins: OrderedDict[tuple[str, bytes, int | None], Origin] = OrderedDict()

    async def close(self) -> None:
        """Close every connection."""
        while self._origins:
            _, origin = self._origins.popitem()
            await origin.transport.aclose()

    @contextlib.asynccontextmanager
    async def slot(self, url: httpx.URL) -> AsyncIterator[Origin]:
        """Wait until the origin and then the client have room for one more request."""
        key = (url.scheme, url.raw_host, url.port)
        if key not in self._origins:
            self._origins[key] = self._open_origin(url.scheme, url.host)
        origin = self._origins[key]
        origin.users += 1
        try:
            # In this order, and for one hop only: whoever holds a job never waits for an origin,
            # so one busy host neither uses up the jobs nor locks two redirects into each other.
            async with origin.slots, self._jobs:
                yield origin
        finally:
            origin.users -= 1
            self._origins.move_to_end(key)
            await self._close_idle_origins()

    def _open_origin(self, scheme: str, host: str) -> Origin:
        proxy = self._route.proxy_for(scheme, host)
        transport = httpx.AsyncHTTPTransport(
            verify=self._trust(scheme),
            trust_env=False,
            proxy=httpx.Proxy(proxy) if proxy else None,
            limits=httpx.Limits(
                max_keepalive_connections=self._per_origin, keepalive_expiry=_KEEP_ALIVE_S
            ),
        )
        return Origin(transport, asyncio.Semaphore(self._per_origin), has_proxy=proxy is not None)

    def _trust(self, scheme: str) -> ssl.SSLContext:
        if scheme != "https":
            return self._no_tls
        if self._tls is None:
            self._tls = self._route.certificates()  # 20 ms: once, and only if used
        return self._tls

    async def _close_idle_origins(self) -> None:
        if len(self._origins) <= _IDLE_ORIGINS:
            return
        idle = [key for key, origin in self._origins.items() if not origin.users]
        # Out of reach first, closed second: closing lets other downloads run.
        for origin in [self._origins.pop(key) for key in idle[:-_IDLE_ORIGINS]]:
            await origin.transport.aclose()


_OK, _NOT_MODIFIED = 200, 304
_MOVED_FOR_GOOD = frozenset({301, 308})
_MOVED = _MOVED_FOR_GOOD | {302, 303, 307}

_ADDRESSES_TRIED = 4
_CHECK_PROXY = "check [fetch] proxy and the proxy itself"
_HEAD_S = 5.0  # for the body of a refusal, which only explains it
# Reading is slower than downloading: bodies that wait for it are few, whatever a run asks for.
_BODIES = 16
# Beyond 1 MiB they come in one at a time, and stay until they are stored: a body, its decoded form
# and its entries together fill 50 MB, and the whole run may fill 150.
LARGE_BODY_BYTES = 1024 * 1024
_LARGE_BODIES = 1


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: httpx.URL
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class _Hold:
    """What a download holds until its caller is done with it, and its clock."""

    stack: contextlib.AsyncExitStack
    clock: asyncio.Timeout


def user_agent(contact: str) -> str:
    """Name the program to servers, and whom they may write to; an empty contact is left out."""
    return f"papertrack/{papertrack.__version__}" + (f" ({contact})" if contact.strip() else "")


class Client:
    """Download documents, a few at a time; use it in ``async with``, in one event loop.

    Args:
        user_agent: Who we say we are, for requests that do not say otherwise.
        limits: The bounds of each download.
        jobs: How many downloads are in flight at once, 1 or more.
        resolve: How names are looked up; tests give their own.
        tls: Which certificates are trusted; None means those of the route.
        route: The way out: directly, or by a proxy.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: Limits = DEFAULT_LIMITS,
        jobs: int = 16,
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
        route: Route = DIRECT,
    ) -> None:
        self._user_agent = user_agent
        self._limits = limits
        self._origins = Origins(jobs=jobs, per_origin=limits.per_origin, tls=tls, route=route)
        self._bodies = asyncio.Semaphore(_BODIES)
        self._large_bodies = asyncio.Semaphore(_LARGE_BODIES)
        self._resolve = resolve

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._origins.close()

    async def get(self, request: Request) -> Response:
        """Download one document, following its redirects.

        Returns:
            The answer, whose status is 200 or 304.

        Raises:
            HttpError: The server answered with another status.
            DownloadError: There was no answer, it passed a limit, or an address was refused.
        """
        async with self.download(request) as response:
            return response

    @contextlib.asynccontextmanager
    async def download(self, request: Request) -> AsyncIterator[Response]:
        """Download one document and let go of it at the end of the context.

        A body keeps its place among the few that may be in memory until then.

        Raises:
            HttpError, DownloadError: As `get` does.
        """
        request = replace(request, user_agent=request.user_agent or self._user_agent)
        async with contextlib.AsyncExitStack() as held:
            try:
                response = await self._follow(request, held)
            except (
                httpx.HTTPError,
                httpx.InvalidURL,
                httpx.StreamError,
                OSError,
                ValueError,
            ) as error:
                raise explain(error, self._limits) from error
            yield response

    async def _follow(self, request: Request, held: contextlib.AsyncExitStack) -> Response:
        home = parse_url(request.url)
        url = home.copy_with(userinfo=b"") if home.userinfo else home
        permanent_url: str | None = None
        is_permanent = True
        left_s = self._limits.total_s
        loop = asyncio.get_running_loop()
        for _ in range(self._limits.redirects + 1):
            headers = request_headers(request, url, home)
            async with self._origins.slot(url) as origin:
                started_at = loop.time()
                async with asyncio.timeout(left_s) as clock:
                    answer = await self._ask(origin, url, headers, request, _Hold(held, clock))
                left_s -= loop.time() - started_at
            if isinstance(answer, Response):
                return replace(answer, permanent_url=permanent_url)
            url = answer.target
            is_permanent = is_permanent and answer.is_permanent
            permanent_url = str(url) if is_permanent else None
        what = f"redirected more than {self._limits.redirects} times"
        raise DownloadError(what, hint="open the URL in a browser and use the one it ends at")

    async def _ask(
        self,
        origin: Origin,
        url: httpx.URL,
        headers: Mapping[bytes, bytes],
        request: Request,
        hold: _Hold,
    ) -> Response | _Redirect:
        response = await self._send(origin, url, headers, request)
        try:
            received = received_headers(response)
            status = response.status_code
            if status in _MOVED and "location" in received:
                target = parse_redirect(url, received["location"])
                return _Redirect(target, is_permanent=status in _MOVED_FOR_GOOD)
            is_unasked = status == _NOT_MODIFIED and not has_validator(headers)
            is_document = status in {_OK, _NOT_MODIFIED} and not is_unasked
            if not is_document or names_a_wall(received):
                head = await _read_head(response, received)
                plain = {name: value for name, value in received.items() if is_plain(value)}
                raise HttpError(status, diagnose_status(status, plain, head, str(url)))
            body, is_complete = await self._read(response, received, hold)
            return Response(
                url=request.url,
                final_url=str(url),
                status=status,
                body=body if status == _OK else None,
                etag=kept(received, "etag"),
                last_modified=kept(received, "last-modified"),
                content_type=kept(received, "content-type"),
                retry_after=kept(received, "retry-after"),
                cache_control=kept(received, "cache-control"),
                expires=kept(received, "expires"),
                permanent_url=None,
                truncated=not is_complete,
            )
        finally:
            await response.aclose()

    async def _send(
        self, origin: Origin, url: httpx.URL, headers: Mapping[bytes, bytes], request: Request
    ) -> httpx.Response:
        """Send to the first permitted address that takes the connection.

        A proxy looks names up itself, so that only an address that stands in the URL can be judged.
        """
        host = url.raw_host.decode("ascii")
        if origin.has_proxy:
            refuse_literal(host, allow_private_network=request.allow_private_network)
            return await self._send_by_proxy(origin, url, headers)
        addresses = await permitted_addresses(
            host,
            url.port or (443 if url.scheme == "https" else 80),
            allow_private_network=request.allow_private_network,
            resolve=self._resolve,
        )
        # The one that worked comes first: it may have a connection open.
        addresses.sort(key=lambda address: address != origin.last_address)
        tried = addresses[:_ADDRESSES_TRIED]
        connect_s = self._limits.connect_s / len(tried)
        for address in tried:
            attempt = httpx.Request(
                "GET",
                url if address == host else url.copy_with(host=address),
                headers=list(headers.items()),
                extensions={
                    "sni_hostname": host.rstrip("."),
                    "timeout": {"connect": connect_s},
                },
            )
            try:
                response = await origin.transport.handle_async_request(attempt)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if address == tried[-1]:
                    raise
            else:
                origin.last_address = address
                return response
        raise AssertionError  # the last address has returned or raised

    async def _send_by_proxy(
        self, origin: Origin, url: httpx.URL, headers: Mapping[bytes, bytes]
    ) -> httpx.Response:
        attempt = httpx.Request(
            "GET",
            url,
            headers=list(headers.items()),
            extensions={"timeout": {"connect": self._limits.connect_s}},
        )
        try:
            return await origin.transport.handle_async_request(attempt)
        except httpx.ProxyError as error:
            # httpcore's words are the status and reason of the answer to CONNECT.
            status = str(error).partition(" ")[0]
            said = f" (HTTP {status})" if status.isdecimal() else ""
            what = f"the proxy refused the connection{said}"
            raise DownloadError(what, hint=_CHECK_PROXY, kind=AnswerKind.UNREACHABLE) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if is_certificate_error(error):
                raise
            what = "the proxy cannot be reached"
            raise DownloadError(what, hint=_CHECK_PROXY, kind=AnswerKind.UNREACHABLE) from error

    async def _read(
        self, response: httpx.Response, received: Mapping[str, str], hold: _Hold
    ) -> tuple[bytes, bool]:
        """Read a body to its end; tell also whether that end was the one announced."""
        limit_bytes = self._limits.body_bytes
        announced = received.get("content-length", "")
        if response.status_code == _OK and announced.isdecimal() and int(announced) > limit_bytes:
            raise too_large(limit_bytes)
        body = Body(received.get("content-encoding"), limit_bytes=limit_bytes)
        if response.status_code == _OK:
            await hold.stack.enter_async_context(_place(self._bodies, hold.clock))
        has_room = False
        try:
            async for raw in response.aiter_raw():
                for size in body.feed(raw):
                    if size > LARGE_BODY_BYTES and not has_room:
                        await hold.stack.enter_async_context(_place(self._large_bodies, hold.clock))
                        has_room = True
        except (httpx.RemoteProtocolError, httpx.ReadError):
            return body.decoded(), False
        return body.decoded(), not body.is_cut_short


async def _read_head(response: httpx.Response, received: Mapping[str, str]) -> bytes:
    """Read the beginning of a refusal, for its reason; empty when it cannot be had quickly."""
    body = None
    with contextlib.suppress(DownloadError, httpx.HTTPError, httpx.StreamError, OSError):
        body = Body(received.get("content-encoding"), limit_bytes=LARGE_BODY_BYTES)
        async with asyncio.timeout(_HEAD_S):
            async for raw in response.aiter_raw():
                if any(size >= HEAD_BYTES for size in body.feed(raw)):
                    break
    return body.decoded() if body else b""


@contextlib.asynccontextmanager
async def _place(places: asyncio.Semaphore, clock: asyncio.Timeout) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    left_s = (clock.when() or loop.time()) - loop.time()
    clock.reschedule(None)  # the wait is ours, not the server's
    async with places:
        clock.reschedule(loop.time() + left_s)
        yield
