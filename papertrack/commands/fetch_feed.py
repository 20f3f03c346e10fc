"""Fetch one feed: request it when it is due, store it, and store its validators and redirects."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.fetch_run import (
    NOTHING,
    Run,
    RunFacts,
    log_run,
    read_document,
    record_of,
    report_of,
    skipped,
    store_document,
    trouble_of,
)
from papertrack.core.records import Document
from papertrack.core.text.decode import BROKE_OFF, BROKE_OFF_HINT
from papertrack.core.watch.credentials import address_key, brief
from papertrack.core.watch.plan import is_put_off, next_check
from papertrack.core.watch.record import DayOutcome, RunRecord, Trouble, advise, judge_feed
from papertrack.core.works.identity import canonical_url
from papertrack.errors import UnreadableDocument
from papertrack.net.client import LARGE_BODY_BYTES, Request, Response
from papertrack.storage import coverage, http_cache

if TYPE_CHECKING:
    import sqlite3

    from papertrack.commands.fetch_run import SourceReport
    from papertrack.core.watch.plan import Download

_GONE = 410


@dataclass(frozen=True, slots=True)
class _FeedAnswer:
    """The response of a feed's server.

    Attributes:
        response: Without its body.
        document: None if it has not changed.
        came_at: When it was downloaded.
    """

    response: Response
    document: Document | None
    started_at: datetime
    came_at: datetime


async def fetch_feed(run: Run, download: Download) -> SourceReport:
    """Fetch one feed; its failures end up in the report.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    started_at = run.clock()
    (source,) = download.sources
    known = http_cache.read_document(run.db, download.key, download.fingerprint)
    if not run.options.force:
        if gone_at := http_cache.gone_since(run.db, download.key):
            return replace(
                skipped(source, "gone"),
                reason=f"its server said on {gone_at:%Y-%m-%d} that it is gone for good (HTTP 410)",
            )
        if is_put_off(known.due_at, started_at):
            return replace(skipped(source, "not due"), due_at=known.due_at)
    try:
        async with AsyncExitStack() as held:
            request = _request(download, known.validators, is_forced=run.options.force)
            line = run.arxiv if _is_arxiv(download.url) else run.client
            response = await held.enter_async_context(line.download(request))
            document = None if response.body is None else await _read(run, response)
            is_large = len(response.body or b"") > LARGE_BODY_BYTES
            head = replace(response, body=None)  # drop the body before waiting for the writer
            del response
            if not is_large:
                await held.aclose()
            # A large document keeps its slot in memory until it is stored.
            answer = _FeedAnswer(head, document, started_at, run.clock())
            return await run.write(source, lambda db: _store(db, run.facts, download, answer))
    except Exception as error:  # noqa: BLE001  # the other sources must not fail with it
        trouble, failed_at = trouble_of(error), run.clock()
        return await run.write(
            source,
            lambda db: _store_failure(db, run.facts, download, trouble, (started_at, failed_at)),
        )


async def _read(run: Run, response: Response) -> Document:
    document = await read_document(run, "feed", response)
    if not document.is_whole and not document.entries:
        raise UnreadableDocument(BROKE_OFF, hint=BROKE_OFF_HINT)
    return document


def _is_arxiv(url: str) -> bool:
    """Return whether an address is at arXiv, whose rate limit applies to all requests."""
    host = urlsplit(url).hostname or ""
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def _request(download: Download, known: http_cache.Validators, *, is_forced: bool) -> Request:
    return Request(
        url=download.url,
        etag=None if is_forced else known.etag,
        last_modified=None if is_forced else known.last_modified,
        allow_private_network=download.allow_private_network,
        user_agent=download.user_agent,
    )


