"""Open the database: one SQLite file, checked before it is touched, and its short transactions."""

from __future__ import annotations

import contextlib
import glob
import os
import sqlite3
import struct
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.times import read_utc, utc_text
from papertrack.errors import DatabaseUnusable, PapertrackError, StorageFull
from papertrack.storage.private_files import create_file, is_shared, make_folder, tighten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlite_utils import Database

_FILES = (
    "0001_first.sql",
    "0002_intake.sql",
    "0003_search.sql",
    "0004_ranking.sql",
    "0005_drafts.sql",
    "0006_ledger.sql",
    "0007_first_published.sql",
    "0008_secrets.sql",
    "0009_predictions.sql",
    "0010_addresses.sql",
)


def apply_migrations(db: sqlite3.Connection, steps: Mapping[str, str]) -> None:
    """Apply the steps that are due, inside the transaction that is open.

    Args:
        db: The database.
        steps: SQL by name, in order.
    """
    from sqlite_utils import Database, Migrations  # noqa: PLC0415  # on use

    migrations = Migrations("papertrack")
    for position, (name, sql) in enumerate(steps.items(), start=1):
        migrations(name=name)(_step(sql, position))
    migrations.apply(Database(db, recursive_triggers=False, execute_plugins=False))


def own_steps() -> dict[str, str]:
    """Read papertrack's own steps: SQL by name, in order."""
    from importlib.resources import files  # noqa: PLC0415  # only when a step may be due

    folder = files("papertrack.storage") / "migrations"
    return {name: (folder / name).read_text("utf-8") for name in _FILES}


def _step(sql: str, version: int) -> Callable[[Database], None]:
    def run(database: Database) -> None:
        database.executescript(sql)
        database.execute(f"PRAGMA user_version = {version}")
        if version == 1:
            # Names this copy of the journal, so that two copies can be told apart.
            row = {"key": "device", "value": os.urandom(8).hex()}
            database.table("meta").insert(row)

    return run


# Written into the header (https://www.sqlite.org/fileformat.html#application_id): "PTrk".
APPLICATION_ID = 0x5054726B
SCHEMA_VERSION = 10
BUSY_TIMEOUT_S = 30.0

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_BACKUP = ".backup-of-schema-"  # between the database's name and the number


