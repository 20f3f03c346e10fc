"""The training data of the ranking, its model, and the predictions of each item."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.dates import week_name
from papertrack.core.digest.ledger import VERBS as LEDGER_VERBS
from papertrack.core.rank.evaluation import (
    PASSED_OVER_AFTER,
    AreaMeans,
    History,
    JudgedPrediction,
    JudgementEvent,
    first_judgement,
    was_passed_over,
)
from papertrack.core.rank.features import TEXT_LIMIT, Work
from papertrack.core.times import read_utc, utc_text
from papertrack.storage.journal_read import ORDER, undone

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from papertrack.core.rank.evaluation import FirstJudgement

# The beginning of a summary is all that ranking reads.
_COLUMNS = (
    f"i.id, i.title, substr(i.summary, 1, {TEXT_LIMIT}) AS summary, i.authors, i.categories, "
    "i.primary_category"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged item.

    Attributes:
        halves: The rating (or None) by area; empty if rejected.
        is_published: Whether it was printed in an issue.
    """

    item: int
    work: Work
    is_kept: bool
    is_published: bool
    halves: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Expected:
    """The prediction of an item, a row of the table ``predictions``.

    Attributes:
        reasons: With their weights, strongest first; empty until the item is judged.
    """

    item: int
    score: float
    chance: float
    words: float
    reasons: Sequence[tuple[str, float]]
    areas: Sequence[str]
    halves: Mapping[str, int]


def read_kept(db: sqlite3.Connection, maximum: int) -> list[Judged]:
    """Read the kept and published items, at most the last judged `maximum`."""
    return _judged(
        db,
        """SELECT i.id FROM items AS i WHERE i.merged_into IS NULL AND (i.state = 'kept'
             OR i.state <> 'rejected' AND i.id IN (SELECT item_id FROM issue_items))
           ORDER BY i.judged_at DESC, i.id DESC LIMIT ?""",
        maximum,
        is_kept=True,
    )


def read_rejected(db: sqlite3.Connection, maximum: int) -> list[Judged]:
    """Read the rejected items, at most the last judged `maximum`."""
    return _judged(
        db,
        """SELECT i.id FROM items AS i WHERE i.state = 'rejected'
           ORDER BY i.judged_at DESC, i.id DESC LIMIT ?""",
        maximum,
        is_kept=False,
    )


def read_skipped(db: sqlite3.Connection, maximum: int) -> list[Work]:
    """Read items left unjudged for days while the author judged others, newest first."""
    settled = settled_before(db)
    if settled is None or maximum <= 0:
        return []
    numbers = db.execute(
        """SELECT id FROM items WHERE state IN ('new', 'old') AND first_seen_at < ?
             AND id NOT IN (SELECT item_id FROM issue_items)
           ORDER BY first_seen_at DESC, id DESC LIMIT ?""",
        [settled, maximum],
    )
    return list(read_works(db, [row[0] for row in numbers]).values())


def settled_before(db: sqlite3.Connection) -> str | None:
    """Return the moment before which unjudged items count as skipped; None if nothing is judged."""
    last = db.execute("SELECT max(judged_at) FROM items WHERE judged_at IS NOT NULL").fetchone()[0]
    return None if last is None else utc_text(read_utc(last) - PASSED_OVER_AFTER)


def waiting(db: sqlite3.Connection, maximum: int, *, unless: str | None = None) -> list[int]:
    """List the unjudged items, newest first.

    Args:
        db: The database.
        maximum: The maximum number of items to consider.
        unless: Leave out those that this model has ranked.
    """
    rows = db.execute(
        """SELECT n.id FROM (SELECT i.id, i.first_seen_at FROM items AS i
             WHERE i.state IN ('new', 'later') ORDER BY i.first_seen_at DESC, i.id LIMIT ?1) AS n
           LEFT JOIN predictions AS s ON s.item_id = n.id
           WHERE ?2 IS NULL OR s.learned_from IS NOT ?2
           ORDER BY n.first_seen_at DESC, n.id""",
        [maximum, unless],
    )
    return [row[0] for row in rows]


