"""Parse documents in worker processes with time and memory limits.

A document can make feedparser hang and XML explode. It then only affects a process, which is killed
and replaced, and the document's own source.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import TYPE_CHECKING, Self

import msgspec

from papertrack.errors import UnreadableDocument
from papertrack.net.worker import HEADER, PIECE_BYTES, ParseReply, ParseRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from papertrack.core.records import Document, Entry, Prepared

# Data, besides 15 MB of libraries: Python, lxml and feedparser take 25 MB, a well-formed feed of
# 20 MB another 20, a broken one of 5 MB another 50. A whole run should stay below 150 MB.
MEMORY_BYTES = 80_000_000
# Two processes may take this much each beside the program. A broken feed of 1 MB needs 38 MB.
_SHARED_MEMORY_BYTES = 40_000_000
# A larger document gets a new process at once and has it alone, with all of the memory; it need not
# be kept for a retry. Nearly all feeds are smaller.
_KEPT_BYTES = 1024**2
_MAXIMUM_COUNT = 2  # with a third there would be no room for a broken feed
_REPLY_LIMIT = 256 * 1024**2
_END_S = 2.0

_DECODER = msgspec.msgpack.Decoder(ParseReply)


class ParseWorkers:
    """A pool of processes that parse documents, started on first use.

    Use it as an async context manager; at its end no process is left.

    Args:
        count: How many documents are parsed in parallel, at least 1; None for one on each core.
        wall_s: Seconds after which the process of a document is killed.
        memory_bytes: The data limit of a process that is alone.
    """

    def __init__(
        self, *, count: int | None = None, wall_s: float = 20.0, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._count = count or min(_usable_cores(), _MAXIMUM_COUNT)
        self._wall_s = wall_s
        self._memory_bytes = memory_bytes
        most_bytes = memory_bytes if self._count == 1 else _SHARED_MEMORY_BYTES
        self._shared_bytes = min(memory_bytes, most_bytes)
        self._slots = asyncio.Semaphore(self._count)
        self._turn_alone = asyncio.Lock()
        self._idle: list[Process] = []
        self._parsings: set[asyncio.Task[ParseReply]] = set()
        self._endings: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        ending = asyncio.create_task(self._end_all())
        try:
            await asyncio.wait([ending])
        except asyncio.CancelledError:
            # A signal that came while the run was busy arrives here. It must not leave a pipe open
            # that outlives the loop.
            await asyncio.wait([ending])
            raise
        ending.result()

    async def _end_all(self) -> None:
        for parsing in self._parsings:
            parsing.cancel()
        await asyncio.gather(*self._parsings, return_exceptions=True)
        while self._idle:
            self._begin_to_end(self._idle.pop())
        await asyncio.gather(*self._endings)

    async def parse(
        self,
        kind: str,
        body: bytes | bytearray,
        *,
        base_url: str,
        content_type: str | None,
        prepares: bool = False,
    ) -> Document:
        """Parse a document, as `papertrack.core.parse.open_document` does.

        Args:
            kind: As `open_document` takes it, such as ``arxiv`` or ``feed``.
            body: The document. A bytearray is cleared as soon as it is no longer needed.
            base_url: Its address after redirects.
            content_type: The HTTP header; None if there was none.
            prepares: Whether to prepare the entries for storage (`Document.prepared`).

        Raises:
            UnreadableDocument: It is not the expected kind of document, or exceeds a limit.
        """
        request = ParseRequest(kind, len(body), base_url, content_type, prepares)
        # A separate task, so that leaving the context can cancel it without cancelling the caller.
        parsing = asyncio.create_task(self._read(request, body))
        self._parsings.add(parsing)
        parsing.add_done_callback(self._parsings.discard)
        try:
            reply = await parsing
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            what = "reading was stopped"
            raise UnreadableDocument(what) from error
        if reply.document is None:
            raise UnreadableDocument(reply.what, hint=reply.hint, kind=reply.kind)
        return reply.document

    async def _read(self, request: ParseRequest, body: bytes | bytearray) -> ParseReply:
        """Parse in a shared process, and again in one of its own if that ran out of memory.

        A document must not fail because of documents parsed before it, or beside it.
        """
        if request.size <= _KEPT_BYTES:
            async with self._slots:
                process = self._take_idle() or await self._start(self._shared_bytes)
                reply = await self._ask(process, request, bytes(body))
            if not reply.ran_out:
                _clear(body)
                return reply
        async with self._alone():
            process = await self._start(self._memory_bytes)
            return await self._ask(process, request, body, is_last=True)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Wait until no other process is left, and start none until the end of the block."""
        held = 0
        async with self._turn_alone:  # two that hold a part of the slots would wait for ever
            try:
                while held < self._count:
                    await self._slots.acquire()
                    held += 1
                while self._idle:
                    await asyncio.shield(self._begin_to_end(self._idle.pop()))
                yield
            finally:
                for _ in range(held):
                    self._slots.release()

    async def _ask(
        self,
        process: Process,
        request: ParseRequest,
        body: bytes | bytearray,
        *,
        is_last: bool = False,
    ) -> ParseReply:
        """Have a process parse a document; `is_last` ends the process afterwards."""
        try:
            async with asyncio.timeout(self._wall_s):
                reply = await _exchange(process, request, body)
        except TimeoutError:
            reply = ParseReply(what=f"it took longer than {self._wall_s:g} s to read", is_last=True)
            _kill(process)
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            what = "reading it took too much memory, or crashed"
            reply = ParseReply(what=what, ran_out=True, is_last=True)
            _kill(process)
        except BaseException:  # cancelled: the next document must not get its reply
            _kill(process)
            self._begin_to_end(process)
            raise
        if reply.is_last or is_last:
            # Wait until it is gone before starting another: never exceed the number of processes.
            await asyncio.shield(self._begin_to_end(process))
        else:
            self._idle.append(process)
        return reply

    def _take_idle(self) -> Process | None:
        """Take an idle process; skip those that died meanwhile."""
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
            self._begin_to_end(process)
        return None

    async def _start(self, memory_bytes: int) -> Process:
        # -P: do not import a feedparser.py from the working directory.
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "papertrack.net.parse_worker"),
            *(str(self._wall_s), str(memory_bytes)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )

    def _begin_to_end(self, process: Process) -> asyncio.Task[None]:
        """Begin to end a process; leaving the context waits for it."""
        ending = asyncio.create_task(_end(process))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return ending


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


