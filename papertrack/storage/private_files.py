"""Files and folders that only their owner may read, from the moment they exist."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FILE = 0o600
_FOLDER = 0o700
_OTHERS = 0o077


def make_folder(path: Path) -> None:
    """Make a folder and the missing ones above it, all of them 0700; one that exists is left alone.

    Raises:
        OSError: It cannot be made, or a file stands in its place.
    """
    # Path.mkdir gives its mode to the last folder only; those above it would follow the umask.
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(mode=_FOLDER, exist_ok=True)


def create_file(path: Path) -> int:
    """Create a file with the mode 0600 and open it for writing; returns its descriptor.

    Raises:
        FileExistsError: There is one.
        OSError: It cannot be created.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE)


def is_shared(path: Path) -> bool:
    """Tell whether a file of ours may be used by anybody else; False where there is none."""
    try:
        now = path.stat()
    except OSError:
        return False
    return now.st_uid == os.geteuid() and bool(now.st_mode & _OTHERS)


def tighten(path: Path) -> None:
    """Take a file of ours from everybody else; a file system without modes leaves it as it is."""
    if is_shared(path):
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
