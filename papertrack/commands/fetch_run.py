"""What the parts of a fetch share: the open resources, taking a document in, and the log."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from papertrack.commands.fetch_report import SourceReport
from papertrack.commands.fetch_writer import Writer
from papertrack.config import Config, FeedSource, SourceConfig
from papertrack.core.text.clean import one_line
from papertrack.core.watch.plan import takes, wants
from papertrack.core.works import ingest
from papertrack.core.works.incoming import prepare
from papertrack.errors import PapertrackError, SourceError, UnreadableDocument
from papertrack.net.client import Client, HttpError, Response
from papertrack.net.parsing import ParseWorkers
from papertrack.net.polite import PoliteLine
from papertrack.storage import documents
from papertrack.storage.ingest import apply_changes, find_known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.records import Document, Entry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the author wants beyond the usual.

    Attributes:
        force: Ask also for what is not due, and for bodies that have not changed.
        since: Catch arXiv up from this day on; None leaves it to what is missing.
    """

    force: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What every download of a run shares.

    Attributes:
        arxiv: The one line to all of arXiv's services.
        writer: The one door to `db` for what is written.
        zone: The author's, whose days feeds are accounted by.
        source_ids: The rows of all sources, by slug.
        on_done: Hears of each source as it is finished.
        brought: The items that came in during this run.
        moved: The addresses that were redirected for good during it.
        name: What the log calls this run.
    """

    db: sqlite3.Connection
    config: Config
    client: Client
    arxiv: PoliteLine
    reader: ParseWorkers
    writer: Writer
    clock: Callable[[], datetime]
    zone: tzinfo
    source_ids: Mapping[str, int]
    on_done: Callable[[SourceReport], None]
    wishes: Wishes = Wishes()
    brought: set[int] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    name: str = field(default_factory=lambda: os.urandom(8).hex())

    async def write(self, source: SourceConfig, job: Callable[[], T]) -> T:
        """Write for a source, in the order of the config; see `Writer.write`."""
        return await self.writer.write(self.config.sources.index(source), job)


@dataclass(frozen=True, slots=True)
class Intake:
    """What a source took from one document, or from several."""

    entries: int = 0
    new: int = 0
    updated: int = 0
    problems: tuple[str, ...] = ()
    newest_at: datetime | None = None

    def __add__(self, other: Intake) -> Intake:
        """Add what another document brought."""
        dates = [date for date in (self.newest_at, other.newest_at) if date]
        return Intake(
            self.entries + other.entries,
            self.new + other.new,
            self.updated + other.updated,
            (*self.problems, *other.problems),
            max(dates, default=None),
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a source could not be read.

    Attributes:
        hint: What to do about it, as an order; None when `what` says it.
        status: The HTTP status, if the server answered.
        retry_after: The header of that name; None without one.
    """

    what: str
    hint: str | None = None
    status: int | None = None
    retry_after: str | None = None


def trouble_of(error: Exception) -> Trouble:
    """Put what went wrong with one source into words; let go what is more than one's trouble.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    if isinstance(error, HttpError):
        return Trouble(error.what, error.hint, error.status, error.retry_after)
    if isinstance(error, SourceError):
        return Trouble(error.what, error.hint)
    if isinstance(error, sqlite3.Error | PapertrackError):
        raise error
    what = one_line(f"unexpected {type(error).__name__}: {error}")
    return Trouble(what, "report this with the address of the source")


async def read_document(run: Run, kind: str, response: Response) -> Document:
    """Read the body of an answer.

    Raises:
        UnreadableDocument: There is none, or it is not what was asked for.
    """
    if not response.body or not response.body.strip():
        message = "the server sent an empty document"
        raise UnreadableDocument(message, hint="try again later")
    return await run.reader.parse(
        kind, response.body, base_url=response.final_url, content_type=response.content_type
    )


def take_in(
    run: Run,
    reader: SourceConfig,
    document: Document,
    *,
    is_wanted: Callable[[Entry], bool] = lambda _: True,
) -> Intake:
    """Store what a document holds for a source, inside the transaction that is open.

    Args:
        run: Open resources.
        reader: The source.
        document: As read.
        is_wanted: Whether an entry may come in that is not known yet, beside the source's words.
    """
    source_id = run.source_ids[reader.slug]
    mine = [entry for entry in document.entries if takes(reader, entry)]
    incoming = prepare(mine, reader.slug)
    known = find_known(run.db, source_id, incoming)
    decision = ingest.decide(
        known,
        incoming,
        source=reader.slug,
        is_wanted=lambda entry: is_wanted(entry) and wants(reader, entry),
    )
    new = apply_changes(
        run.db,
        decision.changes,
        source_id=source_id,
        now=run.clock(),
        queue_limit=_queue_limit(run, reader, source_id),
    )
    run.brought.update(new)
    reworded = {
        change.key
        for change in decision.changes
        if isinstance(change, ingest.Reworded) and change.is_version and change.key > 0
    }
    return Intake(
        entries=len(mine),
        new=len(new),
        updated=len(reworded - run.brought),
        problems=(*document.problems, *decision.problems),
        newest_at=_newest(mine),
    )


def _queue_limit(run: Run, reader: SourceConfig, source_id: int) -> int | None:
    """Tell how many entries of a feed are queued: few at the first subscription, else all."""
    if not isinstance(reader, FeedSource) or documents.was_whole(run.db, source_id):
        return None
    return run.config.fetch.max_first if reader.max_first is None else reader.max_first


def _newest(entries: Iterable[Entry]) -> datetime | None:
    return max((entry.published_at for entry in entries if entry.published_at), default=None)


def report_of(reader: SourceConfig, outcome: str, intake: Intake | None = None) -> SourceReport:
    """Begin the report of a source with what it took in."""
    took = intake or Intake()
    return SourceReport(
        slug=reader.slug,
        name=reader.name or reader.slug,
        outcome=outcome,
        entries=took.entries,
        new=took.new,
        updated=took.updated,
        problems=took.problems,
    )


def failed(report: SourceReport, trouble: Trouble) -> SourceReport:
    """Say in a report why its source could not be read, or not in full."""
    return replace(
        report,
        outcome="failed",
        error=trouble.what,
        hint=trouble.hint,
        http_status=report.http_status or trouble.status,
    )


def log(
    run: Run,
    report: SourceReport,
    started_at: datetime,
    newest_at: datetime | None = None,
    *,
    remark: str | None = None,
) -> None:
    """Write down how a source fared, inside the transaction that is open.

    Args:
        run: Open resources.
        report: How it fared.
        started_at: When it was begun.
        newest_at: The date of the newest entry.
        remark: What was wrong though it was read.
    """
    documents.write_outcome(
        run.db,
        run.source_ids[report.slug],
        documents.Outcome(
            outcome=report.outcome,
            http_status=report.http_status,
            entries=report.entries,
            new=report.new,
            updated=report.updated,
            dropped=len(report.problems),
            newest_at=newest_at,
            error=report.error or remark,
        ),
        run=run.name,
        started_at=started_at,
        finished_at=run.clock(),
    )
