"""Pages of arXiv's archive (OAI-PMH 2.0) as plain records.

Two of its formats are read. ``arXiv`` has authors in parts and no version; ``arXivRaw`` has every
version with its time and one string of authors. What each says of a paper goes by a guid of its
own, or the two would overwrite each other in turn. Shapes: https://info.arxiv.org/help/oa/index.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.arxiv.parse import (
    arxiv_categories,
    children_of,
    clean_line,
    first_doi,
    is_withdrawal,
    line_of,
    moment,
    read_tree,
    refusal,
    text_of,
)
from papertrack.core.records import (
    ArchivePage,
    ArxivFacts,
    ArxivId,
    Author,
    Document,
    Entry,
    Submission,
)
from papertrack.core.text.clean import http_url
from papertrack.core.text.names import arxiv_authors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.arxiv.parse import Children, Tree

_TITLE = "arXiv's archive"
_ROOTS = frozenset({"OAI-PMH", "ListRecords", "GetRecord", "record"})
_GUIDS = {"arxiv": "oai:arXiv.org:", "arxivraw": "arXivRaw:"}
_NOTHING, _EXPIRED = frozenset({"noRecordsMatch", "idDoesNotExist"}), "badResumptionToken"
_VERSION = re.compile(r"v?([1-9][0-9]{0,2})", re.ASCII)
_NO_SIZE = re.compile(r"0+\s*(?:k?b)?", re.IGNORECASE)
_COLLABORATION = re.compile(r"collaborations?\b|consortium\b", re.IGNORECASE)
_TOKEN_LIMIT = 2_000


def parse_archive(body: bytes) -> Document:
    """Read an answer to ListRecords or GetRecord with ``arXiv`` or ``arXivRaw`` records.

    Args:
        body: The document as it came.

    Returns:
        One entry a record that is not deleted. `Entry.published_at` is the submission of the first
        version, `Entry.updated_at` that of the latest; ``arXiv`` tells days only, and the second
        only once there are two. `Document.page` says where the list goes on; it is None when the
        page broke off before it could say so, which is not the end of the list.

    Raises:
        UnreadableDocument: arXiv sent an error, or something else than a page of its archive. A
            token that expired and a list without records are no errors.
    """
    tree = read_tree(body, expected="a page of its archive", roots=_ROOTS, records=("record",))
    names: dict[str, str] = {}
    problems = [tree.problem] if tree.problem else []
    page = _read_page(tree, problems)
    entries: list[Entry] = []
    for number, record in enumerate(tree.root.iter("{*}record"), start=1):
        parts = children_of(record, names)
        if any(header.get("status") == "deleted" for header in parts.get("header", ())):
            continue
        entry = _read_record(parts, names)
        if entry is None:
            named = _identifier(parts, names)[:80] or "without identifier"
            problems.append(f"Record {number} ({named}) is not in a form that can be read")
        else:
            entries.append(entry)
    return Document(
        _TITLE, tuple(entries), tuple(problems), page=page, is_whole=not tree.is_cut_off
    )


def _read_page(tree: Tree, problems: list[str]) -> ArchivePage | None:
    root, is_expired = tree.root, False
    answered_at = next((moment(clean_line(text_of(e))) for e in root.iter("{*}responseDate")), None)
    for error in root.iter("{*}error"):
        code = error.get("code") or ""
        if code == _EXPIRED:
            is_expired = True
        elif code not in _NOTHING:
            said = clean_line(text_of(error)) or code or "no reason"
            raise refusal(said, who=_TITLE)
    tokens = [text_of(element).strip() for element in root.iter("{*}resumptionToken")]
    token = next(filter(None, tokens), None)
    says_something = next(root.iter("{*}record", "{*}error", "{*}resumptionToken"), None)
    if tree.is_cut_off or says_something is None:  # a token may be half a token
        return None
    if token is not None and (len(token) > _TOKEN_LIMIT or not token.isprintable()):
        problems.append("The place where the list goes on cannot be read")
        return None
    return ArchivePage(token, answered_at, is_expired)


def _identifier(parts: Children, names: dict[str, str]) -> str:
    headers = parts.get("header", ())
    return next((line_of(children_of(one, names), "identifier") for one in headers), "")


def _read_record(parts: Children, names: dict[str, str]) -> Entry | None:
    for metadata in parts.get("metadata", ()):
        for form, found in children_of(metadata, names).items():
            if form not in _GUIDS:
                continue
            told = children_of(found[0], names)
            identifier = line_of(told, "id") or _identifier(parts, names)
            if paper := read_arxiv_id(identifier):
                return _read_entry(form, told, paper.base, names)
    return None


def _read_entry(form: str, told: Children, base: str, names: dict[str, str]) -> Entry:
    versions = sorted(_read_versions(told, names), key=lambda one: one.number)
    submissions = tuple(Submission(one.number, one.at) for one in versions if one.at)
    summary, comment = line_of(told, "abstract"), line_of(told, "comments")
    if form == "arxiv":
        authors = tuple(_read_authors(told, names))
        first, last = moment(line_of(told, "created")), moment(line_of(told, "updated"))
    else:
        authors = arxiv_authors(line_of(told, "authors"))
        first, last = (submissions[0].at, submissions[-1].at) if submissions else (None, None)
    paper = ArxivId(base, versions[-1].number if versions else None)
    categories = arxiv_categories(line_of(told, "categories").split())
    doi = first_doi(line_of(told, "doi"))
    return Entry(
        guid=_GUIDS[form] + base,
        title=line_of(told, "title"),
        url=paper.url,
        authors=authors,
        summary=summary,
        published_at=first,
        updated_at=last,
        doi=doi,
        arxiv=ArxivFacts(
            id=paper,
            primary=next(iter(categories), None),
            categories=categories,
            comment=comment or None,
            journal_ref=line_of(told, "journal-ref") or None,
            doi=doi,
            licence=http_url(line_of(told, "license")),
            withdrawn=(bool(versions) and versions[-1].is_empty)
            or is_withdrawal(comment=comment, abstract=summary),
            submissions=submissions,
        ),
    )


def _read_authors(told: Children, names: dict[str, str]) -> Iterator[Author]:
    """Read names in parts; affiliations are left out, a name of one part is kept as one string."""
    for group in told.get("authors", ()):
        for author in children_of(group, names).get("author", ()):
            parts = children_of(author, names)
            given, family = line_of(parts, "forenames"), line_of(parts, "keyname")
            name = " ".join(filter(None, (given, family, line_of(parts, "suffix"))))
            if given and family and not _COLLABORATION.match(family):
                yield Author(name, given, family)
            elif any(map(str.isalnum, name)):  # a lone ":" stands after some collaborations
                yield Author(name)


@dataclass(frozen=True, slots=True)
class _Version:
    """One version; it is empty when it withdraws the paper.

    arXiv keeps such a version without a file: its source is of type ``I`` (ignore), or of no size.
    """

    number: int
    at: datetime | None
    is_empty: bool


def _read_versions(told: Children, names: dict[str, str]) -> Iterator[_Version]:
    for element in told.get("version", ()):
        number = _VERSION.fullmatch((element.get("version") or "").strip())
        if number is not None:
            parts = children_of(element, names)
            yield _Version(
                int(number[1]),
                moment(line_of(parts, "date")),
                "I" in line_of(parts, "source_type")
                or bool(_NO_SIZE.fullmatch(line_of(parts, "size"))),
            )
