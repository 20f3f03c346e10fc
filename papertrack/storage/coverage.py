"""The covered days of each source, the records of its runs, and its progress in arXiv's archive.

The caller opens the transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.arxiv.announcements import expected_days
from papertrack.core.times import read_utc, utc_text
from papertrack.core.watch.record import Day, DayOutcome, Past, Trouble
from papertrack.core.watch.status import Watched
from papertrack.storage.http_cache import MOVES_BELIEVED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from papertrack.core.watch.record import RunRecord

# From worst to best: a day never gets worse.
_RANKS = {
    DayOutcome.FAILED: 0,
    DayOutcome.STALE: 1,
    DayOutcome.LATE: 2,
    DayOutcome.QUIET: 3,
    DayOutcome.COMPLETE: 4,
    DayOutcome.CAPPED: 5,  # lost posts do not come back
}
_KEPT_DAYS = 14
_COMPARED_DAYS = 3
_RECENT_FETCHES = 10
_HABIT_POSTS = 60
_COVERED = "outcome IN ('complete', 'quiet')"
# The first failure of a source since it was last read.
_FAILING_SINCE = """(SELECT min(started_at) FROM fetches
  WHERE source_id = s.id AND outcome IN ('failed', 'partial') AND started_at > coalesce(
    (SELECT max(started_at) FROM fetches
     WHERE source_id = s.id AND outcome IN ('stored', 'unchanged')), ''))"""


def write_day(
    db: sqlite3.Connection, source_id: int, day: date, verdict: Day, now: datetime
) -> None:
    """Store the outcome of a source on a day.

    Runs of one day are combined: the best outcome and its reason, the sum of the new items, the
    maximum of the entries.

    Args:
        db: The database.
        source_id: The source.
        day: New York's day for arXiv, the author's for feeds.
        verdict: The outcome of this run.
        now: When it was requested.
    """
    row = db.execute(
        "SELECT * FROM coverage WHERE source_id = ? AND day = ?", [source_id, day.isoformat()]
    ).fetchone()
    if row is None:
        db.execute(
            """INSERT INTO coverage (source_id, day, outcome, reason, entries, new, checked_at)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [
                source_id,
                day.isoformat(),
                verdict.outcome,
                verdict.reason,
                verdict.entries,
                verdict.new,
                utc_text(now),
            ],
        )
        return
    known = _day(row)
    better = verdict if _RANKS[verdict.outcome] >= _RANKS[known.outcome] else known
    db.execute(
        """UPDATE coverage SET outcome = ?, reason = ?, entries = ?, new = ?, checked_at = ?
           WHERE source_id = ? AND day = ?""",
        [
            better.outcome,
            better.reason,
            max(known.entries, verdict.entries),
            known.new + verdict.new,
            utc_text(now),
            source_id,
            day.isoformat(),
        ],
    )


def read_days(
    db: sqlite3.Connection, source_id: int | None, since: date, until: date
) -> dict[int, dict[date, Day]]:
    """Read the days from `since` to `until`, both included, oldest first.

    Args:
        db: The database.
        source_id: The source; None for all.
        since: The first day.
        until: The last day.

    Returns:
        Days by source; sources without any are missing.
    """
    rows = db.execute(
        """SELECT * FROM coverage WHERE day BETWEEN ? AND ? AND (? IS NULL OR source_id = ?)
           ORDER BY source_id, day""",
        [since.isoformat(), until.isoformat(), source_id, source_id],
    )
    days: dict[int, dict[date, Day]] = {}
    for row in rows:
        days.setdefault(row["source_id"], {})[date.fromisoformat(row["day"])] = _day(row)
    return days


def last_covered(db: sqlite3.Connection, source_id: int) -> date | None:
    """Return the newest covered day before the first gap of an arXiv source.

    Catching up from there closes gaps in the middle, too. None if no day is covered.
    """
    newest = _edge(db, source_id, "max")
    if newest is None:
        return None
    missing = uncovered(db, source_id, newest)
    if not missing:
        return newest
    row = db.execute(
        f"SELECT max(day) FROM coverage WHERE source_id = ? AND day < ? AND {_COVERED}",
        [source_id, missing[0].isoformat()],
    ).fetchone()
    return date.fromisoformat(row[0])  # the first covered day precedes any gap


def uncovered(db: sqlite3.Connection, source_id: int, until: date) -> list[date]:
    """List the missing days with a batch since the first covered one, oldest first.

    Args:
        db: The database.
        source_id: A source of arXiv's batches.
        until: The last day to list.
    """
    first = first_covered(db, source_id)
    if first is None:
        return []
    rows = db.execute(f"SELECT day FROM coverage WHERE source_id = ? AND {_COVERED}", [source_id])
    covered = {row[0] for row in rows}
    return [day for day in expected_days(first, until) if day.isoformat() not in covered]