def _store(
    db: sqlite3.Connection, facts: RunFacts, download: Download, answer: _FeedAnswer
) -> SourceReport:
    """Store a document and its validators, in the open transaction."""
    (source,) = download.sources
    response, document, now = answer.response, answer.document, answer.came_at
    source_id = facts.source_ids[source.slug]
    past = coverage.read_past(db, source_id)
    counts = NOTHING if document is None else store_document(db, facts, source, document, now)
    record = record_of(response, document, counts)
    day = judge_feed(record, past)
    is_whole = record.lack is None
    is_lacking = day.outcome in {DayOutcome.CAPPED, DayOutcome.FAILED}
    alarms = (day.reason,) if is_whole and is_lacking and day.reason else ()
    due_at = next_check(
        now,
        retry_after=response.retry_after,
        cache_control=response.cache_control,
        expires=response.expires,
        rest_s=document.rest_s if document else None,
    )
    # A truncated document must be downloaded again soon and in full, so drop its validators. The
    # same goes for a feed that lost its entries: a 304 would turn the alarm into a quiet day.
    is_settled = is_whole and day.outcome is not DayOutcome.FAILED
    report = replace(
        report_of(source, record, day, counts.problems),
        notices=(
            *alarms,
            *_note_address(db, download.key, response, now, facts.began_at),
            *_announced_move(document, {download.url, response.final_url}),
        ),
        due_at=due_at if is_settled else None,
    )
    coverage.write_day(db, source_id, now.astimezone(facts.zone).date(), day, now)
    if document is None:
        http_cache.put_off(db, download.key, download.fingerprint, due_at, now)
    else:
        validators = http_cache.Validators(response.etag, response.last_modified)
        http_cache.write_document(
            db,
            download.key,
            download.fingerprint,
            validators if is_settled else http_cache.Validators(),
            due_at=due_at if is_settled else None,
            now=now,
        )
    log_run(db, facts, report, record, (answer.started_at, now))
    return report


def _note_address(
    db: sqlite3.Connection, key: str, response: Response, now: datetime, began_at: datetime
) -> tuple[str, ...]:
    """Store a permanent redirect; return a notice once it is believed."""
    http_cache.note_alive(db, key)
    if response.permanent_url is None:
        http_cache.forget_move(db, key)
        return ()
    noted = {move.url: move.last_at for move in http_cache.list_moves(db, at_least=1)}
    if key not in noted or noted[key] < began_at:  # sources may share an address; count a run once
        http_cache.note_move(db, key, address_key(response.permanent_url), now)
    moves = http_cache.list_moves(db)
    if not any(move.url == key for move in moves):
        return ()
    target = brief(response.permanent_url)
    return (f"has moved permanently to {target}; run: papertrack sources --fix",)


def _announced_move(document: Document | None, known: set[str]) -> tuple[str, ...]:
    """Write a notice if a feed announces a new address; podcasts often announce the current one."""
    if document is None or document.moved_to is None:
        return ()
    if canonical_url(document.moved_to) in set(map(canonical_url, known)):
        return ()
    return (f"says that it has moved to {brief(document.moved_to)}; set that as its url",)


def _store_failure(
    db: sqlite3.Connection,
    facts: RunFacts,
    download: Download,
    trouble: Trouble,
    span: tuple[datetime, datetime],
) -> SourceReport:
    """Store that a feed could not be read; `span` is the start and the end of the attempt."""
    (source,) = download.sources
    _, now = span
    source_id = facts.source_ids[source.slug]
    if trouble.status == _GONE:
        http_cache.note_gone(db, download.key, now)
    due_at = next_check(now, retry_after=trouble.retry_after)
    if due_at is not None:
        http_cache.put_off(db, download.key, download.fingerprint, due_at, now)
    trouble = advise(trouble, coverage.read_past(db, source_id), now)
    record = RunRecord(http_status=trouble.status, trouble=trouble)
    day = judge_feed(record)
    report = replace(report_of(source, record, day), due_at=due_at)
    coverage.write_day(db, source_id, now.astimezone(facts.zone).date(), day, now)
    log_run(db, facts, report, record, span)
    return report