def open_database(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the database for reading and writing.

    A database that other users can read, as older releases made it, is taken from them first.

    Args:
        path: The file.
        create: Make it, and its folder, when there is none.

    Returns:
        A connection in autocommit mode: write inside `transaction` only.

    Raises:
        DatabaseUnusable: It is missing, newer, foreign or damaged; it was left as it was.
        StorageFull: It cannot be created or written.
    """
    if not path.exists():
        if not create:
            message = f"there is no database at {path}"
            raise DatabaseUnusable(message, hint="run: papertrack init")
        _create(path)
    _refuse_unless_ours(path)
    _take_from_others(path)
    with translated(path):
        db = _connect(path)
        try:
            _settle_version(db, path)
        except BaseException:
            db.close()
            raise
    return db


@contextlib.contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the database for the length of a block, as `open_database` does.

    A database that turns out to be damaged is left without a trace of us beside it.

    Raises:
        PapertrackError: It cannot be used, or what is done with it fails.
    """
    if path.is_dir():
        message = f"{path} is a folder, not a database"
        raise DatabaseUnusable(message, hint="name a file with --db")
    had_log = _log(path).exists()
    try:
        with (
            contextlib.closing(open_database(path, create=create)) as db,
            translated(path),
        ):
            yield db
    except DatabaseUnusable:
        # SQLite leaves its log behind when it cannot read the file; an empty one holds nothing.
        if not had_log and _log(path).exists() and not _log(path).stat().st_size:
            for log in _logs(path):
                log.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def rehearsed(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of the database that is thrown away at the end of the block.

    Args:
        path: The file, which is only read; where there is none, the copy is a new database.

    Raises:
        PapertrackError: As `opened` does.
    """
    import tempfile  # noqa: PLC0415  # 5 ms that only a rehearsal needs

    with tempfile.TemporaryDirectory(prefix="papertrack-") as folder:
        copy = type(path)(folder) / path.name
        if path.exists():
            _refuse_unless_ours(path)
            reading = f"{path.absolute().as_uri()}?mode=ro"
            with (
                translated(path),
                contextlib.closing(sqlite3.connect(reading, uri=True)) as original,
                contextlib.closing(_connect(copy)) as written,
            ):
                original.backup(written)
        with opened(copy, create=True) as db:
            yield db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing; nests into a transaction that is already open.

    IMMEDIATE takes the write lock at once, so that what was read inside stays true until the
    commit and "database is locked" cannot come half-way (https://www.sqlite.org/isolation.html).
    """
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()  # does nothing when SQLite has already rolled back, as for a full disk
        raise


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into errors that say what to do.

    Raises:
        DatabaseUnusable: The file is damaged or cannot be opened.
        StorageFull: The disk is full or read-only.
        PapertrackError: Another program holds the database for too long.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, path) from error


def _explain(error: sqlite3.Error, path: Path) -> PapertrackError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}:
        return StorageFull(
            f"cannot write to {path}: {error}",
            hint="free some space or fix its permissions; all that was acknowledged is safe",
        )
    is_incomplete = code == sqlite3.SQLITE_ERROR and str(error).startswith("no such ")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or is_incomplete:
        return damaged(path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return DatabaseUnusable(
            f"cannot open {path}", hint="check that the file and its folder are yours to write"
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return PapertrackError(
            f"another program has held {path} for {BUSY_TIMEOUT_S:.0f} s",
            hint="close it and try again; nothing was changed",
        )
    raise error


def damaged(path: Path) -> DatabaseUnusable:
    """Say that a database is damaged, and what to do."""
    return DatabaseUnusable(
        f"the database {path} is damaged",
        hint="put a copy of it aside, then restore your last backup",
    )


def _newer(path: Path) -> DatabaseUnusable:
    return DatabaseUnusable(f"{path} was written by a newer papertrack", hint="upgrade papertrack")


def _log(path: Path) -> Path:
    return _logs(path)[0]


def _logs(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        # WAL with FULL loses no acknowledged rating at a power cut; WAL with NORMAL does.
        db.execute("PRAGMA synchronous = FULL")
        # On macOS fsync leaves data in the drive's cache, where a power cut finds it; elsewhere
        # these two do nothing (https://www.sqlite.org/pragma.html#pragma_fullfsync).
        db.execute("PRAGMA fullfsync = ON")
        db.execute("PRAGMA checkpoint_fullfsync = ON")
    except BaseException:
        db.close()
        raise
    return db


def _refuse_unless_ours(path: Path) -> None:
    """Judge the file by its header alone, so that a foreign file is not even opened by SQLite."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        size = path.stat().st_size
    except OSError as error:
        message = f"cannot read the database {path}: {error.strerror}"
        raise DatabaseUnusable(message, hint="check the path and its permissions") from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        message = f"{path} is not a papertrack database"
        raise DatabaseUnusable(message, hint="name another file with --db")
    page_bytes = struct.unpack_from(">H", header, 16)[0]
    pages, layout, encoding, version, application = (
        struct.unpack_from(">I", header, offset)[0] for offset in (28, 44, 56, 60, 68)
    )
    if application != APPLICATION_ID:
        message = f"{path} belongs to another program"
        raise DatabaseUnusable(message, hint="name another file with --db")
    if version > SCHEMA_VERSION:
        raise _newer(path)
    log = _log(path)
    # Pages that are still in the write-ahead log are not missing.
    is_short = size < pages * (page_bytes if page_bytes > 1 else 65536) and not (
        log.exists() and log.stat().st_size
    )
    if is_short or version == 0 or layout not in range(1, 5) or encoding not in range(1, 4):
        raise damaged(path)


def _create(path: Path) -> None:
    """Make the database beside its place and move it there whole: it exists complete or not."""
    new = _beside(path)
    try:
        make_folder(path.parent)
        _clear_away(path)
        os.close(create_file(new))  # SQLite gives its log and journal the mode of the database
        with translated(path), contextlib.closing(_connect(new)) as db:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            with transaction(db):
                apply_migrations(db, own_steps())
            db.execute("PRAGMA journal_mode = WAL")
        _place(new, path)
    except OSError as error:
        message = f"cannot create the database {path}: {error.strerror}"
        raise StorageFull(message, hint="free some space or name another file with --db") from error
    finally:
        with contextlib.suppress(OSError):  # its folder may be no folder
            new.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """Name a file beside the database that is finished before it gets its own name."""
    return path.with_name(f".{path.name}.new-{os.getpid()}")


def _clear_away(path: Path) -> None:
    """Remove what processes left behind that were killed while they made such a file."""
    for left in path.parent.glob(f".{path.name}.new-*"):
        number = left.name.rpartition(".new-")[2].partition("-")[0]
        if number.isdecimal() and (int(number) == os.getpid() or not _is_running(int(number))):
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # not ours to ask: it may be running
        return True
    return True


def _place(new: Path, path: Path) -> None:
    """Give a finished file its name unless another process was faster: then its file is used."""
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            new.rename(path)


def _settle_version(db: sqlite3.Connection, path: Path) -> None:
    # What the header says may be older than the write-ahead log, which SQLite reads first.
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise _newer(path)
    if version < SCHEMA_VERSION:
        upgrade(db, path)
    if db.execute("SELECT 1 FROM meta WHERE key = 'vacuum'").fetchone():
        _write_anew(db)


def names_are_due(db: sqlite3.Connection) -> bool:
    """Tell whether works are still known by the names of an older version alone.

    An upgrade asks for it; see `papertrack.storage.ingest.add_names`.
    """
    return db.execute("SELECT 1 FROM meta WHERE key = 'names'").fetchone() is not None


def _write_anew(db: sqlite3.Connection) -> None:
    """Leave what was deleted out of the file, as a step of an upgrade asked for."""
    # Without room, or while another program writes, it has to wait for the next call.
    with contextlib.suppress(sqlite3.OperationalError):
        db.execute("VACUUM")
        db.execute("DELETE FROM meta WHERE key = 'vacuum'")


def upgrade(
    db: sqlite3.Connection, path: Path, steps: Mapping[str, str] | None = None
) -> Path | None:
    """Bring an older database up to date, after a backup beside it; all steps or none.

    Args:
        db: The database.
        path: Its file.
        steps: SQL by name, in order; None means papertrack's own.

    Returns:
        The backup, or None when no step was due.
    """
    steps = own_steps() if steps is None else steps
    # A step may have to rebuild a table that others refer to, which SQLite allows only with
    # foreign keys switched off before the transaction (https://www.sqlite.org/lang_altertable.html).
    with (
        _without_foreign_keys(db),
        transaction(db),  # so that of two processes one upgrades and the other finds it done
    ):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version >= len(steps):
            return None
        backup = _back_up(path, version)
        apply_migrations(db, steps)
        if db.execute("PRAGMA foreign_key_check").fetchone():
            message = f"the upgrade of {path} would have broken it and was not made"
            raise DatabaseUnusable(message, hint="report this; the file is as it was")
    return backup


def _back_up(path: Path, version: int) -> Path:
    """Copy a database beside itself, whole or not at all; an older copy is replaced."""
    backup = path.with_name(f"{path.name}{_BACKUP}{version}")
    new = _beside(path)
    try:
        _clear_away(path)
        os.close(create_file(new))
        with (
            contextlib.closing(_connect(path)) as old,
            contextlib.closing(_connect(new)) as copy,
        ):
            old.backup(copy)
        new.replace(backup)
    except OSError as error:
        message = f"cannot write the backup {backup}: {error.strerror}"
        raise StorageFull(message, hint="free some space; the database is as it was") from error
    finally:
        new.unlink(missing_ok=True)
    return backup


def _take_from_others(path: Path) -> None:
    """Make a database that other users can read its owner's alone, with all that is beside it."""
    if is_shared(path):
        # The database comes last: whatever ends this half-way, the next call begins again.
        copies = path.parent.glob(f"{glob.escape(path.name)}{_BACKUP}*")
        for one in (*_logs(path), *copies, path):
            tighten(one)


@contextlib.contextmanager
def _without_foreign_keys(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        db.execute("PRAGMA foreign_keys = ON")


# Below this size it takes some hundredths of a second to read every page.
_LARGE_BYTES = 32_000_000
_CHECKED_FOR = timedelta(hours=20)


def check_whole(db: sqlite3.Connection, path: Path) -> None:
    """Read every page of the database.

    Raises:
        DatabaseUnusable: A page is damaged.
    """
    with translated(path):
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise damaged(path)


def check_when_due(db: sqlite3.Connection, path: Path, now: datetime) -> None:
    """Read every page as `check_whole` does; a large database (a second a gigabyte) once a day.

    Raises:
        DatabaseUnusable: A page is damaged.
    """
    is_large = path.stat().st_size > _LARGE_BYTES
    with translated(path):
        row = db.execute("SELECT value FROM meta WHERE key = 'checked_at'").fetchone()
    if is_large and row and timedelta(0) <= now - read_utc(row["value"]) < _CHECKED_FOR:
        return
    check_whole(db, path)
    if is_large:
        with translated(path), transaction(db):
            db.execute("INSERT OR REPLACE INTO meta VALUES ('checked_at', ?)", [utc_text(now)])
