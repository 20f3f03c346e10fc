"""Fetch the results of an arXiv search, page by page, until all announced papers have come.

The API is the least reliable of arXiv's services: it sends empty and short pages, fails on some
page sizes, and sometimes does not answer for days. An incomplete search is repeated from the same
day at the next fetch.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from papertrack.commands.fetch_run import (
    ImportCounts,
    Run,
    RunFacts,
    counted,
    log_run,
    read_document,
    report_of,
    store_document,
    trouble_of,
)
from papertrack.core.answers import SourceState
from papertrack.core.arxiv.announcements import feed_day
from papertrack.core.arxiv.query import (
    MOST_RESULTS,
    OVERLAP,
    PAGE_SIZE,
    SMALLEST_PAGE,
    SubmissionWindow,
    query_url,
)
from papertrack.core.watch.plan import is_mirror
from papertrack.core.watch.record import RunRecord, Trouble, judge_feed
from papertrack.errors import UnreadableDocument
from papertrack.net.client import HttpError, Request
from papertrack.storage import coverage, sources
from papertrack.storage.coverage import QUERY, Harvest, read_harvest, write_harvest

if TYPE_CHECKING:
    import sqlite3

    from papertrack.commands.fetch_run import SourceReport
    from papertrack.config.schema import ArxivQuerySource
    from papertrack.core.records import Document

_TRIES = 4  # one request and three retries
_SERVER_ERRORS = 500  # and above


@dataclass(slots=True)
class _Progress:
    """The progress of a search in this run.

    Attributes:
        announced: How many papers the server says it finds; the maximum over all pages.
        found: The distinct papers that came: a server that ignores ``start`` sends the same page
            again and again.
        unread: How many entries could not be parsed.
        repeats: How many entries came more than once.
        shortfall: What the server announced but did not send; None while nothing is missing.
    """

    counts: ImportCounts = field(default_factory=ImportCounts)
    size: int = PAGE_SIZE
    announced: int = 0
    found: set[str] = field(default_factory=set)
    unread: int = 0
    repeats: int = 0
    shortfall: str | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a search ended."""

    record: RunRecord
    problems: tuple[str, ...]
    window: SubmissionWindow
    started_at: datetime
    ended_at: datetime


