"""Open the HTTP client and the parsing workers for a command."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.writer import ArxivRequestSlots
from papertrack.net.client import Client, user_agent
from papertrack.net.parsing import ParseWorkers
from papertrack.net.rate_limit import RateLimitedClient
from papertrack.net.route import Route

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator

    from papertrack.cli.session import Session


def _route(session: Session) -> Route:
    wanted = session.config.fetch
    ca_file = session.config_path.parent / Path(wanted.ca_file).expanduser()
    return Route(
        proxy=wanted.proxy or None,
        ca_file=ca_file if wanted.ca_file else None,
        trust_env=wanted.trust_env,
    )


@contextlib.asynccontextmanager
async def network(session: Session, *, jobs: int) -> AsyncIterator[tuple[Client, ParseWorkers]]:
    """Open a client and the workers that parse its downloads.

    Args:
        session: Its config has the contact address, the proxy and the certificates.
        jobs: How many downloads may run at the same time.
    """
    config, route = session.config, _route(session)
    # Own certificates are read at once: a bad file fails the call, not each source.
    tls = route.certificates() if route.ca_file is not None else None
    async with (
        Client(user_agent=user_agent(config.contact), jobs=jobs, tls=tls, route=route) as client,
        ParseWorkers() as workers,
    ):
        yield client, workers


def rate_limited_client(
    session: Session, db: sqlite3.Connection, client: Client, *, is_shared: bool = True
) -> RateLimitedClient:
    """Make the client for arXiv; all processes on this database share its pause.

    Args:
        session: The call.
        db: The database.
        client: Sends the requests.
        is_shared: Whether other processes use the database; False for a temporary copy.
    """
    path = session.database_path
    return RateLimitedClient(
        client,
        slots=ArxivRequestSlots(db, session.clock, session.config.arxiv.pause_s),
        clock=session.clock,
        lock=path.with_name(f"{path.name}.arxiv") if is_shared else None,
    )
