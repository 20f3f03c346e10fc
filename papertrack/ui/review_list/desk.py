"""What the list of the rating screen asks of the program, and of the sitting that it is part of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.judging.bulk import Choice, Scope
    from papertrack.core.records import Item
    from papertrack.ui.review.tally import Tally


class ListDesk(Protocol):
    """The program behind the list, and behind questions about many items.

    Acts commit before they return, and return their acknowledgement as one line. Any of the
    methods may raise `PapertrackError`; the screen shows it and goes on.
    """

    def items(self, numbers: Sequence[int]) -> Mapping[int, Item]:
        """Read items as they are stored now, by their numbers in the queue and in that order."""
        ...

    def scores(self, items: Mapping[int, Item]) -> Mapping[int, float]:
        """Say how likely each is kept, 0 to 1; items without a score are left out."""
        ...

    def date(self, moment: datetime) -> str:
        """Write a moment as a date in the author's time zone, like ``20 Nov``."""
        ...

    def find(self, query: str) -> Collection[int]:
        """Find the items of the queue that a query of the filter language lets through.

        Raises:
            QueryMistake: It cannot be read.
        """
        ...

    def left(self, scope: Scope, number: int) -> Choice | None:
        """Choose what is left and like an item; None when the item lacks the likeness."""
        ...

    def reject(self, choice: Choice) -> str:
        """Reject items."""
        ...

    def later(self, choice: Choice) -> str:
        """Put items off."""
        ...

    def rate(self, choice: Choice, area: str, halves: int) -> str:
        """Rate items in an area (slug), in half points from 1 to 10."""
        ...

    def retag(self, choice: Choice, added: Sequence[str], removed: Sequence[str]) -> str:
        """Add and remove tags."""
        ...


class Count(Protocol):
    """What was judged in the sitting, by card or by list."""

    @property
    def tally(self) -> Tally:
        """What the sitting came to so far."""
        ...

    def count_many(self, before: Mapping[int, Item], after: Mapping[int, Item]) -> None:
        """Take what the author thinks of items now into the count.

        Args:
            before: The items as they were before the act, or before it was undone.
            after: The items as they are now; what was not touched may be among them.
        """
        ...
