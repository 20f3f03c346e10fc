"""How each source has fared, and what of it the author has to see to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from papertrack.core.arxiv.calendar import expected_days, feed_day, quiet_reason
from papertrack.core.watch.coverage import Day, DayOutcome, gaps, habit, silent_days
from papertrack.core.watch.credentials import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