def judged_since(db: sqlite3.Connection, moment: datetime, maximum: int) -> list[tuple[int, str]]:
    """List the number and title of items kept or rejected since a moment, oldest first."""
    rows = db.execute(
        """SELECT id, title FROM items WHERE judged_at >= ? AND state IN ('kept', 'rejected')
           ORDER BY judged_at, id LIMIT ?""",
        [utc_text(moment), maximum],
    )
    return [(row["id"], row["title"]) for row in rows]


def read_works(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Work]:
    """Read the works that ranking needs, in the given order."""
    asked = json.dumps(list(numbers))
    sources: dict[int, list[str]] = {}
    for row in db.execute(
        """SELECT DISTINCT s.item_id, o.slug FROM json_each(?) AS asked
           CROSS JOIN sightings AS s ON s.item_id = asked.value
           JOIN sources AS o ON o.id = s.source_id ORDER BY s.item_id, o.slug""",
        [asked],
    ):
        sources.setdefault(row[0], []).append(row[1])
    rows = db.execute(
        f"""SELECT {_COLUMNS} FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value
            WHERE i.merged_into IS NULL ORDER BY asked.key""",
        [asked],
    )
    return {row["id"]: _work(row, sources.get(row["id"], [])) for row in rows}


def latest_judged(db: sqlite3.Connection, numbers: Sequence[int], maximum: int) -> list[int]:
    """Select the items judged last, in the order of their numbers."""
    rows = db.execute(
        """SELECT id FROM items WHERE id IN (SELECT value FROM json_each(?))
           ORDER BY judged_at DESC, id DESC LIMIT ?""",
        [json.dumps(numbers), maximum],
    )
    return sorted(row[0] for row in rows)


