"""Identify works by addresses, DOIs and arXiv ids, however they are written."""

from __future__ import annotations

import re
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

# Parameters that say where a reader came from, never what the page is. Short common names (`ref`,
# `source`, `id`) only count with a revealing value: seeing one page twice is better than taking
# two pages for one.
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
_MIN_NAME = 12  # letters; shorter ones ("intro", "faq") are used for many pages
_DIGIT = re.compile(r"\d")
# A section of a page is not a work; a comment is, and so is a page of a site that is a program.
_NAMES_MORE = re.compile(
    r"[!/].*[^!/]|(?:[a-z]*comment[-_]?|c|discussion_r|pullrequestreview-)\d{2,}$", re.DOTALL
)
# Addresses that are canonical except for scheme, ``www.``, a final slash and a section.
_PLAIN_ADDRESS = re.compile(
    r"https?://(?:www\.)?((?!(?:www\d?|amp|m)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"((?:/(?!(?:amp|index\.html?|index\.php)(?:[/#]|$))[A-Za-z0-9:@!$&'()*+,;=~._-]+)*)/?"
    r"(?:#[A-Za-z_-]*)?"
)
_SAFE = "/:@!$&'()*+,;=~-._"  # what may stand in a path as it is
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)


def read_doi(text: str) -> str | None:
    """Parse a DOI in any form; lower case, because DOIs ignore case (DOI Handbook §2.4)."""
    match = _DOI.match(text.strip())
    if match is None:
        return None
    doi = match[1].rstrip(".,;")
    while doi.endswith(")") and doi.count(")") > doi.count("("):  # a DOI in brackets
        doi = doi[:-1].rstrip(".,;")
    return doi.lower()


@lru_cache(maxsize=4096)  # an entry's address is needed twice: for its identifier and its hash
def canonical_url(url: str) -> str | None:
    """Reduce an address to the parts that identify the page.

    Scheme, ``www.``, default port, tracking parameters, AMP marks, a final slash, the order of
    parameters and the section do not; a fragment that identifies a comment, or a page of a site
    that is a program (``#!/…``), does. Use the result for comparing, not for opening.

    Returns:
        ``host/path?query``; None if the text is not an http(s) address.
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
    """Return whether two addresses have the same path on any host; front pages do not count."""
    pages = [(canonical_url(one) or "").partition("/")[2] for one in (url, other)]
    return pages[0] == pages[1] != ""


def is_same_name(url: str, other: str) -> bool:
    """Return whether two addresses end alike in different places of a site.

    A long last part of the path identifies a page (``/news/minimal-surfaces``), even with one more
    word before it. If numbers differ, as in a monthly ``/2026/10/open-thread-as-usual``, it is
    another page.
    """
    pages = [canonical for one in (url, other) if (canonical := canonical_url(one))]
    if len(pages) != 2:  # noqa: PLR2004  # both are addresses
        return False
    (place, _, name), (other_place, _, other_name) = (page.rpartition("/") for page in pages)
    short, long = sorted((name, other_name), key=len)
    differing = "".join({*place.split("/")} ^ {*other_place.split("/")}) + long.removesuffix(short)
    return (
        len(short) >= _MIN_NAME
        and bool(place and other_place)
        and (long == short or long.endswith(f"-{short}"))
        and not _DIGIT.search(differing)
    )


def without_tracking(url: str) -> str:
    """Remove the tracking parameters of an address, and change nothing else.

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
    """Encode a path uniformly, whatever was encoded before, invalid UTF-8 included."""
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
    """Identify the work of an address by its parts; empty if they are not valid."""
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


# Suffixes of a DOI in a path that mean something else than the work.
_NO_DOI = (
    r"/(?:authors?|citedby|comments?|figures?|issuetoc|media|metrics|peer-review|references|related"
    r"|supp\w*|tables?)(?:/|$)"
)


def identify_url(url: str) -> Names:
    """Identify the work behind an address: an arXiv paper, a DOI, a forum post, else the page.

    Returns:
        The best identifier first. A page is also identified by its own address, besides the one
        that represents all addresses of its work, because the journal may use it.
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
    """Return whether a page is the address that represents all addresses of its work."""
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
    """Derive all identifiers of the work behind a DOI.

    The DOIs of the ACL end in the paper's number in its anthology; a version of a preprint is
    the preprint.

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
    """Extract a reference from pasted text.

    Brackets, quotes, Markdown links, list markers, punctuation at the end and arXiv's ``[cs.LG]``
    are removed; an address without a scheme gets one. Anything else is returned unchanged.
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
    """Remove one layer around a reference."""
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
    """Identify the work that was typed or pasted; empty if it is not a reference."""
    reference = read_reference(text)
    if arxiv_id := read_arxiv_id(reference):
        return (Identifier("arxiv", arxiv_id.base),)
    if names := identify_url(reference):
        return names
    return doi_names(doi) if (doi := read_doi(reference)) else ()


def identify_doi(doi: str) -> Identifier:
    """Identify the work behind a DOI; arXiv's own DOIs become arXiv ids."""
    arxiv_id = read_arxiv_id(doi)
    return Identifier("arxiv", arxiv_id.base) if arxiv_id else Identifier("doi", doi.lower())


def identify_entry(entry: Entry, source: str) -> tuple[Identifier, ...]:
    """Identify the work of an entry, most trusted identifier first.

    Args:
        entry: The entry.
        source: The slug of its source, for entries that are only identified by their guid.

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
    if entry.url and not is_abstract_page:  # which adds nothing to the arXiv id
        found.extend(identify_url(entry.url))
    if not found:
        found.append(guid_identifier(entry, source))
    # An entry with two papers (a post about both) is not both: the first one counts.
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
    """Guess whether a work is a paper (it has an arXiv id, a DOI or a known page) or a post."""
    is_paper = any(
        name.scheme in {"arxiv", "doi"}
        or (name.scheme == "url" and name.value.startswith(_PAPER_PAGES))
        for name in names
    )
    return Kind.PAPER if is_paper else Kind.POST


def guid_identifier(entry: Entry, source: str) -> Identifier:
    """Identify an entry by its source and guid, if nothing better identifies it."""
    return Identifier("guid", f"{source} {entry.guid}")


def _paper_in_guid(guid: str) -> ArxivId | None:
    """Parse an arXiv id from a guid, but only if the guid mentions arXiv."""
    return read_arxiv_id(guid) if "arxiv" in guid.lower() else None
