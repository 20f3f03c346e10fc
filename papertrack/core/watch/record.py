"""The record of a run: what one source sent, as counted, and what that proves of a day.

Nothing else decides whether a day is complete: a source that says that all is well proves nothing,
and neither does an HTTP status.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.answers import SourceState
from papertrack.core.arxiv.announcements import likely_quiet_reason, quiet_reason
from papertrack.core.text.decode import broke_off_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# A paper is announced as new only once, so a fresh batch shares nothing with an older one, and a
# stale one (cs.AI on 2026-08-12: the previous batch under a fresh date) shares nearly everything;
# nothing in between was ever reported.
STALE_SHARE = 0.5
# A category with five papers a day is empty once in 150 days (Poisson), one with two papers once in
# seven: below five, an empty batch proves nothing.
MANY_PAPERS = 5
# A single post may be withdrawn; a feed that loses several at once has lost its contents.
MANY_ENTRIES = 2
# An outage that lasts longer than this is not the server's mood any more.
LONG_OUTAGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a source could not be read, or not in full.

    Attributes:
        hint: What to do about it; None if `what` says it.
        status: The HTTP status, if the server answered.
        retry_after: The header of that name; None without one.
        state: The same in a word, as in `SourceState`; None if no word fits.
    """

    what: str
    hint: str | None = None
    status: int | None = None
    retry_after: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What one source sent in one run.

    Attributes:
        http_status: The status of the last answer; None without one.
        is_unchanged: The server said that nothing changed, and sent no document.
        announced_bytes: The length that the server announced (Content-Length); None if it did not.
        received_bytes: How many bytes came, before decompression.
        broke_off: The connection or the compressed body ended early.
        root_closed: Whether the root element was closed, and a feed of arXiv is well-formed; None
            without a document.
        announced: How many entries the source says it has; None if it does not say.
        limit: The most entries that such a source shows; None if there is no such limit.
        shown: How many entries the documents held, repeats and unreadable ones included.
        repeats: How many of them repeat another.
        unread: How many of them could not be read.
        entries: How many of them are meant for this source; arXiv's feed serves several.
        new, updated: How many items were added, and how many got another title, text or version.
        oldest_at, newest_at: The dates of the oldest and newest entry; None without dates.
        is_made_good: Another service was asked for what the documents lack; `trouble` tells
            whether it failed.
        trouble: Why nothing came, or what went wrong after a part had come; else None.
    """

    http_status: int | None = None
    is_unchanged: bool = False
    announced_bytes: int | None = None
    received_bytes: int = 0
    broke_off: bool = False
    root_closed: bool | None = None
    announced: int | None = None
    limit: int | None = None
    shown: int = 0
    repeats: int = 0
    unread: int = 0
    entries: int = 0
    new: int = 0
    updated: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    is_made_good: bool = False
    trouble: Trouble | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the end of a document is missing."""
        is_short = self.announced_bytes is not None and self.received_bytes < self.announced_bytes
        return self.root_closed is not None and (
            self.broke_off or not self.root_closed or (is_short and self.received_bytes > 0)
        )

    @property
    def is_capped(self) -> bool:
        """Whether it shows as many entries as it ever does, so that there may be more."""
        return self.limit is not None and self.shown >= self.limit

    @property
    def missing(self) -> int:
        """How many entries were announced and did not come."""
        return max(0, (self.announced or 0) - self.shown + self.repeats)

    @property
    def lack(self) -> Trouble | None:
        """What is missing and what to do; None if nothing is."""
        if self.trouble or self.is_made_good:
            return self.trouble
        if self.is_cut:
            what, hint = broke_off_after(self.entries), "fetch again for the rest"
            return Trouble(what, hint, self.http_status, state=SourceState.CUT)
        if self.is_capped:
            what = f"it shows {self.limit:,} entries, which is its limit"
            return Trouble(what, "fetch more often", self.http_status, state=SourceState.CAPPED)
        if self.missing:
            what = f"{self.missing} of {self.announced:,} entries that it announced did not come"
            return Trouble(what, "fetch again later", self.http_status, state=SourceState.CUT)
        return None

    @property
    def outcome(self) -> str:
        """``stored``, ``partial`` (some of it came), ``unchanged`` or ``failed``."""
        if self.lack:
            return "partial" if self.entries and (self.is_cut or self.is_capped) else "failed"
        return "unchanged" if self.is_unchanged else "stored"


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier records say of a source.

    Attributes:
        usual_entries: The most entries that its last documents held; 0 if they held none.
        newest_at: The date of the newest entry so far; None without one.
        failing_since: When it failed first since it last answered well; None if it did not fail.
    """

    usual_entries: int = 0
    newest_at: datetime | None = None
    failing_since: datetime | None = None


class DayOutcome(StrEnum):
    """The outcome of a source's fetches on a day."""

    COMPLETE = "complete"
    QUIET = "quiet"
    STALE = "stale"
    LATE = "late"
    FAILED = "failed"
    CAPPED = "capped"

    @property
    def is_covered(self) -> bool:
        """Whether nothing of the day can be missing."""
        return self in {DayOutcome.COMPLETE, DayOutcome.QUIET}


@dataclass(frozen=True, slots=True)
class Day:
    """The result of a source on one day.

    Attributes:
        reason: Why the day is not complete, or how it became so; None if nothing needs explaining.
        entries: The most entries in a document of the day.
        new: How many items were added, over all runs of the day.
    """

    outcome: DayOutcome
    reason: str | None = None
    entries: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class BatchVerdict:
    """The judgement of a batch before the archive is asked.

    Attributes:
        outcome: The outcome to store unless the archive proves otherwise.
        suspect: The categories whose papers may be missing, to be requested from the archive. Also
            set on a quiet day that was not certain to be quiet.
        is_part: Whether the document cannot be all that was announced.
    """

    outcome: DayOutcome
    reason: str | None = None
    suspect: tuple[str, ...] = ()
    is_part: bool = False

    def day(self, *, entries: int, new: int) -> Day:
        """Add the counts of a source."""
        return Day(self.outcome, self.reason, entries, new)


