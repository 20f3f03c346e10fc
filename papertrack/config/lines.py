"""Find the line of a key in a TOML file that has already been read without error.

tomllib tells no positions, and a mistake without its line costs the author a search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
# Multi-line quotes before single ones; a whole string of one line, a comment, a bracket.
_TOKEN = re.compile(
    r"""\"{3}|'{3}|"(?:\\.|[^"\\])*"|'[^']*'|\#.*|[\[\]{}]""",
)
_ENDS = {'"""': re.compile(r'\\.|(""")'), "'''": re.compile(r"(''')")}


@dataclass(frozen=True, slots=True)
class _Value:
    """What is still open at the end of a line: a multi-line string, or so many brackets."""

    quote: str | None = None
    depth: int = 0

    @property
    def is_whole(self) -> bool:
        return self.quote is None and self.depth == 0


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
    value = _Value()
    for number, line in enumerate(text.split("\n"), start=1):
        rest = line
        if value.is_whole and (header := _HEADER.match(line)):
            rest = ""
            table = _names(header[2])
            found.append((table, number))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
                found.append((table, number))
        elif value.is_whole and (key := _KEY.match(line)):
            found.append(((*table, *_names(key[1])), number))
            rest = line[key.end() :]
        value = _follow(rest, value)
    return found


def _names(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _follow(line: str, value: _Value) -> _Value:
    """Follow a value from line to line, so that its text is not taken for keys."""
    quote, depth, at = value.quote, value.depth, 0
    while True:
        if quote is not None:
            end = next((one for one in _ENDS[quote].finditer(line, at) if one[1]), None)
            if end is None:
                return _Value(quote, depth)
            quote, at = None, end.end()
        token = _TOKEN.search(line, at)
        if token is None:
            return _Value(None, depth)
        at = token.end()
        if token[0] in _ENDS:
            quote = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
