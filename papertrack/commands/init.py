"""Write the first config."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from papertrack.errors import StorageFull
from papertrack.storage.private_files import create_file, make_folder

if TYPE_CHECKING:
    from pathlib import Path


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
