"""The messages between the program and its parse workers, and the limits of a worker.

Separate from both, so that the program does not import the parsers, nor the worker asyncio.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import struct
import sys

import msgspec

from papertrack.core.records import Document, Entry, Prepared

# A message is its length in bytes, then MessagePack. A request is followed by the document itself:
# inside the message it would be copied once more on each side.
HEADER = struct.Struct(">Q")

PIECE_BYTES = 65_536  # of a document, at a time


class ParseRequest(msgspec.Struct, frozen=True):
    """A document to parse; most fields are the arguments of `open_document`.

    Attributes:
        size: The size in bytes of the document that follows.
        prepares: Whether to reply with what follows from each entry, as well.
        is_repeated: The document was requested again, to be parsed as a whole.
    """

    kind: str
    size: int
    base_url: str
    content_type: str | None
    prepares: bool = False
    is_repeated: bool = False


class ParseReply(msgspec.Struct, frozen=True):
    """The reply to a request: a document, or why it could not be parsed.

    Attributes:
        document: Without entries.
        entries: Some of its entries; they precede the document.
        prepared: What follows from each of these entries; empty if it was not asked for.
        wants_repeat: The document cannot be parsed in pieces; the request must be repeated.
        ran_out: The process ran out of memory; a new process may have enough.
        is_last: The process ends after this reply.
    """

    document: Document | None = None
    entries: tuple[Entry, ...] = ()
    prepared: tuple[Prepared, ...] = ()
    what: str = ""
    hint: str | None = None
    kind: str | None = None
    wants_repeat: bool = False
    ran_out: bool = False
    is_last: bool = False


_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def limit(what: int, soft: int) -> None:
    """Set a soft limit of `resource`; macOS refuses some, which the parent must enforce then."""
    _, hard = resource.getrlimit(what)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(
            what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
        )


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
