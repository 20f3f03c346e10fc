"""What the rating screen asks of the program, and what it hands back; knows nothing of Textual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from papertrack.commands.review_records import AreaChoice, Sheet
    from papertrack.core.judging.board import Board
    from papertrack.core.records import Item
    from papertrack.ui.review_list.desk import ListDesk


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What a sitting came to.

    Attributes:
        rejected, later, rated: How many items of the queue were judged so in this sitting, after
            all undoing.
        position: Where the author stopped, counted from 0; the queue's length when all were seen.
        unsaved: Card texts that could not be written (item id, text); the caller keeps them.
        minutes: How long it took.
    """

    rejected: int
    later: int
    rated: int
    position: int
    unsaved: tuple[tuple[int, str], ...] = ()
    minutes: float = 0.0

    @property
    def judged(self) -> int:
        """How many items were judged."""
        return self.rejected + self.later + self.rated


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

    @property
    def start(self) -> int:
        """The place in the queue where the sitting begins: where the last one was left."""
        ...

    @property
    def listing(self) -> ListDesk:
        """The same queue as many items at once."""
        ...

    def minutes(self) -> float:
        """Tell how long the sitting has taken."""
        ...

    def sheet(self, item_id: int) -> Sheet:
        """Read all that the card says of an item, as it is stored now."""
        ...

    def item(self, item_id: int) -> Item:
        """Read an item as it is stored now, judgement included."""
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

    def say_of_rating(self, item_id: int, area: str, field: str, text: str) -> str:
        """Write ``remark``, ``emoji`` or ``label`` of a rating; an empty text takes it back."""
        ...

    def set_format(self, item_id: int, form: str) -> str:
        """Keep an item as ``brief`` or ``link``; an empty text prints it whole again."""
        ...

    def note(self, item_id: int, field: str, text: str) -> str:
        """Write a note; an empty text takes it back."""
        ...

    def retag(self, item_id: int, added: Sequence[str], removed: Sequence[str]) -> str:
        """Add and remove tags, as one act."""
        ...

    def known_tags(self) -> Sequence[str]:
        """List the tags there are, those used most first."""
        ...

    def card_text(self, item_id: int) -> str:
        """Write the notes of an item as a Markdown card for the editor."""
        ...

    def write_card(self, item_id: int, text: str) -> str:
        """Store an edited card; raise `PapertrackError` when it cannot be read."""
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

    def redo(self) -> tuple[int | None, str]:
        """Bring back what was undone last, as `undo` does."""
        ...

    def citation(self, item_id: int) -> str:
        """Write the author-year citation of an item."""
        ...

    def arrivals(self) -> int:
        """Count the items that came in since the sitting started."""
        ...

    def board(self) -> Board:
        """Say how much of the present issue is there."""
        ...

    def local_day(self, moment: datetime) -> str:
        """Write a moment as a day in the author's time zone, like ``Fri 20``."""
        ...

    def aside(self) -> Mapping[int, str]:
        """Read the card texts that could not be stored, in this sitting or an earlier one."""
        ...

    def put_aside(self, item_id: int, text: str | None) -> None:
        """Keep a card text that cannot be stored as a card; None forgets it."""
        ...

    def bookmark(self, item_id: int | None) -> None:
        """Remember where the sitting was left; None when it came to its end."""
        ...