async def _end(process: Process) -> None:
    """Close the input, which ends a worker; kill it if it does not end."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_END_S):
            await process.wait()
    except TimeoutError:
        _kill(process)
    # communicate() and not only wait(): asyncio closes the pipes once both are at their end, and
    # would report an open one after the loop is closed.
    await process.communicate()


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


async def _exchange(process: Process, request: ParseRequest, body: bytes | bytearray) -> ParseReply:
    """Send a document, and combine the replies into one with all entries."""
    if process.stdin is None or process.stdout is None:
        what = "the worker has no pipes"
        raise ConnectionError(what)
    await _send(process.stdin, request, body)
    entries: list[Entry] = []
    prepared: dict[str, Prepared] = {}
    left = _REPLY_LIMIT
    while True:
        (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
        left -= length
        if left < 0:
            what = "the reply is too long"
            raise ConnectionError(what)
        reply = _DECODER.decode(await process.stdout.readexactly(length))
        if not reply.wants_repeat:
            _clear(body)
        entries.extend(reply.entries)
        if request.prepares:
            guids = [entry.guid for entry in reply.entries]
            prepared.update(zip(guids, reply.prepared, strict=True))
        if reply.wants_repeat and not request.is_repeated:
            request = msgspec.structs.replace(request, is_repeated=True)
            await _send(process.stdin, request, body)
        elif reply.document is not None:
            document = dataclasses.replace(
                reply.document, entries=tuple(entries), prepared=prepared
            )
            return msgspec.structs.replace(reply, document=document)
        elif not reply.entries:
            return reply


def _clear(body: bytes | bytearray) -> None:
    if isinstance(body, bytearray):
        body.clear()


async def _send(to: asyncio.StreamWriter, request: ParseRequest, body: bytes | bytearray) -> None:
    message = msgspec.msgpack.encode(request)
    to.write(HEADER.pack(len(message)) + message)
    with memoryview(body) as whole:
        for at in range(0, len(body), PIECE_BYTES):
            with whole[at : at + PIECE_BYTES] as piece:
                to.write(piece)
            await to.drain()
    await to.drain()
