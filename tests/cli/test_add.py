"""Taking in by hand: described by the author, or looked up over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

PAPER = """\
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
      xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
  <id>http://arxiv.org/api/invented</id>
  <title>ArXiv Query</title>
  <updated>2026-11-20T00:00:00-05:00</updated>
  <opensearch:totalResults>1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/2611.99901v2</id>
    <updated>2026-11-18T09:00:00Z</updated>
    <published>2026-11-16T08:30:00Z</published>
    <title>Where small transformers
      stop [bold]generalising[/bold]&#x9b;31m</title>
    <summary>  We study where they stop.
    </summary>
    <author><name>Ada Example</name></author>
    <author><name>Ben Sample</name></author>
    <arxiv:comment>9 pages</arxiv:comment>
    <arxiv:doi>10.1234/Example.5</arxiv:doi>
    <link href="http://arxiv.org/abs/2611.99901v2" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/2611.99901v2" rel="related"/>
    <arxiv:primary_category term="cs.LG"/>
    <category term="cs.LG"/>
    <category term="cs.AI"/>
  </entry>
</feed>
"""
HINT = 'for a note of your own, give only --title "…"'
NOTHING = PAPER[: PAPER.index("  <entry>")].replace(">1<", ">0<") + "</feed>\n"


@pytest.fixture
def arxiv(author: Author, server: FeedServer) -> FeedServer:
    author.write_config(author.config_text + f'api_url = "{server.url}/api/query"\n')
    server.put("/api/query?id_list=2611.99901", PAPER, content_type="application/atom+xml")
    server.put("/api/query", NOTHING, content_type="application/atom+xml")
    return server


def test_a_title_by_hand_needs_no_network(author: Author) -> None:
    printed = author.types(
        "add", "https://example.org/post", "--title", "A post", "--author", "Ada", "--author", "Ben"
    )

    item = author.types("show", "1", "--json").json
    assert (printed.code, printed.out) == (0, 'added 1 "A post"\n')
    assert (item["title"], item["url"], item["authors"], item["kind"]) == (
        "A post",
        "https://example.org/post",
        ["Ada", "Ben"],
        "post",
    )


def test_a_note_needs_no_address(author: Author) -> None:
    first = author.types("add", "--title", "A thought", "--area", "interp", "--value", "3")
    second = author.types("add", "--title", "A thought")

    assert first.out == 'added 1 "A thought"\nrated 1 interp 3\n'
    assert second.out == 'added 2 "A thought"\n'
    assert author.types("show", "1", "--json").json["url"] is None


def test_a_title_is_one_line_of_text(author: Author) -> None:
    printed = author.types("add", "--title", "  A \x1b[31mred\x1b[0m\n title\u202e ")

    assert printed.out == 'added 1 "A red title"\n'


def test_adding_and_judging_are_one_act(author: Author) -> None:
    author.types(
        "add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3", "--tag", "x",
        "--what", "A probe", "--remark", "good", "--emoji", "🧪", "--label", "Overall",
    )  # fmt: skip

    acts = author.rows("SELECT count(DISTINCT act) FROM events")

    assert acts == [(1,)]
    assert author.rows("SELECT halves, emoji, label, remark FROM ratings") == [
        (6, "🧪", "Overall", "good")
    ]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("2611.99901",), "paper"),
        (("10.1234/abc",), "paper"),
        (("https://example.org/x",), "post"),
        ((), "post"),
        (("https://example.org/x", "--kind", "opportunity"), "opportunity"),
        (("https://example.org/x", "--kind", "news"), "news"),
    ],
)
def test_the_kind_follows_from_the_reference_unless_it_is_said(
    author: Author, words: tuple[str, ...], kind: str
) -> None:
    author.types("add", *words, "--title", "A work")

    assert author.rows("SELECT kind FROM items") == [(kind,)]


def test_a_paper_is_looked_up_at_arxiv(author: Author, arxiv: FeedServer) -> None:
    printed = author.types("add", "https://arxiv.org/pdf/2611.99901v1")

    item = author.types("show", "2611.99901", "--json").json
    assert printed.code == 0
    assert [request.path for request in arxiv.requests] == ["/api/query?id_list=2611.99901"]
    assert item["title"].startswith("Where small transformers stop [bold]generalising[/bold]")
    assert item["authors"] == ["Ada Example", "Ben Sample"]
    assert (item["arxiv"]["version"], item["arxiv"]["categories"]) == (2, ["cs.LG", "cs.AI"])
    assert item["published_at"] == "2026-11-16T08:30:00.000Z"
    assert "\x9b" not in printed.out


def test_a_looked_up_paper_is_found_by_its_other_names(author: Author, arxiv: FeedServer) -> None:
    author.types("add", "2611.99901")

    printed = author.types("add", "https://doi.org/10.1234/example.5")

    assert printed.out.startswith("known as 1: ")
    assert len(arxiv.requests) == 1


def test_a_known_item_is_not_looked_up_again_and_can_be_judged(
    author: Author, arxiv: FeedServer
) -> None:
    author.types("add", "2611.99901")

    printed = author.types("add", "arXiv:2611.99901v2", "--reject")

    assert printed.out.splitlines()[0].startswith("known as 1: ")
    assert printed.out.splitlines()[1] == "rejected arXiv:2611.99901v2"
    assert len(arxiv.requests) == 1
    assert author.rows("SELECT state FROM items") == [("rejected",)]


def test_a_known_item_keeps_its_judgement(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3")

    author.types("add", "2611.99901", "--title", "Another title")

    assert author.rows("SELECT state FROM items") == [("kept",)]
    assert author.rows("SELECT text FROM notes WHERE field = 'title'") == [("Another title",)]


def test_a_page_on_a_private_address_is_not_asked(author: Author, server: FeedServer) -> None:
    url = server.put("/secret", "<title>x</title>", content_type="text/html")

    printed = author.types("add", url)

    assert (printed.code, printed.out) == (1, f'added 1 "{url}"\n')
    assert printed.err == (
        f"papertrack: cannot look up {url}: refused address 127.0.0.1 (private network); it is "
        "kept without a title; give --allow-private-network if it is yours\n"
    )
    assert server.requests == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "no work was named; give an address, an arXiv id, or --title"),
        (("--title", "  "), "no work was named; give an address, an arXiv id, or --title"),
        (
            ("junk",),
            '"junk" is not an address, arXiv id or DOI; ' + HINT,
        ),
        (
            ("file:///etc/passwd",),
            '"file:///etc/passwd" is not an address, arXiv id or DOI; ' + HINT,
        ),
        (
            ("junk", "--title", "x"),
            '"junk" is not an address, arXiv id or DOI; addresses begin with http:// or https://',
        ),
        (
            ("javascript:1", "--title", "x"),
            '"javascript:1" is not an address, arXiv id or DOI; addresses begin with http:// or https://',
        ),
        (
            ("2611.99901", "--title", "x", "--value", "9"),
            '"9" is not a rating; give 0.5 to 5 in steps of 0.5',
        ),
        (
            ("2611.99901", "--title", "x", "--area", "nope", "--value", "3"),
            'there is no area "nope"; the areas are interp, attacks',
        ),
    ],
)
def test_a_wrong_call_is_one_line_and_stores_nothing(
    author: Author, words: tuple[str, ...], expected: str
) -> None:
    author.types("init")

    printed = author.types("add", *words)

    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {expected}\n")
    assert author.rows("SELECT * FROM items") == []


def test_an_unknown_kind_is_named_with_all_there_are(author: Author) -> None:
    printed = author.types("add", "--title", "x", "--kind", "song")

    assert (printed.code, printed.err.count("\n")) == (2, 1)
    assert "'paper', 'post', 'news', 'video', 'opportunity', 'other'" in printed.err


def test_the_kind_of_a_known_item_stays_and_that_is_said(author: Author) -> None:
    author.types("add", "https://example.org/prize", "--title", "A prize")

    printed = author.types("add", "https://example.org/prize", "--kind", "opportunity")

    assert (printed.code, printed.out) == (0, 'known as 1: "A prize"\n')
    assert printed.err == (
        "papertrack: item 1 keeps its kind, post; --kind only applies to new works\n"
    )
