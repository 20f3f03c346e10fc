"""One item of two that are the same work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

PAPER = "2611.99901"
TITLE = "Circuits of invented models"


def add_two(author: Author) -> None:
    author.types("add", "https://blog.example.org/a", "--title", "About circuits", "--tag", "+post")
    author.types("add", PAPER, "--title", TITLE, "--area", "interp", "--value", "4")


def test_two_items_become_one_with_all_that_was_said_of_both(author: Author) -> None:
    add_two(author)

    printed = author.types("merge", "1", PAPER)

    assert (printed.code, printed.out, printed.err) == (0, f'merged 2 into 1: "{TITLE}"\n', "")
    (item,) = author.types("list", "--json").json
    assert (item["item"], item["kind"], item["state"]) == (1, "paper", "kept")
    assert item["tags"] == ["post"]
    assert item["ratings"][0]["value"] == 4
    assert author.types("show", "2", "--json").json["item"] == 1
    assert author.types("draft", "-o", "-").out.count(f"[{TITLE}]") == 1


def test_several_are_merged_at_once_and_undone_at_once(author: Author) -> None:
    for number in "123":
        author.types("add", "--title", f"Work {number}")

    printed = author.types("merge", "2", "1", "3")
    undone = author.types("undo")

    assert printed.out == 'merged 1 into 2: "Work 2"\nmerged 3 into 2: "Work 2"\n'
    assert undone.out == (
        'undone: merged with "Work 1": "Work 2"\nundone: merged with "Work 3": "Work 2"\n'
    )
    assert len(author.types("list", "--json").json) == 3


def test_what_is_one_item_already_is_refused(author: Author) -> None:
    add_two(author)
    author.types("merge", "1", "2")

    for words in (("1", "2"), ("1", "1"), (PAPER, "https://blog.example.org/a")):
        printed = author.types("merge", *words)
        assert (printed.code, printed.out) == (2, "")
        assert printed.err.startswith(f"papertrack: {words[0]} and {words[1]} are already one item")


def test_an_unknown_item_merges_nothing(author: Author) -> None:
    add_two(author)

    printed = author.types("merge", "1", "2", "9")

    assert (printed.code, printed.err.split(";")[0]) == (2, "papertrack: there is no item 9")
    assert len(author.types("list", "--json").json) == 2


def test_a_post_that_names_the_paper_it_links_to_is_proposed_by_show(
    author: Author, server: FeedServer
) -> None:
    author.types("add", PAPER, "--title", TITLE)
    body = f'<p>Our paper <a href="https://arxiv.org/abs/{PAPER}">{TITLE}</a> is out.</p>'
    author.add_source(server.put("/feed", rss(Post("New work", body=body)).encode()))
    author.types("fetch")

    shown = author.types("show", "2")
    (asked,) = author.types("show", "1", "--json").json["same_story"]

    assert f'1  "{TITLE}"  (links and names the paper)' in shown.out
    assert asked == {
        "item": 2,
        "title": "New work",
        "reason": "links and names the paper",
        "state": "new",
        "judged_at": None,
    }
    author.types("merge", "1", "2")
    shown = author.types("show", "1")
    assert "same story?" not in shown.out
    assert '2  2026-11-20  "New work"' in shown.out
    assert author.types("fetch", "--force").code == 0
    assert len(author.types("list", "--json").json) == 1
