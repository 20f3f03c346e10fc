"""A typed query is refused where arXiv's API would read something else, with what it would read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.config.query_lint import query_problems
from papertrack.config.read import ConfigMistake, read_config
from tests.arxiv_documents import Preprint
from tests.arxiv_search import read_search

if TYPE_CHECKING:
    from pathlib import Path

DATES = "submittedDate:[202611140000 TO 202611212359]"
TOGETHER = "use parentheses to group the terms"

PROBLEMS = {
    "  ": "is empty; write a search, like cat:cs.LG AND ti:circuits",
    "cat:cs.LG and ti:x": '"and" is read as a word to search for; write AND',
    "ti:x Or ti:y": '"Or" is read as a word to search for; write OR',
    "ti:x AND NOT ti:y": '"NOT" is read as a word to search for; write ANDNOT',
    "ti:x && ti:y": '"&&" is read as a word to search for; write AND',
    "ti:x AND -survey": '"-survey" does not exclude a word; write ANDNOT all:survey',
    "cat:cs.LG OR cat:cs.AI AND all:x": (
        f"is read as cat:cs.LG OR (cat:cs.AI AND all:x); {TOGETHER}"
    ),
    "cat:cs.LG AND ti:a OR ti:b": f"is read as cat:cs.LG AND (ti:a OR ti:b); {TOGETHER}",
    "cat:cs.LG ANDNOT ti:survey AND abs:alignment": (
        f"is read as cat:cs.LG ANDNOT (ti:survey AND abs:alignment); {TOGETHER}"
    ),
    "ti:a ANDNOT ti:b ANDNOT ti:c": f"is read as ti:a ANDNOT (ti:b ANDNOT ti:c); {TOGETHER}",
    "ti:a AND (ti:b OR ti:c AND ti:d)": f"is read as ti:b OR (ti:c AND ti:d); {TOGETHER}",
    "mechanistic interpretability": (
        "mechanistic interpretability is read as all:mechanistic OR all:interpretability;"
        ' write all:"mechanistic interpretability"'
    ),
    "ti:(sparse autoencoder)": (
        'sparse autoencoder is read as ti:sparse OR ti:autoencoder; write ti:"sparse autoencoder"'
    ),
    "ti:sparse autoencoder AND cat:cs.LG": (
        "ti:sparse autoencoder is read as ti:sparse OR all:autoencoder;"
        ' write ti:"sparse autoencoder"'
    ),
    "cat:cs.LG (ti:x)": (
        "cat:cs.LG (ti:x) is read as cat:cs.LG OR (ti:x); write AND or OR between them"
    ),
    "au:del_maestro AND au:le_cun": (
        'only the first "_" of a query is read as a space; write names like au:"le cun"'
    ),
    "submittedDate:[202611140000 TO *]": (
        "submittedDate:[202611140000 TO *] is not a range that arXiv can read;"
        f" give both ends in full, like {DATES}"
    ),
    "submittedDate:[20261114 TO now]": (
        "submittedDate:[20261114 TO now] is not a range that arXiv can read;"
        f" give both ends in full, like {DATES}"
    ),
    "submittedDate:202611*": (
        "submittedDate:202611* is not a range that arXiv can read;"
        f" give both ends in full, like {DATES}"
    ),
    "submittedDate:[20261314 TO 20261401]": (
        f"submittedDate:[20261314 TO 20261401] names a day that does not exist; write {DATES}"
    ),
    "submittedDate:[20261121 TO 20261114]": (
        "submittedDate:[20261121 TO 20261114] ends before it begins; write the earlier day first"
    ),
    "lastUpdatedDate:[20261114 TO 20261121]": (
        f"lastUpdatedDate is read as submittedDate, the first version's; write {DATES}"
    ),
    "ti:[a]": f"ti:[a] is not a date range; write {DATES}",
    "(ti:a AND (ti:b": 'has 2 unclosed "("; add a ")" for each',
    "ti:a)": 'has a ")" without a "("; add one before it, or remove it',
    "ti:a AND ()": 'contains an empty "()"; remove it',
    'ti:"a b': "has an unclosed quotation mark; put one before and after each phrase",
    "AND ti:a": "AND has nothing before it; remove it, or add what is missing",
    "ti:a AND OR ti:b": "OR has nothing before it; remove it, or add what is missing",
    "ti:a ANDNOT": "ANDNOT has nothing after it; remove it, or add what is missing",
    "ti: x": "ti: has nothing to search for; add a word or a phrase",
    'ti:""': 'ti:"" has nothing to search for; add a word or a phrase',
    "abstract:x": '"abstract:" is not a field; did you mean "abs:"?',
    "TI:x": '"TI:" is not a field; did you mean "ti:"?',
    "titel:x": '"titel:" is not a field; did you mean "ti:"?',
    "https://example.org": (
        '"https:" is not a field; write one of ti, au, abs, co, jr, cat, rn, id, doi, all,'
        " submittedDate, or the text in quotes"
    ),
    "cat:cs.LG+AND+ti:x": ('"LG+AND" is read as one word; write a space instead of "+"'),
    "ti:%22a%22": '"%22" is an escape for URLs; write the character itself',
    "cat:cs.GL2": '"cs.GL2" is not an arXiv category; did you mean "cs.GL"?',
    "cat:(cs.LG OR cs.lg)": '"cs.lg" is not an arXiv category; did you mean "cs.LG"?',
    "cat:cmp-lg": '"cmp-lg" is now called "cs.CL"; write that',
    "cat:cs": '"cs" is a whole archive, not a category; write cat:cs.*',
    "cat:zz.*": '"zz.*" is not an arXiv category; write one like "cs.LG"',
    "ti:\x1b[31m": "contains invisible characters; type it again",
}


@pytest.mark.parametrize(("query", "problem"), PROBLEMS.items(), ids=map(repr, PROBLEMS))
def test_what_would_be_read_otherwise_is_said(query: str, problem: str) -> None:
    assert next(query_problems(query), None) == problem


@pytest.mark.parametrize(
    "query",
    [
        "interpretability",
        'all:"mechanistic interpretability"',
        "cat:cs.LG",
        "cat:cs.*",
        "cat:hep-th OR cat:cs.SY",
        'ti:(circuits OR "sparse autoencoder")',
        "ti:a AND ti:b AND ti:c",
        "ti:a OR ti:b OR ti:c",
        "ti:a AND ti:b ANDNOT ti:c",
        '((cat:cs.LG OR cat:cs.AI) AND (all:"a b" OR all:c)) ANDNOT (cat:cs.CV)',
        f"(cat:cs.LG AND {DATES})",
        "submittedDate:[20261114 TO 20261121]",
        'au:del_maestro OR au:"le cun"',
        'all:C++ OR all:"C++ and (or) % of"',
        "ti:a\nAND ti:b",
        "id:2611.99901 OR doi:10.5555/example.1",
        "title:circuits",
    ],
)
def test_what_is_read_as_it_was_meant_passes(query: str) -> None:
    assert list(query_problems(query)) == []


@dataclass(frozen=True)
class Branch:
    """Two searches and how they are joined."""

    operator: str
    left: Branch | str
    right: Branch | str

    def __str__(self) -> str:
        return f"({self.left} {self.operator} {self.right})"


WORDS = st.sampled_from(["circuit", "sparse", "probe", "and", "or not"])
TERMS = st.one_of(
    st.builds('{}:"{}"'.format, st.sampled_from(["ti", "abs", "au", "all"]), WORDS),
    st.builds("cat:{}".format, st.sampled_from(["cs.LG", "cs.AI", "hep-th", "cs.*"])),
    st.just(DATES),
)
SEARCHES = st.recursive(
    TERMS,
    lambda inside: st.builds(Branch, st.sampled_from(["AND", "OR", "ANDNOT"]), inside, inside),
    max_leaves=12,
)
PAPERS = st.builds(
    Preprint,
    st.just("2611.99901"),
    title=WORDS,
    abstract=WORDS,
    categories=st.sampled_from([("cs.LG",), ("hep-th", "cs.AI"), ("math.CO",)]),
)


def finds(search: Branch | str, paper: Preprint) -> bool:
    if isinstance(search, str):
        return read_search(search)(paper)
    left, right = finds(search.left, paper), finds(search.right, paper)
    return {"AND": left and right, "OR": left or right}.get(search.operator, left and not right)


@given(SEARCHES, PAPERS)
def test_a_query_with_all_its_parentheses_passes_and_finds_what_was_meant(
    search: Branch | str, paper: Preprint
) -> None:
    query = str(search)

    assert list(query_problems(query)) == []
    assert read_search(query)(paper) == finds(search, paper)


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from([*'()":[]+-%_ ', "AND", "or", "ti:", "cat:cs.LG", "x y"])).map(
            " ".join
        ),
    )
)
def test_anything_typed_is_met_with_sentences_of_one_line(query: str) -> None:
    for problem in query_problems(query):
        assert problem.isprintable()
        assert "; " in problem


QUERY = '[[sources]]\nslug = "a"\nkind = "arxiv-query"\n'
MISTAKES = {
    "a query that is read otherwise": (
        QUERY + "query = 'cat:cs.LG and ti:x'",
        '4: sources[1].query: "and" is read as a word to search for; write AND',
    ),
    "a query beside what it replaces": (
        QUERY + 'query = "ti:x"\nall = ["x"]\nexclude = ["y"]',
        "4: sources[1].query: replaces `all` and `exclude`; use one or the other",
    ),
    "an empty query": (
        QUERY + 'query = ""',
        "4: sources[1].query: is empty; write a search, like cat:cs.LG AND ti:circuits",
    ),
    "a category in the wrong case": (
        QUERY + 'all = ["x"]\ncategories = ["cs.AI", "cs.lg"]',
        '5: sources[1].categories: "cs.lg" is not an arXiv category; did you mean "cs.LG"?',
    ),
    "a category that was renamed": (
        QUERY + 'all = ["x"]\ncategories = ["cmp-lg"]',
        '5: sources[1].categories: "cmp-lg" is now called "cs.CL"; write that',
    ),
    "a name for a category": (
        '[[sources]]\nslug = "a"\nkind = "arxiv"\ncategories = ["Robotics"]',
        '4: sources[1].categories: "Robotics" is not an arXiv category; did you mean "cs.RO"?',
    ),
    "more first entries than are read": (
        "[fetch]\nmax_first = 10001",
        "2: fetch.max_first: must be 0 to 10000",
    ),
    "days before today": ("[fetch]\nfirst_days = -1", "2: fetch.first_days: must be 0 to 90 days"),
    "a year of arXiv": ("[fetch]\nfirst_days = 365", "2: fetch.first_days: must be 0 to 90 days"),
    "fewer first entries than none": (
        '[[sources]]\nslug = "a"\nkind = "feed"\nurl = "https://x.org"\nmax_first = -1',
        "5: sources[1].max_first: must be 0 to 10000",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigMistake) as caught:
        read_config(path)

    assert str(caught.value) == f"{path}:{expected}"


@pytest.mark.parametrize(
    "text",
    [
        QUERY + "query = 'ti:circuits'",
        QUERY + "query = 'ti:circuits'\ninclude = ['sparse']",
        '[[sources]]\nslug = "a"\nkind = "arxiv"\ncategories = ["cs", "cs.NA", "hep-th"]',
        "[fetch]\nmax_first = 0\nfirst_days = 90",
    ],
    ids=["a query alone", "a query, narrowed", "archives and aliases", "the ends of the ranges"],
)
def test_what_is_right_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    read_config(path)
