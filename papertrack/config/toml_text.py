"""Arrays of tables in the author's config, as lines of text: find, set, add and move one table.

tomlkit alone would move tables that do not stand together, and put a new table between a comment
and what it speaks of. So it writes single lines and tables, they are put where they belong, and
tomllib is asked whether the result says exactly what it should.
"""

from __future__ import annotations

import contextlib
import copy
import re
import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit

from papertrack.config.lines import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = str | bool | list[str]


class CannotEdit(ValueError):
    """The config cannot be changed; it was left as it was.

    Args:
        what: What is wrong, as one line.
        hint: What to do, as an order.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def checked(new: str, wanted: Mapping[str, Any], name: str) -> str:
    """Return the new text if it says what it should.

    Args:
        new: The text.
        wanted: What it should say.
        name: The array of tables that was changed.

    Raises:
        CannotEdit: It says something else.
    """
    try:
        is_right = tomllib.loads(new) == wanted
    except ValueError:
        is_right = False
    if not is_right:
        message = "the config is laid out in a way that cannot be changed by program"
        one = name.removesuffix("s")
        raise CannotEdit(message, f"write it by hand, each {one} as a [[{name}]] table")
    return new


def stand_in_tables(text: str, name: str) -> bool:
    """Tell whether an array of tables is written as such, not as a list of inline tables."""
    header = rf"""^\s*\[\[\s*(?:{name}|"{name}"|'{name}')\s*\]\]"""
    is_there = bool(tomllib.loads(text).get(name))
    return not is_there or re.search(header, text, re.MULTILINE) is not None


def set_value(text: str, name: str, at: int, key: str, value: Value | None) -> str:
    """Write one value of one table; what stands around it stays.

    Args:
        text: A config that can be read.
        name: The array of tables.
        at: The place of the table in it.
        key: The key; it comes last when it is not there yet.
        value: The new value; None takes the key out, with what stands behind it on its line.

    Raises:
        CannotEdit: The file is written in a way that this cannot change.
    """
    wanted = copy.deepcopy(tomllib.loads(text))
    has_key = key in wanted[name][at]
    wanted[name][at] |= {key: value}
    if value is None:
        del wanted[name][at][key]
    if not stand_in_tables(text, name):
        document: Any = tomlkit.parse(text)
        if value is None:
            del document[name][at][key]
        else:
            document[name][at][key] = value
        return checked(tomlkit.dumps(document), wanted, name)
    lines = lines_of(text)
    if has_key:
        start = line_of(text.replace("\r\n", "\n"), (name, at, key)) - 1
        end = end_of_value(lines, start)
        written: Any = tomlkit.parse("".join(lines[start:end]))
    else:
        start = end = end_of_table(text, name, at)
        written = tomlkit.document()
        if lines[start - 1 : start] and not lines[start - 1].endswith("\n"):
            lines[start - 1] += line_end(text)
    if value is not None:
        written[key] = value
    line = tomlkit.dumps(written) if value is not None else ""
    if not has_key:
        line = line.replace("\n", line_end(text))
    return checked("".join([*lines[:start], line, *lines[end:]]), wanted, name)


def write_table(name: str, keys: Mapping[str, Value], remark: str | None = None) -> str:
    """Write one table of an array, with a comment above its keys if there is one to make."""
    table = tomlkit.table()
    if remark:
        table.add(tomlkit.comment(remark))
    for key, value in keys.items():
        table.add(key, value)
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document.add(name, tables)
    return tomlkit.dumps(document).strip("\n") + "\n"


def append_inline(text: str, name: str, added: Sequence[Mapping[str, Value]]) -> str:
    """Write tables behind the others of a list of inline tables."""
    document: Any = tomlkit.parse(text)
    for keys in added:
        table = tomlkit.inline_table()
        table.update(dict(keys))
        document[name].append(table)
    return tomlkit.dumps(document)


def end_of_table(text: str, name: str, at: int) -> int:
    """Find the line, from 0, behind the last value of a table."""
    lines, plain = lines_of(text), text.replace("\r\n", "\n")
    keys = tomllib.loads(text)[name][at]
    return end_of_value(lines, max(line_of(plain, (name, at, key)) for key in keys) - 1)


def end_of_last(text: str, name: str) -> int:
    """Find the line, from 0, behind an array's last table and the comments that hang on to it.

    An author's tables may stand anywhere: the last one in the file is the last of the array.
    """
    lines, tables = lines_of(text), tomllib.loads(text).get(name, [])
    if not tables:
        return len(lines)
    end = end_of_table(text, name, len(tables) - 1)
    while end < len(lines) and lines[end].lstrip().startswith("#"):
        end += 1
    return end


def block_of(text: str, name: str, at: int) -> tuple[int, int]:
    """Find the lines of a table, from 0, with the comments that stand right at it.

    A comment between two tables without a blank line belongs to the one below it.
    """
    lines, plain = lines_of(text), text.replace("\r\n", "\n")
    start = line_of(plain, (name, at)) - 1
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    end = last = end_of_table(text, name, at)
    while last < len(lines) and lines[last].lstrip().startswith("#"):
        last += 1
    is_its_own = last == len(lines) or not lines[last].strip()
    return start, last if is_its_own else end


def lines_of(text: str) -> list[str]:
    """Split a text as TOML does: `str.splitlines` would also split inside of strings."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def line_end(text: str) -> str:
    """Tell how the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def end_of_value(lines: Sequence[str], start: int) -> int:
    """Find the line, from 0, behind a value that begins in a line."""
    for end in range(start + 1, len(lines) + 1):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            tomllib.loads("".join(lines[start:end]))
            return end
    return len(lines)


def insert(text: str, at: int, block: str) -> str:
    """Put a block between lines, a blank line before and behind it."""
    lines, end = lines_of(text), line_end(text)
    before, behind = "".join(lines[:at]), "".join(lines[at:])
    if before.strip() and not before.endswith("\n"):
        before += end
    if before.strip() and not before.endswith(("\n\n", "\n\r\n")):
        before += end
    is_apart = not behind or behind.startswith(("\n", "\r\n"))
    return before + block + ("" if is_apart else end) + behind
