"""What all parts of a fetch share: open resources, storing a document, reports and the log."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from papertrack.commands.writer import Job, Writer
from papertrack.config.schema import Config, FeedSource, SourceConfig
from papertrack.core.text.clean import one_line
from papertrack.core.text.decode import BROKE_OFF
from papertrack.core.watch.credentials import without_credentials_in
from papertrack.core.watch.plan import has_secrets, takes, wants, without_keys_of
from papertrack.core.watch.record import RunRecord, Trouble, state_of
from papertrack.core.watch.status import Need
from papertrack.core.works import ingest
from papertrack.core.works.prepare import prepare
from papertrack.errors import PapertrackError, SourceError, UnreadableDocument
from papertrack.net.client import Client, HttpError, Response
from papertrack.net.parsing import ParseWorkers
from papertrack.net.rate_limit import RateLimitedClient
from papertrack.storage import coverage, http_cache
from papertrack.storage.ingest import apply_changes, find_known
from papertrack.storage.items import newest_item
from papertrack.storage.sources import source_ids

if TYPE_CHECKING:
    from papertrack.core.records import Document, Entry
    from papertrack.core.watch.record import Day


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The result of fetching one source.

    Attributes:
        outcome: ``stored``, ``partial`` (part of it came), ``unchanged`` (the server said so),
            ``not due`` (not requested yet), ``gone`` (no longer requested) or ``failed``.
        entries: How many entries the source listed.
        new: How many items were added.
        updated: How many known items got another title or text, or a new version.
        error, hint: Why it failed, or what is missing, and what to do; else None.
        state: The same in a word, as in `SourceState`; None if no word fits.
        problems: A sentence for each entry that was left out.
        notices: Warnings about a source that was read.
        coverage: As in `DayOutcome`; None if it was not asked.
        reason: Why it is not complete.
        due_at: When it may be requested again; None means any time.
    """

    slug: str
    name: str
    outcome: str
    http_status: int | None = None
    entries: int = 0
    new: int = 0
    updated: int = 0
    error: str | None = None
    hint: str | None = None
    state: str | None = None
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    coverage: str | None = None
    reason: str | None = None
    due_at: datetime | None = None

    @property
    def is_failure(self) -> bool:
        """Whether the source could not be read, or not in full."""
        return self.outcome in {"failed", "partial"}


