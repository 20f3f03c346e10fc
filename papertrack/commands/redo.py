"""Bring back what was undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands.undo import Undone, act_to_change, say_anew
from papertrack.core.judging.journal import next_redo
from papertrack.errors import UsageError
from papertrack.storage import journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


def redo(db: sqlite3.Connection, now: datetime) -> Undone | None:
    """Bring back the act that was undone last; None when there is nothing to bring back.

    As in an editor, undos are taken back newest first, and whatever the author says new ends the
    chain: what was undone before it comes back only by number (see `redo_act`).
    """
    with transaction(db):
        act = next_redo(journal_read.undoings(db))
        if act is None:
            return None
        return say_anew(db, "redo", journal_read.act_events(db, act), now)


def redo_last(db: sqlite3.Connection, count: int, now: datetime) -> list[Undone]:
    """Bring back what was undone last, at most so many acts, all or none."""
    with transaction(db):
        redone: list[Undone] = []
        while len(redone) < count and (one := redo(db, now)) is not None:
            redone.append(one)
        return redone


def redo_acts(db: sqlite3.Connection, numbers: Sequence[int], now: datetime) -> list[Undone]:
    """Bring acts back by their numbers, all or none; see `redo_act`."""
    with transaction(db):
        return [redo_act(db, number, now) for number in numbers]


def redo_act(db: sqlite3.Connection, number: int, now: datetime) -> Undone:
    """Bring back an undone act by its number, whatever was said since.

    It holds from the moment at which it was first said: what was said later of the same thing
    stays.

    Raises:
        UsageError: There is no such act, or it was not undone.
    """
    with transaction(db):
        events = act_to_change(db, number)
        if events[0].act not in journal_read.undone(db):
            message = f"act {number} is not undone"
            raise UsageError(message, hint="papertrack log marks what is undone")
        return say_anew(db, "redo", events, now, explained=True)
