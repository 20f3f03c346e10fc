"""Change sources and areas in the author's config without changing any other byte.

tomlkit alone would move tables that are not adjacent, and separate comments from what they
describe. So tomlkit only writes single lines and tables, this module inserts them, and tomllib
verifies the result.
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

from papertrack.config.read import ConfigMistake, line_of, read_config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from papertrack.config.schema import Config

Value = str | bool | list[str]


class CannotEdit(ValueError):
    """The config cannot be changed; it was left as it was.

    Args:
        what: What is wrong, on one line.
        hint: What to do, as an imperative.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def verified(new: str, wanted: Mapping[str, Any], name: str) -> str:
    """Return the new text if it has the wanted content.

    Args:
        new: The text.
        wanted: Its intended content.
        name: The array of tables that was changed.

    Raises:
        CannotEdit: The content differs.
    """
    try:
        is_right = tomllib.loads(new) == wanted
    except ValueError:
        is_right = False
    if not is_right:
        message = "papertrack cannot edit a config laid out like this"
        one = name.removesuffix("s")
        raise CannotEdit(message, f"write it by hand, each {one} as a [[{name}]] table")
    return new


def is_array_of_tables(text: str, name: str) -> bool:
    """Return whether an array is missing or consists of ``[[tables]]``, not inline tables."""
    header = rf"""^\s*\[\[\s*(?:{name}|"{name}"|'{name}')\s*\]\]"""
    is_there = bool(tomllib.loads(text).get(name))
    return not is_there or re.search(header, text, re.MULTILINE) is not None


def set_value(text: str, name: str, at: int, key: str, value: Value | None) -> str:
    """Set one value of one table, leaving the rest of the text unchanged.

    Args:
        text: A valid config.
        name: The array of tables.
        at: The index of the table in it.
        key: The key; a new one is added at the end of the table.
        value: The new value; None removes the key with the rest of its line.

    Raises:
        CannotEdit: The layout of the file is not supported.
    """
    wanted = copy.deepcopy(tomllib.loads(text))
    has_key = key in wanted[name][at]
    wanted[name][at] |= {key: value}
    if value is None:
        del wanted[name][at][key]
    if not is_array_of_tables(text, name):
        document: Any = tomlkit.parse(text)
        if value is None:
            del document[name][at][key]
        else:
            document[name][at][key] = value
        return verified(tomlkit.dumps(document), wanted, name)
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
    return verified("".join([*lines[:start], line, *lines[end:]]), wanted, name)


def write_table(name: str, keys: Mapping[str, Value], remark: str | None = None) -> str:
    """Write one table of an array, with an optional comment above its keys."""
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
    """Append tables to a list of inline tables."""
    document: Any = tomlkit.parse(text)
    for keys in added:
        table = tomlkit.inline_table()
        table.update(dict(keys))
        document[name].append(table)
    return tomlkit.dumps(document)


def end_of_table(text: str, name: str, at: int) -> int:
    """Return the index of the line after the last value of a table."""
    lines, plain = lines_of(text), text.replace("\r\n", "\n")
    keys = tomllib.loads(text)[name][at]
    return end_of_value(lines, max(line_of(plain, (name, at, key)) for key in keys) - 1)


def end_of_array(text: str, name: str) -> int:
    """Return the index of the line after an array's last table and the comments right below it."""
    lines, tables = lines_of(text), tomllib.loads(text).get(name, [])
    if not tables:
        return len(lines)
    end = end_of_table(text, name, len(tables) - 1)
    while end < len(lines) and lines[end].lstrip().startswith("#"):
        end += 1
    return end


def block_of(text: str, name: str, at: int) -> tuple[int, int]:
    """Return the first line of a table and the one after it, including adjacent comments.

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
    """Split a text into lines as TOML does; `str.splitlines` would also split inside strings."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def line_end(text: str) -> str:
    """Return the line ending of a text."""
    return "\r\n" if "\r\n" in text else "\n"


def end_of_value(lines: Sequence[str], start: int) -> int:
    """Return the index of the line after a value that begins at `start`."""
    for end in range(start + 1, len(lines) + 1):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            tomllib.loads("".join(lines[start:end]))
            return end
    return len(lines)


def insert(text: str, at: int, block: str) -> str:
    """Insert a block before a line, with a blank line before and after it."""
    lines, end = lines_of(text), line_end(text)
    before, after = "".join(lines[:at]), "".join(lines[at:])
    if before.strip() and not before.endswith("\n"):
        before += end
    if before.strip() and not before.endswith(("\n\n", "\n\r\n")):
        before += end
    is_apart = not after or after.startswith(("\n", "\r\n"))
    return before + block + ("" if is_apart else end) + after


