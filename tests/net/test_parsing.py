from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from papertrack.errors import UnreadableDocument
from papertrack.net.parsing import ParseWorkers

BASE = "https://example.org/feed"
ITEM = "<item><title>T{}</title><guid>https://example.org/{}</guid><description>{}</description></item>"
PROC = Path("/proc/self/stat")


def feed(entries: int, words: int = 3) -> bytes:
    items = "".join(ITEM.format(n, n, "word " * words) for n in range(entries))
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


async def titles(workers: ParseWorkers, body: bytes | bytearray) -> list[str]:
    document = await workers.parse("feed", body, base_url=BASE, content_type=None)
    return [entry.title for entry in document.entries]


def worker_ids() -> set[int]:
    """List our parse workers as the system sees them, those that nobody has waited for included."""
    if not PROC.exists():
        pytest.skip("there is no /proc to look into")
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if parent == os.getpid() and (b"parse_worker" in command or not command):
            found.add(int(stat.parent.name))
    return found


async def until_there_is_a_worker() -> None:
    for _ in range(1_000):
        if worker_ids():
            return
        await asyncio.sleep(0.01)
    pytest.fail("no worker was started")


async def until_there_is_no_worker() -> None:
    give_up_at = time.monotonic() + 10
    while worker_ids():
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0.01)


async def test_a_document_comes_back_as_records() -> None:
    async with ParseWorkers() as workers:
        document = await workers.parse("feed", feed(2), base_url=BASE, content_type="text/xml")

    assert document.title == "T"
    assert [entry.url for entry in document.entries] == [
        "https://example.org/0",
        "https://example.org/1",
    ]


async def test_a_refusal_comes_back_with_its_hint() -> None:
    async with ParseWorkers() as workers:
        with pytest.raises(UnreadableDocument) as refusal:
            await workers.parse("feed", b"<html></html>", base_url=BASE, content_type=None)

    assert refusal.value.what == "this is a web page, not a feed"
    assert refusal.value.hint is not None


async def test_no_process_is_started_before_the_first_document() -> None:
    async with ParseWorkers():
        assert worker_ids() == set()


async def test_one_process_reads_many_documents_and_ends_with_the_block() -> None:
    async with ParseWorkers() as workers:
        await titles(workers, feed(1))
        first = worker_ids()
        await titles(workers, feed(1))

        assert len(first) == 1
        assert worker_ids() == first
    assert worker_ids() == set()


async def test_as_many_processes_as_asked_for_share_the_work() -> None:
    async with ParseWorkers(count=2) as workers:
        answers = await asyncio.gather(*(titles(workers, feed(n)) for n in range(1, 8)))

        assert [len(answer) for answer in answers] == list(range(1, 8))
        assert len(worker_ids()) == 2


# What is not well-formed goes to feedparser, which looks for a mail address in it, again from each
# letter.
NEVER_ENDING = b"<rss><channel><item><author>" + b"a" * 300_000 + b"</author></item></chanel></rss>"
# Too large for a process that has read before, and still far from the limit of memory.
BIG_AND_NEVER_ENDING = NEVER_ENDING.replace(
    b"<item>", b"<title>" + b"word " * 500_000 + b"</title><item>"
)


def broken(document: bytes) -> bytes:
    return document.replace(b"</channel>", b"<b></channel>")


@pytest.mark.parametrize("body", [BIG_AND_NEVER_ENDING, NEVER_ENDING], ids=["big", "small"])
async def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_read(
    body: bytes,
) -> None:
    async with ParseWorkers(wall_s=3) as workers:
        await titles(workers, feed(1))
        before = worker_ids()
        with pytest.raises(UnreadableDocument) as refusal:
            await titles(workers, body)

        assert refusal.value.what == "it took longer than 3 s to read"
        assert not worker_ids() & before
        assert await titles(workers, feed(1)) == ["T0"]


async def test_a_document_that_eats_memory_is_given_up_and_the_next_one_is_read() -> None:
    bomb = (
        b"<rss version='2.0'><channel><item>"
        + b"<link>x</link>" * 700_000
        + b"</item></channel></rss>"
    )

    async with ParseWorkers(memory_bytes=80 * 1024**2) as workers:
        with pytest.raises(UnreadableDocument) as refusal:
            await titles(workers, bomb)

        assert refusal.value.what in (
            "it needs too much memory to read",
            "reading it took too much memory, or crashed",
        )
        assert await titles(workers, feed(1)) == ["T0"]


async def test_no_document_fails_for_what_its_worker_has_read_before() -> None:
    async with ParseWorkers() as workers:
        await titles(workers, feed(1))
        (process,) = worker_ids()
        os.kill(process, signal.SIGSTOP)
        task = asyncio.create_task(titles(workers, bytearray(feed(2))))
        for _ in range(20):  # until the document is on its way
            await asyncio.sleep(0)
        os.kill(process, signal.SIGKILL)

        assert await task == ["T0", "T1"]


async def test_a_worker_that_dies_between_two_documents_costs_none() -> None:
    async with ParseWorkers() as workers:
        await titles(workers, feed(1))
        for process in worker_ids():
            os.kill(process, signal.SIGKILL)
        await asyncio.sleep(0.3)

        assert await titles(workers, feed(1)) == ["T0"]


