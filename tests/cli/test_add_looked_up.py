"""Works that are looked up: at arXiv, at the registries of DOIs, and at their page."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.arxiv_server import ArxivServer, Fault, Preprint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.author import Author
    from tests.servers import FeedServer

PAPER = Preprint("2611.99901", "Where small models stop", abstract="About circuits.")
OTHER = Preprint("2611.99902", "A map of failures")
DOWN = Fault(status=500)
DATACITE = {
    "data": {
        "attributes": {
            "doi": "10.48550/arXiv.2611.99901",
            "titles": [{"title": "Where small models stop"}],
            "creators": [{"name": "Example, Ada", "givenName": "Ada", "familyName": "Example"}],
            "descriptions": [{"description": "About circuits.", "descriptionType": "Abstract"}],
            "dates": [{"date": "2026-11-19T14:30:00Z", "dateType": "Submitted"}],
            "subjects": [{"subject": "Machine Learning (cs.LG)", "subjectScheme": "arXiv"}],
        }
    }
}
CROSSREF = {
    "message": {
        "DOI": "10.1234/abc",
        "title": ["A study of <i>probes</i>"],
        "author": [{"given": "Ben", "family": "Sample"}],
        "abstract": "<jats:p>We probe.</jats:p>",
        "issued": {"date-parts": [[2026, 11, 18]]},
        "URL": "https://doi.org/10.1234/abc",
    }
}


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer(PAPER, OTHER) as arxiv:
        yield arxiv


@pytest.fixture
def desk(author: Author, arxiv: ArxivServer, server: FeedServer) -> Author:
    """Reach arXiv, DataCite, Crossref and doi.org on loopback."""
    config = author.config_text
    for name, url in (
        ("datacite_url", f"{server.url}/datacite"),
        ("crossref_url", f"{server.url}/crossref"),
        ("doi_url", f"{server.url}/doi"),
        ("oai_url", arxiv.oai_url),
    ):
        config = config.replace(
            f'{name} = "http://127.0.0.1:1/nobody-listens-here"', f'{name} = "{url}"'
        )
    author.write_config(f'{config}api_url = "{arxiv.api_url}"\nfeed_url = "{arxiv.feed_url}"\n')
    return author


def _put_json(server: FeedServer, path: str, said: object) -> None:
    server.put(path, json.dumps(said), content_type="application/vnd.api+json")


def _services(arxiv: ArxivServer) -> list[str]:
    return [request.path.split("?")[0] for request in arxiv.requests]


def test_when_the_api_is_down_the_archive_is_asked(desk: Author, arxiv: ArxivServer) -> None:
    arxiv.fails(DOWN, service="api", times=None)

    printed = desk.types("add", "2611.99901", "--area", "interp", "--value", "3")

    item = desk.types("show", "1", "--json").json
    assert (printed.code, printed.out) == (
        0,
        'added 1 "Where small models stop"\nrated 2611.99901 interp 3\n',
    )
    assert printed.err == (
        "papertrack: 2611.99901: arXiv's API: HTTP 500; arXiv's archive was asked instead\n"
    )
    assert (item["summary"], item["authors"]) == ("About circuits.", ["Ada Example", "Ben Sample"])
    assert _services(arxiv) == ["/api/query", "/oai"]


def test_when_arxiv_forbids_us_datacite_is_asked_and_arxiv_not_again(
    desk: Author, arxiv: ArxivServer, server: FeedServer
) -> None:
    arxiv.fails(Fault(status=403), times=None)
    _put_json(server, "/datacite/10.48550/arXiv.2611.99901", DATACITE)

    printed = desk.types("add", "https://arxiv.org/pdf/2611.99901v1")

    item = desk.types("show", "2611.99901", "--json").json
    assert (printed.code, printed.err.count("\n")) == (0, 1)
    assert "DataCite was asked instead" in printed.err
    assert (item["title"], item["authors"], item["arxiv"]["categories"], item["published_at"]) == (
        "Where small models stop",
        ["Ada Example"],
        ["cs.LG"],
        "2026-11-19T14:30:00.000Z",
    )
    assert _services(arxiv) == ["/api/query"]


def test_a_paper_of_which_nobody_can_be_asked_is_taken_in_and_gets_its_title_later(
    desk: Author, arxiv: ArxivServer, server: FeedServer
) -> None:
    arxiv.fails(DOWN, times=None)
    server.put("/datacite/10.48550/arXiv.2611.99901", "no", status=503)
    words = ("add", "2611.99901", "--area", "interp", "--value", "3", "--what", "A map")

    printed = desk.types(*words)
    arxiv.heal()
    arxiv.announce(date(2026, 11, 20), PAPER)
    with desk.config.open("a") as config:
        config.write('[[sources]]\nslug = "ml"\nkind = "arxiv"\ncategories = ["cs.LG"]\n')
    desk.types("fetch")

    item = desk.types("show", "2611.99901", "--json").json
    assert (printed.code, printed.out.splitlines()[:2]) == (
        1,
        ['added 1 "https://arxiv.org/abs/2611.99901"', "rated 2611.99901 interp 3"],
    )
    assert printed.err == (
        "papertrack: cannot look up 2611.99901 (arXiv's API: HTTP 500; arXiv's archive: HTTP 500; "
        "DataCite: HTTP 503); its title comes when a source shows it, or when you add 2611.99901 "
        "again\n"
    )
    assert (item["item"], item["title"], item["summary"]) == (1, PAPER.title, PAPER.abstract)
    assert (item["ratings"][0]["value"], item["notes"]) == (3.0, {"what": "A map"})


def test_facts_that_come_later_are_no_news_to_check(desk: Author, arxiv: ArxivServer) -> None:
    arxiv.fails(DOWN, times=None)
    desk.types("add", "2611.99901", "--area", "interp", "--value", "3", "--what", "A map")
    desk.types("draft")
    without = desk.types("draft", "--check")
    arxiv.heal()
    desk.types("add", "2611.99901")
    desk.types("draft")

    checked = desk.types("draft", "--check")

    assert without.code == 1
    assert without.out == (
        "1 has no title; run: papertrack edit 1, or papertrack add "
        "https://arxiv.org/abs/2611.99901 again\n"
    )
    assert (checked.code, checked.out) == (0, "nothing found\n")


def test_adding_it_again_brings_the_title_too(desk: Author, arxiv: ArxivServer) -> None:
    arxiv.fails(DOWN, times=None)
    desk.types("add", "2611.99901")
    arxiv.heal()

    printed = desk.types("add", "2611.99901", "--later")

    assert printed.out == 'known as 1: "Where small models stop"\nlater 2611.99901\n'
    assert desk.rows("SELECT title, state FROM items") == [(PAPER.title, "later")]


def test_a_paper_that_nobody_knows_is_kept_and_said_so(desk: Author, arxiv: ArxivServer) -> None:
    printed = desk.types("add", "2611.99999", "--what", "A map")

    assert (printed.code, printed.out.splitlines()[0]) == (
        1,
        'added 1 "https://arxiv.org/abs/2611.99999"',
    )
    assert printed.err == (
        "papertrack: cannot look up 2611.99999: arXiv knows no paper 2611.99999; it is kept "
        "without a title; check the number, or describe the work with --title\n"
    )
    assert desk.types("show", "2611.99999", "--json").json["notes"] == {"what": "A map"}
    assert _services(arxiv) == ["/api/query", "/oai"]


def test_an_empty_page_of_the_api_is_no_answer(desk: Author, arxiv: ArxivServer) -> None:
    arxiv.fails(Fault(keep=0, total=1), service="api")

    printed = desk.types("add", "2611.99901")

    assert (printed.code, printed.out) == (0, 'added 1 "Where small models stop"\n')
    assert "the answer is incomplete" in printed.err


def test_several_papers_are_asked_for_at_once_and_one_that_fails_costs_only_itself(
    desk: Author, arxiv: ArxivServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    links = tmp_path / "links.txt"
    links.write_text("https://arxiv.org/abs/2611.99902v1\n\narXiv:2611.99901\t# again\n")
    with closing(links.open()) as piped:
        monkeypatch.setattr("sys.stdin", piped)
        printed = desk.types("add", "2611.99901", "2611.99999", "-", "--tag", "+x")

    assert printed.code == 1
    assert printed.out.splitlines() == [
        'added 1 "Where small models stop"',
        "tagged 2611.99901 +x",
        'added 2 "https://arxiv.org/abs/2611.99999"',
        "tagged 2611.99999 +x",
        'added 3 "A map of failures"',
        "tagged https://arxiv.org/abs/2611.99902v1 +x",
        'known as 1: "Where small models stop"',
        "tagged arXiv:2611.99901 +x",
    ]
    assert printed.err.count("\n") == 1
    assert "arXiv knows no paper 2611.99999" in printed.err
    assert _services(arxiv) == ["/api/query", "/oai"]
    assert [row[0] for row in desk.rows("SELECT count(DISTINCT act) FROM events")] == [4]


def test_a_doi_is_looked_up_at_datacite_then_crossref(desk: Author, server: FeedServer) -> None:
    _put_json(server, "/crossref/10.1234/abc", CROSSREF)

    printed = desk.types("add", "https://doi.org/10.1234/ABC")

    item = desk.types("show", "10.1234/abc", "--json").json
    assert (printed.code, printed.out, printed.err) == (0, 'added 1 "A study of probes"\n', "")
    assert [request.path for request in server.requests] == [
        "/datacite/10.1234/abc",
        "/crossref/10.1234/abc",
    ]
    assert (item["authors"], item["summary"], item["doi"], item["kind"]) == (
        ["Ben Sample"], "We probe.", "10.1234/abc", "paper",
    )  # fmt: skip
    assert (item["published_at"], item["url"]) == (
        "2026-11-18T00:00:00.000Z",
        "https://doi.org/10.1234/abc",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "https://dl.acm.org/doi/abs/10.1234/abc",
        "https://www.science.org/doi/full/10.1234/abc",
        "<https://link.springer.com/article/10.1234/abc>",
        "onlinelibrary.wiley.com/doi/pdf/10.1234/abc",
    ],
)
def test_the_doi_in_an_address_is_asked_for_instead_of_the_page(
    desk: Author, server: FeedServer, typed: str
) -> None:
    _put_json(server, "/crossref/10.1234/abc", CROSSREF)

    printed = desk.types("add", typed)

    assert (printed.code, printed.out, printed.err) == (0, 'added 1 "A study of probes"\n', "")
    assert desk.types("add", "10.1234/abc").out == 'known as 1: "A study of probes"\n'
    assert [request.path for request in server.requests] == [
        "/datacite/10.1234/abc",
        "/crossref/10.1234/abc",
    ]


def test_a_paper_on_a_mirror_is_asked_for_at_arxiv(desk: Author, arxiv: ArxivServer) -> None:
    desk.types("add", "https://dblp.org/rec/journals/corr/abs-2611-99901")

    assert _services(arxiv)[0] == "/api/query"


def test_a_doi_that_no_registry_tells_of_is_read_at_its_page(
    desk: Author, server: FeedServer
) -> None:
    server.put("/doi/10.1234/abc", "<title>A study</title>", content_type="text/html")

    printed = desk.types("add", "10.1234/abc")

    assert (printed.code, printed.out) == (0, 'added 1 "A study"\n')
    assert desk.types("show", "10.1234/abc", "--json").json["title"] == "A study"


def test_a_doi_that_leads_nowhere_is_kept_and_said_so(desk: Author) -> None:
    printed = desk.types("add", "10.1234/nowhere")

    assert (printed.code, printed.out, printed.err.count("\n")) == (
        1,
        'added 1 "https://doi.org/10.1234/nowhere"\n',
        1,
    )
    assert "nobody knows 10.1234/nowhere" in printed.err
    assert desk.types("show", "10.1234/nowhere", "--json").json["title"] == ""


def _add_page(desk: Author, server: FeedServer, body: bytes | str, **how: str) -> tuple[str, str]:
    content_type = how.get("content_type", "text/html")
    url = server.put("/page?utm_source=x", body, content_type=content_type)
    printed = desk.types("add", url, "--allow-private-network", "--area", "interp", "--value", "3")
    return printed.out, printed.err


def test_a_page_gives_its_title_authors_date_and_own_address(
    desk: Author, server: FeedServer
) -> None:
    out, err = _add_page(
        desk,
        server,
        f"""<html><head><title>A map | The example blog</title>
        <meta property="og:site_name" content="The example blog">
        <link rel="canonical" href="{server.url}/a-map">
        <script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
          {{"@type": "WebSite", "name": "The example blog"}},
          {{"@type": "BlogPosting", "headline": "A map", "datePublished": "2026-11-18",
            "author": [{{"@type": "Person", "name": "Ada Example"}}, {{"name": "Ben Sample"}}]}}
        ]}}</script></head><body>Text</body></html>""",
    )

    item = desk.types("show", "1", "--json").json
    assert (out.splitlines()[0], err) == ('added 1 "A map"', "")
    assert (item["authors"], item["published_at"], item["url"], item["kind"]) == (
        ["Ada Example", "Ben Sample"],
        "2026-11-18T00:00:00.000Z",
        f"{server.url}/a-map",
        "post",
    )
    assert desk.types("add", f"{server.url}/a-map#part").out == 'known as 1: "A map"\n'


def test_a_huge_page_is_added_by_what_stands_in_its_head(desk: Author, server: FeedServer) -> None:
    page = b"<html><head><title>Huge</title></head><body>" + b"<p>text <b>more</b>" * 1_000_000

    out, err = _add_page(desk, server, page)

    assert (out.splitlines()[0], err) == ('added 1 "Huge"', "")


@pytest.mark.parametrize(
    ("body", "how", "said"),
    [
        (b"x" * (21 * 1024 * 1024), {}, "20 MiB"),
        ("<title>Just a moment...</title>", {}, 'not public; it says "Just a moment..."'),
        (
            b"PK",
            {"content_type": "application/zip"},
            "it is no web page and no PDF (application/zip)",
        ),
        (b"stop", {"content_type": "application/pdf"}, "it is called a PDF and is none"),
        (b"%PDF-1.7", {"content_type": "application/pdf"}, "the PDF gives no title"),
        ("<p>No title</p>", {}, "the page has no title"),
        ("\x1b[31m\x00", {}, "the page has no title"),
    ],
)
def test_a_page_that_is_none_is_one_line_and_is_kept_with_what_was_said_of_it(
    desk: Author, server: FeedServer, body: bytes | str, how: dict[str, str], said: str
) -> None:
    out, err = _add_page(desk, server, body, **how)

    url = f"{server.url}/page"
    assert (out, err.count("\n")) == (
        f'added 1 "{url}"\nrated {url}?utm_source=x interp 3\n',
        1,
    )
    assert err.startswith(f"papertrack: cannot look up {url}?utm_source=x: ")
    assert said in err
    assert err.endswith("; it is kept without a title; add it again with --title, or later\n")
    assert desk.rows("SELECT title, url, state FROM items") == [("", url, "kept")]


def test_a_page_that_is_refused_is_one_line(desk: Author, server: FeedServer) -> None:
    url = server.put("/page", "no", status=403)

    printed = desk.types("add", url, "--allow-private-network")

    assert (printed.code, printed.out) == (1, f'added 1 "{url}"\n')
    assert printed.err == (
        f"papertrack: cannot look up {url}: the server refuses to show it (HTTP 403); "
        "it is kept without a title; add it again with --title, or later\n"
    )


def test_a_page_that_was_kept_takes_its_title_when_it_answers(
    desk: Author, server: FeedServer
) -> None:
    url = server.put("/page", "no", status=503)
    desk.types("add", url, "--allow-private-network", "--later")
    server.put("/page", "<title>A map</title>", content_type="text/html")

    printed = desk.types("add", url, "--allow-private-network")

    assert (printed.code, printed.out, printed.err) == (0, 'known as 1: "A map"\n', "")
    assert desk.rows("SELECT title, state FROM items") == [("A map", "later")]


def test_a_page_that_was_kept_takes_a_title_of_the_authors(
    desk: Author, server: FeedServer
) -> None:
    url = server.put("/page", "no", status=403)
    desk.types("add", url, "--allow-private-network")

    printed = desk.types("add", url, "--title", "A map")

    assert (printed.code, printed.out, printed.err) == (0, 'known as 1: "A map"\n', "")


def test_what_the_author_says_of_a_page_counts_more_than_what_it_says(
    desk: Author, server: FeedServer
) -> None:
    page = '<title>A page</title><meta name="author" content="Web Master">'
    url = server.put("/page", page, content_type="text/html")

    desk.types("add", url, "--author", "Ada Example", "--kind", "news", "--allow-private-network")

    item = desk.types("show", "1", "--json").json
    assert (item["title"], item["authors"], item["kind"]) == ("A page", ["Ada Example"], "news")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("2611.99901", "junk"),
            '"junk" is not an address, arXiv id or DOI; for a note of your own',
        ),
        (("2611.99901", "2611.99902", "--title", "x"), "--title is for one work"),
    ],
)
def test_a_wrong_call_asks_nobody_and_stores_nothing(
    desk: Author, arxiv: ArxivServer, words: tuple[str, ...], said: str
) -> None:
    printed = desk.types("add", *words)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err.startswith(f"papertrack: {said}")
    assert arxiv.requests == []
