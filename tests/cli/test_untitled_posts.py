"""A post without a title is shown by its first words, in curly quotes, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

TOOT = Post(
    "",
    "https://m1.example.social/@ada/1",
    "1",
    body="<p>Happy new year, dear probes! And a second sentence.</p>",
)
QUOTED = "“Happy new year, dear probes!”"


def _fetch(author: Author, server: FeedServer, *posts: Post) -> str:
    url = server.put("/feed", rss(*posts))
    author.add_source(url)
    assert author.types("fetch", "--force").code == 0
    return url


def test_its_first_words_stand_in_quotes_wherever_a_title_is_shown(
    author: Author, server: FeedServer
) -> None:
    _fetch(author, server, TOOT)

    assert author.types("list").out.rstrip().endswith(f"\t{QUOTED}")
    assert QUOTED in author.types("search", "probes").out
    assert author.types("show", "1").out.startswith(f"1  {QUOTED}  [new]")
    assert author.types("why", "1").out.startswith(f"1  {QUOTED}\n")
    rated = author.types("rate", "1", "--area", "interp", "--value", "4", "--what", "A wish.")
    assert rated.code == 0
    assert QUOTED in author.types("log").out
    (item,) = author.types("list", "--json").json
    assert (item["title"], item["printed_title"], item["title_is_borrowed"]) == (
        "",
        QUOTED.strip("“”"),
        True,
    )
    assert author.rows("SELECT title FROM items") == [("",)]


def test_a_draft_prints_it_and_absorbs_nothing_of_it(author: Author, server: FeedServer) -> None:
    _fetch(author, server, TOOT)
    author.types("rate", "1", "--area", "interp", "--value", "4", "--what", "A wish.")

    author.types("draft", "-o", "draft.md", "--bib")

    draft = author.folder / "draft.md"
    text = draft.read_text(encoding="utf-8")
    assert f"### [{QUOTED}](https://m1.example.social/@ada/1)" in text
    assert "Happy new year, dear probes!" in (author.folder / "draft.bib").read_text("utf-8")
    assert "nothing" in author.types("absorb", "draft.md").out
    draft.write_text(text.replace(QUOTED, "A wish of Ada's"), encoding="utf-8")
    author.types("absorb", "draft.md", "--yes")
    (item,) = author.types("list", "--json").json
    assert (item["printed_title"], item["title_is_borrowed"]) == ("A wish of Ada's", False)


def test_a_real_title_replaces_a_borrowed_one_and_a_second_fetch_nothing(
    author: Author, server: FeedServer
) -> None:
    url = _fetch(author, server, TOOT)
    before = author.rows("SELECT * FROM items")
    author.types("fetch", "--force")
    assert author.rows("SELECT * FROM items") == before

    titled = Post("New year's wishes", TOOT.link, TOOT.guid, TOOT.body)
    assert server.put("/feed", rss(titled)) == url
    author.types("fetch", "--force")

    (item,) = author.types("list", "--json").json
    assert (item["printed_title"], item["title_is_borrowed"]) == ("New year's wishes", False)
    assert author.types("list").out.rstrip().endswith("\tNew year's wishes")


def test_two_posts_that_begin_alike_are_two_works(author: Author, server: FeedServer) -> None:
    other = Post("", "https://m1.example.social/@ben/2", "2", body="<p>Happy new year!</p>")
    third = Post("", "https://m1.example.social/@eve/3", "3", body="<p>Happy new year!</p>")
    _fetch(author, server, other, third)

    assert [item["item"] for item in author.types("list", "--json").json] == [1, 2]
    assert "same story" not in author.types("show", "1").out


def test_it_is_sorted_by_its_first_words(author: Author, server: FeedServer) -> None:
    posts = [
        Post("Gamma", "https://m1.example.social/@ada/2", "2"),
        Post("", "https://m1.example.social/@ada/3", "3", body="<p>Beta.</p>"),
        Post("Alpha", "https://m1.example.social/@ada/4", "4"),
    ]
    _fetch(author, server, *posts)

    rows = author.types("list", "--sort", "title", "--json").json

    assert [row["printed_title"] for row in rows] == ["Alpha", "Beta", "Gamma"]


def test_a_post_of_nothing_but_a_picture_is_shown_by_its_description(
    author: Author, server: FeedServer
) -> None:
    picture = Post("", TOOT.link, "1", body='<img src="a.png" alt="A map of probes">')
    nothing = Post("", "https://m1.example.social/@ada/2", "2", body="")
    _fetch(author, server, picture, nothing)

    titles = {line.rpartition("\t")[2] for line in author.types("list").out.splitlines()}
    assert titles == {"“A map of probes”", "https://m1.example.social/@ada/2"}
