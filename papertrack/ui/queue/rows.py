"""The rows of the list: which are shown in which order, filtered, marked, and the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.judging import bulk
from papertrack.core.judging.bulk import (
    ListOrder,
    filter_words,
    is_plain,
    so_far,
    sort_queue,
    words_of,
)
from papertrack.errors import PapertrackError, QueryMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from papertrack.commands.bulk import BulkService
    from papertrack.core.records import Item


class ListRows:
    """A queue as a list. Sorting and filtering leave cursor and marks on their items."""

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
        self._found: frozenset[int] | None = None

    @property
    def current(self) -> int | None:
        """The item under the cursor; None in an empty list."""
        return self.shown[self.cursor] if self.shown else None

    @property
    def marked(self) -> frozenset[int]:
        """All that is marked, shown or not, an open range included."""
        return bulk.marked(self.marks, self.shown, self.cursor)

    def load(self, queue: Mapping[int, Item]) -> None:
        """Take a queue as it is now; what is no longer in it is no longer marked."""
        self.queue = dict(queue)
        self._words = {number: words_of(item) for number, item in queue.items()}
        self.marks = bulk.Marks(self.marks.chosen & queue.keys(), self.marks.anchor)
        self._arrange()

    def refresh(self, changed: Mapping[int, Item]) -> None:
        """Take some items as they are now; they keep their places until the next sorting."""
        for number, item in changed.items():
            self.queue[number] = item
            self._words[number] = words_of(item)

    def move(self, place: int) -> None:
        """Put the cursor on a place, or as near as the list goes."""
        self.cursor = max(0, min(place, len(self.shown) - 1))

    def find(self, number: int | None) -> None:
        """Put the cursor on an item, if it is shown."""
        if number in self.shown:
            self.cursor = self.shown.index(number)

    def sort(self, order: ListOrder) -> None:
        """Sort the list; by the same order again, turn it round."""
        self.keep_cursor()
        self.is_reversed = order is self.order and not self.is_reversed
        self.order = order
        self._arrange()

    def learn_scores(
        self, numbers: Sequence[int], ask: Callable[[Mapping[int, Item]], Mapping[int, float]]
    ) -> None:
        """Ask for the scores of items that were not asked about before.

        Args:
            numbers: The items.
            ask: Says how likely each is kept; items without a score are left out.
        """
        unknown = {number: self.queue[number] for number in numbers if number not in self._asked}
        if unknown:
            self._asked.update(unknown)
            self.scores.update(ask(unknown))

    def filter(self, typed: str, found: Collection[int] | None = None) -> None:
        """Show only what a filter lets through.

        Args:
            typed: The filter.
            found: What the filter language found; None looks for the words themselves.
        """
        self.keep_cursor()
        self.filter_text = typed.strip()
        self._found = None if found is None else frozenset(found)
        current = self.current
        self._arrange()
        if self.current != current:
            self.move(0)

    # Marking

    def keep_cursor(self) -> None:
        """End an open range; what it covers stays marked."""
        self.marks = bulk.keep_marks(self.marks, self.shown, self.cursor)

    def toggle(self) -> None:
        """Mark the item under the cursor, or take its mark away."""
        self.keep_cursor()
        if self.current is not None:
            self.marks = bulk.toggle(self.marks, self.current)

    def toggle_range(self) -> None:
        """Begin a range under the cursor, or end the one that is open."""
        if self.marks.anchor is not None:
            self.keep_cursor()
        elif self.current is not None:
            self.marks = bulk.open_range(self.marks, self.current)

    def drop_range(self) -> bool:
        """Take an open range back; tell whether there was one."""
        was_open = self.marks.anchor is not None
        self.marks = bulk.drop_range(self.marks)
        return was_open

    def mark_all(self) -> None:
        """Mark all that is shown, or none of it if all is."""
        self.keep_cursor()
        self.marks = bulk.mark_all(self.marks, self.shown)

    def invert(self) -> None:
        """Mark what is shown and not marked, unmark what is."""
        self.keep_cursor()
        self.marks = bulk.invert(self.marks, self.shown)

    def clear_marks(self) -> None:
        """Mark nothing."""
        self.marks = bulk.Marks()

    def _arrange(self) -> None:
        current, cursor = self.current, self.cursor
        numbers = sort_queue(
            self.queue, self.order, is_reversed=self.is_reversed, scores=self.scores
        )
        if self._found is None:
            self.shown = filter_words(self._words, numbers, self.filter_text)
        else:
            self.shown = [number for number in numbers if number in self._found]
        self.move(cursor)
        self.find(current)


class ListFilter:
    """What is typed behind the slash, and what it does to the rows.

    Args:
        rows: The rows to filter.
        service: Understands the filter language.

    Attributes:
        text: What was typed; what the rows show may be an earlier text that could be read.
        problem: What is wrong with the text; empty when nothing is.
        caret: Where in the text the problem is, in characters from 0; None when it has no place.
    """

    def __init__(self, rows: ListRows, service: BulkService) -> None:
        self.text = ""
        self.problem = ""
        self.caret: int | None = None
        self._rows = rows
        self._service = service
        self._began_at: int | None = None

    def begin(self) -> None:
        """Remember where the cursor is, for the case that the filter is given up."""
        self._began_at = self._rows.current

    def give_up(self) -> None:
        """Show all again, with the cursor where it was."""
        self.show("")
        self._rows.find(self._began_at)

    def refresh(self) -> None:
        """Filter again: items have changed."""
        self.show(self._rows.filter_text)

    def show(self, text: str) -> None:
        """Show what a filter lets through; one that cannot be read leaves the rows as they are."""
        self.text, self.problem = text, ""
        if is_plain(text):
            self._rows.filter(text)
            return
        try:
            self._rows.filter(text, self._service.find(so_far(text)))
        except PapertrackError as error:
            self.problem = f"{error.what}; {error.hint}" if error.hint else error.what
            self.caret = error.at if isinstance(error, QueryMistake) else None
