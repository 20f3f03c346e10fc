"""Ratings drawn as text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from papertrack.core.text.ratings import rating_bar, rating_glyphs, rating_value

SCIENTIST = "👩\u200d🔬"


@pytest.mark.parametrize(
    ("halves", "drawn"),
    [(1, "🤖/2"), (2, "🤖"), (6, "🤖🤖🤖"), (7, "🤖🤖🤖+🤖/2"), (10, "🤖🤖🤖🤖🤖")],
)
def test_digest_prints_one_glyph_a_point_and_a_half_as_a_fraction(halves: int, drawn: str) -> None:
    assert rating_glyphs(halves, "🤖") == drawn


def test_emoji_of_several_code_points_is_repeated_whole() -> None:
    assert rating_glyphs(5, SCIENTIST) == f"{SCIENTIST}{SCIENTIST}+{SCIENTIST}/2"
    assert rating_bar(5, SCIENTIST) == f"{SCIENTIST}{SCIENTIST}½·· 2.5"


@pytest.mark.parametrize(
    ("halves", "drawn"),
    [
        (None, "·····"),
        (1, "½···· 0.5"),
        (6, "💡💡💡·· 3"),
        (7, "💡💡💡½· 3.5"),
        (9, "💡💡💡💡½ 4.5"),
        (10, "💡💡💡💡💡 5"),
    ],
)
def test_bar_has_five_places_and_the_value(halves: int | None, drawn: str) -> None:
    assert rating_bar(halves, "💡") == drawn


@pytest.mark.parametrize(
    ("halves", "drawn"),
    [
        (None, "....."),
        (1, "1/2 0.5"),
        (6, "***.. 3"),
        (7, "***+1/2 3.5"),
        (9, "****+1/2 4.5"),
        (10, "***** 5"),
    ],
)
def test_bar_with_a_plain_glyph_is_ascii_throughout(halves: int | None, drawn: str) -> None:
    assert rating_bar(halves, "*") == drawn
    assert drawn.isascii()


def test_bar_is_as_wide_as_its_glyphs() -> None:
    assert cell_len(rating_bar(6, "💡")) == 3 * 2 + 2 + len(" 3")


@pytest.mark.parametrize(("halves", "value"), [(1, "0.5"), (6, "3"), (7, "3.5"), (10, "5")])
def test_value_is_written_without_an_idle_decimal(halves: int, value: str) -> None:
    assert rating_value(halves) == value
