"""ISO weeks, and the span of time that an issue covers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from papertrack.core.dates import (
    Window,
    current_window,
    read_day,
    read_moment,
    week_name,
    week_window,
)
from papertrack.errors import UsageError

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "2026-W01"),
        ("2026-12-27", "2026-W52"),
        ("2026-12-28", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2025-12-29", "2026-W01"),
    ],
)
def test_week_at_the_turn_of_the_year_belongs_to_the_iso_year(day: str, name: str) -> None:
    assert week_name(date.fromisoformat(day)) == name


@pytest.mark.parametrize("written", ["2026-W53", "2026W53", " 2026-w53 "])
def test_week_53_runs_into_the_next_year(written: str) -> None:
    window = week_window(written, UTC)

    assert window.since == datetime(2026, 12, 28, tzinfo=UTC)
    assert window.until == datetime(2027, 1, 4, tzinfo=UTC)
    assert window.issue == "2026-W53"


@pytest.mark.parametrize(
    ("week", "hours"), [("2026-W10", 167), ("2026-W44", 169), ("2026-W47", 168)]
)
def test_week_of_a_clock_change_has_an_hour_less_or_more(week: str, hours: int) -> None:
    window = week_window(week, NEW_YORK)

    span = window.until.astimezone(UTC) - window.since.astimezone(UTC)
    assert span == timedelta(hours=hours)
    assert (window.since.hour, window.until.hour) == (0, 0)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from([UTC, NEW_YORK]))
def test_every_day_lies_in_the_week_that_is_named_after_it(day: date, zone: ZoneInfo) -> None:
    window = week_window(week_name(day), zone)

    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    assert window.since <= noon < window.until
    assert window.issue == week_name(day)


@pytest.mark.parametrize(
    "week",
    [
        "",
        "47",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-11-20",
        "0001-W01",
        "9999-W52",
        "2026-W047",
    ],
)
def test_what_is_no_week_is_refused_with_an_example(week: str) -> None:
    with pytest.raises(UsageError, match="is not a week") as caught:
        week_window(week, UTC)
    assert caught.value.hint == "write it like 2026-W47"


def test_window_runs_from_monday_in_the_authors_zone() -> None:
    sunday_evening = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    assert current_window(sunday_evening, NEW_YORK, None).since == datetime(
        2026, 11, 16, tzinfo=NEW_YORK
    )
    assert current_window(sunday_evening, NEW_YORK, None).issue == "2026-W47"
    assert current_window(sunday_evening, UTC, None).issue == "2026-W48"


def test_window_runs_from_the_last_issue_when_there_is_one() -> None:
    published = NOW - timedelta(days=9)

    assert current_window(NOW, UTC, published) == Window(published, NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12h", NOW - timedelta(hours=12)),
        ("3d", NOW - timedelta(days=3)),
        (" 2 W ", NOW - timedelta(weeks=2)),
        ("9999w", NOW - timedelta(weeks=9999)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=NEW_YORK)),
        ("2026-11-20T09:30", datetime(2026, 11, 20, 9, 30, tzinfo=NEW_YORK)),
        ("2026-11-20T09:30Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20T09:30+05:00", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
    ],
)
def test_moment_is_read_as_people_type_it(text: str, moment: datetime) -> None:
    assert read_moment(text, NOW, NEW_YORK) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "3x", "d", "2026-13-01", "11/20/2026", "0001-01-01", "9999-12-31"]
)
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date") as caught:
        read_moment(text, NOW, UTC)
    assert caught.value.hint == "write it like 2026-11-20, or 3d for three days ago"


def test_day_is_read_and_anything_else_refused() -> None:
    assert read_day(" 2026-11-20 ") == date(2026, 11, 20)
    with pytest.raises(UsageError, match='"tomorrow" is not a date') as caught:
        read_day("tomorrow")
    assert caught.value.hint == "write it like 2026-11-20"


@given(st.text())
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        moment = read_moment(text, NOW, UTC)
    except UsageError:
        return
    assert moment.tzinfo is not None
