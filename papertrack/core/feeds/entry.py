"""What the words of a feed mean: every rule that makes an `Entry` of what a reader found."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from papertrack.core.dates import read_date
from papertrack.core.feeds.mentions import find_mentions
from papertrack.core.feeds.raw import Markup, RawEntry, RawFeed, RawText
from papertrack.core.records import Author, Entry
from papertrack.core.text.clean import http_url, one_line, plain_text
from papertrack.core.text.html_text import SUMMARY_LIMIT, cut_text, html_to_text, looks_like_html
from papertrack.core.text.names import feed_authors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

_BODIES = 4  # texts of one entry worth comparing
_DOI = re.compile(r"(?:^|doi:\s*|doi\.org/)(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_INDENTS = re.compile(r"\n[ \t]+")

_DAY_S = 86_400
_PERIODS_S = {"hourly": 3_600, "daily": _DAY_S, "weekly": 7 * _DAY_S}
_PERIODS_S |= {"monthly": 30 * _DAY_S, "yearly": 365 * _DAY_S}
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Draft:
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


def read_texts(raw: RawEntry) -> Draft:
    """Read the title and the fullest of the texts of an entry."""
    bodies: dict[str, RawText] = {}
    for body in raw.bodies:
        if body.value and len(bodies) < _BODIES:
            bodies.setdefault(body.value, body)
    texts = map(_body_text, bodies.values())
    return Draft(
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
class Frame:
    """What an entry needs to know of the feed it stands in.

    Attributes:
        base_url: Where the feed was found in the end, to resolve relative links.
        shared_links: Addresses that several entries give as theirs: the page of a podcast, a
            changelog.
    """

    base_url: str
    is_atom: bool
    authors: tuple[Author, ...]
    shared_links: frozenset[str]


def frame_of(feed: RawFeed, drafts: Iterable[Draft], base_url: str) -> Frame:
    """Gather what the entries of a feed need to know of it and of each other."""
    uses = Counter(draft.rest.link for draft in drafts)
    shared = frozenset(link for link, count in uses.items() if count > 1)
    return Frame(base_url, feed.is_atom, feed_authors(feed.people), shared)


def complete(draft: Draft, frame: Frame) -> Packed:
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


def _addresses(raw: RawEntry, frame: Frame) -> tuple[str | None, tuple[str, ...]]:
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
