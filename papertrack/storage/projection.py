"""Derive tables from the journal: judgements, merges and issues, as of now or of an earlier moment.

For an earlier moment, titles and abstracts are restored from the stored versions. Other facts, such
as a withdrawal, stay as they are today; they do not change a draft.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.digest.ledger import VERBS as LEDGER_VERBS, fold_issue
from papertrack.core.identifier import read_subject
from papertrack.core.judging.journal import (
    PAIR_VERBS,
    PairDecision,
    fold_item,
    fold_pair_decisions,
    fold_texts,
)
from papertrack.core.times import utc_text
from papertrack.storage.database import transaction
from papertrack.storage.duplicates import (
    head_of,
    item_to_split,
    items_split_by,
    members_of,
    merge_items,
    merged_by,
    restore_merge,
    restore_own_facts,
    show_merged_facts,
    split_off,
    splits_by,
)
from papertrack.storage.issues import rebuild_issue
from papertrack.storage.journal_read import (
    act_events,
    item_events,
    items_of,
    member_of,
    pair_events,
    subject_events,
    undone,
)
from papertrack.storage.pairs import write_answer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence, Set as AbstractSet
    from datetime import datetime

    from papertrack.core.judging.journal import Event
    from papertrack.core.records import Judgement


def apply_decision(
    db: sqlite3.Connection, decision: PairDecision, keep: int, other: int
) -> set[int]:
    """Merge or split two items as the author decided last; do nothing if they already are.

    A decision merges items that share no identifier and splits items that do. If it is undone, the
    state before it is restored.

    Args:
        db: The database, inside a transaction.
        decision: The last decision; its verb is None if all of them were undone.
        keep: The member that first had the subject of the remaining item.
        other: The same for the other item.

    Returns:
        The items whose judgement must be rebuilt.
    """
    touched = {keep, other, *merged_by(db, decision.words), *items_split_by(db, decision.words)}
    heads = {head_of(db, item_id) for item_id in touched}
    members = {member for head in heads for member in members_of(db, head)}
    restore_own_facts(db, heads)
    if decision.verb == "split":
        if head_of(db, keep) == head_of(db, other):
            split_off(
                db,
                item_to_split(db, keep, other),
                at=decision.at,
                by=(decision.words, decision.sequence),
            )
    else:
        # Undo what later splits of this pair did. After an earlier split, the items are merged
        # again below, in the direction of this decision.
        for edge in splits_by(db, decision.words, since=decision.sequence if decision.verb else 0):
            restore_merge(db, edge)
        if decision.verb is None:
            for member in merged_by(db, decision.words):
                split_off(db, member, at=decision.at)
        elif head_of(db, keep) != head_of(db, other):
            merge_items(
                db, head_of(db, keep), head_of(db, other), at=decision.at, by=decision.words
            )
    answer = {"merge": "merged", "split": "apart"}.get(decision.verb or "")
    write_answer(db, keep, other, answer, decision.at)
    after = {head_of(db, member) for member in members}
    restore_own_facts(db, after - heads)
    show_merged_facts(db, after)
    return after


def rebuild_items(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Rebuild the ratings, tags, notes and states of items from the journal."""
    with transaction(db):
        for item_id in item_ids:
            events = item_events(db, item_id)
            _write_judgement(db, item_id, fold_item(events, undone(db, events)))