@dataclass(frozen=True, slots=True)
class FetchReport:
    """The results of a run, in the order of the config.

    Attributes:
        needs: What else needs the author, of sources whose reports do not say so.
    """

    sources: tuple[SourceReport, ...]
    needs: tuple[Need, ...] = ()

    @property
    def failed(self) -> tuple[SourceReport, ...]:
        """The sources that could not be read, or not in full."""
        return tuple(source for source in self.sources if source.is_failure)

    def having(self, outcome: str) -> tuple[SourceReport, ...]:
        """List the sources with this outcome."""
        return tuple(source for source in self.sources if source.outcome == outcome)

    def total(self, field: str) -> int:
        """Sum one of the counts over all sources."""
        return sum(int(getattr(source, field)) for source in self.sources)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """The options of a fetch.

    Attributes:
        force: Also request sources that are not due, and unchanged documents.
        since: Catch up on arXiv from this day; None to catch up on missing days only.
    """

    force: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts fixed at the start of a run; jobs inside a transaction get only these.

    Attributes:
        name: The id of this run in the log.
        zone: The author's time zone, which decides the day of a feed.
        source_ids: The row ids of all sources, by slug.
        newest_item: The row id of the newest item before the run; 0 if there was none.
        max_first: How many entries of a new feed are queued.
    """

    name: str
    began_at: datetime
    zone: tzinfo
    source_ids: Mapping[str, int]
    newest_item: int
    max_first: int


def read_run_facts(
    db: sqlite3.Connection, config: Config, *, zone: tzinfo, now: datetime
) -> RunFacts:
    """Read the facts that are fixed at the start of a run."""
    return RunFacts(
        name=os.urandom(8).hex(),
        began_at=now,
        zone=zone,
        source_ids=source_ids(db),
        newest_item=newest_item(db),
        max_first=config.fetch.max_first,
    )


@dataclass(frozen=True, slots=True)
class Run:
    """What every download of a run shares.

    Attributes:
        arxiv: The client for all of arXiv's services.
        writer: Does all writes to `db`.
        on_done: Called with each source's report.
    """

    db: sqlite3.Connection
    config: Config
    client: Client
    arxiv: RateLimitedClient
    parser: ParseWorkers
    writer: Writer
    clock: Callable[[], datetime]
    facts: RunFacts
    on_done: Callable[[SourceReport], None]
    options: FetchOptions = FetchOptions()

    async def write(self, source: SourceConfig, job: Job[T]) -> T:
        """Run a job for a source, in the order of the config; see `Writer.write`."""
        return await self.writer.write(self.config.sources.index(source), job)


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many entries of one or several documents were stored."""

    entries: int = 0
    new: int = 0
    updated: int = 0
    problems: tuple[str, ...] = ()
    oldest_at: datetime | None = None
    newest_at: datetime | None = None

    def __add__(self, other: ImportCounts) -> ImportCounts:
        """Add the counts of another document."""
        first = [date for date in (self.oldest_at, other.oldest_at) if date]
        last = [date for date in (self.newest_at, other.newest_at) if date]
        return ImportCounts(
            self.entries + other.entries,
            self.new + other.new,
            self.updated + other.updated,
            (*self.problems, *other.problems),
            min(first, default=None),
            max(last, default=None),
        )


NOTHING = ImportCounts()


