"""What the registries of DOIs say of a work: DataCite and Crossref, both in JSON.

Shapes: https://support.datacite.org/docs/api-get-doi and
https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md; nothing in them is relied on.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.arxiv.parse import arxiv_categories, is_withdrawal
from papertrack.core.dates import read_date
from papertrack.core.records import ArxivFacts, Author, Document, Entry
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.html_text import html_to_text
from papertrack.core.works.identity import read_doi
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from papertrack.core.records import ArxivId

_CATEGORY = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*$")
# The first that is there dates a work; a year alone would be New Year's Day.
_DATES = ("Submitted", "Issued", "Available", "Created")
_DATE_PARTS = ("published-online", "published", "issued", "posted", "published-print")
_LEAST_DATE = len("2026-11")


def parse_datacite(body: bytes) -> Document:
    """Read DataCite's answer about one DOI.

    Returns:
        A document with one entry; of a paper on arXiv it has arXiv's facts.

    Raises:
        UnreadableDocument: It is something else, or gives no title.
    """
    said = _dict(_dict(_read(body, "DataCite").get("data")).get("attributes"))
    doi = read_doi(_text(said.get("doi")))
    title = next((text for one in _dicts(said.get("titles")) if (text := _line(one, "title"))), "")
    described = {
        _text(one.get("descriptionType")): _plain(_text(one.get("description")))
        for one in reversed(list(_dicts(said.get("descriptions"))))
    }
    paper = read_arxiv_id(doi or "")
    entry = Entry(
        guid=f"oai:arXiv.org:{paper.base}" if paper else f"doi:{doi}",
        title=_titled(title, "DataCite"),
        url=paper.url if paper else http_url(_text(said.get("url"))),
        authors=tuple(_creators(said.get("creators"))),
        summary=described.get("Abstract", ""),
        published_at=_datacite_date(said),
        arxiv=_arxiv_facts(paper, said, described) if paper else None,
        doi=None if paper else doi,
    )
    return Document(entry.title, (entry,))


def parse_crossref(body: bytes) -> Document:
    """Read Crossref's answer about one DOI.

    Returns:
        A document with one entry.

    Raises:
        UnreadableDocument: It is something else, or gives no title.
    """
    said = _dict(_read(body, "Crossref").get("message"))
    doi = read_doi(_text(said.get("DOI")))
    titles = said.get("title")
    title = _plain(_text(titles[0] if isinstance(titles, list) and titles else titles))
    entry = Entry(
        guid=f"doi:{doi}",
        title=_titled(title, "Crossref"),
        url=http_url(_text(_dict(_dict(said.get("resource")).get("primary")).get("URL")))
        or http_url(_text(said.get("URL"))),
        authors=tuple(_creators(said.get("author"), given="given", family="family")),
        summary=_plain(_text(said.get("abstract"))),
        published_at=_crossref_date(said),
        doi=doi,
    )
    return Document(entry.title, (entry,))


def _arxiv_facts(paper: ArxivId, said: dict[str, object], described: dict[str, str]) -> ArxivFacts:
    comment = one_line(described.get("Other", ""))
    categories = arxiv_categories(_categories(said.get("subjects")))
    licences = (http_url(_text(one.get("rightsUri"))) for one in _dicts(said.get("rightsList")))
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
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"{who} sent no JSON"
        raise UnreadableDocument(message) from error
    return _dict(said)


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


def _datacite_date(said: dict[str, object]) -> datetime | None:
    told: dict[str, list[str]] = {}
    for one in _dicts(said.get("dates")):
        day = _text(one.get("date"))
        if len(day) >= _LEAST_DATE:
            told.setdefault(_text(one.get("dateType")), []).append(day)
    return next((read_date(min(told[kind])) for kind in _DATES if kind in told), None)


def _crossref_date(said: dict[str, object]) -> datetime | None:
    for name in _DATE_PARTS:
        parts = _dict(said.get(name)).get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        numbers = (
            [part for part in first if isinstance(part, int)] if isinstance(first, list) else []
        )
        if len(numbers) > 1:
            return read_date("-".join(f"{number:02}" for number in numbers))
    return None


def _plain(text: str) -> str:
    return html_to_text(text) if "<" in text else one_line(text)


def _line(said: dict[str, object], name: str) -> str:
    return one_line(_text(said.get(name)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> Iterator[dict[str, object]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
