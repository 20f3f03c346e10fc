"""Fetch arXiv's announcements: today's feed, and from the archive what it lacks.

The feed is one document for all sources and covers a single day. Missed days, and categories for
which today's feed is suspect, come from the archive in the same run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from papertrack.commands.fetch_archive import ArchiveNeed, Harvested, harvest, names_of_harvests
from papertrack.commands.fetch_run import (
    NOTHING,
    ImportCounts,
    Run,
    RunFacts,
    SourceReport,
    counted,
    log_run,
    read_document,
    record_of,
    report_of,
    store_document,
    trouble_of,
)
from papertrack.config.schema import ArxivSource
from papertrack.core.arxiv.announcements import (
    MOST_SHOWN,
    CatchUp,
    batches_of,
    expected_days,
    feed_day,
    next_turnover,
    plan_catch_up,
    quiet_reason,
    unseen,
)
from papertrack.core.records import Document
from papertrack.core.text.decode import BROKE_OFF, BROKE_OFF_HINT
from papertrack.core.watch.plan import is_put_off, next_check
from papertrack.core.watch.record import (
    MANY_PAPERS,
    BatchVerdict,
    Day,
    DayOutcome,
    RunRecord,
    Trouble,
    judge_batch,
)
from papertrack.errors import UnreadableDocument
from papertrack.net.client import Request, Response
from papertrack.storage import coverage, http_cache
from papertrack.storage.coverage import read_harvest, unfinished_since

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from papertrack.core.watch.plan import Download

_ARXIV_SAYS_STOP = {403, 429}
_CAUGHT_UP = "from arXiv's archive"
_NOT_YET = "the archive has nothing of today yet"


@dataclass(frozen=True, slots=True)
class _Subscription:
    """A source, and what was known about it when the run began.

    Attributes:
        is_new: Whether none of its days was ever covered.
        earlier: By category, the papers announced in the feeds of the last days.
    """

    source: ArxivSource
    source_id: int
    is_new: bool
    earlier: Mapping[str, Sequence[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class _FeedResult:
    """The result of today's feed for a source.

    Attributes:
        is_due: Whether it was requested.
        record: What the whole feed held, whoever it is for.
        verdict: How its part of the feed was judged; None if there was no part.
        batches: The announced papers, by category.
        trouble: Why it could not be read or stored.
    """

    is_due: bool = True
    record: RunRecord = field(default_factory=RunRecord)
    counts: ImportCounts = NOTHING
    verdict: BatchVerdict | None = None
    batches: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trouble: Trouble | None = None
    due_at: datetime | None = None

    @property
    def suspects(self) -> tuple[str, ...]:
        return self.verdict.suspect if self.verdict else ()


@dataclass(frozen=True, slots=True)
class _Feed:
    """Today's feed as downloaded.

    Attributes:
        response: Without its body.
        document: None if it has not changed.
        came_at: When it was downloaded, still on the requested day.
        due_at: When to request it again at the earliest.
    """

    response: Response
    document: Document | None
    came_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Conclusion:
    """The combined result of feed and archive for a source, and the days it now covers.

    Attributes:
        was_asked: Whether anything was requested for it.
    """

    report: SourceReport
    record: RunRecord
    was_asked: bool
    days: Mapping[date, Day]


async def fetch_daily(
    run: Run, download: Download, on_report: Callable[[SourceReport], None]
) -> None:
    """Fetch the announcements for all sources of whole categories.

    Args:
        run: Open resources.
        download: Today's feed for all of them.
        on_report: Called with each source's report.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    started_at = run.clock()
    today = feed_day(started_at)
    subscriptions = [
        _read_subscription(run, subscription, today)
        for subscription in download.sources
        if isinstance(subscription, ArxivSource)
    ]
    shown = await _ask_today(run, download, subscriptions, today)
    plans = [_plan(run, *one, today) for one in zip(subscriptions, shown, strict=True)]
    needs = [
        ArchiveNeed(one.source, one.source_id, plan)
        for one, plan in zip(subscriptions, plans, strict=True)
        if plan
    ]
    harvested = await harvest(run, needs, today)
    for one, seen, plan in zip(subscriptions, shown, plans, strict=True):
        brought = harvested.get(one.source.slug)
        end = _conclude(one, seen, (plan, brought) if plan and brought else None, today)
        job = partial(_store_conclusion, run.facts, one, end, (started_at, run.clock()))
        await run.write(one.source, job)
        on_report(end.report)


