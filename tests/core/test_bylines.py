"""Bylines as sources write them, and the people and groups in them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.bylines import arxiv_authors, feed_authors

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

ANY_TEXT = st.text(st.sampled_from('Ab é,;|&<>@().:"[]\u00b9\u202e1王・'), max_size=60)
FIRST = st.sampled_from(["Ada", "Min-ji", "Ánh Nguyệt", "José María", "J. R.", "O\u2019Brian"])
LAST = st.sampled_from(["Ek", "van der Rohe", "Müller", "García Márquez", "Nguyễn", "D\u2019Souza"])
PEOPLE = st.lists(st.builds("{} {}".format, FIRST, LAST), min_size=2, max_size=6, unique=True)


def _names(text: str) -> list[str]:
    return [author.name for author in feed_authors([text])]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ('<span class="byline">Lea Em</span>', ["Lea Em"]),
        ('<a href="/lea">Lea Em</a>, <a href="/max">Max Un</a>, et al.', ["Lea Em", "Max Un"]),
        ("Lea Em &amp; Max Un", ["Lea Em", "Max Un"]),
        ("lea@example.org (Lea Em) and max@example.org (Max Un)", ["Lea Em", "Max Un"]),
        ('"Lea Em" <lea@example.org>', ["Lea Em"]),
        ("lea@example.org", []),
        ("Written by Lea Em", ["Lea Em"]),
        ("Byron Em", ["Byron Em"]),
        ("Lea Em, Senior Staff Writer", ["Lea Em"]),
        ("Lea Em, PhD, Max Un, MD", ["Lea Em", "Max Un"]),
        ("Lea Em, Nowhere University", ["Lea Em"]),
        ("Lea Em (Dept. of X (Y), Z), Max Un [2]", ["Lea Em", "Max Un"]),
        ("Lea Em\u00b9, Max Un\u00b2\u2020", ["Lea Em", "Max Un"]),
        ("Lea Em1,2, Max Un3", ["Lea Em", "Max Un"]),
        ("X Æ A-12", ["X Æ A-12"]),
        ("Lea Em and 12 others", ["Lea Em"]),
        ("Lea Em, 3 more", ["Lea Em"]),
        ("Lea Em et al", ["Lea Em"]),
        ("Lea Em, Cy Other", ["Lea Em", "Cy Other"]),
        ("Ann Othersen", ["Ann Othersen"]),
        ("Em, L., Jr., Un, M.", ["L. Em Jr.", "M. Un"]),
        ("Em, L. and Un, M.", ["L. Em", "M. Un"]),
        ("The ZORK Investigators, Em, L., Un, M.", ["The ZORK Investigators", "L. Em", "M. Un"]),
        ("Em, Lea; Un, Max; The ZORK Team", ["Lea Em", "Max Un", "The ZORK Team"]),
        ("ZORK Collaboration: L. Em, M. Un", ["ZORK Collaboration", "L. Em", "M. Un"]),
        ("王小明、李華", ["王小明", "李華"]),
        ("王小明\uff0c李華", ["王小明", "李華"]),
        ("山田 太郎", ["山田 太郎"]),
        ("ジョン・スミス, 山田太郎", ["ジョン・スミス", "山田太郎"]),
        ("Lea Em / Max Un", ["Lea Em", "Max Un"]),
        ("AC/DC", ["AC/DC"]),
        ("Miller & Daughters", ["Miller & Daughters"]),
        ("Nowhere Research, Inc.", ["Nowhere Research"]),
        ("Em, Lea", ["Em, Lea"]),
        ("lea", ["lea"]),
        ("<p>Lea Em</p><p>Max Un</p>", ["Lea Em", "Max Un"]),
        ("Lea Em<br/>Max Un", ["Lea Em", "Max Un"]),
        ('<a href="/lea">Lea Em</a> <a href="/max">Max Un</a>', ["Lea Em", "Max Un"]),
        ("<b>Lea</b> <i>Em</i>", ["Lea Em"]),
        ('<a href="mailto:lea@example.org">Lea Em</a>', ["Lea Em"]),
        ("&lt;a href='/lea'&gt;Lea Em&lt;/a&gt;", ["Lea Em"]),
        ("Lea Em<sup>1,2</sup>, Max Un<sup>*</sup>", ["Lea Em", "Max Un"]),
        ("lea at example dot org (Lea Em)", ["Lea Em"]),
        ("Lea Em, lea [at] example [dot] org", ["Lea Em"]),
        ("Lea Em at Example", ["Lea Em at Example"]),
        ("Lea Em (@lea)", ["Lea Em"]),
        ("Lea Em @lea@example.social", ["Lea Em"]),
        ("@lea@example.social", ["@lea@example.social"]),
        ("Lea Em https://example.org/lea", ["Lea Em"]),
        ("https://example.org/lea", []),
        ("Lea Em, ORCID: 0000-0002-1825-000X, Max Un", ["Lea Em", "Max Un"]),
        ("{Lea Em}", ["Lea Em"]),
        ("Guest post by Lea Em", ["Lea Em"]),
        ("Guest author: Lea Em", ["Lea Em"]),
        ("Lea Em, Nowhere University; Max Un, Example Lab", ["Lea Em", "Max Un"]),
        ("Lea Em, Department of X, Nowhere University, Oslo", ["Lea Em"]),
        ("Lea Em and 5 more authors", ["Lea Em"]),
        ("Lea Em - lea@example.org", ["Lea Em"]),
        ("<![CDATA[Lea Em]]>", ["Lea Em"]),
        ("박지성·김연아", ["박지성", "김연아"]),
        ("et al.", []),
        ("Lea Em | Staff Writer", ["Lea Em"]),
        ("Lea Em, Principal Research Scientist", ["Lea Em"]),
        ("Lea Em, M.D., Max Un, M.P.H.", ["Lea Em", "Max Un"]),
        ("Em, L., Ma, L., Do, M.", ["L. Em", "L. Ma", "M. Do"]),
        ("Em, M.A., Un, B.A.", ["M.A. Em", "B.A. Un"]),
        ("Em, L., Un, M., ... Po, C.", ["L. Em", "M. Un", "C. Po"]),
        ("Lea Em, Max Un, …", ["Lea Em", "Max Un"]),
        ("Lea Em + 3 more", ["Lea Em"]),
        ("Lea Em u. a.", ["Lea Em"]),
        ("王小明 等", ["王小明"]),
        ("Lea Em + Max Un", ["Lea Em", "Max Un"]),
        ("Lea Em y Max Un", ["Lea Em", "Max Un"]),
        ("Lea Em och Max Un", ["Lea Em", "Max Un"]),
        ("Л. И. Эм и Ю. Ш. Ун", ["Л. И. Эм", "Ю. Ш. Ун"]),
        ("ليا إم، ماكس أون", ["ليا إم", "ماكس أون"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Lea Em, José Ortega y Gasset", ["Lea Em", "José Ortega y Gasset"]),
        ("Lea Em for the ZORK Consortium", ["Lea Em", "the ZORK Consortium"]),
        ("Em, L., on behalf of the ZORK Group", ["L. Em", "the ZORK Group"]),
        ("Center for the Study of Groups", ["Center for the Study of Groups"]),
        ("The Example and Sample Learning Lab", ["The Example and Sample Learning Lab"]),
    ],
)
def test_a_byline_gives_its_people_and_groups(byline: str, names: list[str]) -> None:
    assert _names(byline) == names


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("The ZORK Collaboration: L. Em, M. Un", ["The ZORK Collaboration", "L. Em", "M. Un"]),
        ("ZORK Collaboration, L. Em", ["ZORK Collaboration", "L. Em"]),
        ("L. Em, M. Un, et al. (90 more not shown)", ["L. Em", "M. Un"]),
        ("L. Em, M. Un, and N. Ra", ["L. Em", "M. Un", "N. Ra"]),
        ("L. Em and M. Un", ["L. Em", "M. Un"]),
        ("L. Em, for the ZORK Collaboration", ["L. Em", "the ZORK Collaboration"]),
    ],
)
def test_arxiv_authors_are_people_and_collaborations(byline: str, names: list[str]) -> None:
    assert [author.name for author in arxiv_authors(byline)] == names


@given(PEOPLE)
def test_a_list_of_people_is_found_however_it_is_joined(people: list[str]) -> None:
    *head, last = people
    for text in (
        ", ".join(people),
        ",".join(people),
        "; ".join(people),
        " | ".join(people),
        f"By {', '.join(head)} and {last}",
        f"{', '.join(head)} & {last}",
        f"{', '.join(people)}, et al.",
        ", ".join(f"{name} (Nowhere, Oslo)" for name in people),
        ", ".join(f'<a href="/x">{name}</a>' for name in people),
    ):
        assert _names(text) == people


@given(ANY_TEXT)
def test_any_text_gives_names_without_markup(text: str) -> None:
    for author in (*feed_authors([text]), *arxiv_authors(text)):
        assert author.name.strip() == author.name != ""
        assert len(author.name.splitlines()) == 1


@pytest.mark.parametrize("piece", [",", ", ", "for the ", "a at ", "...,", "<a ", "000-", "@a "])
def test_a_bomb_of_a_byline_takes_little_time(piece: str) -> None:
    started = time.process_time()
    arxiv_authors(piece * 5_000)
    feed_authors([piece * 5_000])
    assert time.process_time() - started < 1


def test_authors_of_a_feed_are_shown_one_by_one(author: Author, server: FeedServer) -> None:
    byline = "&lt;a href='/lea'&gt;Lea Em&lt;/a&gt; (Nowhere), The ZORK Team, et al."
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>B</title>'
        "<item><title>T</title><link>https://blog.example.org/1</link>"
        f"<dc:creator>{byline}</dc:creator></item></channel></rss>"
    )
    author.add_source(server.put("/feed", feed))
    author.types("fetch")

    item = author.types("show", "1", "--json").json

    assert item["authors"] == ["Lea Em", "The ZORK Team"]
