"""How many bodies are in memory at once, when reading is slower than downloading."""

from __future__ import annotations

import asyncio

from papertrack.net.client import Client, Request
from tests.servers import FeedServer

PLACES = 16
PAGES = 40


def local(url: str, *, etag: str | None = None) -> Request:
    return Request(url, etag=etag, allow_private_network=True)


async def test_bodies_wait_at_their_servers_while_those_before_them_are_read() -> None:
    held: list[int] = []
    is_full, may_go = asyncio.Event(), asyncio.Event()

    async def take(client: Client, url: str) -> None:
        async with client.download(local(url)):
            held.append(1)
            if len(held) == PLACES:
                is_full.set()
            await may_go.wait()

    with FeedServer() as server, FeedServer() as other:
        urls = [server.put(f"/{number}", "<feed/>") for number in range(PAGES)]
        unchanged = local(other.put("/feed", "<feed/>", etag='"v1"'), etag='"v1"')
        async with Client(user_agent="papertrack tests") as client, asyncio.TaskGroup() as tasks:
            for url in urls:
                tasks.create_task(take(client, url))
            await is_full.wait()
            statuses = [(await client.get(unchanged)).status for _ in range(5)]
            held_meanwhile = len(held)
            may_go.set()

    assert held_meanwhile == PLACES
    assert statuses == [304] * 5  # what brings no body waits for none
    assert len(held) == PAGES
