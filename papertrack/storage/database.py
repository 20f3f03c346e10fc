"""Open the SQLite database, run short transactions, and keep its files private to their owner."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import sqlite3
import stat
import struct
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.times import read_utc, utc_text
from papertrack.errors import DatabaseUnusable, PapertrackError, StorageFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

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
    "0011_run_records.sql",
    "0012_stories.sql",
    "0013_texts_once.sql",
)


def apply_migrations(db: sqlite3.Connection, steps: Mapping[str, str]) -> None:
    """Apply the pending steps inside the open transaction.

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
    """Read papertrack's migrations: SQL by name, in order."""
    from importlib.resources import files  # noqa: PLC0415  # only when a step may be due

    folder = files("papertrack.storage") / "migrations"
    return {name: (folder / name).read_text("utf-8") for name in _FILES}


def _step(sql: str, version: int) -> Callable[[Database], None]:
    def run(database: Database) -> None:
        for statement in _statements(sql):
            database.conn.execute(statement)
        database.execute(f"PRAGMA user_version = {version}")
        if version == 1:
            # Identifies this copy of the journal.
            row = {"key": "device", "value": os.urandom(8).hex()}
            database.table("meta").insert(row)

    return run


def _statements(script: str) -> Iterator[str]:
    """Split a script into its statements.

    `executescript` of sqlite-utils asks SQLite after every character whether a statement is
    complete, which took about half of the time that a new database takes.
    """
    statement = ""
    for piece in re.split("(?<=;)", script):  # a trigger or a comment has semicolons inside
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


# Written into the header (https://www.sqlite.org/fileformat.html#application_id): "PTrk".
APPLICATION_ID = 0x5054726B
SCHEMA_VERSION = 13
BUSY_TIMEOUT_S = 30.0

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_BACKUP = ".backup-of-schema-"  # between the database's name and the number


