from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from papertrack.core.arxiv.parse import is_withdrawal, parse_arxiv
from papertrack.core.records import ArxivId
from papertrack.errors import UnreadableDocument
from tests.documents import parse_document

ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>http://rss.arxiv.org/atom/cs.LG</id>
  <title>cs.LG updates on arXiv.org</title>
  <updated>2026-11-20T05:00:19.866337+00:00</updated>
  <entry>
    <id>oai:arXiv.org:2611.99901v2</id>
    <title>Bounds on $a&lt;b$ with
      &lt;think&gt; tokens</title>
    <updated>2026-11-20T05:00:19.910019+00:00</updated>
    <link href="https://arxiv.org/abs/2611.99901" rel="alternate" type="text/html"/>
    <summary>arXiv:2611.99901v2 Announce Type: replace-cross
Abstract: We show $a&lt;b$ and 5 &lt; 6, p&lt;0.05.
Use &lt;think&gt; tokens &amp; &lt;script&gt; tags.
  Done.</summary>
    <category term="cs.LG"/>
    <category term="stat.ML"/>
    <category term="I.2.6"/>
    <category term="68T05, 62H30"/>
    <published>2026-11-20T00:00:00-05:00</published>
    <arxiv:announce_type>replace-cross</arxiv:announce_type>
    <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
    <arxiv:DOI>10.5555/example.1 10.5555/example.2</arxiv:DOI>
    <arxiv:journal_reference>J. Examples 1 (2026)</arxiv:journal_reference>
    <dc:creator>Ada B. Lovelace (Univ. of X, Y), Alan Turing Jr</dc:creator>
  </entry>
  <entry>
    <id>oai:arXiv.org:2611.99902v1</id>
    <title>Second</title>
    <summary>arXiv:2611.99902v1 Announce Type: new Abstract: Short.</summary>
    <arxiv:announce_type>new</arxiv:announce_type>
  </entry>
</feed>"""

RSS = """<rss xmlns:arxiv="http://arxiv.org/schemas/atom"
     xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
  <channel>
    <title>cs.LG updates on arXiv.org</title>
    <item>
      <title>Bounds on $a&lt;b$</title>
      <link>https://arxiv.org/abs/2611.99901</link>
      <description>arXiv:2611.99901v1 Announce Type: new
Abstract: We show $a&lt;b$ and 5 &lt; 6.</description>
      <guid isPermaLink="false">oai:arXiv.org:2611.99901v1</guid>
      <category>cs.LG</category>
      <category>q-fin.CP</category>
      <pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate>
      <arxiv:announce_type>new</arxiv:announce_type>
      <dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>
      <dc:creator>Ada Lovelace,  Bourbaki, J\\"org M\\"oller</dc:creator>
    </item>
  </channel>
</rss>"""

API = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
      xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/abc</id>
  <title>arXiv Query: search_query=all:x</title>
  <opensearch:totalResults>214881</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/math.CA/0611800v3</id>
    <title>An old one</title>
    <updated>2026-11-19T15:05:19Z</updated>
    <link href="https://arxiv.org/abs/math/0611800v3" rel="alternate" type="text/html"/>
    <summary>  Two lines
of one abstract.
</summary>
    <category term="math.CA" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <published>2006-11-26T15:05:19Z</published>
    <arxiv:comment>12 pages,
  withdrawn from a conference</arxiv:comment>
    <arxiv:primary_category term="math.CA"/>
    <arxiv:journal_ref>J. Examples 2 (2007)</arxiv:journal_ref>
    <author><name>Emmy Noether</name><arxiv:affiliation>Example Town</arxiv:affiliation></author>
    <author><name>Sophie Germain</name></author>
    <arxiv:doi>10.5555/example.3</arxiv:doi>
  </entry>
</feed>"""

ERROR = """<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Search Results</title><entry>
<id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id><title>Error</title>
<summary>incorrect id \x1b[31mformat for abc</summary></entry></feed>"""


