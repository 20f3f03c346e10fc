"""The keys of the rating screen: one table for what they do, the hints and the help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from papertrack.config.checks import bound_keys
from papertrack.config.schema import KeysConfig


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does.

    Attributes:
        names: Textual's key names, or the character itself for keys that print one.
        act: The act of the screen that it starts.
        shown: How help names the key.
        does: What help says of it.
        hint: One or two words for the bottom of the screen; empty for help only.
    """

    names: tuple[str, ...]
    act: str
    shown: str
    does: str
    hint: str = ""


# Act, the word of its hint (none for help only), and what help says of it. `config.KeysConfig` has
# the keys; what it does not name cannot be changed.
_ACTS = (
    ("reject", "reject", "reject and go on"),
    ("later", "later", "put off for later and go on"),
    ("value", "rate", "rate in the chosen or suggested area; the next key, or a moment, goes on"),
    ("half", "half", "half a point more, again: less"),
    ("area", "area", "choose the area: a, then its number"),
    ("remark", "remark", "the remark behind the rating"),
    ("tags", "tag", "tags: interp -old adds one, removes one; Tab completes"),
    ("notes", "notes", "write the notes, field by field"),
    ("edit", "edit", "edit the whole card in your editor"),
    ("brief", "brief", "print one line of it only, and write it; again: print it whole"),
    ("link", "link", "print the link alone and go on; again: print it whole"),
    ("home", "", "print it under the present area, whatever it is rated elsewhere"),
    ("emoji", "", "the emoji of this rating; empty takes the area's"),
    ("label", "", "what stands before this rating; empty takes the area's"),
    ("open", "open", "open the page in the browser"),
    ("pdf", "pdf", "open the PDF in the browser"),
    ("copy", "cite", "copy the citation"),
    ("merge", "", "same story: merge the item that the card names"),
    ("apart", "", "not the same story: never ask or merge again"),
    ("list", "list", "the whole queue as a list"),
    ("bulk", "bulk", "judge all that is left at once"),
    ("expand", "", "more or less of the text"),
    ("page_down", "", "scroll the text on"),
    ("page_up", "", "scroll the text back"),
    ("next", "", "next"),
    ("previous", "", "previous"),
    ("first", "", "first"),
    ("last", "", "last"),
    ("undo", "", "undo the last act and go to its item, also of earlier sessions"),
    ("redo", "", "redo what was undone"),
    ("discard", "", "discard card text that could not be saved"),
    ("help", "help", "this help"),
    ("leave", "quit", "quit; every judgement is stored already"),
)
# In the order of a small screen, which shows these alone.
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
_ALWAYS = {"leave": ("ctrl+c",)}

# The tenth area is 0, as on the keyboard; the few authors with more go on with letters.
AREA_KEYS = "1234567890abcdefghijklmnoprstuvwxyz"


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys as the author has them.

    Attributes:
        keys: One row an act, in the order of the help.
        acts: Act by the name of its key.
    """

    keys: tuple[Key, ...]
    acts: Mapping[str, str]

    def first(self, act: str) -> str:
        """Name the first key of an act, as hints do."""
        return next(shown_key(key.names[0]) for key in self.keys if key.act == act)

    def hints(self, *, small: bool) -> tuple[Key, ...]:
        """List the keys that the bottom of the screen names; a small one names fewer."""
        return tuple(key for key in self.keys if key.hint and (not small or key.act in _SMALL))


def key_table(config: KeysConfig) -> KeyTable:
    """Make the table of the author's keys."""
    bound = bound_keys(config)
    keys = tuple(
        _row(act, _VALUES if act == "value" else bound[act], hint, does)
        for act, hint, does in _ACTS
    )
    acts = {name: key.act for key in keys for name in key.names}
    return KeyTable(keys, MappingProxyType(acts))


def shown_key(name: str) -> str:
    """Write a key's name as people do: ``PageDown``, ``Ctrl-R``."""
    if "+" in name and len(name) > 1:
        *chords, last = name.split("+")
        return "-".join([*(chord.title() for chord in chords), last.title()])
    is_function_key = name[:1] == "f" and name[1:].isdigit()
    return name.upper() if is_function_key else _SHOWN.get(name, name)


def _row(act: str, names: tuple[str, ...], hint: str, does: str) -> Key:
    first = "1-5" if act == "value" else shown_key(names[0])
    every = "1-5" if act == "value" else " ".join(map(shown_key, (*names, *_ALWAYS.get(act, ()))))
    return Key(names, act, every, does, f"{first} {hint}" if hint else "")


USUAL = key_table(KeysConfig())
