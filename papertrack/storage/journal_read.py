"""Read the journal: the events of an item, an act or an issue, and which of them are undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.identifier import SCHEMES, Identifier, read_subject
from papertrack.core.judging.journal import Event, PairDecision, fold_pair_decisions
from papertrack.core.text.borrowed_titles import title_or_borrowed
from papertrack.core.times import read_utc, utc_text
from papertrack.storage.duplicates import head_of, members_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

COLUMNS = "uid, device, turn, at, act, verb, subject, payload"
# The order of the journal, the same as that of `papertrack.core.judging.journal.in_order`.
ORDER = "turn, uid"
NEWEST_FIRST = "turn DESC, uid DESC"


def subject_of(db: sqlite3.Connection, item_id: int) -> str:
    """Return the most trusted identifier of an item, its subject in the journal.

    Identifiers of merged items come last, so that a judgement stays with its item after a split.
    """
    return _most_trusted(
        db.execute(
            "SELECT born_id <> item_id, scheme, value FROM identifiers WHERE item_id = ?", [item_id]
        )
    )


def own_subject(db: sqlite3.Connection, item_id: int) -> str:
    """Return the most trusted identifier that an item had before any merge."""
    return _most_trusted(
        db.execute(
            "SELECT 0, scheme, value FROM identifiers WHERE item_id = ? AND born_id = ?",
            [head_of(db, item_id), item_id],
        )
    )


def _most_trusted(rows: Iterable[tuple[int, str, str]]) -> str:
    ranked = sorted((rank, SCHEMES.index(scheme), value) for rank, scheme, value in rows)
    rank, scheme, value = ranked[0]
    equal = [one for one in ranked if one[:2] == (rank, scheme)]
    if len(equal) > 1 and SCHEMES[scheme] == "url":
        from papertrack.core.works.identity import stands_for_all  # noqa: PLC0415  # for few items

        value = next((page for _, _, page in equal if stands_for_all(page)), value)
    return str(Identifier(SCHEMES[scheme], value))


def member_of(db: sqlite3.Connection, subject: str) -> int | None:
    """Find the item that first had a subject, ignoring merges."""
    row = db.execute(
        "SELECT born_id FROM identifiers WHERE scheme = ? AND value = ?", read_subject(subject)
    ).fetchone()
    return int(row[0]) if row else None


def items_of(db: sqlite3.Connection, subjects: Iterable[str]) -> list[int]:
    """Find the items that subjects of the journal now refer to; unknown subjects are skipped."""
    found: dict[int, None] = {}
    for name in map(read_subject, subjects):
        row = db.execute(
            "SELECT item_id FROM identifiers WHERE scheme = ? AND value = ?", name
        ).fetchone()
        if row:
            found[row[0]] = None
    return list(found)


def last_act(db: sqlite3.Connection) -> list[Event]:
    """Return the newest act that can be undone; empty if there is none.

    If acts of two devices interleave, the one that began later is newer, as in the log.
    """
    row = db.execute(
        f"""SELECT act FROM events AS said
            WHERE uid = act AND verb NOT IN ('undo', 'redo') AND coalesce(
              (SELECT last.verb FROM events AS last
               WHERE last.subject = 'act:' || said.act AND last.verb IN ('undo', 'redo')
               ORDER BY {NEWEST_FIRST} LIMIT 1), '') <> 'undo'
            ORDER BY {NEWEST_FIRST} LIMIT 1"""
    ).fetchone()
    return act_events(db, row[0]) if row else []


def act_events(db: sqlite3.Connection, act: str) -> list[Event]:
    """List the events of one act, in order."""
    rows = db.execute(f"SELECT {COLUMNS} FROM events WHERE act = ? ORDER BY {ORDER}", [act])
    return [read_event(row) for row in rows]


def item_events(db: sqlite3.Connection, item_id: int) -> list[Event]:
    """List every event about an item, under any of its identifiers."""
    rows = db.execute(
        f"""SELECT {COLUMNS} FROM events WHERE subject IN
              (SELECT scheme || ':' || value FROM identifiers WHERE item_id = ?)
            ORDER BY {ORDER}""",
        [item_id],
    )
    return [read_event(row) for row in rows]


def subject_events(db: sqlite3.Connection, subject: str) -> list[Event]:
    """List every event about one subject, in order."""
    rows = db.execute(f"SELECT {COLUMNS} FROM events WHERE subject = ? ORDER BY {ORDER}", [subject])
    return [read_event(row) for row in rows]


def undoings(db: sqlite3.Connection) -> list[Event]:
    """List every undo and redo since the last other event, in order."""
    rows = db.execute(
        f"""SELECT {COLUMNS} FROM events
            WHERE verb IN ('undo', 'redo') AND ({ORDER}) > (
              SELECT coalesce(max(turn), -1), coalesce(uid, '') FROM (
                SELECT {ORDER} FROM events WHERE verb NOT IN ('undo', 'redo')
                ORDER BY {NEWEST_FIRST} LIMIT 1))
            ORDER BY {ORDER}"""
    )
    return [read_event(row) for row in rows]


def act_number(db: sqlite3.Connection, act: str) -> int:
    """Return the number of an act as the log prints it; it is valid in this database only."""
    return int(db.execute("SELECT seq FROM events WHERE uid = ?", [act]).fetchone()[0])


def act_numbered(db: sqlite3.Connection, number: int) -> list[Event]:
    """List the events of the act with a number, in order; empty if there is no such act."""
    # A number of any length may be typed; compare as text, since SQLite integers have 64 bits.
    row = db.execute(
        "SELECT act FROM events WHERE seq = CAST(? AS INTEGER) AND uid = act", [str(number)]
    ).fetchone()
    return act_events(db, row[0]) if row else []


def list_acts(
    db: sqlite3.Connection,
    *,
    item_id: int | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    passed_over: frozenset[str] | None = None,
) -> list[str]:
    """List acts, newest first.

    Args:
        db: The database.
        item_id: Only acts about this item, and those that undo them.
        since: Only acts from this moment on.
        limit: The maximum number; None for all.
        passed_over: Acts to leave out, together with all undos and redos; None for none.
    """
    conditions = ["uid = act", "at >= :since"]
    if item_id is not None:
        conditions.append(
            """uid IN (
                 WITH spoken (act) AS (
                   SELECT act FROM events WHERE subject IN
                     (SELECT scheme || ':' || value FROM identifiers WHERE item_id = :item))
                 SELECT act FROM spoken
                 UNION SELECT act FROM events
                 WHERE verb IN ('undo', 'redo')
                   AND subject IN (SELECT 'act:' || act FROM spoken))"""
        )
    if passed_over is not None:
        conditions.append("verb NOT IN ('undo', 'redo')")
        conditions.append("act NOT IN (SELECT value FROM json_each(:passed_over))")
    rows = db.execute(
        f"""SELECT act FROM events WHERE {" AND ".join(conditions)}
            ORDER BY {NEWEST_FIRST} LIMIT :limit""",
        {
            "item": item_id,
            "since": utc_text(since) if since else "",
            "passed_over": json.dumps(sorted(passed_over or ())),
            "limit": -1 if limit is None else limit,
        },
    )
    return [row[0] for row in rows]


def acts_events(
    db: sqlite3.Connection, acts: Sequence[str], item_id: int | None = None
) -> list[list[Event]]:
    """List the events of several acts, in the order of the acts.

    Args:
        db: The database.
        acts: The acts.
        item_id: Only events about this item; None for all.
    """
    about = """AND (verb IN ('undo', 'redo') OR subject IN
                 (SELECT scheme || ':' || value FROM identifiers WHERE item_id = :item))"""
    rows = db.execute(
        f"""SELECT {COLUMNS} FROM events WHERE act IN (SELECT value FROM json_each(:acts))
            {about if item_id is not None else ""} ORDER BY {ORDER}""",
        {"acts": json.dumps(acts), "item": item_id},
    )
    said: dict[str, list[Event]] = {act: [] for act in acts}
    for row in rows:
        said[row["act"]].append(read_event(row))
    return list(said.values())


def act_numbers(db: sqlite3.Connection, acts: Iterable[str]) -> dict[str, int]:
    """Return the numbers of acts, see `act_number`; unknown acts are missing.

    An undo may arrive from another machine before the act that it undoes.
    """
    rows = db.execute(
        "SELECT uid, seq FROM events WHERE uid IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(set(acts)))],
    )
    return {row[0]: row[1] for row in rows}


def named_items(db: sqlite3.Connection, subjects: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Find the number and printed title of the items of subjects; unknown ones are missing."""
    rows = db.execute(
        """SELECT asked.value AS subject, i.id, coalesce(t.text, i.title), i.summary, i.url
           FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n
             ON n.scheme = substr(asked.value, 1, instr(asked.value, ':') - 1)
            AND n.value = substr(asked.value, instr(asked.value, ':') + 1)
           CROSS JOIN items AS i ON i.id = n.item_id
           LEFT JOIN notes AS t ON t.item_id = i.id AND t.field = 'title'""",
        [json.dumps(sorted(set(subjects)))],
    )
    return {
        subject: (number, title_or_borrowed(title, summary, url) or url or "")
        for subject, number, title, summary, url in rows
    }


