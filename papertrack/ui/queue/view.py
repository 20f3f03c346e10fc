"""Draw the list: a pure function of a `ListView` and the size of the terminal.

Actions that card and list share have the same keys, remapped or not. They take precedence over the
list's own keys, except for Enter and space, which a list cannot do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from papertrack.commands.review import AreaChoice
from papertrack.core.judging.bulk import ListOrder, first_source
from papertrack.core.kinds import State
from papertrack.core.records import Item
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.core.text.ratings import rating_value
from papertrack.ui.review.keys import AREA_KEYS, Key, KeyTable, shown_key
from papertrack.ui.review.view import Tally, plain, wrap


class ListMode(StrEnum):
    """What the next key means in the list."""

    ROWS = "rows"
    FILTER = "filter"
    TAGS = "tags"
    AREA = "area"
    SORT = "sort"
    ASK = "ask"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row.

    Attributes:
        day: When the work came out, in the author's time zone.
        score: How likely the item is kept, 0 to 1; None if it was never ranked.
    """

    item: Item
    day: str
    score: float | None = None
    is_marked: bool = False
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """Everything that the list shows besides its rows.

    Attributes:
        cursor: The place of the cursor among the rows shown, counted from 0.
        shown: How many rows match the filter.
        total: How many items the queue has.
        marked: How many items are marked, shown or not.
        filter_text: The applied filter; empty without one.
        problem: Why the typed filter is not valid; empty if it is.
        caret: The position of the problem, in characters from 0; None if it has none.
        typed: The line being typed, in the modes that take one.
        area: The area that ratings apply to; None while it depends on the item.
        hints: The key hints.
        keys: All keys, for the help.
        has_scores: Whether any row has a score and needs the column.
    """

    cursor: int
    shown: int
    total: int
    tally: Tally
    hints: Sequence[str]
    keys: KeyTable
    areas: Sequence[AreaChoice] = ()
    area: AreaChoice | None = None
    arrivals: int = 0
    marked: int = 0
    order: ListOrder = ListOrder.QUEUE
    is_reversed: bool = False
    has_scores: bool = False
    filter_text: str = ""
    problem: str = ""
    caret: int | None = None
    mode: ListMode = ListMode.ROWS
    typed: str = ""
    offset: int = 0
    message: str = ""
    failed: bool = False
    ascii_only: bool = False


_FIXED = {"enter": "card", "space": "mark"}
_LIST_KEYS = {
    "back": ("escape",),
    "later": ("z",),
    "range": ("v",),
    "all": ("*",),
    "invert": ("i",),
    "clear": ("c",),
    "sort": ("s",),
    "filter": ("/",),
}
# The list's action, and its name on the card, where they differ.
_CARD_NAMES = {"back": "list"}
# Action, word of its hint (empty: help only), description in the help.
_ACTIONS = (
    ("card", "card", "show the card of this item"),
    ("back", "back", "back to the card"),
    ("reject", "reject", "reject it, or the marked items"),
    ("later", "later", "put it off for later, or the marked items"),
    ("value", "rate", "rate it, or the marked items, in the chosen area"),
    ("half", "", "add half a point; again: take it back"),
    ("area", "area", "choose the area for ratings: the key, then its number"),
    ("tags", "tag", "tag it, or the marked items: interp -old"),
    ("mark", "mark", "mark or unmark, then move on"),
    ("range", "range", "begin a range; again: end it; Escape drops it"),
    ("all", "all", "mark all that is shown; again: unmark it"),
    ("invert", "", "invert the marks"),
    ("clear", "", "clear all marks"),
    ("sort", "sort", "sort: the key, then q d s t c, or r to reverse"),
    ("filter", "filter", "show what contains these words; Escape shows all again"),
    ("bulk", "bulk", "judge the marked items, or what is left of this source, area or age"),
    ("undo", "undo", "undo the last act, of one item or many"),
    ("redo", "", "redo what was undone"),
    ("next", "", "next"),
    ("previous", "", "previous"),
    ("page_down", "", "page down"),
    ("page_up", "", "page up"),
    ("first", "", "first"),
    ("last", "", "last"),
    ("help", "help", "this help"),
    ("leave", "quit", "quit; every judgement is stored already"),
)

