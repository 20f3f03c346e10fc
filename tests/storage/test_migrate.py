"""A step that is due runs once, whole, and after a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from papertrack.storage.database import (
    SCHEMA_VERSION,
    apply_migrations,
    open_database,
    opened,
    own_steps,
    upgrade,
)
from papertrack.storage.projection import rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMPS = Path(__file__).parent.parent / "migrations"
RATINGS = "SELECT item_id, area, halves, rated_at FROM ratings ORDER BY item_id"
MORE = {"more.sql": "CREATE TABLE more (a TEXT) STRICT; INSERT INTO more (a) VALUES ('one; two');"}
BROKEN = {
    "broken.sql": (
        "CREATE TABLE more (a TEXT) STRICT; INSERT INTO meta VALUES ('x', 'y'); SELECT nothing;"
    )
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papertrack.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(path, create=True)) as db:
        yield db


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [*db.iterdump(), str(db.execute("PRAGMA user_version").fetchone())]


def test_a_step_that_is_due_runs_after_a_backup(db: sqlite3.Connection, path: Path) -> None:
    before = _dump(path)

    backup = upgrade(db, path, own_steps() | MORE)

    assert backup == path.with_name(f"papertrack.db.backup-of-schema-{SCHEMA_VERSION}")
    assert _dump(backup) == before
    assert [row[0] for row in db.execute("SELECT a FROM more")] == ["one; two"]
    assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION + 1


def test_a_step_runs_once(db: sqlite3.Connection, path: Path) -> None:
    upgrade(db, path, own_steps() | MORE)

    again = upgrade(db, path, own_steps() | MORE)

    assert again is None
    assert db.execute("SELECT count(*) FROM more").fetchone()[0] == 1


def test_a_step_that_fails_leaves_the_database_as_it_was(
    db: sqlite3.Connection, path: Path
) -> None:
    before = _dump(path)

    with pytest.raises(sqlite3.OperationalError):
        upgrade(db, path, own_steps() | BROKEN)

    assert _dump(path) == before
    assert not db.in_transaction


def test_no_step_of_several_holds_when_one_fails(db: sqlite3.Connection, path: Path) -> None:
    before = _dump(path)

    with pytest.raises(sqlite3.OperationalError):
        upgrade(db, path, own_steps() | MORE | {"last.sql": "SELECT nothing"})

    assert _dump(path) == before


def test_a_step_can_be_tried_again_after_it_failed(db: sqlite3.Connection, path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        upgrade(db, path, own_steps() | BROKEN)

    upgrade(db, path, own_steps() | {"broken.sql": "CREATE TABLE more (a TEXT) STRICT"})

    assert db.execute("SELECT count(*) FROM more").fetchone()[0] == 0


def test_opening_an_up_to_date_database_makes_no_backup(path: Path) -> None:
    with opened(path, create=True):
        pass
    with opened(path):
        pass

    assert [one.name for one in path.parent.iterdir()] == ["papertrack.db"]


def test_each_database_has_a_name_of_its_own(tmp_path: Path) -> None:
    devices = set()
    for name in ("a.db", "b.db"):
        with opened(tmp_path / name, create=True) as db:
            devices.add(db.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()[0])

    assert len(devices) == 2


def _say(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return [tuple(row) for row in db.execute(sql)]


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("*.sql")), ids=lambda dump: dump.stem)
def test_a_database_of_every_release_opens_with_all_that_was_said(dump: Path, path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.executescript(dump.read_text("utf-8"))
    kept = "SELECT id, title, state, judged_at FROM items ORDER BY id"
    before = [_say(path, kept), _say(path, "SELECT * FROM events"), _say(path, RATINGS)]

    with opened(path) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        rebuild(db)

    assert [_say(path, kept), _say(path, "SELECT * FROM events"), _say(path, RATINGS)] == before
    assert len(before[1]) >= 5


def test_what_was_expected_before_predictions_had_their_name_is_kept(path: Path) -> None:
    steps = own_steps()
    before = list(steps)[: list(steps).index("0009_predictions.sql")]
    expected = (1, "2026-11-20T13:00:00.000Z", "abc", 1.5, 0.6, 0.25, "[]", '["attacks"]', "{}")
    with closing(sqlite3.connect(path)) as old:
        old.executescript((DUMPS / "schema_1.sql").read_text("utf-8"))
        old.isolation_level = None
        old.execute("BEGIN")
        apply_migrations(old, {name: steps[name] for name in before})
        old.execute("INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", expected)
        old.execute("COMMIT")

    with opened(path):
        pass

    assert _say(path, "SELECT name FROM sqlite_schema WHERE name = 'standings'") == []
    assert _say(path, "SELECT * FROM predictions") == [expected]
