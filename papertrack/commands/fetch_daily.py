"""Bring in arXiv's announcements: the feed of the day, and from the archive what it leaves out.

The feed is one document for all sources and holds one day only. What a source has missed, and what
today's feed cannot be trusted in, comes from the archive in the same run.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from papertrack.commands.fetch_archive import Harvested, Need, harvest, names_of_harvests
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
from papertrack.config import ArxivSource
from papertrack.core.arxiv.announcements import CatchUp, batches_of, plan_catch_up, unseen
from papertrack.core.arxiv.calendar import expected_days, feed_day, next_turnover, quiet_reason
from papertrack.core.watch.coverage import MANY_PAPERS, Day, DayOutcome, Verdict, judge_batch
from papertrack.core.watch.schedule import is_put_off, next_check
from papertrack.errors import UnreadableDocument
from papertrack.net.client import Request, Response
from papertrack.storage import coverage, documents
from papertrack.storage.harvests import read_harvest, unfinished_since

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.commands.fetch_report import SourceReport
    from papertrack.core.records import Document
    from papertrack.core.watch.plan import Download

_ARXIV_SAYS_STOP = {403, 429}
_CAUGHT_UP = "from arXiv's archive"


@dataclass(slots=True)
class _Fare:
    """How a source fares while the run goes on.

    Attributes:
        is_new: Whether no day of it was ever covered.
        verdict: What to think of its part of today's feed; None when that did not come.
        earlier: By category, the papers that the feeds of the last days announced.
        batches: Those of today's feed.
    """

    reader: ArxivSource
    source_id: int
    is_new: bool
    earlier: dict[str, list[frozenset[str]]]
    outcome: str = "stored"
    status: int | None = None
    intake: Intake = field(default_factory=Intake)
    verdict: Verdict | None = None
    batches: dict[str, frozenset[str]] = field(default_factory=dict)
    trouble: Trouble | None = None
    due_at: datetime | None = None

    @property
    def suspects(self) -> tuple[str, ...]:
        return self.verdict.suspect if self.verdict else ()


async def fetch_daily(run: Run, download: Download, tell: Callable[[SourceReport], None]) -> None:
    """Bring in the announcements for all sources of whole categories.

    Args:
        run: Open resources.
        download: The feed of the day for all of them.
        tell: Hears of each source when it is finished.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    started_at = run.clock()
    today = feed_day(started_at)
    fares = [
        _begin(run, reader, today) for reader in download.readers if isinstance(reader, ArxivSource)
    ]
    await _ask_today(run, download, fares, today)
    catch_ups = [(fare, _plan(run, fare, today)) for fare in fares]
    needs = [Need(fare.reader, fare.source_id, plan) for fare, plan in catch_ups if plan]
    harvested = await harvest(run, needs)
    for fare, plan in catch_ups:
        brought = harvested.get(fare.reader.slug)
        job = partial(_finish, run, fare, plan, brought, started_at)
        tell(await run.write(fare.reader, job))


def _begin(run: Run, reader: ArxivSource, today: date) -> _Fare:
    source_id = run.source_ids[reader.slug]
    return _Fare(
        reader,
        source_id,
        is_new=coverage.last_covered(run.db, source_id) is None,
        earlier=coverage.earlier_batches(run.db, reader.categories, today),
    )


async def _ask_today(run: Run, download: Download, fares: list[_Fare], today: date) -> None:
    known = documents.read_document(run.db, download.url, download.fingerprint)
    if is_put_off(known.due_at, run.clock()) and not run.wishes.force:
        for fare in fares:
            fare.outcome, fare.due_at = "not due", known.due_at
        return
    try:
        async with AsyncExitStack() as held:
            is_same_day = known.checked_at is not None and feed_day(known.checked_at) == today
            request = _request(download, known, is_wanted_whole=run.wishes.force or not is_same_day)
            response = await held.enter_async_context(run.arxiv.download(request))
            document = await _read(run, response, today)
        await run.write(
            download.readers[0],
            lambda: _store_today(run, download, response, document, fares, today),
        )
    except Exception as error:  # noqa: BLE001  # its trouble must not cost the other sources
        trouble = trouble_of(error)
        for fare in fares:
            fare.outcome, fare.trouble, fare.status = "failed", trouble, trouble.status


async def _read(run: Run, response: Response, today: date) -> Document | None:
    """Read the feed of a day; None when it has not changed.

    Raises:
        UnreadableDocument: It cannot be read, or the day is over and it may be the next one's.
    """
    document = None if response.body is None else await read_document(run, "arxiv", response)
    if feed_day(run.clock()) != today:
        message = "the day changed while its feed was asked for"
        raise UnreadableDocument(message, hint="fetch again")
    return document


