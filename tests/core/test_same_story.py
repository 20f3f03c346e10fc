"""Which posts are about the paper that they link to."""

from __future__ import annotations

import pytest

from papertrack.core.works.same_story import names_paper

PAPER = "SoapFilm: Minimal surfaces in invented language models"


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        (PAPER, ""),
        ("soapfilm - minimal surfaces in invented language models | A Blog", ""),
        ("New paper: SoapFilm: Minimal Surfaces in Invented Language Models", ""),
        ("SoapFilm: Minimal surface in invented language model", ""),
        ("What we did", f"We are happy to share “{PAPER}”, with friends."),
        ("What we did", "Minimal surfaces: " + PAPER.upper()),
    ],
)
def test_post_called_like_the_paper_or_opening_with_it_is_about_it(
    title: str, summary: str
) -> None:
    assert names_paper(title, summary, PAPER)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("", ""),
        ("What we did", "There is a paper on minimal surfaces."),
        ("SoapFilm", ""),
        ("Weekly links", f"Read {PAPER}."),
        ("Newsletter 12", f"Read {PAPER}."),
        ("What we did", "word " * 200 + PAPER),
        ("Minimal surfaces", "In language models."),
    ],
)
def test_post_that_only_links_is_not_about_it(title: str, summary: str) -> None:
    assert not names_paper(title, summary, PAPER)


def test_part_before_the_colon_names_a_paper_when_it_says_enough() -> None:
    assert names_paper("Soap films", "", "Soap films: a study of invented models")
    assert not names_paper("Soap", "", "Soap: a study of invented models")


@pytest.mark.parametrize("short", ["Attention", "On models", "", "大規模"])
def test_short_title_counts_only_when_the_post_is_called_so(short: str) -> None:
    assert not names_paper("A long post", f"It is on {short} and on models and more.", short)
    assert names_paper(short, "", short) == bool(short)
