"""Text that comes in one piece, as over a slow line: each key acts where it was aimed, in order."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import TextArea

from papertrack.core.kinds import State
from papertrack.core.records import Judgement, Rating
from papertrack.ui.review.input import one_line
from tests.ui.list_screen import list_screen
from tests.ui.screen import PATIENT, screen, send_at_once
from tests.ui.service import FakeService, paper, service_of

if TYPE_CHECKING:
    from pathlib import Path

LEFT, UP, HOME, SHIFT_TAB, F5 = "\x1b[D", "\x1b[A", "\x1b[H", "\x1b[Z", "\x1b[15~"
CLICK = "\x1b[<0;{0};{1}M\x1b[<0;{0};{1}m"
# The field has the last 8 of 24 rows, and a margin.
CLICK_ON_THE_TITLE, CLICK_ON_ITS_START = CLICK.format(5, 3), CLICK.format(2, 17)

# What opens a field, what is typed there, and how the desk then writes it down.
FIELDS = {
    "notes": ("\t", "note 1 what qx 1 as"),
    "remark": ("r", "remark 1 art qx 1 as"),
    "emoji": ("E", "emoji 1 art qx 1 as"),
    "label": ("N", "label 1 art qx 1 as"),
    "line": ("b", "note 1 line qx 1 as"),
    "tags": ("t", "tagged 1 +qx +1 +as"),
}
TEXT = "qx 1 as"
QUITS = {
    "Ctrl-C": "\x03",
    "Ctrl-Q": "\x11",
    "an arrow and Ctrl-C": f"{LEFT}\x03",
    "F5 and Ctrl-C": f"{F5}\x03",
    "a click and Ctrl-C": f"{CLICK_ON_THE_TITLE}\x03",
    "Ctrl-C and more": "\x03xj\x1b",
}
# Enter is text in the notes, and Escape gives half-typed tags up.
LEAVES = [(field, "\r") for field in FIELDS if field != "notes"]
LEAVES += [(field, "\x1b") for field in FIELDS if field != "tags"]


def _service() -> FakeService:
    rated = Judgement(ratings=(Rating("art", 6),))
    return service_of(paper(1, state=State.KEPT, judgement=rated), paper(2), paper(3))


@pytest.mark.parametrize("leave", QUITS)
@pytest.mark.parametrize("field", FIELDS)
async def test_a_burst_that_quits_loses_no_text(field: str, leave: str) -> None:
    opens, stored = FIELDS[field]
    async with screen(_service()) as shown:
        await shown.types_at_once(f"{opens}{TEXT}{QUITS[leave]}")

        assert not shown.is_open()
        assert shown.service.acts[-1] == stored


@pytest.mark.parametrize(("field", "leave"), LEAVES)
async def test_what_follows_a_field_acts_on_the_card(field: str, leave: str) -> None:
    opens, stored = FIELDS[field]
    async with screen(_service()) as shown:
        await shown.types_at_once(f"{opens}{TEXT}{leave}gxx")

        assert shown.service.acts[-3:] == [stored, "reject 1", "reject 2"]


@pytest.mark.parametrize("field", FIELDS)
async def test_a_request_to_stop_comes_behind_what_was_typed(field: str) -> None:
    opens, stored = FIELDS[field]
    async with screen(_service()) as shown:
        send_at_once(shown.app, f"{opens}{TEXT}")
        signal.raise_signal(signal.SIGTERM)
        while shown.is_open():
            await shown.pilot.pause()

        assert shown.service.acts[-1] == stored
        assert shown.app.return_code == 143


async def test_each_of_the_notes_gets_its_own_text() -> None:
    async with screen() as shown:
        await shown.types_at_once(f"\tone\ttwo\r2\tfour{SHIFT_TAB}{HOME}1{SHIFT_TAB}\x1bx")

        notes = shown.service.items[1].judgement.notes
        assert notes == {"what": "one", "new": "two\n12", "meaning": "four"}
        assert shown.service.acts[-1] == "reject 1"


@pytest.mark.parametrize("opens", ["\t", "r"])
@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("teh\x7f\x7fhe", "the"),
        (f"bd{LEFT}c{HOME}a", "abcd"),
        ("one two\x17three", "one three"),
        ("not this\x15this", "this"),
        ("ab\x1b[200~12\x1b[201~cd", "ab12cd"),
        ("\x1b[200~12\x1b[201~\x7f3", "13"),
    ],
)
async def test_keys_that_change_the_text_come_in_their_turn(
    opens: str, sent: str, text: str
) -> None:
    async with screen(_service()) as shown:
        await shown.types_at_once(f"{opens}{sent}\x1b")

        assert [act.split(maxsplit=3)[3] for act in shown.service.acts] == [text]


async def test_a_click_in_the_text_comes_in_its_turn() -> None:
    async with screen() as shown:
        await shown.types_at_once(f"\tbc{CLICK_ON_ITS_START}a\x1bx")

        assert shown.service.acts == ["note 1 what abc", "reject 1"]


async def test_a_click_on_a_hint_comes_in_its_turn() -> None:
    async with screen() as shown:
        lines = shown.text.splitlines()
        row = next(number for number, line in enumerate(lines) if "x reject" in line)
        click = CLICK.format(lines[row].index("x reject") + 1, row + 1)
        await shown.types_at_once(f" {click}\tnote\x1bx")

        assert shown.service.acts == ["later 1", "reject 2", "note 3 what note", "reject 3"]


async def test_keys_wait_until_the_lines_of_a_field_are_broken() -> None:
    long = paper(1, judgement=Judgement(notes={"what": "word " * 30}))
    async with screen(service_of(long)) as shown:
        await shown.types_at_once(f"\t{SHIFT_TAB}{SHIFT_TAB}{SHIFT_TAB}{UP}here\x1b")
        at_once = shown.service.items[1].judgement.notes["what"]
    async with screen(service_of(long)) as shown:
        await shown.press(*["tab"], *["shift+tab"] * 3, "up", *"here", "escape")

        assert shown.service.items[1].judgement.notes["what"] == at_once
    assert at_once.startswith("word word")


async def test_tab_completes_what_was_typed_before_it() -> None:
    async with screen(service_of(tags=("interp", "toy"))) as shown:
        await shown.types_at_once("tint\tto\t\rx")

        assert shown.service.acts == ["tagged 1 +interp +toy", "reject 1"]


async def test_keys_behind_quitting_do_nothing() -> None:
    async with screen() as shown:
        await shown.types_at_once("xqxx")

        assert not shown.is_open()
        assert shown.service.acts == ["reject 1"]


async def test_a_text_that_cannot_be_stored_stays_and_what_follows_goes_on_in_it() -> None:
    async with screen() as shown:
        shown.service.is_full = True
        await shown.types_at_once("\tkept\t, too\x1b")
        assert shown.app.query_one(TextArea).text == "kept, too"
        shown.service.is_full = False
        await shown.types_at_once("\x1b")

        assert shown.service.acts == ["note 1 what kept, too"]


@pytest.mark.parametrize("escaped", ["x", "3", "\r", "\x03", "x\x1b", "x" + "?" * 40])
async def test_escape_is_a_key_of_its_own_whatever_follows(escaped: str) -> None:
    async with screen(_service()) as shown:
        await shown.types_at_once(f"\tnote\x1b{escaped}")

        assert shown.service.acts[0] == "note 1 what note"
        assert "^" not in shown.text


async def test_alt_with_an_arrow_or_a_word_key_stays_one_key() -> None:
    async with screen() as shown:
        await shown.types_at_once("\tone two\x1bbthree\x1b")

        assert shown.service.acts == ["note 1 what one threetwo"]


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("", ""),
        ("one", "one"),
        (" (one) ", " (one) "),
        ("one\r\n  two\rthree\n", "one two three"),
        ("\n\n", ""),
        ("one\x1b[31m\x07", "one"),
    ],
)
def test_pasted_lines_become_one(pasted: str, line: str) -> None:
    assert one_line(pasted) == line


async def test_a_line_takes_all_lines_that_are_pasted_and_a_field_keeps_them() -> None:
    async with screen(_service()) as shown:
        await shown.types_at_once("r\x1b[200~one\rtwo\r\x1b[201~\r")
        await shown.types_at_once("\t\x1b[200~one\r\rtwo\r\x1b[201~end\x1b")

        assert shown.service.acts == ["remark 1 art one two", "note 1 what one\n\ntwo\nend"]


async def test_what_is_pasted_on_a_card_presses_no_keys() -> None:
    async with screen() as shown:
        await shown.types_at_once("\x1b[200~xxx\x1b[201~j")

        assert shown.service.acts == []
        assert "2/3" in shown.text


@pytest.mark.parametrize(("before", "after"), [("", ""), ("\x1b[200~", "\x1b[201~")])
async def test_a_long_text_in_one_piece_is_all_there(before: str, after: str) -> None:
    text = "many words of one note " * 400
    async with screen() as shown:
        await shown.types_at_once(f"\t{before}{text}{after}\tmore\x1b")

        assert shown.service.items[1].judgement.notes == {"what": text, "new": "more"}


async def test_a_burst_in_the_list_filters_marks_tags_and_asks_in_order(tmp_path: Path) -> None:
    async with list_screen(tmp_path) as shown:
        await shown.types_at_once("/notes\r vjtmuch-\x7f\ryxy")

        assert shown.states() == {"Monday notes": "rejected", "Notes on circuits": "rejected"}
        tags = shown.room.db.execute("SELECT tag FROM tags").fetchall()
        assert [tuple(row) for row in tags] == [("much",), ("much",)]


# The minutes of a session


async def test_the_pause_comes_behind_what_was_typed() -> None:
    service = service_of(took=14.0)
    async with screen(service, options=replace(PATIENT, minutes=15.0)) as shown:
        await shown.press("tab")
        service.took = 15.0
        text = await shown.types_at_once("a note\x1bx\tand more\x1b")

        assert service.acts == ["note 1 what a note", "reject 1", "note 2 what and more"]
        assert "15 minutes are up" in text


async def test_a_key_on_its_way_when_the_pause_comes_is_for_the_card() -> None:
    service = service_of(took=15.0)
    async with screen(service, options=replace(PATIENT, minutes=15.0, unread_s=600.0)) as shown:
        await shown.wait_for("minutes are up")
        text = await shown.press("t")
        assert "Tab completes" in text
        text = await shown.press(*"xq", "enter")

        assert service.acts == ["tagged 1 +xq"]
        assert "15 minutes are up" in text
        await shown.press("x")
        assert service.acts[-1] == "reject 1"


async def test_the_pause_waits_for_a_rated_card_and_for_a_click() -> None:
    service = service_of(took=14.0, suggestions={1: "art"})
    async with screen(service, options=replace(PATIENT, minutes=15.0)) as shown:
        await shown.press("3")
        service.took = 15.0
        assert "minutes are up" not in await shown.press("full_stop")
        text = await shown.types_at_once(f"\r{CLICK_ON_THE_TITLE}")

        assert "15 minutes are up" in text
