"""What makes two things the same work, and what only links to it by the way.

What is found here is only proposed to the author; nothing is merged for its title.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlencode, urlsplit

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.identifier import SCHEMES, Identifier
from papertrack.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.records import ArxivId, Entry

# Parameters that say how a reader came, never what the page is. Short common names (`ref`,
# `source`, `id`) are left alone unless their value gives them away: one page shown twice is a
# smaller evil than two pages taken for one.
_TRACKING = re.compile(
    r"utm_.*|mc_[ce]id|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|yclid|igshid|_hs(?:enc|mi)"
    r"|mkt_tok|ref_src|ref_url|ck_subscriber_id|isFreemail|triedRedirect|at_(?:medium|campaign)",
    re.IGNORECASE,
)
_TRACKING_VALUES = {"source": ("rss",), "ref": ("rss", "feed")}
_AMP_VALUES = {"", "1", "true"}
# LessWrong, the Alignment Forum and their readers show one post under one 17-character id;
# the EA Forum runs the same software with ids of its own.
_FORUM = re.compile(
    r"(?:www\.)?(?P<host>lesswrong\.com|alignmentforum\.org|greaterwrong\.com"
    r"|forum\.effectivealtruism\.org|ea\.greaterwrong\.com)"
    r"(?:/s/[^/]+/p|/posts|/[a-z]/[^/]+/p)/(?P<post>[A-Za-z0-9]{17})(?:/|$)"
)
_EA_HOSTS = {"forum.effectivealtruism.org", "ea.greaterwrong.com"}
_DOI = re.compile(
    r"^(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_FORM = re.compile(r"^(?:(?:www\d?|amp|m)\.)+(?=[^.]+\.[^.]+)")
_PAGE_FORM = re.compile(r"(?:/(?:amp|index\.html?|index\.php)?)+$")
_LEAST_NAME = 12  # letters; shorter ones ("intro", "faq") name many pages
_DIGIT = re.compile(r"\d")
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)


def read_doi(text: str) -> str | None:
    """Read a DOI in any written form; lower case, as DOIs ignore case (DOI Handbook §2.4)."""
    match = _DOI.match(text.strip())
    if match is None:
        return None
    doi = match[1].rstrip(".,;")
    while doi.endswith(")") and doi.count(")") > doi.count("("):  # a DOI in brackets
        doi = doi[:-1].rstrip(".,;")
    return doi.lower()


@lru_cache(maxsize=4096)  # an entry's address is asked for twice: for its name and its hash
def canonical_url(url: str) -> str | None:
    """Reduce an address to what names the page.

    Scheme, ``www.``, default port, fragment, tracking parameters, AMP marks, a final slash and
    the order of parameters do not name a page. The result is for comparing, not for opening.

    Returns:
        ``host/path?query``, or None when the text is no http(s) address.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    host = _HOST_FORM.sub("", host.rstrip("."))
    if not host or any(character.isspace() for character in host):
        return None
    host = f"[{host}]" if ":" in host else host
    if port not in {None, *_DEFAULT_PORTS.values()}:
        host = f"{host}:{port}"
    path = "%2F".join(map(_normal_path, _ENCODED_SLASH.split(parts.path)))
    path = _PAGE_FORM.sub("", re.sub(r"/{2,}", "/", path))
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _is_tracking(*pair))
    query = urlencode([(_bytes(name), _bytes(value)) for name, value in kept])
    return host + path + (f"?{query}" if query else "")


def is_same_path(url: str, other: str) -> bool:
    """Tell whether two addresses are one page at two hosts; a front page is none."""
    pages = [(canonical_url(one) or "").partition("/")[2] for one in (url, other)]
    return pages[0] == pages[1] != ""


def is_same_name(url: str, other: str) -> bool:
    """Tell whether two addresses call their page the same in two places.

    A long last part of the path names a page (``/news/minimal-surfaces``), and still does with a
    word more before it. Where numbers differ, as in a monthly ``/2026/10/open-thread-as-usual``,
    it is another page.
    """
    pages = [canonical for one in (url, other) if (canonical := canonical_url(one))]
    if len(pages) != 2:  # noqa: PLR2004  # both are addresses
        return False
    (place, _, name), (other_place, _, other_name) = (page.rpartition("/") for page in pages)
    short, long = sorted((name, other_name), key=len)
    differing = "".join({*place.split("/")} ^ {*other_place.split("/")}) + long.removesuffix(short)
    return (
        len(short) >= _LEAST_NAME
        and bool(place and other_place)
        and (long == short or long.endswith(f"-{short}"))
        and not _DIGIT.search(differing)
    )


def without_tracking(url: str) -> str:
    """Leave out the parameters that say how a reader came; the rest stays as it is.

    Args:
        url: A cleaned http(s) address.
    """
    address, mark, fragment = url.partition("#")
    page, _, query = address.partition("?")
    kept = [part for part in query.split("&") if not _is_tracking_part(part)]
    return page + ("?" + "&".join(kept) if any(kept) else "") + mark + fragment


def _is_tracking_part(part: str) -> bool:
    name, _, value = part.partition("=")
    return name != "amp" and _is_tracking(unquote(name), unquote(value))


