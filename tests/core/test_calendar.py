"""arXiv's calendar, checked against the days that it has named itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from papertrack.core.arxiv.announcements import (
    expected_days,
    feed_day,
    likely_quiet_reason,
    quiet_reason,
)

# The evenings without an announcement that arXiv named: source/help/availability.md of
# arxiv-docs. Retreats and the chosen days of past winter breaks follow no rule and are left out.
NAMED = {
    "2022-06-20": "Juneteenth", "2022-09-05": "Labor Day", "2022-11-24": "Thanksgiving Day",
    "2023-01-16": "Martin Luther King Jr. Day", "2023-06-19": "Juneteenth",
    "2023-07-04": "Independence Day", "2023-09-04": "Labor Day",
    "2023-11-23": "Thanksgiving Day", "2023-12-25": "Christmas Day",
    "2024-07-04": "Independence Day", "2024-11-28": "Thanksgiving Day",
    "2025-01-20": "Martin Luther King Jr. Day", "2025-06-19": "Juneteenth",
    "2025-07-04": "Independence Day", "2025-09-01": "Labor Day",
    "2025-11-27": "Thanksgiving Day", "2025-12-25": "Christmas Day",
    "2026-01-01": "New Year's Day", "2026-01-19": "Martin Luther King Jr. Day",
    "2026-06-19": "Juneteenth", "2026-07-03": "Independence Day", "2026-09-07": "Labor Day",
    "2026-11-26": "Thanksgiving Day", "2026-12-25": "Christmas Day",
    "2026-12-29": "winter break", "2026-12-31": "winter break",
}  # fmt: skip
DAYS = st.dates(date(2022, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(("evening", "name"), NAMED.items())
def test_no_announcement_on_a_holiday_empties_the_feed_of_the_next_weekday(
    evening: str, name: str
) -> None:
    holiday = date.fromisoformat(evening)
    feed = holiday + timedelta(days=3 if holiday.weekday() == 4 else 1)

    assert quiet_reason(feed) == f"US holiday: {name}"


def test_the_feed_of_thanksgiving_holds_the_papers_of_the_evening_before() -> None:
    assert quiet_reason(date(2026, 11, 26)) is None
    assert quiet_reason(date(2026, 11, 27)) == "US holiday: Thanksgiving Day"
    assert quiet_reason(date(2026, 11, 30)) is None


def test_a_holiday_itself_may_be_quiet_though_a_batch_is_expected() -> None:
    assert likely_quiet_reason(date(2026, 11, 26)) == "US holiday: Thanksgiving Day"


@pytest.mark.parametrize("day", ["2026-02-17", "2026-05-26", "2026-10-13", "2026-11-12"])
def test_arxiv_works_on_the_other_holidays_of_the_us(day: str) -> None:
    assert likely_quiet_reason(date.fromisoformat(day)) is None


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2027-12-28", "US holiday: winter break"),
        ("2027-12-31", "US holiday: winter break"),
        ("2028-01-03", "US holiday: winter break"),
        ("2027-12-24", None),
        ("2028-01-05", None),
    ],
)
def test_any_day_of_the_winter_break_may_be_quiet(day: str, reason: str | None) -> None:
    assert likely_quiet_reason(date.fromisoformat(day)) == reason


def test_a_holiday_on_a_weekend_is_kept_on_the_weekday_beside_it() -> None:
    assert quiet_reason(date(2027, 7, 6)) == "US holiday: Independence Day"  # the 4th: a Sunday
    assert quiet_reason(date(2027, 6, 21)) == "US holiday: Juneteenth"  # the 19th: a Saturday


@given(DAYS)
def test_weekends_are_quiet_and_what_is_quiet_is_likely_quiet(day: date) -> None:
    if day.weekday() >= 5:
        assert quiet_reason(day) == "weekend"
    if quiet_reason(day):
        assert likely_quiet_reason(day) == quiet_reason(day)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 20, 4, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 7, 20, 3, 59, tzinfo=UTC), date(2026, 7, 19)),
        (datetime(2026, 7, 20, 4, 0, tzinfo=UTC), date(2026, 7, 20)),
    ],
)
def test_the_feed_turns_over_at_midnight_in_new_york(now: datetime, day: date) -> None:
    assert feed_day(now) == day


def test_expected_days_leave_out_the_first_and_keep_the_last() -> None:
    days = expected_days(date(2026, 11, 24), date(2026, 12, 1))

    assert [f"{day:%d}" for day in days] == ["25", "26", "30", "01"]


@given(DAYS, st.integers(-5, 40))
def test_expected_days_are_those_without_a_reason_to_be_quiet(after: date, span: int) -> None:
    until = after + timedelta(days=span)

    days = expected_days(after, until)

    assert days == sorted(days)
    assert all(after < day <= until and quiet_reason(day) is None for day in days)
    quiet = [after + timedelta(days=n) for n in range(1, span + 1)]
    assert len(days) == sum(quiet_reason(day) is None for day in quiet)
