"""What an author is told of the last days: marks, words, JSON, and what needs a hand."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from papertrack.core.watch.record import Day, DayOutcome, RunRecord, Trouble
from papertrack.core.watch.status import Need, SourceStatus, Status, Watched
from papertrack.storage import coverage, http_cache, sources
from papertrack.storage.database import open_database, transaction
from papertrack.ui.coverage import MARKS, PLAIN_MARKS, coverage_lines, marks_for
from tests.arxiv_server import ArxivServer, Fault, Preprint
from tests.author import CONFIG, Author
from tests.process import FRIDAY
from tests.samples import Post, rss
from tests.terminal import Terminal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from tests.servers import FeedServer

BLOG_URL = "https://blog.example.org/feed.xml"
SOURCES = f"""
[[sources]]
slug = "arxiv-ml"
kind = "arxiv"
categories = ["cs.LG", "cs.AI"]

[[sources]]
slug = "blog"
kind = "feed"
url = "{BLOG_URL}"
name = "A blog"
"""
COMPLETE = Day(DayOutcome.COMPLETE, None, 300, 40)
STALE = Day(DayOutcome.STALE, "cs.AI: yesterday's batch again")
NEWS = Day(DayOutcome.COMPLETE, None, 10, 1)
NO_NEWS = Day(DayOutcome.QUIET, "nothing new", 10)


class Desk:
    """An author's database into which the past is written day by day."""

    def __init__(self, author: Author) -> None:
        self.author = author

    def subscribes(self, since: datetime, *more: str) -> None:
        """Name two sources in the config, and have the database know them since a moment."""
        self.author.write_config(self.author.config_text + SOURCES + "".join(more))
        self.author.now = since
        self.author.types("init")
        self.author.types("status")

    def fetches(self, slug: str, at: datetime, day: Day | None = None) -> None:
        """Write what a fetch leaves: its outcome, and the day of the source."""
        with closing(open_database(self.author.database)) as db, transaction(db):
            failed = day is not None and day.outcome is DayOutcome.FAILED
            trouble = Trouble(day.reason or "failed") if day and failed else None
            record = RunRecord(new=day.new if day else 0, trouble=trouble)
            source_id = sources.source_ids(db)[slug]
            coverage.write_record(db, source_id, record, record.outcome, run="r", span=(at, at))
            if day is not None:
                coverage.write_day(db, source_id, at.date(), day, at)

    def says(self, sql: str, *values: object) -> None:
        with closing(open_database(self.author.database)) as db, transaction(db):
            db.execute(sql, values)

    def posts(self, slug: str, dates: Iterable[datetime]) -> None:
        """Let a feed have shown posts of these dates."""
        with closing(open_database(self.author.database)) as db, transaction(db):
            source_id = sources.source_ids(db)[slug]
            for number, dated in enumerate(dates):
                _insert_post(db, source_id, number, dated)


def _insert_post(db: sqlite3.Connection, source_id: int, number: int, dated: datetime) -> None:
    text = dated.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    item = db.execute(
        """INSERT INTO items (kind, title, authors, summary, published_at, first_seen_at, intake,
                              state, origin_id)
           VALUES ('post', 'x', '[]', '', ?, ?, 'x', 'old', ?)""",
        [text, text, source_id],
    ).lastrowid
    db.execute(
        "INSERT INTO sightings VALUES (?, ?, ?, ?, NULL, x'00', ?)",
        [source_id, str(number), item, item, text],
    )


@pytest.fixture
def desk(author: Author) -> Desk:
    return Desk(author)


@pytest.fixture
def week(desk: Desk) -> Desk:
    """Fill a week: arXiv stale on Wednesday, not fetched on Thursday; a blog with news twice."""
    desk.subscribes(_at(13))
    for day, fared in ((13, COMPLETE), (16, COMPLETE), (17, COMPLETE), (18, STALE)):
        desk.fetches("arxiv-ml", _at(day), fared)
        desk.fetches("blog", _at(day), NEWS if day in {13, 17} else NO_NEWS)
    desk.fetches("arxiv-ml", _at(20), COMPLETE)
    desk.author.now = FRIDAY
    return desk


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, 12, 30, tzinfo=UTC)


STALE_NEED = "2026-11-18 stale: cs.AI: yesterday's batch again; run: papertrack fetch arxiv-ml"
LATE_NEED = "2026-11-19 late: not fetched yet; run: papertrack fetch arxiv-ml"


