"""Bring in what is new from every source; one source's trouble is that source's alone."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.commands.fetch_report import FetchReport, SourceReport
from papertrack.config import FeedSource
from papertrack.core import ingest
from papertrack.core.clean import one_line
from papertrack.core.incoming import prepare
from papertrack.core.plan import Download, plan, takes, wants
from papertrack.errors import PapertrackError, SourceError, UnreadableDocument, UsageError
from papertrack.net.client import Client, HttpError, Request, Response
from papertrack.net.parsing import ParseWorkers
from papertrack.storage import documents, sources
from papertrack.storage.database import transaction
from papertrack.storage.ingest import apply_changes, find_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config import Config, SourceConfig
    from papertrack.core.records import Document


@dataclass(frozen=True, slots=True)
class Run:
    """What every download of a run shares.

    Attributes:
        pause_s: Seconds between two requests to arXiv.
        on_done: Hears of each source as it is finished.
        brought: The items that came in during this run.
        name: What the log calls this run.
    """

    db: sqlite3.Connection
    client: Client
    reader: ParseWorkers
    pause_s: float
    clock: Callable[[], datetime]
    on_done: Callable[[SourceReport], None]
    brought: set[int] = field(default_factory=set)
    name: str = field(default_factory=lambda: os.urandom(8).hex())


def choose_sources(config: Config, slugs: Sequence[str]) -> list[SourceConfig]:
    """Pick sources by slug, all of them when none is named.

    Raises:
        UsageError: There is no such source, or none at all.
    """
    if not config.sources:
        message = "the config names no sources"
        raise UsageError(message, hint="add a [[sources]] table to it")
    known = {source.slug: source for source in config.sources}
    for slug in slugs:
        if slug not in known:
            message = f'there is no source "{slug}"'
            raise UsageError(message, hint=f"the sources are {', '.join(known)}")
    return [known[slug] for slug in dict.fromkeys(slugs)] if slugs else list(config.sources)


async def fetch(run: Run, config: Config, chosen: Sequence[SourceConfig]) -> FetchReport:
    """Download, read and store everything that the chosen sources show.

    Args:
        run: Open resources; `on_done` hears of each source as it is finished.
        config: The config.
        chosen: The sources.

    Returns:
        The report, also when sources failed.

    Raises:
        PapertrackError: The database failed; what was finished before is stored.
    """
    reports: dict[str, SourceReport] = {}
    asking_arxiv = asyncio.Lock()

    async def one(download: Download) -> None:
        for report in await _fetch_document(run, download, asking_arxiv):
            reports[report.slug] = report
            run.on_done(report)

    try:
        async with asyncio.TaskGroup() as tasks:
            for download in plan(config, chosen):
                tasks.create_task(one(download))
    except ExceptionGroup as group:
        # The first trouble of the database ends the run; the others are its echo.
        raise group.exceptions[0] from None
    return FetchReport(tuple(reports[source.slug] for source in chosen))


async def _fetch_document(
    run: Run, download: Download, asking_arxiv: asyncio.Lock
) -> list[SourceReport]:
    started_at = run.clock()
    status: int | None = None
    try:
        async with AsyncExitStack() as held:
            response = await _ask(run, download, asking_arxiv, held)
            status = response.status
            document = await _read(run, download, response)
        return _store(run, download, response, document, started_at)
    except SourceError as error:
        status = error.status if isinstance(error, HttpError) else status
        return _fail(run, download, started_at, (error.what, error.hint), status)
    except (sqlite3.Error, PapertrackError):
        raise
    except Exception as error:  # noqa: BLE001  # one source's trouble must not cost the others
        what = one_line(f"unexpected {type(error).__name__}: {error}")
        hint = "report this with the address of the source"
        return _fail(run, download, started_at, (what, hint), status)


async def _ask(
    run: Run, download: Download, asking_arxiv: asyncio.Lock, held: AsyncExitStack
) -> Response:
    validators = documents.read_validators(run.db, download.url, download.fingerprint)
    request = Request(
        url=download.url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        allow_private_network=download.allow_private_network,
        user_agent=download.user_agent,
    )
    if not download.is_arxiv:
        return await held.enter_async_context(run.client.download(request))
    async with asking_arxiv:  # one connection at a time, as arXiv's terms ask
        wait_s = documents.reserve_turn(run.db, documents.ARXIV, run.clock(), run.pause_s)
        await asyncio.sleep(wait_s)
        return await held.enter_async_context(run.client.download(request))


async def _read(run: Run, download: Download, response: Response) -> Document | None:
    """Read the body; None when the server says that nothing changed."""
    if response.body is None:
        return None
    if not response.body.strip():
        message = "the server sent an empty document"
        raise UnreadableDocument(message, hint="try again later")
    return await run.reader.parse(
        download.kind,
        response.body,
        base_url=response.final_url,
        content_type=response.content_type,
    )


def _store(
    run: Run,
    download: Download,
    response: Response,
    document: Document | None,
    started_at: datetime,
) -> list[SourceReport]:
    """Store a document for each of its readers, all in one transaction with its validators."""
    reports: list[SourceReport] = []
    now = run.clock()
    with transaction(run.db):
        ids = sources.source_ids(run.db)
        for reader in download.readers:
            source_id = ids[reader.slug]
            if document is None:
                report = SourceReport(
                    reader.slug, reader.name or reader.slug, "unchanged", response.status
                )
            else:
                report = _ingest(run, reader, source_id, document, response.status, now)
            _log(run, source_id, report, document, started_at, now)
            reports.append(report)
        if document is not None:
            # A body that broke off must come whole next time, so its validators are forgotten.
            kept = documents.Validators(response.etag, response.last_modified)
            documents.write_validators(
                run.db,
                download.url,
                download.fingerprint,
                documents.Validators() if response.truncated else kept,
                now,
            )
    return reports


def _ingest(
    run: Run,
    reader: SourceConfig,
    source_id: int,
    document: Document,
    status: int,
    now: datetime,
) -> SourceReport:
    mine = [entry for entry in document.entries if takes(reader, entry)]
    problems = [*document.problems]
    if not mine and isinstance(reader, FeedSource) and sources.has_shown(run.db, source_id):
        problems.append("the feed is empty; it had entries before")
    incoming = prepare(mine, reader.slug)
    known = find_known(run.db, source_id, incoming)
    decision = ingest.decide(
        known, incoming, source=reader.slug, is_wanted=lambda entry: wants(reader, entry)
    )
    new = apply_changes(run.db, decision.changes, source_id=source_id, now=now)
    run.brought.update(new)
    reworded = {c.key for c in decision.changes if isinstance(c, ingest.Reworded) and c.key > 0}
    return SourceReport(
        slug=reader.slug,
        name=reader.name or reader.slug,
        outcome="stored",
        http_status=status,
        entries=len(mine),
        new=len(new),
        updated=len(reworded - run.brought),
        problems=(*problems, *decision.problems),
    )


def _fail(
    run: Run,
    download: Download,
    started_at: datetime,
    why: tuple[str, str | None],
    status: int | None,
) -> list[SourceReport]:
    reports: list[SourceReport] = []
    now = run.clock()
    with transaction(run.db):
        ids = sources.source_ids(run.db)
        for reader in download.readers:
            report = SourceReport(
                slug=reader.slug,
                name=reader.name or reader.slug,
                outcome="failed",
                http_status=status,
                error=why[0],
                hint=why[1],
            )
            _log(run, ids[reader.slug], report, None, started_at, now)
            reports.append(report)
    return reports


def _log(
    run: Run,
    source_id: int,
    report: SourceReport,
    document: Document | None,
    started_at: datetime,
    now: datetime,
) -> None:
    dates = [entry.published_at for entry in document.entries] if document else []
    documents.write_outcome(
        run.db,
        source_id,
        documents.Outcome(
            outcome=report.outcome,
            http_status=report.http_status,
            entries=report.entries,
            new=report.new,
            updated=report.updated,
            dropped=len(report.problems),
            newest_at=max((date for date in dates if date), default=None),
            error=report.error,
        ),
        run=run.name,
        started_at=started_at,
        finished_at=now,
    )