def _read_subscription(run: Run, subscription: ArxivSource, today: date) -> _Subscription:
    source_id = run.facts.source_ids[subscription.slug]
    return _Subscription(
        subscription,
        source_id,
        is_new=coverage.last_covered(run.db, source_id) is None,
        earlier=coverage.earlier_batches(run.db, subscription.categories, today),
    )


async def _ask_today(
    run: Run, download: Download, subscriptions: Sequence[_Subscription], today: date
) -> list[_FeedResult]:
    """Request today's feed, and store it for each of its sources."""
    known = http_cache.read_document(run.db, download.key, download.fingerprint)
    if is_put_off(known.due_at, run.clock()) and not run.options.force:
        return [_FeedResult(is_due=False, due_at=known.due_at) for _ in subscriptions]
    try:
        async with AsyncExitStack() as held:
            is_same_day = known.checked_at is not None and feed_day(known.checked_at) == today
            request = _request(
                download, known, is_wanted_whole=run.options.force or not is_same_day
            )
            response = await held.enter_async_context(run.arxiv.download(request))
            feed = await _read(run, response, today)
    except Exception as error:  # noqa: BLE001  # the other sources must not fail with it
        return [_failed(error) for _ in subscriptions]
    shown = await asyncio.gather(*(_store_for(run, one, feed, today) for one in subscriptions))
    is_trusted = not any(one.suspects or one.trouble for one in shown)
    job = partial(_remember, download, feed, is_trusted=is_trusted)
    await run.write(download.sources[0], job)
    return shown


def _failed(error: Exception) -> _FeedResult:
    trouble = trouble_of(error)
    return _FeedResult(record=RunRecord(http_status=trouble.status), trouble=trouble)


async def _store_for(run: Run, one: _Subscription, feed: _Feed, today: date) -> _FeedResult:
    if feed.document is None:
        return _FeedResult(record=record_of(feed.response, None))
    job = partial(_store_today, run.facts, one, feed, feed.document, today)
    try:
        return await run.write(one.source, job)
    except Exception as error:  # noqa: BLE001  # the other sources must not fail with it
        return _failed(error)


async def _read(run: Run, response: Response, today: date) -> _Feed:
    """Parse the feed of a day.

    Raises:
        UnreadableDocument: It cannot be parsed, or the day is over and it may be the next one's.
    """
    document = None if response.body is None else await read_document(run, "arxiv", response)
    if document and not document.is_whole and not document.entries:
        raise UnreadableDocument(BROKE_OFF, hint=BROKE_OFF_HINT)
    now = run.clock()
    if feed_day(now) != today:
        message = "the day changed while its feed was being fetched"
        raise UnreadableDocument(message, hint="fetch again")
    wait = next_check(
        now,
        retry_after=response.retry_after,
        cache_control=response.cache_control,
        expires=response.expires,
    )
    # A cached copy that is hours old still gives the full time until midnight.
    due_at = min(wait, next_turnover(now)) if wait else None
    return _Feed(replace(response, body=None), document, now, due_at)


def _request(
    download: Download, known: http_cache.CachedDocument, *, is_wanted_whole: bool
) -> Request:
    # On a new day get the body even if it is still yesterday's, to recognize it as such.
    validators = http_cache.Validators() if is_wanted_whole else known.validators
    return Request(
        url=download.url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        allow_private_network=download.allow_private_network,
        user_agent=download.user_agent,
    )


def _store_today(
    facts: RunFacts,
    one: _Subscription,
    feed: _Feed,
    document: Document,
    today: date,
    db: sqlite3.Connection,
) -> _FeedResult:
    """Store the feed for one of its sources, and judge it."""
    batches = batches_of(document.entries, one.source.categories)
    record = replace(record_of(feed.response, document), limit=MOST_SHOWN)
    verdict = judge_batch(today, batches, one.earlier, record=record)
    before = coverage.read_days(db, one.source_id, today, today).get(one.source_id, {})
    is_covered = today in before and before[today].outcome.is_covered
    if is_covered and verdict.outcome is not DayOutcome.COMPLETE:
        # A later document of the day may contain less, but the day stays complete.
        verdict = BatchVerdict(before[today].outcome, before[today].reason)
    counts = store_document(db, facts, one.source, document, feed.came_at)
    trusted = {code: papers for code, papers in batches.items() if code not in verdict.suspect}
    coverage.write_batches(db, today, trusted)
    return _FeedResult(record=record, counts=counts, verdict=verdict, batches=batches)


