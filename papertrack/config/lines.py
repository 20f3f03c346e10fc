"""Find the line of a key in a TOML file that has already been read without error.

tomllib tells no positions, and a mistake without its line costs the author a search.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)
_MULTILINE = re.compile(r'"""|\'\'\'')


def line_of(text: str, path: Path) -> int:
    """Find where a key stands.

    Args:
        text: A TOML document that tomllib accepts.
        path: The key from the root, array positions as numbers: ``("areas", 0, "slug")``.

    Returns:
        The line, from 1; that of the nearest enclosing table when the key itself is missing.
    """
    places = dict(reversed(_places(text)))  # the first of several tables with one name
    for end in range(len(path), 0, -1):
        if path[:end] in places:
            return places[path[:end]]
    return 1


def _places(text: str) -> list[tuple[Path, int]]:
    found: list[tuple[Path, int]] = []
    counts: dict[Path, int] = {}
    table: Path = ()
    closing: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if closing is None and (header := _HEADER.match(line)):
            table = _names(header[2])
            found.append((table, number))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
                found.append((table, number))
        elif closing is None and (key := _KEY.match(line)):
            found.append(((*table, *_names(key[1])), number))
        closing = _still_open(line, closing)
    return found


def _names(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _still_open(line: str, closing: str | None) -> str | None:
    """Follow multi-line strings, so that their text is not taken for keys."""
    for quote in _MULTILINE.findall(line):
        if closing is None:
            closing = quote
        elif closing == quote:
            closing = None
    return closing
