"""Draw the rating screen: a pure function of a `View` and the size of the terminal.

Text from sources enters `rich.text.Text` as plain characters: it is never parsed as markup, and
characters that move the cursor or change the writing direction are removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from papertrack.core.judging.board import FIELD_LABELS, fields_of, is_opportunity
from papertrack.core.judging.notes import DEADLINE, FORMAT, HOME, PLACE, PRIZE
from papertrack.core.kinds import State
from papertrack.core.records import Item, Rating
from papertrack.core.text.borrowed_titles import in_quotes, shown_title
from papertrack.core.text.ratings import rating_bar, rating_glyphs, rating_value
from papertrack.core.text.title import PieceKind, pieces, plain_abstract, plain_math, plain_title
from papertrack.ui.review.keys import AREA_KEYS
from papertrack.ui.review.view import Mode, View, cut, plain, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from papertrack.commands.review import Sheet
    from papertrack.core.records import Author


_MAX_TITLE_ROWS = 2
_MIN_BODY_ROWS = 3
_ROWS_TO_TITLE = 3
_MAX_INDENT = 8
# Some feeds carry whole books, and wrapping 20,000 characters already takes a few milliseconds.
_MAX_SUMMARY = 20_000


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawn screen.

    Attributes:
        text: The lines; they fit the terminal in width and number.
        offset: The scroll position, clamped to the text.
        page: How many lines PageDown scrolls.
    """

    text: Text
    offset: int
    page: int


def draw(view: View, width: int, height: int) -> Frame:
    """Draw the whole screen; the key hints stay visible however small the window.

    Args:
        view: What to show.
        width: Columns of the terminal.
        height: Rows of the terminal.
    """
    footer = footer_lines(view, width, height)[-height:]
    head = _head(view, width)
    maximum = max(2, height - len(footer) - _MIN_BODY_ROWS - 1)
    if maximum < _ROWS_TO_TITLE and len(head) > maximum:
        del head[1]  # the title matters more than the rule above it
    head = head[:maximum]
    body = _body(view, width - 2)
    room = max(1, height - len(head) - len(footer) - 1)
    offset = max(0, min(view.offset, len(body) - room))
    shown = [cut(view, Text.assemble(" ", line), width) for line in body[offset : offset + room]]
    shown += [Text()] * (room - len(shown))
    top = [*head, _body_rule(view, width, offset, room, len(body)), *shown]
    lines = [*top[: height - len(footer)], *footer]
    return Frame(Text("\n", no_wrap=True).join(lines), offset, max(1, room - 1))


def _title(item: Item) -> Text:
    """Write the title of an item in bold, with its emphasis in italics."""
    title = plain(item.printed_title).strip()
    if not title:
        return Text(plain(shown_title(item)).strip() or "(no title)", "bold")
    written = Text(style="bold")
    for one in pieces(title):
        text = plain_math(one.text) if one.is_math else one.text
        written.append(text, "italic" if one.kind is PieceKind.EMPHASIS else None)
    return written


def _head(view: View, width: int) -> list[Text]:
    head = [_header(view, width)]
    item = view.item
    if item is None or view.mode in {Mode.HELP, Mode.PAUSE}:
        return head
    head.append(Text(view.rule * width, "dim"))
    title = _title(item)
    rows = wrap(title, width - 2)
    if len(rows) > _MAX_TITLE_ROWS and not view.is_expanded:
        rows = rows[:_MAX_TITLE_ROWS]
        rows[-1].append(view.ellipsis)
    head += [cut(view, Text.assemble(" ", row), width) for row in rows]
    if not view.is_expanded and view.sheet is not None:
        details = [_facts(item, view.day, width - 2), *_origin(view, view.sheet, width - 2)]
        head += [cut(view, Text(f" {line}"), width) for line in details]
    return head


def _header(view: View, width: int) -> Text:
    tally = view.tally
    parts = [
        f"{min(view.position + 1, view.total)}/{view.total}",
        f"later {tally.later}",
        f"rated {tally.rated}",
        f"week {plain(view.week)}",
    ]
    if view.arrivals:
        parts.insert(1, f"+{view.arrivals} new")
    place = f" {view.dot.join(parts)}"
    named = f" papertrack rate  {place}"
    undo, leave = view.keys.first("undo"), view.keys.first("leave")
    short = f"undo: {undo}"
    for left, keys in ((named, f"{short}  quit: {leave}"), (named, short), (place, short)):
        spare = width - cell_len(left) - len(keys)
        if spare > 1:
            return Text(f"{left}{' ' * spare}{keys}", "bold")
    return cut(view, Text(place, "bold"), width)


def _facts(item: Item, day: str, width: int) -> str:
    """Write authors, paper and day in one line; a narrow screen drops categories first."""
    paper, categories = "", ""
    if item.arxiv is not None:
        version = f"v{item.arxiv.id.version}" if item.arxiv.id.version else ""
        withdrawn = "  WITHDRAWN" if item.arxiv.withdrawn else ""
        paper = f"arXiv {item.arxiv.id.base}{version}{withdrawn}"
        categories = " ".join(item.arxiv.categories[:3])
    lines = [
        "  ".join(plain(part) for part in parts if part)
        for parts in (
            (_authors(item.authors, 2), paper, categories, day),
            (_authors(item.authors, 2), paper, day),
            (_authors(item.authors, 1), paper, day),
        )
    ]
    return next((line for line in lines if cell_len(line) <= width), lines[-1])


def _authors(authors: Sequence[Author], maximum: int) -> str:
    named = ", ".join(author.name for author in authors[:maximum])
    return f"{named}, +{len(authors) - maximum}" if len(authors) > maximum else named


