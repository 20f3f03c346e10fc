"""Draw the lower part of the rating screen: judgement, issue board, key hints and message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from papertrack.core.judging.board import FIELD_LABELS, fields_of, is_opportunity
from papertrack.core.judging.notes import DEADLINE, FORMAT, HOME, PLACE, PRIZE
from papertrack.core.kinds import State
from papertrack.core.records import Item, Rating
from papertrack.core.text.ratings import rating_bar, rating_glyphs, rating_value
from papertrack.ui.review.keys import AREA_KEYS
from papertrack.ui.review.view import Mode, View, cut, plain, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.commands.review import Sheet

# Below 24 rows the areas get a single row, to leave room for the abstract.
FULL_HEIGHT = 24
_MAX_AREA_ROWS = 3
_MAX_RATING_ROWS = 3
_LABEL = 9
# Terminals draw joined emoji inconsistently; a star replaces them.
_JOINER = "\u200d"
_KINDS = {"brief": "brief", "link": "link only"}


def judgement_rows(view: View, sheet: Sheet, width: int, height: int) -> list[Text]:
    """Draw the prediction, the areas, and the author's judgement of an item."""
    rows: list[Text] = []
    if view.mode is Mode.AREA or not (view.is_expanded or view.mode is Mode.NOTES):
        rows += _why_rows(sheet, width)
        rows += _area_rows(view, sheet, width, height)
    rows += _rating_rows(view, sheet, width)
    rows += _texts_side_by_side(_text_entry(view, sheet), width)
    return rows + _proposal_rows(view, sheet, width)


def _why_rows(sheet: Sheet, width: int) -> list[Text]:
    """Draw the prediction and as many of its reasons as fit."""
    prediction = sheet.prediction
    parts = [f"{prediction.word} {prediction.score:.2f}"] if prediction.score is not None else []
    for reason in prediction.reasons:
        words = f"{'+' if reason.weight >= 0 else '-'}{plain(reason.words)}"
        if _LABEL + cell_len("  ".join([*parts, words])) >= width:
            break
        parts.append(words)
    return [_labelled("WHY", Text("  ".join(parts)))] if parts else []


