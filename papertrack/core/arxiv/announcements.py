"""arXiv's announcements: its calendar, what a day brought, and what has to be caught up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.config.taxonomy import todays_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Document, Entry

NEW_YORK = "America/New_York"

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_BREAK_STARTS, _BREAK_ENDS = (12, 24), (1, 2)

# Days of the winter break are chosen anew every year, a few months ahead. These are the ones
# arXiv had named beside the holidays below when this was written
# (https://info.arxiv.org/help/availability.html).
_NAMED = frozenset({date(2026, 1, 1), date(2026, 12, 29), date(2026, 12, 31)})


def feed_day(now: datetime) -> date:
    """Tell whose day's batch arXiv's feed holds; it turns over at midnight in New York.

    Args:
        now: The present, aware.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # 3 ms that most commands need not pay

    return now.astimezone(ZoneInfo(NEW_YORK)).date()


def next_turnover(now: datetime) -> datetime:
    """Tell when the feed turns over next: at the coming midnight in New York."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # as above

    tomorrow = feed_day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(NEW_YORK))


def last_freeze(day: date) -> datetime:
    """Tell when the papers of the batch before a day's were frozen: at 14:00 in New York.

    What was submitted later is in no batch before that of the day. (What moderators held back may
    be older and in it all the same.)
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # as above

    before = day - timedelta(days=1)
    while quiet_reason(before) is not None:
        before -= timedelta(days=1)
    frozen = _frozen_on(before)
    return datetime(frozen.year, frozen.month, frozen.day, 14, tzinfo=ZoneInfo(NEW_YORK))


def quiet_reason(day: date) -> str | None:
    """Tell why no batch is expected in the feed of a day; None when one is.

    The feed of a day holds what was announced at 20:00 the evening before: papers frozen at 14:00
    that day, or on Friday for the feed of Monday. On a holiday nothing is frozen and nothing is
    announced, so it is the feed of the *next* weekday that is empty: Thanksgiving, a Thursday,
    empties that of Friday, and the feed of Thanksgiving itself still holds Wednesday's papers.

    Sources: arxiv-docs ``source/help/availability.md`` (schedule, lists of 2023, 2025 and 2026),
    the days without announcements since 2003 that arXiv's publishing code is seeded with, and
    arxiv-feed ``feed/database.py`` (a feed holds the updates dated today). Every year since 2022
    they name Martin Luther King Jr. Day, Juneteenth, Labor Day, Thanksgiving and, when it is a
    weekday, Christmas; Independence Day since 2023. They never name Presidents' Day, Memorial
    Day, Columbus Day, Veterans Day or the day after Thanksgiving.

    Args:
        day: A day of New York's calendar.
    """
    if day.weekday() >= _SATURDAY:
        return "weekend"
    name = _holiday(_frozen_on(day))
    return f"US holiday: {name}" if name else None


def likely_quiet_reason(day: date) -> str | None:
    """Tell why an empty feed would be no surprise on a day; None when it would be.

    Beside the days of `quiet_reason` these are a holiday itself (arXiv's list may be read either
    way) and the winter break, of which arXiv takes two or three days that differ every year.
    """
    if reason := quiet_reason(day):
        return reason
    if name := _holiday(day):
        return f"US holiday: {name}"
    frozen = _frozen_on(day)
    is_break = (frozen.month, frozen.day) >= _BREAK_STARTS or (
        frozen.month,
        frozen.day,
    ) <= _BREAK_ENDS
    return "US holiday: winter break" if is_break else None


def expected_days(after: date, until: date) -> list[date]:
    """List the days whose feed should hold a batch, oldest first: after < day <= until."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return [day for day in days if quiet_reason(day) is None]


def _frozen_on(day: date) -> date:
    """Find the day at whose 14:00 the papers in a weekday's feed were frozen."""
    return day - timedelta(days=3 if day.weekday() == _MONDAY else 1)


def _holiday(day: date) -> str | None:
    """Name the holiday on which arXiv freezes and announces nothing; None on a working day."""
    if day in _NAMED:
        return "New Year's Day" if day.month == 1 else "winter break"
    year = day.year
    holidays = {
        _nth(year, 1, _MONDAY, 3): "Martin Luther King Jr. Day",
        _observed(date(year, 6, 19)): "Juneteenth",
        _observed(date(year, 7, 4)): "Independence Day",
        _nth(year, 9, _MONDAY, 1): "Labor Day",
        _nth(year, 11, _THURSDAY, 4): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
    return holidays.get(day)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    """Move a holiday off the weekend, as 5 U.S.C. 6103(b) does for the federal government."""
    return day + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))


