"""Make feeds and arXiv pages that do not exist, the same bytes every time.

Sizes are those of real blogs: 20 to 50 posts a feed, 2 to 20 kB of HTML a post.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape

from benchmarks.prose import Prose

POSTS_ADDED = 3
"""How many posts a feed has gained in its second edition; as many old ones have left it."""

PAPERS_A_PAGE = 2_000
_FIRST_DAY = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
_LAST_DAY = datetime(2026, 11, 20, 17, 59, tzinfo=UTC)
_TOPICS = ("notes", "safety", "learning", "policy", "reading")
_CATEGORIES = ("cs.LG", "cs.CL", "cs.AI", "cs.CV", "cs.CR", "cs.HC", "stat.ML", "cs.CY")

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>Blog number {number}</title>
<link>{home}</link>
<atom:link href="{home}feed/" rel="self" type="application/rss+xml"/>
<description>What blog {number} &amp; its guests write</description>
<lastBuildDate>{built}</lastBuildDate>
<language>en</language>
{posts}</channel>
</rss>
"""
_RSS_POST = """<item>
<title>{title}</title>
<link>{url}</link>
<dc:creator><![CDATA[{writer}]]></dc:creator>
<pubDate>{written}</pubDate>
<category><![CDATA[{topic}]]></category>
<guid isPermaLink="false">{guid}</guid>
<description><![CDATA[{teaser}]]></description>
<content:encoded><![CDATA[{html}]]></content:encoded>
</item>
"""
_ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Blog number {number}</title>
<link href="{home}"/>
<link rel="self" href="{home}atom.xml"/>
<id>{home}</id>
<updated>{built}</updated>
{posts}</feed>
"""
_ATOM_POST = """<entry>
<title type="text">{title}</title>
<link rel="alternate" type="text/html" href="{url}"/>
<id>{guid}</id>
<published>{written}</published>
<updated>{written}</updated>
<author><name>{writer}</name></author>
<category term="{topic}"/>
<summary type="html">{teaser}</summary>
<content type="html">{html}</content>
</entry>
"""
_PAGE = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" \
xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/benchmark</id>
  <title>arXiv Query: search_query=cat:cs.LG&amp;id_list=&amp;start={start}</title>
  <updated>2026-11-21T00:00:00Z</updated>
  <opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{papers}</feed>
"""
_PAPER = """  <entry>
    <id>http://arxiv.org/abs/{paper}</id>
    <title>{title}</title>
    <updated>{submitted}</updated>
    <link href="https://arxiv.org/abs/{paper}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{paper}" rel="related" type="application/pdf" title="pdf"/>
    <summary>{abstract}</summary>
{categories}    <published>{submitted}</published>
{comment}    <arxiv:primary_category term="{primary}"/>
{authors}  </entry>
"""


@dataclass(frozen=True, slots=True)
class _Post:
    key: str
    title: str
    writer: str
    written_at: datetime
    topic: str
    teaser: str
    html: str


def count_posts(feed: int) -> int:
    """Tell how many posts a feed shows at a time, in either edition."""
    return _dice("length", feed).randint(20, 50)


def make_feed(feed: int, *, edition: int = 0) -> bytes:
    """Write a feed: RSS 2.0 for even numbers, Atom for odd ones.

    Args:
        feed: Its number.
        edition: 0, or 1 for the feed a few days later: three posts more at the top, three fewer
            at the end, and one that was edited.
    """
    count, added = count_posts(feed), POSTS_ADDED * edition
    posts = [_write_post(feed, number) for number in range(count + added - 1, added - 1, -1)]
    texts: list[str] = []
    for place, post in enumerate(posts):
        note = "<p>Corrected since.</p>" if edition and place == added else ""
        texts.append(_show_post(feed, post, note))
    home = _home(feed)
    built = _date(feed, posts[0].written_at)
    shape = _ATOM if feed % 2 else _RSS
    return shape.format(number=feed, home=home, built=built, posts="".join(texts)).encode()


def make_arxiv_page(page: int, *, total: int, size: int = PAPERS_A_PAGE) -> bytes:
    """Write a page of arXiv's API; its papers are of the year 2099.

    Args:
        page: From 0.
        total: How many papers there are in all, at most 99,999.
        size: Papers a page.
    """
    start = page * size
    numbers = range(start, min(start + size, total))
    papers = "".join(_write_paper(number) for number in numbers)
    return _PAGE.format(start=start, count=len(numbers), total=total, papers=papers).encode()


@cache
def _prose() -> Prose:
    return Prose()


def _dice(what: str, *numbers: int) -> random.Random:
    return random.Random(f"{what} {numbers}")  # noqa: S311  # samples, not secrets


