"""The keys of the list: one table for what they do, the hints and the help.

What card and list have in common is done by the same keys, remapped ones included. The list's own
keys give way to those, except the two that a list cannot do without: Enter and space.
"""

from __future__ import annotations

from types import MappingProxyType

from papertrack.core.find.list_order import Order
from papertrack.ui.review.keys import Key, KeyTable, shown_key
from papertrack.ui.review_list.view import ListMode

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
    "q": Order.QUEUE,
    "d": Order.DATE,
    "s": Order.SOURCE,
    "t": Order.TITLE,
    "c": Order.SCORE,
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
        _row(act, tuple(name for name in acts if acts[name] == act), hint, does)
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


def _row(act: str, names: tuple[str, ...], hint: str, does: str) -> Key:
    key = Key(names, act, " ".join(map(shown_key, names)), does)
    if act == "value":
        key = Key(names, act, "1-5", does)
    return Key(names, act, key.shown, does, f"{_first(key)} {hint}" if hint and names else "")


def _first(key: Key) -> str:
    return "1-5" if key.act == "value" else shown_key(key.names[0]) if key.names else ""
