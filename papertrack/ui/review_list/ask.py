"""What the list asks for with a key or two: an area for values, an order, tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.find.list_order import Order
from papertrack.ui.review.keys import AREA_KEYS, shown_key
from papertrack.ui.review_list.keys import ORDERS
from papertrack.ui.review_list.line import type_key
from papertrack.ui.review_list.view import ListMode

if TYPE_CHECKING:
    from papertrack.ui.queue.actions import ListActs
    from papertrack.ui.queue.rows import ListRows
    from papertrack.ui.review.desk import ReviewDesk


class ListAsking:
    """Ask, and do what the answer means.

    Args:
        desk: The program behind the screen.
        rows: The rows to sort.
        acts: What takes the area and the tags.

    Attributes:
        text: The tags that are being typed.
    """

    def __init__(self, desk: ReviewDesk, rows: ListRows, acts: ListActs) -> None:
        self.text = ""
        self._desk = desk
        self._rows = rows
        self._acts = acts

    def begin(self, mode: ListMode) -> ListMode:
        """Ask for an area, an order or tags; returns the mode that the list is in then."""
        self.text = ""
        if mode is ListMode.AREA and not self._desk.areas:
            self._acts.say("no areas; add [[areas]] to the config", failed=True)
            return ListMode.ROWS
        if mode is ListMode.TAGS and self._rows.current is None:
            return ListMode.ROWS
        return mode

    def press(self, mode: ListMode, key: str) -> ListMode:
        """Take a key as the answer, or as a part of it; returns the mode that follows."""
        if mode is ListMode.AREA:
            return self._choose_area(key)
        if mode is ListMode.SORT:
            return self._choose_order(key)
        return self._type_tags(key)

    def _choose_area(self, key: str) -> ListMode:
        areas = dict(zip(AREA_KEYS, self._desk.areas, strict=False))
        if key in areas:
            self._acts.area = areas[key]
            self._acts.say(f"{areas[key].name}: 1-5 rates")
        elif key == "escape":
            self._acts.say("")
        else:
            self._acts.say(f"no area has the key {shown_key(key)}; Escape cancels")
            return ListMode.AREA
        return ListMode.ROWS

    def _choose_order(self, key: str) -> ListMode:
        rows = self._rows
        if key == "r":
            rows.sort(rows.order)
        elif key in ORDERS:
            if ORDERS[key] is Order.SCORE:
                rows.learn_scores(list(rows.queue), self._desk.listing.scores)
            rows.sort(ORDERS[key])
        elif key != "escape":
            self._acts.say(f"no order has the key {shown_key(key)}")
        return ListMode.ROWS

    def _type_tags(self, key: str) -> ListMode:
        if key in {"enter", "escape"}:
            self._acts.tag(self.text if key == "enter" else "")
            return ListMode.ROWS
        self.text = type_key(self.text, key)
        return ListMode.TAGS
