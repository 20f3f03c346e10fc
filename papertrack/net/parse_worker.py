"""The process that reads documents, so that one that hangs or explodes takes nothing with it.

Run as ``python -m papertrack.net.parse_worker CPU_SECONDS MEMORY_BYTES``. It answers every request
on standard input with a reply on standard output, and ends with its parent: at the end of input,
or at once where the system can do that (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from papertrack.core.parse import parse_document
from papertrack.errors import UnreadableDocument
from papertrack.net.parse_messages import HEADER, Reply, Request

if TYPE_CHECKING:
    from typing import BinaryIO

# Memory that Python has taken it rarely gives back: after a huge document, start afresh.
_RETIRE_AT_BYTES = 64 * 1024**2

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Serve requests until the input ends."""
    cpu_s, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    _die_with_parent()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, memory_bytes)
    decoder, encoder = msgspec.msgpack.Decoder(Request), msgspec.msgpack.Encoder()
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while (message := _read_message(requests)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + cpu_s) + 1)
        reply = _answer(decoder.decode(message))
        del message
        data = encoder.encode(reply)
        replies.write(HEADER.pack(len(data)) + data)
        replies.flush()
        if reply.is_last:
            return


def _answer(request: Request) -> Reply:
    try:
        document = parse_document(
            request.kind,
            request.body,
            base_url=request.base_url,
            content_type=request.content_type,
        )
    except UnreadableDocument as error:
        return Reply(what=error.what, hint=error.hint, is_last=_has_grown())
    except MemoryError:
        return Reply(what="it needs too much memory to read", is_last=True)
    return Reply(document=document, is_last=_has_grown())


def _read_message(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    message = stream.read(length)
    return message if len(message) == length else None


def _has_grown() -> bool:
    """Whether the process holds much more memory than a fresh one does."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        # Not Linux, where ru_maxrss would be the parent's: it survives fork and exec.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak * (1 if sys.platform == "darwin" else 1024) > _RETIRE_AT_BYTES
    return pages * resource.getpagesize() > _RETIRE_AT_BYTES


def _limit(what: int, soft: int) -> None:
    """Set a soft limit; macOS refuses some, and then the wall clock has to do."""
    _, hard = resource.getrlimit(what)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(
            what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
        )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main()
