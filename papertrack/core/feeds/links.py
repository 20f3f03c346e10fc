"""Find the feeds that a web page names, and the places where feeds commonly are.

One pass over tags, no tree: a hostile page costs milliseconds, in this process.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from papertrack.core.text.clean import http_url, one_line
from papertrack.core.works.identity import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE_LIMIT = 1_000_000
_TAG_LIMIT = 8_000
_TAGS = 10_000
_TITLE_LIMIT = 200
_CANDIDATES = 50

# Comments and code, whose quotes may hold anything; each ends with the page at the latest.
_NOISE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|textarea)\b.*?(?:</\1\b|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# No "<" inside: a tag that is never closed ends where the next one begins, in one pass.
_TAG = re.compile(r"<(link|a|base)\s([^<>]*+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_VAGUE_TYPES = frozenset({"text/xml", "application/xml", "application/json"})
_FEED_PATH = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom|index)(?:\.xml|\.json)|/(?:feed|rss|atom))/?",
    re.IGNORECASE,
)
# WordPress and others declare their programming interfaces beside their feeds.
_NO_FEED = re.compile(r"/wp-json/|/oembed|/opensearch|/sitemap", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|\breplies\b", re.IGNORECASE)
# YouTube's pages say whose they are in the middle of a script.
_CHANNEL = re.compile(r'"(?:externalId|channelId)":"(UC[\w-]{22})"')
_CHANNEL_FEED = "https://www.youtube.com/feeds/videos.xml?channel_id="

_WELL_KNOWN = (
    *("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feed.atom"),
    *("index.rss", "rss/feed.xml"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that a page names; `title` may be empty."""

    url: str
    title: str = ""

    @property
    def is_of_comments(self) -> bool:
        """Whether it is about what readers said, not about posts."""
        return _COMMENTS.search(f"{urlsplit(self.url).path} {self.title}") is not None


def find_feeds(page: bytes, base_url: str) -> list[Candidate]:
    """Find the feeds that a page names, best first.

    Args:
        page: HTML of any size; what is beyond its first million bytes is not looked at.
        base_url: Where the page was found in the end.

    Returns:
        At most 50 of the first 10,000 links, each once: what the page declares before what it
        only links to, and feeds of comments last.
    """
    text = page[:_PAGE_LIMIT].decode("utf-8", "replace")
    found: list[Candidate] = []
    if (urlsplit(base_url).hostname or "").endswith("youtube.com") and (
        channel := _CHANNEL.search(text)
    ):
        found.append(Candidate(_CHANNEL_FEED + channel[1]))
    declared: list[Candidate] = []
    linked: list[Candidate] = []
    for tag, attributes in _tags(_NOISE.sub(" ", text)):
        url = _resolve(base_url, attributes.get("href", ""))
        if url is None:
            continue
        if tag == "base":
            base_url = url
        elif tag == "link" and _declares_feed(attributes, url):
            title = one_line(attributes.get("title", ""))[:_TITLE_LIMIT]
            declared.append(Candidate(url, title))
        elif tag == "a" and _is_feed_path(url):
            linked.append(Candidate(url))
    unique: dict[str | None, Candidate] = {}
    for candidate in (*found, *declared, *linked):
        unique.setdefault(canonical_url(candidate.url), candidate)
    return sorted(unique.values(), key=lambda one: one.is_of_comments)[:_CANDIDATES]


def well_known(url: str) -> list[str]:
    """List where feeds commonly are: below an address, then at the root of its site."""
    parts = urlsplit(url)
    below = parts.path.rstrip("/")
    if "." in below.rpartition("/")[2]:  # a file
        below = below.rpartition("/")[0]
    places = dict.fromkeys((below, "", "/blog")) if below == "" else dict.fromkeys((below, ""))
    root = f"{parts.scheme}://{parts.netloc}"
    return [f"{root}{place}/{name}" for place in places for name in _WELL_KNOWN]


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag in islice(_TAG.finditer(text), _TAGS):
        if tag.end() - tag.start() > _TAG_LIMIT:
            continue
        attributes: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(tag[2]):
            value = found[2] or found[3] or found[4] or ""
            attributes.setdefault(found[1].lower(), html.unescape(value).strip())
        yield tag[1].lower(), attributes


def _resolve(base_url: str, href: str) -> str | None:
    try:
        return http_url(urljoin(base_url, href)) if href else None
    except ValueError:
        return None


def _declares_feed(attributes: dict[str, str], url: str) -> bool:
    words = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if not {"alternate", "feed"} & set(words) or _NO_FEED.search(url):
        return False
    return kind in _FEED_TYPES or (kind in _VAGUE_TYPES and _is_feed_path(url))


def _is_feed_path(url: str) -> bool:
    path = urlsplit(url).path
    return _FEED_PATH.search(path) is not None and not _NO_FEED.search(url)
