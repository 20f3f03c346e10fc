"""What a feed says, sorted by its readers, and every rule that makes an `Entry` of it.

The readers know XML and nothing else; what the words mean is decided once, in `feed_entry`.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum, auto
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from papertrack.core.arxiv.ids import HOSTS, read_arxiv_id
from papertrack.core.dates import read_date
from papertrack.core.records import Author, Entry
from papertrack.core.text.clean import http_url, one_line, plain_text
from papertrack.core.text.html_text import SUMMARY_LIMIT, cut_text, html_to_text, looks_like_html
from papertrack.core.text.names import feed_authors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

# A blog that sends its whole archive has fewer; the rest is counted and left out.
ENTRY_LIMIT = 10_000

_LONG = 2_000  # characters; a title has fewer
_HTML = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"", "text", "plain", "text/plain"})


class Markup(Enum):
    """What a text says it is made of."""

    HTML = auto()
    PLAIN = auto()
    UNSAID = auto()  # RSS has no word for it
    OTHER = auto()  # a picture or a file, in base64


@dataclass(frozen=True, slots=True)
class RawText:
    """A title or a body as it stands, after the XML was undone."""

    value: str
    markup: Markup


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry; every text is as it stands, empty when it is missing.

    Attributes:
        guid: The ``guid`` or ``id``, else RSS 1.0's ``rdf:about``.
        is_permalink: The guid stands for a link that was not given before it (RSS only).
        link: The address of the page; the last one wins.
        links: Every link that has a relation, with it: ``(rel, href)``.
        origin: The address before FeedBurner's.
        bodies: Its texts, those that should be the whole post first.
        people: The names of its authors, or what stands for them.
        published: Dates in any form, best first.
        dois: What may be a DOI.
    """

    guid: str
    is_permalink: bool
    link: str
    links: tuple[tuple[str, str], ...]
    origin: str
    title: RawText
    bodies: tuple[RawText, ...]
    people: tuple[str, ...]
    published: tuple[str, ...]
    updated: str
    dois: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed without its entries.

    Attributes:
        is_atom: Its texts say what they are made of, and ``updated`` is no date of publication.
        count: How many entries it holds, also those beyond the limit.
        begun: The same with those that break off, and those within others.
        is_whole: Its root element is closed. What comes after that does not count.
        breaks_off: The document ends within an entry, which was left out.
        ttl: RSS's ``ttl``, in minutes.
        period, frequency: ``sy:updatePeriod`` and ``sy:updateFrequency``.
        new_address: ``itunes:new-feed-url``, by which podcasts announce that they have moved.
        link: The page of an RSS channel; empty in Atom, which has ``xml:base``.
    """

    is_atom: bool
    title: RawText
    people: tuple[str, ...]
    count: int = 0
    begun: int = 0
    is_whole: bool = True
    breaks_off: bool = False
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    new_address: str = ""
    link: str = ""


def markup_of(kind: str, *, is_atom: bool) -> Markup:
    """Read the ``type`` of a text: RFC 4287, section 3.1.1; RSS has none worth believing."""
    if not is_atom:
        return Markup.UNSAID
    kind = kind.strip().lower()
    if kind in _HTML:
        return Markup.HTML
    return Markup.PLAIN if kind in _PLAIN else Markup.OTHER


# A character that XML allows and nobody means: Windows-1252 that was taken for Latin-1.
_C1 = {code: bytes([code]).decode("windows-1252", "ignore") or None for code in range(0x80, 0xA0)}


def repaired(text: str) -> str:
    """Undo what happens to words on their way into a feed, without white space at either end.

    UTF-8 that was taken for Latin-1 and encoded again, text by text (as databases do), and
    Windows-1252 under Latin-1's name.
    """
    text = text.strip()
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        # Longer ones are bodies, and cleaned later on: to ask each would cost as much as to parse.
        return text if text.isprintable() or len(text) > _LONG else text.translate(_C1)


# A text that links to more is a list of papers and about none of them.
_LIMIT = 3

# Where links to papers begin, from the host on. Plain words: to search for all of them takes a
# tenth of the time of one regular expression.
_MARKS = (*(f"{host}/" for host in HOSTS), "10.48550/")
# One of these is in nearly every such link, and none in most texts, which need no more searching.
_SIGNS = ("xiv", "ar5iv.org/", "/papers/", "10.48550/")
_LINK = re.compile(r"(?<![\w-])[^\s\"'<>()\[\]{}|\\]++")


def find_mentions(texts: Iterable[str]) -> tuple[str, ...]:
    """Find the arXiv papers that texts link to, on arXiv itself, a mirror of it, or doi.org.

    Args:
        texts: HTML or plain text; links count wherever they stand.

    Returns:
        Identifiers without version, each once, in order, at most 3.
    """
    found: dict[str, None] = {}
    for text in texts:
        if not any(sign in text for sign in _SIGNS):
            continue
        links = chain.from_iterable(_links(text, mark) for mark in _MARKS if mark in text)
        for _, paper in sorted(links):
            found.setdefault(paper)
    return tuple(found)[:_LIMIT]


def _links(text: str, mark: str) -> Iterator[tuple[int, str]]:
    """Find the first few papers behind one mark, and where they stand."""
    seen: set[str] = set()
    at = text.find(mark)
    while at >= 0 and len(seen) < _LIMIT:
        link = _LINK.match(text, at)
        paper = read_arxiv_id(link[0].rstrip(".,;:!?*_")) if link else None
        if paper is not None and paper.base not in seen:
            seen.add(paper.base)
            yield at, paper.base
        at = text.find(mark, at + len(mark))


_BODIES = 4  # texts of one entry worth comparing
_DOI = re.compile(r"(?:^|doi:\s*|doi\.org/)(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_INDENTS = re.compile(r"\n[ \t]+")

_DAY_S = 86_400
_PERIODS_S = {"hourly": 3_600, "daily": _DAY_S, "weekly": 7 * _DAY_S}
_PERIODS_S |= {"monthly": 30 * _DAY_S, "yearly": 365 * _DAY_S}
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry whose texts were read, so that its markup need not be kept.

    Attributes:
        summary: As `Packed.summary`.
        rest: What was found, without the bodies.
    """

    title: str
    summary: bytes
    mentions: tuple[str, ...]
    rest: RawEntry


