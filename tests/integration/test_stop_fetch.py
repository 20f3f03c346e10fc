"""A fetch that is stopped, killed or run beside others: nothing is lost, locked or left behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.process import environment
from tests.samples import Paper, Post, arxiv_day, rss
from tests.servers import RawServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from tests.author import Author
    from tests.servers import FeedServer

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")

POSTS = 20


def _blog(number: int) -> str:
    posts = (
        Post(
            f"Post {number}.{post}",
            f"https://blog.example.org/{number}/{post}",
            f"{number}.{post}",
            body="<p>Some words.</p>" * 50,
        )
        for post in range(POSTS)
    )
    return rss(*posts)


def _subscribe(author: Author, server: FeedServer, count: int) -> None:
    for number in range(count):
        author.add_source(server.put(f"/{number}", _blog(number)), f"blog-{number}")


@contextmanager
def _fetching(author: Author, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        author.command("fetch", *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(author.folder),
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _until(is_so: Callable[[], bool], patience_s: float = 30.0) -> None:
    give_up_at = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def _finished(author: Author) -> int:
    """Count the sources that the fetch log calls finished; 0 while there is no database."""
    if not author.database.exists():
        return 0
    return int(author.rows("SELECT count(*) FROM fetches")[0][0])


def _stat(pid: int) -> list[str]:
    """Read state, parent and so on of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _children(pid: int) -> list[int]:
    everybody = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [one for one in everybody if _stat(one)[1:2] == [str(pid)]]


def _is_alive(pid: int) -> bool:
    return _stat(pid)[:1] not in ([], ["Z"])


class Gate:
    """A server that answers nobody until it is opened, and then everybody with one document."""

    def __init__(self, body: str) -> None:
        self.asked, self.sent = threading.Event(), threading.Event()
        self._opened = threading.Event()
        self._body = body.encode()

    def answer(self, connection: socket.socket) -> None:
        connection.recv(65536)
        self.asked.set()
        while not self._opened.wait(0.05):
            connection.settimeout(0.001)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(self._body)}\r\n\r\n"
        connection.settimeout(30)
        connection.sendall(head.encode() + self._body)
        self.sent.set()
        connection.recv(1)  # the client has read it when it hangs up or asks again

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
def gate() -> Iterator[tuple[Gate, str]]:
    gate = Gate(rss(Post("Behind the gate", "https://gate.example.org/", "gate")))
    with RawServer(gate.answer) as server:
        yield gate, server.url


def _assert_stopped_well(
    author: Author, process: subprocess.Popen[str], children: list[int], code: int, finished: int
) -> None:
    _, err = process.communicate(timeout=15)
    assert process.returncode == code
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert err.startswith("papertrack: ")
    _until(lambda: not any(map(_is_alive, children)))
    assert author.rows("PRAGMA integrity_check") == [("ok",)]
    assert author.rows("SELECT count(*) FROM items") == [(finished * POSTS,)]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_a_server_hangs_keeps_the_finished_sources(
    author: Author, server: FeedServer, gate: tuple[Gate, str], sent: signal.Signals, code: int
) -> None:
    _subscribe(author, server, 3)
    author.add_source(gate[1], "gate")
    with _fetching(author) as process:
        assert gate[0].asked.wait(30)
        _until(lambda: _finished(author) == 3)
        children = _children(process.pid)
        process.send_signal(sent)
        _assert_stopped_well(author, process, children, code, finished=3)

    assert children
    gate[0].open()
    assert author.types("fetch").code == 0  # the lock is free, and the rest comes in
    assert author.rows("SELECT 1 FROM items WHERE title = 'Behind the gate'") == [(1,)]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_a_document_is_read_ends_its_reader(
    author: Author, server: FeedServer, gate: tuple[Gate, str], sent: signal.Signals, code: int
) -> None:
    _subscribe(author, server, 3)
    author.add_source(gate[1], "gate")
    with _fetching(author) as process:
        assert gate[0].asked.wait(30)
        _until(lambda: _finished(author) == 3)
        readers = _children(process.pid)
        for reader in readers:
            os.kill(reader, signal.SIGSTOP)  # the document to come takes it for ever
        gate[0].open()
        assert gate[0].sent.wait(30)
        _until_it_waits(process.pid)
        process.send_signal(sent)
        _assert_stopped_well(author, process, readers, code, finished=3)


def _until_it_waits(pid: int) -> None:
    """Return when a process has nothing left to do but wait."""
    before: list[str] = []
    alike = 0
    while alike < 20:
        now = _stat(pid)
        alike = alike + 1 if now[:1] == ["S"] and now[11:13] == before[11:13] else 0
        before = now
        time.sleep(0.01)