def _remember(download: Download, feed: _Feed, db: sqlite3.Connection, *, is_trusted: bool) -> None:
    """Store the validators and due time of the feed for the next request."""
    if feed.document is None:
        http_cache.put_off(db, download.key, download.fingerprint, feed.due_at, feed.came_at)
        return
    validators = http_cache.Validators(feed.response.etag, feed.response.last_modified)
    is_settled = is_trusted and feed.document.is_whole
    http_cache.write_document(
        db,
        download.key,
        download.fingerprint,
        # A suspect feed must be downloaded again soon, and in full.
        validators if is_settled else http_cache.Validators(),
        due_at=feed.due_at if is_settled else None,
        now=feed.came_at,
    )


def _plan(run: Run, one: _Subscription, shown: _FeedResult, today: date) -> CatchUp | None:
    """Decide what a source needs from the archive."""
    if shown.trouble and shown.trouble.status in _ARXIV_SAYS_STOP:
        return None
    begun = names_of_harvests(one.source.categories)
    unfinished = unfinished_since(run.db, one.source_id, begun)
    wanted = [day for day in (run.options.since, unfinished) if day]
    if run.config.fetch.first_days and (one.is_new or _has_new_category(run, one)):
        wanted.append(today - timedelta(days=run.config.fetch.first_days))
    suspect = shown.suspects
    if shown.trouble and quiet_reason(today) is None:
        suspect = one.source.categories
    return plan_catch_up(
        today,
        one.source.categories,
        missed=coverage.uncovered(run.db, one.source_id, today - timedelta(days=1)),
        suspect=suspect,
        since=min(wanted, default=None),
    )


def _has_new_category(run: Run, one: _Subscription) -> bool:
    """Return whether a category of a source was never requested before."""
    return any(
        not one.earlier.get(code)
        and not any(read_harvest(run.db, one.source_id, name) for name in names_of_harvests([code]))
        for code in one.source.categories
    )


def _conclude(
    one: _Subscription, shown: _FeedResult, caught_up: tuple[CatchUp, Harvested] | None, today: date
) -> _Conclusion:
    """Combine the results of feed and archive for a source, and find the days it now covers.

    Args:
        one: The source.
        shown: The result of today's feed for it.
        caught_up: What it needed from the archive, and what came; None if it needed nothing.
        today: The day of the feed.
    """
    plan, harvested = caught_up or (None, None)
    if plan and harvested and not harvested.trouble and _is_too_little(one, plan, harvested, today):
        harvested += Harvested(trouble=Trouble("arXiv's archive has no record of these days"))
    counts = shown.counts + (harvested.counts if harvested else NOTHING)
    days: dict[date, Day] = {}
    day = _judge_today(one, shown, harvested, today)
    if day is not None:
        days[today] = day = replace(day, entries=counts.entries, new=counts.new)
    trouble, notices = _trouble_of_feed(shown, day)
    if plan and harvested and harvested.trouble:
        if trouble is None:  # else one message is enough: arXiv is down
            trouble, notice = _failed_catch_up(plan, harvested.trouble, today)
            notices += notice
    elif plan and harvested:
        for past in expected_days(plan.since, today - timedelta(days=1)):
            days[past] = Day(DayOutcome.COMPLETE, _CAUGHT_UP)
    record = replace(counted(shown.record, counts), is_made_good=True, trouble=trouble)
    report = report_of(one.source, record, day, counts.problems)
    return _Conclusion(
        replace(
            report,
            outcome=report.outcome if shown.is_due or trouble else "not due",
            notices=notices,
            due_at=shown.due_at,
        ),
        record,
        shown.is_due or harvested is not None,
        days,
    )


def _store_conclusion(
    facts: RunFacts,
    one: _Subscription,
    end: _Conclusion,
    span: tuple[datetime, datetime],
    db: sqlite3.Connection,
) -> None:
    """Store the days and the log of a source; `span` is the start and the end of its fetch."""
    _, now = span
    for day, verdict in end.days.items():
        coverage.write_day(db, one.source_id, day, verdict, now)
    if end.was_asked:
        log_run(db, facts, end.report, end.record, span)


