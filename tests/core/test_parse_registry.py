"""What DataCite, Crossref and bioRxiv say of a DOI."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.pages.registry import parse_biorxiv, parse_crossref, parse_datacite
from papertrack.core.records import ArxivFacts, ArxivId, Author, Document, Entry
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "titles",
                    "title",
                    "doi",
                    "DOI",
                    "creators",
                    "author",
                    "dates",
                    "issued",
                    "authors",
                ]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


def _datacite(**said: object) -> Entry:
    body = {"data": {"attributes": {"titles": [{"title": "A study"}], **said}}}
    (entry,) = parse_datacite(json.dumps(body).encode()).entries
    return entry


def _crossref(**said: object) -> Entry:
    body = {"message": {"title": ["A study"], **said}}
    (entry,) = parse_crossref(json.dumps(body).encode()).entries
    return entry


def test_of_a_paper_on_arxiv_datacite_tells_what_arxiv_told_it() -> None:
    entry = _datacite(
        doi="10.48550/ARXIV.2611.99901",
        titles=[{"title": " Where small\n models stop "}],
        creators=[
            {"name": "Example, Ada", "givenName": "Ada", "familyName": "Example"},
            {"name": "The Sample Collaboration", "nameType": "Organizational"},
            "junk",
        ],
        descriptions=[
            {"description": "We study it.\x1b[31m", "descriptionType": "Abstract"},
            {"description": "9 pages", "descriptionType": "Other"},
        ],
        dates=[
            {"date": "2026-11-20T10:00:00Z", "dateType": "Submitted"},
            {"date": "2026-11-16T08:30:00Z", "dateType": "Submitted"},
            {"date": "2026-11", "dateType": "Available"},
        ],
        subjects=[
            {"subject": "Machine Learning (cs.LG)", "subjectScheme": "arXiv"},
            {"subject": "FOS: Computer and information sciences"},
        ],
        rightsList=[{"rightsUri": "http://creativecommons.org/licenses/by/4.0/"}],
        url="https://example.org/elsewhere",
    )

    assert entry == Entry(
        guid="oai:arXiv.org:2611.99901",
        title="Where small models stop",
        url="https://arxiv.org/abs/2611.99901",
        authors=(Author("Ada Example", "Ada", "Example"), Author("The Sample Collaboration")),
        summary="We study it.",
        published_at=datetime(2026, 11, 16, 8, 30, tzinfo=UTC),
        arxiv=ArxivFacts(
            ArxivId("2611.99901"),
            primary="cs.LG",
            categories=("cs.LG",),
            comment="9 pages",
            licence="http://creativecommons.org/licenses/by/4.0/",
        ),
    )


def test_of_other_works_datacite_tells_the_doi_and_the_page() -> None:
    entry = _datacite(doi="10.5555/Data.1", url="https://example.org/data", publicationYear=2026)

    assert (entry.doi, entry.url, entry.arxiv, entry.published_at) == (
        "10.5555/data.1",
        "https://example.org/data",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("issued", "day"), [([2026, 11, 18], 18), ([2026, 11], 1), ([2026], None), ([None], None)]
)
def test_crossref_dates_a_work_unless_it_knows_only_the_year(
    issued: list[int | None], day: int | None
) -> None:
    told = _crossref(DOI="10.1234/x", issued={"date-parts": [issued]}).published_at

    assert told == (datetime(2026, 11, day, tzinfo=UTC) if day else None)


def test_crossref_titles_and_abstracts_lose_their_markup() -> None:
    entry = _crossref(title=["On <i>probes</i> &amp; maps"], abstract="<jats:p>We probe.</jats:p>")

    assert (entry.title, entry.summary) == ("On probes & maps", "We probe.")


@pytest.mark.parametrize("read", [parse_datacite, parse_crossref])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"[" * 100_000, b'{"data": 1}'])
def test_what_is_no_answer_is_refused(read: Callable[[bytes], Document], body: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read(body)


PREPRINT = {
    "doi": "10.64898/2026.11.02.699999",
    "title": "Maps of <i>small</i> circuits",
    "authors": "Example, A. B.; van Sample, B.; The Map Consortium; ",
    "date": "2026-11-04",
    "version": "1",
    "category": "neuroscience",
    "abstract": "We map.",
    "published": "NA",
    "server": "bioRxiv",
}


def test_of_a_preprint_biorxiv_tells_the_newest_version_and_the_first_date() -> None:
    revised = PREPRINT | {"version": "10", "date": "2026-11-18", "abstract": "We map more."}
    old = PREPRINT | {"version": "2", "title": "Maps"}
    said = {"messages": [{"status": "ok"}], "collection": [revised, PREPRINT, old]}

    (entry,) = parse_biorxiv(json.dumps(said).encode()).entries

    assert entry == Entry(
        guid="doi:10.64898/2026.11.02.699999",
        title="Maps of small circuits",
        url="https://doi.org/10.64898/2026.11.02.699999",
        authors=(
            Author("A. B. Example", "A. B.", "Example"),
            Author("B. van Sample", "B.", "van Sample"),
            Author("The Map Consortium"),
        ),
        summary="We map more.",
        published_at=datetime(2026, 11, 4, tzinfo=UTC),
        updated_at=datetime(2026, 11, 18, tzinfo=UTC),
        doi="10.64898/2026.11.02.699999",
    )


def test_a_preprint_that_a_server_does_not_have_is_no_error() -> None:
    said = {"messages": [{"status": "no posts found"}], "collection": []}

    assert parse_biorxiv(json.dumps(said).encode()).entries == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<p>", b'{"collection": [{"title": 3}]}'])
def test_what_is_no_answer_of_biorxiv_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        parse_biorxiv(body)


@settings(max_examples=50)
@given(_values)
def test_any_json_is_a_work_or_refused(value: object) -> None:
    for read, body in (
        (parse_datacite, {"data": {"attributes": value}}),
        (parse_crossref, {"message": value}),
        (parse_biorxiv, {"messages": [], "collection": value}),
        (parse_biorxiv, {"collection": [value]}),
    ):
        with contextlib.suppress(UnreadableDocument):
            for entry in read(json.dumps(body).encode()).entries:
                assert entry.title
