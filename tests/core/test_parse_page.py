"""A web page read as one work."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from papertrack.core.parse_page import parse_page
from papertrack.core.records import Author, Entry
from papertrack.errors import UnreadableDocument

URL = "https://example.org/post"


def read(body: str | bytes) -> Entry:
    raw = body if isinstance(body, bytes) else body.encode()
    (entry,) = parse_page(raw, base_url=URL).entries
    return entry


def test_scholarly_page_gives_all_it_says() -> None:
    entry = read("""<html><head>
      <title>Journal | A title</title>
      <meta name="citation_title" content="A  title">
      <meta name="citation_author" content="Example, Ada">
      <meta name="citation_author" content="Sample, Ben">
      <meta name="citation_author" content="https://example.org/people/3">
      <meta name="citation_publication_date" content="2026/11/20">
      <meta name="citation_doi" content="10.5555/example.1">
      <meta name="citation_abstract" content="An abstract.">
      <meta property="og:title" content="Share me">
      <link rel="canonical" href="https://example.org/canonical">
    </head><body><h1>Heading</h1></body></html>""")

    assert entry == Entry(
        guid="https://example.org/canonical",
        title="A title",
        url="https://example.org/canonical",
        authors=(Author("Example, Ada"), Author("Sample, Ben")),
        summary="An abstract.",
        published_at=datetime(2026, 11, 20, tzinfo=UTC),
        doi="10.5555/example.1",
    )


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<title>Plain</title>", "Plain"),
        ("<h1>Only a heading</h1>", "Only a heading"),
        ("<h1><a href='/'>A linked</a> heading</h1>", "A linked heading"),
        ('<meta property="og:title" content="Shared"><title>Plain | Site</title>', "Shared"),
        ("<title> Two\n lines </title>", "Two lines"),
        ("<title>Bold &lt;b&gt; &amp; more</title>", "Bold <b> & more"),
        ("<title>Colour \x1b[31mred\u202e</title>", "Colour red"),
        ("<title>Grüße 💡</title>", "Grüße 💡"),
        ("<title></title><h1>Heading</h1>", "Heading"),
        (f"<title>{'x' * 600}</title>", "x" * 500),
    ],
)
def test_title_is_found_where_pages_put_it(body: str, title: str) -> None:
    assert read(f"<html><body>{body}</body></html>").title == title


def test_page_says_in_which_encoding_it_is() -> None:
    body = '<meta charset="iso-8859-1"><title>Grüße</title>'.encode("latin-1")

    assert read(body).title == "Grüße"


@pytest.mark.parametrize("href", ["", "/relative", "javascript:alert(1)", "http://"])
def test_canonical_address_that_cannot_be_used_is_passed_over(href: str) -> None:
    entry = read(f"<title>T</title><link rel='canonical' href='{href}'>")

    assert (entry.url, entry.guid) == (URL, URL)


@pytest.mark.parametrize("body", [b"", b"   ", b"<html></html>", b"<title> </title>", b"\x00\x00"])
def test_page_without_a_title_is_refused_with_advice(body: bytes) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        parse_page(body, base_url=URL)
    assert "--title" in (caught.value.hint or "")


@given(
    st.one_of(st.binary(), st.text(st.sampled_from("<>/=\"' abmetatitle&#;x\0")).map(str.encode))
)
def test_any_bytes_are_a_page_or_refused(body: bytes) -> None:
    with contextlib.suppress(UnreadableDocument):
        (entry,) = parse_page(body, base_url=URL).entries
        assert entry.title
        assert entry.url == URL or entry.url is not None
