"""Documents are read in worker processes, each under a limit of time and memory.

feedparser can be made to hang and XML to explode; whatever a document does, it does to a process
that is killed and replaced, and costs its own source alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import TYPE_CHECKING, Self

import msgspec

from papertrack.errors import UnreadableDocument
from papertrack.net.worker import HEADER, PIECE_BYTES, ParseReply, ParseRequest

if TYPE_CHECKING:
    from types import TracebackType

    from papertrack.core.records import Document, Entry

# Of data, beside 15 MB of libraries: Python, lxml and feedparser take 25 MB of it, a well-formed
# feed of 20 MB another 20, a broken one of 5 MB another 50. A whole run is to stay below 150 MB.
MEMORY_BYTES = 80_000_000
# What is larger goes to a fresh process at once, so that nobody needs to keep it for a second try.
_KEPT_BYTES = 2 * 1024**2
_REPLY_LIMIT = 256 * 1024**2
_FAREWELL_S = 2.0

_DECODER = msgspec.msgpack.Decoder(ParseReply)


class ParseWorkers:
    """A few processes that read documents, started when the first one comes.

    Use it as an async context manager; at its end no process is left.

    Args:
        count: How many documents are read at the same time, at least 1.
        wall_s: Seconds after which a document is given up and its process killed.
        memory_bytes: What one process may take for data.
    """

    def __init__(
        self, *, count: int = 1, wall_s: float = 20.0, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._wall_s = wall_s
        self._memory_bytes = memory_bytes
        self._turns = asyncio.Semaphore(count)
        self._idle: list[Process] = []
        self._readings: set[asyncio.Task[ParseReply]] = set()
        self._farewells: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for reading in self._readings:
            reading.cancel()
        await asyncio.gather(*self._readings, return_exceptions=True)
        while self._idle:
            self._part_with(self._idle.pop())
        await asyncio.gather(*self._farewells)

    async def parse(
        self, kind: str, body: bytes | bytearray, *, base_url: str, content_type: str | None
    ) -> Document:
        """Read a document, as `papertrack.core.parse.open_document` does.

        Args:
            kind: ``arxiv`` or ``feed``.
            body: The document as it came. A bytearray is emptied as soon as it is not needed.
            base_url: Where it was found in the end.
            content_type: The HTTP header; None if there was none.

        Raises:
            UnreadableDocument: It is not what was asked for, or it took too long, or too much.
        """
        request = ParseRequest(kind, len(body), base_url, content_type)
        # A task of its own: leaving the block can end it without cancelling who waits for it.
        reading = asyncio.create_task(self._read(request, body))
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)
        try:
            reply = await reading
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
        """Have it read; what an older process had no memory for is read again by a fresh one.

        No document may fail for what was read before it.
        """
        async with self._turns:
            process = self._take_idle()
            if process is not None and request.size <= _KEPT_BYTES:
                reply = await self._ask(process, request, bytes(body))
                if not reply.ran_out:
                    _let_go(body)
                    return reply
            elif process is not None:
                await asyncio.shield(self._part_with(process))
            return await self._ask(await self._start(), request, body)

    async def _ask(
        self, process: Process, request: ParseRequest, body: bytes | bytearray
    ) -> ParseReply:
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
        except BaseException:  # cancelled: its reply must not reach the next document
            _kill(process)
            self._part_with(process)
            raise
        if reply.is_last:
            # Its successor starts when it has gone: never more processes than agreed on.
            await asyncio.shield(self._part_with(process))
        else:
            self._idle.append(process)
        return reply

    def _take_idle(self) -> Process | None:
        """Take a process that has read before; one that died meanwhile is passed over."""
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
            self._part_with(process)
        return None

    async def _start(self) -> Process:
        # -P: a file named feedparser.py where the user stands is not ours to run.
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "papertrack.net.parse_worker"),
            *(str(self._wall_s), str(self._memory_bytes)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )

    def _part_with(self, process: Process) -> asyncio.Task[None]:
        """Begin to end a process; leaving the block waits until it has gone."""
        farewell = asyncio.create_task(_end(process))
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)
        return farewell


async def _end(process: Process) -> None:
    """Close the input, upon which a worker ends; kill it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_FAREWELL_S):
            await process.wait()
    except TimeoutError:
        _kill(process)
    # communicate() and not only wait(): asyncio closes its pipes when both are at their end, and
    # one that is still open would be reported after the loop has gone.
    await process.communicate()


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


async def _exchange(process: Process, request: ParseRequest, body: bytes | bytearray) -> ParseReply:
    """Send a document and gather the reply, with its entries in it."""
    if process.stdin is None or process.stdout is None:
        what = "the worker has no pipes"
        raise ConnectionError(what)
    await _send(process.stdin, request, body)
    entries: list[Entry] = []
    left = _REPLY_LIMIT
    while True:
        (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
        left -= length
        if left < 0:
            what = "the reply is too long"
            raise ConnectionError(what)
        reply = _DECODER.decode(await process.stdout.readexactly(length))
        if not reply.wants_repeat:
            _let_go(body)
        entries.extend(reply.entries)
        if reply.wants_repeat and not request.is_repeated:
            request = msgspec.structs.replace(request, is_repeated=True)
            await _send(process.stdin, request, body)
        elif reply.document is not None:
            document = dataclasses.replace(reply.document, entries=tuple(entries))
            return msgspec.structs.replace(reply, document=document)
        elif not reply.entries:
            return reply


def _let_go(body: bytes | bytearray) -> None:
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
