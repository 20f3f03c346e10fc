"""Queries in arXiv's own grammar, written so that no reading of it can mistake them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from papertrack.config.taxonomy import is_archive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import ArxivQuerySource

# Papers a page: the servers fail on some larger pages. It is halved when they fail on this one,
# and stays a divisor of every start, which the server rounds to whole pages.
PAGE_SIZE = 200
SMALLEST_PAGE = 25
# The servers hold no more than this of any result; their manual says 30,000, their code this.
MOST_RESULTS = 10_000
# Papers are found by the day they were submitted and appear when they are announced. Moderation
# holds some for days: one of 2025-10-30 was announced on 2025-11-12.
OVERLAP = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class SubmissionWindow:
    """The days of submission that are asked for, both included (UTC)."""

    since: date
    until: date


def query_url(
    api_url: str, source: ArxivQuerySource, window: SubmissionWindow, *, start: int, size: int
) -> str:
    """Address one page of a query, newest first.

    Args:
        api_url: Where the API is.
        source: The query.
        window: The days of submission.
        start: How many papers come before this page.
        size: How many it shows, at most.
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
    """Write a query, every group in parentheses and every value in quotes.

    The grammar knows no precedence and groups to the right, so ``a ANDNOT b AND c`` would mean
    ``a ANDNOT (b AND c)``; one pair of parentheses around each step makes every reading the same.
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
    """Write a category; a whole archive needs a star, or its name alone would be looked for."""
    return f"cat:{code}.*" if is_archive(code) else f"cat:{code}"


def _base(source: ArxivQuerySource) -> str:
    return f"({' '.join(source.query.split())})" if source.query else write_query(source)


def _submitted(window: SubmissionWindow) -> str:
    # Both ends, to the minute: the grammar reads an open end as a word to search for. Whole days,
    # so that a second request of the day is the same as the first and can come from a cache.
    return f"submittedDate:[{window.since:%Y%m%d}0000 TO {window.until:%Y%m%d}2359]"


def _quoted(value: str) -> str:
    return " ".join(value.replace('"', " ").replace("*", " ").split())


def _joined(terms: Sequence[str], operator: str) -> str:
    joined = terms[0]
    for term in terms[1:]:
        joined = f"({joined} {operator} {term})"
    return joined