def _request(download: Download, known: documents.Remembered, *, is_wanted_whole: bool) -> Request:
    # On a new day the body is wanted even if it is yesterday's, to be told as such.
    validators = documents.Validators() if is_wanted_whole else known.validators
    return Request(
        url=download.url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        allow_private_network=download.allow_private_network,
        user_agent=download.user_agent,
    )


def _store_today(
    run: Run,
    download: Download,
    response: Response,
    document: Document | None,
    fares: list[_Fare],
    today: date,
) -> None:
    """Store the feed for each of its readers, with its validators."""
    for fare in fares:
        fare.status = response.status
        if document is None:
            fare.outcome = "unchanged"
            continue
        batches = batches_of(document.entries, fare.reader.categories)
        fare.batches, fare.verdict = batches, judge_batch(today, batches, fare.earlier)
        if response.truncated or not document.is_whole:
            fare.verdict = Verdict(DayOutcome.LATE, "the feed broke off", tuple(batches))
        before = coverage.read_days(run.db, fare.source_id, today, today).get(fare.source_id, {})
        is_covered = today in before and before[today].outcome.is_covered
        if is_covered and fare.verdict.outcome is not DayOutcome.COMPLETE:
            # A later document of the day may hold less; nothing that was complete goes missing.
            fare.verdict = Verdict(before[today].outcome, before[today].reason)
        fare.intake += take_in(run, fare.reader, document)
        trusted = {code: papers for code, papers in batches.items() if code not in fare.suspects}
        coverage.write_batches(run.db, today, trusted)
    now = run.clock()
    is_trusted = document is not None and document.is_whole and not response.truncated
    is_whole = is_trusted and not any(fare.suspects for fare in fares)
    wait = next_check(
        now,
        retry_after=response.retry_after,
        cache_control=response.cache_control,
        expires=response.expires,
    )
    # A copy that a cache has kept for hours still names the whole time until the next midnight.
    due_at = min(wait, next_turnover(now)) if wait else None
    if document is None:
        documents.put_off(run.db, download.url, download.fingerprint, due_at, now)
        return
    validators = documents.Validators(response.etag, response.last_modified)
    documents.write_document(
        run.db,
        download.url,
        download.fingerprint,
        # What cannot be trusted must come whole next time, and soon.
        validators if is_whole else documents.Validators(),
        due_at=due_at if is_whole else None,
        now=now,
    )


def _plan(run: Run, fare: _Fare, today: date) -> CatchUp | None:
    """Decide what a source wants from the archive."""
    if fare.trouble and fare.trouble.status in _ARXIV_SAYS_STOP:
        return None
    begun = names_of_harvests(fare.reader.categories)
    unfinished = unfinished_since(run.db, fare.source_id, begun)
    wanted = [day for day in (run.wishes.since, unfinished) if day]
    if run.config.fetch.first_days and (fare.is_new or _has_new_category(run, fare)):
        wanted.append(today - timedelta(days=run.config.fetch.first_days))
    suspect = fare.suspects
    if fare.trouble and quiet_reason(today) is None:
        suspect = fare.reader.categories
    return plan_catch_up(
        today,
        fare.reader.categories,
        missed=coverage.uncovered(run.db, fare.source_id, today - timedelta(days=1)),
        suspect=suspect,
        since=min(wanted, default=None),
    )


def _has_new_category(run: Run, fare: _Fare) -> bool:
    """Tell whether a category has been added to a source, of which nothing was ever asked."""
    return any(
        not fare.earlier.get(code)
        and not any(
            read_harvest(run.db, fare.source_id, name) for name in names_of_harvests([code])
        )
        for code in fare.reader.categories
    )


