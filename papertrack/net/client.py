"""Download documents: a response, or a `DownloadError` whatever the server does.

All downloads of papertrack go through this module.
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
    SourceState,
    diagnose_status,
    names_a_wall,
)
from papertrack.errors import DownloadError
from papertrack.net.http import DIRECT, Route, httpx
from papertrack.net.limits import DEFAULT_LIMITS, Body, Limits, too_large
from papertrack.net.resolver import Resolve, Resolver, resolve_by_system
from papertrack.net.url_policy import (
    explain,
    is_certificate_error,
    is_plain,
    parse_redirect,
    parse_url,
    permitted_addresses,
    refuse_literal,
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
    """A request for a document.

    Attributes:
        url: http or https; a user name and password in it are sent to its own origin only.
        etag: From an earlier response, sent back unchanged (arXiv's has no quotes); None requests
            the body in any case.
        last_modified: From an earlier response; None likewise.
        allow_private_network: Whether private addresses are permitted, on every hop.
        user_agent: None for the client's.
        accept: None for feeds first, then anything.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private_network: bool = False
    user_agent: str | None = None
    accept: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a request.

    Header values are as received, decoded as Latin-1; None if the server sent none, or one that is
    longer than 1 kB or contains control characters.

    Attributes:
        url: The requested address.
        final_url: The address after redirects, without user name and password.
        status: 200 or 304.
        body: Decoded; None on 304.
        permanent_url: The target of the redirects, if all were permanent (301, 308); None if there
            was none, or a temporary one among them.
        truncated: The server closed the connection early; the body has what came until then.
        announced_bytes: The length the server announced (Content-Length); None if it did not.
        received_bytes: How many bytes came, before decompression.
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
    announced_bytes: int | None = None
    received_bytes: int = 0


class HttpError(DownloadError):
    """The server answered, but not with a document.

    Args:
        status: The HTTP status, 100 to 999.
        found: The diagnosis of the answer.
        url: The address after redirects.
    """

    def __init__(self, status: int, found: Diagnosis, url: str) -> None:
        super().__init__(found.what, hint=found.hint, kind=found.kind)
        self.status = status
        self.url = url
        self.retry_after = found.retry_after


def request_headers(request: Request, url: httpx.URL, home: httpx.URL) -> dict[bytes, bytes]:
    """Write the headers of one hop.

    Args:
        request: The request; its user agent is set.
        url: The address of the hop, without credentials.
        home: The requested address, whose credentials are sent to its own origin only.
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
    """Return whether a 304 is a valid answer to these headers."""
    return b"If-None-Match" in headers or b"If-Modified-Since" in headers


def received_headers(response: httpx.Response) -> dict[str, str]:
    """Read the headers of an answer: the first of each name, encodings joined."""
    received: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "content-encoding" and name in received:
            value = f"{received[name]}, {value}"  # lists may be split: RFC 9110, section 5.3
            received[name] = value
        received.setdefault(name, value)
    return received


def safe_header(received: Mapping[str, str], name: str) -> str | None:
    """Return a header if its value is safe to store; else None."""
    value = received.get(name)
    return value if value is not None and is_plain(value) else None


# Servers commonly close idle connections after 5 s (Apache's default); a request on a connection
# that is just being closed would fail.
_KEEP_ALIVE_S = 4.0
# Each idle origin keeps a socket open; a thousand sources would exceed the usual limit of 1,024.
_IDLE_ORIGINS = 128


@dataclass(slots=True)
class Origin:
    """A scheme, host and port with a connection pool of its own.

    httpcore's pool scans all its connections on every request; one pool per origin keeps that
    short. It also prevents that a TLS connection verified for one name serves another.
    """

    transport: httpx.AsyncHTTPTransport
    slots: asyncio.Semaphore
    has_proxy: bool
    users: int = 0
    last_address: str | None = None


class Origins:
    """The origins of a client, opened on first use.

    Args:
        jobs: The maximum number of parallel requests, 1 or more.
        per_origin: The maximum number of them to one origin.
        tls: Which certificates are trusted; None for those of the route.
        route: The proxy and certificates to use.
    """

    def __init__(
        self, *, jobs: int, per_origin: int, tls: ssl.SSLContext | None, route: Route
    ) -> None:
        self._jobs = asyncio.Semaphore(jobs)
        self._per_origin = per_origin
        self._tls = tls
        self._route = route
        self._no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts no certificate
        self._origins: OrderedDict[tuple[str, bytes, int | None], Origin] = OrderedDict()

    async def close(self) -> None:
        """Close every connection."""
        while self._origins:
            _, origin = self._origins.popitem()
            await origin.transport.aclose()

    @contextlib.asynccontextmanager
    async def slot(self, url: httpx.URL) -> AsyncIterator[Origin]:
        """Wait until the origin and then the client have a free slot."""
        key = (url.scheme, url.raw_host, url.port)
        if key not in self._origins:
            self._origins[key] = self._open_origin(url)
        origin = self._origins[key]
        origin.users += 1
        try:
            # In this order, and for one hop only: nothing holds a job while it waits for an
            # origin, so one busy host cannot use up the jobs, nor can two redirects deadlock.
            async with origin.slots, self._jobs:
                yield origin
        finally:
            origin.users -= 1
            self._origins.move_to_end(key)
            await self._close_idle_origins()

    def proxy_for(self, url: httpx.URL) -> str | None:
        """Return the proxy for an address; None to connect directly."""
        return self._route.proxy_for(url.scheme, url.host)

    def _open_origin(self, url: httpx.URL) -> Origin:
        proxy = self.proxy_for(url)
        transport = httpx.AsyncHTTPTransport(
            verify=self._trust(url.scheme),
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
        # Remove them before closing: closing lets other downloads run.
        for origin in [self._origins.pop(key) for key in idle[:-_IDLE_ORIGINS]]:
            await origin.transport.aclose()


_OK, _NOT_MODIFIED = 200, 304
_MOVED_FOR_GOOD = frozenset({301, 308})
_MOVED = _MOVED_FOR_GOOD | {302, 303, 307}

_ADDRESSES_TRIED = 4
_CHECK_PROXY = "check [fetch] proxy and the proxy itself"
_HEAD_S = 5.0  # to read the start of an error page, which only explains the error
# Parsing is slower than downloading, so limit the bodies that wait for it.
_BODIES = 16
# Bodies over 1 MiB are downloaded one at a time, and stay until they are stored: a body, its
# decoded form and its entries take 50 MB together, and the whole run may take 150.
LARGE_BODY_BYTES = 1024 * 1024
_LARGE_BODIES = 1


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: httpx.URL
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class _Hold:
    """The slots that a download holds until its caller is done with it, and its timeout."""

    stack: contextlib.AsyncExitStack
    clock: asyncio.Timeout


def user_agent(contact: str) -> str:
    """Write the User-Agent, with the contact address unless it is empty."""
    return f"papertrack/{papertrack.__version__}" + (f" ({contact})" if contact.strip() else "")


class Client:
    """Download documents, a few at a time; use it in ``async with``, in one event loop.

    Args:
        user_agent: The User-Agent of requests without their own.
        limits: The limits of each download.
        jobs: The maximum number of parallel downloads, 1 or more.
        resolve: Looks host names up; tests pass their own.
        tls: Which certificates are trusted; None for those of the route.
        route: The proxy and certificates to use.
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
        self._resolver = Resolver(resolve)

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
            The response, whose status is 200 or 304.

        Raises:
            HttpError: The server answered with another status.
            DownloadError: There was no answer, it exceeded a limit, or an address was refused.
        """
        async with self.download(request) as response:
            return response

    @contextlib.asynccontextmanager
    async def download(self, request: Request) -> AsyncIterator[Response]:
        """Download one document and release its memory slot at the end of the context.

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

    async def refuse_unresolved(self, request: Request) -> None:
        """Look the host of a request up, without sending anything.

        Raises:
            DownloadError: It cannot be resolved in time, or is not permitted.
        """
        url = parse_url(request.url)
        if self._origins.proxy_for(url) is not None:
            return
        try:
            async with asyncio.timeout(self._limits.total_s):
                await self._permitted_addresses(url, request)
        except TimeoutError as error:
            raise explain(error, self._limits) from error

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
                found = diagnose_status(status, plain, head, str(url))
                raise HttpError(status, found, str(url))
            body, is_complete = await self._read(response, received, hold)
            announced = received.get("content-length", "") if status == _OK else ""
            return Response(
                url=request.url,
                final_url=str(url),
                status=status,
                body=body.decoded() if status == _OK else None,
                etag=safe_header(received, "etag"),
                last_modified=safe_header(received, "last-modified"),
                content_type=safe_header(received, "content-type"),
                retry_after=safe_header(received, "retry-after"),
                cache_control=safe_header(received, "cache-control"),
                expires=safe_header(received, "expires"),
                permanent_url=None,
                truncated=not is_complete,
                announced_bytes=int(announced) if announced.isdecimal() else None,
                received_bytes=body.received_bytes,
            )
        finally:
            await response.aclose()

    async def _send(
        self, origin: Origin, url: httpx.URL, headers: Mapping[bytes, bytes], request: Request
    ) -> httpx.Response:
        """Send to the first permitted address that accepts a connection.

        A proxy looks names up itself, so only a literal address in the URL can be checked.
        """
        host = url.raw_host.decode("ascii")
        if origin.has_proxy:
            refuse_literal(host, allow_private_network=request.allow_private_network)
            return await self._send_by_proxy(origin, url, headers)
        addresses = await self._permitted_addresses(url, request)
        # The last one that worked comes first: it may have an open connection.
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

    async def _permitted_addresses(self, url: httpx.URL, request: Request) -> list[str]:
        return await permitted_addresses(
            url.raw_host.decode("ascii"),
            url.port or (443 if url.scheme == "https" else 80),
            allow_private_network=request.allow_private_network,
            resolve=self._resolver.look_up,
        )

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
            # The text is the status and reason of the answer to CONNECT.
            status = str(error).partition(" ")[0]
            said = f" (HTTP {status})" if status.isdecimal() else ""
            what = f"the proxy refused the connection{said}"
            raise DownloadError(what, hint=_CHECK_PROXY, kind=SourceState.UNREACHABLE) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if is_certificate_error(error):
                raise
            what = "the proxy cannot be reached"
            raise DownloadError(what, hint=_CHECK_PROXY, kind=SourceState.UNREACHABLE) from error

    async def _read(
        self, response: httpx.Response, received: Mapping[str, str], hold: _Hold
    ) -> tuple[Body, bool]:
        """Read a body to its end; return also whether it is complete."""
        limit_bytes = self._limits.body_bytes
        announced = received.get("content-length", "")
        if response.status_code == _OK and announced.isdecimal() and int(announced) > limit_bytes:
            raise too_large(limit_bytes)
        body = Body(received.get("content-encoding"), limit_bytes=limit_bytes)
        if response.status_code == _OK:
            await hold.stack.enter_async_context(_wait_for_slot(self._bodies, hold.clock))
        has_room = False
        try:
            async for raw in response.aiter_raw():
                for size in body.feed(raw):
                    if size > LARGE_BODY_BYTES and not has_room:
                        await hold.stack.enter_async_context(
                            _wait_for_slot(self._large_bodies, hold.clock)
                        )
                        has_room = True
        except (httpx.RemoteProtocolError, httpx.ReadError):
            return body, False
        return body, not body.is_cut_short


async def _read_head(response: httpx.Response, received: Mapping[str, str]) -> bytes:
    """Read the start of an error page for its reason; empty if it does not come quickly."""
    body = None
    with contextlib.suppress(DownloadError, httpx.HTTPError, httpx.StreamError, OSError):
        body = Body(received.get("content-encoding"), limit_bytes=LARGE_BODY_BYTES)
        async with asyncio.timeout(_HEAD_S):
            async for raw in response.aiter_raw():
                if any(size >= HEAD_BYTES for size in body.feed(raw)):
                    break
    return body.decoded() if body else b""


@contextlib.asynccontextmanager
async def _wait_for_slot(slots: asyncio.Semaphore, clock: asyncio.Timeout) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    left_s = (clock.when() or loop.time()) - loop.time()
    clock.reschedule(None)  # the wait is ours, not the server's
    async with slots:
        clock.reschedule(loop.time() + left_s)
        yield
