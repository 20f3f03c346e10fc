"""Make one item of several, two of one, or keep two apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.journal import Statement, decide_pair
from papertrack.errors import UsageError
from papertrack.storage import duplicates, items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class MergedItems:
    """Which items were merged into which, on disk by then; the title is that of the whole."""

    keep: int
    dropped: tuple[int, ...]
    title: str


def merge(db: sqlite3.Connection, named: Sequence[str], now: datetime) -> MergedItems:
    """Merge items into the first that is named, as one undo step.

    What the author said of any of them holds for the whole; of two answers to one question the
    later counts.

    Args:
        db: The database.
        named: The items as the author named them, at least two.
        now: The present.

    Raises:
        NoSuchItem: An item is not known; then nothing was merged.
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
            # What was said to be two and is now joined through others is said to be one.
            for tie, one, one_more in journal_read.decisions_between(db, together, joining):
                if tie.verb == "split":
                    pair = name_of(db, one), name_of(db, one_more)
                    statements += decide_pair("merge", *pair, follows=True)
            together += joining
        journal.append(db, statements, now)
        return MergedItems(keep, tuple(others), title_of(db, keep))


def name_of(db: sqlite3.Connection, member: int) -> tuple[str, str]:
    """Name an item for the journal: the subject and title that are its own, merged or not."""
    return journal_read.own_subject(db, member), duplicates.own_title(db, member)


def title_of(db: sqlite3.Connection, number: int) -> str:
    """Call an item by its title, else by its address."""
    item = items.read_item(db, number)
    return item.printed_title or item.url or ""


@dataclass(frozen=True, slots=True)
class Parted:
    """Two items that stay two from now on.

    Attributes:
        item: The one that was taken out of the other, or was named second.
        kept: The other.
        title: That of `item`.
        was_merged: False when they were two before.
    """

    item: int
    kept: int
    title: str
    was_merged: bool


def split(db: sqlite3.Connection, name: str, other_name: str | None, now: datetime) -> Parted:
    """Take a merge apart, as one undo step; no fetch will merge or propose the two again.

    Args:
        db: The database.
        name: The item. One that was merged into another (by its old number, or by a name that it
            brought along) is taken out of it.
        other_name: What it is not, or no longer, one work with; None for what was merged into it
            last. Two items that were never merged are only said to be two.
        now: The present.

    Raises:
        NoSuchItem: An item is not known.
        UsageError: Nothing was merged into the item, or both names mean the same.
    """
    with transaction(db):
        one, other = _choose(db, name, other_name)
        head = duplicates.head_of(db, one)
        was_merged = duplicates.head_of(db, other) == head
        statements = decide_pair("split", name_of(db, one), name_of(db, other))
        if was_merged:
            # What was said to be one and is now parted with others is said to be two.
            leaving = duplicates.branch(db, duplicates.leaving(db, one, other))
            staying = set(duplicates.members_of(db, head)) - leaving
            for tie, mine, theirs in journal_read.decisions_between(db, staying, leaving):
                if tie.verb == "merge" and {mine, theirs} != {one, other}:
                    pair = name_of(db, mine), name_of(db, theirs)
                    statements += decide_pair("split", *pair, follows=True)
        journal.append(db, statements, now)
        now_apart = [duplicates.head_of(db, member) for member in (one, other)]
        item = next(number for number in reversed(now_apart) if number != head)
        kept = head if was_merged else now_apart[0]
        return Parted(item, kept, title_of(db, item), was_merged=was_merged)


def _choose(db: sqlite3.Connection, name: str, other_name: str | None) -> tuple[int, int]:
    """Find the two to part, as they were before anything was merged."""
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
