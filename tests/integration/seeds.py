"""Small whole documents of every kind that papertrack reads, for the fuzz tests to spoil."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.samples import Paper, Post, arxiv_day, rss
from tests.shared import SHARED

if TYPE_CHECKING:
    from collections.abc import Mapping

_RSS_2 = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a blog --><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>A blog &amp; more</title>
<link>https://blog.example.org/</link><ttl>60</ttl><atom:link rel="self" href="/feed"/>
<item><title><![CDATA[On <b>circuits</b>]]></title><link>https://blog.example.org/a?utm_x=1</link>
<guid>https://blog.example.org/a</guid><dc:creator>Ada Example</dc:creator>
<pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate><category>interp</category>
<description>&lt;p&gt;See &lt;a href="https://arxiv.org/abs/9911.99901"&gt;it&lt;/a&gt;.</description>
<content:encoded><![CDATA[<h2>One</h2><ul><li>x<li>y</ul><pre> z </pre><img alt="A cat">]]>
</content:encoded><media:content url="https://blog.example.org/a.png"/></item>
<item><title>$a&lt;b$ and 5 &gt; 4</title><guid isPermaLink="false">42</guid>
<enclosure url="https://blog.example.org/b.mp3" length="1" type="audio/mpeg"/>
<author>mail@example.org (Ben Sample)</author><dc:date>2026-11-19T09:00:00+01:00</dc:date></item>
<item><description>No title &amp;amp; no address</description></item></channel></rss>"""

_RSS_0 = """<rss version="0.91"><channel><title>Old</title><item><title>First</title>
<link>http://old.example.org/1</link><description>Caf\u00e9 &eacute;</description></item>
<item><title>Second</title><link>2</link></item></channel></rss>"""

_RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<channel rdf:about="https://j.example.org/"><title>A journal</title></channel>
<item rdf:about="https://j.example.org/1"><title>An article</title>
<link>https://j.example.org/1</link>
<dc:creator>Example, A., Sample, B.</dc:creator><dc:identifier>doi:10.9999/j.1</dc:identifier>
<prism:doi>10.9999/j.1</prism:doi><dc:date>2026-11-19</dc:date></item></rdf:RDF>"""

_ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"
 xml:base="https://atom.example.org/"><title type="html">A &lt;i&gt;site&lt;/i&gt;</title>
<author><name>Everybody</name></author><entry><id>tag:atom.example.org,2026:1</id>
<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">On <b>x</b></div></title>
<link rel="alternate" href="p/1"/><link rel="related" href="https://other.example.org/2"/>
<published>2026-11-19T09:00:00Z</published><updated>2026-11-20T09:00:00Z</updated>
<summary type="text">Short &amp; plain</summary>
<content type="html">&lt;p&gt;Long&lt;/p&gt;</content>
</entry><entry><id>urn:uuid:1</id><title>Two</title><link href="#two"/>
<content type="image/png">aGVsbG8=</content></entry></feed>"""

_JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A JSON feed",
        "authors": [{"name": "Ada Example"}],
        "items": [
            {"id": "1", "url": "https://json.example.org/1", "title": "One &amp; only",
             "content_html": "<p>Text</p>", "date_published": "2026-11-19T09:00:00Z"},
            {"id": 2, "external_url": "https://other.example.org/2", "content_text": "Plain",
             "tags": ["a"], "author": {"name": "Ben"}},
        ],
    }
)  # fmt: skip

