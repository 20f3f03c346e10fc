"""One verdict about what is left: asked on the card or in the list, said before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.list_screen import ALL, PAPERS, POSTS, STORIES, list_screen

if TYPE_CHECKING:
    from pathlib import Path


async def test_on_a_card_the_rest_of_its_source_is_rejected_after_a_yes_and_undone_at_once(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path, "j", "j", "j", "x", "A") as shown:
        assert shown.message == "reject the 3 left from blog?"
        assert "y yes  n no  s source  o older than 7 days  a area" in shown.text
        assert shown.states() == {POSTS[0]: "rejected"}
        await shown.press("y")

        assert shown.message == "rejected 3 items from blog"
        assert shown.states() == dict.fromkeys(POSTS, "rejected")
        assert shown.acts() == [1, 3]
        assert shown.lines[2].strip() == STORIES[0]
        await shown.press("u")
        assert shown.states() == {POSTS[0]: "rejected"}
        assert shown.message.startswith("undone: ")
        assert shown.app.outcome().rejected == 1


async def test_what_was_put_off_or_kept_in_this_sitting_is_not_left(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "space", "2", "enter", "g", "A") as shown:
        assert shown.states() == {PAPERS[0]: "later"}
        assert shown.message == "reject the 2 left from arxiv?"


@pytest.mark.parametrize(
    ("key", "question", "titles"),
    [
        ("o", "reject the 2 left older than 7 days?", STORIES),
        ("a", "reject the 2 left suggested for interp?", (PAPERS[0], POSTS[1])),
        ("s", "reject the 3 left from arxiv?", PAPERS),
    ],
)
async def test_other_choices_are_counted_before_they_are_done(
    tmp_path: Path, key: str, question: str, titles: tuple[str, ...]
) -> None:
    async with list_screen(tmp_path, "A", key) as shown:
        assert shown.message == question
        await shown.press("y")
        assert shown.states() == dict.fromkeys(titles, "rejected")


async def test_without_a_suggested_area_nothing_can_be_said_yes_to(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "j", "A", "a") as shown:
        assert shown.message.startswith("no area is suggested for this item")
        await shown.press("y")
        assert shown.acts() == []


async def test_z_puts_off_instead(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "A", "z") as shown:
        assert shown.message == "put off the 3 left from arxiv?"
        await shown.press("y")
        assert shown.states() == dict.fromkeys(PAPERS, "later")
        assert shown.message == "put off 3 items from arxiv"


@pytest.mark.parametrize("key", ["n", "escape", "q", "enter"])
async def test_every_other_key_leaves_all_as_it_is(tmp_path: Path, key: str) -> None:
    async with list_screen(tmp_path, "A", key) as shown:
        assert shown.message == "nothing was changed"
        assert shown.acts() == []
        assert shown.lines[2].strip() == ALL[0]
        assert shown.app.is_running


async def test_when_nothing_is_left_it_says_so(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "x", "x", "x", "g", "A") as shown:
        assert shown.message == "nothing left from arxiv"
        await shown.press("y")
        assert shown.acts() == [1, 1, 1]


async def test_past_the_last_card_there_is_nothing_to_ask_about(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "G", "j", "A", "y") as shown:
        assert shown.acts() == []


async def test_in_the_list_the_question_is_about_the_source_under_the_cursor(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path, "l", "j", "j", "j", "A") as shown:
        assert shown.message == "reject the 4 left from blog?"
        await shown.press("y")
        assert shown.message == "rejected 4 items from blog"
        assert "reject" in next(line for line in shown.lines if POSTS[3] in line)


async def test_in_the_list_with_marks_the_question_is_about_them(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "l", "space", "space", "A") as shown:
        assert shown.message == "reject the 2 marked?"
        await shown.press("z", "y")
        assert shown.states() == dict.fromkeys(ALL[:2], "later")
