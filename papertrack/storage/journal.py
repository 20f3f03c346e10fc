"""The journal on disk: append what was said, draw the tables from it in the same transaction."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.identifier import SCHEMES, Identifier, read_subject
from papertrack.core.journal import (
    TIES,
    Event,
    Statement,
    Tie,
    fold_item,
    fold_texts,
    fold_ties,
    undone_acts,
    uuid7,
)
from papertrack.core.times import read_utc, utc_text
from papertrack.storage.database import transaction
from papertrack.storage.merges import head_of, members_of
from papertrack.storage.ties import settle

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Judgement

_COLUMNS = "uid, device, turn, at, act, verb, subject, payload"
_TICK = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def append(db: sqlite3.Connection, statements: Sequence[Statement], now: datetime) -> list[Event]:
    """Write one act into the journal and bring every table that it touches up to date.

    Args:
        db: The database.
        statements: What the author said, as one undo step; at least one.
        now: The present. Events come after all before them, even if the clock went back.

    Returns:
        The events as written; they are on disk when the enclosing transaction is.
    """
    with transaction(db):
        device = db.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()[0]
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        turn = _next_turn(db, now)
        events: list[Event] = []
        for statement in statements:
            uid = uuid7(turn, os.urandom(10))
            act = events[0].uid if events else uid
            events.append(
                Event(
                    uid,
                    device,
                    now,
                    act,
                    statement.verb,
                    statement.subject,
                    statement.payload,
                    turn,
                )
            )
            turn += 1
        db.executemany(
            f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(event) for event in events],
        )
        _redraw(db, events)
    return events


def subject_of(db: sqlite3.Connection, item_id: int) -> str:
    """Name an item by its most trusted identifier, as the journal does.

    The names of what was merged into it come last: what is said of an item stays with it when
    they are taken apart again.
    """
    return _most_trusted(
        db.execute(
            "SELECT born_id <> item_id, scheme, value FROM identifiers WHERE item_id = ?", [item_id]
        )
    )


def own_subject(db: sqlite3.Connection, item_id: int) -> str:
    """Name an item that may have been merged by the best name that it had before."""
    return _most_trusted(
        db.execute(
            "SELECT 0, scheme, value FROM identifiers WHERE item_id = ? AND born_id = ?",
            [head_of(db, item_id), item_id],
        )
    )


def _most_trusted(rows: Iterable[tuple[int, str, str]]) -> str:
    _, scheme, value = min((rank, SCHEMES.index(scheme), value) for rank, scheme, value in rows)
    return str(Identifier(SCHEMES[scheme], value))


def member_of(db: sqlite3.Connection, subject: str) -> int | None:
    """Find the item that a subject belonged to first, whatever was merged since."""
    row = db.execute(
        "SELECT born_id FROM identifiers WHERE scheme = ? AND value = ?", read_subject(subject)
    ).fetchone()
    return int(row[0]) if row else None


def items_of(db: sqlite3.Connection, subjects: Iterable[str]) -> list[int]:
    """Find the items that subjects of the journal mean today; others are passed over."""
    found: dict[int, None] = {}
    for name in map(read_subject, subjects):
        row = db.execute(
            "SELECT item_id FROM identifiers WHERE scheme = ? AND value = ?", name
        ).fetchone()
        if row:
            found[row[0]] = None
    return list(found)


def last_act(db: sqlite3.Connection) -> list[Event]:
    """Find the newest act that still holds and can be undone; empty when there is none."""
    row = db.execute(
        """SELECT act FROM events
           WHERE verb NOT IN ('undo', 'redo')
             AND act NOT IN (SELECT value FROM json_each(?))
           ORDER BY turn DESC, uid DESC LIMIT 1""",
        [json.dumps(sorted(undone(db)))],
    ).fetchone()
    return act_events(db, row[0]) if row else []


def act_events(db: sqlite3.Connection, act: str) -> list[Event]:
    """List what one act said, in its order."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM events WHERE act = ? ORDER BY turn, uid", [act])
    return [_event(row) for row in rows]


