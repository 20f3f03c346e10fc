"""Raw feed entries as the parsers return them, and the rules that turn them into `Entry` records.

The parsers handle XML only; what its values mean is decided here, for both of them.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum, auto
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from papertrack.core.arxiv.ids import HOSTS, read_arxiv_id
from papertrack.core.records import Author, Entry
from papertrack.core.text.bylines import feed_authors
from papertrack.core.text.clean import http_url, one_line, plain_text
from papertrack.core.text.html_text import (
    SUMMARY_LIMIT,
    cut_text,
    html_to_text,
    is_html_body,
    looks_like_html,
)
from papertrack.core.text.written_dates import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

# More than a blog has that sends its whole archive; entries beyond that are only counted.
ENTRY_LIMIT = 10_000

_LONG = 2_000  # characters; titles are shorter
_HTML = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"", "text", "plain", "text/plain"})


class Markup(Enum):
    """The declared format of a text."""

    HTML = auto()
    PLAIN = auto()
    UNSAID = auto()  # RSS does not declare it
    OTHER = auto()  # an image or a file, in base64


@dataclass(frozen=True, slots=True)
class RawText:
    """A title or a body after XML decoding."""

    value: str
    markup: Markup


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry with unprocessed texts, empty if missing.

    Attributes:
        guid: The ``guid`` or ``id``, else RSS 1.0's ``rdf:about``.
        is_permalink: The guid is also the link, and no ``link`` precedes it (RSS only).
        link: The address of the page; the last one wins.
        links: All links as ``(rel, href)``.
        origin: The address that FeedBurner replaced.
        bodies: Its texts, those that should be the full post first.
        captions: What describes its pictures and videos.
        people: The names of its authors, or whatever replaces them.
        published: Dates in any format, best first.
        dois: Texts that may be a DOI.
    """

    guid: str
    is_permalink: bool
    link: str
    links: tuple[tuple[str, str], ...]
    origin: str
    title: RawText
    bodies: tuple[RawText, ...]
    captions: tuple[RawText, ...]
    people: tuple[str, ...]
    published: tuple[str, ...]
    updated: str
    dois: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed without its entries.

    Attributes:
        is_atom: Its texts declare their format, and ``updated`` is not the date of publication.
        count: The number of complete entries, including those beyond the limit.
        started: The number of opening tags of entries, including incomplete and nested ones.
        is_whole: Its root element is closed; anything after that is ignored.
        breaks_off: The document ends within an entry, which was left out.
        ttl: RSS's ``ttl``, in minutes.
        period, frequency: ``sy:updatePeriod`` and ``sy:updateFrequency``.
        new_address: ``itunes:new-feed-url``, with which a podcast announces its new address.
        link: The page of an RSS channel; empty in Atom, which has ``xml:base``.
    """

    is_atom: bool
    title: RawText
    people: tuple[str, ...]
    count: int = 0
    started: int = 0
    is_whole: bool = True
    breaks_off: bool = False
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    new_address: str = ""
    link: str = ""


def markup_of(kind: str, *, is_atom: bool) -> Markup:
    """Read the ``type`` of a text (RFC 4287, section 3.1.1); in RSS it is not reliable."""
    if not is_atom:
        return Markup.UNSAID
    kind = kind.strip().lower()
    if kind in _HTML:
        return Markup.HTML
    return Markup.PLAIN if kind in _PLAIN else Markup.OTHER


# Control characters that XML allows but nobody uses: they are Windows-1252 read as Latin-1.
_C1 = {code: bytes([code]).decode("windows-1252", "ignore") or None for code in range(0x80, 0xA0)}


def repaired(text: str) -> str:
    """Strip a text and repair its encoding.

    Repaired are UTF-8 that was read as Latin-1 and encoded again, in single texts (as databases
    do), and Windows-1252 that was declared as Latin-1.
    """
    text = text.strip()
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        # Longer texts are bodies, cleaned later: checking each would take as long as parsing.
        return text if text.isprintable() or len(text) > _LONG else text.translate(_C1)


# A text that links to more papers is a list, and not about any of them.
_MENTION_LIMIT = 3

# Nearly every link to a paper contains one of these, most texts none. Searching for strings takes
# a tenth of the time of one regular expression, and every search of a whole text counts.
_LINK_HINTS = ("xiv", "ar5iv.", "/papers/", "10.48550/")
# The beginnings of such links, from the host on, and how far before a hint they may begin.
_LINK_STARTS = (*(f"{host}/" for host in HOSTS), "10.48550/")
_REACH = 60
_MAXIMUM_HINTS = 1_000  # in one text, whatever it is made of
_LINK = re.compile(r"(?<![\w-])[^\s\"'<>()\[\]{}|\\]++")


def find_mentions(texts: Iterable[str]) -> tuple[str, ...]:
    """Find the arXiv papers that texts link to, on arXiv, a mirror or doi.org.

    Args:
        texts: HTML or plain text.

    Returns:
        At most 3 distinct identifiers without version, in order.
    """
    found: dict[str, None] = {}
    for text in texts:
        mine: set[str] = set()
        for at in sorted(set(islice(_find_starts(text), _MAXIMUM_HINTS))):
            link = _LINK.match(text, at)
            paper = read_arxiv_id(link[0].rstrip(".,;:!?*_")) if link else None
            if paper is not None:
                mine.add(paper.base)
                found.setdefault(paper.base)
            if len(mine) == _MENTION_LIMIT:
                break
    return tuple(found)[:_MENTION_LIMIT]


def _find_starts(text: str) -> Iterator[int]:
    """Yield where links to papers may begin, around every hint of one."""
    for hint in _LINK_HINTS:
        at = text.find(hint)
        while at >= 0:
            first = max(0, at - _REACH)
            near = text[first : at + _REACH]
            for start in _LINK_STARTS:
                # The last one that does not begin after the hint.
                begins = near.rfind(start, 0, at - first + len(start))
                if begins >= 0:
                    yield first + begins
            at = text.find(hint, at + len(hint))


_BODIES = 4  # texts of one entry that are compared
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
        summary: In UTF-8 if it was packed, because one emoji makes a str four times as large.
        rest: The raw entry without its bodies.
    """

    title: str
    summary: str | bytes
    mentions: tuple[str, ...]
    rest: RawEntry


