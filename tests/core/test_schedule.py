"""When a document need not be asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from papertrack.core.watch.plan import LONGEST, next_check, read_retry_after

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry_after": "3600"}, HOUR),
        ({"retry_after": "Fri, 20 Nov 2026 14:00:00 GMT"}, HOUR),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-5"}, None),
        ({"cache_control": "public, max-age=3600"}, HOUR),
        ({"cache_control": 'MAX-AGE="3600"'}, HOUR),
        ({"cache_control": "s-maxage=3600"}, None),
        ({"cache_control": "max-age=0"}, None),
        ({"cache_control": "no-cache, max-age=3600"}, None),
        ({"cache_control": "no-store"}, None),
        ({"cache_control": "no-cache", "expires": "Fri, 20 Nov 2026 14:00:00 GMT"}, None),
        ({"expires": "Fri, 20 Nov 2026 14:00:00 GMT"}, HOUR),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"cache_control": "max-age=60", "expires": "Fri, 20 Nov 2026 14:00:00 GMT"}, HOUR / 60),
        ({"cache_control": "max-age=60", "retry_after": "3600"}, HOUR),
        ({"cache_control": "max-age=99999999999999"}, LONGEST),
        ({"retry_after": "9" * 30}, LONGEST),
        ({"rest_s": 3600}, HOUR),
        ({"rest_s": 10**9}, LONGEST),
        ({"rest_s": 60, "cache_control": "max-age=3600"}, HOUR),
    ],
)
def test_the_longest_wait_that_is_asked_for_counts(
    headers: dict[str, str], wait: timedelta | None
) -> None:
    assert next_check(NOW, **headers) == (wait and NOW + wait)  # type: ignore[arg-type]


_headers = st.none() | st.text(max_size=40)


@given(
    retry_after=_headers,
    cache_control=_headers,
    expires=_headers,
    rest_s=st.none() | st.integers(0),
)
def test_no_header_can_put_a_feed_off_for_a_day(
    retry_after: str | None, cache_control: str | None, expires: str | None, rest_s: int | None
) -> None:
    moment = next_check(
        NOW, retry_after=retry_after, cache_control=cache_control, expires=expires, rest_s=rest_s
    )

    assert moment is None or NOW < moment <= NOW + LONGEST


def test_a_date_without_a_zone_is_universal_time() -> None:
    assert read_retry_after("Fri, 20 Nov 2026 14:00:00 -0000", NOW) == NOW + HOUR
