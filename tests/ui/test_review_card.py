"""The rating screen as text, at every size and for every text from outside."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from papertrack.commands.review import Sheet
from papertrack.core.judging.item_details import Proposal
from papertrack.core.judging.notes import read_tags
from papertrack.core.rank.prediction import Prediction
from papertrack.ui.review.card import draw
from papertrack.ui.review.view import Mode, Tally, View, plain
from tests.ui.service import AREAS, paper

WIDE_TITLE = (
    "大規模言語モデルにおける機構的解釈可能性の再検討と疎なオートエンコーダーによる特徴の分解" * 3
)


def view(title: str = "A title", summary: str = "A text.", **changes: object) -> View:
    proposal = changes.pop("proposal", None)
    item = paper(1, title, summary=summary)
    shown: dict[str, object] = {
        "sheet": Sheet(item, Prediction(None, "", (), ()), proposal, "a reason " * bool(proposal)),  # type: ignore[arg-type] # as below
        "position": 0,
        "total": 1,
        "week": "2026-W47",
        "tally": Tally(),
        "areas": AREAS,
        "day": "announced Fri 20",
    }
    return View(**(shown | changes))  # type: ignore[arg-type] # the tests name real fields


def lines_of(shown: View, width: int, height: int) -> list[str]:
    return draw(shown, width, height).text.plain.split("\n")


@given(
    title=st.text(max_size=300),
    summary=st.text(max_size=2000),
    width=st.integers(10, 140),
    height=st.integers(1, 50),
    mode=st.sampled_from(Mode),
    is_expanded=st.booleans(),
    offset=st.integers(-5, 500),
)
def test_screen_fits_the_terminal_whatever_comes_from_outside(  # noqa: PLR0913 the whole space
    *,
    title: str,
    summary: str,
    width: int,
    height: int,
    mode: Mode,
    is_expanded: bool,
    offset: int,
) -> None:
    shown = view(
        title,
        summary,
        mode=mode,
        is_expanded=is_expanded,
        offset=offset,
        proposal=Proposal(12, title, "a reason") if offset % 2 else None,
    )
    lines = lines_of(shown, width, height)

    assert len(lines) == height
    assert max(map(cell_len, lines)) <= width
    assert not [c for line in lines for c in line if not (c.isprintable() or c == "\u200c")]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40), (40, 12)])
@pytest.mark.parametrize("title", ["Short", WIDE_TITLE, "e\u0301" * 400])
def test_keys_stay_in_sight_however_long_the_text(size: tuple[int, int], title: str) -> None:
    lines = lines_of(view(title, "word " * 5000), *size)

    assert any("x reject" in line for line in lines[-5:])
    assert any("? help" in line for line in lines[-5:])


def test_scrolling_stops_at_the_end() -> None:
    frame = draw(view(summary="word " * 900, offset=10_000), 80, 24)

    assert 0 < frame.offset < 100
    assert draw(view(offset=10_000), 80, 24).offset == 0


def test_book_in_a_feed_is_cut_and_says_so() -> None:
    frame = draw(view(summary="word " * 100_000, offset=1_000_000), 80, 24)

    assert "the rest is on the page: o opens it" in frame.text.plain


def test_wide_screen_keeps_the_abstract_and_a_narrow_one_leaves_out_categories() -> None:
    assert "cs.LG cs.AI  announced Fri 20" in lines_of(view(), 80, 24)[3]
    assert "Example A, +4  arXiv 2611.99901v1  announced Fri 20" in lines_of(view(), 60, 20)[3]


def test_item_without_title_or_text_is_named_so() -> None:
    text = draw(view("\u202e\u200b", ""), 80, 24).text.plain
    assert "(no title)" in text
    assert "(no text came with it)" in text


def test_item_without_title_is_shown_by_its_first_words_in_quotes() -> None:
    shown = view()
    assert shown.sheet is not None
    untitled = replace(shown.sheet.item, title="", summary="A first. A second.")

    frame = draw(replace(shown, sheet=replace(shown.sheet, item=untitled)), 80, 24)

    assert "“A first”" in frame.text.plain


@pytest.mark.parametrize(
    ("outside", "drawn"),
    [
        ("a\x1b[31mb", "a [31mb"),
        ("a\u202eb\u2066c", "a b c"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("👩\u200d🔬 🛡\ufe0f 👍🏽", "👩🔬 🛡 👍"),
    ],
)
def test_text_from_outside_is_made_plain(outside: str, drawn: str) -> None:
    assert plain(outside) == drawn


@pytest.mark.parametrize(
    ("line", "added", "removed"),
    [
        ("interp -old", ("interp",), ("old",)),
        ("+x, y", ("x", "y"), ()),
        ("x -x", (), ("x",)),
        ("- + ,", (), ()),
        ("toy-models", ("toy-models",), ()),
    ],
)
def test_tags_are_read(line: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    assert read_tags(line) == (added, removed)


def test_lists_and_code_keep_their_lines() -> None:
    summary = "Found:\n\n- one   thing\n- another\n  - a part of it\n\n\tx = 1\n\n\nThe end."

    lines = [line.rstrip() for line in lines_of(view(summary=summary), 80, 24)]

    first = lines.index(" Found:")
    assert lines[first : first + 8] == [
        *(" Found:", "", " - one thing", " - another", "   - a part of it", ""),
        *("  x = 1", ""),
    ]
    assert lines[first + 8] == " The end."


def test_more_shows_the_whole_of_a_long_title() -> None:
    title = " ".join(f"word{number}" for number in range(60))

    usual = " ".join(lines_of(view(title), 60, 24))
    expanded = " ".join(lines_of(view(title, is_expanded=True), 60, 24))

    assert "word59" not in usual
    assert "word59" in expanded


def test_a_low_window_shows_the_title_rather_than_a_rule() -> None:
    lines = lines_of(view("Probes of truth"), 50, 12)

    assert lines[1] == " Probes of truth"


def test_a_title_is_shown_without_tex_and_with_its_emphasis() -> None:
    shown = draw(view(r"\emph{Quick} $O(n\log n)$ sorts", ""), 80, 24).text

    at = shown.plain.index("Quick O(n log n) sorts")
    italic = [span for span in shown.spans if "italic" in str(span.style)]
    assert [(span.start, span.end) for span in italic] == [(at, at + len("Quick"))]
