"""Put tags on items, take them off, and call a tag by another name."""

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
    """What changed on one item: nothing when it was tagged so already.

    Attributes:
        name: The item as the author named it.
    """

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """On how many items a tag was renamed, and how many of these had the new one already."""

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
    """Put tags on items and take others off, as one undo step; nothing is said that is so already.

    Args:
        db: The database.
        named: The items as the author named them; one that is named twice counts once.
        added: Tags to put on.
        removed: Tags to take off.
        now: The present.
        now: The present.

    Returns:
        What changed on each item, on disk by then.

    Raises:
        NoSuchItem: An item is not known; then nothing was said about any.
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
    """Call a tag by another name on every item, as one undo step.

    Raises:
        UsageError: Both names are the same, or no item has the tag.
    """
    if old == new:
        message = f'"{old}" is already its name'
        raise UsageError(message, hint="give another one")
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
