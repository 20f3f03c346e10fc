"""Bring the schema up to date with sqlite-utils' migrations; each step is a frozen SQL file."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

_FILES = (
    "0001_first.sql",
    "0002_intake.sql",
    "0003_search.sql",
    "0004_ranking.sql",
    "0005_drafts.sql",
    "0006_ledger.sql",
    "0007_first_published.sql",
    "0008_secrets.sql",
)


def apply_migrations(db: sqlite3.Connection, steps: Mapping[str, str]) -> None:
    """Apply the steps that are due, inside the transaction that is open.

    Args:
        db: The database.
        steps: SQL by name, in order.
    """
    migrations = Migrations("papertrack")
    for position, (name, sql) in enumerate(steps.items(), start=1):
        migrations(name=name)(_step(sql, position))
    migrations.apply(Database(db, recursive_triggers=False, execute_plugins=False))


def own_steps() -> dict[str, str]:
    """Read papertrack's own steps: SQL by name, in order."""
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
