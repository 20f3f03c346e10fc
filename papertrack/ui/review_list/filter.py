"""The filter of the list: plain words as they are typed, or a query of the filter language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.find.list_order import is_plain, so_far
from papertrack.errors import PapertrackError, QueryMistake

if TYPE_CHECKING:
    from papertrack.ui.queue.rows import ListRows
    from papertrack.ui.review_list.desk import ListDesk


class ListFilter:
    """What is typed behind the slash, and what it does to the rows.

    Args:
        rows: The rows to filter.
        desk: Understands the filter language.

    Attributes:
        text: What was typed; what the rows show may be an earlier text that could be read.
        problem: What is wrong with the text; empty when nothing is.
        caret: Where in the text the problem is, in characters from 0; None when it has no place.
    """

    def __init__(self, rows: ListRows, desk: ListDesk) -> None:
        self.text = ""
        self.problem = ""
        self.caret: int | None = None
        self._rows = rows
        self._desk = desk
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
            self._rows.filter(text, self._desk.find(so_far(text)))
        except PapertrackError as error:
            self.problem = f"{error.what}; {error.hint}" if error.hint else error.what
            self.caret = error.at if isinstance(error, QueryMistake) else None
