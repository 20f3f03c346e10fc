"""Open what commands need to reach the outside: the client and the parsing workers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from papertrack.commands.writer import ArxivRequestSlots
from papertrack.net.client import Client, user_agent
from papertrack.net.parsing import ParseWorkers
from papertrack.net.rate_limit import RateLimitedClient

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
    async with (
        Client(user_agent=user_agent(contact), jobs=jobs) as client,
        ParseWorkers() as workers,
    ):
        yield client, workers


def rate_limited_client(
    session: Session, db: sqlite3.Connection, client: Client, *, is_shared: bool = True
) -> RateLimitedClient:
    """Open the one line to arXiv, whose pause holds for every process on this database.

    Args:
        session: The call.
        db: The database.
        client: The network.
        is_shared: Whether other processes may be on the line; False for a database of one's own.
    """
    path = session.database_path
    return RateLimitedClient(
        client,
        turns=ArxivRequestSlots(db, session.clock, session.config.arxiv.pause_s),
        clock=session.clock,
        lock=path.with_name(f"{path.name}.arxiv") if is_shared else None,
    )
