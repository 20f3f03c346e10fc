"""What the author changed by hand meets what papertrack would write today."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.drafts.merge import (
    MINE_FROM,
    NEW_UNTIL,
    Matching,
    has_conflicts,
    merge,
    shared_regions,
)

CARDS = """\
# Letters (2026-11-20)

A lead.

- [One](#one)
- [Two](#two)

## One

### [First](https://example.org/1)

**What is it:** A thing

**What's new:** It is new

**Rating:** 💡💡

### [Second](https://example.org/2)

**What is it:** Another thing

**Rating:** 💡💡

## Two

### [Third](https://example.org/3)

**Rating:** 💡💡
"""
CARD = "### [Fourth](https://example.org/4)\n\n**What is it:** Late\n\n**Rating:** 💡💡\n\n"


def _with(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("mine", "new"),
    [
        pytest.param(
            [("A thing", "A fine thing")],
            [("It is new\n\n**Rating:** 💡💡\n", "It is new\n\n**Rating:** 💡💡💡\n")],
            id="two fields of a card",
        ),
        pytest.param(
            [("It is new", "It is newer")],
            [("It is new\n\n**Rating:** 💡💡\n", "It is new\n\n**Rating:** 💡💡💡\n")],
            id="neighbouring fields",
        ),
        pytest.param(
            [("It is new\n", "It is new\n\nA word of mine.\n")],
            [("It is new\n\n**Rating:** 💡💡\n", "It is new\n\n**Rating:** 💡💡💡\n")],
            id="a paragraph before a changed one",
        ),
        pytest.param(
            [("[Second]", "[The second]")],
            [("It is new\n\n**Rating:** 💡💡\n", "It is new\n\n**Rating:** 💡💡💡\n")],
            id="neighbouring cards",
        ),
        pytest.param(
            [("[Second]", "[The second]")],
            [("### [Second]", CARD + "### [Second]")],
            id="a new card before an edited one",
        ),
        pytest.param(
            [("Another thing\n\n**Rating:** 💡💡\n", "Another thing\n\n**Rating:** 💡💡 (!)\n")],
            [("## Two\n", CARD + "## Two\n")],
            id="a new card behind an edited one",
        ),
        pytest.param(
            [
                (
                    (
                        "### [Second](https://example.org/2)\n\n**What is it:** Another thing\n\n"
                        "**Rating:** 💡💡\n\n"
                    ),
                    "",
                )
            ],
            [("## Two\n", CARD + "## Two\n")],
            id="a new card behind a deleted one",
        ),
        pytest.param(
            [("- [Two](#two)\n", "")],
            [("- [One](#one)\n", "- [Nil](#nil)\n- [One](#one)\n")],
            id="the list of contents",
        ),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["mine first", "new first"])
def test_changes_side_by_side_are_both_kept(
    mine: list[tuple[str, str]],
    new: list[tuple[str, str]],
    turned: bool,  # noqa: FBT001
) -> None:
    if turned:
        mine, new = new, mine

    merged = merge(CARDS, _with(CARDS, *mine), _with(CARDS, *new))

    assert merged.conflicts == 0
    lines = merged.text.splitlines()
    for one in (_with(CARDS, *mine), _with(CARDS, *new)):
        assert [line for line in one.splitlines() if line not in CARDS.splitlines()] == [
            line for line in lines if line in one.splitlines() and line not in CARDS.splitlines()
        ]


def test_a_new_card_stands_before_closing_words() -> None:
    merged = merge(CARDS, CARDS + "\nSee you next week.\n", CARDS + "\n" + CARD.rstrip("\n") + "\n")

    assert merged.text == CARDS + "\n" + CARD + "See you next week.\n"


def test_a_new_card_stands_before_closing_words_behind_an_edited_line() -> None:
    last = "**Rating:** 💡💡\n"
    mine = CARDS.removesuffix(last) + "**Rating:** 💡💡 (!)\n\nSee you next week.\n"

    merged = merge(CARDS, mine, CARDS + "\n" + CARD.rstrip("\n") + "\n")

    assert merged.text == CARDS.removesuffix("\n") + " (!)\n\n" + CARD + "See you next week.\n"


def test_a_new_card_stands_behind_what_was_added_to_the_one_before() -> None:
    mine = _with(CARDS, ("## Two\n", "By the way: read it.\n\n## Two\n"))

    merged = merge(CARDS, mine, _with(CARDS, ("## Two\n", CARD + "## Two\n")))

    assert merged.text == _with(CARDS, ("## Two\n", "By the way: read it.\n\n" + CARD + "## Two\n"))


def test_a_new_card_stands_before_a_section_of_the_authors_own() -> None:
    mine = _with(CARDS, ("## Two\n", "## Mine\n\nAll of it.\n\n## Two\n"))

    merged = merge(CARDS, mine, _with(CARDS, ("## Two\n", CARD + "## Two\n")))

    assert merged.text == _with(CARDS, ("## Two\n", CARD + "## Mine\n\nAll of it.\n\n## Two\n"))


def test_what_both_have_changed_is_shown_with_markers_and_nothing_else_is() -> None:
    mine = _with(CARDS, ("A thing", "My thing"), ("A lead.", "My lead."))
    new = _with(CARDS, ("A thing", "New thing"), ("[Third]", "[The third]"))

    merged = merge(CARDS, mine, new)

    assert merged.conflicts == 1
    assert merged.text == _with(
        CARDS,
        ("A lead.", "My lead."),
        ("[Third]", "[The third]"),
        (
            "**What is it:** A thing\n",
            (
                f"{MINE_FROM}\n**What is it:** My thing\n=======\n**What is it:** New thing\n"
                f"{NEW_UNTIL}\n"
            ),
        ),
    )
    assert has_conflicts(merged.text)
    assert not has_conflicts(mine)


@pytest.mark.parametrize(
    ("old", "mine", "new", "merged"),
    [
        ("# A (2026-11-20)", "# My A (2026-11-20)", "# A (2026-11-21)", "# My A (2026-11-21)"),
        ("**R:** 💡💡", "**R:** 💡💡 (my remark)", "**R:** 💡+💡/2", "**R:** 💡+💡/2 (my remark)"),
    ],
)
def test_a_date_and_a_rating_change_inside_a_line_that_was_edited(
    old: str, mine: str, new: str, merged: str
) -> None:
    assert merge(f"{old}\n", f"{mine}\r\n", f"{new}\n").text == f"{merged}\r\n"


@pytest.mark.parametrize(
    ("mine", "new"),
    [
        ("one two six", "four two three"),
        ("**R:** 💡💡💡", "**R:** 💡💡💡💡"),
        ("**R:** 💡💡 (a)", "**R:** 💡💡 5"),
    ],
)
def test_words_that_both_changed_are_never_mixed(mine: str, new: str) -> None:
    base = "one two three\n" if "one" in mine else "**R:** 💡💡\n"

    assert merge(base, f"{mine}\n", f"{new}\n").conflicts == 1


def test_an_edited_card_that_left_the_draft_is_a_conflict() -> None:
    card = CARDS[CARDS.index("### [Second]") : CARDS.index("## Two")]

    merged = merge(CARDS, _with(CARDS, ("Another thing", "My thing")), _with(CARDS, (card, "")))

    assert merged.conflicts == 1
    assert "My thing" in merged.text


def test_the_same_change_on_both_sides_is_made_once() -> None:
    changed = _with(CARDS, ("A thing", "My thing"), ("## Two\n", CARD + "## Two\n"))

    assert merge(CARDS, changed, changed).text == changed


def test_a_card_that_the_author_pasted_first_does_not_stand_there_twice() -> None:
    mine = _with(CARDS, ("## Two\n", CARD.replace("Late", "My words") + "## Two\n"))

    merged = merge(CARDS, mine, _with(CARDS, ("## Two\n", CARD + "## Two\n")))

    assert merged.conflicts == 1
    assert merged.text.count("[Fourth]") == 1


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "open"])
def test_a_file_keeps_its_line_endings(ending: str, mark: str, is_closed: bool) -> None:  # noqa: FBT001
    mine = _with(CARDS, ("A lead.", "My lead."))
    new = _with(CARDS, ("## Two\n", CARD + "## Two\n"))
    both = _with(mine, ("## Two\n", CARD + "## Two\n"))

    def stored(text: str) -> str:
        text = mark + text.replace("\n", ending)
        return text if is_closed else text.removesuffix(ending)

    assert merge(CARDS, stored(mine), new).text == stored(both)
    assert merge(CARDS, stored(CARDS), new).text == stored(new)
    assert merge(CARDS, stored(mine), CARDS).text == stored(mine)


def test_lines_of_two_endings_keep_theirs() -> None:
    base, new = "- a\n- b\n- c\n- d\n", "- new\n- a\n- c\n- d\n"

    # The author has changed "c"; "a", beside it and beside what is new, ends in another way.
    assert merge(base, "- a\r\n- b\n- mine\n- d\n", new).text == "- new\n- a\r\n- mine\n- d\n"
    for text in ("- a\r\n- b\n- c\n- d\n", "- a\n- b\r\n- c\r\n- d\n- e"):
        assert merge(base, text, base).text == text


def test_an_edited_rating_stays_with_its_card_when_one_like_it_comes_behind() -> None:
    rating = "**Rating:** 💡💡\n\n"
    tail = "".join(f"Line {number}\n\n" for number in range(9))
    base = f"First\n\n{rating}{tail}"

    merged = merge(
        base,
        base.replace(rating, "**Rating:** 💡💡💡\n\n"),
        f"First\n\n{rating}Second\n\n{rating}{tail}",
    )

    assert merged.text == f"First\n\n**Rating:** 💡💡💡\n\nSecond\n\n{rating}{tail}"


def test_text_behind_a_missing_last_line_break_begins_a_line() -> None:
    merged = merge("a\n", "a", "a\n\nb\n")

    assert merged.text == "a\n\nb\n"


WORDS = st.sampled_from(["", "", "a", "b", "c", "d", "# h", "- l", "**Rating:** 💡", "## s"])
TEXT = st.lists(WORDS, max_size=14).map(lambda lines: "".join(line + "\n" for line in lines))
ENDING = st.sampled_from(["\n", "\n", "\r\n", "\r"])
LOOSE = st.tuples(
    st.sampled_from(["", "\ufeff"]),
    st.lists(st.tuples(WORDS, ENDING), max_size=14),
    st.sampled_from(["", "end"]),
).map(lambda parts: parts[0] + "".join(a + b for a, b in parts[1]) + parts[2])


@settings(max_examples=75)
@given(base=TEXT, new=TEXT)
def test_an_unedited_file_becomes_the_new_text(base: str, new: str) -> None:
    assert merge(base, base, new).text == new


@settings(max_examples=75)
@given(base=TEXT, mine=LOOSE)
def test_where_nothing_is_new_the_file_stays_byte_for_byte(base: str, mine: str) -> None:
    assert merge(base, mine, base).text == mine


@settings(max_examples=75)
@given(mine=LOOSE, base=TEXT)
def test_what_was_taken_over_already_is_not_taken_over_twice(base: str, mine: str) -> None:
    new = re.sub(r"\r\n|\r", "\n", mine.removeprefix("\ufeff"))

    assert merge(base, mine, new).text == mine


def _numbered(edits: list[tuple[int, str]], lines: list[str], whose: str) -> list[str]:
    """Edit lines at random; every line that is written names whose it is, and is never repeated."""
    edited = list(lines)
    for number, (place, act) in enumerate(edits):
        at = place % (len(edited) + 1)
        if act == "insert":
            edited[at:at] = [f"{whose} {number}", ""]
        elif at < len(edited) and act == "change":
            edited[at] = f"{whose} {number}"
        elif at < len(edited):
            del edited[at]
    return edited


EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["insert", "change", "delete"])), max_size=8
)


@settings(max_examples=100)
@given(mine=EDITS, new=EDITS)
def test_every_line_written_by_hand_survives_in_its_order(
    mine: list[tuple[int, str]], new: list[tuple[int, str]]
) -> None:
    base = [f"{line} ({number})" if line else "" for number, line in enumerate(CARDS.split("\n"))]
    edited, today = _numbered(mine, base, "mine"), _numbered(new, base, "new")

    merged = merge("\n".join(base), "\n".join(edited), "\n".join(today))
    lines = merged.text.split("\n")

    by_hand = [line for line in edited if line.startswith("mine")]
    assert [line for line in lines if line in by_hand] == by_hand
    if not merged.conflicts:
        deleted = {line for line in base if line} - {*edited}
        assert not deleted & {*lines}
        assert {line for line in today if line.startswith("new")} <= {*lines}


def _matched(base: list[str], side: list[str]) -> dict[int, int]:
    """Say for each line of the base that one side kept where it stands there."""
    return {
        in_base + at: in_side + at
        for in_base, in_side, size in Matching(base, side).get_matching_blocks()
        for at in range(size)
    }


@settings(max_examples=150)
@given(mine=EDITS, new=EDITS, base=st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=30))
def test_what_three_texts_share_is_every_line_that_both_sides_kept(
    mine: list[tuple[int, str]], new: list[tuple[int, str]], base: list[str]
) -> None:
    edited, today = _numbered(mine, base, "mine"), _numbered(new, base, "new")

    *regions, end = shared_regions(base, edited, today)

    ours, theirs = _matched(base, edited), _matched(base, today)
    shared = [
        (region.base + at, region.mine + at, region.new + at)
        for region in regions
        for at in range(region.size)
    ]
    assert shared == [(at, ours[at], theirs[at]) for at in sorted(ours.keys() & theirs.keys())]
    assert (end.base, end.mine, end.new, end.size) == (len(base), len(edited), len(today), 0)
