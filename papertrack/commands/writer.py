"""Store several documents in one transaction.

Every commit waits for the disk; a run of two hundred feeds would wait two hundred times. Jobs that
arrive within the same fifth of a second are committed together; if no further job can arrive, they
are committed at once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from papertrack.errors import PapertrackError
from papertrack.storage import http_cache

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

# A job takes the database and returns a value. It must not change anything else, because its
# transaction may be rolled back after it has returned.
Job = Callable[[sqlite3.Connection], T]

# How long to wait for a database locked by another program: as long as other commands
# (`storage.database.BUSY_TIMEOUT_S`), but in steps, so that Ctrl-C is handled.
_BUSY_TIMEOUT_S = 30.0
_RETRY_S = 0.05
_GATHER_S = 0.2
_POLL_S = 0.003
# Jobs in a transaction; the lock is released in between, so that rating never waits for long.
_BATCH = 16


@dataclass(frozen=True, slots=True)
class _Waiting:
    place: int
    job: Job[Any]
    done: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    done: asyncio.Future[Any]
    result: Any
    trouble: Exception | None


class Writer:
    """Run short jobs on the database, each atomically; use it in ``async with``.

    Args:
        db: The database; nothing else may begin a transaction on this connection.

    Attributes:
        outstanding: How many jobs may still come, including those that wait.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.outstanding = 1
        self._waiting: list[_Waiting] = []
        self._gathering: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            await asyncio.gather(self._gathering, return_exceptions=True)
        if exc is None or isinstance(exc, asyncio.CancelledError):
            while self._waiting:
                self._db.execute("BEGIN IMMEDIATE")
                await self._write_batch(yields_between=False)

    async def write(self, place: int, job: Job[T]) -> T:
        """Run a job inside a transaction; return its value once its writes are on disk.

        Args:
            place: Waiting jobs run in this order, so that the numbers of items do not depend on
                which server answers first.
            job: Writes to the database that it is given.

        Raises:
            sqlite3.Error, PapertrackError: The transaction failed, for all jobs in it.
            Exception: Raised by the job; only this job was rolled back.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(place, job, done))
        if self._gathering is None or self._gathering.done():
            self._gathering = asyncio.create_task(self._gather())
        return await done

    async def _gather(self) -> None:
        while self._waiting:
            await self._wait_for_others()
            try:
                await retry_while_busy(lambda: self._db.execute("BEGIN IMMEDIATE"))
            except sqlite3.Error as error:
                waiting, self._waiting = self._waiting, []
                _fail(waiting, error)
            else:
                await self._write_batch(yields_between=True)

    async def _wait_for_others(self) -> None:
        for _ in range(round(_GATHER_S / _POLL_S)):
            await asyncio.sleep(_POLL_S)
            if len(self._waiting) >= min(self.outstanding, _BATCH):
                return

    async def _write_batch(self, *, yields_between: bool) -> None:
        """Run a batch of waiting jobs in the open transaction, and commit it.

        Args:
            yields_between: Let the event loop run between jobs, to keep the parsing process busy.
        """
        self._waiting.sort(key=lambda one: one.place)
        chosen, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
        answers: list[_Answer] = []
        try:
            for one in chosen:
                answers.append(self._run(one))
                if yields_between:
                    await asyncio.sleep(0)
            self._db.commit()
        except asyncio.CancelledError:
            self._waiting = chosen[len(answers) :] + self._waiting
            self._db.commit()
            _resolve(answers)
            raise
        except (sqlite3.Error, PapertrackError) as error:
            self._db.rollback()
            _fail(chosen, error)
        except BaseException as error:
            self._db.rollback()
            _fail(chosen, error)  # or the callers would wait forever
            raise
        else:
            _resolve(answers)

    def _run(self, one: _Waiting) -> _Answer:
        self._db.execute("SAVEPOINT job")
        try:
            result = one.job(self._db)
        except (sqlite3.Error, PapertrackError):
            raise
        except Exception as error:  # noqa: BLE001  # the other sources must not fail with it
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            return _Answer(one.done, None, error)
        self._db.execute("RELEASE job")
        return _Answer(one.done, result, None)


def _resolve(answers: list[_Answer]) -> None:
    for answer in answers:
        if answer.done.done():  # cancelled; its writes are kept anyway
            continue
        if answer.trouble is None:
            answer.done.set_result(answer.result)
        else:
            answer.done.set_exception(answer.trouble)


def _fail(waiting: list[_Waiting], error: BaseException) -> None:
    for one in waiting:
        if not one.done.done():
            one.done.set_exception(error)


async def retry_while_busy(work: Callable[[], T]) -> T:
    """Run a short operation on the database, and retry while another program is writing.

    Args:
        work: The operation; if it fails, it must not leave a transaction open.

    Raises:
        sqlite3.Error: Another program was writing for half a minute, or the database failed.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _BUSY_TIMEOUT_S
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or loop.time() >= give_up_at:
                raise
        await asyncio.sleep(_RETRY_S)


@dataclass(frozen=True, slots=True)
class ArxivRequestSlots:
    """Request slots stored in the database, shared by all its processes; see `RequestSlots`."""

    db: sqlite3.Connection
    clock: Callable[[], datetime]
    pause_s: float

    async def take(self) -> float:
        """Reserve the next request; return the seconds to wait for it."""
        return await retry_while_busy(
            lambda: http_cache.reserve_turn(self.db, http_cache.ARXIV, self.clock(), self.pause_s)
        )

    async def end(self) -> None:
        """Record the end of a request; the next pause counts from it."""
        await retry_while_busy(
            lambda: http_cache.note_answer(self.db, http_cache.ARXIV, self.clock())
        )
