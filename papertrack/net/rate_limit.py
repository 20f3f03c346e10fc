"""One request at a time to all of arXiv with a pause between, and one fetch at a time.

arXiv counts its API, feeds and archive together (https://info.arxiv.org/help/api/tou.html: at most
one request every three seconds, over a single connection), and takes requests after a 403 for an
attack (https://info.arxiv.org/help/robots.html).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, Protocol

from papertrack.core.watch.plan import read_retry_after
from papertrack.errors import AnotherFetchRunning, DownloadError
from papertrack.net.client import HttpError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from papertrack.net.client import Client, Request, Response


def open_lock(path: Path) -> TextIO:
    """Open a file that is there to be locked; a new one is its owner's alone.

    Whoever can open such a file can hold its lock and keep papertrack waiting.
    """
    # Path.open has no opener.
    return open(path, "a+", encoding="utf-8", errors="replace", opener=_owner_only)


def _owner_only(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


@contextlib.contextmanager
def only_fetch(database: Path) -> Iterator[None]:
    """Hold the right to fetch into a database.

    The kernel drops the lock when the process ends, however it ends, so none is ever left behind.

    Raises:
        AnotherFetchRunning: Another process holds it.
    """
    path = database.with_name(f"{database.name}.fetching")
    with open_lock(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip()
            message = (
                f"another fetch is running (process {holder})"
                if holder
                else ("another fetch is running")
            )
            raise AnotherFetchRunning(message, hint="wait until it is done") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


_FORBIDDEN, _TOO_MANY, _UNAVAILABLE = 403, 429, 503
# After "too many requests" arXiv wants much more than its usual pause: 30 s for 3.
_RETRY_PAUSES = 10
# Who is told to come back later than this is tried at the next fetch.
_RETRY_AT_MOST_S = 120.0
_POLL_S = 0.05


class ArxivRefuses(DownloadError):
    """arXiv has forbidden a request; the run sends it no other."""

    def __init__(self) -> None:
        super().__init__(
            "arXiv forbids our requests (HTTP 403)",
            hint="wait a day before the next fetch, and set contact in the config",
        )


class RequestSlots(Protocol):
    """Whose turn it is to ask, across all processes."""

    @property
    def pause_s(self) -> float:
        """Seconds between two requests."""

    async def take(self) -> float:
        """Reserve the next request; returns the seconds to wait for it."""

    async def end(self) -> None:
        """Note that its answer is there, or will not come."""


class RateLimitedClient:
    """Ask one service after the other; use one line for all of them.

    Args:
        client: The network.
        turns: Where it is kept whose turn it is.
        clock: Tells the present.
        lock: A file that only one process at a time holds while it asks; None on one's own.
    """

    def __init__(
        self,
        client: Client,
        *,
        turns: RequestSlots,
        clock: Callable[[], datetime],
        lock: Path | None = None,
    ) -> None:
        self._client = client
        self._turns = turns
        self._clock = clock
        self._lock = lock
        self._one_at_a_time = asyncio.Lock()
        self._is_refused = False

    @contextlib.asynccontextmanager
    async def download(self, request: Request) -> AsyncIterator[Response]:
        """Download one document when its turn has come.

        A request that the server has no time for (429, 503) is sent once more after a longer
        pause.

        Raises:
            ArxivRefuses: arXiv answered 403 to this or an earlier request of the run.
            HttpError, DownloadError: As `Client.get` does.
        """
        async with self._one_at_a_time, contextlib.AsyncExitStack() as held:
            try:
                response = await self._ask(request, held)
            except HttpError as error:
                wait_s = self._retry_wait_s(error)
                if wait_s is None:
                    raise
                await held.aclose()  # other processes need not wait for ours
                await asyncio.sleep(wait_s)
                response = await self._ask(request, held)
            yield response

    async def _ask(self, request: Request, held: contextlib.AsyncExitStack) -> Response:
        if self._is_refused:
            raise ArxivRefuses
        await held.enter_async_context(_held(self._lock))
        await asyncio.sleep(await self._turns.take())
        try:
            return await held.enter_async_context(self._client.download(request))
        except HttpError as error:
            if error.status == _FORBIDDEN:
                self._is_refused = True
                raise ArxivRefuses from error
            raise
        finally:
            await self._turns.end()

    def _retry_wait_s(self, error: HttpError) -> float | None:
        if error.status not in {_TOO_MANY, _UNAVAILABLE}:
            return None
        wait_s = _RETRY_PAUSES * self._turns.pause_s
        asked = read_retry_after(error.retry_after, self._clock())
        if asked is not None:
            wait_s = max(wait_s, (asked - self._clock()).total_seconds())
        return wait_s if wait_s <= _RETRY_AT_MOST_S else None


@contextlib.asynccontextmanager
async def _held(path: Path | None) -> AsyncIterator[None]:
    """Hold a file's lock, which the kernel drops however the process ends."""
    if path is None:
        yield
        return
    with open_lock(path) as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(_POLL_S)
            else:
                break
        yield