# Moderation holds a submission "one to four days, sometimes longer"
# (https://info.arxiv.org/help/availability.html); three weeks are the longest that was reported.
_HELD_USUALLY = timedelta(days=4)
_HELD_AT_MOST = timedelta(days=21)
# The archive's dates are days of its own time zone, so one day is asked for twice.
# Asked for under an alias (cs.SY), arXiv calls the papers of the category cross-lists.
_FIRST_SHOWN = {None, "new", "cross"}
_OVERLAP = timedelta(days=1)
# What a feed of arXiv holds at most (https://info.arxiv.org/help/rss.html); a busy day has more.
_MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What a source wants from the archive.

    Attributes:
        since: The first day to ask for, the day of overlap included.
        categories: The categories to ask for.
        days: The days that are known to be missing; empty when the source is only new.
    """

    since: date
    categories: tuple[str, ...]
    days: tuple[date, ...] = ()


def batches_of(entries: Iterable[Entry], categories: Iterable[str]) -> dict[str, frozenset[str]]:
    """Gather the papers that a day's feed announces first in each category.

    A paper is ``new`` in its primary category only, so a category that the server has not brought
    up to date does not look fresh because of another one's cross-lists.

    Args:
        entries: The feed of the day.
        categories: Codes of categories or of whole archives.

    Returns:
        arXiv identifiers by category, empty sets included.
    """
    primaries: dict[tuple[str, bool], set[str]] = {}
    for entry in entries:
        facts = entry.arxiv
        if facts is not None and facts.primary and facts.announce_type in _FIRST_SHOWN:
            primary, is_cross = todays_code(facts.primary), facts.announce_type == "cross"
            for code in {primary, primary.partition(".")[0]}:
                primaries.setdefault((code, is_cross), set()).add(facts.id.base)
    batches: dict[str, frozenset[str]] = {}
    for code in categories:
        home = todays_code(code)
        papers = primaries.get((home, False), set())
        if home != code:  # an alias
            papers = papers | primaries.get((home, True), set())
        batches[code] = frozenset(papers)
    return batches


def what_is_missing(feed: Document) -> str | None:
    """Say why a day's feed cannot be all that was announced; None when it may be."""
    if not feed.is_whole:
        return "the feed breaks off or is broken"
    if feed.shown >= _MOST_SHOWN:
        return f"the feed holds {_MOST_SHOWN:,} papers, which is arXiv's limit"
    return None


def plan_catch_up(
    today: date,
    categories: Sequence[str],
    *,
    missed: Sequence[date],
    suspect: Sequence[str],
    since: date | None,
) -> CatchUp | None:
    """Decide what a source must ask the archive for.

    Args:
        today: The day of the feed.
        categories: All categories of the source.
        missed: Days with announcements that the source has not seen.
        suspect: Categories whose part of today's feed cannot be trusted.
        since: A day to go back to in any case (the first fetch, or `--since`); None
            otherwise.

    Returns:
        None when nothing is missing.
    """
    starts = [day - _OVERLAP for day in missed] + ([since] if since else [])
    if starts:
        days = tuple(sorted({*missed, *([today] if suspect else ())}))
        return CatchUp(min(starts), tuple(categories), days)
    if suspect:
        return CatchUp(today - _OVERLAP, tuple(suspect), (today,))
    return None


def is_announced_since(entry: Entry, since: date) -> bool:
    """Tell whether a paper of the archive was first announced since a day, and not only changed.

    The archive dates a record by its last change, administrative ones too, and never by its
    announcement. A paper that has been replaced already must be young; one still in its first
    version may have been held back for long.
    """
    if entry.published_at is None:
        return False
    version = entry.arxiv.id.version if entry.arxiv else None
    held = _HELD_AT_MOST if version in {None, 1} else _HELD_USUALLY
    return entry.published_at.date() >= since - held


def unseen(papers: Iterable[str], batches: Iterable[Iterable[frozenset[str]]]) -> set[str]:
    """Take away from some papers those that any of the batches holds."""
    return set(papers).difference(*(batch for several in batches for batch in several))
