"""arXiv identifiers: every written form of one paper comes down to one value.

Rules: https://info.arxiv.org/help/arxiv_identifier.html (two schemes; the subject class of an old
identifier is not part of it; a version is never part of a paper's identity).
"""

from __future__ import annotations

import re

from papertrack.core.records import ArxivId

# Archives that gave out identifiers before April 2007. Anything else before a slash and seven
# digits is not an arXiv identifier ("fixtures/1234567").
_OLD_ARCHIVES = (  # longest first, so that "math-ph" is not read as "math"
    r"acc-phys|adap-org|alg-geom|astro-ph|bayes-an|chao-dyn|comp-gas|cond-mat|"
    r"funct-an|patt-sol|plasm-ph|quant-ph|solv-int|supr-con|atom-ph|chem-ph|hep-lat|"
    r"math-ph|mtrl-th|nucl-ex|nucl-th|physics|ao-sci|cmp-lg|hep-ex|hep-ph|hep-th|"
    r"dg-ga|gr-qc|q-alg|q-bio|math|nlin|stat|cs"
)
_MONTH = r"(?:0[1-9]|1[0-2])"
# Four digits from 0704 to 1412, five since; old numbers went from 9107 to 0703.
_NEW = (
    rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})\.\d{{4}}"
    rf"|(?:1[5-9]|[2-9]\d){_MONTH}\.\d{{5}}"
)
_OLD = rf"(?:{_OLD_ARCHIVES})(?:\.[A-Za-z-]+)?/(?:9[1-9]|0[0-7]){_MONTH}\d{{3}}"
# Compiled when first asked for: calls that name no paper need not pay 3 ms.
_ID = rf"(?ai)(?P<base>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d{{0,2}}))?"
_SUBJECT_CLASS = r"\.[A-Za-z-]+(?=/)"

# Hosts that show arXiv papers under their arXiv number; the path before the number is checked too,
# because the same hosts have other pages.
_MIRRORS = r"""(?ix)^(?:https?://)?(?:
        (?:[a-z-]+\.)?arxiv\.org/(?:abs|pdf|html|src|e-print|format|ps|list/new)/
      | (?:[a-z-]+\.)?arxiv\.org/ftp/[a-z-]+/papers/\d{4}/
      | (?:www\.)?papers\.cool/arxiv/
      | (?:www\.|api\.)?semanticscholar\.org/(?:arxiv/|arxiv:)
      | (?:www\.)?emergentmind\.com/papers/
      | (?:www\.)?catalyzex\.com/paper/arxiv:
      | (?:www\.)?paperswithcode\.com/paper/arxiv:
      | ui\.adsabs\.harvard\.edu/abs/arxiv:
      | (?:www\.)?hf\.co/papers/
      | (?:www\.)?alphaxiv\.org/(?:abs|pdf|overview)/
      | ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html)/
      | (?:www\.)?ar5iv\.org/(?:abs|html)/
      | (?:www\.)?huggingface\.co/papers/
      | (?:www\.)?scirate\.com/arxiv/
      | (?:dx\.)?(?:www\.)?doi\.org/10\.48550/arxiv\.
    )"""
_PREFIX = r"(?i)^(?:arxiv:\s*|oai:arxiv\.org:|(?:doi:\s*)?10\.48550/arxiv\.)"
_TAIL = r"(?i)(?:\.pdf|\.html)?/?(?:abstract/?)?(?:[?#].*)?$"


def read_arxiv_id(text: str) -> ArxivId | None:
    """Read an identifier in any form people write it; None if it is none.

    Args:
        text: A bare identifier, ``arXiv:…``, ``oai:arXiv.org:…``, a DOI under 10.48550, or the
            address of the paper on arXiv, a mirror of it, or doi.org.
    """
    candidate = text.strip()
    rest = re.sub(_MIRRORS, "", candidate, count=1)
    if rest == candidate:
        rest = re.sub(_PREFIX, "", candidate, count=1)
    else:
        rest = re.sub(_TAIL, "", rest, count=1)
    match = re.fullmatch(_ID, rest)
    if match is None:
        return None
    base = re.sub(_SUBJECT_CLASS, "", match["base"]).lower()
    version = match["version"]
    return ArxivId(base, int(version) if version else None)
