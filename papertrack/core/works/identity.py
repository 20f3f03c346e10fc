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
from papertrack.core.works.sites import SMALL, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from papertrack.core.records import ArxivId, Entry

# Parameters that say how a reader came, never what the page is. Short common names (`ref`,
# `source`, `id`) are left alone unless their value gives them away: one page shown twice is a
# smaller evil than two pages taken for one.
_TRACKING = re.compile(
    r"utm_.*|mc_[ce]id|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|yclid|igshid|_hs(?:enc|mi)"
    r"|mkt_tok|ref_src|ref_url|ck_subscriber_id|isFreemail|triedRedirect|at_(?:medium|campaign)"
    r"|gad_(?:source|campaignid)|gclsrc|srsltid|_gl|igsh|mibextid|ttclid|li_fat_id|wprov|_openstat"
    r"|mtm_\w+|pk_(?:campaign|kwd|source|medium|content|cid)|oly_(?:anon|enc)_id|vero_(?:conv|id)"
    r"|__hs(?:fp|sc|tc)|hsCtaTracking",
    re.IGNORECASE,
)
_TRACKING_VALUES = {"source": ("rss",), "ref": ("rss", "feed")}
_AMP_VALUES = {"", "1", "true"}
_DOI = re.compile(
    r"^(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/(?:doi:)?|doi:\s*|doi\s+|info:doi/)?"
    r"(10\.\d{4,9}/[^\s?#]+)",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_FORM = re.compile(r"^(?:(?:www\d?|amp|m)\.)+(?=[^.]+\.[^.]+)")
_PAGE_FORM = re.compile(r"(?:/(?:amp|index\.html?|index\.php)?)+$")
_LEAST_NAME = 12  # letters; shorter ones ("intro", "faq") name many pages
_DIGIT = re.compile(r"\d")
# A place in a page is no work of its own; a comment is, and so is what a program shows at one
# address.
_NAMES_MORE = re.compile(
    r"[!/].*[^!/]|(?:[a-z]*comment[-_]?|c|discussion_r|pullrequestreview-)\d{2,}$", re.DOTALL
)
# What is canonical but for its scheme, ``www.``, a final slash and a place in the page.
_PLAIN_ADDRESS = re.compile(
    r"https?://(?:www\.)?((?!(?:www\d?|amp|m)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"((?:/(?!(?:amp|index\.html?|index\.php)(?:[/#]|$))[A-Za-z0-9:@!$&'()*+,;=~._-]+)*)/?"
    r"(?:#[A-Za-z_-]*)?"
)
_SAFE = "/:@!$&'()*+,;=~-._"  # what may stand in a path as it is
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

    Scheme, ``www.``, default port, tracking parameters, AMP marks, a final slash, the order of
    parameters and a place in the page do not name a page; a fragment that names a comment, or a
    page of a site that is a program (``#!/…``), does. The result is for comparing, not for opening.

    Returns:
        ``host/path?query``, or None when the text is no http(s) address.
    """
    url = url.strip()
    if plain := _PLAIN_ADDRESS.fullmatch(url):
        return plain[1] + plain[2]  # nearly always, and in a tenth of the time
    try:
        parts = urlsplit(url)
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
    named = parts.fragment.rstrip("/") if _NAMES_MORE.match(parts.fragment) else ""
    fragment = quote(_bytes(named), safe=f"{_SAFE}?%")
    return host + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


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
    return quote(unquote_to_bytes(_bytes(part)), safe=_SAFE)


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


Names = tuple[Identifier, ...]


def _name(form: str, parts: Mapping[str, str]) -> Names:
    """Name the work of an address by its parts; empty when they are not what they look like."""
    if form == "{address}":
        return identify_url(parts["address"])
    scheme, _, value = form.partition(":")
    written = {key: part.lower() if key in SMALL else part for key, part in parts.items()}
    if scheme == "url":
        written = {key: quote(part, safe=_SAFE) for key, part in written.items()}
    value = value.format_map(written)
    if scheme == "arxiv":
        paper = read_arxiv_id(value)
        return (Identifier("arxiv", paper.base),) if paper else ()
    if scheme == "doi":
        doi = read_doi(value)
        return doi_names(doi) if doi and not re.search(_NO_DOI, doi) else ()
    return (_acl_page(parts["acl"]) if "acl" in parts else Identifier(scheme, value),)


# What may stand behind a DOI in a path, and is something else than the work.
_NO_DOI = (
    r"/(?:authors?|citedby|comments?|figures?|issuetoc|media|metrics|peer-review|references|related"
    r"|supp\w*|tables?)(?:/|$)"
)


def identify_url(url: str) -> Names:
    """Name the work behind an address: an arXiv paper, a DOI, a forum post, else the page.

    Returns:
        The best name first. A page has its own address for a name beside the one that stands for
        all addresses of its work, because the journal may know it by that.
    """
    if arxiv_id := read_arxiv_id(url):
        return (Identifier("arxiv", arxiv_id.base),)
    canonical = canonical_url(url)
    if canonical is None:
        return ()
    page = Identifier("url", canonical)
    for form, parts in forms_of(canonical, url):
        if names := _name(form.name, parts):
            is_alone = (
                form.names_a_part or names[0].scheme == "forum" or parts["host"] in _DOI_HOSTS
            )
            return names if is_alone else tuple(dict.fromkeys((*names, page)))
    return (page,)


def stands_for_all(page: str) -> bool:
    """Tell whether a page is that one of the addresses of its work by which all others call it."""
    return any(
        _name(form.name, parts)[:1] == (Identifier("url", page),)
        for form, parts in forms_of(page, page)
    )


_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org"})
_ACL_DOI = r"10\.(?:18653|3115)/v1/(.+)"
_OSF_DOI = r"10\.\d+/osf\.io/(\w{5})(?:_v\d+)?"
# Publishers that give each version of a preprint, or each view of it, a DOI.
_DOI_VERSION = (
    r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d+)v\d+(?:\.(?:full|abstract)\S*)?"
    r"|(10\.21203/rs\.3\.rs-\d+)/v\d+"
    r"|(10\.20944/preprints\d{6}\.\d{4})\.v\d+"
    r"|(10\.6084/m9\.figshare\.\d+)\.v\d+"
    r"|(10\.26434/chemrxiv[\w.-]+?)[.-]v\d+"
    r"|(10\.36227/techrxiv\.[\d.]+?)[./]v\d+"
    r"|(10\.31\d{3}/osf\.io/\w{5})_v\d+"
    r"|(10\.12688/\w+\.\d+)\.[1-9]\d?"
    r"|(10\.7554/elife\.\d{5,})\.[1-9]\d?"  # ".001" would be its first figure
)


def doi_names(doi: str) -> Names:
    """Name the work behind a DOI in every way that follows from it.

    The ACL's DOIs end in the number that its anthology shows the paper under; a version of a
    preprint is the preprint.

    Args:
        doi: In lower case, see `read_doi`.
    """
    version = re.fullmatch(_DOI_VERSION, doi)
    work = next(filter(None, version.groups())) if version else doi
    names = [identify_doi(work), identify_doi(doi)]
    if acl := re.fullmatch(_ACL_DOI, doi):
        names.append(_acl_page(acl[1]))
    if osf := re.fullmatch(_OSF_DOI, doi):
        names.append(Identifier("url", f"osf.io/{osf[1]}"))
    return tuple(dict.fromkeys(names))


def _acl_page(number: str) -> Identifier:
    key = number.upper() if number[0].isalpha() else number.lower()
    return Identifier("url", f"aclanthology.org/{key}")


# What people put around an address, before it in a list, or behind it in a sentence.
_BRACKETS = dict(
    zip(
        "<([{\"'`*\u2018\u201c\u00ab\u2039\uff08\u3010\u300c\u300e\u300a",
        ">)]}\"'`*\u2019\u201d\u00bb\u203a\uff09\u3011\u300d\u300f\u300b",
        strict=True,
    )
)
_OPENED_BY = {closing: opening for opening, closing in _BRACKETS.items() if opening != closing}
_BEHIND = ".,;:!?\u2026\u3002\uff0c\u3001\uff1b\uff1a\uff01\uff1f"
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_BEFORE = r"(?i)^(?:[-*\u2022\u2013]\s+|\d{1,3}[.)]\s+|\[\d+\]:?\s+|url:\s*)+"
_MARKDOWN = r"\[[^\]]*\]\(\s*(?:<(\S+)>|([^\s<]\S*?))(?:\s+\"[^\"]*\")?\s*\)"
_SUBJECT = r"(?i)\s+\[[a-z-]+(?:\.[a-z-]+)?\](?:\s.*)?$"
# What is written in the place of an address, and the address.
_WRITTEN = (
    (r"(?i)pmid:?\s*(\d{4,9})$", r"https://pubmed.ncbi.nlm.nih.gov/\1/"),
    (r"(?i)(?:pmcid:?\s*)?pmc(\d{4,9})$", r"https://pmc.ncbi.nlm.nih.gov/articles/PMC\1/"),
    (r"git@([\w.-]+):(?=\S+$)", r"https://\1/"),
    (r"(?:git|ssh|git\+ssh|git\+https)://(?:git@)?(?=[\w.-]+/\S+$)", "https://"),
    (r"//(?=[\w.-]+(?:/\S*)?$)", "https://"),
    (
        r"(?i)(?=(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d+)?/\S*$|www\.(?:[a-z0-9-]+\.)+[a-z]{2,24}$)",
        "https://",
    ),
)


def read_reference(text: str) -> str:
    """Take a reference out of what a person pasted around it.

    Angle and other brackets, quotes, a Markdown link, the sign of a list, the dot or comma of a
    sentence, and arXiv's ``[cs.LG]`` go; an address without its scheme gets one. What is no
    reference stays as it is.
    """
    reference = " ".join(text.translate(_INVISIBLE).split())
    before = None
    while before != reference:
        before = reference
        reference = _unwrapped(reference)
    if read_arxiv_id(reference):
        return reference
    for form, address in _WRITTEN:
        if re.match(form, reference):
            return re.sub(form, address, reference, count=1)
    return reference


def _unwrapped(reference: str) -> str:
    """Take one layer off what stands around a reference."""
    if link := re.fullmatch(_MARKDOWN, reference):
        return link[1] or link[2]
    reference = re.sub(_BEFORE, "", reference).strip()
    closing = _BRACKETS.get(reference[:1])
    if closing is not None and reference.endswith(closing) and len(reference) > 1:
        inner = reference[1:-1].strip()
        # An address may have been broken between its angle brackets (RFC 3986, appendix C).
        return inner.replace(" ", "") if closing == ">" and "://" in inner else inner
    reference = re.sub(_SUBJECT, "", reference).rstrip(_BEHIND).rstrip()
    opening = _OPENED_BY.get(reference[-1:])
    if opening is not None and reference.count(reference[-1]) > reference.count(opening):
        return reference[:-1]
    return reference


def names_of(text: str) -> Names:
    """Read what a person typed or pasted as names of a work; empty when it is none."""
    reference = read_reference(text)
    if arxiv_id := read_arxiv_id(reference):
        return (Identifier("arxiv", arxiv_id.base),)
    if names := identify_url(reference):
        return names
    return doi_names(doi) if (doi := read_doi(reference)) else ()


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
    for doi in filter(None, dois):
        found.extend(doi_names(value) if (value := read_doi(doi)) else ())
    is_abstract_page = entry.arxiv is not None and entry.url == entry.arxiv.id.url
    if entry.url and not is_abstract_page:  # which says nothing that its arXiv id has not said
        found.extend(identify_url(entry.url))
    if not found:
        found.append(guid_identifier(entry, source))
    # What names two papers (a post on both) is not both: the first named counts.
    papers = [name for name in found if name.scheme == "arxiv"]
    found = [name for name in found if name.scheme != "arxiv" or name == papers[0]]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: SCHEMES.index(one.scheme)))


_PAPER_PAGES = (
    *("aclanthology.org/", "openreview.net/forum?", "pubmed.ncbi.nlm.nih.gov/"),
    *("pmc.ncbi.nlm.nih.gov/articles/", "proceedings.mlr.press/v", "proceedings.neurips.cc/paper/"),
    *("openaccess.thecvf.com/content/", "jmlr.org/papers/v", "semanticscholar.org/paper/"),
    *("ieeexplore.ieee.org/document/", "sciencedirect.com/science/article/pii/"),
    *("ojs.aaai.org/index.php/", "eprint.iacr.org/"),
)


def guess_kind(names: Iterable[Identifier]) -> Kind:
    """Tell papers, which have an arXiv id or a DOI, from posts."""
    is_paper = any(
        name.scheme in {"arxiv", "doi"}
        or (name.scheme == "url" and name.value.startswith(_PAPER_PAGES))
        for name in names
    )
    return Kind.PAPER if is_paper else Kind.POST


def guid_identifier(entry: Entry, source: str) -> Identifier:
    """Name an entry by what its source calls it, when nothing better names it."""
    return Identifier("guid", f"{source} {entry.guid}")


def _paper_in_guid(guid: str) -> ArxivId | None:
    """Read an arXiv id from a guid, but only where the guid says that it is one."""
    return read_arxiv_id(guid) if "arxiv" in guid.lower() else None


NAMES_THE_PAPER = "links and names the paper"
SAME_ADDRESS = "their addresses name one work"

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
