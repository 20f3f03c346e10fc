"""The keys of the rating screen: one table for what they do, the hints and the help."""

from __future__ import annotations

from dataclasses import dataclass


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


KEYS = (
    Key(("x",), "reject", "x", "reject and go on", "x reject"),
    Key((" ",), "later", "space", "put off for later and go on", "space later"),
    Key(("a",), "area", "a 1", "choose the area: a, then its number", "a area"),
    Key(
        ("1", "2", "3", "4", "5"),
        "value",
        "1-5",
        "rate in the chosen or suggested area",
        "1-5 value",
    ),
    Key((".",), "half", ".", "half a point more, again: less", ". half"),
    Key(("t",), "tags", "t", "tags: interp -old adds one, removes one", "t tag"),
    Key(("e",), "edit", "e", "edit the notes in your editor", "e edit"),
    Key(("o",), "open", "o", "open the address in the browser", "o open"),
    Key(("?",), "help", "?", "this help", "? help"),
    Key(("m",), "merge", "m", "same story: merge the item that the card names"),
    Key(("M",), "apart", "M", "not the same story: never ask or merge again"),
    Key(("v",), "expand", "v", "more or less of the text"),
    Key(("pagedown", "ctrl+f"), "page_down", "PageDown", "scroll the text on"),
    Key(("pageup", "ctrl+b"), "page_up", "PageUp", "scroll the text back"),
    Key(("j", "J", "down", "right", "enter"), "next", "j Enter down right", "next"),
    Key(("k", "K", "up", "left"), "previous", "k up left", "previous"),
    Key(("g", "home"), "first", "g Home", "first"),
    Key(("G", "end"), "last", "G End", "last"),
    Key(("u",), "undo", "u", "undo the last act and go to its item"),
    Key(("D",), "discard", "D", "discard card text that could not be saved"),
    Key(("q",), "leave", "q Ctrl-C", "quit; every judgement is stored already"),
)

ACTS = {name: key.act for key in KEYS for name in key.names}
HINTS = tuple(key.hint for key in KEYS if key.hint)

# The tenth area is 0, as on the keyboard; the few authors with more go on with letters.
AREA_KEYS = "1234567890abcdefghijklmnoprstuvwxyz"
