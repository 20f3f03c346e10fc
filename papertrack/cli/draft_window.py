"""The window that the options of ``papertrack draft`` ask for."""

from __future__ import annotations

import datetime as dt
import re

from papertrack.core.time.window import Window, current_window, read_moment, week_window
from papertrack.errors import UsageError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_window(
    now: dt.datetime,
    zone: dt.tzinfo,
    last_end: dt.datetime | None,
    *,
    week: str | None,
    since: str | None,
    until: str | None,
) -> Window:
    """Read which judgements a draft is made of.

    Args:
        now: The present.
        zone: The author's time zone.
        last_end: Where the last published issue ends; None before the first.
        week: A whole ISO week.
        since: From when on.
        until: Up to when.

    Raises:
        UsageError: They contradict each other, or one is no date.
    """
    if week:
        if since or until:
            message = "--week and --since or --until contradict each other"
            raise UsageError(message, hint="give one of them")
        return week_window(week, zone)
    usual = current_window(now, zone, last_end)
    window = Window(
        read_moment(since, now, zone) if since else usual.since,
        read_moment(until, now, zone) if until else usual.until,
    )
    if window.since >= window.until:
        message = "the window ends before it begins"
        raise UsageError(message, hint="give --since an earlier date than --until")
    return window


def issue_day(window: Window, now: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """Take today as the issue's date, or the last day of a window that is over."""
    last = window.until.astimezone(zone) - dt.timedelta(microseconds=1)
    return min(now.astimezone(zone), last).date()


def read_past(text: str, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Read the moment of ``--as-of``: the end of a day, or any moment that has passed.

    Raises:
        UsageError: It is no date, or has not come yet.
    """
    moment = read_moment(text, now, zone)
    if _DAY.fullmatch(text.strip()) and moment <= now:
        moment = min(moment + dt.timedelta(days=1, milliseconds=-1), now)
    if moment > now:
        message = f'"{text}" has not come yet'
        raise UsageError(message, hint="name a day that has passed")
    return moment
