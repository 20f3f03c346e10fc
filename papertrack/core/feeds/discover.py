"""Find the feed of an address: by the address itself, in a web page, or at the usual paths.

The address patterns are those that the sites document. For other addresses, `find_feeds` lists the
feeds that the page declares or links to.

A page is scanned in one pass over its tags, without a tree, so that a hostile one costs
milliseconds in this process.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.watch.credentials import without_credentials
from papertrack.core.works.identity import canonical_url
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

KARMA = (2, 30, 45, 75, 125, 200)

_SLUG_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Lead:
    """What an address says about its feed, before any request.

    Attributes:
        url: The address, cleaned and complete.
        feeds: Where its feed should be, best first; may be empty.
        name: The name of the source; None to take the title of its feed.
        categories: The arXiv categories that were given; nothing is requested then.
        looks_around: Whether to search the page for feeds if the address is not a feed.
    """

    url: str
    feeds: tuple[str, ...] = ()
    name: str | None = None
    categories: tuple[str, ...] = ()
    looks_around: bool = True


_REPOSITORY = (
    r"github\.com/(?!(?:topics|orgs|sponsors|collections|features|search|apps)/)"
    r"(?P<repo>[\w-]+/[\w.-]+?)(?:\.git)?"
    r"(?:/(?:releases|tree|blob|issues|pulls?|wiki|actions|discussions)(?:/.*)?)?"
)
# Host and path as `canonical_url` writes them; addresses of feeds, best first; the name.
_SITES: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    (
        r"youtube\.com/channel/(?P<id>UC[\w-]{22})(?:/.*)?",
        ("https://www.youtube.com/feeds/videos.xml?channel_id={id}",),
        None,
    ),
    (
        r"youtube\.com/user/(?P<id>[\w.-]+)(?:/.*)?",
        ("https://www.youtube.com/feeds/videos.xml?user={id}",),
        None,
    ),
    (r"(?P<site>(?!open\.)[\w-]+\.substack\.com)(?:/.*)?", ("https://{site}/feed",), None),
    (
        r"open\.substack\.com/pub/(?P<site>[\w-]+)(?:/.*)?",
        ("https://{site}.substack.com/feed",),
        None,
    ),
    (
        r"github\.com/(?P<repo>[\w-]+/[\w.-]+)/tags",
        ("https://github.com/{repo}/tags.atom",),
        "{repo} tags",
    ),
    (
        r"github\.com/(?P<repo>[\w-]+/[\w.-]+)/commits/(?P<branch>[\w./-]+?)(?:\.atom)?",
        ("https://github.com/{repo}/commits/{branch}.atom",),
        "{repo} commits",
    ),
    (
        _REPOSITORY,
        ("https://github.com/{repo}/releases.atom", "https://github.com/{repo}/tags.atom"),
        "{repo}",
    ),
    (
        r"(?:old\.)?reddit\.com/(?P<place>r/\w+|user/[\w-]+)(?:/.*)?",
        ("https://www.reddit.com/{place}/.rss",),
        "{place}",
    ),
    (
        r"medium\.com/(?P<place>@[\w.-]+|(?!feed/|tag/|m/)[\w-]+)(?:/.*)?",
        ("https://medium.com/feed/{place}",),
        None,
    ),
    (r"(?P<site>[\w-]+\.medium\.com)(?:/.*)?", ("https://{site}/feed",), None),
    (r"bsky\.app/profile/(?P<who>[\w.:-]+)", ("https://bsky.app/profile/{who}/rss",), None),
    (r"huggingface\.co/blog", ("https://huggingface.co/blog/feed.xml",), None),
    (r"news\.ycombinator\.com", ("https://news.ycombinator.com/rss",), None),
)


@dataclass(frozen=True, slots=True)
class _Forum:
    """A site that runs ForumMagnum, whose feeds accept a karma threshold."""

    name: str
    feed: str
    default_karma: int
    thresholds: tuple[int, ...] = KARMA


# The Alignment Forum is small: its own dialog stops at 45, and a threshold of 2 hides no post.
_FORUMS: Mapping[str, _Forum] = {
    "lesswrong.com": _Forum("LessWrong", "https://www.lesswrong.com/feed.xml", 30),
    "alignmentforum.org": _Forum(
        "AI Alignment Forum", "https://www.alignmentforum.org/feed.xml", 2, KARMA[:3]
    ),
    "forum.effectivealtruism.org": _Forum(
        "EA Forum", "https://forum.effectivealtruism.org/feed.xml", 30
    ),
}
_VIEWS = {"community": "community-rss", "curated": "curated-rss"}

_ARCHIVE = (
    r"(?:cs|math|physics|stat|econ|eess|nlin|q-bio|q-fin|astro-ph|cond-mat|gr-qc|hep-ex|hep-lat"
    r"|hep-ph|hep-th|math-ph|nucl-ex|nucl-th|quant-ph)"
)
_CATEGORY = rf"{_ARCHIVE}(?:\.(?:[A-Z]{{2}}|[a-z]+(?:-[a-z]+)*))?"
_CATEGORIES = re.compile(rf"{_CATEGORY}(?:[+,]{_CATEGORY})*")
_ARXIV = re.compile(
    r"(?:(?:export\.|rss\.)?arxiv\.org)/(?:list|archive|catchup|rss|atom)/(?P<categories>[^/?]+)"
    r"(?:[/?].*)?"
)
_IS_ARXIV = re.compile(r"(?:[\w-]+\.)*arxiv\.org(?:/.*)?", re.DOTALL)
# Stricter than `_CATEGORY`, which also matches hosts under .ai or .org.
_BARE = re.compile(rf"{_ARCHIVE}\.(?:[A-Z]{{2}}|[a-z]+-[a-z]+)(?:[+,]{_CATEGORY})*")


def read_address(text: str, *, karma: int | None = None) -> Lead:
    """Read the address or categories that the user gave for a new source.

    Args:
        text: An address, with or without ``https://``, or categories of arXiv (``cs.LG``).
        karma: The threshold for a forum; None for its default.

    Raises:
        UsageError: It is not an address, or one without a feed, or does not support `karma`.
    """
    if _BARE.fullmatch(text.strip()):
        lead = _categories(text.strip(), text.strip())
    else:
        url = whole_address(text)
        canonical = canonical_url(url) or ""
        forum = _FORUMS.get(canonical.partition("/")[0].partition("?")[0])
        if forum is not None:
            return _forum(forum, url, karma)
        lead = _arxiv(url, canonical) or _playlist(url) or _site(url, canonical) or Lead(url)
    if karma is not None:
        message = "--karma is for LessWrong, the Alignment Forum and the EA Forum"
        raise UsageError(message, hint="leave it out")
    return lead


def whole_address(text: str) -> str:
    """Complete an address that may lack ``https://`` or begin with ``feed:``.

    A user name and password in it are kept.

    Raises:
        UsageError: It is not an http(s) address.
    """
    written = re.sub(r"^feed:(?://)?", "", text.strip(), flags=re.IGNORECASE)
    if not re.match(r"[a-z][a-z0-9+-]*:(?!\d)", written, re.IGNORECASE):
        written = f"https://{written}"
    url = http_url(written)
    host = urlsplit(url).hostname or "" if url else ""
    if url is None or not ("." in host or ":" in host or host == "localhost"):
        shown = without_credentials(text) if "@" in text else text.strip()
        message = f'"{shown}" is not an address'
        raise UsageError(message, hint="give one like https://example.org/blog")
    user, at, _ = urlsplit(written).netloc.rpartition("@")
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}{at}{parts.netloc}"))


def make_slug(name: str, taken: Collection[str], *, fallback: str) -> str:
    """Make a unique short name for a source or an area.

    Args:
        name: Its full name.
        taken: The slugs in use.
        fallback: The host or word to use if `name` has no ASCII letter or digit.

    Returns:
        Lower-case letters, digits and single hyphens; at most 32 characters, plus a number if the
        slug was taken.
    """
    slug = _words(name) or _words(fallback.removeprefix("www.")) or "source"
    number, unique = 1, slug
    while unique in taken:
        number += 1
        unique = f"{slug}-{number}"
    return unique


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", re.sub("['\u2019]", "", text))
    plain = plain.encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall("[a-z0-9]+", plain))
    if len(slug) > _SLUG_LIMIT:
        slug = slug[: _SLUG_LIMIT + 1].rpartition("-")[0] or slug[:_SLUG_LIMIT]
    return slug


def _arxiv(url: str, canonical: str) -> Lead | None:
    if not _IS_ARXIV.fullmatch(canonical):
        return None
    listing = _ARXIV.fullmatch(canonical)
    if listing and _CATEGORIES.fullmatch(unquote(listing["categories"])):
        return _categories(url, unquote(listing["categories"]))
    if read_arxiv_id(url):
        message = f"{url} is a paper, not a source"
        raise UsageError(message, hint=f"add it with: papertrack add {url}")
    message = f"{url} is not a category list"
    hint = "give one like https://arxiv.org/list/cs.LG/recent, or for a search configure a source"
    raise UsageError(message, hint=f'{hint} of kind "arxiv-query"')


def _categories(url: str, written: str) -> Lead:
    categories = tuple(dict.fromkeys(re.split("[+,]", written)))
    name = f"arXiv {' '.join(categories)}"
    return Lead(url, name=name, categories=categories, looks_around=False)


def _forum(forum: _Forum, url: str, karma: int | None) -> Lead:
    if karma is not None and karma not in forum.thresholds:
        message = f"{forum.name} has no feed for a karma of {karma}"
        raise UsageError(message, hint=f"choose one of {', '.join(map(str, forum.thresholds))}")
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    if parts.path == "/feed.xml":
        query = given | ({"karmaThreshold": str(karma)} if karma is not None else {})
        feed = url if query == given else f"{forum.feed}?{urlencode(query)}"
        return Lead(url, (feed,), forum.name if "userId" not in query else None, looks_around=False)
    if parts.path.startswith("/users/"):
        message = f"{url} does not contain the user's id"
        hint = f"give {forum.feed}?userId=… with the id, which is in the page's source"
        raise UsageError(message, hint=hint)
    place = parts.path.strip("/").partition("/")[0]
    view = _VIEWS.get(given.get("view", place), "frontpage-rss")
    query = {"view": view, "karmaThreshold": str(forum.default_karma if karma is None else karma)}
    return Lead(url, (f"{forum.feed}?{urlencode(query)}",), forum.name, looks_around=False)


def _playlist(url: str) -> Lead | None:
    parts = urlsplit(url)
    playlist = parse_qs(parts.query).get("list", [""])[0]
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    is_playlist = host == "youtube.com" and parts.path == "/playlist"
    if not is_playlist or not re.fullmatch(r"[\w-]+", playlist):
        return None
    return Lead(url, (f"https://www.youtube.com/feeds/videos.xml?playlist_id={playlist}",))


def _site(url: str, canonical: str) -> Lead | None:
    page = canonical.partition("?")[0]
    for pattern, feeds, name in _SITES:
        if match := re.fullmatch(pattern, page):
            found = match.groupdict()
            written = tuple(feed.format(**found) for feed in feeds)
            return Lead(url, written, name.format(**found) if name else None)
    return None


_PAGE_LIMIT = 1_000_000
_TAG_LIMIT = 8_000
_TAGS = 10_000
_TITLE_LIMIT = 200
_CANDIDATES = 50

# Comments and code, whose quotes may contain anything; an unclosed one ends with the page.
_NOISE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|textarea)\b.*?(?:</\1\b|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# No "<" inside: an unclosed tag ends where the next one begins, so one pass suffices.
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
# WordPress and others declare their APIs next to their feeds.
_NO_FEED = re.compile(r"/wp-json/|/oembed|/opensearch|/sitemap", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|\breplies\b", re.IGNORECASE)
# YouTube's pages name their channel in a script.
_CHANNEL = re.compile(r'"(?:externalId|channelId)":"(UC[\w-]{22})"')
_CHANNEL_FEED = "https://www.youtube.com/feeds/videos.xml?channel_id="

_WELL_KNOWN = (
    *("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feed.atom"),
    *("index.rss", "rss/feed.xml"),
)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page declares or links to; `title` may be empty."""

    url: str
    title: str = ""

    @property
    def is_comments_feed(self) -> bool:
        """Whether it lists comments, not posts."""
        return _COMMENTS.search(f"{urlsplit(self.url).path} {self.title}") is not None