def outdate(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Mark changed items to be ranked again, unless they are judged."""
    db.execute(
        """UPDATE predictions SET learned_from = '' WHERE item_id IN
             (SELECT i.id FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value
              WHERE i.state IN ('new', 'later'))""",
        [json.dumps(list(numbers))],
    )


def last_event(db: sqlite3.Connection) -> int:
    """Return the row of the last event; 0 for an empty journal."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def count_issue_items(db: sqlite3.Connection) -> int:
    """Count the published items."""
    return int(db.execute("SELECT count(*) FROM issue_items").fetchone()[0])


def read_model(db: sqlite3.Connection) -> tuple[str, bytes] | None:
    """Read the model's name and body; None if there is no model."""
    row = db.execute("SELECT learned_from, body FROM rank_models").fetchone()
    return (row[0], row[1]) if row else None


def model_name(db: sqlite3.Connection) -> str | None:
    """Return the name of the model, which tells what it was trained on; None without a model."""
    row = db.execute("SELECT learned_from FROM rank_models").fetchone()
    return row[0] if row else None


def trained_until(db: sqlite3.Connection) -> int:
    """Return the last event that the model was trained on; 0 without a model."""
    row = db.execute("SELECT journal FROM rank_models").fetchone()
    return row[0] if row else 0


def write_model(
    db: sqlite3.Connection, learned_from: str, journal: int, body: bytes, now: datetime
) -> None:
    """Store a model, replacing the previous one."""
    db.execute(
        "INSERT OR REPLACE INTO rank_models (id, learned_from, journal, made_at, body) "
        "VALUES (1, ?, ?, ?, ?)",
        [learned_from, journal, utc_text(now), body],
    )


def forget(db: sqlite3.Connection) -> None:
    """Delete the model and the predictions of unjudged items.

    The caller opens the transaction.
    """
    db.execute("DELETE FROM rank_models")
    db.execute(
        """DELETE FROM predictions WHERE item_id IN
             (SELECT id FROM items WHERE state NOT IN ('kept', 'rejected'))"""
    )


def write_expected(
    db: sqlite3.Connection, learned_from: str, expected: Sequence[Expected], now: datetime
) -> None:
    """Store the predictions of items, except those judged meanwhile."""
    db.executemany(
        """INSERT OR REPLACE INTO predictions
             (item_id, made_at, learned_from, score, chance, words, reasons, areas, halves)
           SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
           WHERE EXISTS (SELECT 1 FROM items WHERE id = ? AND state IN ('new', 'later'))""",
        [
            (
                one.item,
                utc_text(now),
                learned_from,
                one.score,
                one.chance,
                one.words,
                json.dumps(one.reasons, ensure_ascii=False),
                json.dumps(one.areas),
                json.dumps(one.halves),
                one.item,
            )
            for one in expected
        ],
    )


def list_unexplained(db: sqlite3.Connection, learned_from: str) -> list[int]:
    """List the judged items that a model has ranked and whose reasons are not stored."""
    rows = db.execute(
        """SELECT p.item_id FROM predictions AS p JOIN items AS i ON i.id = p.item_id
           WHERE p.reasons = '[]' AND p.learned_from = ? AND i.state IN ('kept', 'rejected')
           ORDER BY p.item_id""",
        [learned_from],
    )
    return [row[0] for row in rows]


def write_reasons(
    db: sqlite3.Connection, reasons: Mapping[int, Sequence[tuple[str, float]]]
) -> None:
    """Store the reasons for the predictions of items that have none."""
    db.executemany(
        "UPDATE predictions SET reasons = ? WHERE item_id = ? AND reasons = '[]'",
        [(json.dumps(one, ensure_ascii=False), item) for item, one in reasons.items()],
    )


def read_expected(db: sqlite3.Connection, item: int) -> Expected | None:
    """Read the prediction of an item; None if it was never ranked."""
    row = db.execute("SELECT * FROM predictions WHERE item_id = ?", [item]).fetchone()
    if row is None:
        return None
    return Expected(
        item=row["item_id"],
        score=row["score"],
        chance=row["chance"],
        words=row["words"],
        reasons=[(words, weight) for words, weight in json.loads(row["reasons"])],
        areas=json.loads(row["areas"]),
        halves=json.loads(row["halves"]),
    )


def read_chances(
    db: sqlite3.Connection, numbers: Iterable[int]
) -> dict[int, tuple[float, float, str | None]]:
    """Read the score, chance and likeliest area of ranked items."""
    rows = db.execute(
        """SELECT s.item_id, s.score, s.chance, json_extract(s.areas, '$[0]')
           FROM json_each(?) AS asked JOIN predictions AS s ON s.item_id = asked.value""",
        [json.dumps(list(numbers))],
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _judged(db: sqlite3.Connection, chosen: str, most: int, *, is_kept: bool) -> list[Judged]:
    numbers = [row[0] for row in db.execute(chosen, [most])]
    asked = json.dumps(numbers)
    among = "WHERE item_id IN (SELECT value FROM json_each(?))"
    published = {
        row[0] for row in db.execute(f"SELECT DISTINCT item_id FROM issue_items {among}", [asked])
    }
    halves: dict[int, dict[str, int | None]] = {}
    for table in ("issue_items", "ratings"):
        for row in db.execute(
            f"SELECT item_id, area, halves FROM {table} {among} ORDER BY item_id, area", [asked]
        ):
            halves.setdefault(row[0], {})[row[1]] = row[2]
    return [
        Judged(item, work, is_kept, item in published, halves.get(item, {}) if is_kept else {})
        for item, work in read_works(db, sorted(numbers)).items()
    ]


def _work(row: sqlite3.Row, sources: Sequence[str]) -> Work:
    categories = list(json.loads(row["categories"]))
    primary = row["primary_category"]
    if primary:
        categories = [primary, *(one for one in categories if one != primary)]
    return Work(
        title=row["title"],
        summary=row["summary"],
        categories=tuple(categories),
        authors=tuple(author["name"] for author in json.loads(row["authors"])),
        sources=tuple(sources),
    )


def read_outcomes(db: sqlite3.Connection, zone: tzinfo) -> History:
    """Read the predictions of judged items, in the order of judgement.

    A prediction counts only if it was made before the judgement, by a model that was not trained on
    the author skipping the item. Judgements from imported issues are left out, because the author
    did not make them from the ranked list.

    Args:
        db: The database.
        zone: The time zone in which weeks begin.
    """
    said, imported = _read_judgements(db)
    by_item: dict[int, list[JudgementEvent]] = {}
    for one in said:
        by_item.setdefault(one.item, []).append(one)
    judged = sorted(one.at for one in said if one.area is None)
    means = AreaMeans(said)
    outcomes: list[tuple[FirstJudgement, JudgedPrediction]] = []
    passed_over: set[int] = set()
    for row in db.execute(
        """SELECT i.id, i.first_seen_at, s.made_at, s.score, s.chance, s.words, s.areas, s.halves
           FROM predictions AS s JOIN items AS i ON i.id = s.item_id
           WHERE i.merged_into IS NULL ORDER BY s.made_at, i.id"""
    ):
        mine, made_at = by_item.get(row["id"], []), read_utc(row["made_at"])
        verdict = first_judgement(mine, zone)
        if verdict is None or verdict.at < made_at or verdict.act in imported:
            continue
        if was_passed_over(read_utc(row["first_seen_at"]), made_at, mine, judged):
            passed_over.add(row["id"])
        else:
            outcomes.append((verdict, _outcome(row, verdict, zone, means.before(made_at))))
    outcomes.sort(key=lambda one: (one[0].at, one[1].item))
    compared = {one.item for _, one in outcomes}
    known = db.execute("SELECT id FROM items WHERE state IN ('kept', 'rejected')")
    return History(
        tuple(one for _, one in outcomes),
        unranked=len({row[0] for row in known} - compared - passed_over),
        passed_over=len(passed_over),
        unjudged=_count_unjudged(db),
    )


def _read_judgements(db: sqlite3.Connection) -> tuple[list[JudgementEvent], set[str]]:
    """Read every state and rating in force, and which acts imported an issue."""
    taken_back = undone(db)
    issues = {
        row[0]
        for row in db.execute(
            "SELECT act FROM events WHERE verb IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(LEDGER_VERBS))],
        )
    }
    rows = db.execute(
        f"""SELECT n.item_id, e.at, e.act, json_extract(e.payload, '$.area') AS area,
                  json_extract(e.payload, '$.to') AS said
           FROM events AS e CROSS JOIN identifiers AS n
             ON n.scheme = substr(e.subject, 1, instr(e.subject, ':') - 1)
            AND n.value = substr(e.subject, instr(e.subject, ':') + 1)
           WHERE e.verb = 'state'
              OR e.verb = 'rate' AND json_extract(e.payload, '$.field') = 'halves'
           ORDER BY {ORDER}"""
    )
    said = [
        JudgementEvent(row["item_id"], read_utc(row["at"]), row["act"], row["area"], row["said"])
        for row in rows
        if row["act"] not in taken_back
    ]
    return said, issues


def _outcome(
    row: sqlite3.Row, verdict: FirstJudgement, zone: tzinfo, area_means: dict[str, int]
) -> JudgedPrediction:
    return JudgedPrediction(
        item=row["id"],
        week=week_name(verdict.at.astimezone(zone).date()),
        first_seen_at=read_utc(row["first_seen_at"]),
        chance=row["chance"],
        score=row["score"],
        words=row["words"],
        is_kept=verdict.is_kept,
        guesses=tuple(json.loads(row["areas"])),
        guessed=json.loads(row["halves"]),
        halves=verdict.halves,
        area_means=area_means,
    )


def _count_unjudged(db: sqlite3.Connection) -> int:
    """Count the ranked items left unjudged for days while the author judged others."""
    settled = settled_before(db)
    if settled is None:
        return 0
    return int(
        db.execute(
            """SELECT count(*) FROM items AS i JOIN predictions AS s ON s.item_id = i.id
               WHERE i.state = 'new' AND i.first_seen_at < ?""",
            [settled],
        ).fetchone()[0]
    )
