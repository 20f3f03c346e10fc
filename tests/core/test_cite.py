"""How a digest names the authors of a work."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from papertrack.core.digest.cite import (
    PlainCitation,
    assign_keys,
    citation_key,
    cite_item,
    family_name,
    family_names,
    full_names,
    join_and,
    year_of,
)
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item, Judgement, Submission

IN_2023 = datetime(2023, 4, 19, tzinfo=UTC)


def item(*names: str, kind: Kind = Kind.PAPER, **notes: str) -> Item:
    return Item(
        id=1,
        kind=kind,
        title="The Limits of Everything",
        url="https://example.org/1",
        authors=tuple(map(Author, names)),
        summary="",
        published_at=IN_2023,
        updated_at=None,
        first_seen_at=IN_2023,
        state=State.KEPT,
        identifiers=("url:https://example.org/1",),
        judgement=Judgement(notes=notes),
    )


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Ada Lovelace", "Lovelace"),
        ("Ada B. Lovelace", "Lovelace"),
        ("A. B. Lovelace", "Lovelace"),
        ("Jan van der Berg", "van der Berg"),
        ("Jan Van den Berg", "Van den Berg"),
        ("Maria de la Cruz", "de la Cruz"),
        ("Ludwig von Neumann", "von Neumann"),
        ("von Neumann", "von Neumann"),
        ("Chris De Sa", "De Sa"),
        ("Quoc Le", "Le"),
        ("Ben Smith", "Smith"),
        ("Van Smith", "Smith"),
        ("Anna Ben Moshe", "Moshe"),
        ("Santiago Ramón y Cajal", "Ramón y Cajal"),
        ("Jane O'Neil-Smith", "O'Neil-Smith"),
        ("Martin L. King Jr.", "King"),
        ("Martin L. King, Jr.", "King"),
        ("Henry Ford III", "Ford"),
        ("Jan van der Berg Jr", "van der Berg"),
        ("van der Berg, Jan", "van der Berg"),
        ("Lovelace, Ada", "Lovelace"),
        ("LOVELACE Ada", "LOVELACE"),
        ("Lovelace A. B.", "Lovelace"),
        ("Lovelace A", "Lovelace"),
        ("山田 太郎", "山田"),
        ("王小明", "王小明"),
        ("김 철수", "김"),
        ("Plato", "Plato"),
        ("The ATLAS Collaboration", "The ATLAS Collaboration"),
        ("Team Orange", "Team Orange"),
        ("Example AI", "Example AI"),
        ("DeepSample-AI", "DeepSample-AI"),
        ("Ólafur Þór Ægisson", "Ægisson"),
    ],
)
def test_person_is_cited_by_this_name(name: str, family: str) -> None:
    assert family_name(Author(name)) == family


def test_name_parts_that_a_source_told_count_more() -> None:
    assert family_name(Author("Gabriel Garcia Perez", "Gabriel", "Garcia Perez")) == "Garcia Perez"
    assert family_name(Author("Henry Ford Jr", "Henry", "Ford Jr")) == "Ford"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Eva Example",), "Example"),
        (("Eva Example", "Sam Sample"), "Example and Sample"),
        (("Eva Example", "Sam Sample", "Tim Tester"), "Example et al."),
        (("Eva Example", "et al."), "Example et al."),
        (("Eva Example", "Sam Sample", "others"), "Example et al."),
        ((), ""),
        ((" ",), ""),
    ],
)
def test_authors_are_named_like_this(names: tuple[str, ...], expected: str) -> None:
    assert family_names([Author(name) for name in names]) == expected


def test_full_names_are_for_up_to_three() -> None:
    people = [Author(name) for name in ("Ann A", "Bob B", "Cy C", "Di D")]

    assert full_names(people[:1]) == "Ann A"
    assert full_names(people[:3]) == "Ann A, Bob B, and Cy C"
    assert full_names(people) == "Ann A et al."


def test_paper_is_named_with_its_year_and_a_post_without() -> None:
    names = ("Eva Example", "Sam Sample")

    assert cite_item(item(*names)) == PlainCitation(
        "Example and Sample (2023)", "Example and Sample, 2023", "Example and Sample"
    )
    assert cite_item(item("Jane Placeholder", kind=Kind.POST)).narrative == "Jane Placeholder"


@pytest.mark.parametrize(
    ("said", "kind", "narrative", "parenthetical"),
    [
        (
            "Wolf and Wies et al.",
            Kind.PAPER,
            "Wolf and Wies et al. (2023)",
            "Wolf and Wies et al., 2023",
        ),
        ("Wolf (2022b)", Kind.PAPER, "Wolf (2022b)", "Wolf, 2022b"),
        ("Wolf, 2022", Kind.POST, "Wolf (2022)", "Wolf, 2022"),
        ("Ada and Grace", Kind.POST, "Ada and Grace", "Ada and Grace"),
    ],
)
def test_author_of_the_digest_may_say_it_otherwise(
    said: str, kind: Kind, narrative: str, parenthetical: str
) -> None:
    cited = cite_item(item("Eva Example", kind=kind, cite=said))

    assert (cited.narrative, cited.parenthetical) == (narrative, parenthetical)


def test_work_without_authors_is_named_by_its_title_or_where_it_is() -> None:
    nobody = item()

    assert cite_item(nobody).narrative == "The Limits of Everything"
    assert cite_item(replace(nobody, title="")).narrative == "https://example.org/1"
    assert cite_item(replace(nobody, title="", url=None)).narrative == "url:https://example.org/1"


def test_year_is_that_of_the_first_version() -> None:
    later = datetime(2024, 1, 2, tzinfo=UTC)
    paper = replace(item(), published_at=later, arxiv=ArxivFacts(ArxivId("2611.99901")))
    facts = ArxivFacts(ArxivId("2611.99901"), submissions=(Submission(1, IN_2023),))

    assert year_of(replace(paper, arxiv=facts)) == 2023
    assert year_of(paper) == 2024
    assert year_of(replace(paper, published_at=None)) == 2026
    old = ArxivFacts(ArxivId("math/9906999"))
    assert year_of(replace(paper, published_at=None, arxiv=old)) == 1999
    assert year_of(replace(paper, published_at=None, arxiv=None)) is None


@pytest.mark.parametrize(
    ("name", "title", "key"),
    [
        ("Y. Wolf", "Fundamental Limitations of Everything", "wolf2023fundamental"),
        ("Jan van der Berg", "On the Édge of Chaos", "vanderberg2023edge"),
        ("Ólafur Łöß", "How to", "loss2023how"),
        ("王小明", "3D Things", "anon20233d"),
        ("Eva Example", r"\emph{Self}-supervised $\alpha$", "example2023self"),
        ("Eva Example", "", "example2023"),
    ],
)
def test_key_is_made_like_this(name: str, title: str, key: str) -> None:
    assert citation_key(replace(item(name), title=title)) == key


def test_keys_that_were_published_never_change_and_all_differ() -> None:
    keys = assign_keys([(1, "a2023"), (2, "a2023"), (3, "a2023"), (4, "b2023")], [(3, "a2023")])

    assert keys == {3: "a2023", 1: "a2023b", 2: "a2023c", 4: "b2023"}
    assert len(set(assign_keys([(n, "a") for n in range(60)]).values())) == 60


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [join_and(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b, and c",
    ]  # fmt: skip


_names = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(["van", "der", "Jr.", ",", "A.", "Le", "王", "y", "III", "Team"]))
    .map(" ".join),
)  # fmt: skip


@given(names=st.lists(_names, max_size=4), title=st.text(max_size=20), note=st.text(max_size=20))
def test_citation_is_never_empty_and_never_holds_a_control_character(
    names: list[str], title: str, note: str
) -> None:
    for kind in (Kind.PAPER, Kind.POST):
        one = replace(item(*names, kind=kind, cite=note), title=title)
        cited = cite_item(one)
        for text in (cited.narrative, cited.parenthetical, cited.names):
            assert text.strip()
            assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in text)
        assert re.fullmatch(r"[a-z][a-z0-9]*", citation_key(one))
