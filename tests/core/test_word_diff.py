"""What changed between two texts, word by word."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.word_diff import (
    DiffKind,
    compare,
    count_changed,
    is_changed,
    join_words,
    read_words,
)
from papertrack.ui.item_page import diff_lines

_texts = st.text(st.sampled_from("ab ,.第三\n("), max_size=60)


def _drawn(old: str, new: str) -> str:
    return "\n".join(diff_lines(compare(old, new), 80, in_colour=False))


@given(_texts, _texts)
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = compare(old, new)

    for text, other in ((old, DiffKind.NEW), (new, DiffKind.OLD)):
        words = [word for piece in pieces if piece.change is not other for word in piece.words]
        assert [word.text for word in words] == [word.text for word in read_words(text)]
    fates = list(pairwise(piece.change for piece in pieces))
    assert all(first is not second for first, second in fates)
    assert (DiffKind.NEW, DiffKind.OLD) not in fates


@given(_texts)
def test_a_text_does_not_differ_from_itself_however_it_is_wrapped(text: str) -> None:
    assert not is_changed(compare(text, text.replace(" ", " \n")))


@given(_texts)
def test_words_are_put_together_as_they_were(text: str) -> None:
    assert join_words(read_words(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("old", "new", "drawn"),
    [
        ("A small study", "A large study", "A [-small-] {+large+} study"),
        ("A study", "A study of it", "A study {+of it+}"),
        ("It keeps its rule.", "It keeps its rule, too.", "It keeps its rule{+, too+}."),
        ("The rule, then", "The rule then", "The rule[-,-] then"),
        ("", "New", "{+New+}"),
        ("Old", "", "[-Old-]"),
        ("第三の道を行く", "第三の橋を行く", "第三の[-道-]{+橋+}を行く"),
        # A word that stays between longer changes would only be in the way.
        (
            "Where models stop to generalise",
            "When networks stop generalising",
            "[-Where models stop to generalise-] {+When networks stop generalising+}",
        ),
        ("[-old-] text", "text", "[-[-old-]-] text"),
    ],
)
def test_changes_stand_in_brackets(old: str, new: str, drawn: str) -> None:
    assert _drawn(old, new) == drawn


def test_in_colour_there_are_no_brackets() -> None:
    lines = diff_lines(compare("A small study", "A large study"), 80, in_colour=True)

    assert lines == ["A \x1b[31;9msmall\x1b[0m \x1b[32;4mlarge\x1b[0m study"]


def test_lines_are_filled_and_every_line_closes_its_colours() -> None:
    pieces = compare("one " * 5 + "第三の道" * 5, "two " * 9)

    plain = diff_lines(pieces, 20, in_colour=False)
    coloured = diff_lines(pieces, 20, in_colour=True)

    assert max(len(line) + sum(letter > "⺀" for letter in line) for line in plain) <= 20
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in coloured)


def test_what_stands_far_from_a_change_is_left_out() -> None:
    same = " ".join(f"w{number}" for number in range(60))

    drawn = " ".join(_drawn(f"old {same} old {same}", f"new {same} new {same}").split())

    assert drawn == (
        "[-old-] {+new+} w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 … w48 w49 w50 w51 w52 w53 w54 w55 "
        "w56 w57 w58 w59 [-old-] {+new+} w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 …"
    )


def test_before_the_first_change_and_behind_the_last_only_the_near_words_are_shown() -> None:
    same = " ".join(f"w{number}" for number in range(30))

    drawn = " ".join(_drawn(f"{same} old {same}", f"{same} new {same}").split())

    assert drawn == (
        "… w18 w19 w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 [-old-] {+new+} "
        "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 …"
    )


def test_of_a_replacement_the_longer_side_counts() -> None:
    assert count_changed(compare("a b c", "a x y z c")) == 3
    assert count_changed(compare("a b b b c", "a x c")) == 3
    assert count_changed(compare("a c", "a c")) == 0


def test_a_word_that_stands_there_thousands_of_times_is_compared_at_once() -> None:
    pieces = compare("a b " * 5_000, "b b a " * 3_000)

    assert is_changed(pieces)