ORDERS = {
    "q": ListOrder.QUEUE,
    "d": ListOrder.DATE,
    "s": ListOrder.SOURCE,
    "t": ListOrder.TITLE,
    "c": ListOrder.SCORE,
}
MODE_HINTS: dict[ListMode, tuple[str, ...]] = {
    ListMode.FILTER: (
        "Enter keep",
        "Escape show all",
        "words of title, authors, source, tags",
        "or a query: is:unrated tag:toy",
    ),
    ListMode.TAGS: ("Enter save", "Escape cancel", "interp -old: adds interp, removes old"),
    ListMode.AREA: ("Escape cancel",),
    ListMode.SORT: (
        *(f"{key} {order.value}" for key, order in ORDERS.items()),
        "r reverse",
        "Escape cancel",
    ),
    ListMode.HELP: ("PageDown more", "any other key closes"),
}


def list_keys(card: KeyTable) -> KeyTable:
    """Build the key table of the list from the author's keys of the card."""
    names = {key.action: key.names for key in card.keys}
    actions = dict(_FIXED)
    for action, _, _ in _ACTIONS:
        for name in names.get(_CARD_NAMES.get(action, action), ()):
            actions.setdefault(name, action)
    for action, own in _LIST_KEYS.items():
        for name in own:
            actions.setdefault(name, action)
    keys = [
        _key(action, tuple(name for name in actions if actions[name] == action), hint, does)
        for action, hint, does in _ACTIONS
    ]
    return KeyTable(tuple(key for key in keys if key.names), MappingProxyType(actions))


def marked_hints(keys: KeyTable, count: int, *, range_is_open: bool) -> tuple[str, ...]:
    """Write the hints of the keys that act on marked items, with their number.

    Args:
        keys: What `list_keys` made.
        count: How many items are marked.
        range_is_open: Whether a range is open.
    """
    words = {
        "reject": f"reject {count}",
        "later": f"put {count} off",
        "value": f"rate {count}",
        "tags": f"tag {count}",
        "mark": "mark",
        "range": "end the range" if range_is_open else "range",
        "clear": "clear marks",
        "help": "help",
    }
    return tuple(f"{_first(key)} {words[key.action]}" for key in keys.keys if key.action in words)


def _key(action: str, names: tuple[str, ...], hint: str, does: str) -> Key:
    key = Key(names, action, " ".join(map(shown_key, names)), does)
    if action == "value":
        key = Key(names, action, "1-5", does)
    return Key(names, action, key.shown, does, f"{_first(key)} {hint}" if hint and names else "")


def _first(key: Key) -> str:
    return "1-5" if key.action == "value" else shown_key(key.names[0]) if key.names else ""


_HEAD_ROWS = 2
_STATE = 6
_DAY = 6
_SCORE = 5
_MIN_TITLE = 16
# The width of the source column, by the least width of the terminal.
_SOURCE_BY_WIDTH = ((110, 16), (76, 12), (50, 9))
_AUTHORS_FROM, _AUTHORS = 110, 22
_DAY_FROM = 40
_MAX_HINT_ROWS = 3
# Lower windows show one row of hints, to leave room for items.
_MIN_HINTS_HEIGHT = 12
_MAX_PROBLEM_ROWS = 3


@dataclass(frozen=True, slots=True)
class _Columns:
    """The width of each column; 0 leaves it out."""

    title: int
    authors: int
    source: int
    day: int
    score: int


def list_footer(view: ListView, width: int, height: int) -> list[Text]:
    """Draw everything below the rows; the last line is the message or the input line."""
    rule = "-" if view.ascii_only else "─"
    maximum = _MAX_HINT_ROWS if height >= _MIN_HINTS_HEIGHT else 1
    # The same number of rows in every mode, so that a prompt does not make the list jump.
    usual = len(_flow_hints([key.hint for key in view.keys.keys if key.hint], width))
    hints = _flow_hints(_hints(view), width)
    hints = [*hints, *[Text()] * (usual - len(hints))][:maximum]
    footer = [Text(rule * width, "dim"), *hints, *_last_rows(view, width)]
    return footer[-max(1, height - _HEAD_ROWS - 1) :]


