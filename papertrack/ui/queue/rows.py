"""The rows of the list: order, filter, marks and cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.judging import bulk
from papertrack.core.judging.bulk import (
    ListOrder,
    as_prefix_query,
    filter_by_words,
    filter_text,
    is_plain,
    sort_queue,
)
from papertrack.errors import PapertrackError, QueryMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from papertrack.commands.bulk import BulkService
    from papertrack.core.records import Item


class ListRows:
    """A queue as a list; sorting and filtering keep cursor and marks on their items."""

    def __init__(self) -> None:
        self.queue: dict[int, Item] = {}
        self.shown: list[int] = []
        self.cursor = 0
        self.marks = bulk.Marks()
        self.order = ListOrder.QUEUE
        self.is_reversed = False
        self.filter_text = ""
        self.scores: dict[int, float] = {}
        self._asked: set[int] = set()
        self._words: dict[int, str] = {}
        self._matching: frozenset[int] | None = None

    @property
    def current(self) -> int | None:
        """The item under the cursor; None in an empty list."""
        return self.shown[self.cursor] if self.shown else None

    @property
    def marked(self) -> frozenset[int]:
        """The marked items, shown or not, including an open range."""
        return bulk.marked(self.marks, self.shown, self.cursor)

    def load(self, queue: Mapping[int, Item]) -> None:
        """Load the current queue; drop marks on items that left it."""
        self.queue = dict(queue)
        self._words = {number: filter_text(item) for number, item in queue.items()}
        self.marks = bulk.Marks(self.marks.chosen & queue.keys(), self.marks.anchor)
        self._rearrange()

    def refresh(self, changed: Mapping[int, Item]) -> None:
        """Replace changed items; they keep their places until the next sort."""
        for number, item in changed.items():
            self.queue[number] = item
            self._words[number] = filter_text(item)

    def move(self, place: int) -> None:
        """Put the cursor on a place, clamped to the list."""
        self.cursor = max(0, min(place, len(self.shown) - 1))

    def find(self, number: int | None) -> None:
        """Put the cursor on an item, if it is shown."""
        if number in self.shown:
            self.cursor = self.shown.index(number)

    def sort(self, order: ListOrder) -> None:
        """Sort the list; sorting by the same order again reverses it."""
        self.keep_cursor()
        self.is_reversed = order is self.order and not self.is_reversed
        self.order = order
        self._rearrange()

    def load_scores(
        self, numbers: Sequence[int], ask: Callable[[Mapping[int, Item]], Mapping[int, float]]
    ) -> None:
        """Read the scores of items whose scores were not read before.

        Args:
            numbers: The items.
            ask: Returns how likely each is kept; leaves out items without a score.
        """
        unknown = {number: self.queue[number] for number in numbers if number not in self._asked}
        if unknown:
            self._asked.update(unknown)
            self.scores.update(ask(unknown))

    def filter(self, typed: str, found: Collection[int] | None = None) -> None:
        """Show only the items that match a filter.

        Args:
            typed: The filter.
            found: The matches of the filter language; None searches for the words instead.
        """
        self.keep_cursor()
        self.filter_text = typed.strip()
        self._matching = None if found is None else frozenset(found)
        current = self.current
        self._rearrange()
        if self.current != current:
            self.move(0)

    # Marking

    def keep_cursor(self) -> None:
        """End an open range and keep its items marked."""
        self.marks = bulk.close_range(self.marks, self.shown, self.cursor)

    def toggle(self) -> None:
        """Mark or unmark the item under the cursor."""
        self.keep_cursor()
        if self.current is not None:
            self.marks = bulk.toggle(self.marks, self.current)

    def toggle_range(self) -> None:
        """Begin a range at the cursor, or end the open one."""
        if self.marks.anchor is not None:
            self.keep_cursor()
        elif self.current is not None:
            self.marks = bulk.open_range(self.marks, self.current)

    def drop_range(self) -> bool:
        """Drop an open range and its marks; return whether there was one."""
        was_open = self.marks.anchor is not None
        self.marks = bulk.drop_range(self.marks)
        return was_open

    def mark_all(self) -> None:
        """Mark all shown items, or unmark them if all are marked."""
        self.keep_cursor()
        self.marks = bulk.mark_all(self.marks, self.shown)

    def invert(self) -> None:
        """Invert the marks of the shown items."""
        self.keep_cursor()
        self.marks = bulk.invert(self.marks, self.shown)

    def clear_marks(self) -> None:
        """Remove all marks."""
        self.marks = bulk.Marks()

    def _rearrange(self) -> None:
        current, cursor = self.current, self.cursor
        numbers = sort_queue(
            self.queue, self.order, is_reversed=self.is_reversed, scores=self.scores
        )
        if self._matching is None:
            self.shown = filter_by_words(self._words, numbers, self.filter_text)
        else:
            self.shown = [number for number in numbers if number in self._matching]
        self.move(cursor)
        self.find(current)


class ListFilter:
    """The filter typed after the slash, applied to the rows.

    Args:
        rows: The rows to filter.
        service: Runs queries of the filter language.

    Attributes:
        text: What was typed; the rows may still show the last valid filter.
        problem: Why the text is not a valid filter; empty if it is one.
        caret: The position of the problem, in characters from 0; None if it has none.
    """

    def __init__(self, rows: ListRows, service: BulkService) -> None:
        self.text = ""
        self.problem = ""
        self.caret: int | None = None
        self._rows = rows
        self._service = service
        self._item_before: int | None = None

    def begin(self) -> None:
        """Remember the item under the cursor, to return to it if the filter is cancelled."""
        self._item_before = self._rows.current

    def cancel(self) -> None:
        """Show all rows again, with the cursor where it was."""
        self.show("")
        self._rows.find(self._item_before)

    def refresh(self) -> None:
        """Apply the filter again after items changed."""
        self.show(self._rows.filter_text)

    def show(self, text: str) -> None:
        """Show the matches of a filter; an invalid one leaves the rows as they are."""
        self.text, self.problem = text, ""
        if is_plain(text):
            self._rows.filter(text)
            return
        try:
            self._rows.filter(text, self._service.find(as_prefix_query(text)))
        except PapertrackError as error:
            self.problem = f"{error.what}; {error.hint}" if error.hint else error.what
            self.caret = error.at if isinstance(error, QueryMistake) else None
