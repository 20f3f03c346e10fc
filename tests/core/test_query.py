"""What a query means to a server that groups to the right, and how its pages are addressed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, strategies as st

from papertrack.config.schema import ArxivQuerySource
from papertrack.core.arxiv.query import SubmissionWindow, query_url, write_query

if TYPE_CHECKING:
    import random

QUERY = ArxivQuerySource(slug="query", all=("sparse autoencoder",), categories=("cs.LG",))
WINDOW = SubmissionWindow(date(2026, 10, 30), date(2026, 11, 20))
_API = "https://export.arxiv.org/api/query"


def test_a_page_is_asked_for_newest_first_in_a_window_closed_at_both_ends() -> None:
    parts = urlsplit(query_url(_API, QUERY, WINDOW, start=400, size=100))

    assert f"https://{parts.netloc}{parts.path}" == _API
    assert parse_qs(parts.query) == {
        "search_query": [
            (
                '((all:"sparse autoencoder" AND cat:cs.LG) '
                "AND submittedDate:[202610300000 TO 202611202359])"
            )
        ],
        "start": ["400"],
        "max_results": ["100"],
        "sortBy": ["submittedDate"],
        "sortOrder": ["descending"],
    }


def test_a_query_in_arxivs_own_words_is_kept_together_by_brackets() -> None:
    raw = ArxivQuerySource(slug="q", query=" cat:cs.LG OR cat:cs.AI ")

    asked = parse_qs(urlsplit(query_url(_API, raw, WINDOW, start=0, size=200)).query)

    expected = "((cat:cs.LG OR cat:cs.AI) AND submittedDate:[202610300000 TO 202611202359])"
    assert asked["search_query"] == [expected]


# arXiv's grammar: no precedence, everything groups to the right, values in quotes are one.
_TOKEN = re.compile(
    r'\s*(?:([()])|(AND|OR|ANDNOT)(?=[\s(])|((?:all|au|cat):(?:"[^"]*"|[^\s()"]+)))'
)

Document = frozenset[str]
Meaning = Callable[[Document], bool]


def tokens_of(query: str) -> Iterator[str]:
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        assert match is not None, query[position:]
        yield next(filter(None, match.groups()))
        position = match.end()


def meaning_of(tokens: list[str]) -> Meaning:
    """Read tokens as the server does, taking them from the list."""
    token = tokens.pop(0)
    if token == "(":  # noqa: S105  # a bracket is no password
        left = meaning_of(tokens)
        assert tokens.pop(0) == ")"
    else:
        name = token
        left = lambda document: name in document  # noqa: E731  # read at once, below
    if not tokens or tokens[0] == ")":
        return left
    operator, right = tokens.pop(0), meaning_of(tokens)
    match operator:
        case "AND":
            return lambda document: left(document) and right(document)
        case "OR":
            return lambda document: left(document) or right(document)
        case _:
            return lambda document: left(document) and not right(document)


def test_the_grammar_here_has_the_trap_of_the_real_one() -> None:
    tokens = list(tokens_of("cat:cs.LG ANDNOT all:survey AND all:alignment"))

    assert meaning_of(tokens)(frozenset({"cat:cs.LG", "all:survey"}))


_word = st.sampled_from(["probe", "jail break", 'a "quoted" word', "AND", "x)", "pr*be"])
_category = st.sampled_from(["cs.LG", "cs.AI", "stat.ML"])


def _several(of: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(of, max_size=3, unique=True).map(tuple)


_queries = st.builds(
    ArxivQuerySource,
    slug=st.just("q"),
    all=_several(_word),
    any=_several(_word),
    authors=_several(st.sampled_from(["A Example", "B Sample"])),
    categories=_several(_category),
    exclude=_several(_word),
).filter(lambda query: bool(query.all or query.any or query.authors or query.categories))


def term(prefix: str, value: str) -> str:
    if prefix == "cat":
        return f"cat:{value}"
    plain = value.replace('"', " ").replace("*", " ")
    return f'{prefix}:"{" ".join(plain.split())}"'


@given(query=_queries, drawn=st.randoms(use_true_random=False))
def test_query_means_what_its_source_says(query: ArxivQuerySource, drawn: random.Random) -> None:
    everything = {
        *(term("all", word) for word in (*query.all, *query.any, *query.exclude)),
        *(term("au", name) for name in query.authors),
        *(term("cat", code) for code in query.categories),
    }
    document = frozenset(name for name in sorted(everything) if drawn.random() < 0.6)
    tokens = list(tokens_of(write_query(query)))
    understood = meaning_of(tokens)
    assert not tokens

    intended = (
        all(term("all", word) in document for word in query.all)
        and all(
            not values or any(term(prefix, value) in document for value in values)
            for prefix, values in (
                ("all", query.any),
                ("au", query.authors),
                ("cat", query.categories),
            )
        )
        and not any(term("all", word) in document for word in query.exclude)
    )
    assert understood(document) == intended


@pytest.mark.parametrize(
    ("source", "query"),
    [
        (ArxivQuerySource(slug="q", all=("a",)), 'all:"a"'),
        (ArxivQuerySource(slug="q", any=("a b", "c")), '(all:"a b" OR all:"c")'),
        (
            ArxivQuerySource(
                slug="q",
                any=("a", "b"),
                categories=("cs.LG", "cs.AI", "cs.CV"),
                exclude=("c", "d"),
            ),
            (
                '((((all:"a" OR all:"b") AND ((cat:cs.LG OR cat:cs.AI) OR cat:cs.CV)) '
                'ANDNOT all:"c") ANDNOT all:"d")'
            ),
        ),
    ],
)
def test_query_is_written_with_every_step_in_brackets(source: ArxivQuerySource, query: str) -> None:
    assert write_query(source) == query


def test_a_whole_archive_is_searched_with_all_its_categories() -> None:
    source = ArxivQuerySource(slug="q", all=("a",), categories=("cs", "hep-th"))

    assert write_query(source) == '(all:"a" AND (cat:cs.* OR cat:hep-th))'