def _origin(view: View, sheet: Sheet, width: int) -> list[str]:
    """Write sources, address, issues, versions and comment."""
    item = sheet.item
    seen_in = f"in {', '.join(item.sources)}" if item.sources else ""
    lines = [view.dot.join(plain(part) for part in (seen_in, item.url or "") if part)]
    facts = [f"also: {', '.join(sheet.also)}"] if sheet.also else []
    if sheet.issues:
        facts.append(f"in issue {', '.join(sheet.issues)}")
    if sheet.versions:
        facts.append(", ".join(sheet.versions))
    if item.arxiv is not None and item.arxiv.comment:
        facts.append(f"comment: {item.arxiv.comment}")
    for fact in map(plain, facts):
        joined = f"{lines[-1]}{view.dot}{fact}"
        # The address keeps its own line; later facts share a line where they fit.
        if len(lines) > 1 and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(fact)
    return [line for line in lines if line]


def _body_rule(view: View, width: int, offset: int, room: int, total: int) -> Text:
    expand = view.keys.first("expand")
    if total <= room:
        note = f" less: {expand} " if view.is_expanded and view.mode is not Mode.HELP else ""
    else:
        keys = f"PageDown, {'less' if view.is_expanded else 'more'}: {expand}"
        keys = "PageDown" if view.mode is Mode.HELP or view.item is None else keys
        note = f" {offset + 1}-{min(total, offset + room)} of {total} lines, {keys} "
    left = view.rule * max(0, width - len(note) - 2)
    return cut(view, Text(f"{left}{note}{view.rule * 2}"[-width:], "dim"), width)


def _body(view: View, width: int) -> list[Text]:
    if view.mode is Mode.HELP:
        return _help(view, width)
    if view.mode is Mode.PAUSE:
        return wrap(Text(_pause(view)), width)
    if view.item is None:
        return wrap(Text(_end_of_queue(view)), width)
    summary = plain_abstract(view.item.summary[:_MAX_SUMMARY])
    # Line breaks in a stored text are deliberate: list items, verses, rows of code.
    paragraphs = [
        "\n".join(filter(None, map(_normalize_spaces, paragraph.split("\n"))))
        for paragraph in summary.split("\n\n")
    ]
    if len(view.item.summary) > _MAX_SUMMARY:
        opens = view.keys.first("open")
        paragraphs.append(f"{view.ellipsis} the rest is on the page: {opens} opens it")
    if not any(paragraphs):
        return [Text("(no text came with it)", "dim")]
    return wrap(Text("\n\n".join(filter(None, paragraphs))), width)


def _normalize_spaces(line: str) -> str:
    """Collapse spaces between words; keep the indent, which shows the level of a list."""
    words = plain(line).rstrip()
    indent = min(len(words) - len(words.lstrip()), _MAX_INDENT)
    return " " * indent + " ".join(words.split())


def _help(view: View, width: int) -> list[Text]:
    """List the keys; long descriptions continue on the next line, indented."""
    column = max(cell_len(key.shown) for key in view.keys.keys) + 2
    rows: list[Text] = []
    for key in view.keys.keys:
        wrapped = wrap(Text(key.does), max(20, width - column))
        for number, words in enumerate(wrapped):
            left = f"{'' if number else key.shown:{column}}"
            rows.append(Text(f"{left}{words.plain.rstrip()}"))
    return rows


def _pause(view: View) -> str:
    return f"{round(view.minutes)} minutes are up: {_session_summary(view)}; everything is saved"


def _session_summary(view: View) -> str:
    """Write how many items were judged, and how many a minute."""
    tally = view.tally
    judged = tally.rejected + tally.later + tally.rated
    said = f"{tally.rejected} rejected, {tally.later} later, {tally.rated} rated"
    if judged and view.minutes >= 1:
        said += f", {judged / view.minutes:.1f} a minute"
    return said


def _end_of_queue(view: View) -> str:
    leave, back = view.keys.first("leave"), view.keys.first("previous")
    if view.failed and view.position < view.total:
        return f"This card cannot be shown; {view.keys.first('next')} goes on, {leave} quits."
    if not view.total:
        return f"nothing new; {leave} quits"
    tally = view.tally
    left = view.total - tally.rejected - tally.later - tally.rated
    summary = _session_summary(view) + (f", {left} not judged" if left else "")
    return f"all {view.total} seen: {summary}; {leave} quits, {back} goes back"


# Below 24 rows the areas get a single row, to leave room for the abstract.
FULL_HEIGHT = 24
_MAX_AREA_ROWS = 3
_MAX_RATING_ROWS = 3
_LABEL = 9
_REASON_INDENT = 3
_MAX_REASON_ROWS = 2
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
    """Ask whether another item is the same work, and say why it may be.

    Its title is cut before the keys are.
    """
    if sheet.proposal is None:
        return []
    merge, apart = view.keys.first("merge"), view.keys.first("apart")
    keys = f": {merge} merges, {apart} not the same"
    title = in_quotes(plain(plain_title(sheet.proposal.title)))
    other = f"same story? {sheet.proposal.item} {title[:-1]}"
    room = max(0, width - cell_len(keys) - 3)
    question = Text.assemble(" ", cut(view, Text(other), room), title[-1], keys)
    reason = wrap(Text(plain(sheet.reason)), max(1, width - _REASON_INDENT))
    rows = reason[:_MAX_REASON_ROWS]
    return [question, *(Text.assemble(" " * _REASON_INDENT, row) for row in rows)]


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
