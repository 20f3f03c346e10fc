"""arXiv's own documents as plain records: its Atom and RSS announcements, and the API's Atom.

What arXiv sends is plain text, not HTML: ``$a<b$`` and ``<think>`` stay exactly as they are
(https://info.arxiv.org/help/prep.html; feedparser cuts such abstracts off).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from papertrack.core.arxiv_id import read_arxiv_id
from papertrack.core.clean import http_url, one_line
from papertrack.core.dates import read_date
from papertrack.core.decode import FEED_HINT, NOT_A_FEED, decoded, xml_text
from papertrack.core.names import arxiv_authors
from papertrack.core.records import ArxivFacts, ArxivId, Author, Document, Entry
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

_Children = dict[str, list[etree._Element]]  # noqa: SLF001 - lxml has no other name for it

_SAID_LIMIT = 200
_ERROR_ID = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors", re.IGNORECASE)
_FEED_ERROR = re.compile(r"Feed error for query", re.IGNORECASE)
_PREFIX = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*[\w-]+\s+(?:Abstract:\s*)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")

# Archives that papers are filed under today or were once. In `category` the API also sends ACM and
# MSC classes ("I.2.6", "62F15").
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|"
    "cond-mat|cs|dg-ga|econ|eess|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|"
    "nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
_CATEGORY = re.compile(rf"(?:{_ARCHIVES})(?:\.[A-Za-z-]{{2,}})?")

# A withdrawal is a new version whose comment, often also its abstract, says so; there is no flag
# (https://info.arxiv.org/help/withdraw.html). "Withdrawn from ICML" and "the withdrawn troops" are
# something else, and so is what befell an earlier version.
_WORK = r"(?:paper|article|manuscript|submission|preprint|work|note|report|draft|thesis)"
_WITHDRAWAL = re.compile(
    rf"""
      (?: \b(?:this|the|our|present) \s+ (?:[\w-]+\s+)? {_WORK} \s+ (?:has|have) \s+ (?:now\s+)?
            been \s+
        | \b(?:this|our) \s+ (?:[\w-]+\s+)? {_WORK} \s+ (?:is|was|is\s+being) \s+ (?:now\s+)?
        | ^\W* (?:{_WORK} \s+ (?:has\s+been\s+|was\s+|is\s+)?)?
      )
      (?:temporarily\s+|voluntarily\s+|formally\s+)? withdrawn \b
      (?= \s* (?: $ | [.,;:!()\[\]-] | (?:by|due|because|since|as|for|pending|until|in|at|on)\b ) )
    | \b withdrawn \s+ by \s+ (?:the\s+)? (?:authors?|arxiv|submitter)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def parse_arxiv(body: bytes) -> Document:
    """Read a document of rss.arxiv.org (Atom or RSS 2.0) or of the API (Atom).

    Args:
        body: The document as it came.

    Returns:
        One entry a paper, under a guid without version: a replacement is the same entry.
        `Entry.published_at` is the day of the announcement in the feeds and the submission of the
        first version in the API; `Entry.updated_at` is the submission of this version, known to
        the API only. `Document.total` is how many results the API has in all.

    Raises:
        UnreadableDocument: arXiv sent an error, or something else than a feed.
    """
    said = one_line(decoded(body[:1_000]))
    if said and not said.startswith("<"):  # "Rate exceeded."
        raise _refusal(said)
    root, problems = _tree(xml_text(body))
    channel = next(root.iter("{*}channel"), root)
    about = _children(channel)
    title = _text(about, "title")
    entries: list[Entry] = []
    elements = list(root.iter("{*}entry", "{*}item"))
    for number, element in enumerate(elements, start=1):
        children = _children(element)
        paper = _paper(children)
        if paper is not None:
            entries.append(_read_entry(children, paper))
        elif _is_error(children):
            raise _refusal(_text(children, "summary") or _text(children, "title"))
        else:
            named = _text(children, "title")[:80] or "without title"
            problems.append(f"Entry {number} ({named}) has no arXiv identifier")
    if _FEED_ERROR.match(title) and not entries:
        raise _refusal(" ".join((title, _text(about, "subtitle", "description"))))
    total = _text(about, "totalresults")
    is_number = total.isascii() and total.isdigit() and len(total) < 10  # noqa: PLR2004 - 2 million
    return Document(title, tuple(entries), tuple(problems), int(total) if is_number else None)


def _refusal(said: str) -> UnreadableDocument:
    return UnreadableDocument(f"arXiv says: {said.strip().rstrip('.')[:_SAID_LIMIT]}")


