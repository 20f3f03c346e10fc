"""Read what was expected of items before they were judged, and what the author said then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.digest.ledger import VERBS as LEDGER_VERBS
from papertrack.core.rank.evaluation import (
    History,
    Means,
    Outcome,
    Said,
    first_verdict,
    was_passed_over,
)
from papertrack.core.time.times import read_utc
from papertrack.core.time.window import week_name
from papertrack.storage.journal_read import undone
from papertrack.storage.rank import settled_before

if TYPE_CHECKING:
    import sqlite3
    from datetime import tzinfo

    from papertrack.core.rank.evaluation import Verdict


def read_outcomes(db: sqlite3.Connection, zone: tzinfo) -> History:
    """Read what was expected of items before they were judged, the first judged first.

    What a standing says may be compared only where nothing that it was made from had heard of the
    judgement: it was made before, by a model that had not been told that the author passed the
    item over. A verdict that came with an old issue was not given in front of the item.

    Args:
        db: The database.
        zone: Where the author's weeks begin.
    """
    said, imported = _read_said(db)
    by_item: dict[int, list[Said]] = {}
    for one in said:
        by_item.setdefault(one.item, []).append(one)
    judged = sorted(one.at for one in said if one.area is None)
    means = Means(said)
    outcomes: list[tuple[Verdict, Outcome]] = []
    passed_over: set[int] = set()
    for row in db.execute(
        """SELECT i.id, i.first_seen_at, s.made_at, s.score, s.chance, s.words, s.areas, s.halves
           FROM standings AS s JOIN items AS i ON i.id = s.item_id
           WHERE i.merged_into IS NULL ORDER BY s.made_at, i.id"""
    ):
        mine, made_at = by_item.get(row["id"], []), read_utc(row["made_at"])
        verdict = first_verdict(mine, zone)
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


def _read_said(db: sqlite3.Connection) -> tuple[list[Said], set[str]]:
    """Read every state and rating that holds, and which undo steps took an issue in."""
    taken_back = undone(db)
    issues = {
        row[0]
        for row in db.execute(
            "SELECT act FROM events WHERE verb IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(LEDGER_VERBS))],
        )
    }
    rows = db.execute(
        """SELECT n.item_id, e.at, e.act, json_extract(e.payload, '$.area') AS area,
                  json_extract(e.payload, '$.to') AS said
           FROM events AS e CROSS JOIN identifiers AS n
             ON n.scheme = substr(e.subject, 1, instr(e.subject, ':') - 1)
            AND n.value = substr(e.subject, instr(e.subject, ':') + 1)
           WHERE e.verb = 'state'
              OR e.verb = 'rate' AND json_extract(e.payload, '$.field') = 'halves'
           ORDER BY e.turn, e.uid"""
    )
    said = [
        Said(row["item_id"], read_utc(row["at"]), row["act"], row["area"], row["said"])
        for row in rows
        if row["act"] not in taken_back
    ]
    return said, issues


def _outcome(row: sqlite3.Row, verdict: Verdict, zone: tzinfo, usual: dict[str, int]) -> Outcome:
    return Outcome(
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
        usual=usual,
    )


def _count_unjudged(db: sqlite3.Connection) -> int:
    """Count what was ranked and waited for days while the author judged others."""
    settled = settled_before(db)
    if settled is None:
        return 0
    return int(
        db.execute(
            """SELECT count(*) FROM items AS i JOIN standings AS s ON s.item_id = i.id
               WHERE i.state = 'new' AND i.first_seen_at < ?""",
            [settled],
        ).fetchone()[0]
    )
