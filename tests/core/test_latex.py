"""Titles in LaTeX come out as plain text, whole."""

# ruff: noqa: RUF001  # formulas are made of signs that look like others

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.title import (
    PieceKind,
    TitlePiece,
    pieces,
    plain_math,
    plain_title,
    safe_math,
)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (r"Schr\"odinger and Erd\H{o}s--R\'enyi", "Schrödinger and Erdős\N{EN DASH}Rényi"),
        (r"\emph{Na\"ive} {BERT}", "Naïve BERT"),
        (r"\textsc{Foo}: {\it bar} \texttt{a_b}", "Foo: bar a_b"),
        (
            r"\alpha-divergence in \mathcal{N}=4",
            "\N{GREEK SMALL LETTER ALPHA}-divergence in \N{MATHEMATICAL SCRIPT CAPITAL N}=4",
        ),
        (r"50\% of R\&D", "50% of R&D"),
        (r"\'Etale: 5% of $x # y & z^2 ~3", "Étale: 5% of $x # y & z^2 ~3"),
        (r"Figure~1 of \AA", "Figure\N{NO-BREAK SPACE}1 of Å"),
        ("``Yes'' and ``no''", "“Yes” and “no”"),
        ("5% of ~3 & {x}", "5% of ~3 & {x}"),
        (r"C:\new\folder", r"C:\new\folder"),
        (r"\ours: a method", r"\ours: a method"),
        (r"\ECUAS{n}: a family", r"\ECUAS{n}: a family"),
        (r"A result of \cite{somebody}", r"A result of \cite{somebody}"),
        (r"\emph{never closed", r"\emph{never closed"),
        ("ends with \\", "ends with \\"),
        (r"\href{https://example.org}{here", r"\href{https://example.org}{here"),
    ],
)
def test_text_is_written_like_this(typed: str, shown: str) -> None:
    assert " ".join(plain_title(typed).split(" ")) == shown.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("title", "formulas"),
    [
        ("$5 and $10", []),
        ("from $5/$10", []),
        ("$O(n^2)$ for $a_1 < b_2$", ["$O(n^2)$", "$a_1 < b_2$"]),
        (r"($\times$4)", [r"$\times$"]),
        (r"\(x\) and \$5", ["$x$"]),
        (r"\texorpdfstring{$a$}{b}", []),
        ("$$", []),
        ("a $ b", []),
    ],
)
def test_formulas_are_told_from_money(title: str, formulas: list[str]) -> None:
    assert [one.text for one in pieces(title) if one.is_math] == formulas


def test_text_around_a_formula_keeps_its_blanks() -> None:
    assert pieces(r"\emph{On} $x$ and \emph{y}") == [
        TitlePiece("On", PieceKind.EMPHASIS),
        TitlePiece(" "),
        TitlePiece("$x$", PieceKind.MATH),
        TitlePiece(" and "),
        TitlePiece("y", PieceKind.EMPHASIS),
    ]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("$O(n^2)$", "O(n²)"),
        (r"$\ell_1$", "ℓ₁"),
        (r"$^\circ$", "°"),
        (r"$\mathbf{S^2LM}$", "S²LM"),
        (r"$a_{12} \times b^{\text{T}}$", "a₁₂ \N{MULTIPLICATION SIGN} bᵀ"),
        (r"$x_{\alpha q}$", "x_αq"),
        (r"$\mathbb{R}^{d\times d}$", "ℝ^(d×d)"),
        (r"$\tilde{O}(\sqrt{n})$", "Õ(√n)"),
        (r"$\frac{1}{3}y_t$", "⅓yₜ"),
        (r"$\frac{a}{b}c + \frac{n+1}{2}$", "(a/b)c + (n+1)/2"),
        (r"$x=\arg\max f$", "x=arg max f"),
        (r"$n\log^2 n$", "n log² n"),
        (r"$B \to K^* \ell^+$", "B → K* ℓ⁺"),
        (r"$\operatorname*{arg\,max}_x$", "arg maxₓ"),
        (r"$\left( \textit{don't} \right)$", "(don't)"),
        (r"$\mathbb{F}_{p^m}[u]$", "𝔽_(pᵐ)[u]"),
        (r"PM$_{2.5}$"[2:], "_2.5"),
        (r"$\not\in$", "∉"),
        (r"$\foo$", "foo"),
        (r"$\foo{x}$", "foo(x)"),
        (r"$\frac{a$", r"\frac{a"),
    ],
)
def test_formula_is_written_in_plain_characters(formula: str, shown: str) -> None:
    assert plain_math(formula) == shown


def test_formula_that_is_kept_holds_no_markup() -> None:
    assert safe_math("$a_1<b$") == r"$a_1\lt b$"
    assert safe_math("${x}_a [1]*$") == r"${x}_ a \lbrack 1\rbrack \ast $"
    assert safe_math("$`$") is None
    assert safe_math(r"$\*$") is None


@given(text=st.text(alphabet="\\{}$%&#~^_ab'\"`é"))
def test_anything_ends_without_an_error(text: str) -> None:
    plain_title(text)
    for piece in pieces(text):
        plain_math(piece.text)


@pytest.mark.parametrize("title", ["{" * 400 + "\\a" + "}" * 400, "\\" * 900, "\\emph{" * 150])
def test_deep_nesting_stays_as_it_is(title: str) -> None:
    assert plain_title(title) == title
