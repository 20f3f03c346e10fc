"""What the program and its worker processes say to each other, and a worker's own limits.

Apart from both, so that the program does not load the parsers, nor the worker the event loop.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import struct
import sys

import msgspec

from papertrack.core.records import Document, Entry

# Each message is its length in bytes and then MessagePack. A request is followed by the document
# itself: within the message it would be copied once more on either side.
HEADER = struct.Struct(">Q")

PIECE_BYTES = 65_536  # of a document, at a time


class ParseRequest(msgspec.Struct, frozen=True):
    """A document to read; most fields are the arguments of `open_document`.

    Attributes:
        size: Bytes of the document that follows.
        is_repeated: It was asked for again, to be held as a whole.
    """

    kind: str
    size: int
    base_url: str
    content_type: str | None
    is_repeated: bool = False


class ParseReply(msgspec.Struct, frozen=True):
    """What became of it: a document, or what is wrong with it.

    Attributes:
        document: Without entries.
        entries: Some of its entries, which come before the document.
        wants_repeat: The document cannot be read in passing; the request has to be repeated.
        ran_out: Memory did not suffice; a process that has read nothing yet may have enough.
        is_last: The process ends after this reply.
    """

    document: Document | None = None
    entries: tuple[Entry, ...] = ()
    what: str = ""
    hint: str | None = None
    kind: str | None = None
    wants_repeat: bool = False
    ran_out: bool = False
    is_last: bool = False


_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def limit(what: int, soft: int) -> None:
    """Set a soft limit of `resource`; macOS refuses some, and then the parent has to watch."""
    _, hard = resource.getrlimit(what)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(
            what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
        )


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
