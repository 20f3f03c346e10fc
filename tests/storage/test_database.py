"""The database is created whole, opened with care, and left alone when it is not ours."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from papertrack.errors import DatabaseUnusable, StorageFull
from papertrack.storage.database import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    check_when_due,
    check_whole,
    open_database,
    opened,
    own_steps,
    rehearsed,
    transaction,
    translated,
    upgrade,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.author import Author

PAGE = 4096
SETTINGS = ("synchronous", "fullfsync", "checkpoint_fullfsync", "foreign_keys")
SOURCE = '\n[[sources]]\nslug = "blog"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed"\n'


def _patched(offset: int, new: bytes) -> Callable[[bytes], bytes]:
    return lambda good: good[:offset] + new + good[offset + len(new) :]


def _noise(count: int) -> bytes:
    return random.Random(7).randbytes(count)  # noqa: S311  # the same garbage every time


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")


UNUSABLE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "newer": (_patched(60, _number(99)), "was written by a newer papertrack"),
    "foreign": (_patched(68, _number(5)), "belongs to another program"),
    "random bytes": (lambda good: _noise(len(good)), "is not a papertrack database"),
    "text": (lambda _: b"hello, world\n" * 100, "is not a papertrack database"),
    "empty": (lambda _: b"", "is not a papertrack database"),
    "cut inside the header": (lambda good: good[:50], "is not a papertrack database"),
    "cut in half": (lambda good: good[: len(good) // 2], "is damaged"),
    "cut inside a page": (lambda good: good[: PAGE + 99], "is damaged"),
    "garbage after the header": (
        lambda good: good[:100] + _noise(PAGE - 100) + good[PAGE:],
        "is damaged",
    ),
    "garbage in the middle": (lambda good: good[:PAGE] + _noise(len(good) - PAGE), "is damaged"),
    "zeros in the middle": (lambda good: good[:PAGE] + bytes(len(good) - PAGE), "is damaged"),
    "no such page size": (_patched(16, b"\0\3"), "is damaged"),
    "no schema at all": (_patched(60, _number(0)), "is damaged"),
    "no such layout": (_patched(44, _number(9)), "is damaged"),
    "no such encoding": (_patched(56, _number(9)), "is damaged"),
    "no such write version": (_patched(18, b"\5\5"), "is damaged"),
}
COMMANDS = {
    "init": ("init",),
    "list": ("list",),
    "show": ("show", "1"),
    "rate": ("rate", "1", "--reject"),
    "fetch": ("fetch",),
    "draft": ("draft",),
    "add": ("add", "2611.99902", "--title", "x"),
    "undo": ("undo",),
    "status": ("status",),
}


@pytest.mark.parametrize(("spoil", "expected"), UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_file_that_is_not_ours_to_use_stays_as_it_is(
    author: Author, spoil: Callable[[bytes], bytes], expected: str, words: tuple[str, ...]
) -> None:
    author.write_config(author.config_text + SOURCE)
    author.types("add", "2611.99901", "--title", "A work")
    author.database.write_bytes(spoil(author.database.read_bytes()))
    before = author.files()

    printed = author.types(*words)

    assert (printed.code, printed.err.count("\n")) == (3, 1)
    assert expected in printed.err
    assert author.files() == before


def test_fetch_finds_damage_that_no_other_command_would_meet(author: Author) -> None:
    author.write_config(author.config_text + SOURCE)
    author.types("add", "2611.99901", "--title", "A work")
    good = author.database.read_bytes()
    outcomes = {}
    for at in range(PAGE, len(good), PAGE):
        author.database.write_bytes(_patched(at, _noise(PAGE))(good))
        before = author.files()
        printed = author.types("fetch")
        outcomes[at // PAGE + 1] = (printed.code, author.files() == before)

    assert outcomes == dict.fromkeys(outcomes, (3, True))


def test_a_table_that_is_gone_is_damage(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A work")
    with closing(sqlite3.connect(author.database)) as db:
        db.execute("DROP TABLE tags")

    printed = author.types("rate", "2611.99901", "--reject")

    assert (printed.code, printed.err.count("\n")) == (3, 1)
    assert "is damaged" in printed.err


def test_a_newer_schema_that_is_still_in_the_log_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    open_database(path, create=True).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

        with pytest.raises(DatabaseUnusable, match="newer papertrack"):
            open_database(path)


def test_a_database_is_opened_durable_and_strict(tmp_path: Path) -> None:
    with opened(tmp_path / "papertrack.db", create=True) as db:
        asked = ("application_id", "user_version", "foreign_keys", "synchronous", "journal_mode")

        told = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]

    assert told == [APPLICATION_ID, SCHEMA_VERSION, 1, 2, "wal"]


def test_every_table_of_ours_is_strict(tmp_path: Path) -> None:
    with opened(tmp_path / "papertrack.db", create=True) as db:
        rows = db.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 "
            "AND type NOT IN ('virtual', 'shadow') "  # those of the full-text index
            "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlite_%'"
        ).fetchall()

    assert [row[0] for row in rows] == []


def test_nothing_is_left_beside_a_database_that_was_closed(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "papertrack.db", create=True) as db, transaction(db):
        db.execute("INSERT INTO meta (key, value) VALUES ('a', 'b')")

    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["papertrack.db"]


def test_a_missing_database_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="there is no database"):
        open_database(tmp_path / "papertrack.db")

    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_finished_is_not_there_at_all(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys\n"
        "from papertrack.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.exit(main(['--db', 'papertrack.db', 'init']))\n"
    )
    (tmp_path / "home").mkdir()

    ended = subprocess.run(
        [sys.executable, "-B", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr.count("\n")) == (4, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageFull, match="cannot create the database"):
        open_database(tmp_path / "file" / "papertrack.db", create=True)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot read the database"):
        open_database(tmp_path)


def test_processes_that_create_at_once_share_one_database(author: Author) -> None:
    started = [
        subprocess.Popen(
            author.command("init"),
            cwd=author.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]

    endings = [(process.communicate(timeout=60)[1], process.returncode) for process in started]

    assert endings == [(b"", 0)] * 4
    assert sorted(author.files()) == ["config.toml", "papertrack.db"]
    assert author.rows("SELECT count(*) FROM meta WHERE key = 'device'") == [(1,)]
    assert author.rows("SELECT slug, kind FROM sources") == [("by-hand", "by-hand")]


def test_a_leftover_of_a_killed_creation_is_not_in_the_way(tmp_path: Path) -> None:
    left = tmp_path / f".papertrack.db.new-{os.getpid()}"
    left.write_bytes(b"half a database")

    with opened(tmp_path / "papertrack.db", create=True) as db:
        check_whole(db, tmp_path / "papertrack.db")

    assert [path.name for path in tmp_path.iterdir()] == ["papertrack.db"]


@pytest.mark.parametrize(
    "sql",
    ["UPDATE events SET at = ''", "DELETE FROM events", "DELETE FROM events WHERE seq = 1"],
)
def test_the_journal_cannot_be_changed(author: Author, sql: str) -> None:
    author.types("add", "2611.99901", "--title", "A work", "--reject")
    before = author.rows("SELECT * FROM events")

    with (
        closing(sqlite3.connect(author.database)) as db,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        db.execute(sql)

    assert author.rows("SELECT * FROM events") == before


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "papertrack.db", create=True) as db:
        with pytest.raises(KeyError), transaction(db), transaction(db):
            db.executemany(
                "INSERT INTO meta (key, value) VALUES ('a', ?)", [["b"], {"a": "b"}["c"]]
            )

        assert db.execute("SELECT count(*) FROM meta WHERE key = 'a'").fetchone()[0] == 0
        assert not db.in_transaction


def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    with opened(path, create=True) as db:
        with transaction(db):
            db.execute("INSERT INTO meta (key, value) VALUES ('before', 'b')")
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(StorageFull) as caught, translated(path), transaction(db):
            db.execute("INSERT INTO meta (key, value) VALUES ('after', ?)", ["x" * 100_000])

        kept = [row[0] for row in db.execute("SELECT key FROM meta WHERE key <> 'device'")]
    assert caught.value.exit_code == 4
    assert kept == ["before"]


def test_what_another_program_holds_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    with opened(path, create=True) as db, opened(path) as other:
        other.execute("PRAGMA busy_timeout = 1")
        with transaction(db):
            from_other = [row[0] for row in other.execute("SELECT count(*) FROM items")]

    assert from_other == [0]


def _break_a_reference_at_commit(db: sqlite3.Connection) -> None:
    with transaction(db):
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("INSERT INTO tags (item_id, tag) VALUES (99, 'a')")


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "papertrack.db", create=True)) as db:
        with pytest.raises(sqlite3.IntegrityError):
            _break_a_reference_at_commit(db)

        assert not db.in_transaction


def test_an_upgrade_may_rebuild_a_table_that_others_refer_to(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    with closing(open_database(path, create=True)) as db:
        db.execute(
            "INSERT INTO sources (id, slug, kind, name, added_at) VALUES (1, 'a', 'feed', 'a', '')"
        )
        db.execute(
            "INSERT INTO fetches (id, run, source_id, started_at, finished_at, outcome)"
            " VALUES (1, 'r', 1, '', '', 'stored')"
        )
        rebuild = """CREATE TABLE sources_2 AS SELECT * FROM sources;
                     DROP TABLE sources;
                     CREATE TABLE sources (id INTEGER PRIMARY KEY, slug TEXT) STRICT;
                     INSERT INTO sources SELECT id, slug FROM sources_2;
                     DROP TABLE sources_2;"""
        upgrade(db, path, {**own_steps(), "sources.sql": rebuild})

        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert db.execute("SELECT id, slug FROM sources").fetchall()[0][:] == (1, "a")


def test_the_version_of_the_schema_is_the_number_of_its_steps() -> None:
    assert len(own_steps()) == SCHEMA_VERSION


def test_a_large_database_is_read_through_once_a_day(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    now = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    with opened(path, create=True) as db:
        db.execute("INSERT INTO meta VALUES ('filler', hex(zeroblob(20000000)))")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asked: list[str] = []
        db.set_trace_callback(asked.append)

        for hours in (0, 1, 21):
            check_when_due(db, path, now + timedelta(hours=hours))

    assert sum("quick_check" in one for one in asked) == 2


def test_a_small_database_is_read_through_every_time(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    now = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    with opened(path, create=True) as db:
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        check_when_due(db, path, now)
        check_when_due(db, path, now)

    assert sum("quick_check" in one for one in asked) == 2


def test_every_connection_that_can_write_empties_the_drives_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "papertrack.db"
    told: list[list[str]] = []
    connect = sqlite3.connect

    def connect_and_tell(where: Any, **how: Any) -> sqlite3.Connection:  # noqa: ANN401  # as SQLite's
        db: sqlite3.Connection = connect(where, **how)
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        if "mode=ro" not in str(where):
            told.append(statements)
        return db

    monkeypatch.setattr(sqlite3, "connect", connect_and_tell)
    with opened(path, create=True) as db:  # makes it, then opens it
        upgrade(db, path, own_steps() | {"more.sql": "SELECT 1"})  # reads it, and writes a backup
    with rehearsed(path.with_name("none.db")):
        pass

    assert len(told) >= 6
    for statements in told:
        assert {"PRAGMA fullfsync = ON", "PRAGMA checkpoint_fullfsync = ON"} < set(statements)
        assert "PRAGMA synchronous = FULL" in statements


def test_a_setting_that_is_set_holds(tmp_path: Path) -> None:
    with opened(tmp_path / "papertrack.db", create=True) as db:
        held = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS]

    assert held == [2, 1, 1, 1]


def test_a_backup_that_finds_no_room_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "papertrack.db"
    with opened(path, create=True) as db:
        steps = own_steps() | {"more.sql": "SELECT 1"}
        before = sorted(tmp_path.iterdir())
        connect = sqlite3.connect

        def connect_to_full_disk(opening: Path, **options: Any) -> sqlite3.Connection:  # noqa: ANN401  # as SQLite's
            if opening != path:
                # What SQLite leaves when it can neither write nor roll back.
                opening.with_name(f"{opening.name}-journal").write_bytes(b"\xd9\xd5")
                raise sqlite3.OperationalError
            connection: sqlite3.Connection = connect(opening, **options)
            return connection

        monkeypatch.setattr(sqlite3, "connect", connect_to_full_disk)
        with pytest.raises(sqlite3.OperationalError):
            upgrade(db, path, steps)

        assert sorted(tmp_path.iterdir()) == before