def item_events(db: sqlite3.Connection, item_id: int) -> list[Event]:
    """List every event about an item, under whichever of its names it was said."""
    rows = db.execute(
        f"""SELECT {_COLUMNS} FROM events WHERE subject IN
              (SELECT scheme || ':' || value FROM identifiers WHERE item_id = ?)
            ORDER BY turn, uid""",
        [item_id],
    )
    return [_event(row) for row in rows]


def undone(db: sqlite3.Connection) -> frozenset[str]:
    """List the acts that are undone today."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM events WHERE verb IN ('undo', 'redo')")
    return undone_acts(map(_event, rows))


def redraw_items(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Draw ratings, tags, notes and states of some items anew from the journal."""
    passed_over = undone(db)
    with transaction(db):
        for item_id in item_ids:
            _write_judgement(db, item_id, fold_item(item_events(db, item_id), passed_over))


def hear(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Draw what the journal has said of the names of some items, perhaps before they had them."""
    rows = db.execute(
        """SELECT DISTINCT n.item_id, e.subject, e.verb FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.item_id = asked.value
           CROSS JOIN events AS e ON e.subject = n.scheme || ':' || n.value""",
        [json.dumps(sorted(item_ids))],
    ).fetchall()
    tied = _settle(db, {subject for _, subject, verb in rows if verb in TIES})
    redraw_items(db, {item_id for item_id, _, _ in rows} | tied)


def rebuild(db: sqlite3.Connection) -> None:
    """Draw every table that comes from the journal anew."""
    with transaction(db):
        for table in ("ratings", "tags", "notes", "issue_texts"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE items SET state = intake, judged_at = NULL WHERE merged_into IS NULL")
        subjects = [row[0] for row in db.execute("SELECT DISTINCT subject FROM events")]
        tied = _settle(db, subjects)
        redraw_items(db, {*items_of(db, subjects), *tied})
        _redraw_issues(db, subjects)


def _next_turn(db: sqlite3.Connection, now: datetime) -> int:
    last = db.execute("SELECT max(turn) FROM events").fetchone()[0]
    return max((now - _EPOCH) // _TICK, (last or 0) + 1)


def _redraw(db: sqlite3.Connection, events: Sequence[Event]) -> None:
    spoken = list(events)
    for event in events:
        if event.verb in {"undo", "redo"}:
            spoken += act_events(db, event.subject.removeprefix("act:"))
    subjects = sorted({event.subject for event in spoken})
    tied = _settle(db, {event.subject for event in spoken if event.verb in TIES})
    redraw_items(db, {*items_of(db, subjects), *tied})
    _redraw_issues(db, subjects)


def ties_between(
    db: sqlite3.Connection, ones: Iterable[int], others: Iterable[int]
) -> list[tuple[Tie, int, int]]:
    """List what the author says of two works, one of which is among `ones`, one among `others`.

    Args:
        db: The database.
        ones: Items as they were before anything was merged.
        others: The same.

    Returns:
        What holds, with the item of each side.
    """
    mine, theirs = set(ones), set(others)
    sides = [
        (tie, {member_of(db, tie.keep), member_of(db, tie.other)})
        for tie in fold_ties(_tie_events(db, _subjects(db, mine)), undone(db))
        if tie.verb is not None
    ]
    return [
        (tie, (mine & both).pop(), (theirs & both).pop())
        for tie, both in sides
        if len(mine & both) == len(theirs & both) == 1
    ]


def _settle(db: sqlite3.Connection, subjects: Iterable[str]) -> set[int]:
    """Make one of what the author says is one, and two of what is two; returns what changed.

    All that was said of the works that hang together with these counts, in the order in which it
    was said: where two machines contradict each other, the last word holds everywhere.
    """
    events = _tie_events(db, subjects)
    taken_back: list[tuple[Tie, int, int]] = []
    said: dict[frozenset[int], tuple[Tie, int, int]] = {}
    for tie in fold_ties(events, undone(db)) if events else ():
        keep, other = member_of(db, tie.keep), member_of(db, tie.other)
        if keep is None or other is None or keep == other:
            continue
        if tie.verb is None:
            taken_back.append((tie, keep, other))
        else:  # of two names for one work the later counts, and in its turn
            said.pop(frozenset({keep, other}), None)
            said[frozenset({keep, other})] = (tie, keep, other)
    changed: set[int] = set()
    for tie, keep, other in [*taken_back, *said.values()]:
        changed |= settle(db, tie, keep, other)
    return {head_of(db, item_id) for item_id in changed}


def _tie_events(db: sqlite3.Connection, subjects: Iterable[str]) -> list[Event]:
    """Read what was said of some works, and of those that it ties them to, and so on."""
    rows: list[sqlite3.Row] = []
    asked: set[str] = set()
    wanted = set(subjects)
    while wanted - asked:
        asked |= wanted
        rows = db.execute(
            f"""SELECT {_COLUMNS} FROM events
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
    return [_event(row) for row in rows]


def _subjects(db: sqlite3.Connection, members: Iterable[int]) -> set[str]:
    """List every name of some items, merged or not."""
    heads = {head_of(db, member) for member in members}
    rows = db.execute(
        """SELECT scheme || ':' || value FROM identifiers
           WHERE item_id IN (SELECT value FROM json_each(?))""",
        [json.dumps(sorted(heads))],
    )
    return {row[0] for row in rows}


def _redraw_issues(db: sqlite3.Connection, subjects: Iterable[str]) -> None:
    passed_over = undone(db)
    for subject in subjects:
        scheme, issue = read_subject(subject)
        if scheme != "issue":
            continue
        rows = db.execute(f"SELECT {_COLUMNS} FROM events WHERE subject = ?", [subject])
        texts = fold_texts(map(_event, rows), passed_over)
        db.execute("DELETE FROM issue_texts WHERE issue = ?", [issue])
        db.executemany(
            "INSERT INTO issue_texts (issue, field, text) VALUES (?, ?, ?)",
            [(issue, field, text) for field, text in texts.items()],
        )


def _write_judgement(db: sqlite3.Connection, item_id: int, judgement: Judgement) -> None:
    for table in ("ratings", "tags", "notes"):
        db.execute(f"DELETE FROM {table} WHERE item_id = ?", [item_id])
    db.executemany(
        """INSERT INTO ratings (item_id, area, halves, emoji, label, remark, rated_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                item_id,
                rating.area,
                rating.halves,
                rating.emoji,
                rating.label,
                rating.remark,
                utc_text(rating.rated_at) if rating.rated_at else None,
            )
            for rating in judgement.ratings
        ],
    )
    db.executemany(
        "INSERT INTO tags (item_id, tag) VALUES (?, ?)", [(item_id, tag) for tag in judgement.tags]
    )
    db.executemany(
        "INSERT INTO notes (item_id, field, text) VALUES (?, ?, ?)",
        [(item_id, field, text) for field, text in judgement.notes.items()],
    )
    db.execute(
        "UPDATE items SET state = coalesce(?, intake), judged_at = ? WHERE id = ?",
        [
            judgement.state,
            utc_text(judgement.judged_at) if judgement.judged_at else None,
            item_id,
        ],
    )


def _row(event: Event) -> tuple[str | int, ...]:
    return (
        event.uid,
        event.device,
        event.turn,
        utc_text(event.at),
        event.act,
        event.verb,
        event.subject,
        json.dumps(event.payload, ensure_ascii=False, sort_keys=True),
    )


def _event(row: sqlite3.Row) -> Event:
    return Event(
        uid=row["uid"],
        device=row["device"],
        at=read_utc(row["at"]),
        act=row["act"],
        verb=row["verb"],
        subject=row["subject"],
        payload=json.loads(row["payload"]),
        turn=row["turn"],
    )
