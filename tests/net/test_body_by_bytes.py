"""A body by its first bytes: what servers say of it is often wrong."""

from __future__ import annotations

import gzip

import pytest

from papertrack.errors import DownloadError
from papertrack.net.limits import Body


@pytest.mark.parametrize("label", ["aws-chunked", "utf-8", "UTF-8", "none", "binary", "gzip", "br"])
@pytest.mark.parametrize(
    "document", [b"<rss/>", b"\n<rss/>", b'{"items": []}', b"\xef\xbb\xbf<a/>"]
)
def test_a_plain_body_is_plain_whatever_its_label_says(label: str, document: bytes) -> None:
    for pieces in ([document], [document[i : i + 1] for i in range(len(document))]):
        body = Body(label, limit_bytes=1000)
        for piece in pieces:
            list(body.feed(piece))

        assert body.decoded() == document
        assert not body.is_cut_short


@pytest.mark.parametrize("label", [None, "", "identity", "utf-8", "x-gzip", "deflate"])
def test_gzip_is_opened_whatever_its_label_says(label: str | None) -> None:
    packed = gzip.compress(b"<rss/>" * 100)
    for pieces in ([packed], [packed[i : i + 1] for i in range(len(packed))]):
        body = Body(label, limit_bytes=1000)
        for piece in pieces:
            list(body.feed(piece))

        assert body.decoded() == b"<rss/>" * 100
        assert not body.is_cut_short


def test_gzip_without_a_label_that_breaks_off_is_cut_short() -> None:
    body = Body(None, limit_bytes=1000)
    list(body.feed(gzip.compress(b"<rss/>" * 100)[:-9]))

    assert body.is_cut_short


def test_a_body_of_one_byte_is_that_byte() -> None:
    body = Body(None, limit_bytes=1000)
    list(body.feed(b"x"))

    assert (body.decoded(), body.is_cut_short) == (b"x", False)


def test_what_is_neither_plain_nor_known_is_refused() -> None:
    body = Body("br", limit_bytes=1000)

    with pytest.raises(DownloadError, match="not asked for"):
        list(body.feed(b"\x8b\x03\x80rss"))
