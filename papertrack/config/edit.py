"""Change the author's config by a few lines; every other byte of it stays as it was."""

from __future__ import annotations

import contextlib
import copy
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.config.read import ConfigMistake, read_config
from papertrack.config.toml_text import (
    CannotEdit,
    Value,
    append_inline,
    checked,
    end_of_last,
    insert,
    line_end,
    set_value,
    stand_in_tables,
    write_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from papertrack.config.schema import Config


_ALL_WRITE = 0o222


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be added.

    Attributes:
        keys: What its table holds, in this order; `slug` is among them.
        remark: A comment above its keys, one line; None for none.
    """

    keys: Mapping[str, Value]
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
    if stand_in_tables(text, "sources"):
        tables = (write_table("sources", one.keys, one.remark) for one in added)
        block = "\n".join(tables).replace("\n", line_end(text))
        new = insert(text, end_of_last(text, "sources"), block)
    else:
        new = append_inline(text, "sources", [one.keys for one in added])
    return checked(new, wanted, "sources")


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
