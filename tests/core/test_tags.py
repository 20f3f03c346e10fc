"""Tags as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.judging.notes import read_tags


@pytest.mark.parametrize(
    ("text", "added", "removed"),
    [
        ("", (), ()),
        ("interp +toy -old", ("interp", "toy"), ("old",)),
        ("#interp, toy,,", ("interp", "toy"), ()),
        ("a -a", (), ("a",)),
        ("-a a", ("a",), ()),
        ("a b a", ("b", "a"), ()),
        ("- + # ,", (), ()),
        ("long-term -well-known", ("long-term",), ("well-known",)),
    ],
)
def test_line_of_tags_is_read(text: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    assert read_tags(text) == (added, removed)


@given(st.text())
def test_no_tag_is_both_added_and_removed_or_has_a_blank(text: str) -> None:
    added, removed = read_tags(text)

    assert not set(added) & set(removed)
    assert all(tag and len(tag.split()) == 1 for tag in (*added, *removed))
