"""Ratings are read back as they were printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import integers, sampled_from, text

from papertrack.core.text.ratings import rating_glyphs, read_rating

GLYPHS = ["💡", "🧓🏻", "🇨🇳", "🖋️", "👩‍💻", "*", "★", "✅"]


@given(integers(1, 10), sampled_from(GLYPHS), sampled_from(["", "(thin)", " (3 signs, (maybe) 4)"]))
def test_what_was_printed_is_read(halves: int, glyph: str, remark: str) -> None:
    read = read_rating(rating_glyphs(halves, glyph) + remark)

    assert read is not None
    assert (read.halves, read.emoji) == (halves, glyph)
    assert read.remark == (remark.strip()[1:-1] or None)


@pytest.mark.parametrize(
    ("printed", "halves"),
    [("3/5", 6), ("3.5/5", 7), ("3½ / 5", 7), ("★★★☆☆", 6), ("💡 💡", 4), ("💡💡½", 5)],
)
def test_other_ways_to_write_a_rating_are_read(printed: str, halves: int) -> None:
    read = read_rating(printed)

    assert read is not None
    assert read.halves == halves


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "good",
        "12 people",
        "💡💡💡💡💡💡",
        "💡🛡️",
        "6/5",
        "0/5",
        "💡 or not",
        "(thin)",
        "💡 (open",
    ],
)
def test_what_is_no_rating_is_none(printed: str) -> None:
    assert read_rating(printed) is None


def test_a_glyph_of_letters_counts_where_the_author_uses_it() -> None:
    assert read_rating("IQIQ") is None
    read = read_rating("IQIQ+IQ/2", {"IQ"})
    assert read is not None
    assert (read.halves, read.emoji) == (5, "IQ")


@given(text(max_size=40))
def test_any_text_is_a_rating_of_half_a_point_to_five_or_none(printed: str) -> None:
    read = read_rating(printed)

    assert read is None or 1 <= read.halves <= 10
