"""Tell how the sources have fared, and what of it the author has to see to."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from papertrack.core.arxiv.calendar import expected_days, feed_day
from papertrack.core.watch.status import Memory, Status, Watched, idle_need, status_of
from papertrack.storage import coverage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from papertrack.core.watch.coverage import Day

_ONE = timedelta(days=1)


def tell_status(db: sqlite3.Connection, now: datetime, zone: tzinfo, *, days: int) -> Status:
    """Judge every source of the config.

    Args:
        db: The database.
        now: The present.
        zone: The author's.
        days: How many days to look at, today included; at least 1.
    """
    today = now.astimezone(zone).date()
    since = today - timedelta(days=days - 1)
    midnight = datetime(since.year, since.month, since.day, tzinfo=zone)
    sources = coverage.list_watched(db, midnight)
    until = max([today, *(source.today(now, zone) for source in sources)])
    known = coverage.read_days(db, None, since, until)
    judged = tuple(
        status_of(
            source, _remember(db, source, known.get(source.id, {}), now), (since, until), now, zone
        )
        for source in sources
    )
    needs = [need for one in judged for need in one.needs]
    if idle := idle_need(sources, now):
        needs.insert(0, idle)
    return Status(since, until, judged, tuple(needs))


def _remember(
    db: sqlite3.Connection, source: Watched, days: Mapping[date, Day], now: datetime
) -> Memory:
    """Read what of a source's past matters today."""
    newest = coverage.newest_day(db, source.id)
    if not source.has_batches:
        if newest is not None and newest not in days:
            days = {**days, **coverage.read_days(db, source.id, newest, newest)[source.id]}
        # A feed that has just brought something is not silent; its past need not be read.
        posts = [] if source.new else coverage.post_dates(db, source.id)
        return Memory(days, newest, (), source.added_at.date(), posts)
    today = feed_day(now)
    first = coverage.first_covered(db, source.id)
    if first is None:
        first = feed_day(source.added_at)
        missing = expected_days(first - _ONE, today)
    else:
        missing = coverage.uncovered(db, source.id, today)
    start = min([first, *days])
    days = {**days, **coverage.read_days(db, source.id, start, today).get(source.id, {})}
    return Memory(days, newest, missing, first)
