"""arXiv identifiers: one value for all written forms of a paper.

Rules: https://info.arxiv.org/help/arxiv_identifier.html (two schemes; the subject class of an old
identifier is not part of it; a version is never part of a paper's identity).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from papertrack.core.records import ArxivId

# Archives that assigned identifiers before April 2007. Anything else before a slash and seven
# digits is not an arXiv identifier ("fixtures/1234567").
_OLD_ARCHIVES = (  # longest first, so that "math-ph" is not read as "math"
    r"acc-phys|adap-org|alg-geom|astro-ph|bayes-an|chao-dyn|comp-gas|cond-mat|"
    r"funct-an|patt-sol|plasm-ph|quant-ph|solv-int|supr-con|atom-ph|chem-ph|hep-lat|"
    r"math-ph|mtrl-th|nucl-ex|nucl-th|physics|ao-sci|cmp-lg|hep-ex|hep-ph|hep-th|"
    r"dg-ga|gr-qc|q-alg|q-bio|math|nlin|stat|cs"
)
_MONTH = r"(?:0[1-9]|1[0-2])"
# Four digits from 0704 to 1412, five since then; old numbers from 9107 to 0703.
_NEW = (
    rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})\.\d{{4}}"
    rf"|(?:1[5-9]|[2-9]\d){_MONTH}\.\d{{5}}"
)
_OLD = rf"(?:{_OLD_ARCHIVES})(?:\.[A-Za-z-]+)?/(?:9[1-9]|0[0-7]){_MONTH}\d{{3}}"
# Compiled on first use: it takes 3 ms, which most commands do not need.
_ID = rf"(?ai)(?P<base>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d{{0,2}}))?"
# What nearly every link to a paper looks like, in one expression.
_USUAL = (
    rf"(?a)(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/({_NEW})(?:v([1-9]\d{{0,2}}))?(?:\.pdf)?"
)
_SUBJECT_CLASS = r"\.[A-Za-z-]+(?=/)"

# Sites with arXiv numbers in their addresses: the host without ``www.``, and the part of the path
# before the number. These hosts have other pages, too, so both are checked.
_SITES = {
    # arXiv itself, its mirrors and its proxies
    "arxiv.org": r"(?:abs|pdf|html|src|e-print|format|ps|dvi|tb|bibtex|list/new)/(?:arxiv:)?"
    r"|ftp/(?:arxiv/papers/\d{4}/)?",
    "xxx.lanl.gov": r"(?:abs|pdf|ps|format)/",
    # HTML of papers
    "ar5iv.org": r"(?:abs|html)/",
    "ar5iv.labs.arxiv.org": r"(?:abs|html)/",
    "arxiv-vanity.com": r"papers/",
    # discussion and summaries
    "alphaxiv.org": r"(?:[a-z]{2}/)?(?:abs|pdf|html|overview|resources)/",
    "huggingface.co": r"papers/",
    "hf.co": r"papers/",
    "scirate.com": r"arxiv/",
    "papers.cool": r"arxiv/",
    "emergentmind.com": r"papers/",
    "catalyzex.com": r"paper/arxiv:",
    "paperswithcode.com": r"paper/arxiv:",
    # catalogues
    "semanticscholar.org": r"arxiv[/:]|(?:graph/)?v1/paper/arxiv:",
    "ui.adsabs.harvard.edu": r"abs/arxiv:",
    "inspirehep.net": r"(?:api/)?arxiv/",
    "doi.org": r"(?:doi:)?10\.48550/arxiv\.",
    "dx.doi.org": r"10\.48550/arxiv\.",
}
# Links to papers contain one of these; arXiv's other hosts and ``api.`` hosts end with them.
HOSTS = tuple(_SITES)
_SCHEMES = {"http:", "https:", ""}
_PREFIX = (
    r"(?i)^(?:arxiv(?::\s*|\s+)|(?:oai:arxiv\.org|info:arxiv)[:/]|(?:doi:\s*)?10\.48550/arxiv\.)"
)
_TAIL = r"(?i)(?:\.pdf|\.html)?/*(?:abstract/?)?(?:[?#].*)?$"
_OLD_FILE = rf"(?i)(?P<archive>{_OLD_ARCHIVES})/papers/\d{{4}}/"


def read_arxiv_id(text: str) -> ArxivId | None:
    """Read an identifier in any of its usual forms; None if it is not one.

    Args:
        text: A bare identifier, ``arXiv:…``, ``oai:arXiv.org:…``, a DOI under 10.48550, or the
            address of the paper on arXiv, on doi.org or on another site listed above.
    """
    written = text.strip()
    if usual := re.fullmatch(_USUAL, written):
        return ArxivId(usual[1], int(usual[2]) if usual[2] else None)
    scheme, mark, rest = written.partition("//")
    host, _, path = (rest if mark else written).partition("/")
    before = _SITES.get(_site(host)) if scheme.lower() in _SCHEMES or not mark else None
    if before is not None:
        found = re.match(rf"(?i)/*(?:{before})/*", unquote(path))
        if found is None:
            return None
        written = re.sub(_TAIL, "", found.string[found.end() :], count=1)
        written = re.sub(_OLD_FILE, r"\g<archive>/", written, count=1)
    elif mark:
        return None
    else:
        written = re.sub(_PREFIX, "", written, count=1)
    match = re.fullmatch(_ID, written)
    if match is None:
        return None
    base = re.sub(_SUBJECT_CLASS, "", match["base"]).lower()
    version = match["version"]
    return ArxivId(base, int(version) if version else None)


def _site(host: str) -> str:
    """Return the key in `_SITES` for a host that may include a user and a port."""
    host = host.lower().rpartition("@")[2].removesuffix(":443").removesuffix(":80").rstrip(".")
    if host not in _SITES:
        host = host.removeprefix("www.").removeprefix("api.")
    return "arxiv.org" if host.endswith(".arxiv.org") and host not in _SITES else host
