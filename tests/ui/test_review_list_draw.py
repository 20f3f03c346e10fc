"""The list as lines of text, at any size and with any title."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from rich.cells import cell_len
from rich.text import Text

from papertrack.core.judging.bulk import ListOrder
from papertrack.core.kinds import State
from papertrack.core.records import Judgement, Rating
from papertrack.ui.queue.view import (
    ListMode,
    ListRow,
    ListView,
    draw_list,
    list_footer,
    list_keys,
    rows_that_fit,
)
from papertrack.ui.review.keys import DEFAULT_KEYS
from papertrack.ui.review.view import Tally
from tests.ui.service import AREAS, paper

SNAPSHOTS = Path(__file__).parent / "snapshots"
KEYS = list_keys(DEFAULT_KEYS)
HINTS = tuple(key.hint for key in KEYS.keys if key.hint)
VIEW = ListView(
    cursor=1,
    shown=5,
    total=12,
    tally=Tally(1, 2, 3),
    hints=HINTS,
    keys=KEYS,
    areas=AREAS,
    marked=2,
    order=ListOrder.DATE,
    has_scores=True,
    filter_text="probe",
    message='rejected "Paper number 7"',
)


def _rated(*ratings: Rating) -> Judgement:
    return Judgement(state=State.KEPT, ratings=ratings)


ROWS = (
    ListRow(paper(1, "A plain title"), "20 Nov", 0.81, is_marked=True),
    ListRow(
        paper(
            2,
            "大規模言語モデルの内部表現を調べる長い題名の論文であり画面からはみ出す" * 2,
            state=State.KEPT,
            judgement=_rated(Rating("mech-interp", 7), Rating("art", 2)),
            sources=("a-source-with-a-long-name", "planet"),
        ),
        " 9 Nov",
        is_marked=True,
        is_current=True,
    ),
    ListRow(paper(3, "Rejected [bold]work[/bold]", state=State.REJECTED), "19 Nov", 0.0),
    ListRow(paper(4, "\x1b[31mRed\nand\tbroken\u202e", state=State.LATER, authors=()), "18 Nov", 1),
    ListRow(paper(5, " ", state=State.KEPT, sources=()), "17 Nov"),
)


def _lines(view: ListView, width: int, height: int) -> list[str]:
    footer = list_footer(view, width, height)
    rows = ROWS[: rows_that_fit(footer, height)]
    return draw_list(view, rows, footer, width, height).plain.split("\n")


def _text(view: ListView, width: int, height: int) -> str:
    return "\n".join(line.rstrip() for line in _lines(view, width, height))


@pytest.mark.parametrize(("width", "height"), [(60, 16), (80, 14), (120, 14)])
def test_at_60_80_and_120_columns_the_list_looks_as_agreed(width: int, height: int) -> None:
    agreed = (SNAPSHOTS / f"review_list_{width}.txt").read_text("utf-8")

    assert _text(VIEW, width, height) + "\n" == agreed


def test_a_row_without_title_shows_first_words_in_quotes() -> None:
    untitled = replace(paper(1), title="", summary="A first. A second.")
    view = replace(VIEW, cursor=0, shown=1)
    rows = [ListRow(untitled, "20 Nov")]

    assert "“A first”" in draw_list(view, rows, list_footer(view, 80, 24), 80, 24).plain


def test_in_ascii_nothing_but_titles_leaves_ascii() -> None:
    view = replace(VIEW, ascii_only=True)
    rows = [row for row in ROWS if row.item.id != 2]
    footer = list_footer(view, 80, 16)
    text = draw_list(view, rows, footer, 80, 16).plain

    assert text.isascii()
    assert ">* 3.5+ " in draw_list(view, ROWS, footer, 80, 16).plain


@settings(max_examples=75, deadline=None)
@given(
    title=st.text(max_size=90),
    typed=st.text(max_size=90),
    width=st.integers(1, 140),
    height=st.integers(1, 30),
    mode=st.sampled_from(ListMode),
    has_scores=st.booleans(),
)
def test_no_line_is_wider_than_the_terminal_and_no_row_is_too_many(
    *, title: str, typed: str, width: int, height: int, mode: ListMode, has_scores: bool
) -> None:
    view = replace(
        VIEW, mode=mode, typed=typed, message=title, filter_text=typed, has_scores=has_scores
    )
    footer = list_footer(view, width, height)
    row = ListRow(paper(1, title, sources=(typed,)), "20 Nov", 0.5, is_current=True)
    drawn = draw_list(view, [row] * rows_that_fit(footer, height), footer, width, height)
    lines = drawn.plain.split("\n")

    assert len(lines) == max(height, len(footer))
    assert max(map(cell_len, lines)) <= width
    assert all(character.isprintable() or character == "\u200c" for character in "".join(lines))


def test_the_list_does_not_jump_when_a_key_only_asks_something() -> None:
    rooms = {
        rows_that_fit(list_footer(replace(VIEW, mode=mode, hints=("y yes", "n no")), 80, 24), 24)
        for mode in ListMode
    }

    assert rooms == {rows_that_fit(list_footer(VIEW, 80, 24), 24)}


@pytest.mark.parametrize(
    ("total", "words"), [(12, "nothing matches; / then Escape shows all"), (0, "nothing here")]
)
def test_an_empty_list_says_why(total: int, words: str) -> None:
    view = replace(VIEW, shown=0, total=total, cursor=0)
    footer = list_footer(view, 80, 24)

    assert words in draw_list(view, [], footer, 80, 24).plain


def test_the_end_of_a_long_line_stays_in_sight_while_it_is_typed() -> None:
    view = replace(VIEW, mode=ListMode.FILTER, typed="word " * 30 + "大きなend")

    last = list_footer(view, 40, 24)[-1]

    assert isinstance(last, Text)
    assert last.plain.endswith("大きなend▏")
    assert last.cell_len <= 40
