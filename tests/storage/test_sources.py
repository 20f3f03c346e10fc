"""Areas and sources follow the config; what has left it is retired, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.author import CONFIG

if TYPE_CHECKING:
    from tests.author import Author

NO_AREAS = CONFIG.partition("[[areas]]")[0]
SLUGS = "SELECT slug, retired_at IS NOT NULL FROM areas ORDER BY slug"


def test_areas_keep_the_order_of_the_config(author: Author) -> None:
    author.types("init")

    rows = author.rows("SELECT slug, name, emoji, position FROM areas ORDER BY position")

    assert rows == [
        ("interp", "Mechanistic Interpretability", "💡", 0),
        ("attacks", "Avoiding Adversarial Attacks", "🛡️", 1),
    ]


def test_an_area_that_left_the_config_is_retired_and_comes_back(author: Author) -> None:
    author.types("init")

    author.write_config(NO_AREAS)
    author.types("undo")
    gone = author.rows(SLUGS)
    author.write_config(CONFIG)
    author.types("undo")
    back = author.rows(SLUGS)

    assert gone == [("attacks", 1), ("interp", 1)]
    assert back == [("attacks", 0), ("interp", 0)]


def test_a_renamed_area_keeps_its_ratings(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3")

    author.write_config(CONFIG.replace("Mechanistic Interpretability", "Looking Inside"))
    printed = author.types("draft", "-o", "-")

    assert "## Looking Inside\n" in printed.out
    assert "💡💡💡" in printed.out


def test_what_was_rated_in_a_retired_area_is_still_drafted(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3")

    author.write_config(NO_AREAS)
    printed = author.types("draft", "-o", "-")

    assert "## Mechanistic Interpretability\n" in printed.out


def test_nothing_is_written_when_the_config_says_nothing_new(author: Author) -> None:
    author.types("init")
    before = author.database.read_bytes()

    author.types("undo")

    assert author.database.read_bytes() == before


def test_sources_are_mirrored_with_what_messages_need(author: Author) -> None:
    author.add_source("http://127.0.0.1:9/feed", name='"A blog"', area='"interp"')
    author.types("init")

    rows = author.rows("SELECT slug, kind, name, url, area, retired_at FROM sources ORDER BY id")

    assert rows == [
        ("blog", "feed", "A blog", "http://127.0.0.1:9/feed", "interp", None),
        ("by-hand", "by-hand", "by hand", None, None, None),
    ]


def test_a_source_that_left_the_config_keeps_its_row(author: Author) -> None:
    author.add_source("http://127.0.0.1:9/feed")
    author.types("init")

    author.write_config(CONFIG)
    author.types("undo")

    rows = author.rows("SELECT slug, retired_at FROM sources WHERE slug = 'blog'")
    assert rows == [("blog", "2026-11-20T13:00:02.000Z")]
