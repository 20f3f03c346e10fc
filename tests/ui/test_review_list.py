"""The list of the rating screen, key by key: moving, marking, judging, sorting, filtering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.config.schema import KeysConfig
from papertrack.storage.rank import Expected, write_expected
from papertrack.ui.app import ReviewOptions
from papertrack.ui.review.keys import key_table
from tests.ui.list_screen import ALL, PAPERS, POSTS, STORIES, list_screen

if TYPE_CHECKING:
    from pathlib import Path


async def test_l_shows_the_whole_queue_and_l_and_escape_go_back_to_the_card(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "j", "l") as shown:
        assert shown.titles == list(ALL)
        assert shown.current == ALL[1]
        assert shown.lines[0] == " papertrack rate  2/9 · later 0 · rated 0"
        for key in ("l", "escape"):
            await shown.press("j", "j", key)
            assert "2/9" in shown.lines[0]
            assert shown.lines[2].strip() == ALL[1]
            await shown.press("l")


async def test_enter_opens_the_card_under_the_cursor(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("j", "j", "j", "enter")

        assert shown.lines[2].strip() == ALL[3]
        await shown.press("x")
        assert shown.states() == {ALL[3]: "rejected"}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (("j", "J", "down"), 3),
        (("G", "k"), 7),
        (("end", "up", "K"), 6),
        (("G", "g"), 0),
        (("G", "home"), 0),
        (("k",), 0),
        (("G", "j"), 8),
    ],
)
async def test_the_keys_of_vim_and_the_arrows_move(
    tmp_path: Path, keys: tuple[str, ...], place: int
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press(*keys)

        assert shown.current == ALL[place]


async def test_pages_move_by_what_fits_and_keep_one_row_in_sight(tmp_path: Path) -> None:
    async with list_screen(tmp_path, size=(80, 10)) as shown:
        fits = len(shown.titles)
        assert 3 <= fits < len(ALL)
        await shown.press("pagedown")
        assert shown.current == ALL[fits - 1]
        await shown.press("pagedown")
        assert shown.titles[0] == ALL[fits - 1]
        await shown.press("pageup", "pageup")
        assert shown.current == ALL[0]


async def test_x_rejects_and_z_puts_off_the_item_under_the_cursor_and_both_go_on(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("x", "z")

        assert shown.states() == {ALL[0]: "rejected", ALL[1]: "later"}
        assert shown.current == ALL[2]
        assert shown.lines[2].split()[:2] == ["reject", "Circuits"]
        assert "later 1" in shown.lines[0]
        assert shown.message == f'later "{ALL[1]}"'


async def test_a_and_a_digit_choose_the_area_and_a_value_goes_there_half_points_too(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path) as shown:
        text = await shown.press("a")
        assert " 1 Interpretability  2 Attacks  Escape cancel" in text
        await shown.press("2", "3", ".")

        rows = shown.room.db.execute("SELECT area, halves FROM ratings").fetchall()
        assert [tuple(row) for row in rows] == [("attacks", 7)]
        assert "🤺3.5" in shown.lines[2]
        assert "in attacks · later 0 · rated 1" in shown.lines[0]


async def test_a_value_without_a_chosen_area_goes_to_the_suggested_one(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("2", "j", "2")

        rows = shown.room.db.execute("SELECT area, halves FROM ratings").fetchall()
        assert [tuple(row) for row in rows] == [("interp", 4)]
        assert shown.message == "choose an area first: a then its number"


async def test_t_tags_the_item_and_no_key_acts_meanwhile(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("t", *"toy x", "backspace", *"qu", "enter")

        tags = shown.room.db.execute("SELECT tag FROM tags ORDER BY tag").fetchall()
        assert [tag[0] for tag in tags] == ["qu", "toy"]
        await shown.press("t", "x", "escape")
        assert len(shown.acts()) == 1


async def test_space_marks_and_goes_on_and_a_second_one_unmarks(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press(" ", "j", " ")
        assert shown.marked == [ALL[0], ALL[2]]
        assert "2 marked" in shown.lines[0]
        await shown.press("g", " ")
        assert shown.marked == [ALL[2]]


async def test_v_marks_a_range_while_the_cursor_moves_and_escape_drops_it(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("j", "v", "j", "j")
        assert shown.marked == list(ALL[1:4])
        await shown.press("k", "v", "j")
        assert shown.marked == list(ALL[1:3])
        await shown.press("v", "G", "escape")
        assert shown.marked == list(ALL[1:3])
        assert shown.current == ALL[-1]


async def test_all_invert_and_clear(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("*")
        assert shown.marked == list(ALL)
        await shown.press("*")
        assert shown.marked == []
        await shown.press(" ", "i")
        assert shown.marked == list(ALL[1:])
        await shown.press("c")
        assert shown.marked == []


async def test_marked_items_are_rejected_as_one_act_after_a_yes_and_one_undo_takes_all_back(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path) as shown:
        text = await shown.press("v", "j", "j")
        assert " x reject 3  z put 3 off  1-5 rate 3" in text
        await shown.press("x")
        assert shown.message == "reject the 3 marked?"
        assert shown.states() == {}
        await shown.press("y")

        assert shown.message == "rejected 3 items"
        assert shown.states() == dict.fromkeys(PAPERS, "rejected")
        assert shown.acts() == [3]
        assert shown.marked == []
        await shown.press("u")
        assert shown.states() == {}
        assert shown.message.startswith("undone: rejected")
        await shown.press("U")
        assert shown.states() == dict.fromkeys(PAPERS, "rejected")


@pytest.mark.parametrize("key", ["n", "escape", "j", "x"])
async def test_any_other_key_than_yes_changes_nothing_and_keeps_the_marks(
    tmp_path: Path, key: str
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("*", "x", key)

        assert shown.message == "nothing was changed"
        assert shown.acts() == []
        assert shown.marked == list(ALL)


async def test_the_question_counts_what_is_not_shown_and_what_was_kept(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("a", "1", "4", "*", "/", *"circuit", "enter", "x")

        assert shown.message == "reject the 9 marked (1 kept, 7 not shown)?"


async def test_marked_items_are_put_off_rated_and_tagged_as_one_act_each(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press(" ", " ", "3")
        assert shown.message == "choose an area for the marked items first: a then its number"
        await shown.press("t", *"toy", "enter")
        assert shown.message == "tag the 2 marked +toy?"
        await shown.press("y")
        assert shown.message == "tagged +toy: 2 items"
        await shown.press("a", "2", "3")
        assert shown.message == "rate the 2 marked 3 in attacks?"
        await shown.press("y")
        assert shown.message == "rated 3 in attacks: 2 items"
        await shown.press("G", " ", "k", " ", "z", "y")
        assert shown.message == "put off 2 items"

        assert shown.acts() == [2, 4, 2]
        assert "later 2 · rated 2" in shown.lines[0]


@pytest.mark.parametrize(
    ("key", "titles"),
    [
        ("q", ALL),
        ("d", ALL),
        ("s", (*PAPERS, *POSTS, *STORIES)),
        ("t", sorted(ALL, key=str.casefold)),
    ],
)
async def test_s_sorts_and_the_same_again_turns_it_round(
    tmp_path: Path, key: str, titles: tuple[str, ...]
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("s", "t" if key != "t" else "d", "s", key)
        assert shown.titles == list(titles)
        assert shown.current == ALL[0]
        before = shown.titles[0]
        await shown.press("s", "r")
        assert shown.titles[0] != before
        await shown.press("s", key)
        assert shown.titles == list(titles)


async def test_ranked_items_show_their_score_and_s_c_puts_the_best_first(tmp_path: Path) -> None:
    async with list_screen(tmp_path, "?", "x") as shown:
        chances = {5: 0.25, 8: 0.75}
        expected = [
            Expected(number, 1.0, chance, 0.0, [], [], {}) for number, chance in chances.items()
        ]
        write_expected(shown.room.db, "", expected, shown.room.now)
        titles = [shown.service.item(number).title for number in (8, 5)]
        await shown.press("l")
        assert " score" in shown.lines[1]
        for title, score in zip(titles, ("0.75", "0.25"), strict=True):
            assert next(line for line in shown.lines if title in line).endswith(score)
        await shown.press("s", "c")
        assert shown.titles[:2] == titles
        assert len(shown.titles) == len(ALL)


async def test_what_cannot_be_read_is_said_and_leaves_the_list_as_it_is(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        shown.room.db.execute("ALTER TABLE predictions RENAME TO gone")
        await shown.press("l", "j", "l")
        assert shown.app.is_running
        shown.room.db.execute("ALTER TABLE tags RENAME TO tags_gone")
        await shown.press("x")
        assert "restore your last backup" in shown.message
        assert shown.states() == {}
        shown.room.db.execute("ALTER TABLE tags_gone RENAME TO tags")
        await shown.press("x")
        assert len(shown.states()) == 1


async def test_marks_and_cursor_stay_on_their_items_when_the_list_is_sorted(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press(" ", " ", "s", "t")

        assert sorted(shown.marked) == sorted(ALL[:2])
        assert shown.current == ALL[2]


async def test_an_open_range_stays_what_it_was_when_the_list_is_sorted_or_filtered(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("v", "j", "/", *"notes", "escape")
        assert shown.marked == list(ALL[:2])
        await shown.press("c", "g", "v", "j", "s", "t")
        assert sorted(shown.marked) == sorted(ALL[:2])


async def test_slash_filters_while_it_is_typed_enter_keeps_it_escape_shows_all(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("/", *"NOTE")
        assert shown.titles == [POSTS[0], POSTS[1]]
        await shown.press(" ", *"circ")
        assert shown.titles == [POSTS[1]]
        await shown.press("enter")
        assert "1/1 of 9 · /NOTE circ" in shown.lines[0]
        await shown.press("x")
        assert shown.states() == {POSTS[1]: "rejected"}
        await shown.press("/", "escape")
        assert shown.titles == list(ALL)


async def test_a_filter_finds_authors_sources_and_east_asian_words(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("/", *"planet")
        assert shown.titles == list(STORIES)
        await shown.press("ctrl+u", *"言語")
        assert shown.titles == [PAPERS[2]]
        await shown.press("ctrl+w", "ctrl+h", *"nothing like it")
        assert "nothing matches; / then Escape shows all" in shown.text
        await shown.press("enter", "x", " ", "v", "*", "enter", "A", "3", ".", "t", "down")
        assert shown.acts() == []


async def test_the_filter_language_is_understood_and_a_mistake_shown_with_a_caret(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("x", "/", *"is:rejected")
        assert shown.titles == [ALL[0]]
        await shown.press("ctrl+u", *"source:blog circuit")
        assert shown.titles == [POSTS[1]]
        await shown.press("ctrl+u", *"source:nowhere")
        line = next(line for line in shown.lines if line.startswith(" /source:"))
        caret = shown.lines[shown.lines.index(line) + 1]
        assert caret.strip() == "^"
        assert line[caret.index("^") :].startswith("nowhere")
        await shown.press("enter", "x")
        assert shown.acts() == [1]
        await shown.press("escape")
        assert shown.titles == list(ALL)


async def test_what_an_undo_brings_back_matches_the_filter_again(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("/", *"is:new", "enter", "x", "/", "enter", "l", "l")
        assert shown.titles == list(ALL[1:])
        await shown.press("u")

        assert shown.titles == list(ALL)
        assert shown.states() == {}


async def test_the_list_keeps_order_filter_and_marks_while_a_card_is_open(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("/", *"notes", "enter", "s", "t", " ", "enter")
        assert shown.lines[2].strip() == POSTS[1]
        await shown.press("x", "l")

        assert shown.titles == [POSTS[0], POSTS[1]]
        assert shown.marked == [POSTS[0]]
        assert "reject" in next(line for line in shown.lines if POSTS[1] in line)


async def test_help_names_every_key_and_any_key_closes_it(tmp_path: Path) -> None:
    async with list_screen(tmp_path, size=(80, 40)) as shown:
        text = await shown.press("?")
        for words in ("mark all that is shown", "undo the last act", "show the card of this item"):
            assert words in text
        await shown.press("x")
        assert shown.titles == list(ALL)
        assert shown.acts() == []


async def test_help_scrolls_in_a_small_window(tmp_path: Path) -> None:
    async with list_screen(tmp_path, size=(60, 12)) as shown:
        assert "quit; every judgement" not in await shown.press("?")
        assert "quit; every judgement" in await shown.press(*(["pagedown"] * 9))


async def test_q_leaves_the_screen(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("x", "q")

        assert not shown.app.is_running
        assert shown.app.outcome().rejected == 1


async def test_remapped_keys_work_in_the_list_and_win_over_its_own(tmp_path: Path) -> None:
    options = ReviewOptions(keys=key_table(KeysConfig(reject="v", later="w", list="z")))
    async with list_screen(tmp_path, "z", options=options) as shown:
        text = await shown.press("v", "w")
        assert shown.states() == {ALL[0]: "rejected", ALL[1]: "later"}
        assert "v reject" in text
        assert "v range" not in text
        await shown.press("z")
        assert shown.lines[2].strip() == ALL[0]


async def test_pasted_text_goes_into_the_filter_and_means_no_keys_elsewhere(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.paste("x\nq")
        assert shown.acts() == []
        await shown.press("/")
        await shown.paste("notes\n circ\x1b")
        assert shown.titles == [POSTS[1]]
        assert "/notes circ" in shown.lines[0]


async def test_a_click_moves_the_cursor_a_double_click_opens_the_card_the_wheel_scrolls(
    tmp_path: Path,
) -> None:
    async with list_screen(tmp_path, options=ReviewOptions(mouse=True)) as shown:
        await shown.pilot.click("#card", offset=(20, 5))
        await shown.pilot.pause()
        assert shown.current == ALL[3]
        reject = next(n for n, line in enumerate(shown.lines) if " x reject" in line)
        await shown.pilot.click("#card", offset=(shown.lines[reject].index("x reject"), reject))
        await shown.pilot.pause()
        assert shown.states() == {ALL[3]: "rejected"}
        await shown.pilot.click("#card", offset=(20, 6), times=2)
        await shown.pilot.pause()
        assert shown.lines[2].strip() == ALL[4]


async def test_a_resize_keeps_the_cursor_in_sight(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.press("G")
        await shown.pilot.resize_terminal(60, 9)
        await shown.pilot.pause()

        assert shown.current == ALL[-1]
        assert max(map(len, shown.lines)) <= 60
