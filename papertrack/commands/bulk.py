"""Judge many items at once: one act in the journal, one undo step."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.find import find_numbers
from papertrack.commands.judge import JudgementInput, choose_area, judgement_statements
from papertrack.commands.predictions import predict
from papertrack.config.schema import Config
from papertrack.core.judging.bulk import (
    acknowledge,
    changes_item,
    choose_left,
    describe_rating,
    describe_tags,
)
from papertrack.core.kinds import State
from papertrack.storage import items, journal, journal_read
from papertrack.storage.database import transaction, translated
from papertrack.storage.rank import read_chances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from papertrack.core.judging.bulk import Choice, Scope
    from papertrack.core.judging.journal import Statement
    from papertrack.core.records import Item


def read_queue(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Item]:
    """Read the items of a queue as they are now.

    Args:
        db: The database.
        numbers: The queue; a merged item leads to the one that it was merged into.

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
    db: sqlite3.Connection, numbers: Sequence[int], judgement: JudgementInput, now: datetime
) -> int:
    """Store a judgement of many items in the journal, as one undo step.

    What an item has already is not stored again, so that its time of judgement stays the same.

    Args:
        db: The database.
        numbers: The items; merged ones stand for the remaining item, unknown ones are skipped.
        judgement: What to store about each; a rating names its area.
        now: The current time.

    Returns:
        How many items changed, on disk by then.

    Raises:
        UsageError: The area is unknown; nothing was stored.
    """
    with transaction(db):
        # Two numbers of a queue may be one item by now; it is judged once.
        found = {item.id: item for item in read_queue(db, numbers).values()}
        area: str | None = None
        if judgement.area is not None and found:
            area = choose_area(db, next(iter(found.values())), judgement)
        statements: list[Statement] = []
        changed = 0
        for number, item in found.items():
            said, _ = judgement_statements(
                journal_read.subject_of(db, number), str(number), judgement, item, area
            )
            news = [statement for statement in said if changes_item(statement, item)]
            statements += news
            changed += bool(news)
        if statements:
            journal.append(db, statements, now)
    return changed


@dataclass(frozen=True, slots=True)
class BulkService:
    """Reads and judges the items of the list; asks about many items use it, too.

    Each judgement is committed before the method returns its acknowledgement, one line. Every
    method may raise `PapertrackError`, which the screen shows.

    Attributes:
        path: The file of the database, for messages.
        queue: The items of the session.
        started_at: When it began; items put off since then do not count as left.
    """

    path: Path
    db: sqlite3.Connection
    config: Config
    zone: tzinfo
    clock: Callable[[], datetime]
    queue: tuple[int, ...]
    started_at: datetime

    def items(self, numbers: Sequence[int]) -> Mapping[int, Item]:
        """Read items as they are now."""
        with translated(self.path):
            return read_queue(self.db, numbers)

    def scores(self, items: Mapping[int, Item]) -> Mapping[int, float]:
        """Read how likely each item is kept; items never ranked are left out."""
        with translated(self.path):
            chances = read_chances(self.db, [item.id for item in items.values()])
        return {number: chances[item.id][1] for number, item in items.items() if item.id in chances}

    def date(self, moment: datetime) -> str:
        """Format a moment as a local date, ``20 Nov``."""
        local = moment.astimezone(self.zone)
        return f"{local.day:2} {local:%b}"

    def find(self, query: str) -> frozenset[int]:
        """Find the items of the queue that match a query of the filter language."""
        with translated(self.path):
            found = find_numbers(self.db, self.config, query, now=self.clock(), zone=self.zone)
        return frozenset(found).intersection(self.queue)

    def left(self, scope: Scope, number: int) -> Choice | None:
        """Choose the items left in the queue that share source, age or area with an item."""
        queue = self.items(self.queue)
        item = queue.get(number)
        if item is None:
            return None
        with translated(self.path):
            return choose_left(
                queue, scope, item, started_at=self.started_at, area_of=self._area_of
            )

    def reject(self, choice: Choice) -> str:
        """Reject items."""
        return self._judge(choice, JudgementInput(state=State.REJECTED), "rejected")

    def later(self, choice: Choice) -> str:
        """Put items off."""
        return self._judge(choice, JudgementInput(state=State.LATER), "put off")

    def rate(self, choice: Choice, area: str, halves: int) -> str:
        """Rate items in an area."""
        return self._judge(
            choice, JudgementInput(area=area, halves=halves), describe_rating(area, halves)
        )

    def retag(self, choice: Choice, added: Sequence[str], removed: Sequence[str]) -> str:
        """Add and remove tags."""
        judgement = JudgementInput(tags_added=tuple(added), tags_removed=tuple(removed))
        return self._judge(choice, judgement, describe_tags(added, removed))

    def _judge(self, choice: Choice, judgement: JudgementInput, did: str) -> str:
        with translated(self.path):
            changed = judge_many(self.db, choice.items, judgement, self.clock())
        return acknowledge(did, changed, choice.of) if changed else "nothing to change"

    def _area_of(self, item: Item) -> str | None:
        return next(iter(predict(self.db, self.config, item).areas), None)
