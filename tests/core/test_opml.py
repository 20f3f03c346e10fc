"""Lists of feeds: read from any program, written for any program."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.feeds.opml import Subscription, read_opml, write_opml
from papertrack.core.text.clean import one_line
from papertrack.errors import UsageError

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>feeds</title></head><body>
  <outline text="Tech">
    <outline text="AI" title="AI">
      <outline type="rss" text="A" title="The A blog" xmlUrl="https://a.example.org/feed"/>
    </outline>
    <outline type="rss" text="B" xmlUrl="https://b.example.org/f?x=1&amp;y=2"/>
  </outline>
  <outline text="C" xmlURL=" https://c.example.org/feed "/>
  <outline text="A link" type="link" url="https://d.example.org/"/>
</body></opml>
"""


def test_folders_and_titles_are_read() -> None:
    assert read_opml(LIST, "list.opml") == [
        Subscription("https://a.example.org/feed", "The A blog", ("Tech", "AI"), 5),
        Subscription("https://b.example.org/f?x=1&y=2", "B", ("Tech",), 7),
        Subscription("https://c.example.org/feed", "C", (), 9),
    ]


def test_what_other_programs_forget_to_escape_is_read_as_it_was_meant() -> None:
    body = LIST.replace(b"&amp;", b"&").replace(b"The A", b"The&nbsp;A & B")

    assert [(one.url, one.title) for one in read_opml(body, "x")][:2] == [
        ("https://a.example.org/feed", "The A & B blog"),
        ("https://b.example.org/f?x=1&y=2", "B"),
    ]


def test_a_title_is_one_plain_line() -> None:
    body = LIST.replace(b"The A blog", b"The\n &#27;[31mA\xe2\x80\xae blog &lt;b&gt;")

    assert read_opml(body, "x")[0].title == "The A blog <b>"


def test_other_encodings_are_read() -> None:
    text = LIST.decode().replace("The A", "Thé Ä")

    assert read_opml(text.encode("utf-16"), "x")[0].title == "Thé Ä blog"
    latin = text.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert read_opml(latin, "x")[0].title == "Thé Ä blog"


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
<opml><body><outline text="&b;" xmlUrl="https://example.org"/></body></opml>"""


REFUSED = {
    "empty": (b"", "is not OPML: the document is empty"),
    "words": (b"hello", "is not OPML: this is plain text, not a feed"),
    "page": (b"<html><body/></html>", "is not OPML"),
    "feed": (b"<rss/>", "is not OPML"),
    "cut": (LIST[:-20], "x.opml:10: it is not well-formed: unclosed token"),
    "tags": (LIST.replace(b"</outl", b"</Outl"), "x.opml:6: it is not well-formed: mismatched"),
    "entities": (ENTITIES, "is not OPML: it declares entities"),
    "deep": (b"<opml>" + b"<outline>" * 100_000, "x.opml:1: it nests deeper than 64 folders"),
    "many": (b"<opml>" + b"<outline xmlUrl='x'/>" * 10_001, "lists more than 10,000 feeds"),
    "huge": (b"<opml>" + b" " * 9_000_000, "is larger than 8 MB"),
    "noise": (b"\x00\xff" * 1_000, "is not OPML"),
}


@pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_or_broken_list_is_refused_in_one_line(body: bytes, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_opml(body, "x.opml")

    assert why in caught.value.what
    assert "\n" not in caught.value.what
    assert "nothing was imported" in caught.value.what


def test_a_file_from_outside_is_not_opened() -> None:
    body = b"""<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml><body>
    <outline text="&x;" xmlUrl="https://example.org"/></body></opml>"""

    assert read_opml(body, "x") == [Subscription("https://example.org", "&x;", (), 2)]


def test_a_tag_with_many_attributes_is_one_pass() -> None:
    attributes = b" ".join(b'a%d=""' % number for number in range(200_000))

    assert read_opml(b"<opml><outline " + attributes + b"/></opml>", "x") == []


def test_a_list_is_written_with_its_folders() -> None:
    written = write_opml(
        [
            Subscription("https://a.example.org/f?x=1&y=2", 'A "quoted" <title> & more'),
            Subscription("https://b.example.org/", "B", ("Section & one",)),
            Subscription("https://c.example.org/", "", ("Section & one",)),
        ],
        title="A & B",
        created="Fri, 20 Nov 2026 13:00:00 +0000",
    )

    assert written == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n'
        "    <title>A &amp; B</title>\n"
        "    <dateCreated>Fri, 20 Nov 2026 13:00:00 +0000</dateCreated>\n"
        "  </head>\n  <body>\n"
        '    <outline type="rss" text=\'A "quoted" &lt;title&gt; &amp; more\''
        " title='A \"quoted\" &lt;title&gt; &amp; more'"
        ' xmlUrl="https://a.example.org/f?x=1&amp;y=2"/>\n'
        '    <outline text="Section &amp; one" title="Section &amp; one">\n'
        '      <outline type="rss" text="B" title="B" xmlUrl="https://b.example.org/"/>\n'
        '      <outline type="rss" text="https://c.example.org/" title="https://c.example.org/"'
        ' xmlUrl="https://c.example.org/"/>\n'
        "    </outline>\n  </body>\n</opml>\n"
    )


LABELS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(st.lists(st.tuples(LABELS, LABELS), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    wanted = [
        Subscription(f"https://example.org/?{number}&x", title, (folder,))
        for number, (title, folder) in enumerate(rows)
    ]

    read = read_opml(write_opml(wanted, title="x").encode(), "x")

    assert [(one.url, *one.folders) for one in read] == [
        (one.url, *map(one_line, one.folders)) for one in wanted
    ]
