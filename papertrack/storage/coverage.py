"""Which day of which source is covered, and how far each has got in arXiv's archive.

What writes here belongs into the caller's transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.arxiv.announcements import expected_days
from papertrack.core.times import read_utc, utc_text
from papertrack.core.watch.status import Day, DayOutcome, Watched
from papertrack.storage.http_cache import MOVES_BELIEVED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

# From worst to best: what is known of a day is never replaced by less.
_RANKS = {
    DayOutcome.FAILED: 0,
    DayOutcome.STALE: 1,
    DayOutcome.LATE: 2,
    DayOutcome.QUIET: 3,
    DayOutcome.COMPLETE: 4,
}
_KEPT_DAYS = 14
_COMPARED_DAYS = 3
_RECENT_FETCHES = 10
_HABIT_POSTS = 60
_COVERED = "outcome IN ('complete', 'quiet')"


def write_day(
    db: sqlite3.Connection, source_id: int, day: date, verdict: Day, now: datetime
) -> None:
    """Write down how a source fared on a day.

    Runs of one day add up: the best outcome stays with its reason, new items are counted
    together, of the entries the largest number counts.

    Args:
        db: The database.
        source_id: The source.
        day: New York's day for arXiv, the author's for feeds.
        verdict: How this run went.
        now: When it was asked.
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
    """Read what is known of some days, both ends included, oldest first.

    Args:
        db: The database.
        source_id: The source; None for all.
        since: The first day.
        until: The last day.

    Returns:
        Days by source; a source that was asked on none of them is missing.
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
    """Find the day up to which nothing of a source of arXiv's batches can be missing.

    It is the newest covered day before the first gap, so what is caught up from it closes gaps in
    the middle too. None when no day is covered.
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
    return date.fromisoformat(row[0])  # the first covered day is before any gap


def uncovered(db: sqlite3.Connection, source_id: int, until: date) -> list[date]:
    """List the days with a batch that a source has not got, since the first that it has.

    Args:
        db: The database.
        source_id: A source of arXiv's batches.
        until: The last day that counts.

    Returns:
        Days, oldest first; none for a source of which no day is covered.
    """
    first = first_covered(db, source_id)
    if first is None:
        return []
    rows = db.execute(f"SELECT day FROM coverage WHERE source_id = ? AND {_COVERED}", [source_id])
    covered = {row[0] for row in rows}
    return [day for day in expected_days(first, until) if day.isoformat() not in covered]


def write_batches(db: sqlite3.Connection, day: date, batches: Mapping[str, frozenset[str]]) -> None:
    """Remember what the categories announced on a day; what is two weeks old is forgotten.

    Documents of one day add up, so that a stale one does not hide what a current one showed. An
    empty batch is not remembered: a later one could not be compared with it.
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
    """Read what categories announced on the last days before a day, newest first, three at most."""
    found: dict[str, list[frozenset[str]]] = {}
    for category in categories:
        rows = db.execute(
            "SELECT papers FROM batches WHERE category = ? AND day < ? ORDER BY day DESC LIMIT ?",
            [category, day.isoformat(), _COMPARED_DAYS],
        )
        found[category] = [frozenset(json.loads(row["papers"])) for row in rows]
    return found


def usual_entries(db: sqlite3.Connection, source_id: int) -> int:
    """Tell how many entries a source used to show: the most in its last ten stored documents."""
    row = db.execute(
        """SELECT max(entries) FROM (
             SELECT entries FROM fetches WHERE source_id = ? AND outcome = 'stored' AND entries > 0
             ORDER BY started_at DESC LIMIT ?)""",
        [source_id, _RECENT_FETCHES],
    ).fetchone()
    return int(row[0] or 0)


def list_watched(db: sqlite3.Connection, since: datetime) -> list[Watched]:
    """List the sources of the config in the order they were added, with their last fetches.

    Args:
        db: The database.
        since: From when on new items are counted.
    """
    rows = db.execute(
        """SELECT s.*, a.gone_at, CASE WHEN a.times_moved >= ? THEN a.moved_to END AS moved_to,
             (SELECT max(started_at) FROM fetches WHERE source_id = s.id) AS asked_at,
             (SELECT finished_at FROM fetches
              WHERE source_id = s.id AND outcome IN ('stored', 'unchanged')
              ORDER BY started_at DESC LIMIT 1) AS read_at,
             (SELECT sum(new) FROM fetches WHERE source_id = s.id AND started_at >= ?) AS new
           FROM sources AS s LEFT JOIN addresses AS a ON a.url IN (s.url, s.url || ' ' || s.slug)
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
        )
        for row in rows
    ]


def newest_day(db: sqlite3.Connection, source_id: int) -> date | None:
    """Tell the newest day of which anything is known; None when there is none."""
    row = db.execute("SELECT max(day) FROM coverage WHERE source_id = ?", [source_id]).fetchone()
    return _date(row[0])


def first_covered(db: sqlite3.Connection, source_id: int) -> date | None:
    """Tell the first day that is complete or quiet; None when there is none."""
    return _edge(db, source_id, "min")


def post_dates(db: sqlite3.Connection, source_id: int) -> list[datetime]:
    """List when the newest posts of a source are dated, else when they came in, newest first."""
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


def _moment(text: str | None) -> datetime | None:
    return read_utc(text) if text else None


def _day(row: sqlite3.Row) -> Day:
    return Day(DayOutcome(row["outcome"]), row["reason"], row["entries"], row["new"])


QUERY = "query"  # what the harvest of a search is called


@dataclass(frozen=True, slots=True)
class Harvest:
    """Where a source stands.

    Attributes:
        since: The first day that was asked for.
        token: Where a harvest that was broken off goes on; None when it is whole, or never began.
        answered_at: When the archive answered its first page.
        reached: The moment up to which all is known; None before the first whole harvest.
    """

    since: date
    token: str | None = None
    answered_at: datetime | None = None
    reached: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of what was asked for is left."""
        return self.token is None and self.reached is not None


def read_harvest(db: sqlite3.Connection, source_id: int, name: str) -> Harvest | None:
    """Read where a source stands; None when it never asked.

    Args:
        db: The database.
        source_id: The source.
        name: A set of the archive with the form of its records, or a query.
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
    """Note where a source stands, in the transaction that stores what it brought."""
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
    """Tell from which day on any of some harvests was begun and not completed."""
    row = db.execute(
        """SELECT min(since) FROM harvests
           WHERE source_id = ? AND name IN (SELECT value FROM json_each(?))
             AND (reached IS NULL OR token IS NOT NULL)""",
        [source_id, json.dumps(names)],
    ).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None
