"""A quiet day, a stale feed and a broken source are three different sentences."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from papertrack.core.watch.record import (
    BatchVerdict,
    Day,
    DayOutcome,
    Past,
    RunRecord,
    Trouble,
    judge_batch,
    judge_feed,
)
from papertrack.core.watch.status import gaps, habit, silent_days

WEDNESDAY = date(2026, 11, 18)
FRIDAY_AFTER_THANKSGIVING = date(2026, 11, 27)
THANKSGIVING = date(2026, 11, 26)
NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
NOTHING: frozenset[str] = frozenset()


def _papers(first: int, count: int) -> frozenset[str]:
    return frozenset(f"2613.{number:05d}" for number in range(first, first + count))


YESTERDAY = {"cs.AI": [_papers(0, 120)], "cs.CL": [_papers(500, 95)]}


def test_a_category_that_was_never_served_before_is_complete() -> None:
    assert judge_batch(WEDNESDAY, {"cs.AI": _papers(0, 3)}, {}) == BatchVerdict(DayOutcome.COMPLETE)


def test_new_papers_in_every_category_are_complete() -> None:
    today = {"cs.AI": _papers(200, 100), "cs.CL": _papers(700, 90)}

    assert judge_batch(WEDNESDAY, today, YESTERDAY) == BatchVerdict(DayOutcome.COMPLETE)


def test_one_category_may_be_stale_while_another_is_current() -> None:
    today = {"cs.AI": _papers(0, 120), "cs.CL": _papers(700, 90)}

    assert judge_batch(WEDNESDAY, today, YESTERDAY) == BatchVerdict(
        DayOutcome.STALE, "cs.AI: yesterday's batch again", ("cs.AI",)
    )


def test_a_stale_batch_with_a_few_late_additions_is_stale() -> None:
    today = {"cs.AI": _papers(0, 120) | _papers(900, 16)}

    assert judge_batch(WEDNESDAY, today, YESTERDAY).outcome is DayOutcome.STALE


def test_a_few_papers_that_were_shown_before_do_not_make_a_batch_stale() -> None:
    today = {"cs.AI": _papers(104, 100)}

    assert judge_batch(WEDNESDAY, today, YESTERDAY).outcome is DayOutcome.COMPLETE


def test_an_older_batch_is_stale_too() -> None:
    earlier = {"cs.AI": [_papers(200, 100), _papers(0, 120)]}

    verdict = judge_batch(WEDNESDAY, {"cs.AI": _papers(0, 120)}, earlier)

    assert verdict == BatchVerdict(DayOutcome.STALE, "an older batch again", ("cs.AI",))


def test_what_is_the_same_in_all_categories_is_said_once() -> None:
    today = {category: batches[0] for category, batches in YESTERDAY.items()}

    verdict = judge_batch(WEDNESDAY, today, YESTERDAY)

    assert (verdict.reason, verdict.suspect) == ("yesterday's batch again", ("cs.AI", "cs.CL"))


def test_an_empty_category_that_used_to_have_many_papers_is_an_alarm() -> None:
    today = {"cs.AI": NOTHING, "cs.CL": _papers(700, 90)}

    assert judge_batch(WEDNESDAY, today, YESTERDAY) == BatchVerdict(
        DayOutcome.LATE, "cs.AI: empty, 120 papers the time before", ("cs.AI",)
    )


def test_a_small_category_may_have_an_empty_day() -> None:
    earlier = {"q-fin.EC": [_papers(0, 2), _papers(10, 4)], **YESTERDAY}
    today = {"q-fin.EC": NOTHING, "cs.AI": _papers(200, 100)}

    assert judge_batch(WEDNESDAY, today, earlier).outcome is DayOutcome.COMPLETE


def test_stale_weighs_more_than_empty() -> None:
    today = {"cs.AI": _papers(0, 120), "cs.CL": NOTHING}

    verdict = judge_batch(WEDNESDAY, today, YESTERDAY)

    assert verdict == BatchVerdict(
        DayOutcome.STALE,
        "cs.AI: yesterday's batch again; cs.CL: empty, 95 papers the time before",
        ("cs.AI", "cs.CL"),
    )


@pytest.mark.parametrize("earlier", [{}, YESTERDAY])
def test_an_empty_feed_on_a_day_with_a_batch_is_late(
    earlier: dict[str, list[frozenset[str]]],
) -> None:
    today = {"cs.AI": NOTHING, "cs.CL": NOTHING}

    assert judge_batch(WEDNESDAY, today, earlier) == BatchVerdict(
        DayOutcome.LATE, "the feed is empty", ("cs.AI", "cs.CL")
    )


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 21), "weekend"),
        (date(2026, 11, 22), "weekend"),
        (FRIDAY_AFTER_THANKSGIVING, "US holiday: Thanksgiving Day"),
    ],
)
@pytest.mark.parametrize("today", [NOTHING, _papers(0, 120)], ids=["empty", "yesterday's"])
def test_a_day_without_a_batch_is_quiet_and_says_why(
    day: date, reason: str, today: frozenset[str]
) -> None:
    verdict = judge_batch(day, {"cs.AI": today}, YESTERDAY)

    assert verdict == BatchVerdict(DayOutcome.QUIET, reason)


def test_a_full_feed_on_a_quiet_day_is_complete() -> None:
    verdict = judge_batch(FRIDAY_AFTER_THANKSGIVING, {"cs.AI": _papers(200, 9)}, YESTERDAY)

    assert verdict == BatchVerdict(DayOutcome.COMPLETE)


def test_an_empty_feed_where_that_is_likely_is_quiet_but_worth_a_question() -> None:
    verdict = judge_batch(THANKSGIVING, {"cs.AI": NOTHING}, YESTERDAY)

    assert verdict == BatchVerdict(DayOutcome.QUIET, "US holiday: Thanksgiving Day", ("cs.AI",))


def test_a_verdict_becomes_a_day_with_its_counts() -> None:
    verdict = BatchVerdict(DayOutcome.STALE, "yesterday's batch again", ("cs.AI",))

    assert verdict.day(entries=486, new=3) == Day(
        DayOutcome.STALE, "yesterday's batch again", 486, 3
    )


@given(
    st.dictionaries(
        st.sampled_from(["cs.AI", "cs.CL", "cs.LG"]),
        st.tuples(st.integers(0, 300), st.integers(0, 50)).map(lambda pair: _papers(*pair)),
        min_size=1,
    ),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_nothing_is_ever_complete_that_has_only_old_papers(
    batches: dict[str, frozenset[str]], day: date
) -> None:
    earlier = {category: [papers] for category, papers in batches.items()}

    assert judge_batch(day, batches, earlier).outcome is not DayOutcome.COMPLETE


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            judge_feed(RunRecord(entries=12, new=3), Past(12)),
            Day(DayOutcome.COMPLETE, None, 12, 3),
        ),
        (
            judge_feed(RunRecord(entries=12), Past(12)),
            Day(DayOutcome.QUIET, "nothing new", 12),
        ),
        (
            judge_feed(RunRecord(is_unchanged=True), Past(12)),
            Day(DayOutcome.QUIET, "nothing new"),
        ),
        (
            judge_feed(RunRecord(), Past(12)),
            Day(DayOutcome.FAILED, "the feed is empty; it had 12 entries before"),
        ),
        (judge_feed(RunRecord(), Past(0)), Day(DayOutcome.QUIET, "nothing new")),
        (judge_feed(RunRecord(), Past(1)), Day(DayOutcome.QUIET, "nothing new")),
        (
            judge_feed(RunRecord(trouble=Trouble("HTTP 503")), Past(12)),
            Day(DayOutcome.FAILED, "HTTP 503"),
        ),
    ],
    ids=["new", "seen", "unchanged", "emptied", "never had any", "one was taken back", "error"],
)
def test_an_empty_feed_is_not_a_feed_without_news(day: Day, expected: Day) -> None:
    assert day == expected


def _weekly(count: int, last: datetime = NOW) -> list[datetime]:
    return [last - timedelta(weeks=n) for n in range(count)]


def test_a_weekly_blog_is_silent_after_four_weeks() -> None:
    known = habit(_weekly(30))

    assert known is not None
    assert (known.usual_days, known.longest_days) == (7, 7)
    assert silent_days(known, NOW + timedelta(days=28)) is None
    assert silent_days(known, NOW + timedelta(days=29)) == 29


def test_a_blog_that_has_paused_before_may_pause_as_long_again() -> None:
    posts = [*_weekly(6), *_weekly(6, NOW - timedelta(weeks=5 + 10))]
    known = habit(posts)

    assert known is not None
    assert (known.usual_days, known.longest_days) == (7, 70)
    assert silent_days(known, NOW + timedelta(days=105)) is None
    assert silent_days(known, NOW + timedelta(days=106)) == 106


def test_a_daily_feed_may_be_off_for_two_weeks() -> None:
    known = habit([NOW - timedelta(days=n) for n in range(40)])

    assert known is not None
    assert silent_days(known, NOW + timedelta(days=14)) is None
    assert silent_days(known, NOW + timedelta(days=15)) == 15


def test_many_posts_of_one_day_are_no_habit() -> None:
    assert habit([NOW - timedelta(minutes=n) for n in range(200)]) is None


def test_five_posts_are_no_habit() -> None:
    assert habit(_weekly(5)) is None
    assert habit([]) is None


def test_a_day_that_was_never_asked_for_is_a_gap() -> None:
    days = {date(2026, 11, 17): Day(DayOutcome.COMPLETE)}

    assert gaps(days, [WEDNESDAY]) == {WEDNESDAY: Day(DayOutcome.LATE, "not fetched yet")}


def test_a_gap_says_what_went_wrong() -> None:
    days = {WEDNESDAY: Day(DayOutcome.STALE, "yesterday's batch again")}

    assert gaps(days, [WEDNESDAY]) == days


def test_a_failure_on_a_weekend_is_a_gap_until_something_newer_went_well() -> None:
    failed = {date(2026, 11, 21): Day(DayOutcome.FAILED, "HTTP 503")}
    monday = {date(2026, 11, 23): Day(DayOutcome.COMPLETE)}

    assert gaps(failed, []) == failed
    assert gaps(failed | monday, []) == {}


def test_an_empty_category_beside_a_stale_one_is_suspect_too() -> None:
    yesterday = frozenset({"1", "2", "3"})

    verdict = judge_batch(
        date(2026, 11, 17),
        {"cs.AI": yesterday, "cs.LG": frozenset(), "cs.CL": frozenset({"9"})},
        {"cs.AI": [yesterday]},
    )

    assert (verdict.outcome, verdict.suspect) == (DayOutcome.STALE, ("cs.AI", "cs.LG"))
