"""What the writer promises: each job whole or not at all, in order, and on the disk when told."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE done (job TEXT)")
        db.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        reference = "REFERENCES parents DEFERRABLE INITIALLY DEFERRED"
        db.execute(f"CREATE TABLE children (parent INTEGER {reference})")
    return path


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        yield db


def note(db: sqlite3.Connection, job: str) -> str:
    db.execute("INSERT INTO done VALUES (?)", [job])
    return job


def stored(path: Path) -> list[str]:
    """Ask another connection, which sees what was committed and nothing else."""
    with closing(sqlite3.connect(path)) as other:
        return [job for (job,) in other.execute("SELECT job FROM done ORDER BY rowid")]


async def test_a_job_is_on_the_disk_when_its_value_is_there(
    db: sqlite3.Connection, path: Path
) -> None:
    async with Writer(db) as writer:
        value = await writer.write(0, lambda db: note(db, "a"))

        assert (value, stored(path)) == ("a", ["a"])


async def test_a_job_that_fails_leaves_its_neighbours(db: sqlite3.Connection, path: Path) -> None:
    def fails(db: sqlite3.Connection) -> str:
        note(db, "half a job")
        raise ValueError

    async with Writer(db) as writer:
        writer.outstanding = 3
        first, second, third = await asyncio.gather(
            writer.write(0, lambda db: note(db, "a")),
            writer.write(1, fails),
            writer.write(2, lambda db: note(db, "c")),
            return_exceptions=True,
        )

    assert (first, third) == ("a", "c")
    assert isinstance(second, ValueError)
    assert stored(path) == ["a", "c"]


async def test_jobs_run_in_the_order_of_the_config_and_not_of_their_coming(
    db: sqlite3.Connection, path: Path
) -> None:
    async with Writer(db) as writer:
        writer.outstanding = 4
        await asyncio.gather(
            *(writer.write(place, partial(note, job=str(place))) for place in (2, 0, 3, 1))
        )

    assert stored(path) == ["0", "1", "2", "3"]


async def test_what_waits_when_a_run_is_cancelled_is_committed(
    db: sqlite3.Connection, path: Path
) -> None:
    async def run() -> None:
        async with Writer(db) as writer, asyncio.TaskGroup() as tasks:
            writer.outstanding = 3  # so that the two who come wait for a third
            tasks.create_task(writer.write(1, lambda db: note(db, "b")))
            tasks.create_task(writer.write(0, lambda db: note(db, "a")))

    task = asyncio.create_task(run())
    for _ in range(3):
        await asyncio.sleep(0)
    assert stored(path) == []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert stored(path) == ["a", "b"]


async def test_a_run_that_is_cancelled_between_two_jobs_commits_them_all(
    db: sqlite3.Connection, path: Path
) -> None:
    def cancel(db: sqlite3.Connection) -> str:
        task.cancel()
        return note(db, "a")

    async def run() -> None:
        async with Writer(db) as writer, asyncio.TaskGroup() as tasks:
            writer.outstanding = 16
            tasks.create_task(writer.write(0, cancel))
            # So many that the cancellation comes before the last of them has run.
            for place in range(1, 16):
                tasks.create_task(writer.write(place, partial(note, job=str(place))))

    task = asyncio.create_task(run())
    with pytest.raises(asyncio.CancelledError):
        await task

    assert stored(path) == ["a", *map(str, range(1, 16))]


async def test_a_run_that_fails_leaves_what_waits_undone(
    db: sqlite3.Connection, path: Path
) -> None:
    async def run() -> None:
        async with Writer(db) as writer:
            writer.outstanding = 2
            writing = asyncio.create_task(writer.write(0, lambda db: note(db, "a")))
            await asyncio.sleep(0)
            writing.cancel()
            raise sqlite3.DatabaseError

    with pytest.raises(sqlite3.DatabaseError):
        await run()

    assert stored(path) == []


async def test_a_database_that_fails_costs_every_job_of_the_transaction(
    db: sqlite3.Connection, path: Path
) -> None:
    async with Writer(db) as writer:
        writer.outstanding = 2
        told = await asyncio.gather(
            writer.write(0, lambda db: note(db, "a")),
            writer.write(1, lambda db: db.execute("INSERT INTO nowhere VALUES (1)")),
            return_exceptions=True,
        )

        assert all(isinstance(one, sqlite3.OperationalError) for one in told)
        assert await writer.write(0, lambda db: note(db, "b")) == "b"
    assert stored(path) == ["b"]


async def test_no_value_is_told_when_the_commit_fails(db: sqlite3.Connection, path: Path) -> None:
    def orphan(db: sqlite3.Connection) -> str:
        db.execute("INSERT INTO children VALUES (1)")
        return note(db, "a")

    async with Writer(db) as writer:
        with pytest.raises(sqlite3.IntegrityError):
            await writer.write(0, orphan)

    assert stored(path) == []


async def test_the_lock_is_let_go_between_sixteen_jobs_and_the_next(
    db: sqlite3.Connection, path: Path
) -> None:
    seen: list[int] = []

    def count(_: sqlite3.Connection) -> None:
        seen.append(len(stored(path)))

    async with Writer(db) as writer:
        writer.outstanding = 20
        await asyncio.gather(
            *(writer.write(0, lambda db: note(db, "a")) for _ in range(19)), writer.write(1, count)
        )

    assert seen == [16]
