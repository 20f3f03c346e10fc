"""What the list of the rating screen asks for: many items at once, read and judged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.bulk import judge_many, read_queue
from papertrack.commands.find import find_numbers
from papertrack.commands.judge import Verdict
from papertrack.commands.predictions import standing_of
from papertrack.config.schema import Config
from papertrack.core.judging.bulk import acknowledge, choose_left, rated_words, tagged_words
from papertrack.core.kinds import State
from papertrack.storage.database import translated
from papertrack.storage.rank import read_chances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from papertrack.core.judging.bulk import Choice, Scope
    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class BulkDesk:
    """What the list works on; see `papertrack.ui.review_list.desk.ListDesk`.

    Attributes:
        path: The file of the database, for messages.
        queue: The items of the sitting.
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
        return self._say(choice, Verdict(state=State.REJECTED), "rejected")

    def later(self, choice: Choice) -> str:
        """Put items off."""
        return self._say(choice, Verdict(state=State.LATER), "put off")

    def rate(self, choice: Choice, area: str, halves: int) -> str:
        """Rate items in an area."""
        return self._say(choice, Verdict(area=area, halves=halves), rated_words(area, halves))

    def retag(self, choice: Choice, added: Sequence[str], removed: Sequence[str]) -> str:
        """Put tags on items and take others off."""
        verdict = Verdict(tags_added=tuple(added), tags_removed=tuple(removed))
        return self._say(choice, verdict, tagged_words(added, removed))

    def _say(self, choice: Choice, verdict: Verdict, did: str) -> str:
        with translated(self.path):
            told = judge_many(self.db, choice.items, verdict, self.clock())
        return acknowledge(did, told, choice.of) if told else "that holds for all of them already"

    def _area_of(self, item: Item) -> str | None:
        return next(iter(standing_of(self.db, self.config, item).areas), None)
