"""A line that is typed at the bottom of the list."""

from __future__ import annotations


def type_key(line: str, key: str) -> str:
    """Type a key at the end of a line: a character, or one of the keys that take some back.

    Args:
        line: What stands there.
        key: The character for keys that print one, else Textual's name of the key.
    """
    if key in {"backspace", "ctrl+h"}:
        return line[:-1]
    if key == "ctrl+u":
        return ""
    if key == "ctrl+w":
        return line.rstrip()[: line.rstrip().rfind(" ") + 1]
    key = " " if key == "space" else key
    return line + key if len(key) == 1 else line
