"""The limits of a download, and decoding a body within them."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIB = 1024 * 1024

# gzip files may be concatenated (RFC 1952, section 2.2), and each member costs a copy of the rest
# of the chunk: without a limit, millions of empty members would keep a core busy.
_MEMBERS = 1000

_PIECE_BYTES = 64 * 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_ENCODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_HEAD_BYTES = 2  # enough to recognize the encoding
# The first bytes of XML, JSON and pages, including blanks and byte order marks.
_PLAIN_STARTS = (b"<", b"{", b"[", b" ", b"\t", b"\r", b"\n", b"\xef\xbb", b"\xfe\xff", b"\xff\xfe")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one download, whatever a server sends.

    Attributes:
        body_bytes: The size of the body, both decoded and as sent.
        total_s: Seconds for the whole download with look-ups, redirects, headers and bodies, but
            without waiting for a free slot.
        connect_s: Seconds to connect to one host, shared by its addresses.
        redirects: How many redirects are followed.
        per_origin: The maximum number of parallel downloads from one origin (scheme, host, port).
    """

    body_bytes: int = 20 * _MIB
    total_s: float = 30.0
    connect_s: float = 10.0
    redirects: int = 5
    per_origin: int = 2


DEFAULT_LIMITS = Limits()


class Body:
    """A body being received: decodes at most one compression, up to a size limit.

    Servers label plain bodies ``aws-chunked`` or ``utf-8``, and storage serves ``.gz`` without a
    label (FreshRSS#8374, #3543), so the first bytes decide; the label counts if they do not.

    Args:
        content_encoding: The header as received, repetitions joined by commas; None or empty if the
            server sent none.
        limit_bytes: The maximum size, both decoded and as sent.

    Raises:
        DownloadError: The body is compressed more than once.
    """

    def __init__(self, content_encoding: str | None, *, limit_bytes: int) -> None:
        self._label = _one_label(content_encoding)
        self._head: bytes | None = b""  # the first bytes, until the encoding is known
        self._encoding: str | None = None
        self._limit_bytes = limit_bytes
        self._raw_bytes = 0
        self._members = 0
        self._first_byte = b""
        self._decoded = io.BytesIO()
        self._inflater: zlib._Decompress | None = None

    def feed(self, raw: bytes) -> Iterator[int]:
        """Decode the next bytes, a piece at a time.

        Yields:
            How many bytes are decoded so far, after each piece of at most 64 KiB.

        Raises:
            DownloadError: The body is too large, or does not match its encoding.
        """
        self._raw_bytes += len(raw)
        self._check(self._raw_bytes)
        if self._head is not None:
            self._head += raw
            if len(self._head) < _HEAD_BYTES:
                return
            raw, self._head = self._head, None
            self._encoding = _encoding_of(raw, self._label)
            if self._encoding == "gzip":
                self._inflater = zlib.decompressobj(_GZIP_WINDOW)
        if self._encoding is None:
            self._decoded.write(raw)
            yield self.size
            return
        try:
            yield from self._inflate(raw)
        except zlib.error as error:
            what = f"the body is not valid {self._encoding}"
            raise DownloadError(what, hint="try again later") from error

    @property
    def is_cut_short(self) -> bool:
        """Whether a compressed body is incomplete."""
        if self._head is not None:
            return bool(self._head) and self._label in _ENCODINGS
        if self._encoding is None:
            return False
        return self._inflater is None or not self._inflater.eof

    @property
    def received_bytes(self) -> int:
        """How many bytes came so far, before decompression."""
        return self._raw_bytes

    @property
    def size(self) -> int:
        """How many bytes are decoded so far."""
        return self._decoded.tell()

    def decoded(self) -> bytes:
        """Return the decoded bytes so far.

        Raises:
            DownloadError: A body of one byte does not match its encoding.
        """
        if self._head and _encoding_of(self._head, self._label) is None:
            return self._head
        return self._decoded.getvalue()  # shares memory; joining chunks would need twice as much

    def _check(self, size: int) -> None:
        if size > self._limit_bytes:
            raise too_large(self._limit_bytes)

    def _inflate(self, raw: bytes) -> Iterator[int]:
        if self._inflater is None:
            raw = self._first_byte + raw
            if len(raw) < 2:  # noqa: PLR2004, the bytes that tell zlib from raw deflate
                self._first_byte = raw
                return
            self._inflater = zlib.decompressobj(_deflate_window(raw))
        has_more = bool(raw)
        while has_more:
            if self._inflater.eof:
                if self._encoding != "gzip" or not raw.startswith(b"\x1f"):
                    return  # padding after the end, which browsers ignore too
                self._begin_member()
            # One byte over the limit, which detects a bomb without inflating it further.
            room = min(_PIECE_BYTES, self._limit_bytes - self.size + 1)
            piece = self._inflater.decompress(raw, room)
            self._decoded.write(piece)
            self._check(self.size)
            yield self.size
            ended = self._inflater.eof
            raw = self._inflater.unused_data if ended else self._inflater.unconsumed_tail
            # A full piece may leave output behind in zlib after the last byte of input.
            has_more = bool(raw) or (len(piece) == room and not ended)

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > _MEMBERS:
            what = "the body is made of too many gzip members"
            raise DownloadError(what, hint="report it to the publisher of the feed")
        self._inflater = zlib.decompressobj(_GZIP_WINDOW)


_REPORT = "report it to the publisher of the feed: only gzip or deflate was asked for"


def too_large(limit_bytes: int) -> DownloadError:
    """Make the error for a body over its limit."""
    unit, name = next(
        (unit, name)
        for unit, name in ((_MIB, "MiB"), (1024, "KiB"), (1, "bytes"))
        if limit_bytes >= unit and limit_bytes % unit == 0
    )
    what = f"more than {limit_bytes // unit} {name}"
    return DownloadError(what, hint="look for a shorter feed of the same source")


def _one_label(content_encoding: str | None) -> str | None:
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    layers = [name for name in names if name not in {"", "identity"}]
    if len(layers) > 1:
        what = "the body is compressed more than once"
        raise DownloadError(what, hint=_REPORT)
    return layers[0] if layers else None


def _encoding_of(head: bytes, label: str | None) -> str | None:
    """Find the compression of a body from its first bytes and its label; None for none.

    Raises:
        DownloadError: The label names a compression that was not requested.
    """
    if head.startswith(_GZIP_MAGIC):
        return "gzip"
    encoding = None if label is None else _ENCODINGS.get(label)
    if label is None or (encoding != "deflate" and head.startswith(_PLAIN_STARTS)):
        return None  # raw deflate may begin with any byte
    if encoding is None:
        what = "the body is compressed in a way that was not asked for"
        raise DownloadError(what, hint=_REPORT)
    return encoding


def _deflate_window(head: bytes) -> int:
    """Distinguish zlib (RFC 1950) from some servers' raw deflate (RFC 9110, section 8.4.1.2)."""
    is_zlib = head[0] & 0x0F == zlib.DEFLATED and (head[0] << 8 | head[1]) % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS
