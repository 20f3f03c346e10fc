"""What makes two things the same work, and what only links to it by the way.

What is found here is only proposed to the author; nothing is merged for its title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
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
_DOI = re.compile(
    r"^(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE
)
_DOI_IN_PATH = r"(10\.\d{4,9}/[^\s?#]+)"
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


Names = tuple[Identifier, ...]
_Form = tuple[
    str, Callable[[re.Match[str]], Names]
]  # compiled when first asked for: there are many


def _doi(doi: str) -> Names:
    """Name a work by a DOI that stands in an address, without what the page's form adds to it."""
    value = read_doi(_DOI_TAIL.sub("", unquote(doi)))
    return doi_names(value) if value else ()


def _doi_of(prefix: str) -> Callable[[re.Match[str]], Names]:
    return lambda found: (Identifier("doi", f"{prefix}{found[1]}".lower()),)


def _page(form: str) -> Callable[[re.Match[str]], Names]:
    """Name a work by the one form of its address that stands for all others."""
    return lambda found: (Identifier("url", found.expand(form)),)


def _lower_page(form: str) -> Callable[[re.Match[str]], Names]:
    return lambda found: (Identifier("url", found.expand(form).lower()),)


def _paper(found: re.Match[str]) -> Names:
    paper = read_arxiv_id(found[1].replace("-", "."))
    return (Identifier("arxiv", paper.base),) if paper else ()


def _bibcode(found: re.Match[str]) -> Names:
    paper = read_arxiv_id(f"{found[1]}.{found[2]}")
    return (Identifier("arxiv", paper.base),) if paper else ()


def _acl(found: re.Match[str]) -> Names:
    key = found[1].upper() if found[1][0].isalpha() else found[1].lower()
    return (Identifier("url", f"aclanthology.org/{key}"),)


def _forum(site: str) -> Callable[[re.Match[str]], Names]:
    return lambda found: (Identifier("forum", f"{site}/{found[1]}"),)


# What publishers' pages add to the DOI in their path: the form of the text, a version of bioRxiv's.
_DOI_TAIL = re.compile(
    r"(?:/(?:full|abstract|pdf|epub|meta|summary|html)"
    r"|\.(?:full|abstract|short|long)(?:[.-](?:pdf|text))?(?:\.pdf)?|\.pdf)$",
    re.IGNORECASE,
)
_POST = r"(?:/s/[^/?]+/p|/posts|/p|/events|/[a-z]/[^/?]+/p)/([A-Za-z0-9]{17})(?:[/?]|$)"
_VIDEO = r"(?!videoseries|live_stream)([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])"
_DOI_PATH = (
    r"/doi/(?:(?:abs|pdf|full|epdf|epub|pdfdirect|pdfplus|full-xml|book|reader|abstract)/)?"
    rf"{_DOI_IN_PATH}"
)


def _forms(*rows: _Form) -> tuple[_Form, ...]:
    return rows


_LESSWRONG, _EA_FORUM = _forms((_POST, _forum("lw"))), _forms((_POST, _forum("ea")))
_WATCH = _page(r"youtube.com/watch?v=\1")
_YOUTUBE = _forms(
    (rf"/watch\?(?:.*&)?v={_VIDEO}", _WATCH), (rf"/(?:shorts|live|embed|v|e)/{_VIDEO}", _WATCH)
)
# A post has one number, whoever's name stands before it.
_X = _forms((r"/(?:i/web|i|[A-Za-z0-9_]+)/status(?:es)?/(\d+)", _page(r"x.com/i/status/\1")))
_REDDIT = _forms(
    # A step more than the slug names a comment.
    (
        r"/(?:r/\w+/|user/[\w-]+/)?comments/(\w+)(?:/[^/?]*)?(?:\?|$)",
        _page(r"reddit.com/comments/\1"),
    )
)
_PUBMED = _page(r"pubmed.ncbi.nlm.nih.gov/\1")
_PMC = _lower_page(r"pmc.ncbi.nlm.nih.gov/articles/\1")
_SSRN = _doi_of("10.2139/ssrn.")
_BIORXIV = _forms(
    (rf"/content/(?:early/\d+/\d+/\d+/)?{_DOI_IN_PATH}", lambda found: _doi(found[1]))
)
_PATH_DOI = _forms((_DOI_PATH, lambda found: _doi(found[1])))
_SPRINGER = _forms(
    (
        rf"/(?:article|chapter|book|protocol|referenceworkentry|content/pdf)/{_DOI_IN_PATH}",
        lambda found: _doi(found[1]),
    )
)
_GREATER_NIPS = _forms(
    (
        r"/(?:paper_files/)?paper/(?:\d{4}/)?(?:hash|file)/([0-9a-f]{32})-(?:Abstract|Paper)",
        _page(r"proceedings.neurips.cc/paper/\1"),
    )
)

# Which address forms name which work: host as `canonical_url` writes it, what follows it, the name.
# Forms are those of each site today and in the reports on readers that show a work twice; a form
# that may name a comment, a supplement, an author or a collection is left out on purpose. Mirrors
# of arXiv that carry its number in their path are known to `read_arxiv_id`.
_SITES: Mapping[str, tuple[_Form, ...]] = {
    **dict.fromkeys(
        (
            *(
                "dl.acm.org",
                "science.org",
                "onlinelibrary.wiley.com",
                "pnas.org",
                "tandfonline.com",
            ),
            *("journals.sagepub.com", "pubs.acs.org", "annualreviews.org", "nejm.org"),
            *("royalsocietypublishing.org", "pubsonline.informs.org", "epubs.siam.org"),
            *("worldscientific.com", "liebertpub.com", "ascopubs.org", "journals.uchicago.edu"),
            *("journals.asm.org", "ahajournals.org", "ascelibrary.org", "pubs.aip.org"),
            *("physiology.org", "jamanetwork.com", "emerald.com", "degruyter.com", "zenodo.org"),
        ),
        _PATH_DOI,
    ),
    "link.springer.com": _SPRINGER,
    "biorxiv.org": _BIORXIV,
    "medrxiv.org": _BIORXIV,
    # The number of an article is the end of its DOI.
    "nature.com": _forms(
        (r"/articles/([a-z]*\d[\w.-]*?)(?:_reference)?(?:\.pdf)?(?:\?|$)", _doi_of("10.1038/"))
    ),
    "elifesciences.org": _forms((r"/articles/(\d+)(?:v\d+)?(?:\?|$)", _doi_of("10.7554/elife."))),
    "frontiersin.org": _forms(
        (rf"/(?:journals/[^/]+/)?articles/{_DOI_IN_PATH}", lambda found: _doi(found[1]))
    ),
    "iopscience.iop.org": _forms((rf"/article/{_DOI_IN_PATH}", lambda found: _doi(found[1]))),
    "journals.aps.org": _forms(
        (rf"/\w+/(?:abstract|pdf)/{_DOI_IN_PATH}", lambda found: _doi(found[1]))
    ),
    "journals.plos.org": _forms(
        (
            r"/\w+/article(?:/file)?\?(?:.*&)?id=(10\.1371(?:/|%2F)journal\.\w+\.\d+)(?:&|$)",
            lambda found: _doi(unquote(found[1])),
        )
    ),
    "zenodo.org": (*_PATH_DOI, *_forms((r"/records?/(\d+)(?:\?|$)", _doi_of("10.5281/zenodo.")))),
    "ssrn.com": _forms((r"/abstract(?:=|/)(\d+)", _SSRN)),
    "papers.ssrn.com": _forms(
        (r"/abstract(?:=|/)(\d+)", _SSRN),
        (r"/(?i:sol3/(?:papers|delivery)\.cfm.*[?&]abstract_?id=)(\d+)", _SSRN),
    ),
    # Old proceedings have letters (P19-1234), new ones names (2026.acl-long.1).
    **dict.fromkeys(
        ("aclanthology.org", "aclweb.org"),
        _forms(
            (
                r"/(?:anthology/)?(\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[A-Za-z]\d\d-\d{4,5})(?:v\d+)?(?:\.(?:pdf|bib|xml|endf))?(?:\?|$)",
                _acl,
            )
        ),
    ),
    "openreview.net": _forms(
        (r"/(?:forum|pdf)\?(?:.*&)?id=([\w-]+)", _page(r"openreview.net/forum?id=\1")),
        (r"/attachment\?id=([\w-]+)&name=pdf", _page(r"openreview.net/forum?id=\1")),
    ),
    "proceedings.mlr.press": _forms(
        (
            r"/(v\d+|r\d+)/([\w-]+)(?:\.html|/\2\.pdf)?(?:\?|$)",
            _page(r"proceedings.mlr.press/\1/\2"),
        )
    ),
    "proceedings.neurips.cc": _GREATER_NIPS,
    "papers.nips.cc": _GREATER_NIPS,
    "papers.neurips.cc": _GREATER_NIPS,
    "openaccess.thecvf.com": _forms(
        (
            r"/content[/_]([^/]+)/(?:html|papers)/([^/]+)_paper\.(?:html|pdf)",
            _page(r"openaccess.thecvf.com/content/\1/\2"),
        )
    ),
    "jmlr.org": _forms(
        (r"/papers/v(?:olume)?(\d+)/([\w-]+)(?:\.html|/\2\.pdf)", _page(r"jmlr.org/papers/v\1/\2"))
    ),
    "pubmed.ncbi.nlm.nih.gov": _forms((r"/(\d+)(?:\?|$)", _PUBMED)),
    "ncbi.nlm.nih.gov": _forms(
        (r"/pubmed/(\d+)(?:\?|$)", _PUBMED),
        (r"/pmc/articles/((?i:PMC)\d+)(?:/pdf/[^/?]*)?(?:\?|$)", _PMC),
    ),
    "pmc.ncbi.nlm.nih.gov": _forms((r"/articles/((?i:PMC)\d+)(?:/pdf/[^/?]*)?(?:\?|$)", _PMC)),
    "europepmc.org": _forms(
        (r"/(?:article|abstract)/(?i:MED)/(\d+)(?:\?|$)", _PUBMED),
        (r"/(?:article/PMC|articles)/((?i:PMC)\d+)(?:\?|$)", _PMC),
    ),
    # One paper under two addresses, of which one has its title in it.
    "semanticscholar.org": _forms(
        (r"/paper/(?:[^/]+/)?([0-9a-f]{40})(?:\?|$)", _page(r"semanticscholar.org/paper/\1"))
    ),
    "ui.adsabs.harvard.edu": _forms((r"/abs/\d{4}arXiv(\d{4})(\d{5})\w(?:/|$)", _bibcode)),
    "dblp.org": _forms((r"/rec/journals/corr/abs-(\d{4}-\d{5})(?:\.html)?$", _paper)),
    "arxiv-sanity-lite.com": _forms((r"/?\?(?:.*&)?pid=([\d.]+)", _paper)),
    # LessWrong and the Alignment Forum share their posts and the ids of 17 characters; the EA Forum
    # runs the same software with ids of its own.
    **dict.fromkeys(
        ("lesswrong.com", "lesserwrong.com", "alignmentforum.org", "greaterwrong.com"), _LESSWRONG
    ),
    **dict.fromkeys(
        (
            *("forum.effectivealtruism.org", "ea.greaterwrong.com"),
            "forum-bots.effectivealtruism.org",
        ),
        _EA_FORUM,
    ),
    **dict.fromkeys(
        ("youtube.com", "youtube-nocookie.com", "music.youtube.com", "yewtu.be", "piped.video"),
        _YOUTUBE,
    ),
    "youtu.be": _forms((rf"/{_VIDEO}", _WATCH)),
    **dict.fromkeys(
        (
            *("x.com", "twitter.com", "mobile.twitter.com", "mobile.x.com", "xcancel.com"),
            *("fxtwitter.com", "vxtwitter.com", "fixupx.com", "fixvx.com", "nitter.net"),
        ),
        _X,
    ),
    **dict.fromkeys(
        (f"{host}reddit.com" for host in ("", "old.", "new.", "np.", "i.", "sh.")), _REDDIT
    ),
    "redd.it": _forms((r"/(\w+)(?:\?|$)", _page(r"reddit.com/comments/\1"))),
    "open.substack.com": _forms(
        (r"/pub/([\w-]+)/p/([\w-]+)(?:\?|$)", _lower_page(r"\1.substack.com/p/\2"))
    ),
    # GitHub reads its names without regard to case.
    "github.com": _forms(
        (
            r"/([\w-]+)/([\w.-]+?)(?:\.git)?(?:/tree/(?:main|master|HEAD))?(?:\?|$)",
            _lower_page(r"github.com/\1/\2"),
        )
    ),
}


def _forms_of(host: str) -> tuple[_Form, ...]:
    if forms := _SITES.get(host):
        return forms
    if host.startswith("nitter."):
        return _X
    if host.endswith(".onlinelibrary.wiley.com"):
        return _PATH_DOI
    return ()


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
    host = re.split(r"[/?]", canonical, maxsplit=1)[0]
    rest = canonical[len(host) :]
    if host in _DOI_HOSTS and (doi := read_doi(unquote(url))):
        return doi_names(doi)
    page = Identifier("url", canonical)
    for form, name in _forms_of(host):
        if found := re.match(form, rest):
            names = name(found)
            if names and names[0].scheme in _IS_THE_POST:
                return names
            if names:
                return tuple(dict.fromkeys((*names, page)))
    return (page,)


_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org"})
_IS_THE_POST = frozenset({"forum"})  # known by its id from the beginning
_ACL_DOI = re.compile(r"10\.18653/v1/(.+)")
_BIORXIV_VERSION = re.compile(r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d+)v\d+")


def doi_names(doi: str) -> Names:
    """Name the work behind a DOI in every way that follows from it.

    The ACL's DOIs end in the number that its anthology shows the paper under; a version of a
    preprint on bioRxiv is the preprint.

    Args:
        doi: In lower case, see `read_doi`.
    """
    if version := _BIORXIV_VERSION.fullmatch(doi):
        doi = version[1]
    name = identify_doi(doi)
    if acl := _ACL_DOI.fullmatch(doi):
        key = acl[1].upper() if acl[1][0].isalpha() else acl[1]
        return (name, Identifier("url", f"aclanthology.org/{key}"))
    return (name,)


# What people put around an address, or behind it in a sentence.
_BRACKETS = {
    "<": ">",
    "(": ")",
    "[": "]",
    "{": "}",
    '"': '"',
    "'": "'",
    "\u201c": "\u201d",
    "`": "`",
}
_MARKDOWN = re.compile(r"\[[^\]]*\]\(\s*<?([^\s<>]+?)>?(?:\s+\"[^\"]*\")?\s*\)")
_SUBJECT = re.compile(r"\s+\[[a-z-]+(?:\.[A-Za-z-]+)?\](?:\s.*)?$", re.IGNORECASE)
_NO_SCHEME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d+)?/\S*", re.IGNORECASE)


def read_reference(text: str) -> str:
    """Take a reference out of what a person pasted around it.

    Angle and other brackets, quotes, a Markdown link, the dot or comma of a sentence, and arXiv's
    ``[cs.LG]`` go; an address without its scheme gets one. What is no reference stays as it is.
    """
    reference = " ".join(text.split())
    if link := _MARKDOWN.fullmatch(reference):
        return link[1]
    before = None
    while before != reference:
        before = reference
        closing = _BRACKETS.get(reference[:1])
        if closing is not None and reference.endswith(closing) and len(reference) > 1:
            reference = reference[1:-1].strip()
        reference = reference.rstrip(".,;:!")
        if reference.endswith(")") and reference.count(")") > reference.count("("):
            reference = reference[:-1]
        reference = reference.removesuffix(">") if "<" not in reference else reference
    reference = _SUBJECT.sub("", reference)
    if read_arxiv_id(reference) or read_doi(reference) or "://" in reference:
        return reference
    return f"https://{reference}" if _NO_SCHEME.fullmatch(reference) else reference


def names_of(text: str) -> Names:
    """Read what a person typed or pasted as names of a work; empty when it is none."""
    reference = read_reference(text)
    if arxiv_id := read_arxiv_id(reference):
        return (Identifier("arxiv", arxiv_id.base),)
    if doi := read_doi(reference):
        return doi_names(doi)
    return identify_url(reference)


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
