"""Parse arXiv's Atom and RSS announcements and its API's Atom into plain records.

arXiv sends plain text, not HTML: ``$a<b$`` and ``<think>`` are kept literally
(https://info.arxiv.org/help/prep.html; feedparser would truncate such abstracts).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from papertrack.config.taxonomy import may_be_category
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import ArxivFacts, ArxivId, Author, Document, Entry
from papertrack.core.text.bylines import arxiv_authors
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.decode import decoded, outline_of, xml_text
from papertrack.core.text.written_dates import EARLIEST_YEAR, LATEST_YEAR, read_date
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Children = dict[str, list[etree._Element]]  # noqa: SLF001 - its only name in lxml

_MESSAGE_LIMIT = 200
_DOWN_HINT = "try again later; arXiv responds like this when it is overloaded or under maintenance"
_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html|<head|<body)\b", re.IGNORECASE)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*+);")
_XML_NAMES = frozenset({"amp", "apos", "gt", "lt", "quot"})
# What `xml_text` repairs: characters that XML forbids, also as references, and document types.
_FORBIDDEN = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_SUSPICIOUS = (b"&#", b"<!", b"\xef\xbf")  # U+FFFE and U+FFFF begin with the last
_STAMP_LENGTH = len("2026-11-20T06:30:00Z")


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed document.

    Attributes:
        problem: One sentence if it is broken, else None.
        is_cut_off: Whether its end is missing.
    """

    root: etree._Element
    problem: str | None = None
    is_cut_off: bool = False


def read_tree(
    body: bytes, *, expected: str, roots: Collection[str], records: Collection[str]
) -> Tree:
    """Parse a document from arXiv; a broken one as far as possible.

    Args:
        body: The document as downloaded.
        expected: What was requested, for the error message: ``its feed``.
        roots: The possible local names of its root.
        records: The local names of its records. If the document is cut off, the last record is
            dropped, because it may contain half an abstract.

    Raises:
        UnreadableDocument: arXiv sent an error, a web page, or another kind of document.
    """
    start = decoded(body[:1_000])
    first_line = one_line(start)
    if first_line and not first_line.startswith("<"):  # "Rate exceeded."
        raise refusal(first_line)
    is_page = bool(_PAGE.match(start))
    tree = None if is_page else _parse_clean(body) or _parse(xml_text(body), records)
    name = "" if tree is None else _local_name(tree.root)
    if tree is None or name not in roots:
        found = "a web page" if is_page or name.lower() == "html" else "something else"
        what = f"arXiv sent {found}, not {expected}"
        raise UnreadableDocument(what, hint=_DOWN_HINT)
    return tree


def refusal(message: str, *, who: str = "arXiv") -> UnreadableDocument:
    """Make an exception of arXiv's error message."""
    return UnreadableDocument(f"{who} says: {one_line(message).rstrip('.')[:_MESSAGE_LIMIT]}")


def _parse_clean(body: bytes) -> Tree | None:
    """Parse a document that needs no repair, as nearly all do; None if it may need some.

    This check takes a sixth of the time of `xml_text` and encoding its result.
    """
    is_clean = (
        body.startswith(b"<")
        and len(body.translate(None, _FORBIDDEN)) == len(body)
        and not any(mark in body for mark in _SUSPICIOUS)
        and (body.isascii() or not _is_encoded_twice(body))
    )
    try:
        return Tree(etree.fromstring(body, _parser(encoding="utf-8"))) if is_clean else None
    except etree.XMLSyntaxError:
        return None


