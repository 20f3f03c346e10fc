"""The list as lines of text: a pure function of what is known and the terminal's size.

What card and list have in common is done by the same keys, remapped ones included. The list's own
keys give way to those, except the two that a list cannot do without: Enter and space.
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
        score: How likely it is kept, 0 to 1; None without one.
    """

    item: Item
    day: str
    score: float | None = None
    is_marked: bool = False
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """All that the list shows beside its rows.

    Attributes:
        cursor: The place of the cursor among the rows shown, counted from 0.
        shown: How many rows the filter lets through.
        total: How many items the queue has.
        marked: How many items are marked, shown or not.
        filter_text: What the rows have to match; empty without a filter.
        problem: What is wrong with the filter that is being typed; empty when nothing is.
        caret: Where in the filter the problem is, in characters from 0; None when it has no
            place.
        typed: The line being typed, in the modes that take one.
        area: The area that values go to; None while it depends on the item.
        hints: What the bottom says of keys.
        keys: All keys, for the help.
        has_scores: Whether any row has a score, so that there is a column for it.
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
_OWN = {
    "back": ("escape",),
    "later": ("z",),
    "range": ("v",),
    "all": ("*",),
    "invert": ("i",),
    "clear": ("c",),
    "sort": ("s",),
    "filter": ("/",),
}
# What the list calls an act that has another name on the card.
_SHARED = {"back": "list"}
# Act, the word of its hint (none for help only), and what help says of it.
_ACTS = (
    ("card", "card", "show the card of this item"),
    ("back", "back", "back to the card"),
    ("reject", "reject", "reject it, or all that is marked"),
    ("later", "later", "put it off for later, or all that is marked"),
    ("value", "rate", "rate it, or all that is marked, in the chosen area"),
    ("half", "", "half a point more, again: less"),
    ("area", "area", "choose the area for values: the key, then its number"),
    ("tags", "tag", "tags for it, or for all that is marked: interp -old"),
    ("mark", "mark", "mark, or take the mark away, and go on"),
    ("range", "range", "begin a range, again: end it; Escape drops it"),
    ("all", "all", "mark all that is shown, again: none of it"),
    ("invert", "", "mark what is not, unmark what is"),
    ("clear", "", "clear all marks"),
    ("sort", "sort", "sort: the key, then q d s t c, or r for the other way round"),
    ("filter", "filter", "show what has these words; Escape shows all again"),
    ("bulk", "bulk", "judge all that is marked, or is left of this source, area or age"),
    ("undo", "undo", "undo the last act, of many items or of one"),
    ("redo", "", "redo what was undone"),
    ("next", "", "next"),
    ("previous", "", "previous"),
    ("page_down", "", "a page on"),
    ("page_up", "", "a page back"),
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
    """Make the table of the list's keys from the author's keys of the card."""
    names = {key.act: key.names for key in card.keys}
    acts = dict(_FIXED)
    for act, _, _ in _ACTS:
        for name in names.get(_SHARED.get(act, act), ()):
            acts.setdefault(name, act)
    for act, own in _OWN.items():
        for name in own:
            acts.setdefault(name, act)
    keys = [
        _key(act, tuple(name for name in acts if acts[name] == act), hint, does)
        for act, hint, does in _ACTS
    ]
    return KeyTable(tuple(key for key in keys if key.names), MappingProxyType(acts))


def marked_hints(keys: KeyTable, count: int, *, is_ranging: bool) -> tuple[str, ...]:
    """Name the keys that act on all that is marked, and on how many.

    Args:
        keys: What `list_keys` made.
        count: How many items are marked.
        is_ranging: A range is open.
    """
    words = {
        "reject": f"reject {count}",
        "later": f"put {count} off",
        "value": f"rate {count}",
        "tags": f"tag {count}",
        "mark": "mark",
        "range": "end the range" if is_ranging else "range",
        "clear": "clear marks",
        "help": "help",
    }
    return tuple(f"{_first(key)} {words[key.act]}" for key in keys.keys if key.act in words)


def _key(act: str, names: tuple[str, ...], hint: str, does: str) -> Key:
    key = Key(names, act, " ".join(map(shown_key, names)), does)
    if act == "value":
        key = Key(names, act, "1-5", does)
    return Key(names, act, key.shown, does, f"{_first(key)} {hint}" if hint and names else "")


def _first(key: Key) -> str:
    return "1-5" if key.act == "value" else shown_key(key.names[0]) if key.names else ""


_HEAD_ROWS = 2
_VERDICT = 6
_DAY = 6
_SCORE = 5
_LEAST_TITLE = 16
# Columns that come beside the title, the dearest first, by the width that lets them in.
_SOURCE_BY_WIDTH = ((110, 16), (76, 12), (50, 9))
_AUTHORS_FROM, _AUTHORS = 110, 22
_DAY_FROM = 40
_MOST_HINT_ROWS = 3
# Lower windows keep their rows for items.
_LEAST_HEIGHT = 12
_MOST_PROBLEM_ROWS = 3


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide each column is; 0 leaves it out."""

    title: int
    authors: int
    source: int
    day: int
    score: int


