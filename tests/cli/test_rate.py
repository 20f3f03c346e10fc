from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.author import Author


def test_a_rating_is_acknowledged_once_it_is_stored(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A work")

    printed = author.types("rate", "2611.99901", "--area", "interp", "--value", "3.5")

    assert (printed.code, printed.out) == (0, "rated 2611.99901 interp 3.5\n")
    assert author.rows("SELECT area, halves FROM ratings") == [("interp", 7)]