def _is_too_little(one: _Subscription, plan: CatchUp, harvested: Harvested, today: date) -> bool:
    """Return whether the archive has no record at all for missed days that must have papers."""
    usual = sum(max(map(len, batches), default=0) for batches in one.earlier.values())
    missed = [day for day in plan.days if day < today]
    return bool(missed) and not harvested.records and usual >= MANY_PAPERS


def _judge_today(
    one: _Subscription, shown: _FeedResult, harvested: Harvested | None, today: date
) -> Day | None:
    """Judge today from the feed and the archive.

    Returns:
        None if today was not requested, or has not changed since.
    """
    verdict = shown.verdict
    if verdict is None and shown.trouble is None:
        return None
    has_answered = harvested is not None and harvested.trouble is None
    is_sure = verdict is not None and not shown.suspects
    if harvested and has_answered and not is_sure and _has_todays(one, shown, harvested):
        return Day(DayOutcome.COMPLETE, _CAUGHT_UP)
    if verdict is None:
        return _judge_without_feed(shown, today, has_answered=has_answered)
    if is_sure or verdict.outcome is DayOutcome.STALE:
        return Day(verdict.outcome, verdict.reason)
    if not has_answered:
        reason = f"{verdict.reason}, and arXiv's archive could not be reached"
        return Day(DayOutcome.LATE, reason)
    unread = len(shown.counts.problems) + len(harvested.counts.problems if harvested else ())
    return _judge_without_news(verdict, unread)


def _judge_without_news(verdict: BatchVerdict, unread: int) -> Day:
    """Judge a day for which feed and archive have nothing new, or only a part."""
    if verdict.is_part:
        return Day(DayOutcome.LATE, f"{verdict.reason}, and {_NOT_YET}")
    if unread:
        return Day(DayOutcome.LATE, f"{unread} entries could not be read")
    is_expected = verdict.outcome is DayOutcome.QUIET
    return Day(DayOutcome.QUIET, verdict.reason if is_expected else "nothing announced")


def _has_todays(one: _Subscription, shown: _FeedResult, harvested: Harvested) -> bool:
    """Return whether the archive has papers that no feed of the days before announced.

    If the feed is a part of today's, its own papers count, too; if it is yesterday's again, they do
    not.
    """
    known = list(one.earlier.values())
    is_todays = shown.verdict is not None and shown.verdict.is_part
    return bool(unseen(harvested.papers, known if is_todays else [shown.batches.values(), *known]))


def _judge_without_feed(shown: _FeedResult, today: date, *, has_answered: bool) -> Day:
    """Judge a day whose feed failed and for which the archive has nothing."""
    if reason := quiet_reason(today):
        return Day(DayOutcome.QUIET, reason)
    if has_answered:
        return Day(DayOutcome.LATE, f"the feed failed, and {_NOT_YET}")
    return Day(DayOutcome.FAILED, shown.trouble.what if shown.trouble else None)


def _trouble_of_feed(shown: _FeedResult, day: Day | None) -> tuple[Trouble | None, tuple[str, ...]]:
    """Decide whether what was wrong with today's feed is a failure, or only a notice."""
    if shown.trouble and day and day.outcome is DayOutcome.COMPLETE:
        what = shown.trouble.what
        return None, (f"today's feed failed ({what}); its papers came from arXiv's archive",)
    if shown.trouble:
        return shown.trouble, ()
    if day is None or not shown.suspects or day.outcome.is_covered:
        return None, ()
    if shown.verdict and shown.verdict.is_part:
        what, hint = day.reason or "the feed is not complete", "fetch again later for the rest"
        lack = shown.record.lack
        return Trouble(what, hint, state=lack.state if lack else None), ()
    return None, (f"{day.outcome}: {day.reason}",)


def _failed_catch_up(
    plan: CatchUp, trouble: Trouble, today: date
) -> tuple[Trouble | None, tuple[str, ...]]:
    """Decide whether a failure of the archive is one of the source, or only a notice."""
    missed = [day.isoformat() for day in plan.days if day < today]
    if missed:
        what = f"{', '.join(missed)} could not be caught up: {trouble.what}"
        return replace(trouble, what=what), ()
    # No day is known to be missing: the source is new, or today's feed is only suspect.
    what = "arXiv's archive could not be reached" if plan.days else "earlier days are not available"
    return None, (f"{what} ({trouble.what}); the next fetch tries again",)
