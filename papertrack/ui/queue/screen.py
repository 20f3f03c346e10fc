"""The list of the rating screen: the whole queue, to sort, to filter, to mark and to judge at once.

Knows nothing of Textual, like `ReviewSession`: keys go in, a drawn screen comes out.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from papertrack.core.judging.bulk import day_of
from papertrack.errors import PapertrackError
from papertrack.ui.queue.actions import ListActs, ListAsking, type_key
from papertrack.ui.queue.rows import ListFilter, ListRows
from papertrack.ui.queue.view import (
    MODE_HINTS,
    ListMode,
    ListRow,
    ListView,
    draw_list,
    footer_of,
    help_rows,
    list_keys,
    marked_hints,
    room_above,
)
from papertrack.ui.review.input import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.text import Text

    from papertrack.commands.review import ReviewService
    from papertrack.ui.review.keys import KeyTable
    from papertrack.ui.review.session import ReviewSession


class Way(Enum):
    """Where the author goes after a key."""

    STAY = "stay"
    CARD = "card"
    LEAVE = "leave"


_HEAD_ROWS = 2
_MOVES = frozenset({"next", "previous", "page_down", "page_up", "first", "last"})


class Listing:
    """The list of one session; it keeps its order, filter and marks while a card is open.

    Args:
        service: The program behind the screen.
        keys: The author's keys of the card.
        count: Keeps count of what was judged in the session.
        ascii_only: Draw in ASCII.

    Attributes:
        chosen: The item whose card the author wants to see; None goes back to the one before.
    """

    def __init__(
        self, service: ReviewService, keys: KeyTable, count: ReviewSession, *, ascii_only: bool
    ) -> None:
        self.rows = ListRows()
        self.chosen: int | None = None
        self._keys = list_keys(keys)
        self._acts = ListActs(service, self.rows, count, self._keys)
        self._asking = ListAsking(service, self.rows, self._acts)
        self._filter = ListFilter(self.rows, service.listing)
        self._count = count
        self._service = service
        self._ascii_only = ascii_only
        self._mode = ListMode.ROWS
        self._arrivals = 0
        self._top, self._room, self._help_offset = 0, 1, 0
        self._table = self._table_of_acts()

    def open(self, number: int | None) -> None:
        """Show the list as things stand now.

        Args:
            number: Where the cursor goes: the item of the card; None leaves it where it was.
        """
        self.rows.load(self._service.listing.items(self._service.queue))
        self._filter.refresh()
        self._arrivals = self._service.arrivals()
        self.rows.find(number)
        self._mode = ListMode.ROWS
        self._acts.say("")

    def press(self, key: str) -> Way:
        """Do what a key means, and say where the author goes.

        Args:
            key: The character for keys that print one, else Textual's name of the key.
        """
        try:
            return self._press("space" if key == " " else key)
        except PapertrackError as error:
            self._say_failure(error)
            return Way.STAY

    def _say_failure(self, error: PapertrackError) -> None:
        what = f"{error.what}; {error.hint}" if error.hint else error.what
        self._acts.say(what, failed=True)

    def types(self, key: str) -> bool:
        """Tell whether a key is text of a line that is being typed, and so changes nothing else."""
        is_text = len(key) == 1 or key == "space"
        return is_text and self.mode in {ListMode.FILTER, ListMode.TAGS}

    def paste(self, text: str) -> None:
        """Take pasted text into the line that is being typed; without one it means nothing."""
        line = one_line(text)
        if self.mode is ListMode.FILTER:
            self._filter.show(self._filter.text + line)
        elif self.mode is ListMode.TAGS:
            self._asking.text += line

    def click(self, line: int, *, twice: bool) -> Way:
        """Put the cursor on the row that was clicked; a double click opens its card.

        Args:
            line: The line of the screen, counted from 0.
            twice: It was a double click.
        """
        place = self._top + line - _HEAD_ROWS
        in_sight = range(self._top, min(self._top + self._room, len(self.rows.shown)))
        if self.mode is ListMode.ROWS and place in in_sight:
            self.rows.move(place)
            return self._open_card() if twice else Way.STAY
        return Way.STAY

    def wheel(self, rows: int) -> None:
        """Move the cursor as the wheel of the mouse says."""
        if self.mode is ListMode.ROWS:
            self.rows.move(self.rows.cursor + rows)

    @property
    def mode(self) -> ListMode:
        """What the next key means."""
        return ListMode.ASK if self._acts.question is not None else self._mode

    def draw(self, width: int, height: int) -> Text:
        """Draw the list for a terminal of this size."""
        footer = footer_of(self._view(), width, height)
        self._room = room_above(footer, height)
        last_of_help = len(help_rows(self._keys, width)) - self._room
        self._help_offset = max(0, min(self._help_offset, last_of_help))
        last = max(0, len(self.rows.shown) - self._room)
        lowest = max(self._top, self.rows.cursor - self._room + 1)
        self._top = min(lowest, last, self.rows.cursor)
        rows = self._rows_in_sight()  # before the view, which says whether any has a score
        return draw_list(self._view(), rows, footer, width, height)

    def _view(self) -> ListView:
        rows, acts = self.rows, self._acts
        return ListView(
            cursor=rows.cursor,
            shown=len(rows.shown),
            total=len(rows.queue),
            tally=self._count.tally,
            hints=self._hints(),
            keys=self._keys,
            areas=self._service.areas,
            area=acts.area,
            arrivals=self._arrivals,
            marked=len(rows.marked),
            order=rows.order,
            is_reversed=rows.is_reversed,
            has_scores=bool(rows.scores),
            filter_text=rows.filter_text,
            mode=self.mode,
            typed=(self._filter if self.mode is ListMode.FILTER else self._asking).text,
            problem=self._filter.problem if self.mode is ListMode.FILTER else "",
            caret=self._filter.caret,
            offset=self._help_offset,
            message=acts.question.text if acts.question else acts.message,
            failed=acts.failed,
            ascii_only=self._ascii_only,
        )

    def _hints(self) -> Sequence[str]:
        if self._acts.question is not None:
            return self._acts.question.hints
        if self._mode is not ListMode.ROWS:
            return MODE_HINTS[self._mode]
        if count := len(self.rows.marked):
            is_ranging = self.rows.marks.anchor is not None
            return marked_hints(self._keys, count, is_ranging=is_ranging)
        return [key.hint for key in self._keys.keys if key.hint]

    def _rows_in_sight(self) -> list[ListRow]:
        """Make only the rows in sight: a long list costs no more than a short one."""
        rows, marked = self.rows, self.rows.marked
        in_sight = rows.shown[self._top : self._top + self._room]
        try:
            rows.learn_scores(in_sight, self._service.listing.scores)
        except PapertrackError as error:  # the list can be read without
            self._say_failure(error)
        return [
            ListRow(
                item=rows.queue[number],
                day=self._service.listing.date(day_of(rows.queue[number])),
                score=rows.scores.get(number),
                is_marked=number in marked,
                is_current=place == rows.cursor,
            )
            for place, number in enumerate(in_sight, self._top)
        ]

    # Keys

    def _press(self, key: str) -> Way:
        match self.mode:
            case ListMode.FILTER:
                self._press_while_filtering(key)
            case ListMode.TAGS | ListMode.AREA | ListMode.SORT:
                # Back to the rows first: an act that fails must not ask for ever.
                asked, self._mode = self._mode, ListMode.ROWS
                self._mode = self._asking.press(asked, key)
            case ListMode.ASK:
                self._acts.answer(key)
            case ListMode.HELP:
                self._read_help(self._keys.acts.get(key, ""))
            case ListMode.ROWS:
                return self._press_on_rows(key)
        return Way.STAY

    def _press_on_rows(self, key: str) -> Way:
        act = self._keys.acts.get(key)
        if act is None:
            return Way.STAY
        self._acts.say("")
        if act in {"card", "back", "leave"}:
            return {"card": self._open_card, "back": self._back, "leave": _leave}[act]()
        if act == "value":
            self._acts.rate(int(key))
        elif act in _MOVES:
            self._move(act)
        else:
            self._table[act]()
        return Way.STAY

    def _table_of_acts(self) -> Mapping[str, Callable[[], None]]:
        rows, acts = self.rows, self._acts
        return {
            "reject": acts.reject,
            "later": acts.later,
            "area": partial(self._ask, ListMode.AREA),
            "half": acts.toggle_half,
            "tags": partial(self._ask, ListMode.TAGS),
            "mark": self._mark,
            "range": rows.toggle_range,
            "all": rows.mark_all,
            "invert": rows.invert,
            "clear": rows.clear_marks,
            "sort": partial(self._ask, ListMode.SORT),
            "filter": self._start_filtering,
            "bulk": acts.ask_bulk,
            "undo": lambda: self._step_in_time(acts.undo),
            "redo": lambda: self._step_in_time(acts.redo),
            "help": self._help,
        }

    def _move(self, act: str) -> None:
        page, rows = max(1, self._room - 1), self.rows
        steps = {"next": 1, "previous": -1, "page_down": page, "page_up": -page}
        ends = {"first": 0, "last": len(rows.shown)}
        rows.move(ends[act] if act in ends else rows.cursor + steps[act])

    def _step_in_time(self, act: Callable[[], None]) -> None:
        act()
        self._filter.refresh()  # what came back may match again

    def _ask(self, mode: ListMode) -> None:
        self._mode = self._asking.begin(mode)

    def _mark(self) -> None:
        self.rows.toggle()
        self.rows.move(self.rows.cursor + 1)

    def _open_card(self) -> Way:
        self.chosen = self.rows.current
        return Way.STAY if self.chosen is None else Way.CARD

    def _back(self) -> Way:
        self.chosen = None
        return Way.STAY if self.rows.drop_range() else Way.CARD

    def _help(self) -> None:
        self._mode, self._help_offset = ListMode.HELP, 0

    def _read_help(self, act: str) -> None:
        steps = {"next": 1, "previous": -1, "page_down": self._room, "page_up": -self._room}
        if act in steps:
            self._help_offset += steps[act]
        else:
            self._mode = ListMode.ROWS

    def _start_filtering(self) -> None:
        self._mode = ListMode.FILTER
        self._filter.begin()

    def _press_while_filtering(self, key: str) -> None:
        act = self._keys.acts.get(key, "") if len(key) > 1 and key != "space" else ""
        if key == "escape":
            self._filter.give_up()
            self._mode = ListMode.ROWS
        elif key == "enter":
            # A filter that cannot be read is not kept; the author mends it or gives it up.
            if not self._filter.problem:
                self._mode = ListMode.ROWS
        elif act in _MOVES and not key.startswith("ctrl+"):
            self._move(act)
        else:
            self._filter.show(type_key(self._filter.text, key))


def _leave() -> Way:
    return Way.LEAVE