def find_feeds(page: bytes, base_url: str) -> list[FeedLink]:
    """Find the feeds that a page declares or links to, best first.

    Args:
        page: HTML of any size; only the first million bytes are searched.
        base_url: The final address of the page.

    Returns:
        At most 50 distinct feeds from the first 10,000 tags: declared ones before those only linked
        to, feeds of comments last.
    """
    text = page[:_PAGE_LIMIT].decode("utf-8", "replace")
    found: list[FeedLink] = []
    if (urlsplit(base_url).hostname or "").endswith("youtube.com") and (
        channel := _CHANNEL.search(text)
    ):
        found.append(FeedLink(_CHANNEL_FEED + channel[1]))
    declared: list[FeedLink] = []
    linked: list[FeedLink] = []
    for tag, attributes in _tags(_NOISE.sub(" ", text)):
        url = _resolve(base_url, attributes.get("href", ""))
        if url is None:
            continue
        if tag == "base":
            base_url = url
        elif tag == "link" and _declares_feed(attributes, url):
            title = one_line(attributes.get("title", ""))[:_TITLE_LIMIT]
            declared.append(FeedLink(url, title))
        elif tag == "a" and _is_feed_path(url):
            linked.append(FeedLink(url))
    unique: dict[str | None, FeedLink] = {}
    for candidate in (*found, *declared, *linked):
        unique.setdefault(canonical_url(candidate.url), candidate)
    return sorted(unique.values(), key=lambda one: one.is_comments_feed)[:_CANDIDATES]


def well_known(url: str) -> list[str]:
    """List the usual addresses of feeds: below an address, then at the root of its site."""
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
