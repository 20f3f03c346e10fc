"""Write queries in the syntax of arXiv's API, with no dependence on operator precedence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from papertrack.config.taxonomy import is_archive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import ArxivQuerySource

# Papers per page; the servers fail on some larger pages. If they fail on this size, it is halved,
# so that it still divides every start, which the server rounds to whole pages.
PAGE_SIZE = 200
SMALLEST_PAGE = 25
# The servers return no more results than this; their manual says 30,000, their code this.
MOST_RESULTS = 10_000
# A query selects papers by submission date, but they appear only once announced. Moderation holds
# some of them for days: one submitted on 2025-10-30 was announced on 2025-11-12.
OVERLAP = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class SubmissionWindow:
    """A range of submission dates, both included (UTC)."""

    since: date
    until: date


def query_url(
    api_url: str, source: ArxivQuerySource, window: SubmissionWindow, *, start: int, size: int
) -> str:
    """Return the address of one page of a query, newest first.

    Args:
        api_url: The address of the API.
        source: The query.
        window: The submission dates.
        start: The number of papers to skip.
        size: The maximum number of papers on the page.
    """
    parameters = {
        "search_query": f"({_base(source)} AND {_submitted(window)})",
        "start": start,
        "max_results": size,
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }
    return f"{api_url}?{urlencode(parameters)}"


def write_query(source: ArxivQuerySource) -> str:
    """Write a query with every group in parentheses and every value in quotes.

    The grammar has no precedence and groups to the right: ``a ANDNOT b AND c`` would mean
    ``a ANDNOT (b AND c)``. Parentheses around each step leave no ambiguity.
    """
    groups = [f'all:"{_quoted(word)}"' for word in source.all]
    for prefix, values in (("all", source.any), ("au", source.authors), ("cat", source.categories)):
        if values:
            terms = [
                _category(value) if prefix == "cat" else f'{prefix}:"{_quoted(value)}"'
                for value in values
            ]
            groups.append(_joined(terms, "OR"))
    query = _joined(groups, "AND")
    for word in source.exclude:
        query = f'({query} ANDNOT all:"{_quoted(word)}")'
    return query


def _category(code: str) -> str:
    """Write a category; a whole archive needs ``.*`` to include its categories."""
    return f"cat:{code}.*" if is_archive(code) else f"cat:{code}"


def _base(source: ArxivQuerySource) -> str:
    return f"({' '.join(source.query.split())})" if source.query else write_query(source)


def _submitted(window: SubmissionWindow) -> str:
    # Both ends, to the minute: the grammar treats an open end as a search term. Whole days, so that
    # a second request on the same day is identical and can be answered from a cache.
    return f"submittedDate:[{window.since:%Y%m%d}0000 TO {window.until:%Y%m%d}2359]"


def _quoted(value: str) -> str:
    return " ".join(value.replace('"', " ").replace("*", " ").split())


def _joined(terms: Sequence[str], operator: str) -> str:
    joined = terms[0]
    for term in terms[1:]:
        joined = f"({joined} {operator} {term})"
    return joined