async def fetch_query(run: Run, source: ArxivQuerySource) -> SourceReport:
    """Fetch the results of a search; its failures end up in the report.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    started_at = run.clock()
    source_id = run.facts.source_ids[source.slug]
    known = read_harvest(run.db, source_id, QUERY)
    window = _window(run, known)
    progress = _Progress()
    trouble: Trouble | None = None
    try:
        await _page_through(run, source, window, progress)
    except Exception as error:  # noqa: BLE001  # the other sources must not fail with it
        trouble = trouble_of(error)
    if trouble is None and progress.shortfall:
        hint = "fetch again later; no paper is skipped"
        trouble = Trouble(progress.shortfall, hint, state=SourceState.CUT)
    record = RunRecord(
        trouble=trouble,
        root_closed=True if progress.counts.entries else None,
        announced=progress.announced or None,
        limit=MOST_RESULTS,
        shown=len(progress.found) + progress.unread + progress.repeats,
        repeats=progress.repeats,
    )
    ended = _Ended(
        counted(record, progress.counts), progress.counts.problems, window, started_at, run.clock()
    )
    return await run.write(source, lambda db: _finish(db, run.facts, source, ended))


def _window(run: Run, known: Harvest | None) -> SubmissionWindow:
    """Choose the submission days: since the last complete search, with an overlap."""
    today = run.clock().astimezone(UTC).date()
    reached = known.reached if known else None
    start = reached.date() if reached else today - timedelta(days=run.config.fetch.first_days)
    since = start - OVERLAP
    if run.options.since:
        since = min(since, run.options.since)
    return SubmissionWindow(since, today)


async def _page_through(
    run: Run, source: ArxivQuerySource, window: SubmissionWindow, progress: _Progress
) -> None:
    start = 0
    while True:
        document = await _ask_whole_page(run, source, window, start, progress)
        fresh = _unseen(document, progress)
        now = run.clock()
        taken = await run.write(source, partial(_take_page, run.facts, source, fresh, now))
        progress.counts += taken
        progress.found.update(entry.guid for entry in fresh.entries)
        progress.unread += len(document.problems)
        progress.repeats += document.repeats + len(document.entries) - len(fresh.entries)
        progress.announced = max(progress.announced, document.total or 0)
        if progress.shortfall and not fresh.entries:
            return  # pages after one without new papers rarely have any
        is_full = document.total is None and len(document.entries) >= progress.size
        total = start + progress.size + 1 if is_full else document.total or 0
        start += progress.size
        if start >= total:
            break
        if start >= MOST_RESULTS:
            what = f"it finds {total:,} papers, and arXiv shows {MOST_RESULTS:,} of them"
            raise UnreadableDocument(what, hint="narrow the search", kind=SourceState.CAPPED)
    missing = progress.announced - len(progress.found) - progress.unread
    if missing > 0 and progress.shortfall is None:
        progress.shortfall = _left_out(missing, progress.announced)


def _unseen(document: Document, progress: _Progress) -> Document:
    """Remove papers from a page that an earlier page had."""
    unseen = tuple(entry for entry in document.entries if entry.guid not in progress.found)
    return replace(document, entries=unseen)


def _take_page(
    facts: RunFacts, source: ArxivQuerySource, page: Document, now: datetime, db: sqlite3.Connection
) -> ImportCounts:
    return store_document(db, facts, source, page, now)


def _left_out(missing: int, announced: int) -> str:
    of = f"{missing} of {announced:,}" if announced else f"{missing} or more"
    return f"arXiv left out {of} papers that it announced"


async def _ask_whole_page(
    run: Run, source: ArxivQuerySource, window: SubmissionWindow, start: int, progress: _Progress
) -> Document:
    """Request a page until it is complete; halve its size if the server fails.

    Returns:
        The most complete page that came; `progress` records what it lacks.
    """
    best: Document | None = None
    is_expected = start == 0 and _found_before(run, source, window)
    tries = 0
    while tries < _TRIES:
        try:
            document = await _ask(run, source, window, start, progress.size)
        except HttpError as error:
            if error.status < _SERVER_ERRORS or progress.size <= SMALLEST_PAGE:
                raise
            progress.size //= 2
            best = None  # it had another size
            continue
        tries += 1
        if best is None or _completeness(document, progress) > _completeness(best, progress):
            best = document
        if not _missing(best, start=start, progress=progress, is_expected=is_expected):
            return best
    if best is None:
        raise AssertionError  # every try has raised or returned a document
    if best.total == 0:
        progress.shortfall = "arXiv finds nothing where it found papers before"
    else:
        missing = _missing(best, start=start, progress=progress, is_expected=is_expected)
        progress.shortfall = _left_out(missing, best.total or 0)
    return best


def _completeness(document: Document, progress: _Progress) -> tuple[int, bool]:
    """Rank answers to the same request: by new papers, then by completeness."""
    return len(_unseen(document, progress).entries), document.is_whole


def _missing(document: Document, *, start: int, progress: _Progress, is_expected: bool) -> int:
    """Count the papers that a page lacks; at least 1 if it is unexpectedly empty."""
    fresh = _unseen(document, progress).entries
    if document.total is None:  # it announces nothing
        return int(not fresh)
    if not document.is_whole or document.total < start:
        return 1
    if document.total == 0 and start == 0:
        return int(is_expected)
    shown = len(fresh) + len(document.problems)
    return max(0, min(progress.size, document.total - start) - shown)


async def _ask(
    run: Run, source: ArxivQuerySource, window: SubmissionWindow, start: int, size: int
) -> Document:
    base_url = run.config.arxiv.api_url
    request = Request(
        url=query_url(base_url, source, window, start=start, size=size),
        allow_private_network=is_mirror(base_url) or source.allow_private_network,
        user_agent=source.user_agent,
    )
    async with AsyncExitStack() as held:
        response = await held.enter_async_context(run.arxiv.download(request))
        return await read_document(run, "arxiv", response)


def _found_before(run: Run, source: ArxivQuerySource, window: SubmissionWindow) -> bool:
    """Return whether a search found papers before that it should find again."""
    source_id = run.facts.source_ids[source.slug]
    midnight = datetime.combine(window.since + OVERLAP / 2, time(), UTC)
    return sources.has_shown(run.db, source_id, published_since=midnight)


def _finish(
    db: sqlite3.Connection, facts: RunFacts, source: ArxivQuerySource, ended: _Ended
) -> SourceReport:
    source_id, now = facts.source_ids[source.slug], ended.ended_at
    day = judge_feed(ended.record)
    report = report_of(source, ended.record, day, ended.problems)
    if not report.is_failure:
        # Only a complete search moves the day from which the next one starts.
        write_harvest(db, source_id, QUERY, Harvest(ended.window.since, None, now, now))
    coverage.write_day(db, source_id, feed_day(ended.started_at), day, now)
    log_run(db, facts, report, ended.record, (ended.started_at, now))
    return report
