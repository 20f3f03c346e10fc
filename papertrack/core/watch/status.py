"""Status: which days of a source are complete, and what needs the author's attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from papertrack.core.answers import SourceState
from papertrack.core.arxiv.announcements import expected_days, feed_day, quiet_reason
from papertrack.core.watch.credentials import brief
from papertrack.core.watch.record import Day, DayOutcome, Past, Trouble, advise, median

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A feed counts as silent after four usual gaps, 1.5 times its longest gap, and two weeks, whichever
# is longest. Of 1,915 gaps between the posts of 21 blogs this flags 12 pauses that ended, several
# of them holes in the record; four usual gaps and a month would flag 53.
_USUAL_GAPS, _LONGEST_GAPS, _LEAST_DAYS = 4, 1.5, 14.0
_HABIT_GAPS = 20
_FEWEST_GAPS = 5


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a feed posts, by its last posts.

    Attributes:
        last: The date of the newest post.
        usual_days: The median gap between two days with posts.
        longest_days: The longest of these gaps.
    """

    last: datetime
    usual_days: float
    longest_days: int


def habit(newest: Sequence[datetime]) -> Habit | None:
    """Compute how often a feed posts; None if it has posted on too few days.

    Posts of one day count once, since a blog that moves may date fifty posts to one afternoon.

    Args:
        newest: The dates of its newest posts, aware, in any order.
    """
    days = sorted({moment.date() for moment in newest})[-_HABIT_GAPS - 1 :]
    gaps = [(later - day).days for day, later in pairwise(days)]
    if len(gaps) < _FEWEST_GAPS:
        return None
    return Habit(max(newest), median(gaps), max(gaps))


def silent_days(habit: Habit, now: datetime) -> int | None:
    """Return how many days a feed has been silent; None if that is within its habit."""
    days = (now - habit.last).days
    limit = max(_USUAL_GAPS * habit.usual_days, _LONGEST_GAPS * habit.longest_days, _LEAST_DAYS)
    return days if days > limit else None


def gaps(days: Mapping[date, Day], missing: Iterable[date]) -> dict[date, Day]:
    """Select the days of an arXiv source that need attention, oldest first.

    A failed day without a batch counts only until something newer is known.

    Args:
        days: The known days.
        missing: The days whose batch is missing; one that was never requested is late.
    """
    found = {day: days.get(day, Day(DayOutcome.LATE, "not fetched yet")) for day in missing}
    newest = max(days, default=None)
    if newest is not None and not days[newest].outcome.is_covered:
        found[newest] = days[newest]
    return dict(sorted(found.items()))


# An author who fetches on working days only comes back after a long weekend of four days.
_IDLE = timedelta(days=7)
_BATCHES, _FEED = "arxiv", "feed"