def test_a_signal_during_the_pause_before_arxiv_ends_the_run(
    author: Author, server: FeedServer
) -> None:
    author.write_config(
        author.config.read_text("utf-8")
        .replace("pause_s = 0", "pause_s = 600")
        .replace("[arxiv]", f'[arxiv]\nfeed_url = "{server.url}/atom"')
        + '\n[[sources]]\nslug = "arxiv"\nkind = "arxiv"\ncategories = ["cs.AI", "cs.LG"]\n'
    )
    server.put("/atom/cs.AI+cs.LG", arxiv_day(Paper("9911.99901")))
    with _fetching(author) as first:
        first.wait(30)
    _subscribe(author, server, 1)

    with _fetching(author, "--force") as process:
        _until(lambda: author.rows("SELECT count(*) FROM items") == [(1 + POSTS,)])
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)

    assert process.returncode == 143
    assert sum(request.path.startswith("/atom") for request in server.requests) == 1


def test_kill_9_leaves_a_database_that_the_next_command_uses(
    author: Author, server: FeedServer, gate: tuple[Gate, str]
) -> None:
    _subscribe(author, server, 30)
    author.add_source(gate[1], "gate")  # so that no run ends by itself
    stored = 0
    for moment in (0, 1, 2, 7, 15, 29):
        before = _finished(author)
        with _fetching(author, "--force") as process:
            _until(lambda: author.database.exists() and _finished(author) >= before + moment)  # noqa: B023
            children = _children(process.pid)
            process.kill()
            process.communicate()

        _until(lambda: not any(map(_is_alive, children)))  # noqa: B023
        assert author.rows("PRAGMA quick_check") == [("ok",)]
        assert author.rows("PRAGMA foreign_key_check") == []
        listed = author.types("list", "--ids")
        assert (listed.code, listed.err) == (0, "")
        now = len(listed.out.split())
        assert now >= stored
        assert now % POSTS == 0  # a source is stored whole or not at all
        stored = now

    gate[0].open()
    printed = author.types("fetch", "--force")
    assert (printed.code, printed.err) == (0, "")
    assert author.rows("SELECT count(*) FROM items") == [(30 * POSTS + 1,)]
    assert not list(author.folder.glob(".papertrack.db.new-*"))


def test_no_write_lock_is_held_while_a_server_or_a_reader_takes_its_time(
    author: Author, server: FeedServer, gate: tuple[Gate, str]
) -> None:
    _subscribe(author, server, 2)
    author.add_source(gate[1], "gate")
    with _fetching(author) as process:
        assert gate[0].asked.wait(30)
        _until(lambda: _finished(author) == 2)
        _assert_writable_at_once(author)
        readers = _children(process.pid)
        for reader in readers:
            os.kill(reader, signal.SIGSTOP)
        gate[0].open()
        assert gate[0].sent.wait(30)
        _until_it_waits(process.pid)
        _assert_writable_at_once(author)


def _assert_writable_at_once(author: Author) -> None:
    with closing(sqlite3.connect(author.database, timeout=0, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")


def test_rating_goes_on_in_other_processes_while_a_hundred_feeds_arrive(
    author: Author, server: FeedServer
) -> None:
    for number in range(12):
        author.types("add", "--title", f"Work {number}")
    _subscribe(author, server, 100)

    rated = 0
    with _fetching(author) as process:
        while process.poll() is None and rated < 12:
            rated += 1
            printed = author.starts("rate", str(rated), "--area", "interp", "--value", "3")
            assert (printed.code, printed.err) == (0, "")
        out, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (0, "")
    assert out.startswith("fetched 100 sources: ")
    assert author.rows("SELECT count(*) FROM ratings") == [(rated,)]
    assert author.rows("SELECT count(*) FROM items") == [(12 + 100 * POSTS,)]


def test_a_second_fetch_exits_75_names_the_first_and_changes_nothing(
    author: Author, server: FeedServer, gate: tuple[Gate, str]
) -> None:
    _subscribe(author, server, 1)
    author.add_source(gate[1], "gate")
    with _fetching(author) as first:
        assert gate[0].asked.wait(30)
        _until(lambda: _finished(author) == 1)
        asked = len(server.requests)

        second = author.starts("fetch")

        assert second.code == 75
        assert f"process {first.pid}" in second.err
        assert len(server.requests) == asked
        assert _finished(author) == 1


def test_two_fetches_at_the_same_moment_are_one(author: Author, gate: tuple[Gate, str]) -> None:
    """Nobody has made the database yet: both make it, one fetches."""
    author.add_source(gate[1], "gate")
    with _fetching(author) as one, _fetching(author) as two:
        _until(lambda: one.poll() is not None or two.poll() is not None)
        late, early = (one, two) if one.poll() is not None else (two, one)
        assert late.returncode == 75
        assert gate[0].asked.wait(30)
        gate[0].open()
        _, err = early.communicate(timeout=30)

    assert (early.returncode, err) == (0, "")
    assert author.rows("SELECT count(*) FROM items") == [(1,)]
