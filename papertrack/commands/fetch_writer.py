"""Store what has come, several documents in one transaction.

Every commit waits for the disk; a run of two hundred feeds would wait two hundred times. Who
finishes within the same few hundredths of a second is stored together, and told so afterwards.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from papertrack.errors import PapertrackError
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

_GATHER_S = 0.03
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
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
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
            await asyncio.sleep(_GATHER_S)
            self._write_some()

    def _write_some(self) -> None:
        self._waiting.sort(key=lambda job: job.place)
        jobs, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        answers: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            with transaction(self._db):
                answers.extend((job, *self._run(job)) for job in jobs)
        except BaseException as error:
            for job in jobs:
                if not job.done.done():
                    job.done.set_exception(error)
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
