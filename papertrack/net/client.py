"""One download, whatever the other side does: bytes and response facts, or a DownloadError.

Everything else in papertrack asks for documents here; nothing else knows httpx.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import papertrack
from papertrack.errors import DownloadError
from papertrack.net.http import httpx
from papertrack.net.limits import DEFAULT_LIMITS, Body, Limits, too_large
from papertrack.net.messages import (
    HttpError,
    Request,
    Response,
    has_validator,
    kept,
    received_headers,
    request_headers,
)
from papertrack.net.origins import Origin, Origins
from papertrack.net.url_policy import (
    Resolve,
    explain,
    parse_redirect,
    parse_url,
    permitted_addresses,
    resolve_by_system,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType


_OK, _NOT_MODIFIED = 200, 304
_MOVED_FOR_GOOD = frozenset({301, 308})
_MOVED = _MOVED_FOR_GOOD | {302, 303, 307}

_ADDRESSES_TRIED = 4
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
        tls: Which certificates are trusted; None means the public authorities.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: Limits = DEFAULT_LIMITS,
        jobs: int = 16,
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._limits = limits
        self._origins = Origins(jobs=jobs, per_origin=limits.per_origin, tls=tls)
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
            if status not in {_OK, _NOT_MODIFIED} or is_unasked:
                raise HttpError(status, retry_after=kept(received, "retry-after"))
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
        """Send to the first permitted address that answers the phone."""
        host = url.raw_host.decode("ascii")
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


@contextlib.asynccontextmanager
async def _place(places: asyncio.Semaphore, clock: asyncio.Timeout) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    left_s = (clock.when() or loop.time()) - loop.time()
    clock.reschedule(None)  # the wait is ours, not the server's
    async with places:
        clock.reschedule(loop.time() + left_s)
        yield
