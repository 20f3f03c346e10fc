from __future__ import annotations

import codecs
import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.errors import UnreadableDocument
from tests.documents import parse_document

if TYPE_CHECKING:
    from pathlib import Path

    from papertrack.core.records import Document

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<channel>
  <title>Example &amp; Co</title>
  <link>https://example.org/</link>
  <managingEditor>office@example.org (The Editors)</managingEditor>
  <item>
    <title>Sparse &lt;b&gt;autoencoders&lt;/b&gt; &amp;amp; friends</title>
    <link>/posts/1?a=1&amp;b=2</link>
    <guid isPermaLink="false">post-1</guid>
    <description>Short.</description>
    <content:encoded><![CDATA[<p>Long &amp; full.</p><ul><li>one<li>two</ul>]]></content:encoded>
    <pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate>
    <dc:creator>Ada Lovelace</dc:creator>
    <dc:creator>Alan Turing</dc:creator>
    <prism:doi>10.5555/example.7</prism:doi>
  </item>
  <item>
    <title>5 &lt; 6 and $a&lt;b$</title>
    <guid>https://example.org/posts/2</guid>
    <description>In text: 5 &lt; 6, then $a&lt;b$.</description>
  </item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">Notes &amp;amp; more</title>
  <id>tag:example.org,2026:feed</id>
  <author><name>Grace Hopper</name><email>grace@example.org</email></author>
  <entry>
    <id>42</id>
    <title>About &lt;b&gt; in $a&lt;b$</title>
    <link rel="alternate" href="posts/42"/>
    <link rel="related" href="https://other.example/paper"/>
    <link rel="related" href="https://example.org/another-story"/>
    <link rel="edit" href="https://example.org/edit/42"/>
    <published>2026-11-19T10:00:00+01:00</published>
    <updated>2026-11-20T10:00:00Z</updated>
    <summary>Plain &lt;think&gt; text.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two 5 &lt; 6</p>
      <p>and so on</p></div></content>
    <author><name>Ada Lovelace</name></author>
    <author><name>Alan Turing</name></author>
  </entry>
  <entry>
    <id>43</id>
    <title type="html">A &amp;lt;b&amp;gt; &lt;i&gt;tag&lt;/i&gt;</title>
    <link href="https://example.org/posts/43"/>
    <updated>2026-11-20T10:00:00Z</updated>
  </entry>
</feed>"""

RDF = """<?xml version="1.0" encoding="iso-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://example.org/"><title>J. Examples</title></channel>
  <item rdf:about="https://example.org/a/1">
    <title>Caf\xe9</title><link>https://example.org/a/1</link>
    <dc:date>2026-11-20</dc:date><dc:creator>Lovelace, Ada; Turing, Alan</dc:creator>
    <dc:identifier>doi:10.5555/example.8</dc:identifier>
  </item>