def write_batches(db: sqlite3.Connection, day: date, batches: Mapping[str, frozenset[str]]) -> None:
    """Store the announced papers of a day by category, and delete those older than two weeks.

    Documents of one day add up, so that a stale one does not replace a current one. Empty batches
    are not stored, because later ones cannot be compared with them.
    """
    for category, papers in batches.items():
        if papers:
            together = papers | _batch(db, category, day)
            db.execute(
                "INSERT OR REPLACE INTO batches (category, day, papers) VALUES (?, ?, ?)",
                [category, day.isoformat(), json.dumps(sorted(together))],
            )
    oldest = day - timedelta(days=_KEPT_DAYS)
    db.execute("DELETE FROM batches WHERE day < ?", [oldest.isoformat()])


def earlier_batches(
    db: sqlite3.Connection, categories: Iterable[str], day: date
) -> dict[str, list[frozenset[str]]]:
    """Read the batches of at most three days before a day, newest first, by category."""
    found: dict[str, list[frozenset[str]]] = {}
    for category in categories:
        rows = db.execute(
            "SELECT papers FROM batches WHERE category = ? AND day < ? ORDER BY day DESC LIMIT ?",
            [category, day.isoformat(), _COMPARED_DAYS],
        )
        found[category] = [frozenset(json.loads(row["papers"])) for row in rows]
    return found


