"""What a feed says beside its entries, what came instead of one, and what a broken one gives."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from papertrack.errors import UnreadableDocument
from tests.documents import parse_document

if TYPE_CHECKING:
    from papertrack.core.records import Document

BASE = "https://example.org/blog/feed.xml"
ITEM = "<item><title>A</title><guid>https://example.org/a</guid>{}</item>"


def parse(body: str | bytes, content_type: str | None = None) -> Document:
    raw = body if isinstance(body, bytes) else body.encode()
    return parse_document("feed", raw, base_url=BASE, content_type=content_type)


def rss(items: str, about: str = "", attributes: str = "") -> str:
    return f'<rss version="2.0"{attributes}><channel><title>T</title>{about}{items}</channel></rss>'


def titles(body: str | bytes) -> list[str]:
    return [entry.title for entry in parse(body).entries]


# --- how long a feed wants to be left alone

SY = ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("about", "rest_s"),
    [
        ("", None),
        ("<ttl>60</ttl>", 3_600),
        ("<ttl> 5\n</ttl>", 300),
        ("<ttl>999999999</ttl>", 86_400),
        *((f"<ttl>{nonsense}</ttl>", None) for nonsense in ("0", "-5", "soon", "1.5", "9" * 50)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3_600),
        ("<sy:updatePeriod>\n daily \n</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>Weekly</sy:updatePeriod>", 86_400),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            21_600,
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            3_600,
        ),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod>", None),
        ("<sy:updateFrequency>4</sy:updateFrequency>", None),
        ("<ttl>10</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 600),
    ],
)
def test_a_feed_says_how_long_it_need_not_be_asked(about: str, rest_s: int | None) -> None:
    whole = rss(ITEM.format(""), about, SY)

    assert parse(whole).rest_s == rest_s
    assert parse(whole.replace("</item>", "<b></item>")).rest_s == rest_s, "feedparser says so too"


# --- the papers that a post links to


@pytest.mark.parametrize(
    ("html", "papers"),
    [
        ("no paper", ()),
        ('<a href="https://arxiv.org/abs/2613.00001v2">x</a>', ()),  # no such month
        ('<a href="https://arxiv.org/abs/9911.99901v2">x</a>', ("9911.99901",)),
        ("see http://www.arxiv.org/pdf/9911.99901.pdf, and more", ("9911.99901",)),
        ("(arxiv.org/abs/9911.99901).", ("9911.99901",)),
        ("https://www.alphaxiv.org/abs/9911.99901", ("9911.99901",)),
        ("https://ar5iv.org/abs/9911.99901", ("9911.99901",)),
        ("https://ar5iv.labs.arxiv.org/html/9911.99901", ("9911.99901",)),
        ("https://huggingface.co/papers/9911.99901", ("9911.99901",)),
        ("https://scirate.com/arxiv/9911.99901", ("9911.99901",)),
        ("https://papers.cool/arxiv/9911.99901", ("9911.99901",)),
        ("https://hf.co/papers/9911.99901", ("9911.99901",)),
        ("https://www.semanticscholar.org/arxiv/9911.99901", ("9911.99901",)),
        ("https://doi.org/10.48550/arXiv.9911.99901", ("9911.99901",)),
        ("doi:10.48550/arXiv.9911.99901;", ("9911.99901",)),
        ("https://arxiv.org/abs/hep-th/0611999", ("hep-th/0611999",)),
        ("https://notarxiv.org/abs/9911.99901", ()),
        ("https://arxiv.org/list/cs.LG/recent", ()),
        ("arXiv:9911.99901 by its number alone", ()),
        (
            "arxiv.org/abs/9911.99902 huggingface.co/papers/9911.99901 arxiv.org/pdf/9911.99902",
            ("9911.99902", "9911.99901"),
        ),
        (
            " ".join(f"https://arxiv.org/abs/9911.9990{n}" for n in range(1, 9)),
            ("9911.99901", "9911.99902", "9911.99903"),
        ),
    ],
)
def test_an_entry_knows_the_papers_it_links_to(html: str, papers: tuple[str, ...]) -> None:
    (entry,) = parse(rss(ITEM.format(f"<description><![CDATA[{html}]]></description>"))).entries

    assert entry.mentions == papers


def test_every_text_of_an_entry_counts_and_no_other_entry() -> None:
    first = ITEM.format("<description>https://arxiv.org/abs/9911.99901</description>")
    second = ITEM.replace("/a", "/b").format("<description>nothing</description>")

    assert [entry.mentions for entry in parse(rss(first + second)).entries] == [
        ("9911.99901",),
        (),
    ]


# --- web pages

PAGE = "<!doctype html><html><head>{}</head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("head", "body", "what"),
    [
        ("", "<form><input name=u><input type='password'></form>", "a login page"),
        ("", "<form><input type=hidden name='SAMLRequest' value=x></form>", "a login page"),
        ("<title>Just a moment...</title>", "", "a page that checks for robots"),
        ("<script src='/cdn-cgi/challenge-platform/x.js'></script>", "", "checks for robots"),
        ("<title>Cookie consent</title>", "", "a page that asks for consent"),
        ("<title>My blog</title>", "<p>Please log in to comment</p>", "a web page"),
    ],
)
def test_a_page_says_what_it_looks_like(head: str, body: str, what: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse(PAGE.format(head, body))

    assert what in refusal.value.what
    assert "feed" in refusal.value.what
    assert refusal.value.hint


@pytest.mark.parametrize("kind", ["rss+xml", "atom+xml", "feed+json"])
def test_a_page_that_names_its_feed_gives_its_address(kind: str) -> None:
    link = f"<link href='../rss?a=1&amp;b=2' title=\"All\" rel='alternate' type=application/{kind}>"
    with pytest.raises(UnreadableDocument) as refusal:
        parse(PAGE.format("<link rel=stylesheet href=x.css>" + link, ""))

    assert refusal.value.hint == "use https://example.org/rss?a=1&b=2"


@pytest.mark.parametrize(
    "link",
    [
        "<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>",
        f"<link rel=alternate type=application/rss+xml href='{BASE}'>",  # it is what came
        "<link rel=alternate type=application/rss+xml>",
        "<link rel=alternate hreflang=de href=/de>",
        "<link rel=alternate type=application/rss+xml href='http://[::1'>",
    ],
)
def test_an_address_that_is_no_help_is_not_given(link: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse(PAGE.format(link, ""))

    assert refusal.value.hint == "use the RSS or Atom link on it"


# --- documents that are not whole, or not in order

FEED = rss("".join(ITEM.replace("A", str(number)).format("") for number in range(4)))


@pytest.mark.parametrize("cut", [1, 20, 40])
def test_a_download_that_broke_off_keeps_its_whole_entries(cut: int) -> None:
    end = FEED.index("<title>3</title>") + cut

    document = parse(FEED[:end])

    assert [entry.title for entry in document.entries] == ["0", "1", "2"]
    assert document.problems == ("The document breaks off; its last entry was left out",)


def test_a_download_that_broke_off_between_two_entries_keeps_them_all() -> None:
    document = parse(FEED[: FEED.index("</channel>")])

    assert [entry.title for entry in document.entries] == ["0", "1", "2", "3"]
    assert document.problems == ()
    assert not document.is_whole


@pytest.mark.parametrize(
    "fault",
    ["&nbsp;", "&", "& b", "<b>", "\x01", "&#1;", "&#xD800;", "<a b=c>", "]]>", "<a x='1' x='2'/>"],
)
@pytest.mark.parametrize("where", [0, 3])
def test_a_fault_in_one_entry_costs_no_other(fault: str, where: int) -> None:
    titled = f"<title>{where}</title>"

    found = titles(FEED.replace(titled, f"<title>{where}{fault}</title>"))

    assert len(found) == 4
    assert set(found) > {"1", "2"}


def test_prefixes_that_nobody_declared_are_known_by_their_names() -> None:
    (entry,) = parse(rss(ITEM.format("<dc:creator>Ada Lovelace</dc:creator>"))).entries

    assert [author.name for author in entry.authors] == ["Ada Lovelace"]


@pytest.mark.parametrize("junk", ["<br />Warning: x", "junk & more", "<!-- cached -->", "\0\0"])
def test_what_follows_a_feed_does_not_count(junk: str) -> None:
    assert titles(FEED + junk) == ["0", "1", "2", "3"]


def test_an_entry_within_an_entry_is_not_another_one() -> None:
    inner = "<old>" + ITEM.format("").replace("A", "older") + "</old>"

    assert titles(rss(ITEM.format(inner))) == ["A"]


def test_names_in_capitals_are_read() -> None:
    assert titles("<RSS><CHANNEL><ITEM><TITLE>A</TITLE></ITEM></CHANNEL></RSS>") == ["A"]
    assert titles("<rss><channel><ITEM><TITLE>A</TITLE></ITEM></channel></rss>") == ["A"]


def test_addresses_are_resolved_against_the_nearest_base() -> None:
    (entry,) = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/">'
        '<entry xml:base="d/"><title>A</title><id>tag:example.org,2026:1</id>'
        '<link href="p"/></entry></feed>'
    ).entries

    assert (entry.guid, entry.url) == ("tag:example.org,2026:1", "https://base.example/d/p")


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("<guid>https://example.org/g</guid>", "https://example.org/g"),
        ('<guid isPermaLink="true">https://example.org/g</guid>', "https://example.org/g"),
        ('<guid isPermaLink="false">https://example.org/g</guid>', None),
        ("<guid>g</guid>", None),
    ],
)
def test_a_guid_is_an_address_unless_it_denies_it(guid: str, link: str | None) -> None:
    (entry,) = parse(rss(f"<item><title>A</title>{guid}</item>")).entries

    assert entry.url == link


def test_markup_that_was_not_escaped_is_read_as_markup() -> None:
    inside = (
        "<description><p>One</p><p>5 &lt; 6<br/>and <script>x()</script>so on</p></description>"
    )
    (entry,) = parse(rss(ITEM.format(inside))).entries

    assert entry.summary == "One\n\n5 < 6\nand so on"


def test_feedparser_is_loaded_for_broken_feeds_alone() -> None:
    program = (
        "import sys\nfrom papertrack.core.parse import open_document\n"
        "list(open_document('feed', {!r}, base_url='', content_type=None).entries)\n"
        "print('feedparser' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program.format(body.encode())],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for body in (FEED, FEED.replace("</item>", "</itm>"))
    ]

    assert said == ["False", "True"]
