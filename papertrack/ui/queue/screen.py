"""The list of the rating screen: sort, filter, mark and judge the whole queue.

Independent of Textual, like `ReviewSession`: keys go in, a drawn screen comes out.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from papertrack.core.judging.bulk import released_at
from papertrack.errors import PapertrackError
from papertrack.ui.queue.actions import ListActions, ListPrompts, type_key
from papertrack.ui.queue.rows import ListFilter, ListRows
from papertrack.ui.queue.view import (
    MODE_HINTS,
    ListMode,
    ListRow,
    ListView,
    draw_list,
    help_rows,
    list_footer,
    list_keys,
    marked_hints,
    rows_that_fit,
)
from papertrack.ui.review.input import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.text import Text

    from papertrack.commands.review import ReviewService
    from papertrack.ui.review.keys import KeyTable
    from papertrack.ui.review.session import ReviewSession


class NextScreen(Enum):
    """What to show after a key."""

    STAY = "stay"
    CARD = "card"
    LEAVE = "leave"


_HEAD_ROWS = 2
_MOVES = frozenset({"next", "previous", "page_down", "page_up", "first", "last"})


class Listing:
    """The list of one session; it keeps its order, filter and marks while a card is open.

    Args:
        service: Reads and stores judgements.
        keys: The author's keys of the card.
        session: Counts what was judged.
        ascii_only: Draw in ASCII.

    Attributes:
        chosen: The item whose card to open; None returns to the previous card.
    """

    def __init__(
        self, service: ReviewService, keys: KeyTable, session: ReviewSession, *, ascii_only: bool
    ) -> None:
        self.rows = ListRows()
        self.chosen: int | None = None
        self._keys = list_keys(keys)
        self._actions = ListActions(service, self.rows, session, self._keys)
        self._prompts = ListPrompts(service, self.rows, self._actions)
        self._filter = ListFilter(self.rows, service.listing)
        self._session = session
        self._service = service
        self._ascii_only = ascii_only
        self._mode = ListMode.ROWS
        self._arrivals = 0
        self._top, self._row_count, self._help_offset = 0, 1, 0
        self._handlers = self._handlers_by_action()

    def open(self, number: int | None) -> None:
        """Load and show the current list.

        Args:
            number: The item to put the cursor on; None leaves the cursor where it was.
        """
        self.rows.load(self._service.listing.items(self._service.queue))
        self._filter.refresh()
        self._arrivals = self._service.arrivals()
        self.rows.find(number)
        self._mode = ListMode.ROWS
        self._actions.say("")

    def press(self, key: str) -> NextScreen:
        """Do what a key means, and return what to show next.

        Args:
            key: The character for keys that print one, else Textual's name of the key.
        """
        try:
            return self._press("space" if key == " " else key)
        except PapertrackError as error:
            self._say_failure(error)
            return NextScreen.STAY

    def _say_failure(self, error: PapertrackError) -> None:
        what = f"{error.what}; {error.hint}" if error.hint else error.what
        self._actions.say(what, failed=True)

    def is_typed_text(self, key: str) -> bool:
        """Return whether a key only adds text to an open input line."""
        is_text = len(key) == 1 or key == "space"
        return is_text and self.mode in {ListMode.FILTER, ListMode.TAGS}

    def paste(self, text: str) -> None:
        """Insert pasted text into the open input line, if there is one."""
        line = one_line(text)
        if self.mode is ListMode.FILTER:
            self._filter.show(self._filter.text + line)
        elif self.mode is ListMode.TAGS:
            self._prompts.text += line

    def click(self, line: int, *, twice: bool) -> NextScreen:
        """Put the cursor on the row that was clicked; a double click opens its card.

        Args:
            line: The line of the screen, counted from 0.
            twice: It was a double click.
        """
        place = self._top + line - _HEAD_ROWS
        visible = range(self._top, min(self._top + self._row_count, len(self.rows.shown)))
        if self.mode is ListMode.ROWS and place in visible:
            self.rows.move(place)
            return self._open_card() if twice else NextScreen.STAY
        return NextScreen.STAY

    def wheel(self, rows: int) -> None:
        """Move the cursor by some rows, for the mouse wheel."""
        if self.mode is ListMode.ROWS:
            self.rows.move(self.rows.cursor + rows)

    @property
    def mode(self) -> ListMode:
        """What the next key means."""
        return ListMode.ASK if self._actions.question is not None else self._mode

    def draw(self, width: int, height: int) -> Text:
        """Draw the list for a terminal of this size."""
        footer = list_footer(self._view(), width, height)
        self._row_count = rows_that_fit(footer, height)
        last_of_help = len(help_rows(self._keys, width)) - self._row_count
        self._help_offset = max(0, min(self._help_offset, last_of_help))
        last = max(0, len(self.rows.shown) - self._row_count)
        lowest = max(self._top, self.rows.cursor - self._row_count + 1)
        self._top = min(lowest, last, self.rows.cursor)
        rows = self._visible_rows()  # before the view, which needs their scores
        return draw_list(self._view(), rows, footer, width, height)

    def _view(self) -> ListView:
        rows, actions = self.rows, self._actions
        return ListView(
            cursor=rows.cursor,
            shown=len(rows.shown),
            total=len(rows.queue),
            tally=self._session.tally,
            hints=self._hints(),
            keys=self._keys,
            areas=self._service.areas,
            area=actions.area,
            arrivals=self._arrivals,
            marked=len(rows.marked),
            order=rows.order,
            is_reversed=rows.is_reversed,
            has_scores=bool(rows.scores),
            filter_text=rows.filter_text,
            mode=self.mode,
            typed=(self._filter if self.mode is ListMode.FILTER else self._prompts).text,
            problem=self._filter.problem if self.mode is ListMode.FILTER else "",
            caret=self._filter.caret,
            offset=self._help_offset,
            message=actions.question.text if actions.question else actions.message,
            failed=actions.failed,
            ascii_only=self._ascii_only,
        )

    def _hints(self) -> Sequence[str]:
        if self._actions.question is not None:
            return self._actions.question.hints
        if self._mode is not ListMode.ROWS:
            return MODE_HINTS[self._mode]
        if count := len(self.rows.marked):
            range_is_open = self.rows.marks.anchor is not None
            return marked_hints(self._keys, count, range_is_open=range_is_open)
        return [key.hint for key in self._keys.keys if key.hint]

    def _visible_rows(self) -> list[ListRow]:
        """Build only the visible rows, so that a long list costs no more than a short one."""
        rows, marked = self.rows, self.rows.marked
        visible = rows.shown[self._top : self._top + self._row_count]
        try:
            rows.load_scores(visible, self._service.listing.scores)
        except PapertrackError as error:  # the list works without scores
            self._say_failure(error)
        return [
            ListRow(
                item=rows.queue[number],
                day=self._service.listing.date(released_at(rows.queue[number])),
                score=rows.scores.get(number),
                is_marked=number in marked,
                is_current=place == rows.cursor,
            )
            for place, number in enumerate(visible, self._top)
        ]

    # Keys

    def _press(self, key: str) -> NextScreen:
        match self.mode:
            case ListMode.FILTER:
                self._press_while_filtering(key)
            case ListMode.TAGS | ListMode.AREA | ListMode.SORT:
                # Back to the rows first: after a failing action the prompt must not stay open.
                asked, self._mode = self._mode, ListMode.ROWS
                self._mode = self._prompts.press(asked, key)
            case ListMode.ASK:
                self._actions.answer(key)
            case ListMode.HELP:
                self._read_help(self._keys.actions.get(key, ""))
            case ListMode.ROWS:
                return self._press_on_rows(key)
        return NextScreen.STAY

    def _press_on_rows(self, key: str) -> NextScreen:
        action = self._keys.actions.get(key)
        if action is None:
            return NextScreen.STAY
        self._actions.say("")
        if action in {"card", "back", "leave"}:
            return {"card": self._open_card, "back": self._back, "leave": _leave}[action]()
        if action == "value":
            self._actions.rate(int(key))
        elif action in _MOVES:
            self._move(action)
        else:
            self._handlers[action]()
        return NextScreen.STAY

    def _handlers_by_action(self) -> Mapping[str, Callable[[], None]]:
        rows, actions = self.rows, self._actions
        return {
            "reject": actions.reject,
            "later": actions.later,
            "area": partial(self._ask, ListMode.AREA),
            "half": actions.toggle_half,
            "tags": partial(self._ask, ListMode.TAGS),
            "mark": self._mark,
            "range": rows.toggle_range,
            "all": rows.mark_all,
            "invert": rows.invert,
            "clear": rows.clear_marks,
            "sort": partial(self._ask, ListMode.SORT),
            "filter": self._start_filtering,
            "bulk": actions.ask_bulk,
            "undo": lambda: self._undo_or_redo(actions.undo),
            "redo": lambda: self._undo_or_redo(actions.redo),
            "help": self._help,
        }

    def _move(self, action: str) -> None:
        page, rows = max(1, self._row_count - 1), self.rows
        steps = {"next": 1, "previous": -1, "page_down": page, "page_up": -page}
        ends = {"first": 0, "last": len(rows.shown)}
        rows.move(ends[action] if action in ends else rows.cursor + steps[action])

    def _undo_or_redo(self, action: Callable[[], None]) -> None:
        action()
        self._filter.refresh()  # restored items may match again

    def _ask(self, mode: ListMode) -> None:
        self._mode = self._prompts.begin(mode)

    def _mark(self) -> None:
        self.rows.toggle()
        self.rows.move(self.rows.cursor + 1)

    def _open_card(self) -> NextScreen:
        self.chosen = self.rows.current
        return NextScreen.STAY if self.chosen is None else NextScreen.CARD

    def _back(self) -> NextScreen:
        self.chosen = None
        return NextScreen.STAY if self.rows.drop_range() else NextScreen.CARD

    def _help(self) -> None:
        self._mode, self._help_offset = ListMode.HELP, 0

    def _read_help(self, action: str) -> None:
        steps = {
            "next": 1,
            "previous": -1,
            "page_down": self._row_count,
            "page_up": -self._row_count,
        }
        if action in steps:
            self._help_offset += steps[action]
        else:
            self._mode = ListMode.ROWS

    def _start_filtering(self) -> None:
        self._mode = ListMode.FILTER
        self._filter.begin()

    def _press_while_filtering(self, key: str) -> None:
        action = self._keys.actions.get(key, "") if len(key) > 1 and key != "space" else ""
        if key == "escape":
            self._filter.cancel()
            self._mode = ListMode.ROWS
        elif key == "enter":
            # An invalid filter stays open until the author corrects or cancels it.
            if not self._filter.problem:
                self._mode = ListMode.ROWS
        elif action in _MOVES and not key.startswith("ctrl+"):
            self._move(action)
        else:
            self._filter.show(type_key(self._filter.text, key))


def _leave() -> NextScreen:
    return NextScreen.LEAVE
