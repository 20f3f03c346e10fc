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


ATOM_03 = '<feed version="0.3" xmlns="http://purl.org/atom/ns#">{}</feed>'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('<title mode="base64">U23DpcOl</title>', "Småå"),
        ('<title mode="base64"> U23D\n pcOl </title>', "Småå"),
        ('<title type="text/html" mode="base64">PGI+U208L2I+IGFsbA==</title>', "Sm all"),
        ('<title mode="escaped">U23DpcOl</title>', "U23DpcOl"),
        ('<title mode="base64">/w==</title>', "/w=="),  # no UTF-8
        ('<title mode="base64">no base64!</title>', "no base64!"),
    ],
)
def test_texts_of_atom_03_may_be_in_base64(written: str, read: str) -> None:
    body = ATOM_03.format(f"<entry><id>tag:example.org,2026:1</id>{written}</entry>")

    document = parse_document("feed", body.encode(), base_url=BASE, content_type=None)

    assert [entry.title for entry in document.entries] == [read]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_link_written_as_text_keeps_its_relation(*, is_reversed: bool) -> None:
    links = [
        '<link rel="alternate">https://example.org/post</link>',
        '<link rel="enclosure">https://example.org/talk.mp3</link>',
    ]
    entry = "".join(links[::-1] if is_reversed else links)
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x:1</id>{entry}</entry></feed>'

    document = parse_document("feed", body.encode(), base_url=BASE, content_type=None)

    assert document.entries[0].url == "https://example.org/post"


def test_a_file_that_all_entries_share_is_the_address_of_none() -> None:
    item = (
        "<item><title>{}</title><link>https://example.org/show</link>"
        '<enclosure url="https://example.org/{}.mp3"/></item>'
    )
    own = rss(item.format("A", "a") + item.format("B", "b")).entries
    shared = rss(item.format("A", "jingle") + item.format("B", "jingle")).entries

    assert [entry.url for entry in own] == [
        "https://example.org/a.mp3",
        "https://example.org/b.mp3",
    ]
    assert {entry.url for entry in shared} == {"https://example.org/show"}


CAPTION = (
    '<media:content url="https://example.org/a.jpg"><media:description type="plain">'
    "A very long description of a picture with a cat on it</media:description></media:content>"
)
MEDIA = '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item>{}</item></channel></rss>'


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (f"<description>A cat.</description>{CAPTION}", "A cat."),
        (f"{CAPTION}<description>A cat.</description>", "A cat."),
        (CAPTION, "A very long description of a picture with a cat on it"),
        (
            f"<title>A film</title><description>A cat.</description>{CAPTION}",
            "A very long description of a picture with a cat on it",
        ),
    ],
)
def test_the_words_of_an_untitled_post_come_before_those_of_its_pictures(
    item: str, text: str
) -> None:
    body = MEDIA.format(f"<guid>1</guid>{item}").encode()

    document = parse_document("feed", body, base_url=BASE, content_type=None)

    assert document.entries[0].summary == text