def _is_encoded_twice(body: bytes) -> bool:
    try:
        body.decode("utf-8").encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _parse(text: str, records: Collection[str]) -> Tree | None:
    end = outline_of(text).end
    # Ignore what a server appends to a complete document.
    raw = _NAMED.sub(_character, text[:end]).encode("utf-8")
    try:
        return Tree(etree.fromstring(raw, _parser()))
    except etree.XMLSyntaxError as error:
        problem = f"The document is broken: {one_line(error.msg or '')[:_MESSAGE_LIMIT]}"
    try:
        root = etree.fromstring(raw, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    is_cut_off = end is None
    found = list(root.iter(*(f"{{*}}{name}" for name in records))) if is_cut_off else []
    parent = found[-1].getparent() if found else None
    if parent is not None:
        parent.remove(found[-1])
    return Tree(root, problem, is_cut_off)


def _character(reference: re.Match[str]) -> str:
    """Replace a named reference of HTML that XML does not define with its character."""
    name = reference[1]
    if name in _XML_NAMES:
        return reference[0]
    return html.escape(html5.get(f"{name};", "\ufffd"))


def _local_name(element: etree._Element) -> str:
    # Not etree.QName: it rejects names that recovery creates ("xmlns:xsi").
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _parser(*, recover: bool = False, encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def children_of(element: etree._Element, names: dict[str, str]) -> Children:
    """Group child elements by local name, because arXiv has used three spellings of its namespace.

    Args:
        element: The parent.
        names: A cache of local names by tag, shared by the whole document.
    """
    found: Children = {}
    for child in element.iterchildren("*"):  # skips undeclared entities
        tag = child.tag
        name = names.get(tag)
        if name is None:
            name = names[tag] = tag.rpartition("}")[2].lower()
        if name in found:
            found[name].append(child)
        else:
            found[name] = [child]
    return found


def line_of(children: Children, *names: str) -> str:
    """Return the text of the first of these elements that has any, as one clean line, or ``""``."""
    for name in names:
        for child in children.get(name, ()):
            if text := text_of(child):
                return clean_line(text)
    return ""


def text_of(element: etree._Element) -> str:
    """Return the text of an element and its descendants, unchanged."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def clean_line(text: str) -> str:
    """Do the same as `one_line`, ten times faster for plain ASCII, which most of arXiv is."""
    line = " ".join(text.split())
    return line if line.isascii() and line.isprintable() else one_line(line)


def moment(text: str) -> datetime | None:
    """Read a date as `read_date` does, with a fast path for the API's format (UTC, to seconds)."""
    if len(text) == _STAMP_LENGTH and text[10] == "T" and text[-1] == "Z" and text.isascii():
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return read_date(text)
        return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None
    return read_date(text)


_ROOTS = frozenset({"feed", "rss", "RDF"})
_ENTRIES = ("entry", "item")
_ERROR_ID = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors", re.IGNORECASE)
_FEED_ERROR = re.compile(r"Feed error for query", re.IGNORECASE)
_PREFIX = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*[\w-]+\s+(?:Abstract:\s*)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")

# There is no flag for a withdrawal: it is a new version whose comment, and often the abstract, says
# so (https://info.arxiv.org/help/withdraw.html). "Withdrawn from ICML", "the withdrawn troops" and
# the withdrawal of an earlier version do not count.
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
    """Read a document from rss.arxiv.org (Atom or RSS 2.0) or from the API (Atom).

    Returns:
        One entry for each paper; its guid has no version, so that a replacement is the same entry.
        `Entry.published_at` is the day of the announcement in the feeds and the submission of the
        first version in the API; `Entry.updated_at` is the submission of this version, given only
        by the API. `Document.total` is the API's total number of results.

    Raises:
        UnreadableDocument: arXiv sent an error, or a document that is not a feed.
    """
    tree = read_tree(body, expected="its feed", roots=_ROOTS, records=_ENTRIES)
    cache = _Cache()
    channel = children_of(next(tree.root.iter("{*}channel"), tree.root), cache.names)
    title = line_of(channel, "title")
    entries: list[Entry] = []
    errors: list[str] = []
    problems = [tree.problem] if tree.problem else []
    for number, element in enumerate(tree.root.iter("{*}entry", "{*}item"), start=1):
        children = children_of(element, cache.names)
        paper = _paper(children)
        if _is_error(children, paper):
            errors.append(line_of(children, "summary", "title"))
        elif paper is not None:
            entries.append(_read_entry(children, paper, cache))
        else:
            label = line_of(children, "title")[:80] or "without title"
            problems.append(f"Entry {number} ({label}) has no arXiv identifier")
    if _FEED_ERROR.match(title) and not entries:
        errors.append(" ".join((title, line_of(channel, "subtitle", "description"))))
    refusals = [refusal(message) for message in errors]
    if refusals and not entries:
        raise refusals[0]
    problems.extend(one.what for one in refusals)
    total = line_of(channel, "totalresults")
    is_number = total.isascii() and total.isdigit() and len(total) < 10  # noqa: PLR2004 - 2 million
    return Document(
        title,
        tuple(entries),
        tuple(problems),
        total=int(total) if is_number else None,
        is_whole=tree.problem is None,
    )


@dataclass(frozen=True, slots=True)
class _Cache:
    """Caches values that thousands of entries of a document share.

    Attributes:
        names: Local names by tag.
        licences: Clean addresses of licences by their text.
        days: Times of announcement by their text; a feed has only one.
    """

    names: dict[str, str] = field(default_factory=dict)
    licences: dict[str, str | None] = field(default_factory=dict)
    days: dict[str, datetime | None] = field(default_factory=dict)

    def licence(self, text: str) -> str | None:
        if text not in self.licences:
            self.licences[text] = http_url(text)
        return self.licences[text]

    def day(self, text: str) -> datetime | None:
        if text not in self.days:
            self.days[text] = moment(text)
        return self.days[text]


def _paper(children: Children) -> ArxivId | None:
    for name in ("id", "guid", "link"):
        for child in children.get(name, ()):
            if found := read_arxiv_id(clean_line(child.text or child.get("href") or "")):
                return found
    return None


def _is_error(children: Children, paper: ArxivId | None) -> bool:
    if paper is None and line_of(children, "title") == "Error":
        return True
    identifier = next(iter(children.get("id", ())), None)
    return identifier is not None and bool(_ERROR_ID.match(clean_line(identifier.text or "")))


def _read_entry(children: Children, paper: ArxivId, cache: _Cache) -> Entry:
    text = _raw_text(children, "summary", "description")
    prefix = _PREFIX.match(text)
    summary = clean_line(text[prefix.end() :] if prefix else text)
    facts = _facts(children, paper, summary, cache)
    return Entry(
        guid=f"oai:arXiv.org:{paper.base}",
        title=line_of(children, "title"),
        url=paper.url,
        authors=_authors(children),
        summary=summary,
        published_at=cache.day(line_of(children, "published", "pubdate")),
        # In the announcements it is the time at which the feed was built.
        updated_at=None if facts.announce_type else moment(line_of(children, "updated")),
        arxiv=facts,
        doi=facts.doi,
    )


def _raw_text(children: Children, *names: str) -> str:
    return next((t for name in names for c in children.get(name, ()) if (t := text_of(c))), "")


def _facts(children: Children, paper: ArxivId, summary: str, cache: _Cache) -> ArxivFacts:
    codes = [
        child.get("term") or one_line(child.text or "") for child in children.get("category", ())
    ]
    categories = arxiv_categories(codes)
    primaries = children.get("primary_category", ())
    primary = next((code for child in primaries if (code := child.get("term") or "")), "")
    comment = line_of(children, "comment")
    return ArxivFacts(
        id=paper,
        # The feeds have no element for the primary category, but list it first.
        primary=primary if may_be_category(primary) else next(iter(categories), None),
        categories=categories,
        announce_type=line_of(children, "announce_type")[:20] or None,
        comment=comment or None,
        journal_ref=line_of(children, "journal_ref", "journal_reference") or None,
        doi=first_doi(line_of(children, "doi")),
        licence=cache.licence(line_of(children, "rights")),
        withdrawn=is_withdrawal(comment=comment, abstract=summary),
    )


def arxiv_categories(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct arXiv categories; the API also sends ACM and MSC classes."""
    return tuple(dict.fromkeys(code for code in codes if may_be_category(code)))


def first_doi(text: str) -> str | None:
    """Return the first DOI of a field that may contain several; None if there is none."""
    doi = _DOI.search(text) if text else None
    return doi[0] if doi else None


def is_withdrawal(*, comment: str, abstract: str) -> bool:
    """Return whether the comment, or the beginning of the abstract, says "withdrawn"."""
    return ("withdrawn" in abstract.lower() and bool(_WITHDRAWAL.match(abstract))) or (
        "withdrawn" in comment.lower() and bool(_WITHDRAWAL.search(comment))
    )


def _authors(children: Children) -> tuple[Author, ...]:
    """Read the API's ``author`` elements, one for each person, else the string of the feeds."""
    names = [
        name
        for author in children.get("author", ())
        for part in author
        if part.tag.endswith("}name") and (name := clean_line(part.text or ""))
    ]
    if names:
        return tuple(map(Author, names))
    creators = (text_of(one) for key in ("creator", "author") for one in children.get(key, ()))
    return arxiv_authors(", ".join(filter(None, creators)))
