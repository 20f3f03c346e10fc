"""The keys of the rating screen: one table of actions, hints and help texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from papertrack.config.checks import bound_keys
from papertrack.config.schema import KeysConfig


@dataclass(frozen=True, slots=True)
class Key:
    """An action and the keys that start it.

    Attributes:
        names: Textual's key names, or the character itself for keys that print one.
        action: The action that the keys start.
        shown: The keys as the help shows them.
        does: The description in the help.
        hint: The key and a word for the bottom of the screen; empty to show it in the help only.
    """

    names: tuple[str, ...]
    action: str
    shown: str
    does: str
    hint: str = ""


# Action, word of its hint (empty: help only), description in the help. The keys are in
# `config.KeysConfig`; an action that is missing there cannot be remapped.
_ACTIONS = (
    ("reject", "reject", "reject, then show the next card"),
    ("later", "later", "put off for later, then show the next card"),
    ("value", "rate", "rate in the chosen or suggested area; the next card follows after a moment"),
    ("half", "half", "add half a point; again: take it back"),
    ("area", "area", "choose an area: a, then its number"),
    ("remark", "remark", "write a remark on the rating"),
    ("tags", "tag", "tags: interp -old adds one, removes one; Tab completes"),
    ("notes", "notes", "write the notes, field by field"),
    ("edit", "edit", "edit the whole card in your editor"),
    ("brief", "brief", "print as a single line, and write it; again: print in full"),
    ("link", "link", "print only the link, then show the next card; again: print in full"),
    ("home", "", "print under the current area, whatever the ratings in others"),
    ("emoji", "", "change the emoji of this rating; empty: use the area's"),
    ("label", "", "change the label of this rating; empty: use the area's"),
    ("open", "open", "open the page in the browser"),
    ("pdf", "pdf", "open the PDF in the browser"),
    ("copy", "cite", "copy the citation"),
    ("merge", "", "same story: merge the item named on the card"),
    ("apart", "", "not the same story: do not ask again, never merge"),
    ("list", "list", "show the whole queue as a list"),
    ("bulk", "bulk", "judge everything left at once"),
    ("expand", "", "show more or less of the text"),
    ("page_down", "", "scroll down"),
    ("page_up", "", "scroll up"),
    ("next", "", "next"),
    ("previous", "", "previous"),
    ("first", "", "first"),
    ("last", "", "last"),
    ("undo", "", "undo the last act, even of an earlier session, and go to its item"),
    ("redo", "", "redo what was undone"),
    ("discard", "", "discard unsaved card text"),
    ("help", "help", "this help"),
    ("leave", "quit", "quit; every judgement is stored already"),
)
# A small screen shows hints for these only.
_SMALL = "reject later value half area remark tags notes edit open help".split()  # noqa: SIM905
_VALUES = ("1", "2", "3", "4", "5")
_SHOWN = {
    "pagedown": "PageDown",
    "pageup": "PageUp",
    "enter": "Enter",
    "tab": "Tab",
    "escape": "Escape",
    "home": "Home",
    "end": "End",
}
_FIXED_NAMES = {"leave": ("ctrl+c",)}

# The tenth area is 0, as on the keyboard; further ones get letters.
AREA_KEYS = "1234567890abcdefghijklmnoprstuvwxyz"


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The author's keys.

    Attributes:
        keys: One row per action, in the order of the help.
        actions: The action of each key name.
    """

    keys: tuple[Key, ...]
    actions: Mapping[str, str]

    def first(self, action: str) -> str:
        """Name the first key of an action, as the hints do."""
        return next(shown_key(key.names[0]) for key in self.keys if key.action == action)

    def hints(self, *, small: bool) -> tuple[Key, ...]:
        """List the keys to show at the bottom of the screen."""
        return tuple(key for key in self.keys if key.hint and (not small or key.action in _SMALL))


def key_table(config: KeysConfig) -> KeyTable:
    """Build the table of keys from the config."""
    bound = bound_keys(config)
    keys = tuple(
        _row(action, _VALUES if action == "value" else bound[action], hint, does)
        for action, hint, does in _ACTIONS
    )
    actions = {name: key.action for key in keys for name in key.names}
    return KeyTable(keys, MappingProxyType(actions))


def shown_key(name: str) -> str:
    """Write the name of a key for people: ``PageDown``, ``Ctrl-R``."""
    if "+" in name and len(name) > 1:
        *chords, last = name.split("+")
        return "-".join([*(chord.title() for chord in chords), last.title()])
    is_function_key = name[:1] == "f" and name[1:].isdigit()
    return name.upper() if is_function_key else _SHOWN.get(name, name)


def _row(action: str, names: tuple[str, ...], hint: str, does: str) -> Key:
    first = "1-5" if action == "value" else shown_key(names[0])
    every = (
        "1-5"
        if action == "value"
        else " ".join(map(shown_key, (*names, *_FIXED_NAMES.get(action, ()))))
    )
    return Key(names, action, every, does, f"{first} {hint}" if hint else "")


DEFAULT_KEYS = key_table(KeysConfig())