def test_a_pipe_gets_a_line_a_source_with_what_is_wrong(week: Desk) -> None:
    printed = week.author.types("status")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out.splitlines() == [
        f"arxiv-ml\t··●●=~●\t2026-11-20 12:30\t120\t{STALE_NEED} | {LATE_NEED}",
        "blog\t  ·●·  \t2026-11-18 12:30\t1\t",
    ]


def test_gaps_are_only_what_needs_the_author(week: Desk) -> None:
    printed = week.author.types("status", "--gaps")

    assert (printed.code, printed.err) == (1, "")
    assert printed.out.splitlines() == [f"arxiv-ml: {STALE_NEED}", f"arxiv-ml: {LATE_NEED}"]


def test_nothing_needs_the_author_when_every_day_is_covered(week: Desk) -> None:
    week.fetches("arxiv-ml", _at(18), COMPLETE)
    week.fetches("arxiv-ml", _at(19), COMPLETE)

    printed = week.author.types("status", "--gaps")
    silent = week.author.types("-q", "status", "--gaps")

    assert (printed.code, printed.out) == (0, "nothing needs your attention\n")
    assert (silent.code, silent.out) == (0, "")


def test_json_names_every_day_and_every_need(week: Desk) -> None:
    told = week.author.types("status", "--days", "3", "--json").json

    assert (told["since"], told["until"]) == ("2026-11-18", "2026-11-20")
    arxiv, blog = told["sources"]
    assert arxiv == {
        "source": "arxiv-ml",
        "name": "arxiv-ml",
        "kind": "arxiv",
        "asked_at": "2026-11-20T12:30:00.000Z",
        "read_at": "2026-11-20T12:30:00.000Z",
        "new": 40,
        "days": [
            {
                "day": "2026-11-18",
                "outcome": "stale",
                "reason": "cs.AI: yesterday's batch again",
                "entries": 0,
                "new": 0,
            },
            {
                "day": "2026-11-19",
                "outcome": "late",
                "reason": "not fetched yet",
                "entries": 0,
                "new": 0,
            },
            {
                "day": "2026-11-20",
                "outcome": "complete",
                "reason": None,
                "entries": 300,
                "new": 40,
            },
        ],
    }
    assert [day["outcome"] for day in blog["days"]] == ["quiet", None, None]
    assert told["needs"][0] == {
        "source": "arxiv-ml",
        "since": "2026-11-18",
        "until": "2026-11-18",
        "what": "stale: cs.AI: yesterday's batch again",
        "state": "stale",
        "do": "run: papertrack fetch arxiv-ml",
    }


def test_json_of_gaps_is_the_list_of_needs_and_the_code_says_whether_there_are_any(
    week: Desk,
) -> None:
    printed = week.author.types("status", "--gaps", "--json")

    assert printed.code == 1
    assert printed.json == week.author.types("status", "--json").json["needs"]


def test_a_gap_is_told_however_few_days_are_looked_at(week: Desk) -> None:
    printed = week.author.types("status", "--gaps", "--days", "1")

    assert printed.out.splitlines() == [f"arxiv-ml: {STALE_NEED}", f"arxiv-ml: {LATE_NEED}"]


def test_weekends_and_holidays_that_were_not_fetched_are_quiet(week: Desk) -> None:
    for day in (18, 19, 23, 24, 25, 26):
        week.fetches("arxiv-ml", _at(day), COMPLETE)
    week.author.now = _at(29)

    printed = week.author.types("status", "--days", "9")

    strip = printed.out.split("\t")[1]
    assert strip == "··●●●●···"  # Saturday to Sunday, with Thanksgiving's empty Friday


def test_neighbouring_days_with_one_fault_are_one_line(week: Desk) -> None:
    for day in (18, 19):
        week.fetches("arxiv-ml", _at(day), COMPLETE)
    week.author.now = _at(30)

    printed = week.author.types("status", "--gaps")

    assert printed.out.splitlines() == [
        "nothing was fetched for 10 days; run: papertrack fetch",
        "arxiv-ml: 2026-11-23 to 2026-11-30 late: not fetched yet; run: papertrack fetch arxiv-ml",
    ]


def test_days_with_a_covered_one_between_them_are_two_lines(week: Desk) -> None:
    week.fetches("arxiv-ml", _at(18), COMPLETE)
    week.fetches("arxiv-ml", _at(24), COMPLETE)
    week.author.now = _at(25)

    printed = week.author.types("status", "--gaps")

    assert [line.split(": ")[1] for line in printed.out.splitlines()] == [
        "2026-11-19 late",
        "2026-11-23 late",
        "2026-11-25 late",
    ]


