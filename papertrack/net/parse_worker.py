"""The process that parses documents, so that one that hangs or explodes does no harm.

Run as ``python -m papertrack.net.parse_worker CPU_SECONDS MEMORY_BYTES``. It answers every request
on standard input with a reply on standard output, and ends with its parent: at the end of input,
or at once where the system can do that (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import math
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from papertrack.core.parse import open_document, open_feed_stream
from papertrack.core.works.prepare import prepare_entry
from papertrack.errors import UnreadableDocument
from papertrack.net.worker import (
    HEADER,
    PIECE_BYTES,
    ParseReply,
    ParseRequest,
    die_with_parent,
    limit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from papertrack.core.parse import Opened
    from papertrack.core.records import Entry

# Python rarely returns memory to the system: after a huge document, use a new process. A share of
# the data limit, because libraries come on top of that.
_RETIRES_AT = 1.2
_RETIRE_AT_BYTES = 64 * 1024**2

# A larger feed is parsed in pieces as it arrives, and never held as a whole.
_BIG_BYTES = 2 * 1024**2
_BATCH_BYTES, _ENTRY_BYTES = (
    256 * 1024,
    500,
)  # size of a batch of entries; of an entry without its summary

_MANY_OBJECTS = 50_000

_ENCODER = msgspec.msgpack.Encoder()

_PIPE_BYTES = 1024 * 1024  # the maximum for an unprivileged process: proc(5), pipe-max-size


def main() -> None:
    """Answer requests until the input ends."""
    cpu_s, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    die_with_parent()
    _widen_pipes()
    gc.disable()  # a fifth of the time, for almost nothing; see `_collect_garbage`
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_DATA, memory_bytes)
    decoder = msgspec.msgpack.Decoder(ParseRequest)
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while (message := _read_message(requests)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + cpu_s) + 1)
        is_last = False
        retire_at = min(_RETIRE_AT_BYTES, _RETIRES_AT * memory_bytes)
        for reply in _answer(decoder.decode(message), requests, retire_at):
            is_last = reply.is_last
            data = _ENCODER.encode(reply)
            replies.write(HEADER.pack(len(data)))
            replies.write(data)
        replies.flush()
        if is_last:
            return
        _collect_garbage()


def _answer(request: ParseRequest, stream: BinaryIO, retire_at: float) -> Iterator[ParseReply]:
    """Parse a document; reply with batches of entries, and with its other facts last.

    The last reply announces the end of this process if it uses more than `retire_at` bytes.
    """
    try:
        opened = _open(request, stream)
        if opened is None:
            yield ParseReply(wants_repeat=True)
            return
        while batch := _batch(opened.entries):
            prepared = [prepare_entry(entry) for entry in batch] if request.prepares else ()
            yield ParseReply(entries=batch, prepared=tuple(prepared))
            if request.size > _BIG_BYTES:
                _return_memory()
    except UnreadableDocument as error:
        yield ParseReply(
            what=error.what, hint=error.hint, kind=error.kind, is_last=_memory_bytes() > retire_at
        )
    except MemoryError:
        yield ParseReply(what="it needs too much memory to read", ran_out=True, is_last=True)
    except Exception as error:  # noqa: BLE001  # report a bug of ours, instead of crashing
        what = f"it cannot be read ({type(error).__name__})"
        yield ParseReply(what=what, hint="report this with the address of the source", is_last=True)
    else:
        yield ParseReply(document=opened.document, is_last=_memory_bytes() > retire_at)


def _open(request: ParseRequest, stream: BinaryIO) -> Opened | None:
    pieces = _pieces(stream, request.size)
    if request.kind == "feed" and request.size > _BIG_BYTES and not request.is_repeated:
        opened = open_feed_stream(
            pieces, base_url=request.base_url, content_type=request.content_type
        )
        for _ in pieces:  # skip the unread rest, which precedes the next request
            pass
        return opened
    return open_document(
        request.kind,
        b"".join(pieces),
        base_url=request.base_url,
        content_type=request.content_type,
    )


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = stream.read(min(size, PIECE_BYTES))
        if not piece:
            sys.exit()  # the parent has gone
        size -= len(piece)
        yield piece


def _batch(entries: Iterator[Entry]) -> tuple[Entry, ...]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += _ENTRY_BYTES + len(entry.summary)
        if size > _BATCH_BYTES:
            break
    return tuple(batch)


def _read_message(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    message = stream.read(length)
    return message if len(message) == length else None


def _return_memory() -> None:
    """Return freed memory to the system: the parent grows while the worker shrinks."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _collect_garbage() -> None:
    """Free reference cycles, between two documents and once there are many objects."""
    if gc.get_count()[0] > _MANY_OBJECTS:
        gc.collect()


def _memory_bytes() -> int:
    """Return how much memory the process uses, with its libraries."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        # Not Linux, where ru_maxrss would be the parent's: it survives fork and exec.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak * (1 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize()


def _widen_pipes() -> None:
    """Enlarge the pipes to hold a document, so that the parent can store meanwhile (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        for end in (sys.stdin, sys.stdout):
            fcntl.fcntl(end.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


if __name__ == "__main__":
    main()
