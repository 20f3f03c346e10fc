"""Create the config, and change its sources and areas."""

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
from papertrack.storage.database import is_shared, make_folder, new_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from papertrack.config.schema import Config


def write_config(path: Path) -> bool:
    """Write the example config as the author's.

    Args:
        path: The file. It and its folder are created for this user only, because addresses of
            feeds may contain passwords.

    Returns:
        Whether it was written; False if the file already exists.

    Raises:
        StorageFull: The file cannot be written.
    """
    example = (files("papertrack") / "data" / "config.example.toml").read_bytes()
    try:
        if path.is_file():
            return False
        make_folder(path.parent)
        with new_file(path) as file:
            file.write(example)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with --config") from error
    return True


T = TypeVar("T")


def rewrite(path: Path, change: Callable[[str], str]) -> Config:
    """Replace the config with a changed one, atomically, and return it.

    Raises:
        UsageError: The config cannot be changed; it is left unchanged.
        StorageFull: It cannot be written; it is left unchanged.
    """
    return with_config_errors(path, lambda: change_config(path, change))


def with_config_errors(path: Path, action: Callable[[], T]) -> T:
    """Run an action on the config and translate its errors into ours, with a hint.

    Raises:
        UsageError, StorageFull: As `rewrite` does.
    """
    try:
        return action()
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
    """Refuse a config that cannot be written, before the network is used for nothing.

    Raises:
        UsageError: It is missing or read-only.
    """
    with_config_errors(path, lambda: check_writable(path))


def write_sources(path: Path, added: Sequence[NewSource]) -> None:
    """Add sources to the config in one write.

    Raises:
        UsageError: The config cannot be changed; it is left unchanged.
        StorageFull: It cannot be written; it is left unchanged.
    """
    rewrite(path, lambda text: add_sources(text, added))


def shared_config_warning(path: Path, added: Sequence[NewSource]) -> str | None:
    """Write a warning if a password was added to a config that other users can read."""
    urls = [str(one.keys["url"]) for one in added if "url" in one.keys]
    if not any(map(has_credentials, urls)) or not is_shared(path):
        return None
    return (
        f"{path} now contains a password or key, and other users can read it; "
        f"run: chmod 600 {shlex.quote(str(path))}"
    )


def change_addresses(path: Path, urls: Mapping[str, str]) -> None:
    """Change the addresses of sources, by slug, in one write.

    Raises:
        UsageError, StorageFull: As `write_sources` does.
    """

    def change(text: str) -> str:
        for slug, url in urls.items():
            text = move_source(text, slug, url)
        return text

    rewrite(path, change)