def _finish(
    run: Run, fare: _Fare, plan: CatchUp | None, harvested: Harvested | None, started_at: datetime
) -> SourceReport:
    """Put together what feed and archive brought a source, and which days it covers now."""
    today, now = feed_day(started_at), run.clock()
    intake = fare.intake + (harvested.intake if harvested else Intake())
    report = replace(
        report_of(fare.reader, fare.outcome, intake), http_status=fare.status, due_at=fare.due_at
    )
    day = _judge_today(fare, harvested, today)
    if day is not None:
        day = replace(day, entries=intake.entries, new=intake.new)
        coverage.write_day(run.db, fare.source_id, today, day, now)
        report = replace(report, coverage=day.outcome.value, reason=day.reason)
    if fare.trouble:
        report = _after_failed_feed(report, fare.trouble, day)
    elif fare.suspects and day is not None and not day.outcome.is_covered:
        report = replace(report, notices=(f"{day.outcome}: {day.reason}",))
    if (
        plan
        and harvested
        and not harvested.trouble
        and _is_too_little(fare, plan, harvested, today)
    ):
        harvested.trouble = Trouble("arXiv's archive has no record of these days")
    if plan and harvested and harvested.trouble:
        report = _after_failed_catch_up(report, plan, harvested.trouble, today)
    elif plan and harvested:
        for past in expected_days(plan.since, today - timedelta(days=1)):
            caught_up = Day(DayOutcome.COMPLETE, _CAUGHT_UP)
            coverage.write_day(run.db, fare.source_id, past, caught_up, now)
    if report.outcome != "not due" or harvested:
        log(run, report, started_at, intake.newest_at)
    return report


def _is_too_little(fare: _Fare, plan: CatchUp, harvested: Harvested, today: date) -> bool:
    """Tell whether the archive has nothing at all of missed days on which there must be papers."""
    usual = sum(max(map(len, batches), default=0) for batches in fare.earlier.values())
    missed = [day for day in plan.days if day < today]
    return bool(missed) and not harvested.records and usual >= MANY_PAPERS


def _judge_today(fare: _Fare, harvested: Harvested | None, today: date) -> Day | None:
    """Judge today from what the feed showed and what the archive says to it.

    Returns:
        None when today was not asked about: nothing was due, or nothing has changed since.
    """
    if fare.verdict is None and fare.trouble is None:
        return None
    has_answered = harvested is not None and harvested.trouble is None
    is_sure = fare.verdict is not None and not fare.suspects
    if harvested and has_answered and not is_sure and _has_news(fare, harvested):
        return Day(DayOutcome.COMPLETE, _CAUGHT_UP)
    if fare.verdict is None:
        return _judge_without_feed(fare, today, has_answered=has_answered)
    if is_sure or fare.verdict.outcome is DayOutcome.STALE:
        return Day(fare.verdict.outcome, fare.verdict.reason)
    unread = len(fare.intake.problems) + len(harvested.intake.problems if harvested else ())
    return _judge_empty_feed(fare.verdict, unread, has_answered=has_answered)


def _judge_empty_feed(verdict: Verdict, unread: int, *, has_answered: bool) -> Day:
    """Judge a day whose feed was empty, and of which the archive has nothing or cannot say."""
    if not has_answered:
        reason = f"{verdict.reason}, and arXiv's archive could not be asked"
        return Day(DayOutcome.LATE, reason)
    if unread:
        return Day(DayOutcome.LATE, f"{unread} entries could not be read")
    is_expected = verdict.outcome is DayOutcome.QUIET
    return Day(DayOutcome.QUIET, verdict.reason if is_expected else "nothing announced")


def _has_news(fare: _Fare, harvested: Harvested) -> bool:
    """Tell whether the archive has papers that no feed of the last days has announced."""
    return bool(unseen(harvested.papers, [fare.batches.values(), *fare.earlier.values()]))


def _judge_without_feed(fare: _Fare, today: date, *, has_answered: bool) -> Day:
    """Judge a day whose feed failed and of which the archive has nothing."""
    if reason := quiet_reason(today):
        return Day(DayOutcome.QUIET, reason)
    if has_answered:
        return Day(DayOutcome.LATE, "the feed failed, and the archive has nothing of today yet")
    return Day(DayOutcome.FAILED, fare.trouble.what if fare.trouble else None)


def _after_failed_feed(report: SourceReport, trouble: Trouble, day: Day | None) -> SourceReport:
    if day is not None and day.outcome is DayOutcome.COMPLETE:
        notice = f"today's feed failed ({trouble.what}); its papers came from arXiv's archive"
        return replace(report, outcome="stored", notices=(notice,))
    return failed(report, trouble)


def _after_failed_catch_up(
    report: SourceReport, plan: CatchUp, trouble: Trouble, today: date
) -> SourceReport:
    if report.outcome == "failed":
        return report  # one line is enough, and arXiv is down
    missed = [day.isoformat() for day in plan.days if day < today]
    if missed:
        what = f"{', '.join(missed)} could not be caught up: {trouble.what}"
        return failed(report, replace(trouble, what=what))
    # No day is known to be missing: the source is new, or today's feed is only suspected.
    what = "arXiv's archive could not be asked" if plan.days else "no earlier days could be had"
    notice = f"{what} ({trouble.what}); the next fetch tries again"
    return replace(report, notices=(*report.notices, notice))