def test_an_announcement_in_atom_becomes_an_entry_with_all_its_facts() -> None:
    document = parse_arxiv(ATOM.encode())
    entry = document.entries[0]

    assert document.title == "cs.LG updates on arXiv.org"
    assert (document.problems, document.total) == ((), None)
    assert entry.guid == "oai:arXiv.org:2611.99901"
    assert entry.url == "https://arxiv.org/abs/2611.99901"
    assert entry.title == "Bounds on $a<b$ with <think> tokens"
    assert entry.summary == (
        "We show $a<b$ and 5 < 6, p<0.05. Use <think> tokens & <script> tags. Done."
    )
    assert [author.name for author in entry.authors] == ["Ada B. Lovelace", "Alan Turing Jr"]
    assert entry.published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert entry.updated_at is None, "the minute the feed was built would change every day"
    assert entry.arxiv is not None
    assert entry.arxiv.id == ArxivId("2611.99901", 2)
    assert entry.arxiv.categories == ("cs.LG", "stat.ML")
    assert entry.arxiv.primary == "cs.LG"
    assert entry.arxiv.announce_type == "replace-cross"
    assert entry.arxiv.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert entry.arxiv.doi == entry.doi == "10.5555/example.1"
    assert entry.arxiv.journal_ref == "J. Examples 1 (2026)"
    assert not entry.arxiv.withdrawn


def test_the_rss_variant_says_the_same() -> None:
    (entry,) = parse_arxiv(RSS.encode()).entries

    assert entry.guid == "oai:arXiv.org:2611.99901"
    assert entry.title == "Bounds on $a<b$"
    assert entry.summary == "We show $a<b$ and 5 < 6."
    assert [author.name for author in entry.authors] == [
        "Ada Lovelace",
        "Bourbaki",
        "J\xf6rg M\xf6ller",
    ]
    assert entry.published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert entry.arxiv is not None
    assert entry.arxiv.categories == ("cs.LG", "q-fin.CP")


def test_an_answer_of_the_api_has_dates_of_submission_and_a_total() -> None:
    document = parse_arxiv(API.encode())
    (entry,) = document.entries

    assert document.total == 214_881
    assert entry.guid == "oai:arXiv.org:math/0611800"
    assert entry.summary == "Two lines of one abstract."
    assert [author.name for author in entry.authors] == ["Emmy Noether", "Sophie Germain"]
    assert entry.published_at == datetime(2006, 11, 26, 15, 5, 19, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 19, 15, 5, 19, tzinfo=UTC)
    assert entry.arxiv is not None
    assert entry.arxiv.id == ArxivId("math/0611800", 3)
    assert entry.arxiv.primary == "math.CA"
    assert entry.arxiv.comment == "12 pages, withdrawn from a conference"
    assert entry.arxiv.doi == "10.5555/example.3"
    assert entry.arxiv.journal_ref == "J. Examples 2 (2007)"
    assert not entry.arxiv.withdrawn


def test_no_results_are_a_document_without_entries() -> None:
    start, end = API.index("<entry>"), API.index("</feed>")
    document = parse_arxiv((API[:start] + API[end:]).encode())

    assert (document.entries, document.problems) == ((), ())


