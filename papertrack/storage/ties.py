"""Bring the merges there are in line with what the author says of two works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.storage.duplicates import (
    cut,
    cut_by,
    dress,
    ends_cut_by,
    head_of,
    join,
    leaving,
    made_by,
    members_of,
    revive,
    undress,
)
from papertrack.storage.pairs import write_answer

if TYPE_CHECKING:
    import sqlite3

    from papertrack.core.judging.journal import Tie


def settle(db: sqlite3.Connection, tie: Tie, keep: int, other: int) -> set[int]:
    """Make one of two items, or two of one, as the author said last; nothing when it is so.

    What the author says joins items that no name joins, and parts those that one does. When it is
    taken back, what stood there before holds again.

    Args:
        db: The database, inside a transaction.
        tie: What was said last; its verb is None when all of it was taken back.
        keep: The member that the subject of the one that stays belonged to first.
        other: The same of the other.

    Returns:
        The items whose judgement is to be drawn anew.
    """
    touched = {keep, other, *made_by(db, tie.words), *ends_cut_by(db, tie.words)}
    heads = {head_of(db, item_id) for item_id in touched}
    members = {member for head in heads for member in members_of(db, head)}
    undress(db, heads)
    if tie.verb == "split":
        if head_of(db, keep) == head_of(db, other):
            cut(db, leaving(db, keep, other), at=tie.at, by=(tie.words, tie.turn))
    else:
        # What was split after this was said is split no more; what was split before and is merged
        # anew is merged in the way that is asked for now.
        for edge in cut_by(db, tie.words, since=tie.turn if tie.verb else 0):
            revive(db, edge)
        if tie.verb is None:
            for member in made_by(db, tie.words):
                cut(db, member, at=tie.at)
        elif head_of(db, keep) != head_of(db, other):
            join(db, head_of(db, keep), head_of(db, other), at=tie.at, by=tie.words)
    answer = {"merge": "merged", "split": "apart"}.get(tie.verb or "")
    write_answer(db, keep, other, answer, tie.at)
    after = {head_of(db, member) for member in members}
    undress(db, after - heads)
    dress(db, after)
    return after
