"""A sitting at the rating screen: the queue, and every key's act written down at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.edit import write_down
from papertrack.commands.judge import Verdict, state_verdict
from papertrack.commands.merge import merge
from papertrack.commands.split import split
from papertrack.commands.standings import standing_of
from papertrack.commands.undo import undo
from papertrack.config import Config
from papertrack.core.card import write_card
from papertrack.core.glyphs import rating_value
from papertrack.core.records import State
from papertrack.core.window import week_name
from papertrack.storage import items, journal
from papertrack.storage.database import transaction, translated
from papertrack.storage.pairs import open_pairs
from papertrack.ui.review_desk import AreaChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.core.dossier import Proposal
    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class Desk:
    """What the rating screen works on; see `papertrack.ui.review_desk.ReviewDesk`.

    Attributes:
        path: The file of the database, for messages.
        queue: The items to judge, fixed when the sitting begins.
        started_at: When it began; later items are announced, not mixed in.
    """

    path: Path
    db: sqlite3.Connection
    config: Config
    zone: tzinfo
    clock: Callable[[], datetime]
    queue: tuple[int, ...]
    areas: tuple[AreaChoice, ...]
    week: str
    started_at: datetime
    _opened_cards: dict[int, str] = field(default_factory=dict)

    def item(self, item_id: int) -> Item:
        """Read an item as it is now; one that was merged meanwhile leads to the one that stayed."""
        with translated(self.path):
            return items.read_item(self.db, items.find_number(self.db, item_id) or item_id)

    def suggested_area(self, item_id: int) -> str | None:
        """Guess the area of an item from keywords and its sources."""
        areas = standing_of(self.db, self.config, self.item(item_id)).areas
        return areas[0] if areas else None

    def reject(self, item_id: int) -> str:
        """Reject an item."""
        return f'rejected "{self._say(item_id, Verdict(state=State.REJECTED))}"'

    def later(self, item_id: int) -> str:
        """Keep an item for later."""
        return f'later "{self._say(item_id, Verdict(state=State.LATER))}"'

    def rate(self, item_id: int, area: str, halves: int) -> str:
        """Rate an item in an area."""
        title = self._say(item_id, Verdict(area=area, halves=halves))
        return f'{rating_value(halves)} in {area}: "{title}"'

    def retag(self, item_id: int, added: Sequence[str], removed: Sequence[str]) -> str:
        """Put tags on an item and take others off."""
        verdict = Verdict(tags_added=tuple(added), tags_removed=tuple(removed))
        title = self._say(item_id, verdict)
        return " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed), title])

    def card_text(self, item_id: int) -> str:
        """Lay out all that was said of an item for the editor."""
        text = write_card(self.item(item_id))
        self._opened_cards[item_id] = text
        return text

    def write_card(self, item_id: int, text: str) -> str:
        """Write down what the author changed in an edited card.

        Raises:
            UsageError: The card cannot be read; nothing was written.
        """
        opened = self._opened_cards.get(item_id) or self.card_text(item_id)
        with translated(self.path):
            number = self.item(item_id).id
            edited = write_down(self.db, number, opened=opened, edited=text, now=self.clock())
        if not edited.changed:
            return "nothing changed"
        return f'noted {", ".join(edited.changed)}: "{edited.item.printed_title}"'

    def same_story(self, item_id: int) -> Proposal | None:
        """Name the first item that was proposed as the same work and not answered."""
        with translated(self.path):
            return next(iter(open_pairs(self.db, item_id)), None)

    def merge(self, item_id: int, other: int) -> str:
        """Merge another item into this one."""
        with translated(self.path):
            merged = merge(self.db, [str(item_id), str(other)], self.clock())
        return f'merged {other} into {merged.keep}: "{merged.title}"'

    def keep_apart(self, item_id: int, other: int) -> str:
        """Say that two items are two works."""
        with translated(self.path):
            parted = split(self.db, str(item_id), str(other), self.clock())
        return f'not the same story: {parted.item} "{parted.title}"'

    def undo(self) -> tuple[int | None, str]:
        """Take back the newest act, of this sitting or an earlier one."""
        with translated(self.path):
            undone = undo(self.db, self.clock())
        if undone is None:
            return None, "there is nothing to undo"
        item = undone.items[0] if len(undone.items) == 1 else None
        return item, f"undone: {'; '.join(undone.lines)}"

    def arrivals(self) -> int:
        """Count the items that came into the queue since the sitting began."""
        with translated(self.path):
            return items.count_new_since(self.db, self.started_at)

    def local_day(self, moment: datetime) -> str:
        """Write a moment as a day of the author's calendar, ``Fri 20``."""
        local = moment.astimezone(self.zone)
        return f"{local:%a} {local.day}"

    def _say(self, item_id: int, verdict: Verdict) -> str:
        with translated(self.path), transaction(self.db):
            item = self.item(item_id)
            subject = journal.subject_of(self.db, item.id)
            statements, _ = state_verdict(subject, str(item_id), verdict, item, verdict.area)
            journal.append(self.db, statements, self.clock())
        return self.item(item_id).printed_title


def open_desk(
    db: sqlite3.Connection,
    config: Config,
    chosen: items.Filter,
    *,
    zone: tzinfo,
    clock: Callable[[], datetime],
    limit: int | None = None,
) -> Desk:
    """Begin a sitting.

    Args:
        db: The database.
        config: The config, for areas, keywords and the hints of sources.
        chosen: Which items are to be judged; they are served newest first.
        zone: The author's time zone.
        clock: The time, for the journal.
        limit: At most so many items; None for all.
    """
    now = clock()
    return Desk(
        path=Path(db.execute("PRAGMA database_list").fetchone()["file"]),
        db=db,
        config=config,
        zone=zone,
        clock=clock,
        queue=tuple(items.list_numbers(db, chosen, limit=limit)),
        areas=tuple(AreaChoice(area.slug, area.name, area.emoji) for area in config.areas),
        week=week_name(now.astimezone(zone).date()),
        started_at=now,
    )
