"""Turns to ask arXiv, kept in the database: whoever asks next waits for whoever asked last."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from papertrack.commands.writer import patiently
from papertrack.storage import http_cache


@dataclass(frozen=True, slots=True)
class ArxivTurns:
    """The turns of one process on one database; see `papertrack.net.rate_limit.Turns`."""

    db: sqlite3.Connection
    clock: Callable[[], datetime]
    pause_s: float

    async def take(self) -> float:
        """Reserve the next request; returns the seconds to wait for it."""
        return await patiently(
            lambda: http_cache.reserve_turn(self.db, http_cache.ARXIV, self.clock(), self.pause_s)
        )

    async def end(self) -> None:
        """Note that an answer is there: the next pause counts from it."""
        await patiently(lambda: http_cache.note_answer(self.db, http_cache.ARXIV, self.clock()))
