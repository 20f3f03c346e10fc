"""A post without a title is listed by its first words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.title import borrowed_title, first_words
from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("New preprint on made-up probes.\n\nSecond paragraph.", "New preprint on made-up probes"),
        ("One thing. Another thing.", "One thing"),
        ("Is it? Yes. No.", "Is it?"),
        ("word " * 30, "word " * 15 + "word…"),
        ("x" * 100, "x" * 80 + "…"),
    ],
)
def test_the_first_sentence_stands_in_for_a_title(text: str, words: str) -> None:
    assert first_words(text) == words


@given(st.text(max_size=300))
def test_first_words_are_one_short_line(text: str) -> None:
    words = first_words(text)

    assert len(words) <= 81
    assert "\n" not in words


def test_a_list_shows_the_first_words_of_a_post_without_a_title(
    author: Author, server: FeedServer
) -> None:
    body = rss(Post("", "https://m1.example.social/@ada/1", "1", body="<p>A first. A second.</p>"))
    author.add_source(server.put("/feed", body))
    author.types("fetch")

    assert author.types("list").out.rstrip().endswith("\t\u201cA first\u201d")


@pytest.mark.parametrize(
    ("summary", "url", "title"),
    [
        ("A map. And more.", "https://example.org/a.pdf", "\u201cA map\u201d"),
        ("", "https://example.org/papers/a%20map_v2.PDF?x=1#page=3", "a map_v2 (PDF)"),
        ("", "https://example.org/a.pdf/view", ""),
        ("", "https://example.org/.pdf", ""),
        ("", "https://example.org/pdf", ""),
        ("", None, ""),
    ],
)
def test_a_pdf_without_a_title_is_listed_by_the_name_of_its_file(
    summary: str, url: str | None, title: str
) -> None:
    assert borrowed_title(summary, url) == title