def device_of(db: sqlite3.Connection) -> str:
    """Return the id of this machine in the journal."""
    return str(db.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()[0])


def undone(db: sqlite3.Connection, among: Iterable[Event] | None = None) -> frozenset[str]:
    """Return the acts that are undone: their last undo or redo is an undo.

    Args:
        db: The database.
        among: Only the acts of these events, so that the cost does not grow with the journal; None
            for all.
    """
    asked = "" if among is None else "AND subject IN (SELECT value FROM json_each(:among))"
    rows = db.execute(
        f"""SELECT substr(subject, length('act:') + 1) FROM (
              SELECT subject, verb, row_number() OVER (
                PARTITION BY subject ORDER BY {NEWEST_FIRST}) AS place
              FROM events WHERE verb IN ('undo', 'redo') {asked})
            WHERE place = 1 AND verb = 'undo'""",
        {"among": json.dumps(sorted({f"act:{event.act}" for event in among or ()}))},
    )
    return frozenset(row[0] for row in rows)


def decisions_between(
    db: sqlite3.Connection, ones: Iterable[int], others: Iterable[int]
) -> list[tuple[PairDecision, int, int]]:
    """List the author's decisions about pairs with one work in `ones` and the other in `others`.

    Args:
        db: The database.
        ones: Items, ignoring merges.
        others: The same.

    Returns:
        The decisions in force, each with its two items.
    """
    mine, theirs = set(ones), set(others)
    sides = [
        (tie, {member_of(db, tie.keep), member_of(db, tie.other)})
        for tie in fold_pair_decisions(pair_events(db, _subjects(db, mine)), undone(db))
        if tie.verb is not None
    ]
    return [
        (tie, (mine & both).pop(), (theirs & both).pop())
        for tie, both in sides
        if len(mine & both) == len(theirs & both) == 1
    ]