def trouble_of(error: Exception) -> Trouble:
    """Describe the failure of one source; re-raise errors that affect all of them.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    if isinstance(error, HttpError):
        return Trouble(error.what, error.hint, error.status, error.retry_after, error.kind)
    if isinstance(error, SourceError):
        return Trouble(error.what, error.hint, state=error.kind)
    if isinstance(error, sqlite3.Error | PapertrackError):
        raise error
    what = without_credentials_in(one_line(f"unexpected {type(error).__name__}: {error}"))
    return Trouble(what, "report this with the address of the source")


async def read_document(run: Run, kind: str, response: Response) -> Document:
    """Parse the body of a response.

    Returns:
        The document; it is not whole if the server closed the connection early.

    Raises:
        UnreadableDocument: There is no body, or it is not the expected kind of document.
    """
    if not response.body or not response.body.strip():
        message = BROKE_OFF if response.truncated else "the server sent an empty document"
        raise UnreadableDocument(message, hint="try again later")
    document = await run.parser.parse(
        kind,
        response.body,
        base_url=response.final_url,
        content_type=response.content_type,
        prepares=True,
    )
    return replace(document, is_whole=document.is_whole and not response.truncated)


def store_document(
    db: sqlite3.Connection,
    facts: RunFacts,
    subscription: SourceConfig,
    document: Document,
    now: datetime,
    *,
    is_wanted: Callable[[Entry], bool] = lambda _: True,
) -> ImportCounts:
    """Store the entries of a document for a source, inside the open transaction.

    Args:
        db: The database.
        facts: The facts of the run.
        subscription: The source.
        document: The parsed document.
        now: When it was downloaded.
        is_wanted: Whether to store an unknown entry, besides the filters of the source.
    """
    source_id = facts.source_ids[subscription.slug]
    wanted = [entry for entry in document.entries if takes(subscription, entry)]
    prepared = document.prepared
    if has_secrets(subscription):
        wanted = [without_keys_of(subscription, entry) for entry in wanted]
        prepared = {}  # the secrets are in it
    incoming = prepare(wanted, subscription.slug, prepared)
    known = find_known(db, source_id, incoming)
    decision = ingest.decide(
        known,
        incoming,
        source=subscription.slug,
        is_wanted=lambda entry: is_wanted(entry) and wants(subscription, entry),
    )
    new = apply_changes(
        db,
        decision.changes,
        source_id=source_id,
        now=now,
        queue_limit=_queue_limit(db, facts, subscription),
    )
    reworded = {
        change.key
        for change in decision.changes
        # An item added in this run counts as new, even if another source has other facts.
        if isinstance(change, ingest.FactsChanged)
        and change.is_version
        and 0 < change.key <= facts.newest_item
    }
    dates = [entry.published_at for entry in wanted if entry.published_at]
    return ImportCounts(
        entries=len(wanted),
        new=len(new),
        updated=len(reworded),
        problems=(*document.problems, *decision.problems),
        oldest_at=min(dates, default=None),
        newest_at=max(dates, default=None),
    )


def _queue_limit(db: sqlite3.Connection, facts: RunFacts, subscription: SourceConfig) -> int | None:
    """Return how many entries to queue: a few from a new feed; None for all."""
    if not isinstance(subscription, FeedSource):
        return None
    if http_cache.was_whole(db, facts.source_ids[subscription.slug]):
        return None
    return facts.max_first if subscription.max_first is None else subscription.max_first


def skipped(subscription: SourceConfig, outcome: str) -> SourceReport:
    """Report a source that was not asked."""
    return SourceReport(subscription.slug, subscription.name or subscription.slug, outcome)


def record_of(
    response: Response, document: Document | None, counts: ImportCounts = NOTHING
) -> RunRecord:
    """Make the record of one document.

    Args:
        response: The answer, with or without its body.
        document: What was read of it; None if it has not changed.
        counts: What was stored of it.
    """
    record = RunRecord(
        http_status=response.status,
        is_unchanged=document is None,
        announced_bytes=response.announced_bytes,
        received_bytes=response.received_bytes,
        broke_off=response.truncated,
    )
    if document is None:
        return record
    shown = len(document.entries) + document.repeats + len(document.problems)
    return counted(
        replace(
            record,
            root_closed=document.is_whole,
            announced=document.total,
            shown=shown,
            repeats=document.repeats,
        ),
        counts,
    )


def counted(record: RunRecord, counts: ImportCounts) -> RunRecord:
    """Put into a record what was stored for its source."""
    return replace(
        record,
        unread=len(counts.problems),
        entries=counts.entries,
        new=counts.new,
        updated=counts.updated,
        oldest_at=counts.oldest_at,
        newest_at=counts.newest_at,
    )


def report_of(
    subscription: SourceConfig,
    record: RunRecord,
    day: Day | None = None,
    problems: tuple[str, ...] = (),
) -> SourceReport:
    """Report what a record proves.

    Args:
        subscription: The source.
        record: Its record.
        day: How the day was judged; None if it was not.
        problems: A sentence for each entry that was left out.
    """
    lack = record.lack
    state = lack.state if lack else None
    return SourceReport(
        slug=subscription.slug,
        name=subscription.name or subscription.slug,
        outcome=record.outcome,
        http_status=record.http_status,
        entries=record.entries,
        new=record.new,
        updated=record.updated,
        error=lack.what if lack else None,
        hint=lack.hint if lack else None,
        state=state_of(record, day) if day else state,
        problems=problems,
        coverage=day.outcome.value if day else None,
        reason=day.reason if day else None,
    )


def log_run(
    db: sqlite3.Connection,
    facts: RunFacts,
    report: SourceReport,
    record: RunRecord,
    span: tuple[datetime, datetime],
) -> None:
    """Store the record of a source, inside the open transaction.

    Args:
        db: The database.
        facts: The facts of the run.
        report: What is reported of it.
        record: The record.
        span: When its fetch began and ended.
    """
    coverage.write_record(
        db, facts.source_ids[report.slug], record, report.outcome, run=facts.name, span=span
    )
