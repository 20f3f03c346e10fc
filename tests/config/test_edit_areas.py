"""Changing the areas in the author's config: every comment and every other line stays."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from papertrack.config.edit import CannotEdit, add_area, is_retired, move_area, set_area, slugs_in

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
SECTION = "# The sections of the digest, in their order. Change them to yours.\n\n"
SLUGS = ["mech-interp", "adversarial", "off-topic"]


def test_an_area_is_written_behind_the_last_one_and_nothing_else_changes() -> None:
    after = add_area(EXAMPLE, {"slug": "art", "name": "AI Art", "keywords": ["a", "b*"]})

    block = '[[areas]]\nslug = "art"\nname = "AI Art"\nkeywords = ["a", "b*"]\n'
    assert after.replace(f"\n{block}", "", 1) == EXAMPLE
    assert f"in_contents = false\n\n{block}\n\n# Where items come from." in after


def test_an_area_is_written_behind_the_one_that_is_named() -> None:
    after = add_area(EXAMPLE, {"slug": "art", "name": "AI Art"}, after="mech-interp")

    assert slugs_in(after) == ["mech-interp", "art", "adversarial", "off-topic"]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("after", [None, *SLUGS])
def test_an_area_moves_with_its_comments_and_the_rest_stays(slug: str, after: str | None) -> None:
    if slug == after:
        return
    moved = move_area(EXAMPLE, slug, after=after)

    others = [one for one in SLUGS if one != slug]
    others.insert(others.index(after) + 1 if after else 0, slug)
    assert slugs_in(moved) == others
    assert sorted(moved.splitlines()) == sorted(EXAMPLE.splitlines())
    assert SECTION + "[[areas]]\n" in moved
    assert "\n\n\n\n" not in moved


def test_moving_there_and_back_gives_the_same_file() -> None:
    there = move_area(EXAMPLE, "mech-interp", after="adversarial")

    assert move_area(there, "mech-interp", after=None) == EXAMPLE


def test_a_comment_right_above_an_area_moves_with_it() -> None:
    text = '# My areas.\n\n# the first\n[[areas]]\nslug = "a"\nname = "A"\n'
    text += '# about b\n[[areas]]\nslug = "b"\nname = "B"\n# more of b\n'

    moved = move_area(text, "b", after=None)

    assert moved == (
        '# My areas.\n\n# about b\n[[areas]]\nslug = "b"\nname = "B"\n# more of b\n\n'
        '# the first\n[[areas]]\nslug = "a"\nname = "A"\n'
    )


def test_a_value_is_changed_and_the_comment_behind_it_stays() -> None:
    text = '[[areas]]\nslug = "a"\nname = "A" # why\nemoji = "💡"\n'

    assert set_area(text, "a", "name", 'B "b"') == text.replace('"A"', '"B \\"b\\""')


def test_a_value_that_is_not_there_comes_behind_the_last_one() -> None:
    text = '[[areas]]\nslug = "a"\nname = "A"\n# a remark\n\n[digest]\ntitle = "T"\n'

    retired = set_area(text, "a", "retired", value=True)

    assert retired == text.replace('"A"\n', '"A"\nretired = true\n')
    assert is_retired(retired, "a")
    assert set_area(retired, "a", "retired", None) == text


def test_a_value_is_written_behind_a_last_line_without_end() -> None:
    text = '[[areas]]\nslug = "a"\nname = "A"'

    assert set_area(text, "a", "retired", value=True) == f"{text}\nretired = true\n"


def test_lines_end_as_they_did() -> None:
    text = '[[areas]]\r\nslug = "a"\r\nname = "A"\r\n\r\n[[areas]]\r\nslug = "b"\r\nname = "B"\r\n'

    for changed in (
        add_area(text, {"slug": "c", "name": "C"}),
        move_area(text, "a", after="b"),
        set_area(text, "a", "retired", value=True),
    ):
        assert changed.count("\n") == changed.count("\r\n")


def test_areas_in_a_list_of_inline_tables_are_changed_there() -> None:
    text = 'areas = [ # mine\n  {slug = "a", name = "A"},\n  {slug = "b", name = "B"},\n]\n'

    renamed = set_area(text, "b", "name", "C")
    added = add_area(text, {"slug": "c", "name": "C"})

    assert "# mine" in renamed
    assert tomllib.loads(renamed)["areas"][1] == {"slug": "b", "name": "C"}
    assert slugs_in(added) == ["a", "b", "c"]


def test_a_layout_that_cannot_be_changed_is_left_to_the_author() -> None:
    text = (
        '[[areas]]\nslug = "a"\nname = "A"\n[[areas]]\nslug = "b"\nname = "B"\n[areas.more]\nx=1\n'
    )

    with pytest.raises(CannotEdit, match="laid out"):
        move_area(text, "b", after=None)


_COMMENT = st.sampled_from(["", "# a remark\n", "# [[areas]]\n", '# slug = "x"\n', "\n", "\n\n"])
_VALUE = st.sampled_from(
    ['"one"', '"""\n[[areas]]\n# no comment\n"""', "'#'", '"a" # why', '"""x"""']
)


@st.composite
def _configs(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(["", 'timezone = "UTC"\n', "\n\n# head\n"]))]
    for slug in "abc":
        parts += [draw(_COMMENT), f'[[areas]]\nslug = "{slug}"\n', draw(_COMMENT)]
        parts += [f"name = {draw(_VALUE)}\n", draw(_COMMENT)]
        parts += draw(st.sampled_from([[], ["[fetch]\nfirst_days = 3\n"][: not parts.count("[f")]]))
        if "[fetch]" in "".join(parts[:-1]) and parts[-1].startswith("[fetch]"):
            parts.pop()
    return "".join(parts)


@given(
    text=_configs(),
    slug=st.sampled_from("abc"),
    after=st.sampled_from(["a", "b", "c", None]),
    act=st.sampled_from(["move", "add", "set"]),
)
def test_whatever_the_layout_the_config_says_what_it_should_and_no_line_is_lost(
    text: str, slug: str, after: str | None, act: str
) -> None:
    if slug == after:
        return
    if act == "move":
        changed = move_area(text, slug, after=after)
    elif act == "add":
        changed = add_area(text, {"slug": "d", "name": "D"}, after=after)
    else:
        changed = set_area(text, slug, "retired", value=True)

    # Each function checks the meaning itself; here it is the lines that must not be lost.
    lost = Counter(line for line in text.split("\n") if line.strip())
    lost -= Counter(line for line in changed.split("\n") if line.strip())
    assert not lost
