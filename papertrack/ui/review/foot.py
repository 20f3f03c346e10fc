"""The lower part of the rating screen: the judgement, the issue board, keys, the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from papertrack.core.judging.completeness import FIELD_LABELS, fields_of
from papertrack.ui.review.footer import FULL_HEIGHT, judgement_rows
from papertrack.ui.review.keys import AREA_KEYS
from papertrack.ui.review.view import Mode, View, cut, plain, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.commands.review_records import Sheet

_MOST_FAILURE_ROWS = 3
# A hint: the keys that a click on it presses, and its words.
_Hint = tuple[tuple[str, ...], str]


def foot_lines(view: View, width: int, height: int) -> list[Text]:
    """Draw what stands below the abstract; the last line is the message."""
    foot: list[Text] = []
    if view.sheet is not None and view.mode not in {Mode.HELP, Mode.PAUSE}:
        foot += judgement_rows(view, view.sheet, width, height)
    foot.append(_board_rule(view, width))
    foot += _hint_rows(view, width, height)
    message = plain(view.message)
    if not message and view.has_unsaved:
        edit, discard = view.keys.first("edit"), view.keys.first("discard")
        message = f"card text not saved yet: {edit} edits it again, {discard} discards it"
    style = "bold red" if view.failed else "bold"
    rows = wrap(Text(message), width - 2)[:_MOST_FAILURE_ROWS] if view.failed else []
    foot += [Text(f" {row.plain}", style) for row in rows or [Text(message)]]
    return [cut(view, row, width) for row in foot]


def _board_rule(view: View, width: int) -> Text:
    """Draw the rule above the keys, with how much of the issue is there."""
    places = [plain(place.words) for place in view.board.places]
    if not places:
        return Text(view.rule * width, "dim")
    lacking = view.board.lacking
    tail = f"{view.dot}{lacking} lack{'s' if lacking == 1 else ''} text" if lacking else ""
    # What is left to do stays in sight, however many areas there are.
    board = cut(view, Text(view.dot.join(places)), max(0, width - 6 - cell_len(tail)))
    line = Text.assemble((view.rule * 2, "dim"), " ", board, tail, " ")
    return line.append(view.rule * max(0, width - line.cell_len), "dim")


def _hint_rows(view: View, width: int, height: int) -> list[Text]:
    usual = _flow(_card_hints(view, height), width)
    if view.mode is Mode.CARD and view.moves_on:
        rows = [*_flow(_waiting_hints(view), width)[: max(1, len(usual) - 1)]]
        if view.next_title:
            rows.append(cut(view, Text(f" next: {plain(view.next_title)}", "dim"), width))
        # As many rows as before, so that nothing jumps.
        return rows[: len(usual)] + [Text()] * (len(usual) - len(rows))
    if view.mode is Mode.CARD and view.sheet is not None:
        return usual
    rows = _field_rows(view, view.sheet) if view.mode is Mode.NOTES and view.sheet else []
    return rows + _flow(_other_hints(view), width)


def _card_hints(view: View, height: int) -> list[_Hint]:
    return [
        (key.names[:1] if key.act != "value" else (), key.hint)
        for key in view.keys.hints(small=height < FULL_HEIGHT)
    ]


def _waiting_hints(view: View) -> list[_Hint]:
    first = view.keys.first
    return [
        ((view.keys.first("half"),), f"{first('half')} half"),
        (("enter",), "Enter goes on at once"),
        (("u",), f"{first('undo')} undo"),
        ((), f"{first('remark')} {first('tags')} {first('notes')} stay here"),
    ]


def _other_hints(view: View) -> list[_Hint]:
    first = view.keys.first
    if view.hints:
        is_asked = view.mode is Mode.BULK
        return [((hint.split()[0],) if is_asked else (), hint) for hint in view.hints]
    if view.mode is Mode.AREA:
        keys = " ".join(AREA_KEYS[: len(view.areas)])
        return [((), f"{keys} choose the area"), (("escape",), "Escape cancel")]
    if view.mode is Mode.LINE and view.prompt is not None:
        if view.prompt.field == "tags":
            hints = [((), "Enter save"), (("escape",), "Escape cancel")]
            return [*hints, ((), "Tab completes"), ((), "interp -old: adds interp, removes old")]
        return [((), f"{view.prompt.label}: Enter saves, Escape saves and stays")]
    by_mode: dict[Mode, list[_Hint]] = {
        Mode.NOTES: [((), "Tab Shift-Tab next field"), ((), "Escape done"), ((), "all is stored")],
        Mode.HELP: [(("pagedown",), "PageDown more"), ((), "any other key closes")],
        Mode.PAUSE: [((first("leave"),), f"{first('leave')} quit"), ((), "any other key goes on")],
    }
    acts = (("previous", "back"), ("undo", "undo"), ("leave", "quit"))
    return by_mode.get(view.mode) or [((first(act),), f"{first(act)} {word}") for act, word in acts]


def _field_rows(view: View, sheet: Sheet) -> list[Text]:
    """Draw the fields of the item: the open one, and which have text."""
    row = Text(" ")
    for field in fields_of(sheet.item):
        is_open = view.prompt is not None and view.prompt.field == field
        has_text = field in sheet.item.judgement.notes
        mark = ("+" if view.ascii_only else "✓") if has_text else ""
        row.append(f"{FIELD_LABELS[field]}{mark}", "bold reverse" if is_open else "")
        row.append("  ")
    return [row]


def _flow(hints: Iterable[_Hint], width: int) -> list[Text]:
    rows: list[Text] = []
    for press, words in hints:
        hint = Text(words, Style(meta={"press": press}) if press else "")
        if rows and rows[-1].cell_len + 2 + cell_len(words) <= width:
            rows[-1].append("  ").append_text(hint)
        else:
            rows.append(Text(" ").append_text(hint))
    return rows
