"""Open what commands need to reach the outside: the client and the parsing workers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import papertrack
from papertrack.net.client import Client
from papertrack.net.parsing import ParseWorkers
from papertrack.net.polite import PoliteLine
from papertrack.storage import documents

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator

    from papertrack.cli.session import Session


@contextlib.asynccontextmanager
async def network(contact: str, *, jobs: int) -> AsyncIterator[tuple[Client, ParseWorkers]]:
    """Open a client and the workers that read what it brings.

    Args:
        contact: From the config, for the User-Agent; may be empty.
        jobs: How many downloads may run at the same time.
    """
    agent = f"papertrack/{papertrack.__version__}" + (f" ({contact})" if contact.strip() else "")
    async with Client(user_agent=agent, jobs=jobs) as client, ParseWorkers() as workers:
        yield client, workers


def polite_line(session: Session, db: sqlite3.Connection, client: Client) -> PoliteLine:
    """Open the one line to arXiv, whose pause holds for every process on this database."""
    pause_s = session.config.arxiv.pause_s

    def take_turn() -> float:
        return documents.reserve_turn(db, documents.ARXIV, session.clock(), pause_s)

    path = session.database_path
    return PoliteLine(
        client,
        take_turn=take_turn,
        pause_s=pause_s,
        clock=session.clock,
        lock=path.with_name(f"{path.name}.arxiv"),
    )
