"""What the list knows when it draws itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from papertrack.commands.review_records import AreaChoice
from papertrack.core.find.list_order import Order
from papertrack.core.records import Item
from papertrack.ui.review.keys import KeyTable
from papertrack.ui.review.tally import Tally


class ListMode(StrEnum):
    """What the next key means in the list."""

    ROWS = "rows"
    FILTER = "filter"
    TAGS = "tags"
    AREA = "area"
    SORT = "sort"
    ASK = "ask"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row.

    Attributes:
        day: When the work came out, in the author's time zone.
        score: How likely it is kept, 0 to 1; None without one.
    """

    item: Item
    day: str
    score: float | None = None
    is_marked: bool = False
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """All that the list shows beside its rows.

    Attributes:
        cursor: The place of the cursor among the rows shown, counted from 0.
        shown: How many rows the filter lets through.
        total: How many items the queue has.
        marked: How many items are marked, shown or not.
        filter_text: What the rows have to match; empty without a filter.
        problem: What is wrong with the filter that is being typed; empty when nothing is.
        caret: Where in the filter the problem is, in characters from 0; None when it has no
            place.
        typed: The line being typed, in the modes that take one.
        area: The area that values go to; None while it depends on the item.
        hints: What the bottom says of keys.
        keys: All keys, for the help.
        has_scores: Whether any row has a score, so that there is a column for it.
    """

    cursor: int
    shown: int
    total: int
    tally: Tally
    hints: Sequence[str]
    keys: KeyTable
    areas: Sequence[AreaChoice] = ()
    area: AreaChoice | None = None
    arrivals: int = 0
    marked: int = 0
    order: Order = Order.QUEUE
    is_reversed: bool = False
    has_scores: bool = False
    filter_text: str = ""
    problem: str = ""
    caret: int | None = None
    mode: ListMode = ListMode.ROWS
    typed: str = ""
    offset: int = 0
    message: str = ""
    failed: bool = False
    ascii_only: bool = False
