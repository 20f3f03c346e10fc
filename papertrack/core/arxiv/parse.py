"""arXiv's own documents as plain records: its Atom and RSS announcements, and the API's Atom.

What arXiv sends is plain text, not HTML: ``$a<b$`` and ``<think>`` stay exactly as they are
(https://info.arxiv.org/help/prep.html; feedparser cuts such abstracts off).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.config.taxonomy import may_be_category
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.arxiv.xml import (
    children_of,
    clean_line,
    line_of,
    moment,
    read_tree,
    refusal,
    text_of,
)
from papertrack.core.records import ArxivFacts, ArxivId, Author, Document, Entry
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.names import arxiv_authors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.arxiv.xml import Children

_ROOTS = frozenset({"feed", "rss", "RDF"})
_ENTRIES = ("entry", "item")
_ERROR_ID = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors", re.IGNORECASE)
_FEED_ERROR = re.compile(r"Feed error for query", re.IGNORECASE)
_PREFIX = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*[\w-]+\s+(?:Abstract:\s*)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")

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
    tree = read_tree(body, expected="its feed", roots=_ROOTS, records=_ENTRIES)
    seen = _Seen()
    about = children_of(next(tree.root.iter("{*}channel"), tree.root), seen.names)
    title = line_of(about, "title")
    entries: list[Entry] = []
    errors: list[str] = []
    problems = [tree.problem] if tree.problem else []
    number = 0
    for number, element in enumerate(tree.root.iter("{*}entry", "{*}item"), start=1):
        children = children_of(element, seen.names)
        paper = _paper(children)
        if _is_error(children, paper):
            errors.append(line_of(children, "summary", "title"))
        elif paper is not None:
            entries.append(_read_entry(children, paper, seen))
        else:
            named = line_of(children, "title")[:80] or "without title"
            problems.append(f"Entry {number} ({named}) has no arXiv identifier")
    if _FEED_ERROR.match(title) and not entries:
        errors.append(" ".join((title, line_of(about, "subtitle", "description"))))
    refused = [refusal(said) for said in errors]
    if refused and not entries:
        raise refused[0]
    problems.extend(one.what for one in refused)
    total = line_of(about, "totalresults")
    is_number = total.isascii() and total.isdigit() and len(total) < 10  # noqa: PLR2004 - 2 million
    return Document(
        title,
        tuple(entries),
        tuple(problems),
        total=int(total) if is_number else None,
        shown=number,
        is_whole=tree.problem is None,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What thousands of entries of a document share, worked out once.

    Attributes:
        names: Local names by tag.
        licences: Addresses of licences as they may be shown, by how they were written.
        days: Times of the announcement, of which the feeds have one, by how they were written.
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
    named = next(iter(children.get("id", ())), None)
    return named is not None and bool(_ERROR_ID.match(clean_line(named.text or "")))


def _read_entry(children: Children, paper: ArxivId, seen: _Seen) -> Entry:
    told = _raw_text(children, "summary", "description")
    prefix = _PREFIX.match(told)
    summary = clean_line(told[prefix.end() :] if prefix else told)
    facts = _facts(children, paper, summary, seen)
    return Entry(
        guid=f"oai:arXiv.org:{paper.base}",
        title=line_of(children, "title"),
        url=paper.url,
        authors=_authors(children),
        summary=summary,
        published_at=seen.day(line_of(children, "published", "pubdate")),
        # In the announcements it is the minute the feed was built.
        updated_at=None if facts.announce_type else moment(line_of(children, "updated")),
        arxiv=facts,
        doi=facts.doi,
    )


def _raw_text(children: Children, *names: str) -> str:
    return next((t for name in names for c in children.get(name, ()) if (t := text_of(c))), "")


def _facts(children: Children, paper: ArxivId, summary: str, seen: _Seen) -> ArxivFacts:
    codes = [
        child.get("term") or one_line(child.text or "") for child in children.get("category", ())
    ]
    categories = arxiv_categories(codes)
    named = children.get("primary_category", ())
    primary = next((code for child in named if (code := child.get("term") or "")), "")
    comment = line_of(children, "comment")
    return ArxivFacts(
        id=paper,
        # The feeds have no element for it, but list it first.
        primary=primary if may_be_category(primary) else next(iter(categories), None),
        categories=categories,
        announce_type=line_of(children, "announce_type")[:20] or None,
        comment=comment or None,
        journal_ref=line_of(children, "journal_ref", "journal_reference") or None,
        doi=first_doi(line_of(children, "doi")),
        licence=seen.licence(line_of(children, "rights")),
        withdrawn=is_withdrawal(comment=comment, abstract=summary),
    )


def arxiv_categories(codes: Iterable[str]) -> tuple[str, ...]:
    """Keep arXiv's own categories, each once: the API also sends ACM and MSC classes."""
    return tuple(dict.fromkeys(code for code in codes if may_be_category(code)))


def first_doi(text: str) -> str | None:
    """Read the first DOI of a field that may hold several; None if there is none."""
    doi = _DOI.search(text) if text else None
    return doi[0] if doi else None


def is_withdrawal(*, comment: str, abstract: str) -> bool:
    """Whether the author's comment, or the beginning of the abstract, says "withdrawn".

    Args:
        comment: arXiv's comment field; may be empty.
        abstract: The abstract; a withdrawal is announced where it begins.
    """
    return ("withdrawn" in abstract.lower() and bool(_WITHDRAWAL.match(abstract))) or (
        "withdrawn" in comment.lower() and bool(_WITHDRAWAL.search(comment))
    )


def _authors(children: Children) -> tuple[Author, ...]:
    """Read one ``author`` a person (API), else the one string of the feeds."""
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
