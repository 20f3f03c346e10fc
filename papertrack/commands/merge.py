"""Make one item of several, because the author says that they are one work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.journal import Statement, set_tie
from papertrack.errors import UsageError
from papertrack.storage import duplicates, items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """Which items were merged into which, on disk by then; the title is that of the whole."""

    keep: int
    dropped: tuple[int, ...]
    title: str


def merge(db: sqlite3.Connection, named: Sequence[str], now: datetime) -> Merged:
    """Merge items into the first that is named, as one undo step.

    What the author said of any of them holds for the whole; of two answers to one question the
    later counts.

    Args:
        db: The database.
        named: The items as the author named them, at least two.
        now: The present.

    Raises:
        NoSuchItem: An item is not known; then nothing was merged.
        UsageError: Two of them are one item already.
    """
    with transaction(db):
        keep, *others = (references.find(db, name) for name in named)
        if len({keep, *others}) <= len(others):
            message = f"{' and '.join(named)} are one item already"
            raise UsageError(message, hint=f"see papertrack show {keep}")
        statements: list[Statement] = []
        together = duplicates.members_of(db, keep)
        for other in others:
            joining = duplicates.members_of(db, other)
            statements += set_tie("merge", name_of(db, keep), name_of(db, other))
            # What was said to be two and is now joined through others is said to be one.
            for tie, one, one_more in journal_read.ties_between(db, together, joining):
                if tie.verb == "split":
                    pair = name_of(db, one), name_of(db, one_more)
                    statements += set_tie("merge", *pair, follows=True)
            together += joining
        journal.append(db, statements, now)
        return Merged(keep, tuple(others), title_of(db, keep))


def name_of(db: sqlite3.Connection, member: int) -> tuple[str, str]:
    """Name an item for the journal: the subject and title that are its own, merged or not."""
    return journal_read.own_subject(db, member), duplicates.own_title(db, member)


def title_of(db: sqlite3.Connection, number: int) -> str:
    """Call an item by its title, else by its address."""
    item = items.read_item(db, number)
    return item.printed_title or item.url or ""
