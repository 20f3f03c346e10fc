"""Rate limit for arXiv across processes, and a lock for a single fetch.

arXiv's limit covers its API, feeds and archive (https://info.arxiv.org/help/api/tou.html: at most
one request every three seconds, over a single connection). It treats requests after a 403 as an
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
    """Open a lock file; a new one is accessible to its owner only.

    Anyone who can open the file can hold its lock and make papertrack wait.
    """
    # Path.open has no opener.
    return open(path, "a+", encoding="utf-8", errors="replace", opener=_owner_only)


def _owner_only(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


@contextlib.contextmanager
def only_fetch(database: Path) -> Iterator[None]:
    """Hold the lock for fetching into a database.

    The kernel releases it when the process ends, however it ends, so no stale lock remains.

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
# After "too many requests" arXiv wants a pause ten times as long as usual, 30 s for 3.
_RETRY_PAUSES = 10
# A request to retry later than this waits for the next fetch.
_MAX_RETRY_S = 120.0
_POLL_S = 0.05


class ArxivRefuses(DownloadError):
    """arXiv has forbidden a request; the run sends no more to it."""

    def __init__(self) -> None:
        super().__init__(
            "arXiv forbids our requests (HTTP 403)",
            hint="wait a day before the next fetch, and set contact in the config",
        )


class RequestSlots(Protocol):
    """Reserves requests to arXiv across processes."""

    @property
    def pause_s(self) -> float:
        """Seconds between two requests."""

    async def take(self) -> float:
        """Reserve the next request; return the seconds to wait for it."""

    async def end(self) -> None:
        """Record the end of the request, answered or not."""


class RateLimitedClient:
    """Sends one request at a time, with a pause in between; share one for all of arXiv.

    Args:
        client: Sends the requests.
        slots: Reserves requests across processes.
        clock: Returns the current time.
        lock: A file that a process locks during a request; None if there are no other processes.
    """

    def __init__(
        self,
        client: Client,
        *,
        slots: RequestSlots,
        clock: Callable[[], datetime],
        lock: Path | None = None,
    ) -> None:
        self._client = client
        self._slots = slots
        self._clock = clock
        self._lock = lock
        self._one_at_a_time = asyncio.Lock()
        self._is_refused = False

    @contextlib.asynccontextmanager
    async def download(self, request: Request) -> AsyncIterator[Response]:
        """Download one document once its slot has come.

        If the server is busy (429, 503), the request is sent once more after a longer pause.

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
        # Offline nothing reaches arXiv, so there is nothing to pause for.
        await self._client.refuse_unresolved(request)
        await held.enter_async_context(_held(self._lock))
        await asyncio.sleep(await self._slots.take())
        try:
            return await held.enter_async_context(self._client.download(request))
        except HttpError as error:
            if error.status == _FORBIDDEN:
                self._is_refused = True
                raise ArxivRefuses from error
            raise
        finally:
            await self._slots.end()

    def _retry_wait_s(self, error: HttpError) -> float | None:
        if error.status not in {_TOO_MANY, _UNAVAILABLE}:
            return None
        wait_s = _RETRY_PAUSES * self._slots.pause_s
        asked = read_retry_after(error.retry_after, self._clock())
        if asked is not None:
            wait_s = max(wait_s, (asked - self._clock()).total_seconds())
        return wait_s if wait_s <= _MAX_RETRY_S else None


@contextlib.asynccontextmanager
async def _held(path: Path | None) -> AsyncIterator[None]:
    """Hold the lock of a file, which the kernel releases however the process ends."""
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