@dataclass(frozen=True, slots=True)
class Packed:
    """An entry stored in little memory until the whole feed is read.

    Attributes:
        entry: The entry, without its summary if that was packed.
        summary: The packed summary, else None.
    """

    entry: Entry
    summary: bytes | None = None

    def unpacked(self) -> Entry:
        """Return the entry with its summary."""
        if self.summary is None:
            return self.entry
        return replace(self.entry, summary=self.summary.decode("utf-8"))


def read_texts(raw: RawEntry, *, packs: bool = False) -> ReadEntry:
    """Read the title and the longest text of an entry; `packs` keeps the latter in UTF-8."""
    title = read_title(raw.title)
    bodies: dict[str, RawText] = {}
    for body in (*raw.bodies, *raw.captions):
        if body.value and len(bodies) < _BODIES:
            bodies.setdefault(body.value, body)
    text = ""
    if raw.captions and not title:
        # A post of a social network: its own words come first, however long a caption is.
        text = _longest_text(list(dict.fromkeys(raw.bodies)))
    summary = cut_text(text or _longest_text(list(bodies.values())))
    return ReadEntry(
        title=title,
        summary=summary.encode("utf-8") if packs else summary,
        mentions=find_mentions(bodies),
        rest=replace(raw, bodies=(), captions=()),
    )


def _longest_text(bodies: Sequence[RawText]) -> str:
    """Return the longest text of some bodies, the first of several such."""
    longest, place = "", len(bodies)
    for at in sorted(range(len(bodies)), key=lambda at: -len(bodies[at].value)):
        # Markup is never shorter than its text, so most teasers need not be read at all.
        if len(bodies[at].value) >= len(longest):
            text = _body_text(bodies[at])
            if (len(text), -at) > (len(longest), -place):
                longest, place = text, at
    return longest


def read_title(title: RawText) -> str:
    """Read a title as plain text; RSS does not declare whether it is markup."""
    value = title.value
    if title.markup is Markup.HTML or (title.markup is Markup.UNSAID and looks_like_html(value)):
        return one_line(html_to_text(value))
    return one_line(html.unescape(value) if title.markup is Markup.UNSAID else value)


def _body_text(body: RawText) -> str:
    value, markup = body.value, body.markup
    if markup is Markup.OTHER:
        return ""
    has_signs = "<" in value or "&" in value  # else line breaks are all its markup
    # RSS does not declare the format, and many Atom feeds declare "text" but send HTML.
    if (markup is Markup.HTML and has_signs) or (
        (markup is Markup.UNSAID or value.startswith("<")) and is_html_body(value)
    ):
        return html_to_text(value, stop_after=SUMMARY_LIMIT + 1)
    return plain_text(
        _INDENTS.sub("\n", html.unescape(value) if markup is Markup.UNSAID else value)
    )


_FILE = "enclosure"


@dataclass(frozen=True, slots=True)
class FeedContext:
    """The facts of a feed that its entries need.

    Attributes:
        base_url: The base of relative links: the channel's page, else the feed itself.
        shared_links: Links and files that several entries have in common: a podcast's page, a
            changelog.
    """

    base_url: str
    is_atom: bool
    authors: tuple[Author, ...]
    shared_links: frozenset[str]


def feed_context(feed: RawFeed, drafts: Iterable[ReadEntry], base_url: str) -> FeedContext:
    """Collect what the entries of a feed need to know about it and each other."""
    uses = Counter(link for draft in drafts for link in _own_links(draft.rest))
    shared = frozenset(link for link, count in uses.items() if count > 1)
    base_url = _channel_base(feed.link, base_url)
    return FeedContext(base_url, feed.is_atom, feed_authors(feed.people), shared)


