"""Bring in one feed: ask when it is due, store it, and remember what its server said."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.fetch_run import (
    Intake,
    Run,
    Trouble,
    failed,
    log,
    read_document,
    report_of,
    take_in,
    trouble_of,
)
from papertrack.core.watch.coverage import judge_feed
from papertrack.core.watch.schedule import is_put_off, next_check
from papertrack.net.client import LARGE_BODY_BYTES, Request, Response
from papertrack.net.guard import public_url
from papertrack.storage import addresses, coverage, documents

if TYPE_CHECKING:
    from datetime import datetime

    from papertrack.commands.fetch_report import SourceReport
    from papertrack.core.records import Document
    from papertrack.core.watch.plan import Download

_GONE = 410
# One permanent redirect may be a page of maintenance; two in a row are meant.
_MOVES_BELIEVED = 2


async def fetch_feed(run: Run, download: Download) -> SourceReport:
    """Bring in one feed; whatever is wrong with it ends in the report.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    started_at = run.clock()
    (reader,) = download.readers
    known = documents.read_document(run.db, download.url, download.fingerprint)
    if not run.wishes.force:
        if gone_at := addresses.gone_since(run.db, download.url):
            return replace(
                report_of(reader, "gone"),
                reason=f"its server said on {gone_at:%Y-%m-%d} that it is gone for good (HTTP 410)",
            )
        if is_put_off(known.due_at, started_at):
            return replace(report_of(reader, "not due"), due_at=known.due_at)
    try:
        async with AsyncExitStack() as held:
            request = _request(download, known.validators, is_forced=run.wishes.force)
            line = run.arxiv if _is_arxiv(download.url) else run.client
            response = await held.enter_async_context(line.download(request))
            is_same = response.body is None
            document = None if is_same else await read_document(run, "feed", response)
            is_large = len(response.body or b"") > LARGE_BODY_BYTES
            head = replace(response, body=None)  # a body is not kept while it waits to be stored
            del response
            if not is_large:
                await held.aclose()
            # A large document keeps its place among the few in memory until it is stored.
            return await run.write(
                reader, lambda: _store(run, download, head, document, started_at)
            )
    except Exception as error:  # noqa: BLE001  # one source's trouble must not cost the others
        trouble = trouble_of(error)
        return await run.write(reader, lambda: _fail(run, download, trouble, started_at))


def _is_arxiv(url: str) -> bool:
    """Tell whether an address is one of arXiv's, whose pause holds for whoever asks there."""
    host = urlsplit(url).hostname or ""
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def _request(download: Download, known: documents.Validators, *, is_forced: bool) -> Request:
    return Request(
        url=download.url,
        etag=None if is_forced else known.etag,
        last_modified=None if is_forced else known.last_modified,
        allow_private_network=download.allow_private_network,
        user_agent=download.user_agent,
    )


def _store(
    run: Run,
    download: Download,
    response: Response,
    document: Document | None,
    started_at: datetime,
) -> SourceReport:
    """Store a document with its validators, all in one transaction."""
    (reader,) = download.readers
    now = run.clock()
    source_id = run.source_ids[reader.slug]
    usual = coverage.usual_entries(run.db, source_id)
    intake = Intake() if document is None else take_in(run, reader, document)
    day = judge_feed(
        entries=intake.entries,
        new=intake.new,
        entries_before=usual,
        unchanged=document is None,
    )
    alarms = (day.reason,) if day.outcome == "failed" and day.reason else ()
    due_at = next_check(
        now,
        retry_after=response.retry_after,
        cache_control=response.cache_control,
        expires=response.expires,
        rest_s=document.rest_s if document else None,
    )
    report = replace(
        report_of(reader, "unchanged" if document is None else "stored", intake),
        http_status=response.status,
        notices=(*alarms, *_note_address(run, download.url, response, now)),
        coverage=day.outcome.value,
        reason=day.reason,
        due_at=due_at,
    )
    coverage.write_day(run.db, source_id, now.astimezone(run.zone).date(), day, now)
    if document is None:
        documents.put_off(run.db, download.url, download.fingerprint, due_at, now)
    else:
        # A body that broke off must come whole next time, so its validators are forgotten.
        # So must one whose entries are gone: "not changed" would make a quiet day of the alarm.
        is_whole = document.is_whole and not response.truncated and not alarms
        validators = documents.Validators(response.etag, response.last_modified)
        documents.write_document(
            run.db,
            download.url,
            download.fingerprint,
            validators if is_whole else documents.Validators(),
            due_at=due_at if is_whole else None,
            now=now,
        )
    is_broken = document is not None and (response.truncated or not document.is_whole)
    remark = "the document broke off" if is_broken else None
    log(run, report, started_at, intake.newest_at, remark=remark)
    return report


def _note_address(run: Run, url: str, response: Response, now: datetime) -> tuple[str, ...]:
    """Remember where the feed says that it has moved to; tell it once it is believed."""
    addresses.note_alive(run.db, url)
    if response.permanent_url is None:
        addresses.forget_move(run.db, url)
        return ()
    if url not in run.moved:  # two sources may share it; one run is one sighting
        run.moved.add(url)
        addresses.note_move(run.db, url, response.permanent_url, now)
    moves = addresses.list_moves(run.db, at_least=_MOVES_BELIEVED)
    if not any(move.url == url for move in moves):
        return ()
    target = public_url(response.permanent_url)
    return (f"has moved for good to {target}; run: papertrack sources --fix",)


def _fail(run: Run, download: Download, trouble: Trouble, started_at: datetime) -> SourceReport:
    (reader,) = download.readers
    now = run.clock()
    source_id = run.source_ids[reader.slug]
    if trouble.status == _GONE:
        addresses.note_gone(run.db, download.url, now)
    due_at = next_check(now, retry_after=trouble.retry_after)
    if due_at is not None:
        documents.put_off(run.db, download.url, download.fingerprint, due_at, now)
    day = judge_feed(entries=0, new=0, entries_before=0, error=trouble.what)
    report = replace(
        failed(report_of(reader, "failed"), trouble),
        coverage=day.outcome.value,
        reason=day.reason,
        due_at=due_at,
    )
    coverage.write_day(run.db, source_id, now.astimezone(run.zone).date(), day, now)
    log(run, report, started_at)
    return report