async def test_a_worker_that_dies_over_a_document_costs_that_document() -> None:
    async with ParseWorkers() as workers:
        task = asyncio.create_task(titles(workers, feed(10_000, words=400)))
        await until_there_is_a_worker()
        for process in worker_ids():
            os.kill(process, signal.SIGKILL)
        with pytest.raises(UnreadableDocument) as refusal:
            await task

        assert refusal.value.what == "reading it took too much memory, or crashed"
        assert await titles(workers, feed(1)) == ["T0"]


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
ATTRIBUTES = " ".join(f"a{n}='x'" for n in range(100_000))
OUTER = "<rss version='2.0'><channel>{}<item><title>T</title></item></channel></rss>"
HOSTILE = {
    "newlines": b"\n" * 20_000 + feed(1),
    "doctypes": b"<!DOCTYPE a>" * 50_000 + feed(1),
    "doctypes never closed": b"<!DOCTYPE " * 100_000,
    "attributes": OUTER.format(f"<x {ATTRIBUTES}/>").encode(),
    "bad references": OUTER.format("<title>&#xD800;&#0;&#x110000;&#99999999999;</title>").encode(),
    "path": b"/etc/passwd",
    "bomb": f'<!DOCTYPE rss [<!ENTITY e0 "x">{BOMB}]><rss>&e11;</rss>'.encode(),
    "external": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
    "deep": b"<rss><channel>" + b"<a>" * 200_000,
    "prefixes": OUTER.format("<p:x/>" * 100_000).encode(),
    "entries": OUTER.format("<item/>" * 300_000).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_costs_itself_alone(name: str) -> None:
    async with ParseWorkers(wall_s=15) as workers:
        with contextlib.suppress(UnreadableDocument):
            read = await titles(workers, HOSTILE[name])
            assert "root:" not in str(read)

        assert await titles(workers, feed(1)) == ["T0"]


async def test_a_large_feed_is_read_in_passing_and_comes_back_whole() -> None:
    body = feed(3_000, words=300)
    async with ParseWorkers() as workers:
        document = await workers.parse("feed", body, base_url=BASE, content_type=None)
        small = await workers.parse("feed", feed(1), base_url=BASE, content_type=None)

    assert [entry.title for entry in document.entries] == [f"T{n}" for n in range(3_000)]
    assert {entry.summary for entry in document.entries} == {("word " * 300).strip()}
    assert [entry.title for entry in small.entries] == ["T0"]


@pytest.mark.parametrize("body", [broken(feed(600, words=1_000)), feed(600, 1_000).decode("ascii")])
async def test_a_large_feed_that_needs_mending_is_asked_for_again(body: bytes | str) -> None:
    raw = body.encode("utf-16") if isinstance(body, str) else body
    async with ParseWorkers() as workers:
        assert await titles(workers, raw) == [f"T{n}" for n in range(600)]
        assert await titles(workers, feed(1)) == ["T0"]


async def test_a_large_page_is_refused_and_the_next_document_is_read() -> None:
    async with ParseWorkers() as workers:
        with pytest.raises(UnreadableDocument):
            await titles(workers, b"<html>" + b"<p>word</p>" * 300_000 + b"</html>")

        assert await titles(workers, feed(1)) == ["T0"]


async def test_a_body_that_may_go_is_gone_when_the_document_comes() -> None:
    bodies = [bytearray(feed(2)), bytearray(feed(3_000, words=300))]
    async with ParseWorkers() as workers:
        documents = [
            await workers.parse("feed", body, base_url=BASE, content_type=None) for body in bodies
        ]

    assert bodies == [b"", b""]
    assert [len(document.entries) for document in documents] == [2, 3_000]


async def test_a_worker_is_replaced_after_a_huge_document() -> None:
    async with ParseWorkers() as workers:
        await titles(workers, feed(1))
        before = worker_ids()
        assert len(await titles(workers, broken(feed(4_000, words=200)))) == 4_000
        await titles(workers, feed(1))

        assert len(before) == len(worker_ids()) == 1
        assert not worker_ids() & before


async def test_a_cancelled_document_leaves_no_process() -> None:
    async with ParseWorkers() as workers:
        task = asyncio.create_task(titles(workers, feed(10_000, words=400)))
        await until_there_is_a_worker()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await until_there_is_no_worker()
        assert await titles(workers, feed(1)) == ["T0"]
    assert worker_ids() == set()


async def test_leaving_the_block_ends_a_worker_that_is_still_reading() -> None:
    async with ParseWorkers() as workers:
        task = asyncio.create_task(titles(workers, feed(10_000, words=400)))
        await until_there_is_a_worker()

    assert worker_ids() == set()
    with pytest.raises(UnreadableDocument):
        await task


async def test_a_cancelled_run_still_ends_its_workers() -> None:
    async def run() -> None:
        async with ParseWorkers() as workers:
            await titles(workers, feed(1))
            task = asyncio.current_task()
            assert task is not None
            task.cancel()  # as a signal does that comes while the run is busy

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(run())

    assert worker_ids() == set()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_worker_ends_with_its_parent() -> None:
    program = (
        "import asyncio, os\n"
        "from papertrack.net.parsing import ParseWorkers\n"
        "async def main():\n"
        "    workers = ParseWorkers()\n"
        "    await workers.parse('feed', b'<rss></rss>', base_url='', content_type=None)\n"
        "    print(workers._idle[0].pid, flush=True)\n"
        "    os._exit(0)\n"
        "asyncio.run(main())\n"
    )

    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    worker = int(ended.stdout)
    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the worker outlived its parent")


def test_neither_side_loads_what_it_does_not_need() -> None:
    program = "import sys, {}; print(*sorted(set(sys.modules) & set({!r})))"
    for module, needless in (
        ("papertrack.net.parsing", ["feedparser", "lxml", "papertrack.core.parse"]),
        (
            "papertrack.net.parse_worker",
            [*("httpx", "sqlite_utils", "typer", "rich", "asyncio"), "feedparser", "lxml.html"],
        ),
    ):
        loaded = subprocess.run(
            [sys.executable, "-c", program.format(module, needless)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert loaded.stdout.split() == []