def draw_list(
    view: ListView, rows: Sequence[ListRow], footer: Sequence[Text], width: int, height: int
) -> Text:
    """Draw the whole screen.

    Args:
        view: What to show besides the rows.
        rows: The rows from the top of the screen, as many as `rows_that_fit` returns.
        footer: The result of `list_footer`.
        width: Columns of the terminal.
        height: Rows of the terminal.
    """
    columns = _columns(view, width)
    lines = [_header(view, width), _column_heads(view, columns, width)]
    if view.mode is ListMode.HELP:
        lines = [lines[0], Text(), *help_rows(view.keys, width)[view.offset :]]
    elif view.shown:
        lines += [_row(view, row, columns, width) for row in rows]
    else:
        empty = "nothing here"
        if view.total:
            empty = f"nothing matches; {view.keys.first('filter')} then Escape shows all"
        lines.append(Text(_fit_width(view, f"   {empty}", width)))
    above = max(0, height - len(footer))
    lines = [*lines[:above], *[Text()] * (above - len(lines))]
    return Text("\n", no_wrap=True).join([*lines, *footer])


def help_rows(keys: KeyTable, width: int) -> list[Text]:
    """List the keys; long descriptions continue on the next line."""
    column = max(len(key.shown) for key in keys.keys) + 3
    rows: list[Text] = []
    for key in keys.keys:
        first, *rest = wrap(Text(key.does), max(1, width - column - 1))
        rows.append(Text(f" {key.shown:{column - 1}}{first.plain}"))
        rows += [Text(" " * column + row.plain) for row in rest]
    return [row if row.cell_len <= width else row[:width] for row in rows]


def rows_that_fit(footer: Sequence[Text], height: int) -> int:
    """Count the rows that fit between head and footer; at least one."""
    return max(1, height - _HEAD_ROWS - len(footer))


def _header(view: ListView, width: int) -> Text:
    dot = " - " if view.ascii_only else " · "
    place = f"{min(view.cursor + 1, view.shown)}/{view.shown}"
    if view.shown != view.total:
        place += f" of {view.total}"
    parts = [place]
    if view.arrivals:
        parts.append(f"+{view.arrivals} new")
    if view.marked:
        parts.append(f"{view.marked} marked")
    if view.filter_text:
        parts.append(f"/{plain(view.filter_text)}")
    if view.order is not ListOrder.QUEUE or view.is_reversed:
        parts.append(f"by {view.order.value}{' reversed' if view.is_reversed else ''}")
    if view.area is not None:
        parts.append(f"in {plain(view.area.slug)}")
    parts += [f"later {view.tally.later}", f"rated {view.tally.rated}"]
    named = f" papertrack rate  {dot.join(parts)}"
    line = named if cell_len(named) <= width else f" {dot.join(parts)}"
    return Text(_fit_width(view, line, width), "bold")


def _columns(view: ListView, width: int) -> _Columns:
    source = next((size for minimum, size in _SOURCE_BY_WIDTH if width >= minimum), 0)
    authors = _AUTHORS if width >= _AUTHORS_FROM else 0
    day = _DAY if width >= _DAY_FROM else 0
    score = _SCORE if view.has_scores and width >= _DAY_FROM else 0
    beside = sum(size + 1 for size in (authors, source, day, score) if size)
    # Cursor, mark and a space come before the state, one space after it.
    title = width - _STATE - 4 - beside
    if title < _MIN_TITLE:
        return _Columns(max(1, width - _STATE - 4), 0, 0, 0, 0)
    return _Columns(title, authors, source, day, score)


def _column_heads(view: ListView, columns: _Columns, width: int) -> Text:
    cells = [("title", columns.title), ("authors", columns.authors), ("source", columns.source)]
    cells += [("date", columns.day), ("score", columns.score)]
    words = " ".join(set_cell_size(word, size) for word, size in cells if size)
    return Text(_fit_width(view, f"   {'':{_STATE}} {words}", width), "dim")


def _row(view: ListView, row: ListRow, columns: _Columns, width: int) -> Text:
    item = row.item
    cursor = (">" if view.ascii_only else "▸") if row.is_current else " "
    mark = "*" if row.is_marked else " "
    title = " ".join(plain(shown_title(item)).split()) or "(no title)"
    cells: list[tuple[str, int]] = [
        (title, columns.title),
        (_authors(item), columns.authors),
        (plain(first_source(item)), columns.source),
        (row.day, columns.day),
        (f"{row.score:5.2f}" if row.score is not None else "", columns.score),
    ]
    words = " ".join(_fit_width(view, text, size) for text, size in cells if size)
    line = f"{cursor}{mark} {_fit_width(view, _rating_or_state(view, item), _STATE)} {words}"
    return Text(_fit_width(view, line, width), _style(row))


