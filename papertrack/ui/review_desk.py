"""What the rating screen asks of the program, and what it hands back; knows nothing of Textual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from papertrack.core.dossier import Proposal
    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area, as the rating screen needs it."""

    slug: str
    name: str
    emoji: str


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What a sitting came to.

    Attributes:
        rejected, later, rated: How many items of the queue were judged so in this sitting, after
            all undoing.
        position: Where the author stopped, counted from 0; the queue's length when all were seen.
        unsaved: Card texts that could not be written (item id, text); the caller keeps them.
    """

    rejected: int
    later: int
    rated: int
    position: int
    unsaved: tuple[tuple[int, str], ...] = ()


class ReviewDesk(Protocol):
    """The program behind the rating screen.

    Every act commits before it returns, and returns its acknowledgement as one line. Any of the
    methods may raise `PapertrackError`; the screen shows it and goes on.
    """

    @property
    def areas(self) -> Sequence[AreaChoice]:
        """The areas in the author's order."""
        ...

    @property
    def queue(self) -> Sequence[int]:
        """The item ids to judge, best first, fixed when the sitting starts."""
        ...

    @property
    def week(self) -> str:
        """The ISO week of the issue being prepared, like ``2026-W47``."""
        ...

    def item(self, item_id: int) -> Item:
        """Read an item as it is stored now, judgement included."""
        ...

    def suggested_area(self, item_id: int) -> str | None:
        """Name the area (slug) the item most likely belongs to; None without a guess."""
        ...

    def reject(self, item_id: int) -> str:
        """Reject an item."""
        ...

    def later(self, item_id: int) -> str:
        """Put an item off."""
        ...

    def rate(self, item_id: int, area: str, halves: int) -> str:
        """Rate an item in an area (slug), in half points from 1 to 10."""
        ...

    def retag(self, item_id: int, added: Sequence[str], removed: Sequence[str]) -> str:
        """Add and remove tags, as one act."""
        ...

    def card_text(self, item_id: int) -> str:
        """Write the notes of an item as a Markdown card for the editor."""
        ...

    def write_card(self, item_id: int, text: str) -> str:
        """Store an edited card; raise `PapertrackError` when it cannot be read."""
        ...

    def same_story(self, item_id: int) -> Proposal | None:
        """Name an item that may be the same work; None when there is none to ask about."""
        ...

    def merge(self, item_id: int, other: int) -> str:
        """Merge another item into this one."""
        ...

    def keep_apart(self, item_id: int, other: int) -> str:
        """Say that two items are two works."""
        ...

    def undo(self) -> tuple[int | None, str]:
        """Take the last act back; return the item it touched (None if no single one) and a line."""
        ...

    def arrivals(self) -> int:
        """Count the items that came in since the sitting started."""
        ...

    def local_day(self, moment: datetime) -> str:
        """Write a moment as a day in the author's time zone, like ``Fri 20``."""
        ...