def footer_of(view: ListView, width: int, height: int) -> list[Text]:
    """Draw what stands below the rows; the last line is the message or what is being typed."""
    rule = "-" if view.ascii_only else "─"
    most = _MOST_HINT_ROWS if height >= _LEAST_HEIGHT else 1
    # As many rows in every mode: the list must not jump when a key only asks something.
    usual = len(_flow([key.hint for key in view.keys.keys if key.hint], width))
    hints = _flow(_hints(view), width)
    hints = [*hints, *[Text()] * (usual - len(hints))][:most]
    footer = [Text(rule * width, "dim"), *hints, *_last_rows(view, width)]
    return footer[-max(1, height - _HEAD_ROWS - 1) :]


def draw_list(
    view: ListView, rows: Sequence[ListRow], footer: Sequence[Text], width: int, height: int
) -> Text:
    """Draw the whole screen.

    Args:
        view: What to show beside the rows.
        rows: The rows that fit, from the top of the screen; `room_above` says how many do.
        footer: What `foot_of` drew.
        width: Columns of the terminal.
        height: Rows of the terminal.
    """
    columns = _columns(view, width)
    lines = [_header(view, width), _titles(view, columns, width)]
    if view.mode is ListMode.HELP:
        lines = [lines[0], Text(), *help_rows(view.keys, width)[view.offset :]]
    elif view.shown:
        lines += [_row(view, row, columns, width) for row in rows]
    else:
        empty = "nothing here"
        if view.total:
            empty = f"nothing matches; {view.keys.first('filter')} then Escape shows all"
        lines.append(Text(_fit(view, f"   {empty}", width)))
    above = max(0, height - len(footer))
    lines = [*lines[:above], *[Text()] * (above - len(lines))]
    return Text("\n", no_wrap=True).join([*lines, *footer])


def help_rows(keys: KeyTable, width: int) -> list[Text]:
    """Write what the keys do; long lines go on below themselves."""
    column = max(len(key.shown) for key in keys.keys) + 3
    rows: list[Text] = []
    for key in keys.keys:
        first, *rest = wrap(Text(key.does), max(1, width - column - 1))
        rows.append(Text(f" {key.shown:{column - 1}}{first.plain}"))
        rows += [Text(" " * column + row.plain) for row in rest]
    return [row if row.cell_len <= width else row[:width] for row in rows]


def room_above(footer: Sequence[Text], height: int) -> int:
    """Say how many rows fit between the head and the foot; at least one."""
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
    return Text(_fit(view, line, width), "bold")


