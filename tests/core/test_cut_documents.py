"""A document that breaks off, wherever that is, is never taken for a whole one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.errors import UnreadableDocument
from tests.arxiv_documents import Preprint, archive_answer, archive_record, feed
from tests.documents import parse_document
from tests.process import FRIDAY

if TYPE_CHECKING:
    from papertrack.core.records import Document

BASE = "https://example.org/feed.xml"
_POSTS = (
    ("Ärger mit 漢字", "<p>Feeds end with &lt;/rss&gt;, &amp;c.</p>"),
    ("On </rss>", "<p>An <item>in code</item> and </feed></rdf:RDF></p>"),
    ("<!-- no comment", "]] > and <![CDATA[ 終わり"),
)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _items() -> str:
    return "".join(
        f"<item><title>{_cdata(title)}</title><link>https://example.org/{n}</link>"
        f"<description>{_cdata(body)}</description></item>\n"
        for n, (title, body) in enumerate(_POSTS)
    )


RSS = (
    '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>T</title>\n'
    f"{_items()}</channel></rss>"
)
RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://example.org/"><title>T</title>'
    f"<items><rdf:Seq/></items></channel>{_items()}</rdf:RDF>"
)
_ENTRIES = "".join(
    f"<a:entry><a:id>tag:example.org,2026:{n}</a:id><a:title>{_cdata(title)}</a:title>"
    f'<a:link href="https://example.org/{n}"/><a:summary>{_cdata(body)}</a:summary></a:entry>'
    for n, (title, body) in enumerate(_POSTS)
)
PREFIXED = f'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title>{_ENTRIES}</a:feed>'
ATOM = PREFIXED.replace("<a:", "<").replace("</a:", "</").replace(":a=", "=")
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": ['
    '{"id": "1", "title": "Ä } ] \\" \\\\", "content_text": "漢字 {[" },'
    '{"id": "2", "title": "B", "content_text": "b"}]}'
)
NEVER_CLOSED = RSS.replace("<title>T</title>", "<title>T</title><br>")
UNESCAPED = NEVER_CLOSED.replace("<title><![CDATA[On </rss>]]></title>", "<title>On </rss></title>")
ITEM_NEVER_CLOSED = "</item>".join(NEVER_CLOSED.split("</item>")[:-1]) + "</channel></rss>"
CAPITALS = RSS.replace("rss version", "RSS version").replace("</channel></rss>", "</channel></RSS>")
COMMENTED = RSS.replace("</channel>", "<!-- </rss> --></channel>")
_PAPERS = [Preprint(f"2611.9990{n}", f"Ä paper, number {n}") for n in (1, 2)]
ARXIV = feed("cs.LG", FRIDAY.date(), ((paper, "new") for paper in _PAPERS), FRIDAY).rstrip()
ARCHIVE = archive_answer(
    "ListRecords",
    "<ListRecords>"
    + "".join(archive_record(paper, "arXivRaw") for paper in _PAPERS)
    # A token that follows the records tells that there are more.
    + "<resumptionToken>6511765|1001</resumptionToken></ListRecords>",
    at=FRIDAY,
).rstrip()
DOCUMENTS = {
    "rss": ("feed", RSS.encode()),
    "rdf": ("feed", RDF.encode()),
    "atom": ("feed", ATOM.encode()),
    "atom with prefixes": ("feed", PREFIXED.encode()),
    "utf-16": ("feed", RSS.encode("utf-16")),
    "shift-jis": ("feed", RSS.replace("Ä", "A").encode("shift-jis")),
    "not well-formed": ("feed", NEVER_CLOSED.encode()),
    "unescaped": ("feed", UNESCAPED.encode()),
    "item never closed": ("feed", ITEM_NEVER_CLOSED.encode()),
    "capitals": ("feed", CAPITALS.encode()),
    "comment": ("feed", COMMENTED.encode()),
    "json": ("feed", JSON.encode()),
    "arxiv": ("arxiv", ARXIV.encode()),
    "archive": ("archive", ARCHIVE.encode()),
}
CONTENT_TYPES = {"shift-jis": "text/xml; charset=shift_jis"}
AFTER = ["\n", " \r\n\t", "<!-- served in 3 ms -->", "<br />Warning: x", "junk & more </p>", "\0"]


def _parse(name: str, body: bytes) -> Document | None:
    """Read a document; None when there is nothing in it to read."""
    kind = DOCUMENTS[name][0]
    try:
        return parse_document(kind, body, base_url=BASE, content_type=CONTENT_TYPES.get(name))
    except UnreadableDocument:
        return None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_whole_at_its_last_byte_and_before_it_a_part_of_that(name: str) -> None:
    body = DOCUMENTS[name][1]

    whole = _parse(name, body)
    assert whole is not None
    assert whole.is_whole
    assert whole.entries
    for cut in range(len(body)):
        cut_off = _parse(name, body[:cut])
        assert not (cut_off and cut_off.is_whole), f"cut at byte {cut}"
        entries = cut_off.entries if cut_off else ()
        assert entries == whole.entries[: len(entries)], f"cut at byte {cut}"


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_follows_a_whole_document_does_not_count(name: str, after: str) -> None:
    encoding = {"utf-16": "utf-16-le", "shift-jis": "shift-jis"}.get(name, "utf-8")
    body = DOCUMENTS[name][1]

    assert _parse(name, body + after.encode(encoding)) == _parse(name, body)


def test_an_entry_that_stands_alone_may_be_whole() -> None:
    body = '<entry xmlns="http://www.w3.org/2005/Atom"><id>tag:example.org,2026:1</id></entry>'

    document = parse_document("feed", body.encode(), base_url=BASE, content_type=None)

    assert (len(document.entries), document.is_whole) == (1, True)


@pytest.mark.parametrize("body", ["<rss version='2.0'/>", "<rss a=b/>", "<feed\n></feed >"])
def test_a_document_without_entries_may_be_whole(body: str) -> None:
    document = parse_document("feed", body.encode(), base_url=BASE, content_type=None)

    assert (document.entries, document.is_whole) == ((), True)


@pytest.mark.parametrize(
    "fault",
    [
        "&",
        "<b>",
        "</i>",
        "<a b=c>",
        "]]>",
        "<item>",
        "</item>",
        "<a x='1' x='2'/>",
        "<![CDATA[a]]>",
    ],
)
def test_a_document_that_is_not_well_formed_is_not_a_cut_one(fault: str) -> None:
    body = RSS.replace("<title>T</title>", f"<title>T</title>{fault}").encode()

    document = parse_document("feed", body, base_url=BASE, content_type=None)

    assert document.is_whole
    assert {entry.url for entry in document.entries} >= {"https://example.org/2"}


@pytest.mark.parametrize("entry", ["<item/>", "<item />", '<item a="b/c"\n/>', "<ITEM/>"])
def test_an_entry_without_contents_is_not_one_that_breaks_off(entry: str) -> None:
    closed = NEVER_CLOSED.replace("</channel></rss>", f"{entry}</rss>").encode()
    cut_off = NEVER_CLOSED.replace("</channel></rss>", f"{entry}<item><title>T").encode()

    whole = parse_document("feed", closed, base_url=BASE, content_type=None)
    part = parse_document("feed", cut_off, base_url=BASE, content_type=None)

    assert (whole.is_whole, part.is_whole) == (True, False)
    assert "T" not in [one.title for one in part.entries]


def test_an_end_of_the_root_before_the_entries_is_none() -> None:
    body = NEVER_CLOSED.replace("<title>T</title>", "<title>On </rss></title>").encode()
    cut_off = body[: body.rindex(b"<item>")]

    document = parse_document("feed", cut_off, base_url=BASE, content_type=None)

    assert (len(document.entries), document.is_whole) == (2, False)


def test_a_feed_that_ends_as_one_of_another_kind_is_not_a_cut_one() -> None:
    body = RSS.replace("</channel></rss>", "</feed>").encode()

    assert parse_document("feed", body, base_url=BASE, content_type=None).is_whole


@pytest.mark.parametrize("cut", [1, 5, 40])
@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_a_cut_in_the_first_tag_says_so(name: str, cut: int) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse_document("feed", DOCUMENTS[name][1][:cut], base_url=BASE, content_type=None)

    assert refusal.value.what == "the document breaks off before its first entry"
    assert refusal.value.hint == "fetch again later"
