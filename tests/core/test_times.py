"""Moments as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, strategies as st

from papertrack.core.times import read_utc, utc_text

_zones = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=_zones)  # noqa: DTZ001  # bounds are naive by its rule


def test_moment_is_written_in_utc_to_the_millisecond() -> None:
    moment = datetime.fromisoformat("2026-11-20T12:30:00.009999+05:00")

    assert utc_text(moment) == "2026-11-20T07:30:00.009Z"


@given(moments)
def test_written_moment_is_read_back_to_the_millisecond(moment: datetime) -> None:
    found = read_utc(utc_text(moment))

    assert found.tzinfo is not None
    assert found.utcoffset() == timedelta(0)
    assert timedelta(0) <= moment - found < timedelta(milliseconds=1)


@given(moments, moments)
def test_written_moments_sort_as_they_follow_each_other(one: datetime, other: datetime) -> None:
    assert (utc_text(one) < utc_text(other)) <= (one < other)
    assert len(utc_text(one)) == len(utc_text(datetime(2026, 1, 1, tzinfo=UTC)))