def test_the_days_of_arxiv_are_those_of_new_york(week: Desk) -> None:
    week.author.now = datetime(2026, 11, 24, 4, 59, tzinfo=UTC)
    before = week.author.types("status", "--days", "1", "--json").json["sources"][0]
    week.author.now = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    after = week.author.types("status", "--days", "1", "--json").json["sources"][0]

    assert [day["outcome"] for day in before["days"]] == [None]  # the 24th has not begun there
    assert [day["outcome"] for day in after["days"]] == ["late"]


def test_the_days_of_a_feed_are_those_of_the_author(desk: Desk) -> None:
    desk.author.config_text = 'timezone = "Pacific/Auckland"\n' + CONFIG
    desk.subscribes(_at(18))
    desk.fetches("blog", _at(18), NEWS)
    desk.author.now = _at(18)  # half past one at night on the 19th

    told = desk.author.types("status", "--days", "2", "--json").json

    assert (told["since"], told["until"]) == ("2026-11-18", "2026-11-19")
    assert [day["outcome"] for day in told["sources"][1]["days"]] == ["complete", None]


def test_an_author_west_of_new_york_sees_its_new_day(desk: Desk) -> None:
    desk.author.config_text = 'timezone = "Pacific/Honolulu"\n' + CONFIG
    desk.subscribes(datetime(2026, 11, 19, 8, 0, tzinfo=UTC))

    told = desk.author.types("status", "--days", "1", "--json").json

    assert (told["since"], told["until"]) == ("2026-11-18", "2026-11-19")


def test_a_source_that_was_never_fetched_says_so_once(desk: Desk) -> None:
    desk.subscribes(_at(17))
    desk.fetches("blog", _at(18), NEWS)
    desk.author.now = _at(19)

    printed = desk.author.types("status")

    assert printed.out.splitlines()[0] == (
        "arxiv-ml\t    ~~~\tnever\t0\tnever fetched; run: papertrack fetch arxiv-ml"
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([(17, NEWS), (18, Day(DayOutcome.FAILED, "HTTP 404 Not Found"))],
         f"blog: 2026-11-18 failed: HTTP 404 Not Found (last read 2026-11-17); check: {BLOG_URL}"),
        ([(18, Day(DayOutcome.FAILED, "timed out after 30 s"))],
         f"blog: 2026-11-18 failed: timed out after 30 s (never read so far); check: {BLOG_URL}"),
        ([(17, Day(DayOutcome.FAILED, "HTTP 503")), (18, NO_NEWS)], ""),
        ([(18, NEWS), (18, Day(DayOutcome.FAILED, "HTTP 503"))], ""),
    ],
    ids=["was read before", "never read", "healed", "covered on the same day"],
)  # fmt: skip
def test_a_feed_needs_the_author_while_its_newest_day_failed(
    desk: Desk, days: list[tuple[int, Day]], expected: str
) -> None:
    desk.subscribes(_at(16))
    desk.fetches("arxiv-ml", _at(16), COMPLETE)
    for day, fared in days:
        desk.fetches("blog", _at(day), fared)
    desk.author.now = _at(22)

    printed = desk.author.types("status", "--gaps", "--days", "2")

    lines = [line for line in printed.out.splitlines() if line.startswith("blog")]
    assert lines == ([expected] if expected else [])


def test_an_emptied_feed_is_an_alarm(desk: Desk) -> None:
    desk.subscribes(_at(18))
    with closing(open_database(desk.author.database)) as db, transaction(db):
        blog = sources.source_ids(db)["blog"]
        span = (_at(18), _at(18))
        coverage.write_record(db, blog, RunRecord(http_status=200), "stored", run="r", span=span)
        empty = Day(DayOutcome.FAILED, "the feed is empty; it had 12 entries before")
        coverage.write_day(db, blog, date(2026, 11, 18), empty, _at(18))

    printed = desk.author.types("status", "--gaps")

    assert (
        f"blog: 2026-11-18 failed: the feed is empty; it had 12 entries before; check: {BLOG_URL}\n"
    ) in printed.out


def test_a_feed_silent_for_much_longer_than_its_habit_is_named(desk: Desk) -> None:
    desk.subscribes(_at(18))
    dates = [_at(18) - timedelta(days=96 + 6 * n) for n in range(30)]
    desk.posts("blog", [*dates, _at(18) + timedelta(days=900)])  # a slip of the pen
    desk.fetches("blog", _at(18), NO_NEWS)

    printed = desk.author.types("status", "--gaps")

    assert (
        f"blog: silent for 96 days, it used to post every 6 days; check: {BLOG_URL}\n"
        in printed.out
    )