def test_what_arxiv_has_to_say_is_passed_on_clean() -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse_arxiv(ERROR.encode())

    assert refusal.value.what == "arXiv says: incorrect id format for abc"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"Rate exceeded.", "arXiv says: Rate exceeded"),
        (
            b"<rss><title>Feed error for query: x</title><description>Bad</description></rss>",
            "arXiv says: Feed error for query: x Bad",
        ),
        (b"<html><body>Down</body></html>", "arXiv sent a web page, not its feed"),
        (b"", "the document is empty"),
        (b'<!DOCTYPE x [<!ENTITY e "xx">]><feed/>', "it declares entities, which no feed needs"),
    ],
)
def test_what_is_no_feed_of_arxiv_is_refused(body: bytes, what: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse_arxiv(body)

    assert refusal.value.what == what


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>\n<html><head><title>arXiv is down</title></head><body><br></body></html>",
        "\n<HTML><BODY>503</BODY></HTML>",
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    ],
)
def test_a_web_page_is_met_with_patience_not_with_doubts_about_the_address(page: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        parse_arxiv(page.encode())

    assert refusal.value.what == "arXiv sent a web page, not its feed"
    assert refusal.value.hint is not None
    assert refusal.value.hint.startswith("try again later")


@pytest.mark.parametrize("title", ["Error", "Bad request"])
def test_an_error_among_papers_is_a_sentence_and_no_paper(title: str) -> None:
    error = ERROR[ERROR.index("<entry>") : ERROR.index("</feed>")].replace("Error", title)

    document = parse_arxiv(API.replace("</feed>", f"{error}</feed>").encode())

    assert [entry.guid for entry in document.entries] == ["oai:arXiv.org:math/0611800"]
    assert document.problems == ("arXiv says: incorrect id format for abc",)


def test_a_paper_may_be_called_error() -> None:
    (entry,) = parse_arxiv(API.replace("An old one", "Error").encode()).entries

    assert entry.title == "Error"


def test_a_category_that_is_newer_than_this_program_is_kept() -> None:
    document = parse_arxiv(ATOM.replace("stat.ML", "cs.QQ").encode())

    assert document.entries[0].arxiv is not None
    assert document.entries[0].arxiv.categories == ("cs.LG", "cs.QQ")


def test_one_bad_entry_costs_one_entry_and_one_sentence() -> None:
    document = parse_arxiv(ATOM.replace("oai:arXiv.org:2611.99902v1", "tag:other").encode())

    assert [entry.guid for entry in document.entries] == ["oai:arXiv.org:2611.99901"]
    assert document.problems == ("Entry 2 (Second) has no arXiv identifier",)


def test_a_document_that_was_cut_off_keeps_the_whole_entries_and_says_so() -> None:
    cut = ATOM[: ATOM.index("Short.") + 3]

    document = parse_arxiv(cut.encode())

    assert [entry.guid for entry in document.entries] == ["oai:arXiv.org:2611.99901"]
    assert len(document.problems) == 1
    assert document.problems[0].startswith("The document is broken: ")


def test_characters_that_xml_forbids_do_not_cost_the_page() -> None:
    body = ATOM.replace("Second", "Sec\x08ond \x1b[31mred &#xD800;&#x1b;[32m").encode()

    document = parse_arxiv(body)

    assert document.entries[1].title == "Second red \ufffd"
    assert document.problems == ()


def test_a_paper_that_is_listed_twice_is_taken_in_its_newest_version() -> None:
    body = ATOM.replace("2611.99902v1", "2611.99901v3").encode()

    document = parse_document("arxiv", body, base_url="https://example.org", content_type=None)

    assert [entry.arxiv and entry.arxiv.id.version for entry in document.entries] == [3]


@pytest.mark.parametrize(
    "comment",
    [
        "Withdrawn",
        "This paper has been withdrawn by the author due to an error in Lemma 2",
        "12 pages. This manuscript has been withdrawn.",
        "This submission has been temporarily withdrawn by arXiv administrators",
        "Paper withdrawn",
        "withdrawn because of an error",
    ],
)
def test_a_withdrawal_is_seen_in_the_comment(comment: str) -> None:
    assert is_withdrawal(comment=comment, abstract="We study.")


@pytest.mark.parametrize(
    ("comment", "abstract"),
    [
        ("", ""),
        ("", "In 1920 the troops were withdrawn. We model it."),
        ("", "Withdrawn papers are studied."),
        ("", "We ask why this paper has been withdrawn."),
        ("withdrawn from a conference", "We study."),
        ("An earlier version was withdrawn", "We study."),
    ],
)
def test_the_word_alone_is_no_withdrawal(comment: str, abstract: str) -> None:
    assert not is_withdrawal(comment=comment, abstract=abstract)


def test_a_withdrawal_is_seen_where_the_abstract_begins() -> None:
    assert is_withdrawal(comment="", abstract="This paper has been withdrawn by the authors.")


def parse_or_refuse(body: bytes) -> None:
    with contextlib.suppress(UnreadableDocument):
        parse_document("arxiv", body, base_url="https://example.org/", content_type=None)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    parse_or_refuse(body)


@given(
    st.sampled_from([ATOM, RSS, API, ERROR]), st.integers(0, 2_500), st.integers(0, 60), st.text()
)
def test_a_damaged_document_is_read_or_refused(
    sample: str, at: int, removed: int, inserted: str
) -> None:
    damaged = sample[:at] + inserted + sample[at + removed :]

    parse_or_refuse(damaged.encode("utf-8", "surrogatepass"))
