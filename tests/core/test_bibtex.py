"""BibTeX that another program reads back as it was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis.strategies import lists, text

from papertrack.core.digest.cite import escape, to_bibtex
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item

PAPER = Item(
    id=1,
    kind=Kind.PAPER,
    title="Truth & LLMs: 100% of {it}",
    url="https://arxiv.org/abs/2611.99901",
    authors=(Author("Ada van der Example", "Ada", "van der Example"), Author("Beta Team")),
    summary="",
    published_at=datetime(2026, 11, 2, tzinfo=UTC),
    updated_at=None,
    first_seen_at=datetime(2026, 11, 3, tzinfo=UTC),
    state=State.KEPT,
    arxiv=ArxivFacts(ArxivId("2611.99901", 2), primary="cs.LG"),
)


def test_a_paper_is_an_article_with_its_eprint() -> None:
    library = parse_string(to_bibtex([("example2026truth", PAPER)]))

    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    assert not library.failed_blocks
    assert (entry.entry_type, entry.key) == ("article", "example2026truth")
    assert fields["author"] == "van der Example, Ada and {Beta Team}"
    assert fields["title"] == r"Truth \& {LLMs}: 100\% of \{it\}"
    assert (fields["year"], fields["eprint"], fields["eprintclass"]) == (
        "2026",
        "2611.99901",
        "cs.LG",
    )


def test_a_post_is_misc_with_its_address() -> None:
    post = replace(PAPER, kind=Kind.POST, arxiv=None, url="https://example.org/a_b%20c?x={y}")

    library = parse_string(to_bibtex([("k", post)]))

    assert library.entries[0].entry_type == "misc"
    assert library.entries[0]["url"] == "https://example.org/a_b%20c?x=%7By%7D"


@given(text(max_size=60), lists(text(min_size=1, max_size=30), max_size=3))
def test_any_title_and_names_are_read_as_one_entry(title: str, names: list[str]) -> None:
    item = replace(PAPER, title=title, authors=tuple(Author(name) for name in names))

    library = parse_string(to_bibtex([("a", item), ("b", PAPER)]))

    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["a", "b"]


@pytest.mark.parametrize(
    ("plain", "tex"),
    [("a_b", r"a\_b"), ("~x^2", r"\textasciitilde{}x\textasciicircum{}2"), ("è Å 字", "è Å 字")],
)
def test_what_tex_obeys_is_escaped(plain: str, tex: str) -> None:
    assert escape(plain) == tex
