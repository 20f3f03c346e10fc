"""Judge many items at once: one act in the journal, one undo step."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.find import find_numbers
from papertrack.commands.judge import JudgementInput, choose_area, state_input
from papertrack.commands.predictions import predict
from papertrack.config.schema import Config
from papertrack.core.judging.bulk import (
    acknowledge,
    choose_left,
    is_news,
    rated_words,
    tagged_words,
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
    db: sqlite3.Connection, numbers: Sequence[int], verdict: JudgementInput, now: datetime
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
            said, _ = state_input(
                journal_read.subject_of(db, number), str(number), verdict, item, area
            )
            news = [statement for statement in said if is_news(statement, item)]
            statements += news
            told += bool(news)
        if statements:
            journal.append(db, statements, now)
    return told


@dataclass(frozen=True, slots=True)
class BulkService:
    """What the list works on, and the questions about many items.

    Every act commits before it returns, and returns its acknowledgement as one line. Any of the
    methods may raise `PapertrackError`; the screen shows it and goes on.

    Attributes:
        path: The file of the database, for messages.
        queue: The items of the session.
        started_at: When it began; what was put off since then is not left over.
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
        """Say how likely each is kept; what was never ranked is left out."""
        with translated(self.path):
            chances = read_chances(self.db, [item.id for item in items.values()])
        return {number: chances[item.id][1] for number, item in items.items() if item.id in chances}

    def date(self, moment: datetime) -> str:
        """Write a moment as a date of the author's calendar, ``20 Nov``."""
        local = moment.astimezone(self.zone)
        return f"{local.day:2} {local:%b}"

    def find(self, query: str) -> frozenset[int]:
        """Find the items of the queue that a query of the filter language lets through."""
        with translated(self.path):
            found = find_numbers(self.db, self.config, query, now=self.clock(), zone=self.zone)
        return frozenset(found).intersection(self.queue)

    def left(self, scope: Scope, number: int) -> Choice | None:
        """Choose what is left of the queue and like an item."""
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
        return self._say(choice, JudgementInput(state=State.REJECTED), "rejected")

    def later(self, choice: Choice) -> str:
        """Put items off."""
        return self._say(choice, JudgementInput(state=State.LATER), "put off")

    def rate(self, choice: Choice, area: str, halves: int) -> str:
        """Rate items in an area."""
        return self._say(
            choice, JudgementInput(area=area, halves=halves), rated_words(area, halves)
        )

    def retag(self, choice: Choice, added: Sequence[str], removed: Sequence[str]) -> str:
        """Put tags on items and take others off."""
        verdict = JudgementInput(tags_added=tuple(added), tags_removed=tuple(removed))
        return self._say(choice, verdict, tagged_words(added, removed))

    def _say(self, choice: Choice, verdict: JudgementInput, did: str) -> str:
        with translated(self.path):
            told = judge_many(self.db, choice.items, verdict, self.clock())
        return acknowledge(did, told, choice.of) if told else "nothing to change"

    def _area_of(self, item: Item) -> str | None:
        return next(iter(predict(self.db, self.config, item).areas), None)
