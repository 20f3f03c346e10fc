"""When a document need not be asked for again, as its server and its feed say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A server may ask for a day at most; an hour less, so that a fetch at the same time every morning
# never comes a minute before the end of the wait.
LONGEST = timedelta(hours=23)

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)(?:$|[\s,])", re.IGNORECASE)


def next_check(
    now: datetime,
    *,
    retry_after: str | None = None,
    cache_control: str | None = None,
    expires: str | None = None,
    rest_s: int | None = None,
) -> datetime | None:
    """Find the moment before which a document should not be asked for again.

    The longest wait that anybody names counts, a day at most.

    Args:
        now: When the answer came.
        retry_after: The header (RFC 9110, section 10.2.3); None without one. So are the next two.
        cache_control: Its ``max-age`` counts, unless it says ``no-cache`` or ``no-store``
            (RFC 9111, section 5.2.2); it then silences `expires` as well.
        expires: A date (RFC 9111, section 5.3); ``max-age`` overrules it.
        rest_s: What the feed says of itself (RSS's ``ttl``), in seconds.

    Returns:
        None when it may be asked for at any time.
    """
    moments = [read_retry_after(retry_after, now), _fresh_until(cache_control, expires, now)]
    if rest_s:
        moments.append(now + timedelta(seconds=min(rest_s, LONGEST.total_seconds())))
    latest = max(filter(None, moments), default=None)
    if latest is None or latest <= now:
        return None
    return min(latest, now + LONGEST)


def is_put_off(due_at: datetime | None, now: datetime) -> bool:
    """Tell whether a moment that `next_check` found is still to come.

    One that is further away than anybody may ask for was written by a clock that was wrong.
    """
    return due_at is not None and now < due_at <= now + LONGEST


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read a ``Retry-After`` header: seconds, or a date; None when it is neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text[:10]), 10**9))
    return _date(text)


def _fresh_until(cache_control: str | None, expires: str | None, now: datetime) -> datetime | None:
    if cache_control and _NOT_KEPT.search(cache_control):
        return None
    age = _MAX_AGE.search(cache_control or "")
    if age:
        return now + timedelta(seconds=min(int(age[1]), 10**9))
    return _date(expires or "")


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
