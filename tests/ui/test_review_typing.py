"""Remarks, tags, lines and notes at the rating screen: nothing that was typed is lost."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest
from textual.widgets import Input, TextArea

from papertrack.core.kinds import Kind, State
from papertrack.core.records import Judgement, Rating
from papertrack.ui.review.input import complete
from tests.ui.screen import Editor, screen
from tests.ui.service import FakeService, paper, service_of

RATED = paper(1, state=State.KEPT, judgement=Judgement(ratings=(Rating("art", 6, remark="old"),)))


@pytest.mark.parametrize(
    ("key", "field", "typed"), [("E", "emoji", "🖼"), ("N", "label", "Pictures")]
)
async def test_emoji_and_label_of_a_rating_are_typed(key: str, field: str, typed: str) -> None:
    async with screen(service_of(RATED)) as shown:
        await shown.press(key)
        shown.app.query_one(Input).value = typed
        await shown.press("enter")

        assert shown.service.acts == [f"{field} 1 art {typed}"]


async def test_r_changes_the_remark_that_stands_there() -> None:
    async with screen(service_of(RATED)) as shown:
        await shown.press("r", *"er", "enter")

        assert shown.service.acts == ["remark 1 art older"]
        assert "Rating: 🎨🎨🎨 (older)" in shown.text


@pytest.mark.parametrize("end", ["enter", "escape"])
async def test_a_remark_left_as_it_was_is_no_act(end: str) -> None:
    async with screen(service_of(RATED)) as shown:
        await shown.press("r", end)

        assert shown.service.acts == []
        assert not shown.app.query(Input)


async def test_escape_stores_a_remark() -> None:
    async with screen(service_of(RATED)) as shown:
        await shown.press("r", "!", "escape")

        assert shown.service.acts == ["remark 1 art old!"]


async def test_a_remark_needs_an_area() -> None:
    async with screen() as shown:
        await shown.press("r", "N", "E")

        assert shown.message == "choose an area first: a then its number"
        assert not shown.app.query(Input)


async def test_tab_completes_a_tag_and_names_the_choices() -> None:
    async with screen(service_of(tags=("interp", "interpretability", "toy"))) as shown:
        text = await shown.press("t", *"in", "tab")
        assert "interp  interpretability" in text
        await shown.press(*"re", "tab", *"-t", "tab", "enter")

        assert shown.service.acts == ["tagged 1 +interpretability -toy"]


@pytest.mark.parametrize(
    ("line", "completed", "choices"),
    [
        ("", "", ("ab", "abc", "x")),
        ("a", "ab", ("ab", "abc")),
        ("abc", "abc ", ()),
        ("x -A", "x -ab", ("ab", "abc")),
        ("x,+abc", "x,+abc ", ()),
        ("#x", "#x ", ()),
        ("new", "new", ()),
    ],
)
def test_completion(line: str, completed: str, choices: tuple[str, ...]) -> None:
    assert complete(line, ["ab", "abc", "x"]) == (completed, choices)


async def test_cancelled_tags_stand_there_again() -> None:
    async with screen() as shown:
        await shown.press("t", *"toy", "escape", "j", "k", "t", "s", "enter")

        assert shown.service.acts == ["tagged 1 +toys"]


async def test_b_keeps_the_item_as_brief_asks_for_its_line_and_goes_on() -> None:
    async with screen() as shown:
        text = await shown.press("b", *"A line")
        assert "wants: Line" in text
        text = await shown.press("enter")

        assert shown.service.acts == ["format 1 brief", "note 1 line A line"]
        assert shown.service.items[1].state is State.KEPT
        assert "2/3 · later 0 · rated 1" in text


async def test_escape_stores_the_line_and_stays() -> None:
    async with screen() as shown:
        text = await shown.press("b", "x", "escape")

        assert shown.service.acts == ["format 1 brief", "note 1 line x"]
        assert "brief · choose an area first" in text


async def test_b_and_big_l_again_print_it_whole() -> None:
    async with screen() as shown:
        await shown.press("b", "escape", "b", "L", "k", "L")

        assert shown.service.acts == [
            "format 1 brief",
            "format 1 whole",
            "format 1 link",
            "format 1 whole",
        ]
        assert shown.service.items[1].state is State.NEW


async def test_tab_walks_the_notes_and_stores_each() -> None:
    async with screen() as shown:
        text = await shown.press("tab", *"one", "enter", *"two", "tab")
        assert "What is it✓" in text
        assert shown.service.acts == ["note 1 what one\ntwo"]
        await shown.press(*"new", "tab", "tab", *"good", "shift+tab", *"why", "escape")

        assert shown.service.items[1].judgement.notes == {
            "what": "one\ntwo",
            "new": "new",
            "good_for": "good",
            "meaning": "why",
        }
        assert not shown.app.query(TextArea)
        await shown.press("x")
        assert shown.service.acts[-1] == "reject 1"


async def test_tab_opens_the_first_field_without_text() -> None:
    noted = Judgement(notes={"what": "x", "new": "y"})
    async with screen(service_of(paper(1, judgement=noted))) as shown:
        await shown.press("tab", "z", "escape")

        assert shown.service.acts == ["note 1 meaning z"]


async def test_a_brief_item_has_its_line_first_and_an_opportunity_its_deadline() -> None:
    brief = paper(1, kind=Kind.OPPORTUNITY, judgement=Judgement(notes={"format": "brief"}))
    async with screen(service_of(brief)) as shown:
        await shown.press("tab", *"a", "tab", "shift+tab", "shift+tab", *"$5", "shift+tab")
        await shown.press("shift+tab", *"no day", "tab")
        assert shown.message.startswith('"no day" is not a date')
        shown.app.query_one(TextArea).text = "2026-11-25"
        await shown.press("escape")

        assert shown.service.acts == [
            "note 1 line a",
            "note 1 prize $5",
            "note 1 deadline 2026-11-25",
        ]
        assert "DUE     2026-11-25 · $5" in shown.text


async def test_a_resize_while_writing_keeps_the_text() -> None:
    async with screen() as shown:
        await shown.press("tab", *"half a thought")
        await shown.pilot.resize_terminal(60, 20)
        await shown.press(" ", *"done")
        await shown.press("escape")

        assert shown.service.acts == ["note 1 what half a thought done"]


async def test_a_text_that_cannot_be_stored_stays_in_its_field() -> None:
    async with screen() as shown:
        shown.service.is_full = True
        await shown.press("tab", *"kept", "tab")
        assert shown.message == "the disk is full; make room"
        shown.service.is_full = False
        await shown.press("escape")

        assert shown.service.acts == ["note 1 what kept"]


@pytest.mark.parametrize("keys", [("tab",), ("r",), ("b",), ("t",)])
async def test_control_c_stores_what_stands_in_an_open_line(keys: tuple[str, ...]) -> None:
    async with screen(service_of(RATED, paper(2))) as shown:
        await shown.press(*keys, *"word", "ctrl+c")

        assert not shown.is_open()
        assert "word" in shown.service.acts[-1]


async def test_control_c_on_a_full_disk_asks_once_and_hands_the_text_over() -> None:
    async with screen(service_of(RATED)) as shown:
        shown.service.is_full = True
        await shown.press("tab", *"word", "ctrl+c")
        assert shown.is_open()
        await shown.press("ctrl+c", "ctrl+c")

        assert not shown.is_open()
        ((item_id, text),) = shown.app.outcome().unsaved
        assert (item_id, "word" in text) == (1, True)


async def test_a_request_to_stop_stores_what_stands_in_an_open_field() -> None:
    async with screen() as shown:
        await shown.press("tab", *"word")
        signal.raise_signal(signal.SIGTERM)
        while shown.is_open():
            await shown.pilot.pause()

        assert shown.service.acts == ["note 1 what word"]
        assert shown.app.return_code == 143
        assert shown.service.left_at == [1]


async def test_long_text_may_be_empty_again() -> None:
    noted = paper(1, judgement=Judgement(notes={"what": "x", "new": "y", "body": "b"}))
    service: FakeService = service_of(replace(noted, kind=Kind.POST))
    async with screen(service) as shown:
        await shown.press("tab", "shift+tab")
        shown.app.query_one(TextArea).text = ""
        await shown.press("escape")

        assert shown.service.items[1].judgement.notes == {"what": "x", "body": "b"}


async def test_a_card_that_could_not_be_stored_waits_for_the_next_sitting() -> None:
    service = service_of()
    async with screen(service, editor=Editor(["unreadable"])) as shown:
        await shown.press("e")
    assert service.kept_unsaved == {1: "unreadable"}

    async with screen(service, editor=Editor(["mended"])) as shown:
        assert shown.message == "card text not saved yet: e edits it again, D discards it"
        await shown.press("e")
    assert shown.edited == ["unreadable"]
    assert service.kept_unsaved == {}
