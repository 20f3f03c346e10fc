"""Connections, kept apart by origin, and how many requests each may see at once."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.net.http import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
    users: int = 0
    last_address: str | None = None


class Origins:
    """The origins of a client; each is opened when it is first asked.

    Args:
        jobs: How many requests are in flight at once, 1 or more.
        per_origin: How many of them one origin sees.
        tls: Which certificates are trusted; None means the public authorities.
    """

    def __init__(self, *, jobs: int, per_origin: int, tls: ssl.SSLContext | None) -> None:
        self._jobs = asyncio.Semaphore(jobs)
        self._per_origin = per_origin
        self._tls = tls
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
            self._origins[key] = self._open_origin(url.scheme)
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

    def _open_origin(self, scheme: str) -> Origin:
        transport = httpx.AsyncHTTPTransport(
            verify=self._trust(scheme),
            trust_env=False,
            limits=httpx.Limits(
                max_keepalive_connections=self._per_origin, keepalive_expiry=_KEEP_ALIVE_S
            ),
        )
        return Origin(transport, asyncio.Semaphore(self._per_origin))

    def _trust(self, scheme: str) -> ssl.SSLContext:
        if scheme != "https":
            return self._no_tls
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)  # 20 ms: once, and only if used
        return self._tls

    async def _close_idle_origins(self) -> None:
        if len(self._origins) <= _IDLE_ORIGINS:
            return
        idle = [key for key, origin in self._origins.items() if not origin.users]
        # Out of reach first, closed second: closing lets other downloads run.
        for origin in [self._origins.pop(key) for key in idle[:-_IDLE_ORIGINS]]:
            await origin.transport.aclose()