def pair_events(db: sqlite3.Connection, subjects: Iterable[str]) -> list[Event]:
    """Read the decisions about works, and about all works that these connect them to."""
    rows: list[sqlite3.Row] = []
    asked: set[str] = set()
    wanted = set(subjects)
    while wanted - asked:
        asked |= wanted
        rows = db.execute(
            f"""SELECT {COLUMNS} FROM events
                WHERE subject IN (SELECT value FROM json_each(?)) AND verb IN ('merge', 'split')""",
            [json.dumps(sorted(asked))],
        ).fetchall()
        if not rows:
            return []
        wanted = asked | {json.loads(row["payload"])["other"] for row in rows}
        members = {
            member for head in items_of(db, sorted(wanted)) for member in members_of(db, head)
        }
        wanted |= _subjects(db, members)
    return [read_event(row) for row in rows]


def _subjects(db: sqlite3.Connection, members: Iterable[int]) -> set[str]:
    """List every identifier of items, merged or not."""
    heads = {head_of(db, member) for member in members}
    rows = db.execute(
        """SELECT scheme || ':' || value FROM identifiers
           WHERE item_id IN (SELECT value FROM json_each(?))""",
        [json.dumps(sorted(heads))],
    )
    return {row[0] for row in rows}


def read_event(row: sqlite3.Row) -> Event:
    """Convert a row of the journal."""
    return Event(
        uid=row["uid"],
        device=row["device"],
        at=read_utc(row["at"]),
        act=row["act"],
        verb=row["verb"],
        subject=row["subject"],
        payload=json.loads(row["payload"]),
        sequence=row["turn"],
    )