def _own_links(raw: RawEntry) -> set[str]:
    return {raw.link, *(href for rel, href in raw.links if rel == _FILE)}


def _channel_base(link: str, base_url: str) -> str:
    """Return the base of an RSS channel's relative links.

    RSS does not define one. Feed readers use the channel's page (miniflux#899), because the feed
    may be on another host. A last path segment without a dot is treated as a folder.
    """
    page = _resolve(link, base_url)
    if page is None:
        return base_url
    path = page.partition("?")[0].partition("#")[0]
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def finish_entry(draft: ReadEntry, context: FeedContext) -> Packed:
    """Read the fields of an entry that depend on the rest of the feed."""
    raw = draft.rest
    url, links = _addresses(raw, context)
    published = next(filter(None, map(read_date, raw.published)), None)
    updated = read_date(raw.updated)
    if published is None and not context.is_atom:
        published, updated = updated, None
    packed = draft.summary if isinstance(draft.summary, bytes) else None
    summary = "" if isinstance(draft.summary, bytes) else draft.summary
    dois = (_DOI.search(one_line(text)) for text in raw.dois)
    words = draft.title or summary or (packed or b"").decode()
    entry = Entry(
        guid=one_line(raw.guid) or url or _hash(words, published),
        title=draft.title,
        url=url,
        authors=feed_authors(raw.people) or context.authors,
        summary=summary,
        published_at=published,
        updated_at=updated,
        links=links,
        doi=next((found[1] for found in dois if found), None),
        mentions=draft.mentions,
    )
    return Packed(entry, packed)


def _addresses(raw: RawEntry, context: FeedContext) -> tuple[str | None, tuple[str, ...]]:
    """Return the address of the entry's page, and other addresses of the same work."""
    by_rel = [(rel, _resolve(href, context.base_url)) for rel, href in raw.links]
    guid = http_url(raw.guid) if raw.is_permalink else None
    page = (
        _resolve(raw.link, context.base_url),
        *(url for rel, url in by_rel if rel == "alternate"),
    )
    files = [(_resolve(href, context.base_url), href) for rel, href in raw.links if rel == _FILE]
    own = (guid, *(url for url, _ in files))
    # A file that several entries share, too, says no more than the page.
    telling = (guid, *(url for url, href in files if href not in context.shared_links))
    origin = _resolve(raw.origin, context.base_url)
    first = telling if raw.link in context.shared_links else ()
    ranked = (origin, *first, *page, *own)
    best = next(filter(None, ranked), None)
    others = [url for rel, url in by_rel if _is_same_work(rel, url, best)]
    return best, tuple(dict.fromkeys(url for url in (guid, *others) if url and url != best))


def _is_same_work(rel: str, url: str | None, best: str | None) -> bool:
    """Return whether a link leads to the entry's subject, and not to another story of the site.

    Linkblogs give the linked page and their own post this way (one as ``alternate``, the other as
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
        # Without the feed's query, which may contain a key and is no part of any page's address.
        return http_url(urljoin(base_url.partition("?")[0], address.replace(":///", "://", 1)))
    except ValueError:  # urljoin's "Invalid IPv6 URL"
        return None


def without_shared_links(entries: Sequence[Packed]) -> Iterator[Packed]:
    """Drop links that several entries share, because they identify none of them.

    Two posts about one paper would otherwise be merged with it and with each other.
    """
    uses = Counter(link for packed in entries for link in packed.entry.links)
    own = {packed.entry.url for packed in entries}
    for packed in entries:
        links = packed.entry.links
        kept = tuple(link for link in links if uses[link] == 1 and link not in own)
        is_same = kept == links
        yield packed if is_same else replace(packed, entry=replace(packed.entry, links=kept))


def _hash(title: str, published: datetime | None) -> str:
    text = f"{title}\n{published.isoformat() if published else ''}"
    return f"hash:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def rest_s(feed: RawFeed) -> int | None:
    """Return how long a feed asks clients to wait between two requests.

    RSS 2.0's ``ttl`` in minutes (https://www.rssboard.org/rss-specification), else RSS 1.0's
    ``updatePeriod`` over ``updateFrequency`` (https://web.resource.org/rss/1.0/modules/syndication/).

    Returns:
        Seconds, at most a day; None if it gives no usable value.
    """
    if _COUNT.fullmatch(feed.ttl) and int(feed.ttl) > 0:
        return min(int(feed.ttl) * 60, _DAY_S)
    period = _PERIODS_S.get(feed.period.strip().lower())
    times = int(feed.frequency) if _COUNT.fullmatch(feed.frequency.strip()) else 1
    return min(period // max(times, 1), _DAY_S) or None if period else None
