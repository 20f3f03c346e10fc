"""Forms in which feeds of other programs write links and characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.errors import UnreadableDocument
from tests.documents import parse_document

if TYPE_CHECKING:
    from papertrack.core.records import Document

BASE = "https://feeds.example.org/notes/feed.xml"


def rss(item: str, about: str = "", prolog: str = "") -> Document:
    body = f'{prolog}<rss version="2.0"><channel><title>T</title>{about}{item}</channel></rss>'
    return parse_document("feed", body.encode(), base_url=BASE, content_type=None)


def url_of(item: str, about: str = "") -> str | None:
    (entry,) = rss(f"<item><title>A</title>{item}</item>", about).entries
    return entry.url


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link uri="at://x/y">https://l.example.org/1</link>', "https://l.example.org/1"),
        ('<link href="">https://l.example.org/1</link>', "https://l.example.org/1"),
        ('<link href="https://l.example.org/2">Read it</link>', "https://l.example.org/2"),
        ('<link href="https://l.example.org/2"/>', "https://l.example.org/2"),
    ],
)
def test_the_text_of_a_link_counts_when_its_attribute_is_no_address(link: str, url: str) -> None:
    assert url_of(link) == url


@pytest.mark.parametrize(
    ("channel", "link", "url"),
    [
        ("https://site.example.org/", "/2026/a", "https://site.example.org/2026/a"),
        ("https://site.example.org/blog/", "a", "https://site.example.org/blog/a"),
        ("https://site.example.org/blog", "a", "https://site.example.org/blog/a"),
        ("https://site.example.org/blog/index.html", "a", "https://site.example.org/blog/a"),
        ("/blog/", "a", "https://feeds.example.org/blog/a"),
        ("", "/2026/a", "https://feeds.example.org/2026/a"),
        ("not an address://", "/2026/a", "https://feeds.example.org/2026/a"),
        ("https://site.example.org/", "https://other.example.org/a", "https://other.example.org/a"),
    ],
)
def test_a_relative_link_of_rss_belongs_to_the_page_of_the_channel(
    channel: str, link: str, url: str
) -> None:
    assert url_of(f"<link>{link}</link>", f"<link>{channel}</link>") == url


def test_a_relative_link_of_atom_belongs_to_its_base() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example.org/x/">'
        '<title>T</title><link href="https://site.example.org/"/><entry><id>1</id>'
        '<title>A</title><link href="a"/></entry></feed>'
    )
    (entry,) = parse_document("feed", body.encode(), base_url=BASE, content_type=None).entries

    assert entry.url == "https://base.example.org/x/a"


def test_the_first_of_several_languages_is_the_address() -> None:
    links = "".join(
        f'<link rel="alternate" hreflang="{code}" href="https://l.example.org/{code}"/>'
        for code in ("en", "de", "fr")
    )
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>'
        f"<entry><id>1</id><title>A</title>{links}</entry></feed>"
    )
    (entry,) = parse_document("feed", body.encode(), base_url=BASE, content_type=None).entries

    assert entry.url == "https://l.example.org/en"


@pytest.mark.parametrize(
    ("declared", "title", "read"),
    [
        (
            '<!ENTITY nbsp "&#160;"> <!ENTITY copy "&#169;">',
            "Made&nbsp;up &copy; 2026",
            "Made up © 2026",
        ),
        ("<!ENTITY eacute '&#xE9;'>", "caf&eacute;", "café"),
        ('<!ENTITY mu "µ">', "&mu;m", "µm"),
        ('<!ENTITY amp "&#38;#38;"><!ENTITY lt "&#38;#60;">', "a &amp; b &lt; c", "a & b < c"),
    ],
)
def test_entities_of_single_characters_are_read(declared: str, title: str, read: str) -> None:
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]>'
    (entry,) = rss(f"<item><title>{title}</title></item>", prolog=prolog).entries

    assert entry.title == read


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aa"><!ENTITY b "&a;&a;">',
        '<!ENTITY a "&b;"><!ENTITY b "x">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x "y">',
        '<!ENTITY copy "&#169;"><!ENTITY long "two words">',
        '<!ENTITY x "<">',
    ],
)
def test_entities_that_may_grow_or_reach_out_are_refused(declared: str) -> None:
    with pytest.raises(UnreadableDocument, match="declares entities"):
        rss("<item><title>&x;</title></item>", prolog=f"<!DOCTYPE rss [{declared}]>")
