"""Store what has come, several documents in one transaction.

Every commit waits for the disk; a run of two hundred feeds would wait two hundred times. Who
finishes within the same fifth of a second is stored together, and told so afterwards; when nobody
else can come, nobody is waited for.
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

# A job is given the database and returns a value. It changes nothing else: what it was part of may
# be rolled back after it has returned.
Job = Callable[[sqlite3.Connection], T]

# How long another program may hold the database before the run is given up: as long as every other
# command waits (`storage.database.BUSY_TIMEOUT_S`), but in steps, so that Ctrl-C is heard.
_PATIENCE_S = 30.0
_AGAIN_S = 0.05
_GATHER_S = 0.2
_LOOK_S = 0.003
# Rating must not wait for a whole run: the lock is let go between two transactions.
_AT_ONCE = 16


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
    """Run short jobs on the database, each whole or not at all; use it in ``async with``.

    Args:
        db: The database; nobody else may begin a transaction on it meanwhile.

    Attributes:
        outstanding: How many may still have something to write, those that wait included.
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
                await self._write_some(in_turns=False)

    async def write(self, place: int, job: Job[T]) -> T:
        """Run a job inside a transaction; return its value when what it wrote is on the disk.

        Args:
            place: The lowest goes first of those that wait, so that which server answers a moment
                earlier does not decide about the numbers of items.
            job: Writes to the database that it is given.

        Raises:
            sqlite3.Error, PapertrackError: The transaction failed, for all jobs in it.
            Exception: What the job raised; it alone was rolled back.
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
                await patiently(lambda: self._db.execute("BEGIN IMMEDIATE"))
            except sqlite3.Error as error:
                waiting, self._waiting = self._waiting, []
                _fail(waiting, error)
            else:
                await self._write_some(in_turns=True)

    async def _wait_for_others(self) -> None:
        for _ in range(round(_GATHER_S / _LOOK_S)):
            await asyncio.sleep(_LOOK_S)
            if len(self._waiting) >= min(self.outstanding, _AT_ONCE):
                return

    async def _write_some(self, *, in_turns: bool) -> None:
        """Write what waits, in the transaction that was begun, and end it.

        Args:
            in_turns: Let the loop run between two jobs, which keeps the parsing process fed.
        """
        self._waiting.sort(key=lambda one: one.place)
        chosen, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        answers: list[_Answer] = []
        try:
            for one in chosen:
                answers.append(self._run(one))
                if in_turns:
                    await asyncio.sleep(0)
            self._db.commit()
        except asyncio.CancelledError:
            self._waiting = chosen[len(answers) :] + self._waiting
            self._db.commit()
            _tell(answers)
            raise
        except (sqlite3.Error, PapertrackError) as error:
            self._db.rollback()
            _fail(chosen, error)
        except BaseException as error:
            self._db.rollback()
            _fail(chosen, error)  # or they would wait for ever
            raise
        else:
            _tell(answers)

    def _run(self, one: _Waiting) -> _Answer:
        self._db.execute("SAVEPOINT job")
        try:
            result = one.job(self._db)
        except (sqlite3.Error, PapertrackError):
            raise
        except Exception as error:  # noqa: BLE001  # one source's trouble must not cost the others
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            return _Answer(one.done, None, error)
        self._db.execute("RELEASE job")
        return _Answer(one.done, result, None)


def _tell(answers: list[_Answer]) -> None:
    for answer in answers:
        if answer.done.done():  # cancelled; what it wrote is kept all the same
            continue
        if answer.trouble is None:
            answer.done.set_result(answer.result)
        else:
            answer.done.set_exception(answer.trouble)


def _fail(waiting: list[_Waiting], error: BaseException) -> None:
    for one in waiting:
        if not one.done.done():
            one.done.set_exception(error)


async def patiently(work: Callable[[], T]) -> T:
    """Do short work on the database; do it again while another program is writing.

    Args:
        work: Begins a transaction, and leaves none open.

    Raises:
        sqlite3.Error: Another program wrote for half a minute, or the database failed.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _PATIENCE_S
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or loop.time() >= give_up_at:
                raise
        await asyncio.sleep(_AGAIN_S)


@dataclass(frozen=True, slots=True)
class ArxivRequestSlots:
    """The turns of one process on one database; see `RequestSlots`."""

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
