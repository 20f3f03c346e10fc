"""Turns to ask arXiv, kept in the database: whoever asks next waits for whoever asked last."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from papertrack.commands.fetch_writer import patiently
from papertrack.storage import documents


@dataclass(frozen=True, slots=True)
class ArxivTurns:
    """The turns of one process on one database; see `papertrack.net.polite.Turns`."""

    db: sqlite3.Connection
    clock: Callable[[], datetime]
    pause_s: float

    async def take(self) -> float:
        """Reserve the next request; returns the seconds to wait for it."""
        return await patiently(
            lambda: documents.reserve_turn(self.db, documents.ARXIV, self.clock(), self.pause_s)
        )

    async def end(self) -> None:
        """Note that an answer is there: the next pause counts from it."""
        await patiently(lambda: documents.note_answer(self.db, documents.ARXIV, self.clock()))
