"""Say the same about many items at once: one act in the journal, one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands.judge import choose_area, state_verdict
from papertrack.core.judging.bulk import is_news
from papertrack.storage import items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from papertrack.commands.judge import Verdict
    from papertrack.core.judging.journal import Statement
    from papertrack.core.records import Item


def read_queue(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Item]:
    """Read the items of a queue as they are now.

    Args:
        db: The database.
        numbers: The queue; an item that was merged since leads to the one that stayed.

    Returns:
        The items by their numbers in the queue, in its order; unknown numbers are left out.
    """
    found = {item.id: item for item in items.read_items(db, numbers)}
    heads = {
        number: head
        for number in numbers
        if number not in found and (head := items.find_number(db, number)) is not None
    }
    stayed = {item.id: item for item in items.read_items(db, sorted(set(heads.values())))}
    queue = {number: found.get(number) or stayed.get(heads.get(number, 0)) for number in numbers}
    return {number: item for number, item in queue.items() if item is not None}


def judge_many(
    db: sqlite3.Connection, numbers: Sequence[int], verdict: Verdict, now: datetime
) -> int:
    """Write a verdict about many items into the journal, as one undo step.

    What already holds for an item is not said again, so its time of judgement stays what it was.

    Args:
        db: The database.
        numbers: The items; merged ones mean the item that stayed, unknown ones are passed over.
        verdict: What to say about each; a rating names its area.
        now: The present.

    Returns:
        About how many items something was said, on disk by then; 0 when all of it held already.

    Raises:
        UsageError: The area is not known; then nothing was said.
    """
    with transaction(db):
        # Two numbers of a queue may mean one item by now; it is spoken of once.
        found = {item.id: item for item in read_queue(db, numbers).values()}
        area: str | None = None
        if verdict.area is not None and found:
            area = choose_area(db, next(iter(found.values())), verdict)
        statements: list[Statement] = []
        told = 0
        for number, item in found.items():
            said, _ = state_verdict(
                journal_read.subject_of(db, number), str(number), verdict, item, area
            )
            news = [statement for statement in said if is_news(statement, item)]
            statements += news
            told += bool(news)
        if statements:
            journal.append(db, statements, now)
    return told
