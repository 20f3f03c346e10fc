"""The state that the rating screen draws, and text made safe to draw."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from rich.console import Console

from papertrack.commands.review import AreaChoice, Sheet
from papertrack.core.judging.board import Board
from papertrack.core.judging.notes import FORMAT
from papertrack.core.kinds import State
from papertrack.ui.review.keys import DEFAULT_KEYS, KeyTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

    from papertrack.core.records import Item


class Bucket(Enum):
    """How the header counts a judged item."""

    REJECTED = "rejected"
    LATER = "later"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items were judged in this session."""

    rejected: int = 0
    later: int = 0
    rated: int = 0


def bucket_of(item: Item) -> Bucket | None:
    """Find the bucket of an item; None while it is unjudged.

    An item kept as brief or as a link counts as rated.
    """
    if item.state is State.REJECTED:
        return Bucket.REJECTED
    if item.state is State.LATER:
        return Bucket.LATER
    is_rated = FORMAT in item.judgement.notes or any(
        rating.halves is not None for rating in item.judgement.ratings
    )
    return Bucket.RATED if item.state is State.KEPT and is_rated else None


def tally_of(buckets: Iterable[Bucket]) -> Tally:
    """Count the items in each bucket."""
    count = Counter(buckets)
    return Tally(count[Bucket.REJECTED], count[Bucket.LATER], count[Bucket.RATED])


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """The result of a session.

    Attributes:
        rejected, later, rated: How many items of the queue were judged so in this session, undone
            judgements left out.
        position: Where the author stopped, counted from 0; the queue's length at its end.
        unsaved: Card texts that could not be stored (item id, text); the caller keeps them.
        minutes: How long the session took.
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


# Persian spelling needs it; other format characters are invisible or change the direction.
_NON_JOINER = "\u200c"
# Terminals disagree on the width of emoji composed with these (joiner, variation selectors, skin
# tones), and a wrong guess leaves parts of the last card on the screen.
_EMOJI_PARTS = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


_EMPTY = Board()


class Mode(StrEnum):
    """What the next key means."""

    CARD = "card"
    AREA = "area"
    LINE = "line"
    NOTES = "notes"
    HELP = "help"
    PAUSE = "pause"
    BULK = "bulk"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A line or a field that is being typed.

    Attributes:
        field: ``tags``, a field of a rating (``remark``, …) or a note.
        label: Its name on the screen.
        text: The initial text.
        words: What Tab may complete; tags only.
    """

    field: str
    label: str
    text: str = ""
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the screen shows.

    Attributes:
        sheet: The content of the card; None past the end of the queue, or when it is unreadable.
        position: The place of the item in the queue, counted from 0; `total` past the end.
        day: When it was announced, published or first seen, in the author's time zone.
        target: The area (slug) that a rating applies to; None if there is none.
        target_is_suggested: The program chose the target, not the author.
        will_advance: The card was rated; the next one follows after the grace period.
        next_title: The title of the next card, during the grace period only.
        prompt: What is being typed, in the modes that take text.
        hints: Key hints that replace the usual ones.
        offset: How many lines of the body are scrolled away.
        failed: The message is an error.
        has_unsaved: This item has card text that waits to be saved or discarded.
        minutes: How long the session has taken.
    """

    sheet: Sheet | None
    position: int
    total: int
    week: str
    tally: Tally
    areas: Sequence[AreaChoice] = ()
    day: str = ""
    arrivals: int = 0
    target: str | None = None
    target_is_suggested: bool = False
    will_advance: bool = False
    next_title: str = ""
    mode: Mode = Mode.CARD
    prompt: Prompt | None = None
    hints: Sequence[str] = ()
    is_expanded: bool = False
    offset: int = 0
    message: str = ""
    failed: bool = False
    has_unsaved: bool = False
    board: Board = _EMPTY
    minutes: float = 0.0
    keys: KeyTable = DEFAULT_KEYS
    ascii_only: bool = False

    @property
    def item(self) -> Item | None:
        """The item of the card."""
        return self.sheet.item if self.sheet else None

    @property
    def dot(self) -> str:
        """The separator between two facts."""
        return " - " if self.ascii_only else " · "

    @property
    def ellipsis(self) -> str:
        """The mark of cut text."""
        return "..." if self.ascii_only else "…"

    @property
    def rule(self) -> str:
        """The character of horizontal lines."""
        return "-" if self.ascii_only else "─"


def plain(text: str) -> str:
    """Make text from sources safe to draw: unprintable characters become spaces.

    Composed emoji are split into parts, whose width every terminal knows.
    """
    simple = _EMOJI_PARTS.sub("", text)
    return "".join(c if c.isprintable() or c == _NON_JOINER else " " for c in simple)


def wrap(text: Text, width: int) -> list[Text]:
    """Break text into lines of at most `width` columns, at spaces where it has any."""
    console = Console(width=max(1, width), color_system=None, force_terminal=False)
    return list(text.wrap(console, max(1, width), overflow="fold"))


def cut(view: View, line: Text, width: int) -> Text:
    """Cut a line that is too wide and end it with an ellipsis."""
    if line.cell_len > width:
        line.truncate(max(0, width - len(view.ellipsis)))
        line.append(view.ellipsis)
        line.truncate(width)
    return line