def _style(row: ListRow) -> str:
    styles = ["reverse"] if row.is_current else []
    if row.is_marked:
        styles.append("bold")
    elif row.item.state is State.REJECTED and not row.is_current:
        styles.append("dim")
    return " ".join(styles)


def _rating_or_state(view: ListView, item: Item) -> str:
    """Write the best rating of an item, or its state, in six columns."""
    words = {State.REJECTED: "reject", State.LATER: "later", State.KEPT: "kept", State.OLD: "old"}
    rated = [rating for rating in item.judgement.ratings if rating.halves is not None]
    if item.state is not State.KEPT or not rated:
        return words.get(item.state, "")
    best = max(rated, key=lambda rating: rating.halves or 0)
    emoji = {area.slug: area.emoji for area in view.areas}.get(best.area, "*")
    glyph = plain(best.emoji or emoji)
    value = rating_value(best.halves or 0) + ("+" if len(rated) > 1 else "")
    if view.ascii_only or not glyph.strip() or cell_len(glyph) > 2:  # noqa: PLR2004  # one emoji
        return value
    return f"{glyph}{value}"


def _authors(item: Item) -> str:
    if not item.authors:
        return ""
    more = f" +{len(item.authors) - 1}" if len(item.authors) > 1 else ""
    return plain(item.authors[0].name) + more


def _last_rows(view: ListView, width: int) -> list[Text]:
    if view.mode in {ListMode.FILTER, ListMode.TAGS}:
        return _typed_rows(view, width)
    message = plain(view.message)
    if view.failed:
        rows = wrap(Text(message), width - 2)[:_MAX_PROBLEM_ROWS]
        return [Text(f" {row.plain}", "bold red") for row in rows] or [Text()]
    return [Text(_fit_width(view, f" {message}", width).rstrip(), "bold")]


def _typed_rows(view: ListView, width: int) -> list[Text]:
    """Draw the input line, with its problem above and a caret below."""
    prompt = " /" if view.mode is ListMode.FILTER else " tags: "
    line = f"{prompt}{plain(view.typed)}{'_' if view.ascii_only else '▏'}"
    before = cell_len(prompt + plain(view.typed[: view.caret or 0]))
    # The end of a long line is where the author types.
    while cell_len(line) > width:
        before -= cell_len(line[0])
        line = line[1:]
    if not view.problem:
        return [Text(line, "bold")]
    problem = Text(_fit_width(view, f" {plain(view.problem)}", width), "red")
    if view.caret is None:
        return [problem, Text(line, "bold")]
    caret = Text(_fit_width(view, " " * max(0, before) + "^", width), "red")
    return [problem, Text(line, "bold"), caret]


def _hints(view: ListView) -> Sequence[str]:
    if view.mode is ListMode.AREA:
        named = zip(AREA_KEYS, view.areas, strict=False)
        return [*(f"{key} {plain(area.name)}" for key, area in named), "Escape cancel"]
    return view.hints


def _flow_hints(hints: Sequence[str], width: int) -> list[Text]:
    rows: list[Text] = []
    for hint in hints:
        words = Text(hint[: max(0, width - 1)], _click_on(hint))
        if rows and rows[-1].cell_len + 2 + words.cell_len <= width:
            rows[-1].append("  ").append_text(words)
        else:
            rows.append(Text.assemble(" ", words))
    for row in rows:
        row.truncate(width)
    return rows


def _click_on(hint: str) -> Style:
    """Make a click on a hint press the key that it begins with, if it is a single key."""
    key = hint.partition(" ")[0]
    if len(key) == 1 or key in {"Enter", "Escape", "space"}:
        return Style(meta={"press": (key if len(key) == 1 else key.lower(),)})
    return Style.null()


def _fit_width(view: ListView, text: str, width: int) -> str:
    """Pad or cut a text to exactly `width` columns; a cut text ends with an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    ellipsis = "~" if view.ascii_only else "…"
    return set_cell_size(text, max(0, width - 1)) + ellipsis[:width]