@pytest.mark.parametrize("silence", [3, 20])
def test_a_feed_within_its_habit_is_not_named(desk: Desk, silence: int) -> None:
    desk.subscribes(_at(18))
    desk.posts("blog", (_at(18) - timedelta(days=silence + 6 * n) for n in range(30)))
    desk.fetches("blog", _at(18), NO_NEWS)

    assert "silent" not in desk.author.types("status", "--gaps").out


def test_a_feed_that_moved_for_good_is_told_with_the_command_that_mends_it(desk: Desk) -> None:
    desk.subscribes(_at(18))
    desk.fetches("blog", _at(18), NO_NEWS)
    with closing(open_database(desk.author.database)) as db, transaction(db):
        for _ in range(2):
            http_cache.note_move(db, BLOG_URL, "https://example.org/new?key=secret", _at(18))

    printed = desk.author.types("status", "--gaps")

    assert (
        "blog: moved for good to https://example.org/new?key=…; run: papertrack sources --fix\n"
        in printed.out
    )


def test_a_feed_that_is_gone_is_to_be_removed_and_says_nothing_else(desk: Desk) -> None:
    desk.subscribes(_at(12))
    desk.fetches("blog", _at(12), Day(DayOutcome.FAILED, "HTTP 410 Gone"))
    with closing(open_database(desk.author.database)) as db, transaction(db):
        http_cache.note_gone(db, BLOG_URL, _at(12))

    lines = desk.author.types("status", "--gaps").out.splitlines()

    assert [line for line in lines if line.startswith("blog")] == [
        "blog: gone for good since 2026-11-12 (HTTP 410); remove it from the config"
    ]


def test_a_source_that_left_the_config_needs_nobody(week: Desk) -> None:
    week.author.write_config(CONFIG)

    printed = week.author.types("status", "--gaps")

    assert (printed.code, printed.out) == (0, "nothing needs your attention\n")


def test_before_the_first_fetch_one_line_says_what_to_do(desk: Desk) -> None:
    desk.subscribes(_at(18))

    printed = desk.author.types("status")

    assert (printed.code, printed.out) == (0, "nothing was fetched yet; run: papertrack fetch\n")


def test_without_sources_one_line_says_what_to_do(author: Author) -> None:
    author.types("init")

    printed = author.types("status")

    assert (printed.code, printed.out) == (
        0,
        f"there are no sources; add one to {author.config}\n",
    )


def test_without_a_database_one_line_says_what_to_do(author: Author) -> None:
    printed = author.types("status")

    assert (printed.code, printed.out) == (3, "")
    assert printed.err.count("\n") == 1
    assert "run: papertrack init" in printed.err


@pytest.mark.parametrize("days", ["0", "32", "many"])
def test_the_number_of_days_has_limits(week: Desk, days: str) -> None:
    printed = week.author.types("status", "--days", days)

    assert (printed.code, printed.out) == (2, "")
    assert "see papertrack status --help" in printed.err


WATCHED = Watched(1, "arxiv-ml", "arXiv", "arxiv", None, _at(1), _at(20), _at(20), 1234)


def _status(*watched: Watched, span: int = 7) -> Status:
    since = date(2026, 11, 20) - timedelta(days=span - 1)
    outcomes = [*list(DayOutcome)[:-1], None]
    days = {
        since + timedelta(days=n): Day(outcome) if (outcome := outcomes[n % 6]) else None
        for n in range(span)
    }
    need = Need(
        "arxiv-ml",
        "stale: cs.AI: yesterday's batch again; cs.LG: empty, 120 papers the time before",
        "run: papertrack fetch arxiv-ml",
        date(2026, 11, 18),
        date(2026, 11, 18),
    )
    judged = tuple(SourceStatus(one, days, (need,) if one.new else ()) for one in watched)
    return Status(since, date(2026, 11, 20), judged, ())


def test_a_terminal_shows_a_mark_a_day_and_explains_them() -> None:
    blog = replace(WATCHED, slug="blog", read_at=None, new=0)

    lines = coverage_lines(_status(WATCHED, blog), ZoneInfo("Europe/Berlin"), 80)

    assert lines == [
        "          SSMTWTF  last read           new",
        "arxiv-ml  ●·=~✗ ●  2026-11-20 13:30   1234",
        "  2026-11-18 stale: cs.AI: yesterday's batch again; cs.LG: empty, 120 papers the",
        "    time before; run: papertrack fetch arxiv-ml",
        "blog      ●·=~✗ ●  never                 0",
        "",
        "● complete  · quiet  = stale  ~ late  ✗ failed  blank: not asked",
    ]


