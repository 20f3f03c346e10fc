"""Both readers of feeds, on feeds that nobody has written yet."""

from __future__ import annotations

from html import escape

from hypothesis import given, settings, strategies as st

from tests.core.feed_readers import differences, read_both

WORDS = st.text(st.sampled_from("ab \u00e9\u201c\u0416\U0001f600&<>;'\"-"), max_size=8)
URLS = st.sampled_from(
    [
        *("https://example.org/1", "https://example.org/2?a=1&b=2", "/relative", "p/2", ""),
        *("http://other.example/x", "javascript:alert(1)", "tag:example.org,2026:1", "42"),
    ]
)
DATES = st.sampled_from(
    [
        *("Fri, 20 Nov 2026 10:00:00 +0100", "2026-11-20T10:00:00Z", "2026-11-20", "yesterday"),
        *("20 Nov 2026 10:00 EST", "2026-11-20T10:00:00-05:00", "1700000000", ""),
    ]
)
NAMES = st.sampled_from(
    [
        *("Ada Lovelace", "ada@example.org (Ada Lovelace)", "Lovelace, Ada; Turing, Alan"),
        *("Ada Lovelace, Alan Turing and Emmy Noether", "noreply", "ada@example.org"),
    ]
)


@st.composite
def elements(
    draw: st.DrawFn, name: str, values: st.SearchStrategy[str], attributes: str = ""
) -> str:
    """Write an element with its text escaped or in CDATA."""
    value = draw(values)
    inside = f"<![CDATA[{value}]]>" if draw(st.booleans()) else escape(value, quote=False)
    return f"<{name}{attributes}>{inside}</{name}>"


def filled(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Leave out what is empty: an empty second element wipes out the first in feedparser."""
    return values.filter(str.strip)


def links(name: str) -> st.SearchStrategy[str]:
    rels = st.sampled_from(["", ' rel="alternate"', ' rel="related"', ' rel="via"', ' rel="self"'])
    return st.builds(lambda rel, url: f'<{name}{rel} href="{escape(url)}"/>', rels, filled(URLS))


def once(*parts: st.SearchStrategy[str], last: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Take each part or leave it, in any order; feedparser forgets the title after a source."""
    some = st.tuples(*(st.just("") | part for part in parts)).flatmap(st.permutations)
    return st.builds(lambda first, end: "".join((*first, end)), some, st.just("") | last)


ITEMS = once(
    elements("title", filled(WORDS)),
    elements("link", filled(URLS)),
    elements("guid", filled(URLS)),
    elements("guid", filled(URLS), ' isPermaLink="false"'),
    elements("pubDate", DATES),
    elements("dc:date", DATES),
    elements("dc:creator", NAMES),
    elements("author", NAMES),
    elements("description", WORDS),
    elements("content:encoded", WORDS.map(lambda text: f"<p>{escape(text)}</p>")),
    elements("category", WORDS),
    links("atom:link"),
    URLS.map(lambda url: f'<enclosure url="{escape(url)}" type="audio/mpeg"/>'),
    st.just("<media:group><media:title>M</media:title></media:group>"),
    last=st.just("<source url='https://example.org/s'>Source</source>"),
)
ENTRIES = once(
    elements("title", filled(WORDS)),
    elements("title", filled(WORDS).map(escape), ' type="html"'),
    elements("id", filled(URLS)),
    links("link"),
    links("link"),
    elements("published", DATES),
    elements("updated", DATES),
    elements("summary", WORDS),
    st.just(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>A &lt; B</p></div></content>"
    ),
    NAMES.map(lambda name: f"<author><name>{name}</name></author>"),
    last=st.just("<source><title>Elsewhere</title><author><name>Nobody</name></author></source>"),
)
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/"'
)


def agree(document: str) -> None:
    fast, loose = read_both(document)
    assert fast is not None
    assert loose is not None
    assert differences(fast, loose) == set()


@settings(max_examples=75, deadline=None)
@given(st.lists(ITEMS, max_size=3), st.sampled_from(["2.0", "0.92", "0.91"]))
def test_both_readers_agree_on_rss(items: list[str], version: str) -> None:
    inside = "".join(f"<item>{item}</item>" for item in items)
    agree(f'<rss version="{version}" {SPACES}><channel><title>T</title>{inside}</channel></rss>')


@settings(max_examples=80, deadline=None)
@given(st.lists(ITEMS, max_size=3))
def test_both_readers_agree_on_rss_1(items: list[str]) -> None:
    inside = "".join(
        f'<item rdf:about="https://example.org/about/{number}">{item}</item>'
        for number, item in enumerate(items)
    )
    agree(
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {SPACES}>'
        f"<channel><title>T</title></channel>{inside}</rdf:RDF>"
    )


@settings(max_examples=75, deadline=None)
@given(st.lists(ENTRIES, max_size=3), st.sampled_from(["", ' xml:base="https://base.example/d/"']))
def test_both_readers_agree_on_atom(entries: list[str], base: str) -> None:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    agree(f'<feed xmlns="http://www.w3.org/2005/Atom"{base}><title>T</title>{inside}</feed>')