@dataclass(frozen=True, slots=True)
class Watched:
    """A source of the config, and its last fetches.

    Attributes:
        kind: ``arxiv`` (whole categories, announced in batches), ``arxiv-query`` or ``feed``.
        url: The address of a feed; None for arXiv.
        asked_at: When it was last requested, with any result; None means never.
        read_at: When it was last read; None means never.
        new: How many items it added in the span of the status.
        moved_to: The target of a permanent redirect; None without one.
        gone_at: Since when its server answers that it is gone; None if it does not.
        trouble: What was wrong at the last fetch; None if nothing was.
        failing_since: The first failure since it was last read; None if it did not fail.
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
    trouble: Trouble | None = None
    failing_since: datetime | None = None

    def today(self, now: datetime, zone: tzinfo) -> date:
        """Return the current day of the source: New York's for arXiv, else the author's."""
        return now.astimezone(zone).date() if self.kind == _FEED else feed_day(now)

    @property
    def has_batches(self) -> bool:
        """Whether a day that was not fetched is missing."""
        return self.kind == _BATCHES


@dataclass(frozen=True, slots=True)
class Need:
    """One problem that needs the author's attention.

    Attributes:
        source: The slug; None if it concerns all sources.
        since, until: The first and last day concerned; None if it concerns no days.
        what: What is wrong.
        todo: What to do, as an order.
        state: What is wrong in a word, as in `SourceState`; None if no word fits.
    """

    source: str | None
    what: str
    todo: str
    since: date | None = None
    until: date | None = None
    state: str | None = None

    @property
    def text(self) -> str:
        """The days, the problem and what to do, in one line."""
        days = f"{self.since} to {self.until} " if self.since != self.until else f"{self.since} "
        return f"{days if self.since else ''}{self.what}; {self.todo}"


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """The status of one source; a day is None if no fetch was made or needed."""

    source: Watched
    days: Mapping[date, Day | None]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The status of all sources.

    Attributes:
        since, until: The first and last day shown.
        needs: What needs the author's attention, source by source.
    """

    since: date
    until: date
    sources: tuple[SourceStatus, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """The stored days of a source.

    Attributes:
        days: All requested days; for a feed at least those shown.
        newest: The newest day; None if there is none.
        missing: The days whose batch is missing; empty for sources without batches.
        first: The first day that should have a batch.
        posts: The dates of its newest posts; empty if they do not matter.
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
        memory: Its stored days.
        span: The first and last day to show.
        now: The current time.
        zone: The author's time zone.
    """
    days = dict(_strip(source, memory, span, source.today(now, zone)))
    return SourceStatus(source, days, tuple(_needs(source, memory, now)))


def idle_need(sources: Iterable[Watched], now: datetime) -> Need | None:
    """Return a need if nothing was fetched for a week, as when a timer has stopped."""
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
        yield Need(source.slug, what, "remove it from the config", state=SourceState.GONE)
        return
    if source.moved_to is not None:
        what = f"moved for good to {brief(source.moved_to)}"
        yield Need(source.slug, what, "run: papertrack sources --fix", state=SourceState.MOVED)
    if source.asked_at is None:
        yield Need(source.slug, "never fetched", _fetch(source))
    elif source.has_batches:
        yield from _missing_batches(source, memory)
    else:
        yield from _failing(source, memory, now)
        yield from _silent(source, memory, now)


def _missing_batches(source: Watched, memory: Memory) -> Iterator[Need]:
    """Group adjacent days that have the same problem."""
    group: list[date] = []
    before: Day | None = None
    for day, fault in gaps(memory.days, memory.missing).items():
        is_next = bool(group) and len(expected_days(group[-1], day)) <= 1
        if before is not None and not (is_next and _same(fault, before)):
            yield _missing_need(source, group, before)
            group = []
        group.append(day)
        before = fault
    if before is not None:
        yield _missing_need(source, group, before)


def _same(fault: Day, other: Day) -> bool:
    return (fault.outcome, fault.reason) == (other.outcome, other.reason)


def _missing_need(source: Watched, days: Sequence[date], fault: Day) -> Need:
    state = SourceState.STALE if fault.outcome is DayOutcome.STALE else None
    return Need(source.slug, _describe(fault), _fetch(source), days[0], days[-1], state)


def _failing(source: Watched, memory: Memory, now: datetime) -> Iterator[Need]:
    """Report the newest day only, since a feed lists its last posts again."""
    newest = memory.newest
    if newest is None or memory.days[newest].outcome.is_covered:
        return
    day = memory.days[newest]
    what, todo = _describe(day), _check(source)
    state: str | None = None
    if day.outcome is DayOutcome.CAPPED:
        todo, state = "look for them on its site, and fetch more often", SourceState.CAPPED
    elif trouble := source.trouble:
        trouble = advise(trouble, Past(failing_since=source.failing_since), now)
        todo, state = trouble.hint or todo, trouble.state
    if day.outcome is DayOutcome.FAILED and source.read_at is None:
        what += f" (never read {'in full ' if day.entries else ''}so far)"
    elif source.read_at and source.read_at.date() < newest:
        what += f" (last read {source.read_at.date()})"
    yield Need(source.slug, what, todo, newest, newest, state)


def _silent(source: Watched, memory: Memory, now: datetime) -> Iterator[Need]:
    known = habit([post for post in memory.posts if post <= now])
    days = silent_days(known, now) if known else None
    if known is not None and days is not None:
        usual = round(known.usual_days)
        every = "day" if usual <= 1 else f"{usual} days"
        what = f"silent for {days} days, it used to post every {every}"
        yield Need(source.slug, what, _check(source), state=SourceState.SILENT)


def _describe(fault: Day) -> str:
    return f"{fault.outcome}: {fault.reason}" if fault.reason else fault.outcome.value


def _check(source: Watched) -> str:
    return f"check: {brief(source.url)}" if source.url else _fetch(source)


def _fetch(source: Watched | None = None) -> str:
    return "run: papertrack fetch" + (f" {source.slug}" if source else "")