def test_a_narrow_terminal_explains_the_blank_on_a_line_of_its_own() -> None:
    assert coverage_lines(_status(WATCHED), UTC, 60)[-2:] == [
        "● complete  · quiet  = stale  ~ late  ✗ failed",
        "blank: not asked",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("span", [1, 7])
@pytest.mark.parametrize("slug", ["a", "a-source-with-a-very-long-slug-of-forty-two-"])
def test_no_line_is_wider_than_the_terminal(width: int, span: int, slug: str) -> None:
    lines = coverage_lines(_status(WATCHED, replace(WATCHED, slug=slug), span=span), UTC, width)

    assert max(map(len, lines)) <= width


def test_a_month_fits_60_columns_without_the_time_of_day() -> None:
    lines = coverage_lines(_status(WATCHED, span=31), UTC, 60)

    assert max(map(len, lines)) <= 60
    assert "2026-11-20 " in lines[1]
    assert "12:30" not in lines[1]


def test_a_terminal_without_unicode_gets_ascii() -> None:
    assert marks_for("utf-8") is MARKS
    assert marks_for("latin-1") is marks_for(None) is marks_for("no such") is PLAIN_MARKS

    lines = coverage_lines(_status(WATCHED), UTC, 60, PLAIN_MARKS)

    assert "".join(lines).isascii()
    assert lines[1].startswith("arxiv-ml  +.=~x +  ")


def test_a_real_terminal_of_60_columns_shows_the_week(week: Desk) -> None:
    with Terminal(week.author.config, "status", columns=60) as terminal:
        shown = terminal.wait_for("● complete  · quiet  = stale  ~ late  ✗ failed\n")

    assert "\narxiv-ml  " in shown
    assert f"\n  {STALE_NEED[:45]}" in shown


def _batch(first: int, day: int) -> list[Preprint]:
    """Ten papers that were submitted the day before they are announced."""
    submitted = datetime(2026, 11, day - 1, 14, 30, tzinfo=UTC)
    return [Preprint(f"2611.{99900 + first + n}", versions=(submitted,)) for n in range(10)]


def test_status_tells_what_fetch_met_until_a_later_fetch_has_mended_it(
    author: Author, server: FeedServer
) -> None:
    server.put("/feed", rss(Post(guid="1"), Post(guid="2", link="https://example.org/2")))
    with ArxivServer() as arxiv:
        author.write_config(
            'database = "papertrack.db"\n[fetch]\nfirst_days = 0\n'
            f'[arxiv]\npause_s = 0\nfeed_url = "{arxiv.feed_url}"\noai_url = "{arxiv.oai_url}"\n'
            '[[sources]]\nslug = "ml"\nkind = "arxiv"\ncategories = ["cs.LG"]\n'
        )
        author.add_source(f"{server.url}/feed")
        author.now = arxiv.now = _at(17)
        arxiv.announce(date(2026, 11, 17), *_batch(0, 17))
        author.types("fetch")
        first = author.types("status", "--gaps")

        author.now = arxiv.now = _at(18)
        arxiv.announce(date(2026, 11, 18), *_batch(0, 17))
        arxiv.fails(Fault(status=503), service="oai", times=None)
        server.put("/feed", rss())
        author.types("fetch", "--force")
        stale = author.types("status", "--gaps")

        author.now = arxiv.now = _at(19)
        arxiv.heal()
        arxiv.hold(*_batch(10, 18))
        arxiv.announce(date(2026, 11, 19), *_batch(20, 19))
        server.put("/feed", rss(Post(guid="3", link="https://example.org/3")))
        author.types("fetch", "--force")
        mended = author.types("status", "--gaps")

    emptied = "the feed is empty; it had 2 entries before"
    assert first.out == "nothing needs your attention\n"
    assert stale.out.splitlines() == [
        "ml: 2026-11-18 stale: yesterday's batch again; run: papertrack fetch ml",
        f"blog: 2026-11-18 failed: {emptied}; check: {server.url}/feed",
    ]
    assert mended.out == "nothing needs your attention\n"
    assert author.types("list", "--source", "ml").out.count("\n") == 30
