"""What is known of days and batches, in a real file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from papertrack.core.watch.record import Day, DayOutcome, Past, RunRecord, Trouble
from papertrack.storage import coverage, sources
from papertrack.storage.coverage import (
    earlier_batches,
    last_covered,
    list_watched,
    post_dates,
    read_days,
    read_past,
    uncovered,
    write_batches,
    write_day,
    write_record,
)
from papertrack.storage.http_cache import note_gone, note_move
from tests.storage.newsroom import MONDAY, Newsroom, newsroom, post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THE_16TH = date(2026, 11, 16)  # a Monday
COMPLETE = Day(DayOutcome.COMPLETE)
LATE = Day(DayOutcome.LATE, "the feed is empty")
STALE = Day(DayOutcome.STALE, "yesterday's batch again")
FAILED = Day(DayOutcome.FAILED, "HTTP 503")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        yield room


def _arxiv(room: Newsroom) -> int:
    return sources.source_ids(room.db)["arxiv"]


def _november(day: int) -> date:
    return date(2026, 11, day)


def _write(room: Newsroom, days: dict[int, Day], slug: str = "arxiv") -> None:
    source_id = sources.source_ids(room.db)[slug]
    for day, verdict in days.items():
        write_day(room.db, source_id, _november(day), verdict, room.now)


def _known(room: Newsroom, day: int) -> Day:
    return read_days(room.db, _arxiv(room), _november(day), _november(day))[_arxiv(room)][
        _november(day)
    ]


@pytest.mark.parametrize("order", list(permutations([COMPLETE, LATE, STALE, FAILED], 2)))
def test_the_better_outcome_of_a_day_stays_whatever_came_first(
    room: Newsroom, order: tuple[Day, Day]
) -> None:
    for verdict in order:
        _write(room, {18: verdict})

    ranked = [COMPLETE, LATE, STALE, FAILED]
    assert _known(room, 18) == min(order, key=ranked.index)


def test_quiet_is_better_than_late_and_less_than_complete(room: Newsroom) -> None:
    quiet = Day(DayOutcome.QUIET, "nothing announced")
    _write(room, {17: LATE, 18: COMPLETE})
    _write(room, {17: quiet, 18: quiet})

    assert (_known(room, 17), _known(room, 18)) == (quiet, COMPLETE)


def test_the_newest_of_two_like_outcomes_gives_the_reason(room: Newsroom) -> None:
    _write(room, {18: FAILED})
    _write(room, {18: Day(DayOutcome.FAILED, "timed out")})

    assert _known(room, 18).reason == "timed out"


def test_new_items_of_a_day_add_up_and_the_fullest_document_counts(room: Newsroom) -> None:
    for verdict in (
        Day(DayOutcome.COMPLETE, None, 486, 120),
        Day(DayOutcome.QUIET, "nothing new", 12, 0),
        Day(DayOutcome.COMPLETE, None, 490, 4),
    ):
        _write(room, {18: verdict})

    assert _known(room, 18) == Day(DayOutcome.COMPLETE, None, 490, 124)


def test_days_are_read_by_source_oldest_first(room: Newsroom) -> None:
    _write(room, {18: LATE, 16: COMPLETE, 12: COMPLETE})
    _write(room, {17: FAILED}, "blog")

    days = read_days(room.db, None, _november(16), _november(18))

    ids = sources.source_ids(room.db)
    assert days == {
        ids["arxiv"]: {_november(16): COMPLETE, _november(18): LATE},
        ids["blog"]: {_november(17): FAILED},
    }
    assert list(days[ids["arxiv"]]) == [_november(16), _november(18)]


def test_a_source_that_was_never_covered_has_no_point_to_go_on_from(room: Newsroom) -> None:
    _write(room, {16: FAILED})

    assert last_covered(room.db, _arxiv(room)) is None
    assert uncovered(room.db, _arxiv(room), _november(20)) == []


def test_weekends_and_holidays_leave_no_gap(room: Newsroom) -> None:
    _write(room, {20: COMPLETE, 23: COMPLETE, 24: COMPLETE, 25: COMPLETE, 26: COMPLETE})

    assert uncovered(room.db, _arxiv(room), _november(29)) == []
    assert last_covered(room.db, _arxiv(room)) == _november(26)


@pytest.mark.parametrize("verdict", [LATE, STALE, FAILED, None])
def test_a_gap_in_the_middle_is_where_catching_up_starts(
    room: Newsroom, verdict: Day | None
) -> None:
    _write(room, {16: COMPLETE, 17: COMPLETE, 19: COMPLETE, 20: COMPLETE})
    _write(room, {18: verdict} if verdict else {})

    assert uncovered(room.db, _arxiv(room), _november(20)) == [_november(18)]
    assert last_covered(room.db, _arxiv(room)) == _november(17)


def test_days_that_were_slept_through_are_uncovered_up_to_the_last_that_is_asked_for(
    room: Newsroom,
) -> None:
    _write(room, {13: COMPLETE})

    missing = uncovered(room.db, _arxiv(room), _november(18))

    assert missing == [_november(16), _november(17), _november(18)]
    assert last_covered(room.db, _arxiv(room)) == _november(13)


def test_a_gap_right_after_a_quiet_weekend_starts_at_the_weekend(room: Newsroom) -> None:
    quiet = Day(DayOutcome.QUIET, "weekend")
    _write(room, {13: COMPLETE, 14: quiet, 15: quiet, 16: FAILED, 17: COMPLETE})

    assert last_covered(room.db, _arxiv(room)) == _november(15)


def test_a_failure_before_the_first_good_day_is_no_gap(room: Newsroom) -> None:
    _write(room, {16: FAILED, 17: COMPLETE})

    assert uncovered(room.db, _arxiv(room), _november(17)) == []
    assert last_covered(room.db, _arxiv(room)) == _november(17)


def test_batches_of_three_days_come_back_newest_first(room: Newsroom) -> None:
    for day in (12, 13, 16, 17):
        write_batches(room.db, _november(day), {"cs.AI": frozenset({f"2613.000{day}"})})

    found = earlier_batches(room.db, ["cs.AI", "cs.CL"], _november(17))

    assert found == {
        "cs.AI": [frozenset({f"2613.000{day}"}) for day in (16, 13, 12)],
        "cs.CL": [],
    }


def test_documents_of_one_day_add_up(room: Newsroom) -> None:
    stale, current = frozenset({"2613.00001"}), frozenset({"2613.00002"})
    write_batches(room.db, THE_16TH, {"cs.AI": stale})
    write_batches(room.db, THE_16TH, {"cs.AI": current})

    found = earlier_batches(room.db, ["cs.AI"], _november(17))

    assert found == {"cs.AI": [stale | current]}


def test_an_empty_batch_is_not_remembered(room: Newsroom) -> None:
    write_batches(room.db, _november(13), {"cs.AI": frozenset({"2613.00001"})})
    write_batches(room.db, THE_16TH, {"cs.AI": frozenset()})

    found = earlier_batches(room.db, ["cs.AI"], _november(17))

    assert found == {"cs.AI": [frozenset({"2613.00001"})]}


def test_batches_are_forgotten_after_two_weeks(room: Newsroom) -> None:
    for day in (1, 2, 16):
        write_batches(room.db, _november(day), {"cs.AI": frozenset({"2613.00001"})})

    rows = room.db.execute("SELECT day FROM batches ORDER BY day").fetchall()

    assert [row["day"] for row in rows] == ["2026-11-02", "2026-11-16"]


def _fetched(room: Newsroom, slug: str, at: datetime, record: RunRecord) -> None:
    source_id, span = sources.source_ids(room.db)[slug], (at, at + timedelta(seconds=3))
    write_record(room.db, source_id, record, record.outcome, run="run", span=span)


def test_a_source_used_to_show_what_its_fullest_recent_document_held(room: Newsroom) -> None:
    blog = sources.source_ids(room.db)["blog"]
    assert read_past(room.db, blog).usual_entries == 0

    for day, entries in enumerate([50, *[12] * 9, 10]):
        _fetched(room, "blog", MONDAY + timedelta(days=day), RunRecord(entries=entries))
    for day in range(11, 60):
        _fetched(room, "blog", MONDAY + timedelta(days=day), RunRecord())
        _fetched(room, "blog", MONDAY + timedelta(days=day), RunRecord(is_unchanged=True))

    assert read_past(room.db, blog).usual_entries == 12


def test_a_source_is_listed_with_its_fetches_and_what_its_address_said(room: Newsroom) -> None:
    url = "https://blog.example.org/feed"
    row: sources.Row = {"slug": "mine", "kind": "feed", "name": "Mine", "url": url, "area": None}
    sources.sync(room.db, [], [row], MONDAY)
    for minutes, record in (
        (-60, RunRecord(new=5)),
        (0, RunRecord(new=2)),
        (1, RunRecord(is_unchanged=True)),
        (2, RunRecord(trouble=Trouble("HTTP 503", "try again later", state="outage"))),
    ):
        _fetched(room, "mine", MONDAY + timedelta(minutes=minutes), record)
    note_move(room.db, url, "https://example.org/new", MONDAY)

    (watched,) = list_watched(room.db, MONDAY)

    assert (watched.slug, watched.name, watched.kind, watched.new) == ("mine", "Mine", "feed", 2)
    assert watched.asked_at == MONDAY + timedelta(minutes=2)
    assert watched.read_at == MONDAY + timedelta(minutes=1, seconds=3)
    assert watched.trouble == Trouble("HTTP 503", "try again later", state="outage")
    assert watched.failing_since == MONDAY + timedelta(minutes=2)
    assert (watched.moved_to, watched.gone_at) == (None, None)  # once may be a maintenance page

    note_move(room.db, url, "https://example.org/new", MONDAY)
    note_gone(room.db, url, MONDAY)
    (watched,) = list_watched(room.db, MONDAY)
    assert (watched.moved_to, watched.gone_at) == ("https://example.org/new", MONDAY)


def test_posts_without_a_date_count_from_when_they_came_in(room: Newsroom) -> None:
    dated = post("a", "A post")
    undated = replace(post("b", "Another"), published_at=None)
    room.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    room.shows("blog", dated, undated)

    blog = sources.source_ids(room.db)["blog"]

    assert post_dates(room.db, blog) == [room.now, MONDAY]
    assert post_dates(room.db, sources.source_ids(room.db)["planet"]) == []


def test_the_edges_of_what_is_known_are_found(room: Newsroom) -> None:
    assert coverage.newest_day(room.db, _arxiv(room)) is None
    assert coverage.first_covered(room.db, _arxiv(room)) is None

    _write(room, {13: FAILED, 16: COMPLETE, 17: COMPLETE, 18: FAILED})

    assert coverage.newest_day(room.db, _arxiv(room)) == _november(18)
    assert coverage.first_covered(room.db, _arxiv(room)) == _november(16)


def test_the_record_of_a_run_is_stored_as_counted(room: Newsroom) -> None:
    blog, span = sources.source_ids(room.db)["blog"], (MONDAY, MONDAY + timedelta(seconds=2))
    cut = RunRecord(
        http_status=200,
        announced_bytes=5_000,
        received_bytes=3_000,
        broke_off=True,
        root_closed=False,
        announced=9,
        shown=7,
        repeats=1,
        unread=1,
        entries=5,
        new=3,
        updated=1,
        oldest_at=MONDAY - timedelta(days=1),
        newest_at=MONDAY,
    )
    write_record(room.db, blog, cut, cut.outcome, run="run", span=span)

    (row,) = room.db.execute("SELECT * FROM fetches").fetchall()

    assert dict(row) == {
        "id": 1,
        "run": "run",
        "source_id": blog,
        "started_at": "2026-11-16T09:00:00.000Z",
        "finished_at": "2026-11-16T09:00:02.000Z",
        "outcome": "partial",
        "http_status": 200,
        "announced_bytes": 5_000,
        "received_bytes": 3_000,
        "broke_off": 1,
        "root_closed": 0,
        "announced": 9,
        "shown": 7,
        "repeats": 1,
        "dropped": 1,
        "entries": 5,
        "new": 3,
        "updated": 1,
        "oldest_at": "2026-11-15T09:00:00.000Z",
        "newest_at": "2026-11-16T09:00:00.000Z",
        "state": "cut",
        "error": "the document breaks off after 5 entries",
        "hint": "fetch again for the rest",
    }


def test_the_past_of_a_source_says_since_when_it_fails(room: Newsroom) -> None:
    blog = sources.source_ids(room.db)["blog"]
    failed = RunRecord(trouble=Trouble("HTTP 503"))
    assert read_past(room.db, blog) == Past()

    for hours, record in enumerate([failed, RunRecord(newest_at=MONDAY), failed, failed]):
        _fetched(room, "blog", MONDAY + timedelta(hours=hours), record)

    past = read_past(room.db, blog)
    assert past == Past(newest_at=MONDAY, failing_since=MONDAY + timedelta(hours=2))

    _fetched(room, "blog", MONDAY + timedelta(hours=5), RunRecord(is_unchanged=True))
    assert read_past(room.db, blog).failing_since is None
