"""Look up host names, and stop asking name servers that do not answer.

Without a network, or behind a dead name server, every lookup takes the system's resolver 10 s or
more. A run over many sources must not wait for that once per source.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Looks a host name up for a port; returns its addresses as text, best first."""

# A domain may be broken by itself, several at once hardly.
_SILENT_HOSTS = 5
# A network may come back during a long run.
_SILENCE_S = 30.0


async def resolve_by_system(host: str, port: int) -> list[str]:
    """Use the system's resolver, in a daemon thread.

    The event loop's own look-up uses a pool whose threads are joined at exit: a dead name server
    would delay that long after the time limit.

    Raises:
        OSError: The name is unknown, or the resolver cannot be reached.
        ValueError: The name is invalid.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def set_answer(found: list[str] | Exception) -> None:
        if answer.done():  # cancelled by the time limit
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def look_up() -> None:
        found: list[str] | Exception
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [str(row[4][0]) for row in rows]
        except (OSError, ValueError) as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(set_answer, found)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await answer


class Unanswered(OSError):
    """No name server answered a moment ago, so the name was not looked up again."""


class Resolver:
    """Looks host names up for one client, in one event loop.

    A host whose lookup had no answer is not looked up again for 30 s. If no name server answers
    for any host, lookups under way are given up, and others fail at once, for as long.

    Args:
        resolve: Looks a name up.
        patience_s: A lookup that was cancelled had no answer if it took this long.
    """

    def __init__(self, resolve: Resolve, *, patience_s: float = 5.0) -> None:
        self._resolve = resolve
        self._patience_s = patience_s
        self._running: dict[asyncio.Timeout, float] = {}  # and when they began
        self._silent_hosts: dict[str, float] = {}  # until when
        self._silent_in_a_row: set[str] = set()
        self._first_silent_at = 0.0
        self._silent_until = 0.0

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host as text, best first.

        Raises:
            OSError: The name is unknown, or no name server answers.
            ValueError: The name is invalid.
        """
        self.refuse_silent(host)
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        async with asyncio.timeout(None) as clock:
            self._running[clock] = began_at
            try:
                found = await self._resolve(host, port)
            except asyncio.CancelledError:  # the time limit of the download, or given up
                self._running.pop(clock, None)
                if loop.time() - began_at >= self._patience_s:
                    self._note_silence(host)
                raise
            except (OSError, ValueError) as error:
                self._running.pop(clock, None)
                if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
                    self._note_silence(host)
                else:  # "there is no such host" is an answer
                    self._note_answer()
                raise
            self._running.pop(clock, None)
        self._note_answer()
        return found

    def refuse_silent(self, host: str) -> None:
        """Refuse a host that cannot be looked up at the moment.

        Raises:
            Unanswered: No name server answered for it, or for any host.
        """
        now = asyncio.get_running_loop().time()
        if now < max(self._silent_until, self._silent_hosts.get(host, 0.0)):
            raise Unanswered

    def _note_answer(self) -> None:
        self._silent_in_a_row.clear()
        self._silent_until = 0.0

    def _note_silence(self, host: str) -> None:
        now = asyncio.get_running_loop().time()
        self._silent_hosts[host] = now + _SILENCE_S
        if not self._silent_in_a_row:
            self._first_silent_at = now
        self._silent_in_a_row.add(host)
        # A lookup that began before the first of them failed may still be answered.
        may_answer = any(began_at < self._first_silent_at for began_at in self._running.values())
        if len(self._silent_in_a_row) >= _SILENT_HOSTS and not may_answer:
            self._silent_until = now + _SILENCE_S
            given_up, self._running = self._running, {}
            for clock in given_up:
                clock.reschedule(now)
