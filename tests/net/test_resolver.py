"""Looking names up when name servers do not answer."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from papertrack.errors import DownloadError
from papertrack.net import resolver as resolver_module
from papertrack.net.client import Client, Request
from papertrack.net.limits import Limits
from papertrack.net.rate_limit import RateLimitedClient
from papertrack.net.resolver import Resolver, Unanswered

if TYPE_CHECKING:
    from tests.author import Author

SILENCE = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
NO_SUCH_HOST = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class NameServer:
    """Answers what a test has put; everything else is silence.

    Attributes:
        asked: The hosts, in the order of the questions.
    """

    def __init__(self, **answers: list[str] | OSError) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.held: dict[str, asyncio.Event] = {}

    def hold(self, host: str) -> asyncio.Event:
        """Answer a question about a host only when the event is set."""
        return self.held.setdefault(host, asyncio.Event())

    async def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if host in self.held:
            await self.held[host].wait()
        answer = self.answers.get(host, SILENCE)
        if isinstance(answer, OSError):
            raise answer
        return answer


async def fails(resolver: Resolver, *hosts: str) -> None:
    for host in hosts:
        with pytest.raises(OSError, match=r".*"):
            await resolver.look_up(host, 80)


async def test_a_host_without_an_answer_is_not_asked_for_again() -> None:
    server = NameServer()
    resolver = Resolver(server)

    await fails(resolver, "a", "a", "a")

    assert server.asked == ["a"]


async def test_a_host_that_does_not_exist_is_asked_for_again() -> None:
    server = NameServer(a=NO_SUCH_HOST)
    resolver = Resolver(server)

    await fails(resolver, "a", "a")

    assert server.asked == ["a", "a"]


async def test_name_servers_that_are_silent_for_five_hosts_are_left_alone() -> None:
    server = NameServer(f=["192.0.2.1"])
    resolver = Resolver(server)

    await fails(resolver, *"abcdefgh")

    assert server.asked == [*"abcde"]


@pytest.mark.parametrize("answer", [["192.0.2.1"], NO_SUCH_HOST])
async def test_any_answer_shows_that_name_servers_are_there(answer: list[str] | OSError) -> None:
    server = NameServer(x=answer)
    resolver = Resolver(server)
    await fails(resolver, *"abcd")

    with suppress(OSError):
        await resolver.look_up("x", 80)
    await fails(resolver, *"efgh")

    assert server.asked == [*"abcdxefgh"]


async def test_a_slow_answer_is_waited_for_before_name_servers_are_given_up() -> None:
    server = NameServer(slow=["192.0.2.1"], x=["192.0.2.2"])
    answered = server.hold("slow")
    resolver = Resolver(server)
    waiting = asyncio.create_task(resolver.look_up("slow", 80))
    await asyncio.sleep(0)

    await fails(resolver, *"abcdefgh")
    found = await resolver.look_up("x", 80)
    answered.set()

    assert (found, await waiting) == (["192.0.2.2"], ["192.0.2.1"])


async def test_lookups_under_way_are_given_up_with_the_name_servers() -> None:
    server = NameServer()
    resolver = Resolver(server)
    await fails(resolver, "a")
    server.hold("late")
    waiting = asyncio.create_task(resolver.look_up("late", 80))
    await asyncio.sleep(0)

    await fails(resolver, *"bcde")

    with pytest.raises(TimeoutError):
        await waiting
    await fails(resolver, "f")
    assert server.asked == ["a", "late", *"bcde"]


async def test_name_servers_are_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver_module, "_SILENCE_S", 0.0)
    server = NameServer()
    resolver = Resolver(server)

    await fails(resolver, *"abcdefa")

    assert server.asked == [*"abcdefa"]


async def test_a_lookup_stopped_by_the_time_limit_had_no_answer() -> None:
    server = NameServer()
    server.hold("a")
    patient, impatient = Resolver(server), Resolver(server, patience_s=0)

    for resolver in (patient, patient, impatient):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await resolver.look_up("a", 80)
    with pytest.raises(Unanswered):
        await impatient.look_up("a", 80)

    assert server.asked == ["a", "a", "a"]


class Slots:
    """Counts the requests that were reserved."""

    pause_s = 3.0

    def __init__(self) -> None:
        self.taken = 0

    async def take(self) -> float:
        self.taken += 1
        return 0.0

    async def end(self) -> None:
        pass


async def test_arxiv_owes_no_pause_for_a_request_that_cannot_be_sent() -> None:
    slots = Slots()
    async with Client(user_agent="tests", resolve=NameServer()) as client:
        line = RateLimitedClient(client, slots=slots, clock=lambda: datetime.now(UTC))
        for _ in range(3):
            with pytest.raises(DownloadError, match="could not resolve host"):
                async with line.download(Request("http://arxiv.example/")):
                    pass

    assert slots.taken == 0


async def test_arxiv_waits_for_a_name_server_no_longer_than_for_a_download() -> None:
    server = NameServer()
    server.hold("arxiv.example")
    async with Client(user_agent="tests", resolve=server, limits=Limits(total_s=0.01)) as client:
        line = RateLimitedClient(client, slots=Slots(), clock=lambda: datetime.now(UTC))
        with pytest.raises(DownloadError, match="timed out"):
            async with line.download(Request("http://arxiv.example/")):
                pass


def test_offline_many_sources_wait_for_one_lookup_and_are_one_sentence(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, ended = 16, threading.Event()
    asked: list[str] = []
    all_asked = threading.Event()

    def getaddrinfo(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        if len(asked) > jobs:
            ended.wait(60)  # a second round would take as long again
        elif len(asked) == jobs:
            all_asked.set()
        all_asked.wait(60)
        raise SILENCE

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for number in range(200):
        author.add_source(f"http://blog-{number}.example.org/feed", f"blog-{number}")

    printed = author.types("fetch")
    ended.set()

    assert printed.code == 1
    assert printed.err == (
        "200 sources failed: could not resolve host; check the network connection"
        " (blog-0, blog-1, blog-2 and 197 more; -v names each)\n"
    )
    assert printed.out == "fetched 200 sources: nothing new, 200 failed\n"
    assert len(asked) <= 2 * jobs