_ALL_WRITE = 0o222


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to add.

    Attributes:
        keys: The keys of its table in order, including `slug`.
        remark: A comment of one line above its keys; None for none.
    """

    keys: Mapping[str, Value]
    remark: str | None = None


def check_writable(path: Path) -> None:
    """Refuse a read-only config before any other work is done.

    Raises:
        CannotEdit: It is read-only.
        OSError: It is missing or inaccessible.
    """
    # The mode counts even for root, and although the file could be replaced: whoever made it
    # read-only meant it.
    if not path.stat().st_mode & _ALL_WRITE or not os.access(path, os.W_OK):
        message = f"the config {path} is read-only"
        raise CannotEdit(message, "make it writable, or change the file that generates it")


def change_config(path: Path, change: Callable[[str], str]) -> Config:
    """Replace the config atomically with a changed one, and return it.

    Args:
        path: The config; a symbolic link is followed and kept.
        change: Returns the new text for the old one.

    Raises:
        CannotEdit: It is read-only, another program changed it meanwhile, `change` gives up, or the
            new text is not a valid config.
        ConfigMistake: It has a mistake already.
        OSError: It cannot be read or written.
    """
    check_writable(path)
    read_config(path)
    place = Path(os.path.realpath(path))
    before = place.read_bytes()
    bom = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    after = bom + change(before.decode("utf-8-sig")).encode()
    if after == before:
        return read_config(path)
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".new", dir=place.parent)
    new = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # mkstemp has opened it
            file.write(after)
            file.flush()
            _copy_owner(place, descriptor)
            os.fsync(descriptor)
        config = _read_new(new)
        if place.read_bytes() != before:
            message = f"the config {path} changed while this ran"
            raise CannotEdit(message, "try again")
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)
    _flush_folder(place.parent)
    return config


def add_sources(text: str, added: Sequence[NewSource]) -> str:
    """Add sources after the last one of a config.

    Args:
        text: A valid config.
        added: The sources, in order.

    Raises:
        CannotEdit: The layout of the file is not supported.
    """
    before = tomllib.loads(text)
    wanted = copy.deepcopy(before)
    wanted["sources"] = [*before.get("sources", []), *(dict(one.keys) for one in added)]
    if not added:
        return text
    if is_array_of_tables(text, "sources"):
        tables = (write_table("sources", one.keys, one.remark) for one in added)
        block = "\n".join(tables).replace("\n", line_end(text))
        new = insert(text, end_of_array(text, "sources"), block)
    else:
        new = append_inline(text, "sources", [one.keys for one in added])
    return verified(new, wanted, "sources")


def move_source(text: str, slug: str, url: str) -> str:
    """Change the address of a source, leaving the rest of the text unchanged.

    Args:
        text: A valid config.
        slug: The source; it has an address.
        url: The new address.

    Raises:
        CannotEdit: The layout of the file is not supported.
        KeyError: There is no such source.
    """
    slugs = [source["slug"] for source in tomllib.loads(text).get("sources", [])]
    if slug not in slugs:
        raise KeyError(slug)
    return set_value(text, "sources", slugs.index(slug), "url", url)


def _read_new(new: Path) -> Config:
    try:
        return read_config(new)
    except ConfigMistake as error:
        problem = str(error).removeprefix(f"{new}:")
        message = f"the config would have a mistake in line {problem}"
        raise CannotEdit(message, "correct what you want to add") from error


def _copy_owner(place: Path, descriptor: int) -> None:
    """Copy the mode and, if allowed, the owner of the old file to the new one."""
    old = place.stat()
    with contextlib.suppress(OSError):  # only root may change owners
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)


def _flush_folder(folder: Path) -> None:
    """Flush the renaming of a file to disk, on file systems that support it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_AREAS = "areas"


def slugs_in(text: str) -> list[str]:
    """List the areas of a config in order, including retired ones."""
    return [area["slug"] for area in tomllib.loads(text).get(_AREAS, [])]


def is_retired(text: str, slug: str) -> bool:
    """Return whether an area of a config is retired."""
    areas = tomllib.loads(text).get(_AREAS, [])
    return any(area["slug"] == slug and area.get("retired", False) for area in areas)


def add_area(text: str, keys: Mapping[str, Value], *, after: str | None = None) -> str:
    """Add an area.

    Args:
        text: A valid config.
        keys: The keys of its table in order, including `slug`.
        after: The area before it; None to add it at the end.

    Raises:
        CannotEdit: The layout of the file is not supported.
        ValueError: There is no such area.
    """
    wanted = copy.deepcopy(tomllib.loads(text))
    wanted[_AREAS] = [*wanted.get(_AREAS, []), dict(keys)]
    if is_array_of_tables(text, _AREAS):
        block = write_table(_AREAS, keys).replace("\n", line_end(text))
        new = insert(text, end_of_array(text, _AREAS), block)
    else:
        new = append_inline(text, _AREAS, [keys])
    new = verified(new, wanted, _AREAS)
    return new if after is None else move_area(new, str(keys["slug"]), after=after)


def set_area(text: str, slug: str, key: str, value: Value | None) -> str:
    """Set one value of an area; None removes the key.

    Raises:
        CannotEdit: The layout of the file is not supported.
        ValueError: There is no such area.
    """
    return set_value(text, _AREAS, slugs_in(text).index(slug), key, value)


def move_area(text: str, slug: str, *, after: str | None) -> str:
    """Move an area, with its adjacent comments.

    Args:
        text: A valid config.
        slug: The area.
        after: The area to move it after; None for the first place.

    Raises:
        CannotEdit: The layout of the file is not supported.
        ValueError: There is no such area.
    """
    slugs = slugs_in(text)
    here = slugs.index(slug)
    others = [one for one in slugs if one != slug]
    there = 0 if after is None else others.index(after) + 1
    if there == here:
        return text
    wanted = copy.deepcopy(tomllib.loads(text))
    wanted[_AREAS].insert(there, wanted[_AREAS].pop(here))
    if not is_array_of_tables(text, _AREAS):
        document: Any = tomlkit.parse(text)
        moved = document[_AREAS].pop(here)
        document[_AREAS].insert(there, moved)
        return verified(tomlkit.dumps(document), wanted, _AREAS)
    lines = lines_of(text)
    start, end = block_of(text, _AREAS, here)
    block = "".join(lines[start:end])
    if not block.endswith("\n"):
        block += line_end(text)
    # One of the two blank lines around it is removed with it.
    following = lines[end + 1 :] if lines[end : end + 1] in (["\n"], ["\r\n"]) else lines[end:]
    rest = "".join([*lines[:start], *following])
    place = block_of(rest, _AREAS, 0)[0] if after is None else block_of(rest, _AREAS, there - 1)[1]
    return verified(insert(rest, place, block), wanted, _AREAS)