@dataclass(frozen=True, slots=True)
class Packed:
    """An entry that waits for the others.

    Attributes:
        entry: Without its summary.
        summary: In UTF-8: one emoji makes a text four times as long in memory.
    """

    entry: Entry
    summary: bytes

    def unpacked(self) -> Entry:
        """Give the entry its summary back."""
        return replace(self.entry, summary=self.summary.decode("utf-8"))


def read_texts(raw: RawEntry) -> ReadEntry:
    """Read the title and the fullest of the texts of an entry."""
    bodies: dict[str, RawText] = {}
    for body in raw.bodies:
        if body.value and len(bodies) < _BODIES:
            bodies.setdefault(body.value, body)
    texts = map(_body_text, bodies.values())
    return ReadEntry(
        title=read_title(raw.title),
        summary=cut_text(max(texts, key=len, default="")).encode("utf-8"),
        mentions=find_mentions(bodies),
        rest=replace(raw, bodies=()),
    )


def read_title(title: RawText) -> str:
    """Read a title as plain text; RSS does not say whether it is markup."""
    value = title.value
    if title.markup is Markup.HTML or (title.markup is Markup.UNSAID and looks_like_html(value)):
        return one_line(html_to_text(value))
    return one_line(html.unescape(value) if title.markup is Markup.UNSAID else value)


