"""Open what commands need to reach the outside: the client and the parsing workers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import papertrack
from papertrack.net.client import Client
from papertrack.net.parsing import ParseWorkers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


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
