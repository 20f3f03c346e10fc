"""What is typed at the rating screen: tags and cards; and the browser."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.widgets import Input

from tests.ui.screen import Editor, screen
from tests.ui.service import paper, service_of


async def test_t_takes_tags_and_keeps_keys_from_acting_meanwhile() -> None:
    async with screen() as shown:
        await shown.press("t")
        await shown.press(*"x q", "space", "minus", *"old", "enter")

        assert shown.service.acts == ["tagged 1 +x +q -old"]
        assert "TAGS    x, q" in shown.text
        assert not shown.app.query(Input)
        await shown.press("j")
        assert "Paper number 2" in shown.text


@pytest.mark.parametrize("keys", [("x", "y", "escape"), ("enter",), ("space", "enter")])
async def test_escape_and_an_empty_line_change_no_tags(keys: tuple[str, ...]) -> None:
    async with screen() as shown:
        await shown.press("t", *keys)

        assert shown.service.acts == []
        assert not shown.app.query(Input)


async def test_the_last_line_is_free_for_tags_and_the_keys_stay() -> None:
    async with screen() as shown:
        await shown.press("t")

        assert shown.app.query_one(Input).region.y == 23
        assert "Enter save  Escape cancel" in shown.text


async def test_e_edits_the_card_and_stores_it() -> None:
    async with screen(editor=Editor(["# What is it\n\nA thing.\n"])) as shown:
        text = await shown.press("e")

        assert shown.edited == ["# Paper number 1\n"]
        assert shown.service.acts == ["card 1"]
        assert "NOTES   What is it" in text


async def test_unchanged_card_is_not_stored() -> None:
    async with screen(editor=Editor([None])) as shown:
        await shown.press("e")

        assert shown.service.acts == []
        assert shown.message == "card unchanged"


async def test_unreadable_card_text_is_kept_and_offered_again() -> None:
    async with screen(editor=Editor(["unreadable", "mended"])) as shown:
        await shown.press("e")
        assert shown.message.startswith("not saved: line 3: no field is called so; e edits it")
        await shown.press("j", "k")
        assert shown.message == "card text not saved yet: e edits it again, D discards it"
        await shown.press("e")

        assert shown.edited == ["# Paper number 1\n", "unreadable"]
        assert shown.service.items[1].judgement.notes == {"what": "mended"}
        assert shown.app.outcome().unsaved == ()


async def test_kept_card_text_is_tried_again_unchanged_after_the_disk_was_full() -> None:
    async with screen(editor=Editor(["a long note", None])) as shown:
        shown.service.is_full = True
        await shown.press("e")
        shown.service.is_full = False
        await shown.press("e")

        assert shown.service.items[1].judgement.notes == {"what": "a long note"}


async def test_discard_drops_kept_card_text() -> None:
    async with screen(editor=Editor(["unreadable"])) as shown:
        await shown.press("e", "D")
        assert shown.message == "unsaved card text discarded"
        await shown.press("D")
        assert shown.message == "no unsaved card text here"


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_quitting_with_unsaved_text_asks_once_and_hands_it_over(key: str) -> None:
    async with screen(editor=Editor(["unreadable"])) as shown:
        await shown.press("e", "j", key)
        assert shown.is_open()
        assert "Paper number 1" in shown.text
        assert shown.message.startswith("card text is not saved yet")
        await shown.press("j", key, key)

        assert not shown.is_open()
        assert shown.app.outcome().unsaved == ((1, "unreadable"),)


async def test_o_opens_the_address() -> None:
    async with screen() as shown:
        await shown.press("o")

        assert shown.opened == ["https://arxiv.org/abs/2611.99901"]


@pytest.mark.parametrize("url", [None, "file:///etc/passwd", "javascript:alert(1)"])
async def test_o_opens_only_what_a_browser_should(url: str | None) -> None:
    async with screen(service_of(paper(1, url=url))) as shown:
        await shown.press("o")

        assert shown.opened == []
        assert shown.message == "no address that a browser can open"


async def test_keys_typed_before_the_tag_line_is_there_are_not_lost() -> None:
    async with screen() as shown:
        for key in ("t", "x", "y", "enter", "t", "z", "enter", "x"):
            shown.app.post_message(Key(key, key if len(key) == 1 else None))
        for _ in range(500):  # each line appears in its own time
            if len(shown.service.acts) == 3:
                break
            await shown.pilot.pause(0.02)

        assert shown.service.acts == ["tagged 1 +xy", "tagged 1 +z", "reject 1"]
