"""Parse the JSON records of a DOI from DataCite and Crossref, and of preprints from bioRxiv.

Shapes: https://support.datacite.org/docs/api-get-doi,
https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md and https://api.biorxiv.org;
no field is taken for granted.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.arxiv.parse import arxiv_categories, is_withdrawal
from papertrack.core.records import ArxivFacts, Author, Document, Entry
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.html_text import html_to_text
from papertrack.core.text.names import turned_name
from papertrack.core.text.written_dates import read_date
from papertrack.core.works.identity import read_doi
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from papertrack.core.records import ArxivId

_CATEGORY = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*$")
# The first of these that is present dates a work; a bare year would be New Year's Day.
_DATES = ("Submitted", "Issued", "Available", "Created")
_DATE_PARTS = ("published-online", "published", "issued", "posted", "published-print")
_LEAST_DATE = len("2026-11")


def parse_datacite(body: bytes) -> Document:
    """Parse DataCite's record of a DOI.

    Returns:
        A document with one entry; for a paper on arXiv, with arXiv's facts.

    Raises:
        UnreadableDocument: It is not such a record, or has no title.
    """
    record = _dict(_dict(_read(body, "DataCite").get("data")).get("attributes"))
    doi = read_doi(_text(record.get("doi")))
    title = next(
        (text for one in _dicts(record.get("titles")) if (text := _line(one, "title"))), ""
    )
    described = {
        _text(one.get("descriptionType")): _plain(_text(one.get("description")))
        for one in reversed(list(_dicts(record.get("descriptions"))))
    }
    paper = read_arxiv_id(doi or "")
    entry = Entry(
        guid=f"oai:arXiv.org:{paper.base}" if paper else f"doi:{doi}",
        title=_titled(title, "DataCite"),
        url=paper.url if paper else http_url(_text(record.get("url"))),
        authors=tuple(_creators(record.get("creators"))),
        summary=described.get("Abstract", ""),
        published_at=_datacite_date(record),
        arxiv=_arxiv_facts(paper, record, described) if paper else None,
        doi=None if paper else doi,
    )
    return Document(entry.title, (entry,))


def parse_crossref(body: bytes) -> Document:
    """Parse Crossref's record of a DOI.

    Returns:
        A document with one entry.

    Raises:
        UnreadableDocument: It is not such a record, or has no title.
    """
    record = _dict(_read(body, "Crossref").get("message"))
    doi = read_doi(_text(record.get("DOI")))
    titles = record.get("title")
    title = _plain(_text(titles[0] if isinstance(titles, list) and titles else titles))
    entry = Entry(
        guid=f"doi:{doi}",
        title=_titled(title, "Crossref"),
        url=http_url(_text(_dict(_dict(record.get("resource")).get("primary")).get("URL")))
        or http_url(_text(record.get("URL"))),
        authors=tuple(_creators(record.get("author"), given="given", family="family")),
        summary=_plain(_text(record.get("abstract"))),
        published_at=_crossref_date(record),
        doi=doi,
    )
    return Document(entry.title, (entry,))


def parse_biorxiv(body: bytes) -> Document:
    """Parse the record of a preprint from bioRxiv's or medRxiv's API.

    Returns:
        A document with one entry, the newest version with the date of the first; without an entry
        if the server does not have the preprint.

    Raises:
        UnreadableDocument: It is not such a record, or has no title.
    """
    record = _read(body, "bioRxiv")
    versions = sorted(_dicts(record.get("collection")), key=_version)
    if not versions:
        if not isinstance(record.get("messages"), list):
            message = "the answer is of no known form"
            raise UnreadableDocument(message)
        return Document("", ())
    first, newest = versions[0], versions[-1]
    doi = read_doi(_text(newest.get("doi")))
    posted, revised = read_date(_text(first.get("date"))), read_date(_text(newest.get("date")))
    people = map(one_line, _text(newest.get("authors")).split(";"))
    entry = Entry(
        guid=f"doi:{doi}",
        title=_titled(_plain(_text(newest.get("title"))), "bioRxiv"),
        url=f"https://doi.org/{doi}" if doi else None,
        authors=tuple(turned_name(name.rstrip(",")) for name in people if name),
        summary=_plain(_text(newest.get("abstract"))),
        published_at=posted,
        updated_at=revised if revised != posted else None,
        doi=doi,
    )
    return Document(entry.title, (entry,))


def _version(record: dict[str, object]) -> int:
    number = str(record.get("version"))
    return int(number) if number.isdecimal() and len(number) < len("1000") else 0


def _arxiv_facts(
    paper: ArxivId, record: dict[str, object], described: dict[str, str]
) -> ArxivFacts:
    comment = one_line(described.get("Other", ""))
    categories = arxiv_categories(_categories(record.get("subjects")))
    licences = (http_url(_text(one.get("rightsUri"))) for one in _dicts(record.get("rightsList")))
    return ArxivFacts(
        id=paper,
        primary=next(iter(categories), None),
        categories=categories,
        comment=comment or None,
        licence=next(filter(None, licences), None),
        withdrawn=is_withdrawal(comment=comment, abstract=described.get("Abstract", "")),
    )


def _read(body: bytes, who: str) -> dict[str, object]:
    try:
        record = json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"{who} sent no JSON"
        raise UnreadableDocument(message) from error
    return _dict(record)


def _titled(title: str, who: str) -> str:
    if not (line := one_line(title)):
        message = f"{who} gives no title"
        raise UnreadableDocument(message)
    return line


def _creators(
    people: object, *, given: str = "givenName", family: str = "familyName"
) -> Iterator[Author]:
    for person in _dicts(people):
        first, last, whole = _line(person, given), _line(person, family), _line(person, "name")
        if first and last:
            yield Author(f"{first} {last}", given=first, family=last)
        elif whole or last or first:
            yield Author(whole or last or first)


def _categories(subjects: object) -> Iterator[str]:
    for subject in _dicts(subjects):
        if found := _CATEGORY.search(_text(subject.get("subject"))):
            yield found[1]


def _datacite_date(record: dict[str, object]) -> datetime | None:
    days: dict[str, list[str]] = {}
    for one in _dicts(record.get("dates")):
        day = _text(one.get("date"))
        if len(day) >= _LEAST_DATE:
            days.setdefault(_text(one.get("dateType")), []).append(day)
    return next((read_date(min(days[kind])) for kind in _DATES if kind in days), None)


def _crossref_date(record: dict[str, object]) -> datetime | None:
    for name in _DATE_PARTS:
        parts = _dict(record.get(name)).get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        numbers = (
            [part for part in first if isinstance(part, int)] if isinstance(first, list) else []
        )
        if len(numbers) > 1:
            return read_date("-".join(f"{number:02}" for number in numbers))
    return None


def _plain(text: str) -> str:
    return html_to_text(text) if "<" in text else one_line(text)


def _line(record: dict[str, object], name: str) -> str:
    return one_line(_text(record.get(name)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> Iterator[dict[str, object]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