_API = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>ArXiv Query</title>
<opensearch:totalResults>2</opensearch:totalResults><entry><id>http://arxiv.org/abs/9911.99901v2</id>
<title>A paper on $x&lt;y$</title><updated>2026-11-19T18:00:00Z</updated>
<published>2026-11-18T18:00:00Z</published><summary> An abstract. </summary>
<author><name>Ada Example</name></author><author><name>B. Sample</name></author>
<arxiv:comment>12 pages</arxiv:comment><arxiv:doi>10.9999/x</arxiv:doi>
<arxiv:journal_ref>J. 1 (2026)</arxiv:journal_ref><arxiv:primary_category term="cs.LG"/>
<category term="cs.LG"/><category term="I.2.6"/></entry></feed>"""

_ARXIV_RSS = """<rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>cs.LG updates</title>
<skipDays><day>Sunday</day></skipDays><item><title>T</title>
<link>https://arxiv.org/abs/9911.99902</link><description>arXiv:9911.99902v1 Announce Type: new
Abstract: We.</description><guid isPermaLink="false">oai:arXiv.org:9911.99902v1</guid>
<category>cs.LG</category><pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate>
<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada Example (X), Ben</dc:creator></item>
</channel></rss>"""

_OAI = """<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-11-20T06:00:00Z</responseDate><request verb="ListRecords">x</request>
<ListRecords><record><header><identifier>oai:arXiv.org:9911.99903</identifier>
<datestamp>2026-11-20</datestamp><setSpec>cs:cs:LG</setSpec></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>9911.99903</id><created>2026-11-18</created>
<updated>2026-11-19</updated><authors><author><keyname>Example</keyname><forenames>Ada</forenames>
<suffix>Jr</suffix></author></authors><title>A title</title><categories>cs.LG stat.ML</categories>
<comments>withdrawn</comments><doi>10.9999/y</doi><license>http://l.example.org/</license>
<abstract> Abs. </abstract></arXiv></metadata></record><record><header status="deleted">
<identifier>oai:arXiv.org:9911.99904</identifier></header></record>
<resumptionToken>6511260|1001</resumptionToken></ListRecords></OAI-PMH>"""

_OAI_RAW = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-11-20T06:00:00Z</responseDate><GetRecord><record><header>
<identifier>oai:arXiv.org:9911.99905</identifier></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>9911.99905</id><version version="v1">
<date>Wed, 18 Nov 2026 10:00:00 GMT</date><size>10kb</size><source_type>D</source_type></version>
<version version="v2"><date>Thu, 19 Nov 2026 10:00:00 GMT</date><size>0kb</size>
<source_type>I</source_type></version><title>T</title><authors>A. Example, B. Sample</authors>
<categories>cs.LG</categories><abstract>A</abstract></arXivRaw></metadata></record></GetRecord>
</OAI-PMH>"""

_OAI_ERROR = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>x</responseDate>
<error code="badResumptionToken">gone</error></OAI-PMH>"""

_PAGE = """<!doctype html><html><head><title>A page</title><meta charset="utf-8">
<meta name="citation_title" content="A work"><meta name="citation_author" content="Ada Example">
<meta name="citation_doi" content="10.9999/z"><link rel="canonical" href="https://p.example.org/">
<meta property="article:published_time" content="2026-11-19T09:00:00Z"></head><body>x</body>
</html>"""

INVENTED: Mapping[str, tuple[str, bytes]] = {
    name: (kind, text.encode())
    for name, kind, text in (
        ("rss-2", "feed", _RSS_2),
        ("rss-small", "feed", rss(Post(), Post("Another", "https://blog.example.org/b", "2"))),
        ("rss-0.91", "feed", _RSS_0),
        ("rss-1", "feed", _RSS_1),
        ("atom", "feed", _ATOM),
        ("json", "feed", _JSON),
        ("arxiv-atom", "arxiv", arxiv_day(Paper("9911.99901"), Paper("9911.99902", "Two", 3))),
        ("arxiv-rss", "arxiv", _ARXIV_RSS),
        ("arxiv-api", "arxiv", _API),
        ("oai", "archive", _OAI),
        ("oai-raw", "archive", _OAI_RAW),
        ("oai-error", "archive", _OAI_ERROR),
        ("page", "page", _PAGE),
    )
}

_LARGEST = 40_000
_FOLDERS = {"feeds": "feed", "arxiv_rss": "arxiv", "arxiv_api": "arxiv", "arxiv_oai": "archive"}


def real_seeds() -> Mapping[str, tuple[str, bytes]]:
    """Read the real documents beside the project, cut to a size that can be spoilt quickly."""
    found = {}
    for folder, kind in _FOLDERS.items():
        paths = sorted((SHARED / "corpus" / folder).glob("*")) if SHARED.is_dir() else []
        for path in paths:
            if path.is_file() and path.suffix != ".tsv":
                found[f"{folder}/{path.name}"] = (kind, path.read_bytes()[:_LARGEST])
    return found
