"""Documents are read in worker processes, each under a limit of time and memory.

feedparser can be made to hang and XML to explode; whatever a document does, it does to a process
that is killed and replaced, and costs its own source alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import TYPE_CHECKING, Self

import msgspec

from papertrack.errors import UnreadableDocument
from papertrack.net.parse_messages import HEADER, Reply, Request

if TYPE_CHECKING:
    from types import TracebackType

    from papertrack.core.records import Document

# Address space. Python, lxml and feedparser map 40 MB of it, a feed of 20 MB needs 200 MB.
MEMORY_BYTES = 512 * 1024**2
_REPLY_LIMIT = 256 * 1024**2
_FAREWELL_S = 2.0


class ParseWorkers:
    """A few processes that read documents, started when the first one comes.

    Use it as an async context manager; at its end no process is left.

    Args:
        count: How many documents are read at the same time, at least 1.
        wall_s: Seconds after which a document is given up and its process killed.
        memory_bytes: Address space of one process.
    """

    def __init__(
        self, *, count: int = 1, wall_s: float = 20.0, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._wall_s = wall_s
        self._memory_bytes = memory_bytes
        self._turns = asyncio.Semaphore(count)
        self._idle: list[Process] = []
        self._alive: set[Process] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        idle, self._idle = self._idle, []
        for process in self._alive.difference(idle):
            await self._kill(process)
        for process in idle:
            await self._dismiss(process)

    async def parse(
        self, kind: str, body: bytes, *, base_url: str, content_type: str | None
    ) -> Document:
        """Read a document, as `papertrack.core.parse.parse_document` does.

        Args:
            kind: ``arxiv`` or ``feed``.
            body: The document as it came.
            base_url: Where it was found in the end.
            content_type: The HTTP header; None if there was none.

        Raises:
            UnreadableDocument: It is not what was asked for, or it took too long, or too much.
        """
        request = msgspec.msgpack.encode(Request(kind, body, base_url, content_type))
        async with self._turns:
            process = await self._ready()
            try:
                async with asyncio.timeout(self._wall_s):
                    reply = await _exchange(process, request)
            except TimeoutError as error:
                await self._kill(process)
                what = f"it took longer than {self._wall_s:g} s to read"
                raise UnreadableDocument(what) from error
            except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError) as error:
                await self._kill(process)
                what = "the reader crashed on it"
                raise UnreadableDocument(what) from error
            except BaseException:  # cancelled: the reply would reach the next document
                await self._kill(process)
                raise
            if reply.is_last:
                await self._dismiss(process)
            else:
                self._idle.append(process)
        if reply.document is None:
            raise UnreadableDocument(reply.what, hint=reply.hint)
        return reply.document

    async def _ready(self) -> Process:
        """Take an idle process, or start one; one that has died while it was idle is passed over."""
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
            await self._reap(process)
        return await self._start()

    async def _start(self) -> Process:
        # -P: a file named feedparser.py where the user stands is not ours to run.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "papertrack.net.parse_worker"),
            *(str(self._wall_s), str(self._memory_bytes)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        self._alive.add(process)
        return process

    async def _kill(self, process: Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await self._reap(process)

    async def _dismiss(self, process: Process) -> None:
        """Let a process end by itself, as it does at the end of its input."""
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await self._reap(process)

    async def _reap(self, process: Process) -> None:
        # communicate() and not wait(): only when both pipes are at their end does asyncio close
        # them, and a transport that is still open is reported after the loop is gone.
        await process.communicate()
        self._alive.discard(process)


async def _exchange(process: Process, request: bytes) -> Reply:
    if process.stdin is None or process.stdout is None:
        what = "the worker has no pipes"
        raise ConnectionError(what)
    process.stdin.write(HEADER.pack(len(request)))
    process.stdin.write(request)
    await process.stdin.drain()
    (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
    if length > _REPLY_LIMIT:
        what = "the reply is too long"
        raise ConnectionError(what)
    return msgspec.msgpack.decode(await process.stdout.readexactly(length), type=Reply)