def _tree(text: str) -> tuple[etree._Element, list[str]]:
    """Parse a feed; a broken one as far as it goes, with a sentence about it."""
    raw, problems = text.encode("utf-8"), []
    try:
        root = etree.fromstring(raw, _parser(recover=False))
    except etree.XMLSyntaxError as error:
        try:
            root = etree.fromstring(raw, _parser(recover=True))
        except etree.XMLSyntaxError:
            root = None
        problems.append(f"The document is broken: {one_line(error.msg or '')[:_SAID_LIMIT]}")
        if root is not None and not re.search(r"</(?:feed|rss|rdf:RDF)\s*>\s*$", text[-100:]):
            _drop_cut_entry(root)
    name = "" if root is None else etree.QName(root).localname
    if root is None or name not in ("feed", "rss", "RDF"):
        raise UnreadableDocument(NOT_A_FEED, hint=FEED_HINT)
    return root, problems


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def _drop_cut_entry(root: etree._Element) -> None:
    """Drop the last entry of a document that was cut off: it may hold half an abstract."""
    entries = list(root.iter("{*}entry", "{*}item"))
    parent = entries[-1].getparent() if entries else None
    if parent is not None:
        parent.remove(entries[-1])


def _children(element: etree._Element) -> _Children:
    """Sort child elements by local name: arXiv has used three spellings of its own namespace."""
    found: _Children = {}
    for child in element:
        found.setdefault(child.tag.rpartition("}")[2].lower(), []).append(child)
    return found


def _texts(children: _Children, *names: str) -> Iterator[str]:
    for name in names:
        for child in children.get(name, ()):
            text = "".join(map(str, child.itertext())) if len(child) else child.text
            if text:
                yield text


def _text(children: _Children, *names: str) -> str:
    return one_line(next(_texts(children, *names), ""))


def _paper(children: _Children) -> ArxivId | None:
    for name in ("id", "guid", "link"):
        for child in children.get(name, ()):
            if found := read_arxiv_id(one_line(child.text or child.get("href") or "")):
                return found
    return None


def _is_error(children: _Children) -> bool:
    return bool(_ERROR_ID.match(_text(children, "id"))) or _text(children, "title") == "Error"


def _read_entry(children: _Children, paper: ArxivId) -> Entry:
    abstract = _PREFIX.sub("", next(_texts(children, "summary", "description"), ""), count=1)
    summary = one_line(abstract)
    facts = _facts(children, paper, summary)
    return Entry(
        guid=f"oai:arXiv.org:{paper.base}",
        title=_text(children, "title"),
        url=paper.url,
        authors=_authors(children),
        summary=summary,
        published_at=read_date(_text(children, "published", "pubdate")),
        # In the announcements it is the minute the feed was built.
        updated_at=None if facts.announce_type else read_date(_text(children, "updated")),
        arxiv=facts,
        doi=facts.doi,
    )


def _facts(children: _Children, paper: ArxivId, summary: str) -> ArxivFacts:
    codes = [
        child.get("term") or one_line(child.text or "") for child in children.get("category", ())
    ]
    categories = tuple(dict.fromkeys(code for code in codes if _CATEGORY.fullmatch(code)))
    named = children.get("primary_category", ())
    primary = next((code for child in named if (code := child.get("term") or "")), "")
    comment = _text(children, "comment")
    doi = _DOI.search(_text(children, "doi"))
    return ArxivFacts(
        id=paper,
        # The feeds have no element for it, but list it first.
        primary=primary if _CATEGORY.fullmatch(primary) else next(iter(categories), None),
        categories=categories,
        announce_type=_text(children, "announce_type")[:20] or None,
        comment=comment or None,
        journal_ref=_text(children, "journal_ref", "journal_reference") or None,
        doi=doi[0] if doi else None,
        licence=http_url(_text(children, "rights")),
        withdrawn=is_withdrawal(comment=comment, abstract=summary),
    )


def is_withdrawal(*, comment: str, abstract: str) -> bool:
    """Whether the author's comment, or the beginning of the abstract, says "withdrawn".

    Args:
        comment: arXiv's comment field; may be empty.
        abstract: The abstract; a withdrawal is announced where it begins.
    """
    return bool(_WITHDRAWAL.match(abstract) or _WITHDRAWAL.search(comment))


def _authors(children: _Children) -> tuple[Author, ...]:
    """Read one ``author`` a person (API), else the one string of the feeds."""
    names = [
        one_line(name.text or "")
        for author in children.get("author", ())
        for name in author.iter("{*}name")
    ]
    if any(names):
        return tuple(Author(name) for name in names if name)
    return arxiv_authors(", ".join(_texts(children, "creator", "author")))
