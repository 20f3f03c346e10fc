"""arXiv's announcements: the calendar, the batches of a day, and missed days to catch up on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.config.taxonomy import todays_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Entry

NEW_YORK = "America/New_York"

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_BREAK_STARTS, _BREAK_ENDS = (12, 24), (1, 2)

# arXiv chooses the days of its winter break every year, a few months ahead. These are the days
# that it had announced when this was written, apart from the holidays below
# (https://info.arxiv.org/help/availability.html).
_ANNOUNCED_BREAK = frozenset({date(2026, 1, 1), date(2026, 12, 29), date(2026, 12, 31)})


def feed_day(now: datetime) -> date:
    """Return the day whose batch arXiv's feed contains; it changes at midnight in New York.

    Args:
        now: The current time, timezone-aware.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # takes 3 ms; most commands do not need it

    return now.astimezone(ZoneInfo(NEW_YORK)).date()


def next_turnover(now: datetime) -> datetime:
    """Return when the feed next changes: the coming midnight in New York."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # as above

    tomorrow = feed_day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(NEW_YORK))


def last_freeze(day: date) -> datetime:
    """Return the submission deadline of the batch before that of `day`: 14:00 in New York.

    Papers submitted after it are in the batch of `day` at the earliest. That batch may also contain
    older ones, which moderators held back.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # as above

    before = day - timedelta(days=1)
    while quiet_reason(before) is not None:
        before -= timedelta(days=1)
    frozen = _frozen_on(before)
    return datetime(frozen.year, frozen.month, frozen.day, 14, tzinfo=ZoneInfo(NEW_YORK))


def quiet_reason(day: date) -> str | None:
    """Return why no batch is expected in the feed of a day; None if one is expected.

    The feed of a day contains what was announced at 20:00 the evening before: papers frozen at
    14:00 that day, or on Friday for the feed of Monday. On a holiday arXiv freezes and announces
    nothing, so the feed of the *next* weekday is empty: Thanksgiving, a Thursday, empties the feed
    of Friday, while the feed of Thanksgiving itself contains Wednesday's papers.

    Sources: arxiv-docs ``source/help/availability.md`` (schedule, lists of 2023, 2025 and 2026),
    the list of days without announcements since 2003 in arXiv's publishing code, and arxiv-feed
    ``feed/database.py`` (a feed contains the updates dated today). Every year since 2022 they list
    Martin Luther King Jr. Day, Juneteenth, Labor Day, Thanksgiving and, on a weekday, Christmas;
    Independence Day since 2023. They never list Presidents' Day, Memorial Day, Columbus Day,
    Veterans Day or the day after Thanksgiving.

    Args:
        day: A date in New York.
    """
    if day.weekday() >= _SATURDAY:
        return "weekend"
    name = _holiday(_frozen_on(day))
    return f"US holiday: {name}" if name else None


def likely_quiet_reason(day: date) -> str | None:
    """Return why the feed of a day may be empty; None if that would be a surprise.

    In addition to the days of `quiet_reason`, these are the holiday itself (arXiv's list is
    ambiguous) and the winter break, when arXiv takes two or three days off that differ every year.
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
    """List the days with after < day <= until whose feed should contain a batch, oldest first."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return [day for day in days if quiet_reason(day) is None]


def _frozen_on(day: date) -> date:
    """Return the day on which the papers in a weekday's feed were frozen."""
    return day - timedelta(days=3 if day.weekday() == _MONDAY else 1)


def _holiday(day: date) -> str | None:
    """Return the name of the holiday on which arXiv announces nothing; None on a working day."""
    if day in _ANNOUNCED_BREAK:
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
# (https://info.arxiv.org/help/availability.html); the longest time reported is three weeks.
_HELD_USUALLY = timedelta(days=4)
_HELD_AT_MOST = timedelta(days=21)
# In a feed requested by an alias (cs.SY), arXiv marks the papers of the category as cross-lists.
_FIRST_SHOWN = {None, "new", "cross"}
# The archive's dates are days in its own time zone, so one day is requested twice.
_OVERLAP = timedelta(days=1)
# What a feed of arXiv holds at most (https://info.arxiv.org/help/rss.html); a busy day has more.
MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What to request from the archive for a source.

    Attributes:
        since: The first day to request, including the day of overlap.
        categories: The categories to request.
        days: The days known to be missing; empty for the first fetch of a source.
    """

    since: date
    categories: tuple[str, ...]
    days: tuple[date, ...] = ()


def batches_of(entries: Iterable[Entry], categories: Iterable[str]) -> dict[str, frozenset[str]]:
    """Group the papers that a day's feed announces first by category.

    Only a paper's primary category counts, so that cross-lists from other categories do not make a
    category look up to date that the server has not updated.

    Args:
        entries: The feed of the day.
        categories: Codes of categories or of whole archives.

    Returns:
        arXiv identifiers for every category; a set may be empty.
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


def plan_catch_up(
    today: date,
    categories: Sequence[str],
    *,
    missed: Sequence[date],
    suspect: Sequence[str],
    since: date | None,
) -> CatchUp | None:
    """Decide what to request from the archive for a source.

    Args:
        today: The day of the feed.
        categories: All categories of the source.
        missed: Days with announcements that the source has not seen.
        suspect: Categories whose part of today's feed may be incomplete.
        since: The day to go back to in any case (the first fetch, or `--since`); else None.

    Returns:
        None if nothing is missing.
    """
    starts = [day - _OVERLAP for day in missed] + ([since] if since else [])
    if starts:
        days = tuple(sorted({*missed, *([today] if suspect else ())}))
        return CatchUp(min(starts), tuple(categories), days)
    if suspect:
        return CatchUp(today - _OVERLAP, tuple(suspect), (today,))
    return None


def is_announced_since(entry: Entry, since: date) -> bool:
    """Return whether a paper of the archive was first announced since a day, not only changed.

    The archive dates a record by its last change, even an administrative one, and not by its
    announcement. A first version may have been held back for three weeks; a paper with several
    versions counts only if it was submitted at most four days before.
    """
    if entry.published_at is None:
        return False
    version = entry.arxiv.id.version if entry.arxiv else None
    held = _HELD_AT_MOST if version in {None, 1} else _HELD_USUALLY
    return entry.published_at.date() >= since - held


def unseen(papers: Iterable[str], batches: Iterable[Iterable[frozenset[str]]]) -> set[str]:
    """Return the papers that are in none of the batches."""
    return set(papers).difference(*(batch for several in batches for batch in several))
