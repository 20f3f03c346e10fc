"""Which act of the rating screen is done by whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from papertrack.ui.review.actions import Judging
from papertrack.ui.review.input import Texts
from papertrack.ui.review.outside import Outside
from papertrack.ui.review.session import Sitting
from papertrack.ui.review.view import Mode
from papertrack.ui.review_list.card import CardBulk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Rooms:
    """Who does what for one sitting.

    Attributes:
        sitting: Where the author is.
        judging: Judges the card.
        texts: Takes text for the card.
        outside: Opens and copies what it is about.
        bulk: Asks about many items.
    """

    sitting: Sitting
    judging: Judging
    texts: Texts
    outside: Outside
    bulk: CardBulk


def table_of_acts(
    rooms: Rooms,
    *,
    scroll: Callable[[int], None],
    show_list: Callable[[], None],
    leave: Callable[[], None],
) -> Mapping[str, Callable[[], None]]:
    """Bind every act but the values, which need their digit.

    Args:
        rooms: Who does what.
        scroll: Scrolls the text by pages.
        show_list: Shows the whole queue.
        leave: Ends the sitting.
    """
    sitting, judging, texts, outside = rooms.sitting, rooms.judging, rooms.texts, rooms.outside
    return {
        "reject": judging.reject,
        "later": judging.later,
        "area": judging.start_choosing,
        "half": judging.toggle_half,
        "home": judging.make_home,
        "brief": lambda: texts.start_line() if judging.toggle_brief() else None,
        "link": judging.toggle_link,
        "merge": judging.merge,
        "apart": judging.keep_apart,
        "undo": judging.undo,
        "redo": judging.redo,
        "remark": partial(texts.start_rating_text, "remark"),
        "emoji": partial(texts.start_rating_text, "emoji"),
        "label": partial(texts.start_rating_text, "label"),
        "tags": texts.start_tags,
        "notes": texts.start_notes,
        "edit": texts.edit,
        "discard": texts.discard,
        "open": outside.open,
        "pdf": outside.open_pdf,
        "copy": outside.copy,
        "help": partial(_help, sitting),
        "expand": partial(_expand, sitting),
        "page_down": partial(scroll, 1),
        "page_up": partial(scroll, -1),
        "next": lambda: sitting.go(sitting.position + 1),
        "previous": lambda: sitting.go(sitting.position - 1),
        "first": lambda: sitting.go(0),
        "last": lambda: sitting.go(len(sitting.desk.queue) - 1),
        "list": show_list,
        "bulk": rooms.bulk.ask,
        "leave": leave,
    }


def _help(sitting: Sitting) -> None:
    sitting.mode = Mode.HELP
    sitting.offset = 0
    sitting.say("")


def _expand(sitting: Sitting) -> None:
    sitting.is_expanded = not sitting.is_expanded
    sitting.offset = 0
