"""Add, remove and rename tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.journal import set_tag
from papertrack.errors import UsageError
from papertrack.storage import journal, journal_read
from papertrack.storage.database import transaction
from papertrack.storage.items import tagged, tags_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Retagged:
    """The tags that changed on one item.

    Attributes:
        name: The item as the author named it.
    """

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """On how many items a tag was renamed, and how many of these already had the new one."""

    items: int
    joined: int


def retag(
    db: sqlite3.Connection,
    named: Sequence[str],
    *,
    added: Sequence[str],
    removed: Sequence[str],
    now: datetime,
) -> list[Retagged]:
    """Add and remove tags, as one undo step; only changes are stored.

    Args:
        db: The database.
        named: The items as the author named them; repetitions count once.
        added: Tags to add.
        removed: Tags to remove.
        now: The current time.

    Returns:
        What changed on each item, on disk by then.

    Raises:
        NoSuchItem: An item is unknown; nothing was stored about any.
    """
    with transaction(db):
        numbers: dict[int, str] = {}
        for name in named:
            numbers.setdefault(references.find(db, name), name)
        tags = tags_of(db, list(numbers))
        changes = [
            (
                number,
                Retagged(
                    name,
                    added=tuple(tag for tag in added if tag not in tags[number]),
                    removed=tuple(tag for tag in removed if tag in tags[number]),
                ),
            )
            for number, name in numbers.items()
        ]
        statements = [
            set_tag(subject, tag, present=present)
            for number, change in changes
            for subject in [journal_read.subject_of(db, number)]
            for present, changed in ((True, change.added), (False, change.removed))
            for tag in changed
        ]
        if statements:
            journal.append(db, statements, now)
    return [change for _, change in changes]


def rename_tag(db: sqlite3.Connection, old: str, new: str, now: datetime) -> Renamed:
    """Rename a tag on every item, as one undo step.

    Raises:
        UsageError: Both names are the same, or no item has the tag.
    """
    if old == new:
        message = f'the tag is already called "{old}"'
        raise UsageError(message, hint="give another name")
    with transaction(db):
        numbers = tagged(db, old)
        if not numbers:
            message = f'no item has the tag "{old}"'
            raise UsageError(message, hint="papertrack tag --list shows all tags")
        tags = tags_of(db, numbers)
        subjects = {number: journal_read.subject_of(db, number) for number in numbers}
        journal.append(
            db,
            [
                set_tag(subject, tag, present=present)
                for number, subject in subjects.items()
                for tag, present in ((old, False), (new, True))
                if (tag in tags[number]) != present
            ],
            now,
        )
    return Renamed(len(numbers), sum(new in found for found in tags.values()))
