"""Coverage and status: which days of a source are complete, and what the author must see to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from papertrack.core.arxiv.announcements import (
    expected_days,
    feed_day,
    likely_quiet_reason,
    quiet_reason,
)
from papertrack.core.watch.credentials import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A paper is announced as new once in its life, so a fresh batch shares nothing with an older one
# and a stale one (seen: cs.AI on 2026-08-12, the previous batch under a fresh date) shares nearly
# all; nothing between was ever reported. Above half, more of a document is old than new.
STALE_SHARE = 0.5
# A category with five papers a day has an empty day once in 150 days (Poisson), one with two
# papers once in seven: below five, an empty batch says nothing.
MANY_PAPERS = 5
# A post may be taken back; a feed that loses several at once has lost its contents.
MANY_ENTRIES = 2
# A feed is silent when it has been for longer than four usual gaps, half as long again as its
# longest gap, and two weeks. Among 1,915 gaps between the posts of 21 blogs that names 12 pauses
# that ended (several of them holes in the record); four usual gaps and a month alone name 53.
_USUAL_GAPS, _LONGEST_GAPS, _LEAST_DAYS = 4, 1.5, 14.0
_HABIT_GAPS = 20
_FEWEST_GAPS = 5


class DayOutcome(StrEnum):
    """How a source fared on a day."""

    COMPLETE = "complete"
    QUIET = "quiet"
    STALE = "stale"
    LATE = "late"
    FAILED = "failed"

    @property
    def is_covered(self) -> bool:
        """Whether nothing of the day can be missing any more."""
        return self in {DayOutcome.COMPLETE, DayOutcome.QUIET}


@dataclass(frozen=True, slots=True)
class Day:
    """How a source fared on one day.

    Attributes:
        reason: Why the day is not complete, or how it came to be; None when that needs no words.
        entries: The most entries that a document of this day held.
        new: How many items came in, over all runs of the day.
    """

    outcome: DayOutcome
    reason: str | None = None
    entries: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class BatchVerdict:
    """What to think of a batch before anybody else was asked.

    Attributes:
        outcome: What to write down unless the archive knows better.
        suspect: The categories whose papers may be missing, worth asking the archive for. There
            may be some on a quiet day too, when that day need not have been quiet.
        is_part: Whether the document cannot be all that was announced.
    """

    outcome: DayOutcome
    reason: str | None = None
    suspect: tuple[str, ...] = ()
    is_part: bool = False

    def day(self, *, entries: int, new: int) -> Day:
        """Put the counts of a source to it."""
        return Day(self.outcome, self.reason, entries, new)


def judge_batch(
    day: date,
    batches: Mapping[str, frozenset[str]],
    earlier: Mapping[str, Sequence[frozenset[str]]],
    *,
    missing: str | None = None,
) -> BatchVerdict:
    """Judge a document of arXiv's feed by what it holds, category by category.

    Dates are no help: a stale feed has a fresh ``lastBuildDate`` (ZJU-REAL/Polaris#414), and it is
    stale in one category while another is current.

    Args:
        day: The day of the feed, see `feed_day`.
        batches: For every category that was asked for, the papers (identifiers without version)
            that the document announces as new and whose primary category it is; may be empty.
        earlier: The same of the days before `day`, newest first; a category may be missing.
        missing: Why the document cannot be all that was announced; None when it may be.

    Returns:
        Complete, quiet, stale or late. A day that is late becomes quiet ("nothing announced")
        when the archive confirms that there is nothing, which is the caller's to ask.
    """
    if missing:
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
    words = {said for _, said in faults.values()}
    if len(faults) == len(batches) and len(words) == 1:
        reason = words.pop()
    else:
        reason = "; ".join(f"{category}: {said}" for category, (_, said) in faults.items())
    if DayOutcome.STALE not in outcomes:
        return BatchVerdict(DayOutcome.LATE, reason, tuple(faults))
    # Beside a category that is stale one without papers is no evidence of a quiet day for it.
    suspect = tuple(code for code, papers in batches.items() if code in faults or not papers)
    return BatchVerdict(DayOutcome.STALE, reason, suspect)


def _fault(
    papers: frozenset[str], earlier: Sequence[frozenset[str]]
) -> tuple[DayOutcome, str] | None:
    """Say what is wrong with a category's batch; None when nothing is."""
    if papers:
        for age, before in enumerate(earlier):
            if len(papers & before) > STALE_SHARE * len(papers):
                which = "an older" if age else "yesterday's"
                return DayOutcome.STALE, f"{which} batch again"
        return None
    sizes = [len(before) for before in earlier if before]
    if sizes and _median(sizes) >= MANY_PAPERS:
        return DayOutcome.LATE, f"empty, {sizes[0]} papers the time before"
    return None


def judge_feed(
    *,
    entries: int,
    new: int,
    entries_before: int,
    unchanged: bool = False,
    error: str | None = None,
) -> Day:
    """Judge a day of a blog's feed, or of any source that is no batch of arXiv.

    Args:
        entries: How many entries the document held.
        new: How many items came in.
        entries_before: How many it used to hold, see `usual_entries` of the storage; 0 when it
            never held any.
        unchanged: Whether the server said that nothing changed, and sent no document.
        error: Why it could not be read, or not in full; else None.
    """
    if error is not None:
        return Day(DayOutcome.FAILED, error, entries, new)
    if not unchanged and not entries and entries_before >= MANY_ENTRIES:
        reason = f"the feed is empty; it had {entries_before} entries before"
        return Day(DayOutcome.FAILED, reason)
    if not new:
        return Day(DayOutcome.QUIET, "nothing new", entries)
    return Day(DayOutcome.COMPLETE, None, entries, new)


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a feed posts, by its last posts.

    Attributes:
        last: When the newest post is dated.
        usual_days: The median gap between two days with posts.
        longest_days: The longest of these gaps.
    """

    last: datetime
    usual_days: float
    longest_days: int


def habit(newest: Sequence[datetime]) -> Habit | None:
    """Learn how often a feed posts; None while it has posted on too few days to tell.

    Posts of one day count once: a blog that moves house dates fifty posts to one afternoon.

    Args:
        newest: The dates of its newest posts, aware, in any order.
    """
    days = sorted({moment.date() for moment in newest})[-_HABIT_GAPS - 1 :]
    gaps = [(later - day).days for day, later in pairwise(days)]
    if len(gaps) < _FEWEST_GAPS:
        return None
    return Habit(max(newest), _median(gaps), max(gaps))


def silent_days(habit: Habit, now: datetime) -> int | None:
    """Count the days a feed has been silent, if that is much longer than its habit, else None."""
    days = (now - habit.last).days
    limit = max(_USUAL_GAPS * habit.usual_days, _LONGEST_GAPS * habit.longest_days, _LEAST_DAYS)
    return days if days > limit else None


def gaps(days: Mapping[date, Day], missing: Iterable[date]) -> dict[date, Day]:
    """Pick the days of a source of arXiv's batches that the author has to see to, oldest first.

    A day without a batch that went wrong counts only while nothing newer is known.

    Args:
        days: What is known.
        missing: The days whose batch is not there; one that was never asked for is late.
    """
    found = {day: days.get(day, Day(DayOutcome.LATE, "not fetched yet")) for day in missing}
    newest = max(days, default=None)
    if newest is not None and not days[newest].outcome.is_covered:
        found[newest] = days[newest]
    return dict(sorted(found.items()))


def _median(numbers: Iterable[int]) -> float:
    """Find the middle; the library's own costs 10 ms to import."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


# Whoever fetches on working days only comes back after a long weekend of four days.
_IDLE = timedelta(days=7)
_BATCHES, _FEED = "arxiv", "feed"


@dataclass(frozen=True, slots=True)
class Watched:
    """A source of the config, and what is known of it.

    Attributes:
        kind: ``arxiv`` (whole categories, announced in batches), ``arxiv-query`` or ``feed``.
        url: The address of a feed; None for arXiv.
        asked_at: When it was last asked for, with whatever result; None means never.
        read_at: When it last answered well; None means never.
        new: How many items it brought in the days that are looked at.
        moved_to: Where its address says it has moved for good.
        gone_at: Since when its address says it is gone.
    """

    id: int
    slug: str
    name: str
    kind: str
    url: str | None
    added_at: datetime
    asked_at: datetime | None = None
    read_at: datetime | None = None
    new: int = 0
    moved_to: str | None = None
    gone_at: datetime | None = None

    def today(self, now: datetime, zone: tzinfo) -> date:
        """Tell which day it is for the source: in New York for arXiv, else for the author."""
        return now.astimezone(zone).date() if self.kind == _FEED else feed_day(now)

    @property
    def has_batches(self) -> bool:
        """Whether a day that was not fetched is a day that is missing."""
        return self.kind == _BATCHES


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the author has to see to.

    Attributes:
        source: The slug; None when it is no single source's.
        since, until: The first and last day it is about; None when it is about none.
        what: What is wrong.
        todo: What to do, as an order.
    """

    source: str | None
    what: str
    todo: str
    since: date | None = None
    until: date | None = None

    @property
    def text(self) -> str:
        """The days, what is wrong and what to do, in one line."""
        days = f"{self.since} to {self.until} " if self.since != self.until else f"{self.since} "
        return f"{days if self.since else ''}{self.what}; {self.todo}"


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one source has fared; a day is None when it was not asked and need not have been."""

    source: Watched
    days: Mapping[date, Day | None]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How all sources have fared.

    Attributes:
        since, until: The first and the last day that is looked at.
        needs: What the author has to see to, source by source.
    """

    since: date
    until: date
    sources: tuple[SourceStatus, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the database remembers of a source's days.

    Attributes:
        days: Every day that was asked about; for a feed at least those that are looked at.
        newest: The newest of all; None when there is none.
        missing: The days whose batch it lacks; empty for sources without batches.
        first: The first day from which on it should have every batch.
        posts: When its newest posts are dated; empty when that does not matter.
    """

    days: Mapping[date, Day]
    newest: date | None
    missing: Sequence[date]
    first: date
    posts: Sequence[datetime] = ()


def status_of(
    source: Watched, memory: Memory, span: tuple[date, date], now: datetime, zone: tzinfo
) -> SourceStatus:
    """Judge one source.

    Args:
        source: The source.
        memory: Its days.
        span: The first and the last day to look at.
        now: The present.
        zone: The author's.
    """
    days = dict(_strip(source, memory, span, source.today(now, zone)))
    return SourceStatus(source, days, tuple(_needs(source, memory, now)))


def idle_need(sources: Iterable[Watched], now: datetime) -> Need | None:
    """Notice that nothing at all was fetched for a week: a timer that has stopped, say."""
    asked = [source.asked_at for source in sources if source.asked_at]
    if not asked or now - max(asked) <= _IDLE:
        return None
    return Need(None, f"nothing was fetched for {(now - max(asked)).days} days", _fetch())


def _strip(
    source: Watched, memory: Memory, span: tuple[date, date], today: date
) -> Iterator[tuple[date, Day | None]]:
    since, until = span
    missing = set(memory.missing)
    for offset in range((until - since).days + 1):
        day = since + timedelta(days=offset)
        known = memory.days.get(day)
        if known is None and source.has_batches and memory.first <= day <= today:
            if day in missing:
                known = Day(DayOutcome.LATE, "not fetched yet")
            elif reason := quiet_reason(day):
                known = Day(DayOutcome.QUIET, reason)
        yield day, known


def _needs(source: Watched, memory: Memory, now: datetime) -> Iterator[Need]:
    if source.gone_at is not None:
        what = f"gone for good since {source.gone_at.date()} (HTTP 410)"
        yield Need(source.slug, what, "remove it from the config")
        return
    if source.moved_to is not None:
        what = f"moved for good to {brief(source.moved_to)}"
        yield Need(source.slug, what, "run: papertrack sources --fix")
    if source.asked_at is None:
        yield Need(source.slug, "never fetched", _fetch(source))
    elif source.has_batches:
        yield from _missing_batches(source, memory)
    else:
        yield from _failing(source, memory)
        yield from _silent(source, memory, now)


def _missing_batches(source: Watched, memory: Memory) -> Iterator[Need]:
    """Gather neighbouring days that lack for the same reason."""
    group: list[date] = []
    before: Day | None = None
    for day, fault in gaps(memory.days, memory.missing).items():
        is_next = bool(group) and len(expected_days(group[-1], day)) <= 1
        if before is not None and not (is_next and _same(fault, before)):
            yield _lack(source, group, before)
            group = []
        group.append(day)
        before = fault
    if before is not None:
        yield _lack(source, group, before)


def _same(fault: Day, other: Day) -> bool:
    return (fault.outcome, fault.reason) == (other.outcome, other.reason)


def _lack(source: Watched, days: Sequence[date], fault: Day) -> Need:
    return Need(source.slug, _said(fault), _fetch(source), days[0], days[-1])


def _failing(source: Watched, memory: Memory) -> Iterator[Need]:
    """A feed shows its last posts again, so only its newest day counts."""
    newest = memory.newest
    if newest is None or memory.days[newest].outcome.is_covered:
        return
    what = _said(memory.days[newest])
    if source.read_at is None:
        in_full = "in full " if memory.days[newest].entries else ""
        what += f" (never read {in_full}so far)"
    elif source.read_at.date() < newest:
        what += f" (last read {source.read_at.date()})"
    yield Need(source.slug, what, _check(source), newest, newest)


def _silent(source: Watched, memory: Memory, now: datetime) -> Iterator[Need]:
    known = habit([post for post in memory.posts if post <= now])
    days = silent_days(known, now) if known else None
    if known is not None and days is not None:
        usual = round(known.usual_days)
        every = "day" if usual <= 1 else f"{usual} days"
        what = f"silent for {days} days, it used to post every {every}"
        yield Need(source.slug, what, _check(source))


def _said(fault: Day) -> str:
    return f"{fault.outcome}: {fault.reason}" if fault.reason else fault.outcome.value


def _check(source: Watched) -> str:
    return f"check: {brief(source.url)}" if source.url else _fetch(source)


def _fetch(source: Watched | None = None) -> str:
    return "run: papertrack fetch" + (f" {source.slug}" if source else "")
