"""Write the config: the first one, and changes of sources and areas."""

from __future__ import annotations

import shlex
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from papertrack.config.edit import (
    CannotEdit,
    NewSource,
    add_sources,
    change_config,
    check_writable,
    move_source,
)
from papertrack.config.read import ConfigMistake
from papertrack.core.watch.credentials import has_credentials
from papertrack.errors import StorageFull, UsageError
from papertrack.storage.private_files import create_file, is_shared, make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from papertrack.config.schema import Config


def write_config(path: Path) -> bool:
    """Write the example as the author's config.

    Args:
        path: Where it goes; its folder is made. Both are for this user alone: addresses of feeds
            may hold passwords.

    Returns:
        Whether it was written: False leaves a file that is there as it is.

    Raises:
        StorageFull: The file cannot be written.
    """
    example = (files("papertrack") / "data" / "config.example.toml").read_bytes()
    try:
        if path.is_file():
            return False
        make_folder(path.parent)
        with open(create_file(path), "wb") as file:  # noqa: PTH123  # open already
            file.write(example)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with --config") from error
    return True


T = TypeVar("T")


def rewrite(path: Path, change: Callable[[str], str]) -> Config:
    """Put a changed config in the place of the old one, all or nothing; returns it.

    Raises:
        UsageError: The config cannot be changed; it is as it was.
        StorageFull: It cannot be written; it is as it was.
    """
    return translated(path, lambda: change_config(path, change))


def translated(path: Path, act: Callable[[], T]) -> T:
    """Do something with the config, and say what went wrong as an order.

    Raises:
        UsageError, StorageFull: As `rewrite` does.
    """
    try:
        return act()
    except CannotEdit as error:
        raise UsageError(error.what, hint=error.hint) from error
    except ConfigMistake as error:
        raise UsageError(str(error)) from error
    except FileNotFoundError as error:
        message = f"there is no config at {path}"
        raise UsageError(message, hint="run: papertrack init") from error
    except OSError as error:
        message = f"cannot write the config {path}: {error.strerror}"
        raise StorageFull(message, hint="free some space or fix its permissions") from error


def refuse_read_only(path: Path) -> None:
    """Refuse a config that cannot be written, before anything is done for nothing.

    Raises:
        UsageError: It is missing or read-only.
    """
    translated(path, lambda: check_writable(path))


def write_sources(path: Path, added: Sequence[NewSource]) -> None:
    """Add sources to the config, all in one write.

    Raises:
        UsageError: The config cannot be changed; it is as it was.
        StorageFull: It cannot be written; it is as it was.
    """
    rewrite(path, lambda text: add_sources(text, added))


def warn_of_readers(path: Path, added: Sequence[NewSource]) -> str | None:
    """Say what to do when a password was written into a config that others can read."""
    urls = [str(one.keys["url"]) for one in added if "url" in one.keys]
    if not any(map(has_credentials, urls)) or not is_shared(path):
        return None
    return (
        f"{path} holds a password or key now, and others on this machine can read it; "
        f"run: chmod 600 {shlex.quote(str(path))}"
    )


def change_addresses(path: Path, urls: Mapping[str, str]) -> None:
    """Write new addresses into sources, by slug, all in one write.

    Raises:
        UsageError, StorageFull: As `write_sources` does.
    """

    def change(text: str) -> str:
        for slug, url in urls.items():
            text = move_source(text, slug, url)
        return text

    rewrite(path, change)
