"""Ratings as they are typed."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.ratings import rating_value, read_halves
from papertrack.errors import UsageError


@given(st.integers(1, 10))
def test_written_rating_is_read_back(halves: int) -> None:
    assert read_halves(rating_value(halves)) == halves


@pytest.mark.parametrize(("text", "halves"), [("3,5", 7), (" 4 ", 8), ("0.5", 1), ("5.0", 10)])
def test_rating_is_read_as_people_type_it(text: str, halves: int) -> None:
    assert read_halves(text) == halves


@pytest.mark.parametrize(
    "text",
    ["", "0", "5.5", "3.25", "-1", "nan", "inf", "-inf", "1e309", "good", "3 5", "3.4999999"],
)
def test_what_is_no_rating_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_halves(text)
    assert caught.value.what == f'"{text}" is not a rating'
    assert caught.value.hint == "give 0.5 to 5 in steps of 0.5"


@given(st.text())
def test_any_text_is_a_rating_or_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert 1 <= read_halves(text) <= 10