def open_database(
    path: Path, *, create: bool = False, on_step: Callable[[str], None] = lambda _: None
) -> sqlite3.Connection:
    """Open the database for reading and writing.

    A database that other users can read, as older releases created it, is made private first.

    Args:
        path: The file.
        create: Create it, and its folder, if it is missing.
        on_step: Called before each step of the upgrade of a large database, with what it does.

    Returns:
        A connection in autocommit mode: write inside `transaction` only.

    Raises:
        DatabaseUnusable: It is missing, newer, foreign or damaged; it was not changed.
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
            _settle_version(db, path, on_step)
        except BaseException:
            db.close()
            raise
    return db


@contextlib.contextmanager
def opened(
    path: Path, *, create: bool = False, on_step: Callable[[str], None] = lambda _: None
) -> Iterator[sqlite3.Connection]:
    """Open the database for a block, as `open_database` does.

    No files are left beside a database that turns out to be damaged.

    Raises:
        PapertrackError: It cannot be used, or the block fails on it.
    """
    if path.is_dir():
        message = f"{path} is a folder, not a database"
        raise DatabaseUnusable(message, hint="name a file with --db")
    had_log = _log(path).exists()
    try:
        with (
            contextlib.closing(open_database(path, create=create, on_step=on_step)) as db,
            translated(path),
        ):
            yield db
    except DatabaseUnusable:
        # SQLite leaves its log behind if it cannot read the file; an empty one holds nothing.
        if not had_log and _log(path).exists() and not _log(path).stat().st_size:
            for log in _logs(path):
                log.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def rehearsed(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of the database that is deleted at the end of the block.

    Args:
        path: The file, which is only read; if it is missing, the copy is a new database.

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
    """Run a block in a transaction; a nested one joins the transaction that is already open.

    IMMEDIATE takes the write lock at once, so that reads inside stay valid until the commit, and
    "database is locked" cannot occur half-way (https://www.sqlite.org/isolation.html).
    """
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()  # has no effect if SQLite has already rolled back, as for a full disk
        raise


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Convert SQLite's exceptions to errors that tell the user what to do.

    Raises:
        DatabaseUnusable: The file is damaged or cannot be opened.
        StorageFull: The disk is full or read-only.
        PapertrackError: Another program has locked the database for too long.
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
    """Return the error for a damaged database."""
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
        # WAL with FULL loses no acknowledged rating in a power cut; WAL with NORMAL may.
        db.execute("PRAGMA synchronous = FULL")
        # On macOS, fsync leaves data in the drive's cache, where a power cut destroys it; elsewhere
        # these two have no effect (https://www.sqlite.org/pragma.html#pragma_fullfsync).
        db.execute("PRAGMA fullfsync = ON")
        db.execute("PRAGMA checkpoint_fullfsync = ON")
    except BaseException:
        db.close()
        raise
    return db


def _refuse_unless_ours(path: Path) -> None:
    """Check the header of the file, so that SQLite never opens a foreign one."""
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
    # Pages may still be in the write-ahead log.
    is_short = size < pages * (page_bytes if page_bytes > 1 else 65536) and not (
        log.exists() and log.stat().st_size
    )
    if is_short or version == 0 or layout not in range(1, 5) or encoding not in range(1, 4):
        raise damaged(path)


def _create(path: Path) -> None:
    """Create the database under another name and rename it, so that it is complete or missing."""
    new = _beside(path)
    try:
        make_folder(path.parent)
        _clear_away(path)
        os.close(create_file(new))  # SQLite gives its log and journal the mode of the database
        with translated(path), contextlib.closing(_connect(new)) as db:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            with transaction(db):
                apply_migrations(db, own_steps())
            db.execute("VACUUM")  # steps that rebuild a table leave free pages
            db.execute("PRAGMA journal_mode = WAL")
        _place(new, path)
    except OSError as error:
        message = f"cannot create the database {path}: {error.strerror}"
        raise StorageFull(message, hint="free some space or name another file with --db") from error
    finally:
        with contextlib.suppress(OSError):  # its parent may be a file
            _remove(new)


def _remove(new: Path) -> None:
    """Remove a file beside the database, and the journal that SQLite leaves on a full disk."""
    new.unlink(missing_ok=True)
    new.with_name(f"{new.name}-journal").unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """Return a temporary name beside the database for a file that is not complete yet."""
    return path.with_name(f".{path.name}.new-{os.getpid()}")


def _clear_away(path: Path) -> None:
    """Remove temporary files of processes that were killed."""
    for left in path.parent.glob(f".{path.name}.new-*"):
        number = left.name.rpartition(".new-")[2].partition("-")[0]
        if number.isdecimal() and (int(number) == os.getpid() or not _is_running(int(number))):
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's process: it may be running
        return True
    return True


def _place(new: Path, path: Path) -> None:
    """Give a complete file its name, unless another process was faster; then use that file."""
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            new.rename(path)


def _settle_version(db: sqlite3.Connection, path: Path, on_step: Callable[[str], None]) -> None:
    # The header may be older than the write-ahead log, which SQLite reads first.
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise _newer(path)
    size = path.stat().st_size
    say = on_step if size > _LARGE_BYTES else lambda _: None
    if version < SCHEMA_VERSION:
        say(f"upgrading {path.name} ({size / 1e6:,.0f} MB), after copying it")
        upgrade(db, path)
    if db.execute("SELECT 1 FROM meta WHERE key = 'vacuum'").fetchone():
        say(f"compacting {path.name}")
        _write_anew(db)


def unfinished_upgrades(db: sqlite3.Connection) -> frozenset[str]:
    """List what upgrades have left to today's code.

    ``names`` is for `papertrack.storage.ingest.add_names`, ``stories`` for
    `papertrack.storage.pairs.write_all_story_keys`.
    """
    rows = db.execute("SELECT key FROM meta WHERE key IN ('names', 'stories')")
    return frozenset(row[0] for row in rows)


def _write_anew(db: sqlite3.Connection) -> None:
    """Compact the file, as a migration requested."""
    # If the disk is full or another program writes, the next call tries again.
    with contextlib.suppress(sqlite3.OperationalError):
        db.execute("VACUUM")
        db.execute("DELETE FROM meta WHERE key = 'vacuum'")


def upgrade(
    db: sqlite3.Connection, path: Path, steps: Mapping[str, str] | None = None
) -> Path | None:
    """Upgrade an older database after backing it up beside it; all steps or none.

    Args:
        db: The database.
        path: Its file.
        steps: SQL by name, in order; None means papertrack's own.

    Returns:
        The backup; None if no step was pending.
    """
    steps = own_steps() if steps is None else steps
    # A step may rebuild a table that others refer to, which SQLite allows only with
    # foreign keys switched off before the transaction (https://www.sqlite.org/lang_altertable.html).
    with (
        _without_foreign_keys(db),
        transaction(db),  # so that only one of two processes upgrades
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
    """Copy a database beside itself, completely or not at all, replacing an older copy."""
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
        _remove(new)
    return backup


def _take_from_others(path: Path) -> None:
    """Make a database, and SQLite's files beside it, private to its owner."""
    if is_shared(path):
        # The database comes last: if this is interrupted, the next call starts again.
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


# Up to this size, reading every page takes a few hundredths of a second.
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
    """Check every page as `check_whole` does; a large database only once a day.

    Reading takes about a second per gigabyte.

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


_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_OTHERS = 0o077
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
# For files that are no secret: what the umask leaves of it.
SHARED = 0o666


def make_folder(path: Path) -> None:
    """Create a folder and its missing parents with mode 0700; leave an existing one alone.

    Raises:
        OSError: It cannot be created, or is a file.
    """
    # Path.mkdir sets the mode of the last folder only; its parents would follow the umask.
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def create_file(path: Path) -> int:
    """Create a file with mode 0600, open it for writing and return its descriptor.

    Raises:
        FileExistsError: It exists.
        OSError: It cannot be created.
    """
    return os.open(path, _CREATE, _PRIVATE_FILE)


@contextlib.contextmanager
def new_file(path: Path, mode: int = _PRIVATE_FILE) -> Iterator[BinaryIO]:
    """Create a file and open it for writing; it is removed if it cannot be finished.

    Raises:
        FileExistsError: There is one.
        OSError: It cannot be created or written.
    """
    handle = os.open(path, _CREATE, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def is_shared(path: Path) -> bool:
    """Return whether other users may access our file; False if there is no such file."""
    try:
        now = path.stat()
    except OSError:
        return False
    return now.st_uid == os.geteuid() and bool(now.st_mode & _OTHERS)


def tighten(path: Path) -> None:
    """Make our file private; without effect on a file system without modes."""
    if is_shared(path):
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
