"""Change the sources in the author's config, with what can go wrong said in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.config import ConfigMistake
from papertrack.config.edit import (
    CannotEdit,
    NewSource,
    add_sources,
    change_config,
    check_writable,
    move_source,
)
from papertrack.errors import StorageFull, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["NewSource", "change_addresses", "refuse_read_only", "write_sources"]


def refuse_read_only(path: Path) -> None:
    """Refuse a config that cannot be written, before anything is done for nothing.

    Raises:
        UsageError: It is missing or read-only.
    """
    _translated(path, lambda: check_writable(path))


def write_sources(path: Path, added: Sequence[NewSource]) -> None:
    """Add sources to the config, all in one write.

    Raises:
        UsageError: The config cannot be changed; it is as it was.
        StorageFull: It cannot be written; it is as it was.
    """
    _change(path, lambda text: add_sources(text, added))


def change_addresses(path: Path, urls: Mapping[str, str]) -> None:
    """Write new addresses into sources, by slug, all in one write.

    Raises:
        UsageError, StorageFull: As `write_sources` does.
    """

    def change(text: str) -> str:
        for slug, url in urls.items():
            text = move_source(text, slug, url)
        return text

    _change(path, change)


def _change(path: Path, change: Callable[[str], str]) -> None:
    _translated(path, lambda: change_config(path, change))


def _translated(path: Path, act: Callable[[], object]) -> None:
    try:
        act()
    except CannotEdit as error:
        raise UsageError(error.what, hint=error.hint) from error
    except ConfigMistake as error:
        raise UsageError(str(error)) from error
    except FileNotFoundError as error:
        message = f"there is no config at {path}"
        raise UsageError(message, hint="run: papertrack init") from error
    except OSError as error:
        message = f"cannot write the config {path}: {error.strerror}"
        raise StorageFull(message, hint="free some space or mend its permissions") from error
