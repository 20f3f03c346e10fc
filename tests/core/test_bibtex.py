"""BibTeX that another program reads back as it was meant."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis.strategies import lists, text
from pybtex.database import parse_file

from papertrack.core.digest.cite import escape, to_bibtex
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item

if TYPE_CHECKING:
    from pathlib import Path

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
    assert fields["title"] == r"Truth \& {LLMs}: 100\% of \textbraceleft{}it\textbraceright{}"
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
    ("title", "written"),
    [
        (r"Bounds of $\Omega(2^{k})$", r"Bounds of {$\Omega(2^{k})$}"),
        (r"A \$5 idea, $7-$12 at most", r"A \$5 idea, \$7-\$12 at most"),
        ("The { in $x}$ and {{", r"The \textbraceleft{} in \$x\textbraceright{}\$ and"),
        (r"\emph{Na\"ive} methods", "Naïve methods"),
        ("Walks of hidden Markov models in Paris", "Walks of hidden {Markov} models in {Paris}"),
        ("On models: Why Bayes matters to some", "On models: Why {Bayes} matters to some"),
        ("Scaling Laws for Made-Up Models", "Scaling Laws for Made-Up Models"),
        ("On the iPhone and BERT", "On the {iPhone} and {BERT}"),
    ],
)
def test_a_title_keeps_its_formulas_and_the_capitals_that_matter(title: str, written: str) -> None:
    assert f"title = {{{written}" in to_bibtex([("k", replace(PAPER, title=title))])


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (("Martin L. Ek Jr", "Bo Sand"), "Ek, Jr, Martin L. and Bo Sand"),
        (("Ada van der Berg III",), "van der Berg, III, Ada"),
        (("A. Ekdahl", "et al."), "A. Ekdahl and others"),
        (("The QUUX Collaboration", "B. Farouk"), "{The QUUX Collaboration} and B. Farouk"),
    ],
)
def test_names_are_in_the_parts_that_bibtex_knows(names: tuple[str, ...], written: str) -> None:
    named = replace(PAPER, authors=tuple(map(Author, names)))

    assert f"author = {{{written}}}" in to_bibtex([("k", named)])


TITLES = (
    *("The { in made-up JSON", "Sets } of", "{{{ }", r"A \backslash and \{", "50% of #1 & a_b ~ ^"),
    *(r"$\frac{a$ and $b}$", "$x}{$", r"Regret of $\tilde{O}(\sqrt{T})$", '"Quoted" @work{x, y}'),
    *("漢字 and Ünïcode", "ends with \\", "a = b, c", r"{\it Planck} \ours"),
)


@pytest.fixture
def bibliography(tmp_path: Path) -> Path:
    """Write a bibliography of titles that are hard to write."""
    works = [(f"k{n}", replace(PAPER, title=title)) for n, title in enumerate(TITLES)]
    (tmp_path / "refs.bib").write_text(to_bibtex(works), encoding="utf-8")
    return tmp_path


def test_pybtex_reads_all_of_it(bibliography: Path) -> None:
    assert list(parse_file(bibliography / "refs.bib").entries) == [
        f"k{n}" for n in range(len(TITLES))
    ]


@pytest.mark.skipif(not shutil.which("biber"), reason="biber is not installed")
def test_biber_reads_all_of_it(bibliography: Path) -> None:
    command = ["biber", "--tool", "--output-file", "out.bib", "refs.bib"]
    ended = subprocess.run(command, cwd=bibliography, check=True, capture_output=True, text=True)

    assert "WARN" not in ended.stdout
    assert "ERROR" not in ended.stdout
    assert (bibliography / "out.bib").read_text("utf-8").count("@") >= len(TITLES)


@pytest.mark.skipif(not shutil.which("bibtex"), reason="bibtex is not installed")
def test_bibtex_reads_all_of_it(bibliography: Path) -> None:
    writes_keys = "FUNCTION{article}{cite$ write$ newline$}"
    style = f"ENTRY{{title author}}{{}}{{}} {writes_keys} READ ITERATE{{call.type$}}"
    (bibliography / "keys.bst").write_text(style, encoding="ascii")
    aux = "\\relax\n\\citation{*}\n\\bibstyle{keys}\n\\bibdata{refs}\n"
    (bibliography / "refs.aux").write_text(aux, encoding="ascii")
    here = {**os.environ, "BIBINPUTS": f"{bibliography}:", "BSTINPUTS": f"{bibliography}:"}
    program = str(shutil.which("bibtex"))
    subprocess.run([program, "refs"], cwd=bibliography, env=here, check=True, capture_output=True)

    keys = (bibliography / "refs.bbl").read_text("ascii").split()
    assert keys == [f"k{n}" for n in range(len(TITLES))]


@pytest.mark.parametrize(
    ("plain", "tex"),
    [("a_b", r"a\_b"), ("~x^2", r"\textasciitilde{}x\textasciicircum{}2"), ("è Å 字", "è Å 字")],
)
def test_what_tex_obeys_is_escaped(plain: str, tex: str) -> None:
    assert escape(plain) == tex
