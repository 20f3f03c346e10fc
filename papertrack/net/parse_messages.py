"""What the program and its parse workers say to each other.

Apart from both, so that the program does not load the parsers, nor the worker the event loop.
"""

from __future__ import annotations

import struct

import msgspec

from papertrack.core.records import Document

# Each message is its length in bytes and then MessagePack.
HEADER = struct.Struct(">Q")


class Request(msgspec.Struct, frozen=True):
    """A document to read; the fields are the arguments of `parse_document`."""

    kind: str
    body: bytes
    base_url: str
    content_type: str | None


class Reply(msgspec.Struct, frozen=True):
    """What became of it: a document, or what is wrong with it.

    Attributes:
        is_last: The process ends after this reply.
    """

    document: Document | None = None
    what: str = ""
    hint: str | None = None
    is_last: bool = False
