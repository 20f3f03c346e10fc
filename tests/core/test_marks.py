"""Marks on the rows of a list, against flags on the rows of a plain table."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hypothesis import given, settings, strategies as st

from papertrack.core.judging.bulk import (
    Marks,
    close_range,
    drop_range,
    invert,
    mark_all,
    marked,
    open_range,
    toggle,
)

ITEMS = tuple(range(10, 20))


def test_a_range_grows_and_shrinks_with_the_cursor_on_both_sides_of_its_anchor() -> None:
    marks = open_range(Marks(), 13)

    assert marked(marks, ITEMS, 5) == {13, 14, 15}
    assert marked(marks, ITEMS, 3) == {13}
    assert marked(marks, ITEMS, 1) == {11, 12, 13}


def test_a_dropped_range_leaves_the_marks_from_before_it() -> None:
    marks = open_range(toggle(Marks(), 14), 13)

    assert marked(drop_range(marks), ITEMS, 5) == {14}
    assert close_range(marks, ITEMS, 5) == Marks(frozenset({13, 14, 15}))


def test_a_range_whose_anchor_is_filtered_away_marks_nothing_that_lies_between() -> None:
    marks = open_range(Marks(), 10)

    assert marked(marks, (14, 15, 16), 2) == {16}


def test_marking_all_twice_takes_the_marks_of_what_is_shown_away_and_no_others() -> None:
    once = mark_all(toggle(Marks(), 19), (10, 11))

    assert once.chosen == {10, 11, 19}
    assert mark_all(once, (10, 11)).chosen == {19}


def test_nothing_is_marked_in_an_empty_list() -> None:
    assert marked(open_range(Marks(), 10), (), 0) == frozenset()
    assert mark_all(Marks(), ()) == invert(Marks(), ()) == Marks()


@dataclass
class Table:
    """Rows with a flag each, in the order of the screen: marks as one would do them on paper."""

    shown: list[int]
    flags: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(ITEMS, False))

    def set_all(self, flag: bool) -> None:  # noqa: FBT001  # the flag itself
        self.flags.update(dict.fromkeys(self.shown, flag))


ACTS = st.sampled_from(["toggle", "range", "all", "invert", "sort", "filter"])
PLACES = st.integers(0, len(ITEMS) - 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(ACTS, PLACES, PLACES), max_size=25))
def test_marks_stay_on_their_items_however_the_list_is_sorted_and_filtered(
    acts: list[tuple[str, int, int]],
) -> None:
    marks, table = Marks(), Table(list(ITEMS))
    for act, one, other in acts:
        shown = table.shown
        start, end = (place % len(shown) for place in (one, other))
        match act:
            case "toggle":
                marks = toggle(marks, shown[start])
                table.flags[shown[start]] = not table.flags[shown[start]]
            case "range":
                marks = close_range(open_range(marks, shown[start]), shown, end)
                for place in range(min(start, end), max(start, end) + 1):
                    table.flags[shown[place]] = True
            case "all":
                marks = mark_all(marks, shown)
                table.set_all(not all(table.flags[item] for item in shown))
            case "invert":
                marks = invert(marks, shown)
                table.flags.update({item: not table.flags[item] for item in shown})
            case "sort":
                random.Random(one).shuffle(shown)  # noqa: S311  # any order will do
            case _:
                table.shown = [item for item in ITEMS if item % 3 != one % 3]

        assert marked(marks, table.shown, end % len(table.shown)) == {
            item for item, flag in table.flags.items() if flag
        }