</rdf:RDF>"""


def parse(body: str | bytes, content_type: str | None = None) -> Document:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return parse_document(
        "feed", raw, base_url="https://example.org/blog/feed.xml", content_type=content_type
    )


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def test_an_rss_item_becomes_an_entry() -> None:
    document = parse(RSS)
    entry = document.entries[0]

    assert document.title == "Example & Co"
    assert document.problems == ()
    assert entry.guid == "post-1"
    assert entry.title == "Sparse autoencoders & friends"
    assert entry.url == "https://example.org/posts/1?a=1&b=2"
    assert entry.summary == "Long & full.\n\n- one\n- two"
    assert [author.name for author in entry.authors] == ["Ada Lovelace", "Alan Turing"]
    assert entry.published_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert entry.doi == "10.5555/example.7"


def test_an_rss_item_without_link_or_author_takes_its_guid_and_the_feeds_editor() -> None:
    entry = parse(RSS).entries[1]

    assert entry.guid == entry.url == "https://example.org/posts/2"
    assert entry.title == "5 < 6 and $a<b$"
    assert entry.summary == "In text: 5 < 6, then $a<b$."
    assert [author.name for author in entry.authors] == ["The Editors"]


def test_an_atom_entry_becomes_an_entry() -> None:
    document = parse(ATOM)
    entry = document.entries[0]

    assert document.title == "Notes & more"
    assert entry.guid == "42", "not made an address: the feed may move"
    assert entry.title == "About <b> in $a<b$"
    assert entry.url == "https://example.org/blog/posts/42"
    assert entry.links == ("https://other.example/paper",), "not the other story of the same site"
    assert entry.summary == "One\n\nTwo 5 < 6\n\nand so on"
    assert [author.name for author in entry.authors] == ["Ada Lovelace", "Alan Turing"]
    assert entry.published_at == datetime(2026, 11, 19, 9, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_an_atom_title_in_html_loses_its_markup_only() -> None:
    entry = parse(ATOM).entries[1]

    assert entry.title == "A <b> tag"
    assert [author.name for author in entry.authors] == ["Grace Hopper"]
    assert entry.published_at is None
    assert entry.updated_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_rss_1_is_read_in_its_encoding() -> None:
    (entry,) = parse(RDF.encode("latin-1")).entries

    assert entry.title == "Caf\xe9"
    assert [author.name for author in entry.authors] == ["Ada Lovelace", "Alan Turing"]
    assert entry.authors[0].family == "Lovelace"
    assert entry.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert entry.doi == "10.5555/example.8"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-8"), "text/xml; charset=iso-8859-1"),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-8"), "text/xml"),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-8").decode("latin-1").encode(), None),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("latin-1"), "text/xml; charset=utf-8"),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-16"), None),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-16-le"), None),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-16-be"), "application/rss+xml"),
        (codecs.BOM_UTF8 + RSS.replace("Short", "Gr\xfc\xdfe").encode(), None),
        (RSS.replace("Short", "Gr\xfc\xdfe").encode("utf-32"), None),
    ],
    ids=["mislabelled", "unlabelled", "twice", "latin-1", "16", "16le", "16be", "bom", "32"],
)
def test_text_is_read_whatever_its_label_says(body: bytes, content_type: str | None) -> None:
    body = body.replace(b"<content:encoded>", b"<other>").replace(
        b"</content:encoded>", b"</other>"
    )
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        body = body.replace("content:encoded".encode(encoding), "other".encode(encoding))

    document = parse(body, content_type)

    assert document.entries[0].summary == "Gr\xfc\xdfe."


def test_russian_in_its_own_encoding_is_read_by_the_label() -> None:
    body = rss("<item><title>\u041f\u0440\u0438\u0432\u0435\u0442</title></item>").encode("koi8-r")

    assert (
        parse(body, "text/xml; charset=koi8-r").entries[0].title
        == "\u041f\u0440\u0438\u0432\u0435\u0442"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n ",
        b"/etc/passwd",
        b"https://example.org/feed",
        b"Rate exceeded.",
        b"<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>",
        b"<html><body><item><title>x</title></item></body></html>",
        b"<div>not found</div>",
        b"<opml version='2.0'><body/></opml>",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\0" * 100,
        b"[]",
        b"{}",
    ],
)
def test_what_is_no_feed_is_refused_in_one_line(body: bytes) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse(body)

    assert "\n" not in refusal.value.what
    assert not refusal.value.what.endswith(".")


def test_a_web_page_gets_a_hint() -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse(b"<!doctype html>\n<html><body>Please log in</body></html>")

    assert refusal.value.what == "this is a web page, not a feed"
    assert refusal.value.hint is not None


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss("")).entries == ()


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!doctype rss><!doctype rss [<!entity a "x">]>',
        '<!ENTITY a "x">',
        "<!DOCTYPE rss [",
    ],
)
def test_a_document_that_declares_entities_is_refused(doctype: str) -> None:
    with pytest.raises(UnreadableDocument):
        parse(doctype + rss("<item><title>&a;&f;</title></item>"))


def test_no_file_is_read_for_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    body = rss("<item><title>a &f; b</title><link>https://example.org/1</link></item>")
    declared = f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">{body}'

    assert "geheim" not in str(parse(declared))
    with pytest.raises(UnreadableDocument):
        parse(f'<!DOCTYPE rss [<!ENTITY f SYSTEM "{secret.as_uri()}">]>{body}')


def test_a_feed_is_not_opened_as_a_file_of_its_name(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(RSS)

    with pytest.raises(UnreadableDocument):
        parse(str(feed))


def test_an_entry_may_write_about_entities() -> None:
    (entry,) = parse(rss("<item><title><![CDATA[<!ENTITY a 'x'>]]></title></item>")).entries

    assert entry.title == "<!ENTITY a 'x'>"


def test_old_document_types_are_harmless() -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/x.dtd">'

    assert parse(doctype * 3 + rss("<item><title>Old</title></item>")).entries[0].title == "Old"


@pytest.mark.parametrize(
    "gap", [b"\n" * 20_000, b" " * 20_000, b"\r\n\t" * 7_000, b"\n<!-- -->" * 5_000]
)
def test_a_long_gap_before_the_feed_takes_no_time(gap: bytes) -> None:
    started = time.process_time()

    assert len(parse(gap + RSS.partition("?>")[2].encode()).entries) == 2
    # A second and a half on a slow machine; without care it takes minutes.
    assert time.process_time() - started < 10


def test_characters_that_xml_forbids_cost_themselves_only() -> None:
    bad = "<item><title>a&#xD800;b &#x1b;[31mc\x08 &#0;\x00d\ufffe</title></item>"

    document = parse(rss(bad + "<item><title>good</title></item>"))

    assert [entry.title for entry in document.entries] == ["a\ufffdb c d", "good"]


def test_harmful_characters_are_gone_from_every_field() -> None:
    evil = "x\x1b[31my\u202ez\u200b\U000e0041&#x9b;31m&amp;#x1b;[5m"
    body = f"""<rss version="2.0"><channel><title>{evil}</title><item>
        <title>{evil}</title><link>https://example.org/{evil}</link><guid>{evil}</guid>
        <author>{evil}</author><description>&lt;p&gt;{evil}&lt;/p&gt;</description>
        </item></channel></rss>"""

    document = parse(body)

    (entry,) = document.entries
    fields = [document.title, entry.title, entry.url, entry.guid, entry.summary]
    fields += [author.name for author in entry.authors]
    assert len(fields) > 5
    for field in fields:
        assert field is not None
        assert not set(field) & set("\x1b\x9b\u202e\u200b\U000e0041")


@pytest.mark.parametrize(
    "name",
    [
        *("links", "authors", "content", "title_detail", "summary_detail", "published_parsed"),
        *("tags", "guidislink", "author_detail", "id", "link", "author", "image", "source"),
    ],
)
def test_element_names_that_clash_with_feedparsers_own_keys_do_no_harm(name: str) -> None:
    plain = f"<item><title>A</title><{name}>x</{name}></item>"
    attributes = (
        f"<item><title>B</title><{name} href='x' rel='y' type='z'/><{name}>x</{name}></item>"
    )

    assert len(parse(rss(plain + attributes)).entries) == 2


def test_a_broken_feed_is_read_as_far_as_it_can_be() -> None:
    body = rss("<item><title>A &nbsp; <b>bold</title></item><item><title>B</title></item>")

    assert [entry.title for entry in parse(body[:-12]).entries][-1] == "B"


def test_a_warning_before_the_feed_is_passed_over() -> None:
    assert len(parse("Warning: include(): failed\n" + RSS).entries) == 2


def test_an_entry_that_cannot_be_read_costs_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_for_the_first(text: str | None) -> str | None:
        if text and "posts/1" in text:
            what = "a fault of ours"
            raise ZeroDivisionError(what)
        return text

    monkeypatch.setattr("papertrack.core.feeds.entry.http_url", raise_for_the_first)

    document = parse(RSS)

    assert [entry.guid for entry in document.entries] == ["https://example.org/posts/2"]
    assert document.problems == ("Entry 1 could not be read (ZeroDivisionError)",)


def test_two_posts_under_one_guid_are_two_entries_each_with_its_own() -> None:
    first = "<item><guid>same</guid><title>A</title><link>https://example.org/a</link></item>"
    second = "<item><guid>same</guid><title>B</title><link>https://example.org/b</link></item>"

    entries = parse(rss(first + second)).entries
    swapped = parse(rss(second + first)).entries

    assert [entry.title for entry in entries] == ["A", "B"]
    assert len({entry.guid for entry in entries}) == 2
    assert {entry.guid for entry in entries} == {entry.guid for entry in swapped}


def test_an_entry_that_repeats_another_is_dropped() -> None:
    item = "<item><guid>same</guid><title>A</title><link>https://example.org/a</link></item>"

    assert [entry.guid for entry in parse(rss(item * 3)).entries] == ["same"]


def test_an_entry_without_any_name_gets_the_same_guid_each_time() -> None:
    body = rss("<item><title>Nameless</title><pubDate>Fri, 20 Nov 2026 10:00 GMT</pubDate></item>")

    (entry,) = parse(body).entries

    assert entry.guid.startswith("hash:")
    assert parse(body).entries == (entry,)


def test_the_page_of_a_podcast_is_not_the_address_of_its_episodes() -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>e{n}</guid><title>E{n}</title>"
        f"<link>https://example.org/show</link><enclosure url='https://example.org/{n}.mp3'/></item>"
        for n in range(2)
    )

    assert [entry.url for entry in parse(rss(items)).entries] == [
        "https://example.org/0.mp3",
        "https://example.org/1.mp3",
    ]


def test_a_link_that_two_entries_share_is_no_address_of_either() -> None:
    entries = ATOM.replace("https://example.org/posts/43", "https://other.example/paper")

    assert [entry.links for entry in parse(entries).entries] == [(), ()]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://[::1", "data:text/html,x", "//["])
def test_a_link_that_is_no_web_address_is_left_out(link: str) -> None:
    (entry,) = parse(rss(f"<item><title>A</title><link>{link}</link></item>")).entries

    assert entry.url is None


def test_at_most_ten_thousand_entries_are_taken() -> None:
    document = parse(rss("".join(f"<item><title>{n}</title></item>" for n in range(10_003))))

    assert len(document.entries) == 10_000
    assert document.problems == ("Only the first 10,000 entries were read; 3 were skipped",)


def test_a_very_long_post_is_cut() -> None:
    (entry,) = parse(
        rss(f"<item><title>A</title><description>{'word ' * 9_000}</description></item>")
    ).entries

    assert 10_000 < len(entry.summary) <= 20_000
    assert entry.summary.endswith("…")


def test_no_such_kind_of_document_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no such kind"):
        parse_document("opml", b"<opml/>", base_url="https://example.org/", content_type=None)


@given(st.binary(), st.one_of(st.none(), st.text()))
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str | None) -> None:
    with contextlib.suppress(UnreadableDocument):
        parse(body, content_type)


@settings(max_examples=100)
@given(
    st.sampled_from([RSS, ATOM, RDF]),
    st.integers(0, 2_500),
    st.integers(0, 60),
    st.text()
    | st.sampled_from(["<![CDATA[", "]]>", "<item>", "</rss>", "&#x110000;", "<!DOCTYPE a["]),
    st.sampled_from(["utf-8", "utf-16", "utf-7"]),
)
def test_a_damaged_feed_is_read_or_refused(
    sample: str, at: int, removed: int, inserted: str, encoding: str
) -> None:
    damaged = (sample[:at] + inserted + sample[at + removed :]).encode(encoding, "surrogatepass")

    with contextlib.suppress(UnreadableDocument):
        parse(damaged)