def _body_text(body: RawText) -> str:
    value, markup = body.value, body.markup
    if markup is Markup.OTHER:
        return ""
    # RSS does not say what it holds, and many an Atom feed says "text" and sends paragraphs.
    if markup is Markup.HTML or (
        (markup is Markup.UNSAID or value.startswith("<")) and looks_like_html(value)
    ):
        return html_to_text(value, enough=SUMMARY_LIMIT + 1)
    return plain_text(
        _INDENTS.sub("\n", html.unescape(value) if markup is Markup.UNSAID else value)
    )


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What an entry needs to know of the feed it stands in.

    Attributes:
        base_url: What relative links are relative to: the channel's page, else the feed itself.
        shared_links: Addresses that several entries give as theirs: the page of a podcast, a
            changelog.
    """

    base_url: str
    is_atom: bool
    authors: tuple[Author, ...]
    shared_links: frozenset[str]


def frame_of(feed: RawFeed, drafts: Iterable[ReadEntry], base_url: str) -> FeedContext:
    """Gather what the entries of a feed need to know of it and of each other."""
    uses = Counter(draft.rest.link for draft in drafts)
    shared = frozenset(link for link, count in uses.items() if count > 1)
    base_url = _channel_base(feed.link, base_url)
    return FeedContext(base_url, feed.is_atom, feed_authors(feed.people), shared)


def _channel_base(link: str, base_url: str) -> str:
    """Find what relative links of an RSS channel are relative to.

    RSS has no base of its own, and readers take the channel's page (miniflux#899): the feed may
    lie on another host. A last step without a dot is a folder there.
    """
    page = _resolve(link, base_url)
    if page is None:
        return base_url
    path = page.partition("?")[0].partition("#")[0]
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def complete(draft: ReadEntry, frame: FeedContext) -> Packed:
    """Read the rest of an entry, much of which depends on the others."""
    raw = draft.rest
    url, links = _addresses(raw, frame)
    published = next(filter(None, map(read_date, raw.published)), None)
    updated = read_date(raw.updated)
    if published is None and not frame.is_atom:
        published, updated = updated, None
    dois = (_DOI.search(one_line(text)) for text in raw.dois)
    entry = Entry(
        guid=one_line(raw.guid) or url or _hash(draft.title or draft.summary.decode(), published),
        title=draft.title,
        url=url,
        authors=feed_authors(raw.people) or frame.authors,
        published_at=published,
        updated_at=updated,
        links=links,
        doi=next((found[1] for found in dois if found), None),
        mentions=draft.mentions,
    )
    return Packed(entry, draft.summary)


def _addresses(raw: RawEntry, frame: FeedContext) -> tuple[str | None, tuple[str, ...]]:
    """Find where a person reads the entry, and what else it points to as the same work."""
    by_rel = [(rel, _resolve(href, frame.base_url)) for rel, href in raw.links]
    guid = http_url(raw.guid) if raw.is_permalink else None
    page = (
        _resolve(raw.link, frame.base_url),
        *(url for rel, url in by_rel if rel == "alternate"),
    )
    own = (guid, *(url for rel, url in by_rel if rel == "enclosure"))
    origin = _resolve(raw.origin, frame.base_url)
    ranked = (origin, *own, *page) if raw.link in frame.shared_links else (origin, *page, *own)
    best = next(filter(None, ranked), None)
    others = [url for rel, url in by_rel if _is_same_work(rel, url, best)]
    return best, tuple(dict.fromkeys(url for url in (guid, *others) if url and url != best))


def _is_same_work(rel: str, url: str | None, best: str | None) -> bool:
    """Whether a link leads to what the entry is about, and not to another story of the same site.

    Linkblogs name the linked page and their own post so (one as ``alternate``, the other as
    ``related`` or ``via``); newspapers use ``related`` for "read more".
    """
    if rel not in ("related", "via") or url is None:
        return False
    return best is None or urlsplit(url).hostname != urlsplit(best).hostname


def _resolve(address: str, base_url: str) -> str | None:
    address = address.strip()
    if not address or http_url(address) == address:
        return address or None
    try:
        # Not the feed's own query: it may hold a key, and no page of the feed is named by it.
        return http_url(urljoin(base_url.partition("?")[0], address.replace(":///", "://", 1)))
    except ValueError:  # urljoin's "Invalid IPv6 URL"
        return None


def without_shared_links(entries: Sequence[Packed]) -> Iterator[Packed]:
    """Drop what several entries point to: it is no address of any one of them.

    Two posts about one paper would otherwise be taken for the paper, and for each other.
    """
    uses = Counter(link for packed in entries for link in packed.entry.links)
    own = {packed.entry.url for packed in entries}
    for packed in entries:
        links = packed.entry.links
        kept = tuple(link for link in links if uses[link] == 1 and link not in own)
        is_same = kept == links
        yield packed if is_same else replace(packed, entry=replace(packed.entry, links=kept))


def _hash(title: str, published: datetime | None) -> str:
    known = f"{title}\n{published.isoformat() if published else ''}"
    return f"hash:{blake2b(known.encode(), digest_size=16).hexdigest()}"


def rest_s(feed: RawFeed) -> int | None:
    """Read for how long a feed itself says that it need not be asked again.

    RSS 2.0's ``ttl`` in minutes (https://www.rssboard.org/rss-specification), else RSS 1.0's
    ``updatePeriod`` over ``updateFrequency`` (https://web.resource.org/rss/1.0/modules/syndication/).

    Returns:
        Seconds, at most a day; None when it does not say, or nonsense.
    """
    if _COUNT.fullmatch(feed.ttl) and int(feed.ttl) > 0:
        return min(int(feed.ttl) * 60, _DAY_S)
    period = _PERIODS_S.get(feed.period.strip().lower())
    times = int(feed.frequency) if _COUNT.fullmatch(feed.frequency.strip()) else 1
    return min(period // max(times, 1), _DAY_S) or None if period else None
