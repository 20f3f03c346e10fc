"""Merge items, split merged ones, or keep two apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.journal import Statement, decide_pair
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.errors import UsageError
from papertrack.storage import duplicates, items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class MergedItems:
    """The items that were merged, and the title of the result; on disk by then."""

    keep: int
    dropped: tuple[int, ...]
    title: str


def merge(db: sqlite3.Connection, named: Sequence[str], now: datetime) -> MergedItems:
    """Merge items into the first named one, as one undo step.

    The merged item has the judgements of all of them; where they conflict, the later one counts.

    Args:
        db: The database.
        named: The items as the author named them, at least two.
        now: The current time.

    Raises:
        NoSuchItem: An item is unknown; nothing was merged.
        UsageError: Two of them are already one item.
    """
    with transaction(db):
        keep, *others = (references.find(db, name) for name in named)
        if len({keep, *others}) <= len(others):
            message = f"{' and '.join(named)} are already one item"
            raise UsageError(message, hint=f"see papertrack show {keep}")
        statements: list[Statement] = []
        together = duplicates.members_of(db, keep)
        for other in others:
            joining = duplicates.members_of(db, other)
            statements += decide_pair("merge", name_of(db, keep), name_of(db, other))
            # Pairs that the author had split are joined through other items now: record that.
            for decision, one, one_more in journal_read.decisions_between(db, together, joining):
                if decision.verb == "split":
                    pair = name_of(db, one), name_of(db, one_more)
                    statements += decide_pair("merge", *pair, follows=True)
            together += joining
        journal.append(db, statements, now)
        return MergedItems(keep, tuple(others), title_of(db, keep))


def name_of(db: sqlite3.Connection, member: int) -> tuple[str, str]:
    """Name an item for the journal: its own subject and title, even if it is merged."""
    return journal_read.own_subject(db, member), duplicates.own_title(db, member)


def title_of(db: sqlite3.Connection, number: int) -> str:
    """Return the printed title of an item, else its address."""
    item = items.read_item(db, number)
    return shown_title(item) or item.url or ""


@dataclass(frozen=True, slots=True)
class SplitItems:
    """Two items that will stay separate.

    Attributes:
        item: The one that was split off, or named second.
        kept: The other one.
        title: The title of `item`.
        was_merged: False if they were separate before.
    """

    item: int
    kept: int
    title: str
    was_merged: bool


def split(db: sqlite3.Connection, name: str, other_name: str | None, now: datetime) -> SplitItems:
    """Split a merged item, as one undo step; no fetch will merge or propose the two again.

    Args:
        db: The database.
        name: The item. A merged one (named by its old number, or by an identifier of its own) is
            split off.
        other_name: The other work; None for the item merged in last. Two items that were never
            merged are only marked as different works.
        now: The current time.

    Raises:
        NoSuchItem: An item is unknown.
        UsageError: Nothing was merged into the item, or both names mean the same item.
    """
    with transaction(db):
        one, other = _choose(db, name, other_name)
        head = duplicates.head_of(db, one)
        was_merged = duplicates.head_of(db, other) == head
        statements = decide_pair("split", name_of(db, one), name_of(db, other))
        if was_merged:
            # Pairs that the author had merged are separated along with them: record that.
            leaving = duplicates.branch(db, duplicates.item_to_split(db, one, other))
            staying = set(duplicates.members_of(db, head)) - leaving
            for decision, mine, theirs in journal_read.decisions_between(db, staying, leaving):
                if decision.verb == "merge" and {mine, theirs} != {one, other}:
                    pair = name_of(db, mine), name_of(db, theirs)
                    statements += decide_pair("split", *pair, follows=True)
        journal.append(db, statements, now)
        now_apart = [duplicates.head_of(db, member) for member in (one, other)]
        item = next(number for number in reversed(now_apart) if number != head)
        kept = head if was_merged else now_apart[0]
        return SplitItems(item, kept, title_of(db, item), was_merged=was_merged)


def _choose(db: sqlite3.Connection, name: str, other_name: str | None) -> tuple[int, int]:
    """Find the two items to separate, as they were before any merge."""
    one = references.find_member(db, name)
    head = duplicates.head_of(db, one)
    if other_name is not None:
        other = references.find_member(db, other_name)
        if other == one:
            message = f"{name} and {other_name} are the same"
            raise UsageError(message, hint=f"see papertrack show {head}")
        return one, other
    if one != head:
        return head, one
    last = duplicates.last_merged(db, head)
    if last is None:
        message = f"nothing was merged into item {head}"
        raise UsageError(message, hint="to keep two apart: papertrack split ITEM --from OTHER")
    return head, last
