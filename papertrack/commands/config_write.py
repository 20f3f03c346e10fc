"""Change the author's config, with what can go wrong said in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from papertrack.config.edit import change_config
from papertrack.config.read import ConfigMistake
from papertrack.config.toml_text import CannotEdit
from papertrack.errors import StorageFull, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from papertrack.config.schema import Config

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
        raise StorageFull(message, hint="free some space or mend its permissions") from error
