"""Areas, the issue board, the mouse, the author's own keys, and where a session begins and ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from papertrack.config.schema import KeysConfig
from papertrack.core.judging.board import Board, Place
from papertrack.core.judging.notes import HOME
from papertrack.core.kinds import State
from papertrack.core.rank.prediction import Prediction, Reason
from papertrack.core.records import Judgement, Rating
from papertrack.ui.app import ReviewOptions
from papertrack.ui.review.keys import key_table
from tests.ui.screen import PATIENT, screen
from tests.ui.service import paper, service_of

EXPECTED = Prediction(
    0.81,
    "likely",
    (Reason("circuit*", 2.0), Reason("Nanda", 1.5), Reason("leaderboard", -0.5)),
    ("art", "adversarial"),
    {"art": 7},
)
TWICE = Judgement(
    state=State.KEPT,
    ratings=(Rating("mech-interp", 6), Rating("art", 9, emoji="🖼")),
    notes={HOME: "mech-interp"},
)


async def test_the_card_says_why_it_is_shown() -> None:
    async with screen(service_of(predictions={1: EXPECTED})) as shown:
        assert "WHY     likely 0.81  +circuit*  +Nanda  -leaderboard" in shown.text
        assert "RATING  AI Art (suggested)  ·····  3.5?" in shown.text


async def test_suggested_areas_stand_first_and_keep_their_keys() -> None:
    async with screen(service_of(predictions={1: EXPECTED})) as shown:
        (row,) = [line for line in shown.text.splitlines() if "AREAS" in line]
        assert row.index("▸3 AI Art") < row.index("2 Avoiding Adversarial Attacks")
        await shown.press("a", "2", "4")

        assert shown.service.acts == ["rated 1 adversarial 4"]


async def test_the_card_says_where_else_it_was_and_is() -> None:
    facts = {
        "also": ("forum.example.org/posts/abc",),
        "issues": ("2026-W45",),
        "versions": ("v1 16 Nov 2026", "v2 20 Nov 2026"),
    }
    async with screen(service_of(sheets={1: facts}), size=(120, 30)) as shown:
        assert (
            "also: forum.example.org/posts/abc · in issue 2026-W45 · v1 16 Nov 2026, v2 20 Nov 2026"
        ) in shown.text


async def test_every_rating_has_its_row_and_one_is_home() -> None:
    async with screen(service_of(paper(1, state=State.KEPT, judgement=TWICE))) as shown:
        assert "RATING  AI Art  🖼🖼🖼🖼½ 4.5  Rating: 🖼🖼🖼🖼+🖼/2" in shown.text
        assert "Mechanistic Interpretability (home)  💡💡💡·· 3  Rating: 💡💡💡" in shown.text
        text = await shown.press("h")

        assert shown.service.acts == ["note 1 home art"]
        assert "AI Art (home)" in text


async def test_home_is_where_it_is_rated() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        await shown.press("h")
        assert shown.message == "rate it in art first, then make it the home"


async def test_a_kept_item_says_what_it_wants_and_when_it_is_complete() -> None:
    async with screen(service_of(suggestions={1: "art"})) as shown:
        text = await shown.press("3")
        assert "NOTES   wants: What is it, What's new, What does it mean" in text
        text = await shown.press("tab", "a", "tab", "b", "tab", "c", "escape")
        assert "NOTES   What is it, What's new, What does it mean · complete" in text


async def test_the_board_says_how_far_the_issue_is() -> None:
    board = Board((Place("MI", 3, 3, 3), Place("Adv", 3, 1, 4), Place("Opp", 2, 2)))
    async with screen(service_of(issue=board)) as shown:
        assert "── MI 3/3 · Adv 1/4 · Opp 2 · 2 lack text ──" in shown.text


async def test_what_is_left_to_do_stays_in_sight_however_many_areas_there_are() -> None:
    board = Board(tuple(Place(f"some-area-{n}", 2, 1) for n in range(9)))
    async with screen(service_of(issue=board), size=(60, 20)) as shown:
        assert " · 9 lack text ─" in shown.text


async def test_p_opens_the_pdf_and_c_copies_the_citation() -> None:
    async with screen(service_of(paper(1), paper(2, arxiv=None))) as shown:
        await shown.press("p", "c")
        assert shown.opened == ["https://arxiv.org/pdf/2611.99901"]
        assert shown.copied == ["Example A (2026)"]
        assert shown.app.clipboard == "Example A (2026)"
        await shown.press("j", "p")
        assert shown.message == "no PDF is known; o opens the page"


async def test_an_address_that_is_a_pdf_is_opened_as_one() -> None:
    url = "https://example.org/report.PDF"
    async with screen(service_of(paper(1, arxiv=None, url=url))) as shown:
        await shown.press("p")
        assert shown.opened == [url]


async def test_keys_of_the_author_take_the_place_of_ours() -> None:
    keys = key_table(KeysConfig(reject="d", next=("n", "ctrl+n"), notes="f2", leave="ctrl+x"))
    async with screen(options=replace(PATIENT, keys=keys)) as shown:
        assert " d reject" in shown.text
        assert "F2 notes" in shown.text
        await shown.press("x", "d", "n", "ctrl+n")
        assert shown.service.acts == ["reject 1"]
        assert "Ctrl-X quit" in shown.text
        await shown.press("ctrl+x")
        assert not shown.is_open()


async def test_a_click_presses_the_key_of_its_hint() -> None:
    async with screen() as shown:
        rows = shown.text.splitlines()
        await shown.pilot.click(offset=(rows[21].index("x reject") + 3, 21))
        assert shown.service.acts == ["reject 1"]


async def test_a_click_on_an_area_chooses_it() -> None:
    async with screen() as shown:
        rows = shown.text.splitlines()
        (row,) = [number for number, line in enumerate(rows) if "AREAS" in line]
        await shown.pilot.click(offset=(rows[row].index("2 Avoiding") + 4, row))
        await shown.press("3")
        assert shown.service.acts == ["rated 1 adversarial 3"]


async def test_dragging_selects_and_copies_and_presses_nothing() -> None:
    async with screen() as shown:
        await shown.pilot.mouse_down(offset=(1, 2))
        await shown.pilot.hover(offset=(5, 21))
        await shown.pilot.mouse_up(offset=(5, 21))
        await shown.pilot.pause()
        assert shown.service.acts == []
        assert shown.app.clipboard.startswith("Paper number 1")


async def test_the_wheel_scrolls_the_text() -> None:
    long = paper(1, summary=" ".join(f"word{number}" for number in range(600)))
    async with screen(service_of(long)) as shown:
        await shown.pilot._post_mouse_events([MouseScrollDown], "#card")  # noqa: SLF001 no public way
        await shown.pilot.pause()
        assert "word0 " not in shown.text
        await shown.pilot._post_mouse_events([MouseScrollUp], "#card")  # noqa: SLF001 no public way
        await shown.pilot.pause()
        assert "word0 " in shown.text


async def test_a_sitting_begins_where_it_was_left_and_says_so() -> None:
    async with screen(service_of(start=1)) as shown:
        assert "2/3" in shown.text
        assert shown.message == "resumed where you left off; g: first item"
        await shown.press("j", "q")
        assert shown.service.left_at == [3]


async def test_a_sitting_that_came_to_its_end_has_no_bookmark() -> None:
    async with screen() as shown:
        await shown.press("G", "j", "q")
        assert shown.service.left_at == [None]


async def test_when_its_minutes_are_over_a_sitting_pauses_with_a_summary() -> None:
    service = service_of(took=15.0)
    async with screen(service, options=replace(PATIENT, minutes=15.0)) as shown:
        await shown.wait_for("minutes are up")
        assert "15 minutes are up: 0 rejected, 0 later, 0 rated" in shown.text
        text = await shown.press("x")
        assert service.acts == []
        assert "Paper number 1" in text
        await shown.press("x", "q")
        assert shown.app.outcome().minutes == 15.0


async def test_the_end_of_its_minutes_interrupts_no_typing() -> None:
    service = service_of(took=14.0)
    async with screen(service, options=replace(PATIENT, minutes=15.0)) as shown:
        await shown.press("tab", *"thought")
        service.took = 15.0
        assert "15 minutes are up" not in shown.text
        text = await shown.press("!", "escape")
        assert service.acts == ["note 1 what thought!"]
        assert "15 minutes are up" in text
        await shown.press("q")
        assert not shown.is_open()


async def test_a_fetch_meanwhile_is_announced_and_not_mixed_in() -> None:
    async with screen() as shown:
        shown.service.came_in = 2
        text = await shown.press("j")
        assert "2/3 · +2 new" in text


@pytest.mark.parametrize("rows", [24, 40])
async def test_a_taller_window_shows_more_of_the_text(rows: int) -> None:
    long = paper(1, summary=" ".join(f"word{number}" for number in range(600)))
    async with screen(service_of(long), size=(80, rows)) as shown:
        lines = [line for line in shown.text.splitlines() if "word" in line]
        assert len(lines) == rows - 13


async def test_a_title_of_combining_characters_keeps_the_frame() -> None:
    title = "e\u0301" * 30 + "機構的解釈可能性" * 6
    async with screen(service_of(paper(1, title)), size=(60, 20), options=ReviewOptions()) as shown:
        lines = shown.text.splitlines()
        assert len(lines) == 20
        assert "? help" in shown.text
