"""The rating screen, key by key, through Textual's Pilot."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from papertrack.core.judging.item_details import Proposal
from papertrack.core.kinds import State
from papertrack.core.records import Judgement, Rating
from papertrack.errors import PapertrackError
from papertrack.ui.app import HostActions, ReviewApp, run_review
from papertrack.ui.review.keys import DEFAULT_KEYS
from papertrack.ui.review.view import ReviewOutcome
from tests.ui.screen import PATIENT, Editor, screen
from tests.ui.service import AREAS, FakeService, paper, service_of

if TYPE_CHECKING:
    from textual.pilot import Pilot


async def test_first_screen_shows_the_card_as_agreed() -> None:
    service = service_of(suggestions={1: "mech-interp"}, came_in=4)
    async with screen(service) as shown:
        lines = shown.text.splitlines()

        assert lines[0].startswith(
            " papertrack rate   1/3 · +4 new · later 0 · rated 0 · week 2026-W47"
        )
        assert lines[0].rstrip().endswith("undo: u")
        assert lines[2].strip() == "Paper number 1"
        assert lines[3].split("  ") == [
            " Example A, Example B, +3",
            "arXiv 2611.99901v1",
            "cs.LG cs.AI",
            "announced Fri 20",
            *lines[3].split("  ")[4:],
        ]
        assert "in arxiv-ml · https://arxiv.org/abs/2611.99901" in lines[4]
        assert "▸1 Mechanistic Interpretability   2 Avoiding Adversarial" in shown.text
        assert "RATING  Mechanistic Interpretability (suggested)  ·····" in shown.text
        assert [line.rstrip() for line in lines[-3:-1]] == [
            " x reject  space later  1-5 rate  . half  a area  r remark  t tag  Tab notes",
            " e edit  b brief  L link  o open  p pdf  c cite  l list  A bulk  ? help  q quit",
        ]


async def test_x_rejects_and_goes_on() -> None:
    async with screen() as shown:
        text = await shown.press("x")

        assert shown.service.acts == ["reject 1"]
        assert "Paper number 2" in text
        assert shown.message == 'rejected "Paper number 1"'


async def test_space_puts_off_and_goes_on() -> None:
    async with screen() as shown:
        text = await shown.press("space")

        assert shown.service.acts == ["later 1"]
        assert "2/3 · later 1 · rated 0" in text


@pytest.mark.parametrize("value", [1, 2, 3, 4, 5])
async def test_digit_rates_in_the_suggested_area_and_stays(value: int) -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        text = await shown.press(str(value))

        assert shown.service.acts == [f"rated 1 art {value}"]
        assert "1/3 · later 0 · rated 1" in text
        assert f"AI Art  {'🎨' * value}{'·' * (5 - value)} {value}" in text


async def test_value_without_any_area_asks_for_one() -> None:
    async with screen() as shown:
        await shown.press("3")

        assert shown.service.acts == []
        assert shown.message == "choose an area first: a then its number"


async def test_a_and_a_digit_choose_the_area_for_the_value() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        text = await shown.press("a")
        assert "choose the area  Escape cancel" in text
        text = await shown.press("2", "4")

        assert shown.service.acts == ["rated 1 adversarial 4"]
        assert "▸2 Avoiding Adversarial Attacks" in text


async def test_escape_cancels_choosing_and_other_keys_do_nothing_meanwhile() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        await shown.press("a", "x")
        assert shown.message == "no area has the key x; Escape cancels"
        await shown.press("9", "escape", "2")

        assert shown.service.acts == ["rated 1 art 2"]


async def test_zero_chooses_the_tenth_area() -> None:
    areas = [*(AREAS * 3), AREAS[2]]
    async with screen(service_of(areas=areas)) as shown:
        await shown.press("a", "0", "3")

        assert shown.service.acts == ["rated 1 art 3"]


async def test_without_areas_choosing_says_where_to_add_them() -> None:
    async with screen(service_of(areas=())) as shown:
        await shown.press("a")

        assert shown.message == "no areas; add [[areas]] to the config"


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        (("3", ".", "."), ["3", "3.5", "3"]),
        (("5", "."), ["5", "4.5"]),
        (("4", ".", "."), ["4", "4.5", "4"]),
    ],
)
async def test_dot_toggles_the_half_and_never_passes_five(
    keys: tuple[str, ...], values: list[str]
) -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        await shown.press(*("full_stop" if key == "." else key for key in keys))

        assert shown.service.acts == [f"rated 1 art {value}" for value in values]


async def test_dot_without_a_value_asks_for_one() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        await shown.press("full_stop")

        assert shown.service.acts == []
        assert shown.message.startswith("give a value first")


async def test_going_back_to_a_rated_card_changes_its_rating_not_the_suggested_area() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        await shown.press("a", "1", "3", "j", "k", "4")

        assert shown.service.acts[-1] == "rated 1 mech-interp 4"


@pytest.mark.parametrize("key", ["j", "J", "down", "right", "enter"])
async def test_next(key: str) -> None:
    async with screen() as shown:
        assert "Paper number 2" in await shown.press(key)
        assert shown.service.acts == []


@pytest.mark.parametrize("key", ["k", "K", "up", "left"])
async def test_previous_stops_at_the_first(key: str) -> None:
    async with screen() as shown:
        assert "Paper number 1" in await shown.press("j", key, key)


@pytest.mark.parametrize(("last", "first"), [("G", "g"), ("end", "home")])
async def test_last_and_first(last: str, first: str) -> None:
    async with screen() as shown:
        assert "Paper number 3" in await shown.press(last)
        assert "Paper number 1" in await shown.press(first)


async def test_past_the_last_card_stands_the_summary() -> None:
    async with screen(service_of(suggestions={3: "art"})) as shown:
        text = await shown.press("x", "space", "3", "j")
        assert "all 3 seen: 1 rejected, 1 later, 1 rated; q quits, k goes back" in text
        await shown.press("x", "3", "full_stop", "a", "t", "e", "o", "j")
        assert len(shown.service.acts) == 3
        assert "Paper number 3" in await shown.press("k")


async def test_summary_counts_what_was_not_judged() -> None:
    async with screen() as shown:
        assert "0 rated, 2 not judged" in " ".join((await shown.press("x", "G", "j")).split())


async def test_empty_queue_says_so() -> None:
    async with screen(FakeService({})) as shown:
        assert "nothing new; q quits" in await shown.press("j", "k", "G", "x")


async def test_undo_goes_to_the_item_it_touched_and_uncounts_it() -> None:
    async with screen() as shown:
        text = await shown.press("x", "j", "u")

        assert shown.service.acts == ["reject 1", "undo 1"]
        assert "Paper number 1" in text
        assert shown.message == "undone: 1"
        assert shown.app.outcome() == ReviewOutcome(0, 0, 0, 0)


async def test_undo_of_one_of_two_ratings_still_counts_the_item() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        assert "rated 1" in await shown.press("3", "full_stop", "u")


async def test_undone_act_on_an_item_put_off_earlier_is_not_counted() -> None:
    async with screen(service_of(paper(1, state=State.LATER))) as shown:
        assert "later 0 · rated 0" in await shown.press("x", "u")


async def test_m_merges_the_item_that_the_card_asks_about_and_stays() -> None:
    service = service_of(
        stories={1: Proposal(12, "The post about it", "links and names the paper")}
    )
    async with screen(service) as shown:
        assert 'same story? 12 "The post about it": m merges, M not the same' in shown.text
        assert "links and names the paper" in shown.text
        text = await shown.press("m")

        assert service.acts == ["merge 1 12"]
        assert shown.message == "merged 12 into 1"
        assert "Paper number 1" in text
        assert "same story?" not in text
        await shown.press("u")
        assert service.acts[-1] == "undo 1"


async def test_big_m_keeps_the_two_apart() -> None:
    service = service_of(stories={1: Proposal(12, "Another", "links and names the paper")})
    async with screen(service) as shown:
        await shown.press("M")

        assert service.acts == ["apart 1 12"]
        assert "same story?" not in shown.text


async def test_m_without_a_question_does_nothing() -> None:
    async with screen() as shown:
        await shown.press("m", "M")

        assert shown.service.acts == []
        assert "no other item is proposed here" in shown.message


async def test_undo_of_nothing_says_so() -> None:
    async with screen() as shown:
        await shown.press("u")

        assert shown.message == "nothing to undo"


async def test_help_lists_every_key_scrolls_and_closes() -> None:
    async with screen() as shown:
        text = await shown.press("question_mark")
        text += await shown.press("pagedown")
        text += await shown.press("pagedown")
        assert [key for key in DEFAULT_KEYS.keys if key.does.split()[-1] not in text] == []
        assert [key for key in DEFAULT_KEYS.keys if key.shown not in text] == []
        assert "Paper number 1" in await shown.press("x")
        assert shown.service.acts == []


async def test_help_scrolls_in_a_small_window() -> None:
    async with screen(size=(60, 20)) as shown:
        await shown.press("question_mark")
        keys = ("pagedown", "pageup", "down", *["pagedown"] * 4)
        assert DEFAULT_KEYS.keys[-1].does.split()[-1] in await shown.press(*keys)
        assert "Paper number 1" in await shown.press("escape")


async def test_every_key_in_the_table_does_something() -> None:
    async with screen(editor=Editor([None])) as shown:
        known = set(shown.app._actions)  # noqa: SLF001 the table is what is tested

        assert set(DEFAULT_KEYS.actions.values()) - known == {"value"}


async def test_v_shows_more_and_page_keys_scroll() -> None:
    long = paper(1, summary=" ".join(f"word{number}" for number in range(600)))
    async with screen(service_of(long, paper(2))) as shown:
        assert "AREAS" in shown.text
        assert "lines, PageDown, more: v" in shown.text
        text = await shown.press("v")
        assert "AREAS" not in text
        assert "word0 " in text
        text = await shown.press("pagedown")
        assert "word0 " not in text
        assert "word599" in await shown.press(*["pagedown"] * 9)
        assert "word0 " in await shown.press(*["pageup"] * 9)
        assert "AREAS" in await shown.press("v")


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_quit(key: str) -> None:
    async with screen() as shown:
        await shown.press("x", key)

        assert not shown.is_open()
        assert shown.app.outcome() == ReviewOutcome(rejected=1, later=0, rated=0, position=1)


async def test_control_c_quits_from_the_tag_line_too() -> None:
    async with screen() as shown:
        await shown.press("t", "x", "ctrl+c")

        assert not shown.is_open()


@pytest.mark.parametrize("key", ["x", "space", "3", "e"])
async def test_failure_is_shown_and_nothing_is_claimed(key: str) -> None:
    service = service_of(suggestions={1: "art"}, is_full=True)
    async with screen(service, editor=Editor(["text"])) as shown:
        text = await shown.press(key)

        assert "the disk is full" in shown.message
        assert "Paper number 1" in text
        assert "later 0 · rated 0" in text


async def test_unreadable_item_is_a_sentence_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    service = service_of()
    whole = service.item

    def item(item_id: int) -> object:
        if item_id == 1:
            what = "item 1 is gone"
            raise PapertrackError(what)
        return whole(item_id)

    monkeypatch.setattr(service, "item", item)
    async with screen(service) as shown:
        assert "This card cannot be shown" in shown.text
        assert shown.message == "item 1 is gone"
        await shown.press("x", "3")
        assert "Paper number 2" in await shown.press("j")
        assert shown.message == ""


async def test_text_from_outside_is_never_markup() -> None:
    title = "[bold]x[/bold] [link=file:///etc/passwd]y[/link]"
    service = service_of(
        paper(1, title, summary="[red]a[/red] [/] [@click=app.bell]b[/]"), paper(2)
    )
    async with screen(service) as shown:
        assert title in shown.text
        assert "[red]a[/red] [/] [@click=app.bell]b[/]" in shown.text
        await shown.press("x")
        assert shown.message == f'rejected "{title}"'


async def test_rating_in_a_retired_area_is_still_shown() -> None:
    judged = paper(1, state=State.KEPT)
    async with screen(service_of(judged)) as shown:
        shown.service.rate(1, "retired", 6)
        assert "retired  ***.. 3" in await shown.press("g")


async def test_remark_label_and_emoji_of_a_rating_are_shown() -> None:
    service = service_of(paper(1, state=State.KEPT))
    rated = Rating("art", 8, emoji="🖼", label="Pictures", remark="wow")
    service.items[1] = paper(1, judgement=Judgement(ratings=(rated,)))
    async with screen(service) as shown:
        assert "AI Art  🖼🖼🖼🖼· 4  Pictures: 🖼🖼🖼🖼 (wow)" in shown.text


async def test_resize_draws_for_the_new_size() -> None:
    async with screen(size=(120, 40)) as shown:
        await shown.pilot.resize_terminal(60, 20)
        await shown.pilot.pause(0.1)  # Textual gathers resizes for 1/120 s

        lines = shown.text.splitlines()
        assert len(lines) == 20
        assert lines[1] == "─" * 60
        assert max(len(line) for line in lines) == 60
        assert "? help" in shown.text


async def test_ascii_screen_holds_nothing_else() -> None:
    service = service_of(paper(1, summary="word " * 900), suggestions={1: "art"})
    async with screen(service, options=replace(PATIENT, ascii_only=True)) as shown:
        text = await shown.press("3", "full_stop")

        assert "AI Art  ***+1/2 3.5" in text
        assert text.isascii()


async def test_review_runs_until_the_author_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    service = service_of()
    run = ReviewApp.run

    async def leave(pilot: Pilot[object]) -> None:
        await pilot.press("x", "q")

    monkeypatch.setattr(
        ReviewApp, "run", lambda app, mouse: run(app, headless=True, mouse=mouse, auto_pilot=leave)
    )
    host = HostActions(open_url=print, edit_text=str, copy_text=print, keep_text=print)
    outcome = await asyncio.to_thread(run_review, service, host, PATIENT)  # type: ignore[arg-type] # a service in memory

    assert outcome == ReviewOutcome(rejected=1, later=0, rated=0, position=1)


async def test_a_key_without_a_meaning_says_so_and_changes_nothing() -> None:
    async with screen() as shown:
        text = await shown.press("7")

        assert "7 does nothing on a card; ? shows every key" in text
        assert not shown.service.acts
