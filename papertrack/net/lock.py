"""One fetch at a time: a lock on a file beside the database that ends with its process."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from papertrack.errors import AnotherFetchRunning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO


def open_lock(path: Path) -> TextIO:
    """Open a file that is there to be locked; a new one is its owner's alone.

    Whoever can open such a file can hold its lock and keep papertrack waiting.
    """
    # Path.open has no opener.
    return open(path, "a+", encoding="utf-8", errors="replace", opener=_owner_only)


def _owner_only(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


@contextlib.contextmanager
def only_fetch(database: Path) -> Iterator[None]:
    """Hold the right to fetch into a database.

    The kernel drops the lock when the process ends, however it ends, so none is ever left behind.

    Raises:
        AnotherFetchRunning: Another process holds it.
    """
    path = database.with_name(f"{database.name}.fetching")
    with open_lock(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip()
            message = (
                f"another fetch is running (process {holder})"
                if holder
                else ("another fetch is running")
            )
            raise AnotherFetchRunning(message, hint="wait until it is done") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
