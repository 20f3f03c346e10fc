"""Change the author's config by a few lines; every other byte of it stays as it was.

tomlkit alone would move tables that do not stand together, and put a new table between a comment
and what it speaks of. So it writes single lines and tables, they are put where they belong, and
tomllib is asked whether the result says exactly what it should.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from papertrack.config.lines import line_of
from papertrack.config.read import ConfigMistake, read_config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from papertrack.config.schema import Config

_Value = str | bool | list[str]
_ALL_WRITE = 0o222
_HEADER = re.compile(r"""^\s*\[\[\s*(?:sources|"sources"|'sources')\s*\]\]""", re.MULTILINE)


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


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be added.

    Attributes:
        keys: What its table holds, in this order; `slug` is among them.
        remark: A comment above its keys, one line; None for none.
    """

    keys: Mapping[str, _Value]
    remark: str | None = None


def check_writable(path: Path) -> None:
    """Refuse a config that is read-only, before anything is done for nothing.

    Raises:
        CannotEdit: It is.
        OSError: It is missing or cannot be looked at.
    """
    # The mode is asked as well: whoever made the file read-only meant it, though a new file could
    # be put in its place, and root could write it.
    if not path.stat().st_mode & _ALL_WRITE or not os.access(path, os.W_OK):
        message = f"the config {path} is read-only"
        raise CannotEdit(message, "make it writable, or change the file that it is made from")


def change_config(path: Path, change: Callable[[str], str]) -> Config:
    """Put a changed config in the place of the old one, all or nothing.

    Args:
        path: The config; a symbolic link is followed and stays.
        change: Makes the new text of the old one.

    Returns:
        The config as it is now.

    Raises:
        CannotEdit: It is read-only, was changed meanwhile, `change` gives up, or what it made is
            no config.
        ConfigMistake: It has a mistake already.
        OSError: It cannot be read or written.
    """
    check_writable(path)
    read_config(path)
    place = Path(os.path.realpath(path))
    before = place.read_bytes()
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    after = mark + change(before.decode("utf-8-sig")).encode()
    if after == before:
        return read_config(path)
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".new", dir=place.parent)
    new = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # mkstemp has opened it
            file.write(after)
            file.flush()
            _take_over(place, descriptor)
            os.fsync(descriptor)
        config = _read_new(new)
        if place.read_bytes() != before:
            message = f"the config {path} was changed while this ran"
            raise CannotEdit(message, "try again")
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)
    _keep(place.parent)
    return config


def add_sources(text: str, added: Sequence[NewSource]) -> str:
    """Write sources behind the last one of a config.

    Args:
        text: The config, as `read_config` accepts it.
        added: What to add, in this order.

    Raises:
        CannotEdit: The file is written in a way that this cannot add to.
    """
    before = tomllib.loads(text)
    wanted = copy.deepcopy(before)
    wanted["sources"] = [*before.get("sources", []), *(dict(one.keys) for one in added)]
    if not added:
        return text
    if _stand_in_tables(text, before):
        block = "\n".join(map(_table, added)).replace("\n", _line_end(text))
        new = _insert(text, _end_of_sources(text, before), block)
    else:
        new = _append_inline(text, added)
    return _checked(new, wanted)


def move_source(text: str, slug: str, url: str) -> str:
    """Write a new address into a source; what stands around it stays.

    Args:
        text: The config, as `read_config` accepts it.
        slug: The source; it has an address.
        url: The new one.

    Raises:
        CannotEdit: The file is written in a way that this cannot change.
        KeyError: There is no such source.
    """
    before = tomllib.loads(text)
    places = {source["slug"]: at for at, source in enumerate(before.get("sources", []))}
    at = places[slug]
    wanted = copy.deepcopy(before)
    wanted["sources"][at]["url"] = url
    if not _stand_in_tables(text, before):
        document: Any = tomlkit.parse(text)
        document["sources"][at]["url"] = url
        return _checked(tomlkit.dumps(document), wanted)
    lines = _lines(text)
    start = line_of(text.replace("\r\n", "\n"), ("sources", at, "url")) - 1
    end = _end_of_value(lines, start)
    line: Any = tomlkit.parse("".join(lines[start:end]))
    line["url"] = url
    return _checked("".join([*lines[:start], tomlkit.dumps(line), *lines[end:]]), wanted)


def _read_new(new: Path) -> Config:
    try:
        return read_config(new)
    except ConfigMistake as error:
        problem = str(error).removeprefix(f"{new}:")
        message = f"the config would have a mistake in line {problem}"
        raise CannotEdit(message, "correct what is to be added") from error


def _take_over(place: Path, descriptor: int) -> None:
    """Give the new file the mode and, where that is allowed, the owner of the old one."""
    old = place.stat()
    with contextlib.suppress(OSError):  # only root may give files away
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)


def _keep(folder: Path) -> None:
    """Have the new name of a file on disk; some file systems cannot, and then it comes later."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _checked(new: str, wanted: dict[str, Any]) -> str:
    """Return the new text if it says what it should.

    Raises:
        CannotEdit: It does not.
    """
    try:
        is_right = tomllib.loads(new) == wanted
    except ValueError:
        is_right = False
    if not is_right:
        message = "the config is laid out in a way that cannot be changed by program"
        raise CannotEdit(message, "write it by hand, each source as a [[sources]] table")
    return new


def _stand_in_tables(text: str, tables: Mapping[str, Any]) -> bool:
    return not tables.get("sources") or _HEADER.search(text) is not None


def _table(source: NewSource) -> str:
    table = tomlkit.table()
    if source.remark:
        table.add(tomlkit.comment(source.remark))
    for key, value in source.keys.items():
        table.add(key, value)
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document.add("sources", tables)
    return tomlkit.dumps(document).strip("\n") + "\n"


def _append_inline(text: str, added: Sequence[NewSource]) -> str:
    document: Any = tomlkit.parse(text)
    for source in added:
        table = tomlkit.inline_table()
        table.update(dict(source.keys))
        document["sources"].append(table)
    return tomlkit.dumps(document)


def _lines(text: str) -> list[str]:
    """Split a text as TOML does: `str.splitlines` would also split inside of strings."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _end_of_sources(text: str, tables: Mapping[str, Any]) -> int:
    """Find the line, from 0, behind the last source and the comments that hang on to it."""
    lines = _lines(text)
    sources = tables.get("sources", [])
    if not sources:
        return len(lines)
    # An author's tables may stand anywhere: the last one in the file is the last in the list.
    table, plain = ("sources", len(sources) - 1), text.replace("\r\n", "\n")
    last = max(line_of(plain, (*table, key)) for key in sources[-1]) - 1
    end = _end_of_value(lines, last)
    while end < len(lines) and lines[end].lstrip().startswith("#"):
        end += 1
    return end


def _end_of_value(lines: Sequence[str], start: int) -> int:
    """Find the line, from 0, behind a value that begins in a line."""
    for end in range(start + 1, len(lines) + 1):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            tomllib.loads("".join(lines[start:end]))
            return end
    return len(lines)


def _insert(text: str, at: int, block: str) -> str:
    """Put a block between lines, a blank line before and behind it."""
    lines, line_end = _lines(text), _line_end(text)
    before, behind = "".join(lines[:at]), "".join(lines[at:])
    if before.strip() and not before.endswith("\n"):
        before += line_end
    if before.strip() and not before.endswith(("\n\n", "\n\r\n")):
        before += line_end
    is_apart = not behind or behind.startswith(("\n", "\r\n"))
    return before + block + ("" if is_apart else line_end) + behind
