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
from typing import TYPE_CHECKING, Any, Self, TypeVar

from papertrack.errors import PapertrackError

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

# How long another program may hold the database before the run is given up: as long as every other
# command waits (`storage.database.BUSY_TIMEOUT_S`), but in steps, so that Ctrl-C is heard.
_PATIENCE_S = 30.0
_AGAIN_S = 0.05
_GATHER_S = 0.2
_LOOK_S = 0.003
# Rating must not wait for a whole run: the lock is let go between two transactions.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Job:
    place: int
    write: Callable[[], Any]
    done: asyncio.Future[Any]


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
        self._waiting: list[_Job] = []
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
        if exc is None or isinstance(exc, asyncio.CancelledError):
            while self._waiting:
                self._write_some()

    async def write(self, place: int, job: Callable[[], T]) -> T:
        """Run a job inside a transaction; returns when what it wrote is on the disk.

        Args:
            place: The lowest goes first of those that wait, so that which server answers a moment
                earlier does not decide about the numbers of items.
            job: What to write.

        Raises:
            sqlite3.Error, PapertrackError: The transaction failed, for all jobs in it.
            Exception: What the job raised; it alone was rolled back.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(place, job, done))
        if self._gathering is None or self._gathering.done():
            self._gathering = asyncio.create_task(self._gather())
        return await done

    async def _gather(self) -> None:
        while self._waiting:
            await self._wait_for_others()
            try:
                await patiently(self._write_some)
            except sqlite3.Error as error:
                waiting, self._waiting = self._waiting, []
                _fail(waiting, error)

    async def _wait_for_others(self) -> None:
        for _ in range(round(_GATHER_S / _LOOK_S)):
            await asyncio.sleep(_LOOK_S)
            if len(self._waiting) >= min(self.outstanding, _AT_ONCE):
                return

    def _write_some(self) -> None:
        """Write what waits.

        Raises:
            sqlite3.OperationalError: Another program is writing; nothing was begun.
        """
        self._db.execute("BEGIN IMMEDIATE")
        self._waiting.sort(key=lambda job: job.place)
        jobs, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        try:
            answers = [(job, *self._run(job)) for job in jobs]
            self._db.commit()
        except BaseException as error:
            self._db.rollback()
            _fail(jobs, error)
            if not isinstance(error, Exception):
                raise
            return
        for job, result, trouble in answers:
            if job.done.done():  # cancelled; what it wrote is kept all the same
                continue
            if trouble is None:
                job.done.set_result(result)
            else:
                job.done.set_exception(trouble)

    def _run(self, job: _Job) -> tuple[Any, BaseException | None]:
        self._db.execute("SAVEPOINT job")
        try:
            result = job.write()
        except (sqlite3.Error, PapertrackError):
            raise
        except Exception as error:  # noqa: BLE001  # one source's trouble must not cost the others
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            return None, error
        self._db.execute("RELEASE job")
        return result, None


def _fail(jobs: list[_Job], error: BaseException) -> None:
    for job in jobs:
        if not job.done.done():
            job.done.set_exception(error)


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
