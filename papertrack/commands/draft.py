"""Write a draft to its file, and never over a hand edit."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.errors import HandEdited, StorageFull, UsageError
from papertrack.storage import issues
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from papertrack.commands.compose import Draft


def write(db: sqlite3.Connection, draft: Draft, path: Path, *, beside: bool, now: datetime) -> Path:
    """Write a draft to its file.

    Args:
        db: The database, which remembers what is written.
        draft: The draft.
        path: The file; it is replaced only while it holds, byte for byte, what was generated.
        beside: When it was edited by hand, write to a new file next to it.
        now: The present.

    Returns:
        The file that was written.

    Raises:
        HandEdited: The file was edited by hand and `beside` is not set.
        StorageFull: The file cannot be written.
    """
    path = path.resolve()  # a link is followed and stays a link
    if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe would block, a device lie
        message = f"{path} is not a file"
        raise UsageError(message, hint="name a file with -o, or - for standard output")
    try:
        if not _is_ours(db, path, draft):
            if not beside:
                message = f"{path} was edited by hand and is left as it is"
                raise HandEdited(
                    message, hint="write beside it with --beside, or name a file with -o"
                )
            path = _free_name(db, path, draft)
        with transaction(db):
            # Remembered first: were the power cut in between, the file on disk would still be
            # known as an older draft of ours and not be taken for a hand edit.
            issues.write_export(db, path=str(path), issue=draft.issue, text=draft.text, now=now)
        _replace(path, draft.text)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with -o") from error
    return path


def _is_ours(db: sqlite3.Connection, path: Path, draft: Draft) -> bool:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return True
    return body == draft.text.encode() or issues.is_export(db, str(path), body)


def _free_name(db: sqlite3.Connection, path: Path, draft: Draft) -> Path:
    number = 2
    while not _is_ours(db, path.with_stem(f"{path.stem}-{number}"), draft):
        number += 1
    return path.with_stem(f"{path.stem}-{number}")


def _replace(path: Path, text: str) -> None:
    """Put a whole file in the place of the old one; a crash leaves one or the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        new.chmod(mode)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