def write_record(
    db: sqlite3.Connection,
    source_id: int,
    record: RunRecord,
    outcome: str,
    *,
    run: str,
    span: tuple[datetime, datetime],
) -> None:
    """Store the record of a source's run.

    Args:
        db: The database.
        source_id: The source.
        record: What it sent.
        outcome: How that was reported, as in `RunRecord.outcome`.
        run: The id of the run, the same for all its sources.
        span: When the fetch of this source began and ended.
    """
    lack = record.lack
    db.execute(
        """INSERT INTO fetches (run, source_id, started_at, finished_at, outcome, http_status,
             entries, new, updated, dropped, oldest_at, newest_at, announced_bytes, received_bytes,
             broke_off, root_closed, announced, shown, repeats, state, error, hint)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            run,
            source_id,
            *map(utc_text, span),
            outcome,
            record.http_status,
            record.entries,
            record.new,
            record.updated,
            record.unread,
            utc_text(record.oldest_at) if record.oldest_at else None,
            utc_text(record.newest_at) if record.newest_at else None,
            record.announced_bytes,
            record.received_bytes,
            record.broke_off,
            record.root_closed,
            record.announced,
            record.shown,
            record.repeats,
            lack.state if lack else None,
            lack.what if lack else None,
            lack.hint if lack else None,
        ],
    )


def read_past(db: sqlite3.Connection, source_id: int) -> Past:
    """Summarize the earlier records of a source."""
    usual = db.execute(
        """SELECT max(entries) FROM (
             SELECT entries FROM fetches WHERE source_id = ? AND outcome = 'stored' AND entries > 0
             ORDER BY started_at DESC LIMIT ?)""",
        [source_id, _RECENT_FETCHES],
    ).fetchone()
    newest = db.execute(
        """SELECT newest_at FROM fetches WHERE source_id = ? AND newest_at IS NOT NULL
           ORDER BY started_at DESC LIMIT 1""",
        [source_id],
    ).fetchone()
    failing = db.execute(f"SELECT {_FAILING_SINCE} FROM sources AS s WHERE id = ?", [source_id])
    since = failing.fetchone()
    return Past(
        usual_entries=int(usual[0] or 0),
        newest_at=_moment(newest[0]) if newest else None,
        failing_since=_moment(since[0]) if since else None,
    )


def list_watched(db: sqlite3.Connection, since: datetime) -> list[Watched]:
    """List the sources of the config in the order they were added, with their last fetches.

    Args:
        db: The database.
        since: From when to count new items.
    """
    rows = db.execute(
        f"""SELECT s.*, a.gone_at, CASE WHEN a.times_moved >= ? THEN a.moved_to END AS moved_to,
             last.started_at AS asked_at, last.state, last.error, last.hint,
             (SELECT finished_at FROM fetches
              WHERE source_id = s.id AND outcome IN ('stored', 'unchanged')
              ORDER BY started_at DESC LIMIT 1) AS read_at,
             (SELECT sum(new) FROM fetches WHERE source_id = s.id AND started_at >= ?) AS new,
             CASE WHEN last.error IS NOT NULL THEN {_FAILING_SINCE} END AS failing_since
           FROM sources AS s LEFT JOIN addresses AS a ON a.url IN (s.url, s.url || ' ' || s.slug)
             LEFT JOIN fetches AS last ON last.id = (
               SELECT id FROM fetches WHERE source_id = s.id
               ORDER BY started_at DESC, id DESC LIMIT 1)
           WHERE s.retired_at IS NULL AND s.kind IN ('arxiv', 'arxiv-query', 'feed')
           ORDER BY s.id""",
        [MOVES_BELIEVED, utc_text(since)],
    )
    return [
        Watched(
            id=row["id"],
            slug=row["slug"],
            name=row["name"],
            kind=row["kind"],
            url=row["url"],
            added_at=read_utc(row["added_at"]),
            asked_at=_moment(row["asked_at"]),
            read_at=_moment(row["read_at"]),
            new=row["new"] or 0,
            moved_to=row["moved_to"],
            gone_at=_moment(row["gone_at"]),
            trouble=_trouble(row),
            failing_since=_moment(row["failing_since"]),
        )
        for row in rows
    ]


def newest_day(db: sqlite3.Connection, source_id: int) -> date | None:
    """Return the newest stored day; None if there is none."""
    row = db.execute("SELECT max(day) FROM coverage WHERE source_id = ?", [source_id]).fetchone()
    return _date(row[0])


def first_covered(db: sqlite3.Connection, source_id: int) -> date | None:
    """Return the first complete or quiet day; None if there is none."""
    return _edge(db, source_id, "min")


def post_dates(db: sqlite3.Connection, source_id: int) -> list[datetime]:
    """List the dates of a source's newest posts, else of their arrival, newest first."""
    rows = db.execute(
        """SELECT coalesce(i.published_at, i.first_seen_at) AS dated
           FROM sightings AS s JOIN items AS i ON i.id = s.item_id
           WHERE s.source_id = ? ORDER BY dated DESC LIMIT ?""",
        [source_id, _HABIT_POSTS],
    )
    return [read_utc(row["dated"]) for row in rows]


def _batch(db: sqlite3.Connection, category: str, day: date) -> frozenset[str]:
    row = db.execute(
        "SELECT papers FROM batches WHERE category = ? AND day = ?", [category, day.isoformat()]
    ).fetchone()
    return frozenset(json.loads(row["papers"])) if row else frozenset()


def _edge(db: sqlite3.Connection, source_id: int, end: str) -> date | None:
    row = db.execute(
        f"SELECT {end}(day) FROM coverage WHERE source_id = ? AND {_COVERED}", [source_id]
    ).fetchone()
    return _date(row[0])


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _trouble(row: sqlite3.Row) -> Trouble | None:
    return Trouble(row["error"], row["hint"], state=row["state"]) if row["error"] else None


def _moment(text: str | None) -> datetime | None:
    return read_utc(text) if text else None


def _day(row: sqlite3.Row) -> Day:
    return Day(DayOutcome(row["outcome"]), row["reason"], row["entries"], row["new"])


QUERY = "query"  # the name of a search's harvest


@dataclass(frozen=True, slots=True)
class Harvest:
    """The progress of a source in arXiv's archive, or in its search.

    Attributes:
        since: The first requested day.
        token: Where an interrupted harvest resumes; None if it is complete or has not begun.
        answered_at: When the archive sent its first page.
        reached: The moment up to which everything is known; None before the first complete harvest.
    """

    since: date
    token: str | None = None
    answered_at: datetime | None = None
    reached: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all requested records came."""
        return self.token is None and self.reached is not None


def read_harvest(db: sqlite3.Connection, source_id: int, name: str) -> Harvest | None:
    """Read the progress of a source; None if it never requested anything.

    Args:
        db: The database.
        source_id: The source.
        name: A set of the archive and the form of its records, or `QUERY`.
    """
    row = db.execute(
        """SELECT since, token, answered_at, reached FROM harvests
           WHERE source_id = ? AND name = ?""",
        [source_id, name],
    ).fetchone()
    if row is None:
        return None
    return Harvest(
        since=date.fromisoformat(row["since"]),
        token=row["token"],
        answered_at=read_utc(row["answered_at"]) if row["answered_at"] else None,
        reached=read_utc(row["reached"]) if row["reached"] else None,
    )


def write_harvest(db: sqlite3.Connection, source_id: int, name: str, harvest: Harvest) -> None:
    """Store the progress of a source, in the transaction that stores its papers."""
    db.execute(
        """INSERT OR REPLACE INTO harvests (source_id, name, since, token, answered_at, reached)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [
            source_id,
            name,
            harvest.since.isoformat(),
            harvest.token,
            utc_text(harvest.answered_at) if harvest.answered_at else None,
            utc_text(harvest.reached) if harvest.reached else None,
        ],
    )


def unfinished_since(db: sqlite3.Connection, source_id: int, names: Sequence[str]) -> date | None:
    """Return the first day of unfinished harvests; None if all are finished."""
    row = db.execute(
        """SELECT min(since) FROM harvests
           WHERE source_id = ? AND name IN (SELECT value FROM json_each(?))
             AND (reached IS NULL OR token IS NOT NULL)""",
        [source_id, json.dumps(names)],
    ).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None