def judge_batch(
    day: date,
    batches: Mapping[str, frozenset[str]],
    earlier: Mapping[str, Sequence[frozenset[str]]],
    *,
    record: RunRecord | None = None,
) -> BatchVerdict:
    """Judge a document of arXiv's feed by its contents, category by category.

    Dates do not help: a stale feed has a fresh ``lastBuildDate`` (ZJU-REAL/Polaris#414), and one
    category may be stale while another is current.

    Args:
        day: The day of the feed, see `feed_day`.
        batches: For every requested category, the papers (identifiers without version) announced
            as new with it as their primary category; may be empty.
        earlier: The same for the days before `day`, newest first; a category may be missing.
        record: The record of the document; None if nothing is wrong with it.

    Returns:
        Complete, quiet, stale or late. The caller turns a late day into a quiet one if the archive
        confirms that nothing was announced.
    """
    if record and (missing := _batch_lack(record)):
        return BatchVerdict(DayOutcome.LATE, missing, tuple(batches), is_part=True)
    faults = {
        category: fault
        for category, papers in batches.items()
        if (fault := _fault(papers, earlier.get(category, ())))
    }
    has_news = any(papers and category not in faults for category, papers in batches.items())
    if not has_news and (reason := likely_quiet_reason(day)):
        is_sure = quiet_reason(day) is not None
        return BatchVerdict(DayOutcome.QUIET, reason, () if is_sure else tuple(batches))
    if not any(batches.values()):
        return BatchVerdict(DayOutcome.LATE, "the feed is empty", tuple(batches))
    if not faults:
        return BatchVerdict(DayOutcome.COMPLETE)
    outcomes = {outcome for outcome, _ in faults.values()}
    reasons = {reason for _, reason in faults.values()}
    if len(faults) == len(batches) and len(reasons) == 1:
        reason = reasons.pop()
    else:
        reason = "; ".join(f"{category}: {fault}" for category, (_, fault) in faults.items())
    if DayOutcome.STALE not in outcomes:
        return BatchVerdict(DayOutcome.LATE, reason, tuple(faults))
    # Beside a stale category, one without papers does not prove a quiet day.
    suspect = tuple(code for code, papers in batches.items() if code in faults or not papers)
    return BatchVerdict(DayOutcome.STALE, reason, suspect)


def _batch_lack(record: RunRecord) -> str | None:
    """Return why a feed cannot be all that was announced; None if it may be."""
    if record.is_cut:
        return "the feed breaks off or is broken"
    if record.is_capped:
        return f"the feed holds {record.limit:,} papers, which is arXiv's limit"
    return None


def _fault(
    papers: frozenset[str], earlier: Sequence[frozenset[str]]
) -> tuple[DayOutcome, str] | None:
    """Return what is wrong with the batch of a category; None if nothing is."""
    if papers:
        for age, before in enumerate(earlier):
            if len(papers & before) > STALE_SHARE * len(papers):
                which = "an older" if age else "yesterday's"
                return DayOutcome.STALE, f"{which} batch again"
        return None
    sizes = [len(before) for before in earlier if before]
    if sizes and median(sizes) >= MANY_PAPERS:
        return DayOutcome.LATE, f"empty, {sizes[0]} papers the time before"
    return None


def judge_feed(record: RunRecord, past: Past = Past()) -> Day:  # frozen
    """Judge a day of a blog's feed, or of any source that is no batch of arXiv.

    A feed that shows only posts newer than all that were known has scrolled on: what stood between
    is lost. Its posts must have dates for that, and it must have shown two at least.
    """
    if lack := record.lack:
        return Day(DayOutcome.FAILED, lack.what, record.entries, record.new)
    if not record.is_unchanged and not record.entries and past.usual_entries >= MANY_ENTRIES:
        reason = f"the feed is empty; it had {past.usual_entries} entries before"
        return Day(DayOutcome.FAILED, reason)
    is_all_new = record.new == record.entries >= MANY_ENTRIES
    if is_all_new and record.oldest_at and past.newest_at and record.oldest_at > past.newest_at:
        reason = (
            f"it shows {record.entries} posts, all newer than the last one known"
            f" ({past.newest_at:%Y-%m-%d}); posts between them may be missing"
        )
        return Day(DayOutcome.CAPPED, reason, record.entries, record.new)
    if not record.new:
        return Day(DayOutcome.QUIET, "nothing new", record.entries)
    return Day(DayOutcome.COMPLETE, None, record.entries, record.new)


def state_of(record: RunRecord, day: Day) -> str | None:
    """Name what is wrong with a source in a word, as in `SourceState`; None if nothing is."""
    if record.lack:
        return record.lack.state
    if day.outcome in {DayOutcome.CAPPED, DayOutcome.STALE}:
        return SourceState(day.outcome.value)
    return SourceState.EMPTY if day.outcome is DayOutcome.FAILED else None


def advise(trouble: Trouble, past: Past, now: datetime) -> Trouble:
    """Change the advice of an outage that lasts: what failed for a week may have moved."""
    since = past.failing_since
    if trouble.state != SourceState.OUTAGE or since is None or now - since <= LONG_OUTAGE:
        return trouble
    hint = f"it has failed since {since:%Y-%m-%d}: check its URL, the feed may have moved"
    return replace(trouble, hint=hint)


def median(numbers: Iterable[int]) -> float:
    """Find the middle; the library's own costs 10 ms to import."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
