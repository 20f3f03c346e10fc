"""The figures of the ranking, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from papertrack.core.rank.evaluation import (
    AreaMeans,
    History,
    JudgedPrediction,
    JudgementEvent,
    first_judgement,
    was_passed_over,
)
from papertrack.core.rank.metrics import Doubt, Report, report_on

if TYPE_CHECKING:
    from collections.abc import Iterable

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOUND = 0.3


def outcome(item: int, chance: float, *, is_kept: bool, **facts: Any) -> JudgedPrediction:  # noqa: ANN401  # as `JudgedPrediction` has them
    facts = {"week": "2026-W47", "first_seen_at": MONDAY, "words": 0.0, **facts}
    return JudgedPrediction(item=item, chance=chance, is_kept=is_kept, **facts)


def report(outcomes: Iterable[JudgedPrediction], bound: float = BOUND) -> Report:
    return report_on(History(tuple(outcomes)), bound)


def week_of(chances: dict[int, float], kept: set[int], count: int = 25) -> list[JudgedPrediction]:
    """A week: items 1, 2, … came in an hour apart, the first is the oldest; chances else fall."""
    return [
        outcome(
            item,
            chances.get(item, 0.01),
            is_kept=item in kept,
            first_seen_at=MONDAY + item * HOUR,
            words=float(item == 1),
        )
        for item in range(1, count + 1)
    ]


def test_a_week_is_measured_by_its_first_twenty() -> None:
    # Best first: 1, 2, 3, then the newest: 25 … 9 fill twenty places, 8 … 4 are left.
    # Newest first: 25 … 6. Keywords: 1, then 25 … 7. Kept are 1, 2, 3, 4 and 25.
    found = report(week_of({1: 0.9, 2: 0.8, 3: 0.7}, {1, 2, 3, 4, 25}))

    best, newest, keywords = found.orders
    assert (best.precision, best.recall) == (4 / 20, 4 / 5)
    assert (newest.precision, newest.recall) == (1 / 20, 1 / 5)
    assert (keywords.precision, keywords.recall) == (2 / 20, 2 / 5)
    # Four of five: best first after 1, 2, 3, 25; newest first after 25 … 2.
    assert (best.looked, newest.looked) == (4, 24)
    assert found.minutes_saved == pytest.approx(20 * 3 / 60)
    (week,) = found.weekly
    assert (week.week, week.items, week.kept) == ("2026-W47", 25, 5)
    assert (week.precision, week.recall) == (4 / 20, 4 / 5)
    assert (week.newest, week.keywords) == (1 / 20, 2 / 20)


def test_the_mean_is_that_of_the_weeks() -> None:
    later = [
        outcome(100 + item, item / 10, is_kept=item == 1, week="2026-W48") for item in range(1, 5)
    ]
    found = report([*week_of({1: 0.9}, {1}), *later])

    assert [week.week for week in found.weekly] == ["2026-W47", "2026-W48"]
    assert found.orders[0].precision == pytest.approx((1 / 20 + 1 / 4) / 2)
    assert found.orders[0].recall == 1
    assert found.orders[0].looked == (1 + 4) / 2


def test_a_week_without_a_kept_item_lowers_the_precision_and_has_no_recall() -> None:
    empty = [outcome(100 + item, 0.1, is_kept=False, week="2026-W48") for item in range(21)]
    found = report([*week_of({1: 0.9}, {1}), *empty])

    assert found.weekly[1].recall is None
    assert found.orders[0].precision == pytest.approx((1 / 20 + 0) / 2)
    assert found.orders[0].recall == 1


def test_a_few_items_that_were_all_rejected_or_all_kept_tell_nothing() -> None:
    for is_kept in (True, False):
        assert report(outcome(item, 0.5, is_kept=is_kept) for item in range(20)).weekly == ()


def test_what_is_equally_likely_is_served_newest_first_as_the_screen_does() -> None:
    found = report(week_of({}, {25, 24}))

    assert found.orders[0].looked == found.orders[1].looked == 2


def test_areas_count_for_everything_that_was_rated_guessed_or_not() -> None:
    rated = {"interp": 8}
    found = report(
        [
            outcome(1, 0.5, is_kept=True, guesses=("interp", "a", "b"), halves=rated),
            outcome(2, 0.5, is_kept=True, guesses=("a", "interp", "b"), halves=rated),
            outcome(3, 0.5, is_kept=True, guesses=("a", "b", "c", "interp"), halves=rated),
            outcome(4, 0.5, is_kept=True, halves=rated),
            outcome(5, 0.5, is_kept=True, guesses=("a",)),
        ]
    )

    assert (found.rated, found.top1, found.top3) == (4, 1 / 4, 2 / 4)


def test_suggested_ratings_are_measured_beside_the_mean_of_the_area() -> None:
    guessed, area_means = {"interp": 8, "a": 3}, {"interp": 6}
    found = report(
        [
            outcome(
                1, 0.5, is_kept=True, guessed=guessed, area_means=area_means, halves={"interp": 8}
            ),
            outcome(
                2, 0.5, is_kept=True, guessed=guessed, area_means=area_means, halves={"interp": 7}
            ),
            outcome(
                3, 0.5, is_kept=True, guessed=guessed, area_means=area_means, halves={"interp": 4}
            ),
            # Not where the area had no ratings yet, or nothing was suggested for it.
            outcome(4, 0.5, is_kept=True, guessed=guessed, area_means=area_means, halves={"a": 3}),
            outcome(5, 0.5, is_kept=True, area_means=area_means, halves={"interp": 6}),
        ]
    ).ratings

    assert found is not None
    assert found.ratings == 3
    assert found.error == pytest.approx((0 + 0.5 + 2) / 3)
    assert found.usual_error == pytest.approx((1 + 0.5 + 1) / 3)
    assert (found.near, found.usual_near) == (2 / 3, 1 / 3)
    assert report([outcome(1, 0.5, is_kept=True, halves={"interp": 8})]).ratings is None


def test_chances_are_compared_with_what_was_kept() -> None:
    found = report(
        [
            outcome(1, 0.05, is_kept=False),
            outcome(2, 0.1, is_kept=True),
            outcome(3, 0.2, is_kept=False),
            outcome(4, 1.0, is_kept=True),
        ]
    )

    assert [(one.least, one.most, one.items, one.kept) for one in found.bins] == [
        (0.0, 0.1, 1, 0.0),
        (0.1, 0.3, 2, 0.5),
        (0.6, 1.0, 1, 1.0),
    ]
    assert found.bins[1].expected == pytest.approx(0.15)


def _half_good(kept_first: int) -> list[JudgedPrediction]:
    """A week of 60: the oldest forty are the likeliest; so many of their newest twenty are kept."""
    return [
        outcome(
            item,
            0.9 if item <= 40 else 0.1,
            is_kept=20 < item <= 20 + kept_first or item <= 20 - kept_first,
            first_seen_at=MONDAY + item * HOUR,
        )
        for item in range(1, 61)
    ]


def test_an_order_is_trusted_from_the_bound_on() -> None:
    assert report(_half_good(10), bound=0.5).doubts == ()
    assert report(_half_good(9), bound=0.5).doubts == (Doubt("precision", 0.45, 0.5),)
    assert report(_half_good(9), bound=0.45).is_trusted
    assert not report(_half_good(9), bound=1.0).is_trusted


def test_an_order_that_is_no_better_than_newest_first_is_not_trusted() -> None:
    same = [outcome(n, 0.5, is_kept=n % 2 == 0) for n in range(60)]

    assert report(same).doubts == (Doubt("newest", 0.5, 0.5),)


def test_among_twenty_or_fewer_items_every_order_looks_alike() -> None:
    small = [
        outcome(100 * week + n, n / 20, is_kept=n > 9, week=f"2026-W{week}")
        for week in (45, 46, 47)
        for n in range(20)
    ]

    assert report(small).doubts == (Doubt("weeks", 20, 21),)


def test_few_kept_items_tell_nothing_for_certain() -> None:
    doubts = report(week_of({1: 0.9}, {1}), bound=0.0).doubts

    assert doubts == (Doubt("kept", 1, 20),)
    assert [one.name for one in report([]).doubts] == ["kept", "weeks"]


def said(at: datetime, to: str | int | None, area: str | None = None) -> JudgementEvent:
    return JudgementEvent(1, at, str(at), area, to)


def test_the_first_day_holds_not_a_change_of_mind_a_week_later() -> None:
    verdict = first_judgement(
        [
            said(MONDAY, 6, "interp"),
            said(MONDAY, "kept"),
            said(MONDAY + HOUR, 7, "interp"),
            said(MONDAY + 7 * 24 * HOUR, 2, "interp"),
            said(MONDAY + 7 * 24 * HOUR, "rejected"),
        ],
        UTC,
    )

    assert verdict is not None
    assert (verdict.at, verdict.is_kept, verdict.halves) == (MONDAY, True, {"interp": 7})


def test_what_is_picked_out_again_the_same_day_was_kept() -> None:
    verdict = first_judgement([said(MONDAY, "rejected"), said(MONDAY + HOUR, "kept")], UTC)

    assert verdict is not None
    assert (verdict.at, verdict.is_kept) == (MONDAY, True)


def test_the_day_is_that_of_the_author() -> None:
    late = [said(MONDAY, "rejected"), said(MONDAY + 8 * HOUR, "kept")]

    assert (here := first_judgement(late, UTC)) is not None
    assert here.is_kept  # 9 to 17 h
    assert (there := first_judgement(late, ZoneInfo("Asia/Tokyo"))) is not None
    assert not there.is_kept  # 18 h, and 2 h of the next day


def test_what_was_put_off_or_back_is_judged_when_it_is_judged_again() -> None:
    assert first_judgement([said(MONDAY, "later")], UTC) is None
    assert first_judgement([said(MONDAY, "kept"), said(MONDAY + HOUR, "new")], UTC) is None
    again = first_judgement(
        [said(MONDAY, "kept"), said(MONDAY + HOUR, "later"), said(MONDAY + 48 * HOUR, "rejected")],
        UTC,
    )

    assert again is not None
    assert (again.at, again.is_kept) == (MONDAY + 48 * HOUR, False)


def test_an_item_was_passed_over_when_it_waited_while_others_were_judged() -> None:
    old, made = MONDAY - 100 * HOUR, MONDAY + HOUR

    assert was_passed_over(old, made, [], [MONDAY])
    assert not was_passed_over(old, made, [], [])
    assert not was_passed_over(old, made, [], [MONDAY - 90 * HOUR, made + HOUR])
    assert not was_passed_over(MONDAY, made, [], [MONDAY])
    assert not was_passed_over(old, made, [said(MONDAY, "later")], [MONDAY])


def test_means_know_only_the_ratings_of_before() -> None:
    means = AreaMeans(
        [
            JudgementEvent(1, MONDAY, "1", "interp", 4),
            JudgementEvent(2, MONDAY + HOUR, "2", "interp", 8),
            JudgementEvent(1, MONDAY + 2 * HOUR, "3", "interp", 10),
            JudgementEvent(2, MONDAY + 3 * HOUR, "4", "interp", None),
            JudgementEvent(1, MONDAY + 4 * HOUR, "5", "interp", None),
        ]
    )

    assert means.before(MONDAY) == {}
    assert means.before(MONDAY + HOUR) == {"interp": 4}
    assert means.before(MONDAY + 2 * HOUR) == {"interp": 6}
    assert means.before(MONDAY + 3 * HOUR) == {"interp": 9}
    assert means.before(MONDAY + 4 * HOUR) == {"interp": 10}
    assert means.before(MONDAY + 5 * HOUR) == {}