def _normal_path(part: str) -> str:
    """Encode a path the same way whatever part of it came encoded, bad UTF-8 included."""
    return quote(unquote_to_bytes(_bytes(part)), safe="/:@!$&'()*+,;=~-._")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _is_tracking(name: str, value: str) -> bool:
    if name == "amp":
        return value in _AMP_VALUES
    return bool(_TRACKING.fullmatch(name)) or (
        name in _TRACKING_VALUES and value.lower().startswith(_TRACKING_VALUES[name])
    )


def identify_url(url: str) -> tuple[Identifier, ...]:
    """Name the work behind an address: an arXiv paper, a DOI, a forum post, else the page."""
    if arxiv_id := read_arxiv_id(url):
        return (Identifier("arxiv", arxiv_id.base),)
    canonical = canonical_url(url)
    if canonical is None:
        return ()
    if "doi.org/" in canonical and (doi := read_doi(unquote(url))):
        return (Identifier("doi", doi),)
    if forum := _FORUM.match(canonical):
        site = "ea" if forum["host"] in _EA_HOSTS else "lw"
        return (Identifier("forum", f"{site}/{forum['post']}"),)
    return (Identifier("url", canonical),)


def identify_doi(doi: str) -> Identifier:
    """Name the work behind a DOI; arXiv's own DOIs are arXiv identifiers."""
    arxiv_id = read_arxiv_id(doi)
    return Identifier("arxiv", arxiv_id.base) if arxiv_id else Identifier("doi", doi.lower())


def identify_entry(entry: Entry, source: str) -> tuple[Identifier, ...]:
    """Name the work behind an entry, most trusted name first.

    Args:
        entry: The entry, made plain.
        source: The slug of its source, for entries that have no name but their guid.

    Returns:
        At least one identifier, each once.
    """
    found: list[Identifier] = []
    if entry.arxiv is not None:
        found.append(Identifier("arxiv", entry.arxiv.id.base))
    elif guid_id := _paper_in_guid(entry.guid):
        found.append(Identifier("arxiv", guid_id.base))
    dois = (entry.doi, entry.arxiv.doi if entry.arxiv else None)
    found.extend(identify_doi(value) for doi in dois if doi and (value := read_doi(doi)))
    is_abstract_page = entry.arxiv is not None and entry.url == entry.arxiv.id.url
    if entry.url and not is_abstract_page:  # which says nothing that its arXiv id has not said
        found.extend(identify_url(entry.url))
    if not found:
        found.append(guid_identifier(entry, source))
    # What names two papers (a post on both) is not both: the first named counts.
    papers = [name for name in found if name.scheme == "arxiv"]
    found = [name for name in found if name.scheme != "arxiv" or name == papers[0]]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: SCHEMES.index(one.scheme)))


def guess_kind(names: Iterable[Identifier]) -> Kind:
    """Tell papers, which have an arXiv id or a DOI, from posts."""
    is_paper = any(name.scheme in {"arxiv", "doi"} for name in names)
    return Kind.PAPER if is_paper else Kind.POST


def guid_identifier(entry: Entry, source: str) -> Identifier:
    """Name an entry by what its source calls it, when nothing better names it."""
    return Identifier("guid", f"{source} {entry.guid}")


def _paper_in_guid(guid: str) -> ArxivId | None:
    """Read an arXiv id from a guid, but only where the guid says that it is one."""
    return read_arxiv_id(guid) if "arxiv" in guid.lower() else None


NAMES_THE_PAPER = "links and names the paper"

# A title of fewer words occurs in texts about anything.
_LEAST_WORDS = 3
_NEARLY = 0.9  # of the letters of two titles
# What a post is about stands at its beginning.
_OPENING_WORDS = 120
_ROUNDUP = re.compile(
    r"\b(?:links?|round\s?up|digest|newsletter|weekly|monthly|daily|reading list|this week"
    r"|this month|week in|month in|papers of|issue \d+|vol(?:ume)? \d+|best of|news)\b"
)


def names_paper(title: str, summary: str, paper_title: str) -> bool:
    """Tell whether a post that links to one paper is about that paper.

    Args:
        title: The post's title.
        summary: The post's text, or as much of it as the feed gives.
        paper_title: The paper's title.

    Returns:
        True when the post is called like the paper (nearly, or by the part before its colon), or
        gives the paper's whole title in its own title or in its opening; a list of links (a
        digest, a roundup) counts by its title alone.
    """
    named = _words(paper_title)
    mine = _words(title)
    if len(named.split()) < _LEAST_WORDS:
        return bool(named) and mine == named
    if _holds(mine, named) or SequenceMatcher(None, mine, named).ratio() >= _NEARLY:
        return True
    name, colon, _ = paper_title.partition(":")
    if colon and len(_words(name).split()) >= _LEAST_WORDS - 1 and mine == _words(name):
        return True
    opening = " ".join(_words(summary).split()[:_OPENING_WORDS])
    return not _ROUNDUP.search(mine) and _holds(opening, named)


def _holds(text: str, phrase: str) -> bool:
    return f" {phrase} " in f" {text} "


def _words(text: str) -> str:
    """Write a text in small letters without accents, and a blank for all that is no letter."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in letters if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())