def _area_rows(view: View, sheet: Sheet, width: int, height: int) -> list[Text]:
    if not view.areas:
        return [_labelled("AREAS", Text("none; add [[areas]] to the config"))]
    mark = ">" if view.ascii_only else "▸"
    guesses = sheet.prediction.areas
    numbered = sorted(
        zip(AREA_KEYS, view.areas, strict=False),
        # Likeliest first; every area keeps its key.
        key=lambda one: guesses.index(one[1].slug) if one[1].slug in guesses else len(guesses),
    )
    cells = [
        Text(
            f"{mark if area.slug == view.target else ' '}{key} {plain(area.name)}",
            Style(
                bold=area.slug == view.target,
                reverse=area.slug == view.target,
                meta={"press": (view.keys.first("area"), key)},
            ),
        )
        for key, area in numbered
    ]
    column = max(cell.cell_len for cell in cells) + 2
    across = max(1, (width - _LABEL) // column)
    rows = [cells[start : start + across] for start in range(0, len(cells), across)]
    maximum = _MAX_AREA_ROWS if height >= FULL_HEIGHT else 1
    shown = rows if view.mode is Mode.AREA else rows[:maximum]
    lines = [
        _labelled(
            "" if number else "AREAS",
            # The mark before a number takes the last column of the label.
            Text.assemble(*(Text.assemble(cell, " " * (column - cell.cell_len)) for cell in row)),
            _LABEL - 1,
        )
        for number, row in enumerate(shown)
    ]
    if len(shown) < len(rows):
        lines[-1].truncate(width - len(view.ellipsis) - 1, pad=True)
        lines[-1].append(view.ellipsis)
    return lines


def _rating_rows(view: View, sheet: Sheet, width: int) -> list[Text]:
    """Draw the rating that a key would change, as a bar and as printed; then the others."""
    item = sheet.item
    by_area = {rating.area: rating for rating in item.judgement.ratings}
    parts = [item.state.value] if item.state in {State.REJECTED, State.LATER} else []
    if (form := item.judgement.notes.get(FORMAT, "")) in _KINDS:
        parts.append(_KINDS[form])
    said = Text(view.dot.join(parts))
    if view.target is None:
        if parts:
            said.append(view.dot)
        key = view.keys.first("area")
        first = said.append(f"choose an area first: {key} then its number")
    else:
        if parts:
            said.append(view.dot)
        rating = by_area.pop(view.target, None) or Rating(view.target)
        first = said.append_text(_one_rating(view, sheet, rating))
    others = [_one_rating(view, sheet, rating) for rating in by_area.values()]
    shown = others[: _MAX_RATING_ROWS - 1]
    rows = [_labelled("RATING", first), *(_labelled("", other) for other in shown)]
    if len(others) > len(shown):
        rows[-1].append(f"{view.dot}{len(others) - len(shown)} more", "dim")
    return [cut(view, row, width) for row in rows]


def _one_rating(view: View, sheet: Sheet, rating: Rating) -> Text:
    area = next((area for area in view.areas if area.slug == rating.area), None)
    name, emoji = (area.name, area.emoji) if area else (rating.area, "*")
    glyph = rating.emoji or emoji
    if view.ascii_only or _JOINER in glyph:
        glyph = "*"
    home = ""
    if sheet.item.judgement.notes.get(HOME) == rating.area:
        home = " (home)"
    elif view.target_is_suggested and rating.area == view.target:
        home = " (suggested)"
    line = Text(plain(f"{name}{home}  {rating_bar(rating.halves, glyph)}"))
    if rating.halves is None and (guess := sheet.prediction.halves.get(rating.area)):
        line.append(f"  {rating_value(guess)}?", "dim")
    label = rating.label or (area.rating_label if area else "Rating")
    remark = f" ({rating.remark})" if rating.remark else ""
    if rating.halves is not None:
        printed = f"{label}: {rating_glyphs(rating.halves, glyph)}{remark}"
        line.append("  ").append(plain(printed), "dim")
    elif remark:
        line.append(plain(remark))
    return line


def _text_entry(view: View, sheet: Sheet) -> list[tuple[str, Text]]:
    """List deadline facts, tags, and which notes are written or missing."""
    item, texts = sheet.item, list[tuple[str, Text]]()
    notes = item.judgement.notes
    if is_opportunity(item):
        facts = [notes[name] for name in (DEADLINE, PLACE, PRIZE) if notes.get(name)]
        texts.append(("DUE", Text(plain(view.dot.join(facts)) or "no deadline yet")))
    if item.judgement.tags:
        texts.append(("TAGS", Text(plain(", ".join(item.judgement.tags)))))
    written = [
        label
        for name, label in FIELD_LABELS.items()
        if name in notes and name not in {DEADLINE, PLACE, PRIZE}
    ]
    said = Text(", ".join(written))
    if item.state is State.KEPT and sheet.missing:
        said.append(f"{view.dot if written else ''}wants: {', '.join(sheet.missing)}", "italic")
    elif item.state is State.KEPT and _needs_text(item):
        said.append(f"{view.dot if written else ''}complete", "dim")
    if said:
        texts.append(("NOTES", said))
    return texts


def _needs_text(item: Item) -> bool:
    return item.judgement.notes.get(FORMAT) != "link"


def _texts_side_by_side(texts: list[tuple[str, Text]], width: int) -> list[Text]:
    """Put labelled texts side by side where they fit."""
    rows: list[Text] = []
    for label, text in texts:
        row = _labelled(label, text)
        gap = max(2, 40 - rows[-1].cell_len) if rows else 0
        if rows and rows[-1].cell_len + gap + row.cell_len < width:
            rows[-1].append(" " * gap).append_text(row[1:])
        else:
            rows.append(row)
    return rows


def _proposal_rows(view: View, sheet: Sheet, width: int) -> list[Text]:
    """Ask whether another item is the same work; its title is cut before the keys are."""
    if sheet.proposal is None:
        return []
    merge, apart = view.keys.first("merge"), view.keys.first("apart")
    keys = f": {merge} merges, {apart} not the same"
    other = f'same story? {sheet.proposal.item} "{plain(sheet.proposal.title)}'
    room = max(0, width - cell_len(keys) - 3)
    return [Text.assemble(" ", cut(view, Text(other), room), '"', keys)]


def _labelled(label: str, text: Text, label_width: int = _LABEL) -> Text:
    return Text.assemble(" ", (f"{label:{label_width - 1}}", "dim"), text)


_MAX_FAILURE_ROWS = 3
# A hint: the keys that clicking it presses, and its text.
_Hint = tuple[tuple[str, ...], str]


def footer_lines(view: View, width: int, height: int) -> list[Text]:
    """Draw everything below the abstract; the last line is the message."""
    footer: list[Text] = []
    if view.sheet is not None and view.mode not in {Mode.HELP, Mode.PAUSE}:
        footer += judgement_rows(view, view.sheet, width, height)
    footer.append(_board_rule(view, width))
    footer += _hint_rows(view, width, height)
    message = plain(view.message)
    if not message and view.has_unsaved:
        edit, discard = view.keys.first("edit"), view.keys.first("discard")
        message = f"card text not saved yet: {edit} edits it again, {discard} discards it"
    style = "bold red" if view.failed else "bold"
    rows = wrap(Text(message), width - 2)[:_MAX_FAILURE_ROWS] if view.failed else []
    footer += [Text(f" {row.plain}", style) for row in rows or [Text(message)]]
    return [cut(view, row, width) for row in footer]


def _board_rule(view: View, width: int) -> Text:
    """Draw the rule above the keys, with the progress of the issue."""
    places = [plain(place.words) for place in view.board.places]
    if not places:
        return Text(view.rule * width, "dim")
    lacking = view.board.lacking
    tail = f"{view.dot}{lacking} lack{'s' if lacking == 1 else ''} text" if lacking else ""
    # The count of missing texts stays visible, however many areas there are.
    board = cut(view, Text(view.dot.join(places)), max(0, width - 6 - cell_len(tail)))
    line = Text.assemble((view.rule * 2, "dim"), " ", board, tail, " ")
    return line.append(view.rule * max(0, width - line.cell_len), "dim")


def _hint_rows(view: View, width: int, height: int) -> list[Text]:
    usual = _flow_hints(_card_hints(view, height), width)
    if view.mode is Mode.CARD and view.will_advance:
        rows = [*_flow_hints(_waiting_hints(view), width)[: max(1, len(usual) - 1)]]
        if view.next_title:
            rows.append(cut(view, Text(f" next: {plain(view.next_title)}", "dim"), width))
        # Keep the number of rows, so that nothing jumps.
        return rows[: len(usual)] + [Text()] * (len(usual) - len(rows))
    if view.mode is Mode.CARD and view.sheet is not None:
        return usual
    rows = _field_rows(view, view.sheet) if view.mode is Mode.NOTES and view.sheet else []
    return rows + _flow_hints(_other_hints(view), width)


def _card_hints(view: View, height: int) -> list[_Hint]:
    return [
        (key.names[:1] if key.action != "value" else (), key.hint)
        for key in view.keys.hints(small=height < FULL_HEIGHT)
    ]


def _waiting_hints(view: View) -> list[_Hint]:
    first = view.keys.first
    return [
        ((view.keys.first("half"),), f"{first('half')} half"),
        (("enter",), "Enter next card now"),
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
        Mode.NOTES: [
            ((), "Tab Shift-Tab next field"),
            ((), "Escape done"),
            ((), "everything is stored"),
        ],
        Mode.HELP: [(("pagedown",), "PageDown more"), ((), "any other key closes")],
        Mode.PAUSE: [((first("leave"),), f"{first('leave')} quit"), ((), "any other key resumes")],
    }
    actions = (("previous", "back"), ("undo", "undo"), ("leave", "quit"))
    return by_mode.get(view.mode) or [
        ((first(action),), f"{first(action)} {word}") for action, word in actions
    ]


def _field_rows(view: View, sheet: Sheet) -> list[Text]:
    """Draw the names of the item's fields; mark the open one and those with text."""
    row = Text(" ")
    for field in fields_of(sheet.item):
        is_open = view.prompt is not None and view.prompt.field == field
        has_text = field in sheet.item.judgement.notes
        mark = ("+" if view.ascii_only else "✓") if has_text else ""
        row.append(f"{FIELD_LABELS[field]}{mark}", "bold reverse" if is_open else "")
        row.append("  ")
    return [row]


def _flow_hints(hints: Iterable[_Hint], width: int) -> list[Text]:
    rows: list[Text] = []
    for press, words in hints:
        hint = Text(words, Style(meta={"press": press}) if press else "")
        if rows and rows[-1].cell_len + 2 + cell_len(words) <= width:
            rows[-1].append("  ").append_text(hint)
        else:
            rows.append(Text(" ").append_text(hint))
    return rows
