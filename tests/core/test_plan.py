"""Which documents a run asks for, and what a query means to a server that groups to the right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, strategies as st

from papertrack.config import ArxivConfig, ArxivQuerySource, ArxivSource, Config, FeedSource
from papertrack.core.plan import plan, takes, wants, write_query
from papertrack.core.records import ArxivFacts, ArxivId, Entry

if TYPE_CHECKING:
    import random

LEARNING = ArxivSource(slug="learning", categories=("cs.LG", "cs.AI"))
VISION = ArxivSource(slug="vision", categories=("cs.CV", "cs.LG"), user_agent="example/1")
BLOG = FeedSource(slug="blog", url="https://example.org/feed", allow_private_network=True)
QUERY = ArxivQuerySource(slug="query", all=("sparse autoencoder",), categories=("cs.LG",))


def paper_in(*categories: str, title: str = "A title") -> Entry:
    facts = ArxivFacts(ArxivId("2611.99901"), categories=categories)
    return Entry("g", title, summary="An abstract", arxiv=facts)


def test_daily_feed_is_asked_for_once_for_all_categories() -> None:
    downloads = plan(Config(), [LEARNING, BLOG, VISION])

    assert [(one.url, one.kind) for one in downloads] == [
        ("https://rss.arxiv.org/atom/cs.AI+cs.CV+cs.LG", "arxiv"),
        ("https://example.org/feed", "feed"),
    ]
    daily, feed = downloads
    assert daily.readers == (LEARNING, VISION)
    assert (daily.is_arxiv, feed.is_arxiv) == (True, False)
    assert (daily.allow_private_network, feed.allow_private_network) == (False, True)
    assert (daily.user_agent, feed.user_agent) == ("example/1", None)


def test_query_is_asked_for_at_the_api_newest_first() -> None:
    (download,) = plan(Config(), [QUERY])

    parts = urlsplit(download.url)
    assert f"https://{parts.netloc}{parts.path}" == "https://export.arxiv.org/api/query"
    assert parse_qs(parts.query) == {
        "search_query": ['(all:"sparse autoencoder" AND cat:cs.LG)'],
        "start": ["0"],
        "max_results": ["200"],
        "sortBy": ["submittedDate"],
        "sortOrder": ["descending"],
    }
    assert (download.is_arxiv, download.kind) == (True, "arxiv")


def test_mirror_that_the_author_named_may_be_a_private_one() -> None:
    mirrors = ArxivConfig(feed_url="http://127.0.0.1:1/atom/", api_url="http://127.0.0.1:1/api")

    downloads = plan(Config(arxiv=mirrors), [LEARNING, QUERY])

    assert downloads[0].url == "http://127.0.0.1:1/atom/cs.AI+cs.LG"
    assert all(one.allow_private_network for one in downloads)


def test_nothing_is_planned_without_sources() -> None:
    assert plan(Config(), []) == []


def test_fingerprint_changes_with_who_reads_and_what_they_choose() -> None:
    (one,) = plan(Config(), [BLOG])
    readers = (
        FeedSource(slug="blog", url=BLOG.url, allow_private_network=True, include=("cat",)),
        FeedSource(slug="blog", url=BLOG.url, allow_private_network=True, exclude=("cat",)),
        FeedSource(slug="other", url=BLOG.url, allow_private_network=True),
    )

    prints = {one.fingerprint, *(replace(one, readers=(reader,)).fingerprint for reader in readers)}
    assert len(prints) == 4
    assert plan(Config(), [BLOG])[0].fingerprint == one.fingerprint


@pytest.mark.parametrize(
    ("categories", "taken"),
    [(("cs.LG",), True), (("stat.ML", "cs.ai"), True), (("cs.CV",), False), ((), True)],
)
def test_shared_feed_is_divided_by_category(categories: tuple[str, ...], *, taken: bool) -> None:
    assert takes(LEARNING, paper_in(*categories)) is taken


def test_whole_archive_takes_its_categories_and_other_sources_take_all() -> None:
    archive = ArxivSource(slug="all", categories=("cs", "hep-th"))

    assert takes(archive, paper_in("cs.CV"))
    assert takes(archive, paper_in("hep-th"))
    assert not takes(archive, paper_in("stat.ML"))
    assert takes(QUERY, paper_in("stat.ML"))
    assert takes(LEARNING, Entry("g", "T"))


def test_words_of_a_source_look_into_title_and_abstract() -> None:
    choosy = ArxivSource(slug="a", categories=("cs.LG",), include=("abstract",), exclude=("dull",))

    assert wants(choosy, paper_in("cs.LG"))
    assert not wants(choosy, paper_in("cs.LG", title="A dull title"))
    assert not wants(choosy, Entry("g", "A title"))
    assert wants(ArxivQuerySource(slug="q", all=("x",), exclude=("abstract",)), paper_in("cs.LG"))


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
