"""Parse pages of arXiv's archive (OAI-PMH 2.0) into plain records.

Two of its formats are supported. ``arXiv`` has the parts of author names and no version;
``arXivRaw`` has every version with its time and one string of authors. Each format has guids of its
own, because the two would otherwise overwrite each other in turn.
Formats: https://info.arxiv.org/help/oa/index.html
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
from papertrack.core.text.bylines import arxiv_authors
from papertrack.core.text.clean import http_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.arxiv.parse import Children, Tree

_TITLE = "arXiv's archive"
_ROOTS = frozenset({"OAI-PMH", "ListRecords", "GetRecord", "record"})
_GUIDS = {"arxiv": "oai:arXiv.org:", "arxivraw": "arXivRaw:"}
_NO_RECORDS, _EXPIRED = frozenset({"noRecordsMatch", "idDoesNotExist"}), "badResumptionToken"
_VERSION = re.compile(r"v?([1-9][0-9]{0,2})", re.ASCII)
_NO_SIZE = re.compile(r"0+\s*(?:k?b)?", re.IGNORECASE)
_COLLABORATION = re.compile(r"collaborations?\b|consortium\b", re.IGNORECASE)
_TOKEN_LIMIT = 2_000


def parse_archive(body: bytes) -> Document:
    """Read a response to ListRecords or GetRecord with ``arXiv`` or ``arXivRaw`` records.

    Returns:
        One entry for each record that is not deleted. `Entry.published_at` is the submission of the
        first version, `Entry.updated_at` that of the latest; ``arXiv`` gives days only, and the
        latter only if there are several versions. `Document.page` has the resumption token; it is
        None if the page broke off before the token, which does not mean the end of the list.

    Raises:
        UnreadableDocument: arXiv sent an error, or not a page of its archive. An expired token and
            a list without records are not errors.
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
            label = _identifier(parts, names)[:80] or "without identifier"
            problems.append(f"Record {number} ({label}) is in an unknown format")
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
        elif code not in _NO_RECORDS:
            message = clean_line(text_of(error)) or code or "no reason"
            raise refusal(message, who=_TITLE)
    tokens = [text_of(element).strip() for element in root.iter("{*}resumptionToken")]
    token = next(filter(None, tokens), None)
    has_content = any(True for _ in root.iter("{*}record", "{*}error", "{*}resumptionToken"))
    if tree.is_cut_off or not has_content:  # the token may be cut off, too
        return None
    if token is not None and (len(token) > _TOKEN_LIMIT or not token.isprintable()):
        problems.append("The resumption token cannot be read")
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
            fields = children_of(found[0], names)
            identifier = line_of(fields, "id") or _identifier(parts, names)
            if paper := read_arxiv_id(identifier):
                return _read_entry(form, fields, paper.base, names)
    return None


def _read_entry(form: str, fields: Children, base: str, names: dict[str, str]) -> Entry:
    versions = sorted(_read_versions(fields, names), key=lambda one: one.number)
    submissions = tuple(Submission(one.number, one.at) for one in versions if one.at)
    summary, comment = line_of(fields, "abstract"), line_of(fields, "comments")
    if form == "arxiv":
        authors = tuple(_read_authors(fields, names))
        first, last = moment(line_of(fields, "created")), moment(line_of(fields, "updated"))
    else:
        authors = arxiv_authors(line_of(fields, "authors"))
        first, last = (submissions[0].at, submissions[-1].at) if submissions else (None, None)
    paper = ArxivId(base, versions[-1].number if versions else None)
    categories = arxiv_categories(line_of(fields, "categories").split())
    doi = first_doi(line_of(fields, "doi"))
    return Entry(
        guid=_GUIDS[form] + base,
        title=line_of(fields, "title"),
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
            journal_ref=line_of(fields, "journal-ref") or None,
            doi=doi,
            licence=http_url(line_of(fields, "license")),
            withdrawn=(bool(versions) and versions[-1].is_empty)
            or is_withdrawal(comment=comment, abstract=summary),
            submissions=submissions,
        ),
    )


def _read_authors(fields: Children, names: dict[str, str]) -> Iterator[Author]:
    """Read author names without affiliations; only a name of two parts has given and family."""
    for group in fields.get("authors", ()):
        for author in children_of(group, names).get("author", ()):
            parts = children_of(author, names)
            given, family = line_of(parts, "forenames"), line_of(parts, "keyname")
            name = " ".join(filter(None, (given, family, line_of(parts, "suffix"))))
            if given and family and not _COLLABORATION.match(family):
                yield Author(name, given, family)
            elif any(map(str.isalnum, name)):  # some collaborations are followed by a lone ":"
                yield Author(name)


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of a paper; it is empty if it withdraws the paper.

    Such a version has no file: its source has the type ``I`` (ignore) or the size 0.
    """

    number: int
    at: datetime | None
    is_empty: bool


def _read_versions(fields: Children, names: dict[str, str]) -> Iterator[_Version]:
    for element in fields.get("version", ()):
        number = _VERSION.fullmatch((element.get("version") or "").strip())
        if number is not None:
            parts = children_of(element, names)
            yield _Version(
                int(number[1]),
                moment(line_of(parts, "date")),
                "I" in line_of(parts, "source_type")
                or bool(_NO_SIZE.fullmatch(line_of(parts, "size"))),
            )