def _home(feed: int) -> str:
    return f"https://blog{feed}.example.org/"


def _date(feed: int, at: datetime) -> str:
    return at.isoformat() if feed % 2 else format_datetime(at)


def _write_post(feed: int, number: int) -> _Post:
    dice, prose = _dice("post", feed, number), _prose()
    return _Post(
        key=f"{number}-{dice.getrandbits(32):08x}",
        title=prose.title(dice),
        writer=prose.name(dice),
        written_at=_FIRST_DAY + timedelta(hours=31 * number, minutes=feed),
        topic=dice.choice(_TOPICS),
        teaser=prose.text(dice, 3),
        html=_write_html(dice, size=int(2_000 * 10 ** dice.random())),
    )


def _show_post(feed: int, post: _Post, note: str) -> str:
    home, html = _home(feed), post.html + note
    if feed % 2:
        shape, guid = _ATOM_POST, f"tag:blog{feed}.example.org,2026:{post.key}"
        teaser, html = escape(post.teaser), escape(html, quote=False)
    else:
        shape, guid, teaser = _RSS_POST, f"{home}?p={post.key}", post.teaser
    return shape.format(
        title=escape(post.title),
        url=f"{home}posts/{post.key}",
        writer=post.writer,
        written=_date(feed, post.written_at),
        topic=post.topic,
        guid=guid,
        teaser=teaser,
        html=html,
    )


def _write_html(dice: random.Random, *, size: int) -> str:
    blocks: list[str] = []
    left = size
    while left > 0:
        blocks.append(_write_block(dice))
        left -= len(blocks[-1])
    return "\n".join(blocks)


def _write_block(dice: random.Random) -> str:
    prose, draw = _prose(), dice.randrange(100)
    if draw < 10:  # noqa: PLR2004  # of a hundred blocks ten are headings, ten lists, and so on
        return f"<h2>{prose.title(dice)}</h2>"
    if draw < 20:  # noqa: PLR2004
        points = "".join(f"<li>{one}</li>" for one in prose.sentences(dice, 4))
        return f"<ul>{points}</ul>"
    if draw < 27:  # noqa: PLR2004
        picture = f"https://pictures.example.org/{dice.getrandbits(48):012x}.png"
        words = prose.text(dice, 1)
        return (
            f'<figure><img src="{picture}" width="{dice.randint(300, 1600)}" alt="{words}"/>'
            f"<figcaption>{words}</figcaption></figure>"
        )
    if draw < 32:  # noqa: PLR2004
        return "<pre><code>for n in range(9):\n    total += n &amp; mask  # &lt; 9\n</code></pre>"
    if draw < 36:  # noqa: PLR2004
        return f"<blockquote><p>{prose.text(dice, 2)}</p></blockquote>"
    return _write_paragraph(dice)


def _write_paragraph(dice: random.Random) -> str:
    words = _prose().text(dice, dice.randint(2, 5)).split(" ")
    for _ in range(dice.randint(0, 3)):
        place = dice.randrange(len(words))
        word = words[place]
        words[place] = dice.choice(
            (
                f"<em>{word}</em>",
                f"<strong>{word}</strong>",
                f'<a href="https://example.org/{dice.getrandbits(32):08x}">{word}</a>',
                f'<a href="https://arxiv.org/abs/9912.{dice.randrange(100_000):05d}">{word}</a>',
            )
        )
    return f"<p>{' '.join(words)}</p>"


def _write_paper(number: int) -> str:
    dice, prose = _dice("paper", number), _prose()
    categories = dict.fromkeys(dice.choices(_CATEGORIES, k=dice.randint(1, 4)))
    people = dice.choice((1, 2, 3, 3, 4, 5, 6, 8, 12))
    pages = f"{dice.randint(6, 40)} pages, {dice.randint(1, 15)} figures"
    comment = f"    <arxiv:comment>{pages}</arxiv:comment>\n" if dice.random() < 0.6 else ""  # noqa: PLR2004
    return _PAPER.format(
        paper=f"9911.{number:05d}v{dice.choice((1, 1, 1, 2))}",
        title=prose.title(dice),
        abstract="\n".join(prose.sentences(dice, dice.randint(6, 12))),
        submitted=f"{_LAST_DAY - timedelta(seconds=97 * number):%Y-%m-%dT%H:%M:%SZ}",
        categories="".join(f'    <category term="{one}"/>\n' for one in categories),
        comment=comment,
        primary=next(iter(categories)),
        authors="".join(
            f"    <author>\n      <name>{prose.name(dice)}</name>\n    </author>\n"
            for _ in range(people)
        ),
    )
