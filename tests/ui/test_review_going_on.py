"""Two keys an item: a rated card waits a moment for its half, then goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from papertrack.core.kinds import State
from tests.ui.screen import PATIENT, Editor, screen
from tests.ui.service import FakeService, paper, service_of


def _service(**changes: object) -> FakeService:
    return service_of(suggestions={1: "art", 2: "art", 3: "art"}, **changes)


async def test_a_rated_card_waits_and_says_what_comes_next() -> None:
    async with screen(_service()) as shown:
        text = await shown.press("3")

        assert shown.service.acts == ["rated 1 art 3"]
        assert "Paper number 1" in text.splitlines()[2]
        assert "next: Paper number 2" in text
        assert ". half  Enter next card now" in text
        assert len(text.splitlines()) == 24


async def test_a_rated_card_goes_by_itself() -> None:
    async with screen(_service(), options=replace(PATIENT, grace_s=0.01)) as shown:
        await shown.press("3")
        await shown.wait_for("2/3")

        assert "2/3 · later 0 · rated 1" in shown.text
        assert shown.message == "rated 1 art 3"


@pytest.mark.parametrize("key", ["enter", "j", "down", "right"])
async def test_going_on_goes_on_once(key: str) -> None:
    async with screen(_service()) as shown:
        text = await shown.press("3", key)

        assert "Paper number 2" in text.splitlines()[2]


async def test_three_items_take_a_key_each() -> None:
    async with screen(_service()) as shown:
        await shown.press("3", "4", "full_stop", "5", "enter")

        assert shown.service.acts == [
            "rated 1 art 3",
            "rated 2 art 4",
            "rated 2 art 4.5",
            "rated 3 art 5",
        ]
        assert "all 3 seen" in shown.text


@pytest.mark.parametrize(
    ("key", "act"), [("x", "reject 2"), ("space", "later 2"), ("L", "format 2 link")]
)
async def test_a_verdict_in_the_moment_is_about_the_next_card(key: str, act: str) -> None:
    async with screen(_service()) as shown:
        await shown.press("3", key)

        assert shown.service.acts == ["rated 1 art 3", act]


@pytest.mark.parametrize(
    ("keys", "act"),
    [
        (("r", *"wow", "enter"), "remark 1 art wow"),
        (("t", "x", "enter"), "tagged 1 +x"),
        (("tab", "x", "escape"), "note 1 what x"),
        (("a", "1", "2"), "rated 1 mech-interp 2"),
        (("h",), "note 1 home art"),
        (("e",), "card 1"),
    ],
)
async def test_what_is_said_of_the_card_in_sight_keeps_it(keys: tuple[str, ...], act: str) -> None:
    async with screen(_service(), editor=Editor(["text"])) as shown:
        text = await shown.press("3", *keys)

        assert shown.service.acts[-1] == act
        assert "Paper number 1" in text.splitlines()[2]


async def test_back_in_the_moment_stays_as_it_would_afterwards() -> None:
    async with screen(_service()) as shown:
        assert "Paper number 1" in (await shown.press("3", "k")).splitlines()[2]


async def test_undo_in_the_moment_takes_the_rating_back() -> None:
    async with screen(_service()) as shown:
        text = await shown.press("3", "u")

        assert shown.service.acts == ["rated 1 art 3", "undo 1"]
        assert "Paper number 1" in text.splitlines()[2]
        assert "later 0 · rated 0" in text


async def test_a_key_without_an_act_keeps_the_card_waiting() -> None:
    async with screen(_service()) as shown:
        await shown.press("3", "f9", "full_stop")

        assert shown.service.acts == ["rated 1 art 3", "rated 1 art 3.5"]


async def test_quitting_in_the_moment_leaves_at_the_next_card() -> None:
    async with screen(_service()) as shown:
        await shown.press("3", "q")

        assert not shown.is_open()
        assert shown.service.left_at == [2]


async def test_redo_brings_back_what_was_undone() -> None:
    async with screen(_service()) as shown:
        text = await shown.press("x", "u", "U")

        assert shown.service.items[1].state is State.REJECTED
        assert "Paper number 1" in text.splitlines()[2]
        assert shown.message == "redone: 1"
        await shown.press("ctrl+r")
        assert shown.message == "there is nothing to redo"


async def test_the_only_area_needs_no_choosing() -> None:
    async with screen(service_of(paper(1), areas=service_of().areas[2:])) as shown:
        await shown.press("2")

        assert shown.service.acts == ["rated 1 art 2"]