def apply_events_of(db: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Apply events about the identifiers of items, even those written before the items had them."""
    rows = db.execute(
        """SELECT DISTINCT n.item_id, e.subject, e.verb FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.item_id = asked.value
           CROSS JOIN events AS e ON e.subject = n.scheme || ':' || n.value""",
        [json.dumps(sorted(item_ids))],
    ).fetchall()
    tied = _apply_decisions(db, {subject for _, subject, verb in rows if verb in PAIR_VERBS})
    rebuild_items(db, {item_id for item_id, _, _ in rows} | tied)


def rebuild(db: sqlite3.Connection) -> None:
    """Rebuild every table that is derived from the journal."""
    with transaction(db):
        for table in ("ratings", "tags", "notes", "issue_texts", "issue_items", "issues"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE items SET state = intake, judged_at = NULL WHERE merged_into IS NULL")
        subjects = [row[0] for row in db.execute("SELECT DISTINCT subject FROM events")]
        tied = _apply_decisions(db, subjects)
        rebuild_items(db, {*items_of(db, subjects), *tied})
        _rebuild_issues(db, subjects)


def apply_events(db: sqlite3.Connection, events: Sequence[Event]) -> None:
    """Update every table that newly written events affect."""
    spoken = list(events)
    for event in events:
        if event.verb in {"undo", "redo"}:
            spoken += act_events(db, event.subject.removeprefix("act:"))
    subjects = sorted({event.subject for event in spoken})
    tied = _apply_decisions(db, {event.subject for event in spoken if event.verb in PAIR_VERBS})
    rebuild_items(db, {*items_of(db, subjects), *tied})
    _rebuild_issues(db, subjects)


def _apply_decisions(db: sqlite3.Connection, subjects: Iterable[str]) -> set[int]:
    """Apply the author's merges and splits; return the items that changed.

    All decisions about connected works count, in the order of the journal, so that two machines
    that contradict each other end with the same result.
    """
    events = pair_events(db, subjects)
    taken_back: list[tuple[PairDecision, int, int]] = []
    said: dict[frozenset[int], tuple[PairDecision, int, int]] = {}
    for tie in fold_pair_decisions(events, undone(db, events)) if events else ():
        keep, other = member_of(db, tie.keep), member_of(db, tie.other)
        if keep is None or other is None or keep == other:
            continue
        if tie.verb is None:
            taken_back.append((tie, keep, other))
        else:  # if one work has two names, the later decision counts, in its place
            said.pop(frozenset({keep, other}), None)
            said[frozenset({keep, other})] = (tie, keep, other)
    changed: set[int] = set()
    for tie, keep, other in [*taken_back, *said.values()]:
        changed |= apply_decision(db, tie, keep, other)
    return {head_of(db, item_id) for item_id in changed}


def rebuild_issues_of(db: sqlite3.Connection, names: AbstractSet[str]) -> None:
    """Rebuild the issues that published works under these names, which may have been unknown."""
    rows = db.execute("SELECT DISTINCT subject FROM events WHERE subject GLOB 'issue:*'")
    for subject in [row[0] for row in rows]:
        events = subject_events(db, subject)
        issue = fold_issue(events, undone(db, events))
        if issue is not None and any(printed.subject in names for printed in issue.items):
            _rebuild_issues(db, [subject])


def _rebuild_issues(db: sqlite3.Connection, subjects: Iterable[str]) -> None:
    for subject in subjects:
        scheme, issue = read_subject(subject)
        if scheme == "issue":
            events = subject_events(db, subject)
            _draw_issue(db, issue, events, undone(db, events))


def _draw_issue(
    db: sqlite3.Connection, issue: str, events: Sequence[Event], passed_over: frozenset[str]
) -> None:
    """Rebuild everything about one issue."""
    texts = fold_texts(events, passed_over)
    db.execute("DELETE FROM issue_texts WHERE issue = ?", [issue])
    db.executemany(
        "INSERT INTO issue_texts (issue, field, text) VALUES (?, ?, ?)",
        [(issue, field, text) for field, text in texts.items()],
    )
    if any(event.verb in LEDGER_VERBS for event in events):
        rebuild_issue(db, issue, fold_issue(events, passed_over))


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


# The journal is append-only; these are dropped only in a temporary copy.
_GUARDS = ("events_are_never_changed", "events_are_never_replaced", "events_are_never_deleted")


def turn_back(db: sqlite3.Connection, moment: datetime) -> None:
    """Delete what was judged, published and seen after a moment.

    Args:
        db: A temporary copy of the database, see `Session.rehearsal`.
        moment: Inclusive.
    """
    at = utc_text(moment)
    with transaction(db):
        for guard in _GUARDS:
            db.execute(f"DROP TRIGGER {guard}")
        db.execute("DELETE FROM events WHERE at > ?", [at])
        rebuild(db)
        db.execute(
            """UPDATE items SET (title, summary) = (
                 SELECT coalesce(v.title, items.title), coalesce(v.summary, items.summary)
                 FROM versions AS v WHERE v.item_id = items.id AND v.seen_at <= ?1
                 ORDER BY v.seen_at DESC, v.position DESC LIMIT 1)
               WHERE state = 'kept'
                 AND EXISTS (SELECT 1 FROM versions AS v
                             WHERE v.item_id = items.id AND v.seen_at <= ?1)""",
            [at],
        )