def _columns(view: ListView, width: int) -> _Columns:
    source = next((size for least, size in _SOURCE_BY_WIDTH if width >= least), 0)
    authors = _AUTHORS if width >= _AUTHORS_FROM else 0
    day = _DAY if width >= _DAY_FROM else 0
    score = _SCORE if view.has_scores and width >= _DAY_FROM else 0
    beside = sum(size + 1 for size in (authors, source, day, score) if size)
    # Mark, cursor and a space stand before the verdict, one space after it.
    title = width - _VERDICT - 4 - beside
    if title < _LEAST_TITLE:
        return _Columns(max(1, width - _VERDICT - 4), 0, 0, 0, 0)
    return _Columns(title, authors, source, day, score)


def _titles(view: ListView, columns: _Columns, width: int) -> Text:
    cells = [("title", columns.title), ("authors", columns.authors), ("source", columns.source)]
    cells += [("date", columns.day), ("score", columns.score)]
    words = " ".join(set_cell_size(word, size) for word, size in cells if size)
    return Text(_fit(view, f"   {'':{_VERDICT}} {words}", width), "dim")


def _row(view: ListView, row: ListRow, columns: _Columns, width: int) -> Text:
    item = row.item
    cursor = (">" if view.ascii_only else "▸") if row.is_current else " "
    mark = "*" if row.is_marked else " "
    title = " ".join(plain(item.printed_title).split()) or "(no title)"
    cells: list[tuple[str, int]] = [
        (title, columns.title),
        (_authors(item), columns.authors),
        (plain(first_source(item)), columns.source),
        (row.day, columns.day),
        (f"{row.score:5.2f}" if row.score is not None else "", columns.score),
    ]
    words = " ".join(_fit(view, text, size) for text, size in cells if size)
    line = f"{cursor}{mark} {_fit(view, _verdict(view, item), _VERDICT)} {words}"
    return Text(_fit(view, line, width), _style(row))


def _style(row: ListRow) -> str:
    styles = ["reverse"] if row.is_current else []
    if row.is_marked:
        styles.append("bold")
    elif row.item.state is State.REJECTED and not row.is_current:
        styles.append("dim")
    return " ".join(styles)


def _verdict(view: ListView, item: Item) -> str:
    """Say in six columns where an item stands: its rating, or its state in a word."""
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
        rows = wrap(Text(message), width - 2)[:_MOST_PROBLEM_ROWS]
        return [Text(f" {row.plain}", "bold red") for row in rows] or [Text()]
    return [Text(_fit(view, f" {message}", width).rstrip(), "bold")]


def _typed_rows(view: ListView, width: int) -> list[Text]:
    """Draw the line being typed, and above it what is wrong with it, with a caret."""
    prompt = " /" if view.mode is ListMode.FILTER else " tags: "
    line = f"{prompt}{plain(view.typed)}{'_' if view.ascii_only else '▏'}"
    before = cell_len(prompt + plain(view.typed[: view.caret or 0]))
    # The end of a long line is where the author types.
    while cell_len(line) > width:
        before -= cell_len(line[0])
        line = line[1:]
    if not view.problem:
        return [Text(line, "bold")]
    problem = Text(_fit(view, f" {plain(view.problem)}", width), "red")
    if view.caret is None:
        return [problem, Text(line, "bold")]
    caret = Text(_fit(view, " " * max(0, before) + "^", width), "red")
    return [problem, Text(line, "bold"), caret]


def _hints(view: ListView) -> Sequence[str]:
    if view.mode is ListMode.AREA:
        named = zip(AREA_KEYS, view.areas, strict=False)
        return [*(f"{key} {plain(area.name)}" for key, area in named), "Escape cancel"]
    return view.hints


def _flow(hints: Sequence[str], width: int) -> list[Text]:
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
    """Let a click on a hint press the key that it begins with, if it is one key."""
    key = hint.partition(" ")[0]
    if len(key) == 1 or key in {"Enter", "Escape", "space"}:
        return Style(meta={"press": (key if len(key) == 1 else key.lower(),)})
    return Style.null()


def _fit(view: ListView, text: str, width: int) -> str:
    """Bring a text to exactly `width` columns; what is cut off leaves an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    ellipsis = "~" if view.ascii_only else "…"
    return set_cell_size(text, max(0, width - 1)) + ellipsis[:width]
