"""What the rating screen knows when it draws itself, and what it asks of the program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Protocol

from rich.console import Console

from papertrack.commands.review import AreaChoice, Sheet
from papertrack.core.judging.board import Board
from papertrack.core.judging.notes import FORMAT
from papertrack.core.kinds import State
from papertrack.ui.review.keys import USUAL, KeyTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from rich.text import Text

    from papertrack.core.judging.bulk import Choice, Scope
    from papertrack.core.records import Item


class Verdict(Enum):
    """What the author thinks of an item, as far as the header counts it."""

    REJECTED = "rejected"
    LATER = "later"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items were judged in this sitting."""

    rejected: int = 0
    later: int = 0
    rated: int = 0


def verdict_on(item: Item) -> Verdict | None:
    """Tell what the author thinks of an item; None while it is unjudged.

    What is kept as brief or as a link counts as rated.
    """
    if item.state is State.REJECTED:
        return Verdict.REJECTED
    if item.state is State.LATER:
        return Verdict.LATER
    is_rated = FORMAT in item.judgement.notes or any(
        rating.halves is not None for rating in item.judgement.ratings
    )
    return Verdict.RATED if item.state is State.KEPT and is_rated else None


def tally_of(verdicts: Iterable[Verdict]) -> Tally:
    """Count verdicts."""
    count = Counter(verdicts)
    return Tally(count[Verdict.REJECTED], count[Verdict.LATER], count[Verdict.RATED])


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


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What a sitting came to.

    Attributes:
        rejected, later, rated: How many items of the queue were judged so in this sitting, after
            all undoing.
        position: Where the author stopped, counted from 0; the queue's length when all were seen.
        unsaved: Card texts that could not be written (item id, text); the caller keeps them.
        minutes: How long it took.
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


class ReviewDesk(Protocol):
    """The program behind the rating screen.

    Every act commits before it returns, and returns its acknowledgement as one line. Any of the
    methods may raise `PapertrackError`; the screen shows it and goes on.
    """

    @property
    def areas(self) -> Sequence[AreaChoice]:
        """The areas in the author's order."""
        ...

    @property
    def queue(self) -> Sequence[int]:
        """The item ids to judge, best first, fixed when the sitting starts."""
        ...

    @property
    def week(self) -> str:
        """The ISO week of the issue being prepared, like ``2026-W47``."""
        ...

    @property
    def start(self) -> int:
        """The place in the queue where the sitting begins: where the last one was left."""
        ...

    @property
    def listing(self) -> ListDesk:
        """The same queue as many items at once."""
        ...

    def minutes(self) -> float:
        """Tell how long the sitting has taken."""
        ...

    def sheet(self, item_id: int) -> Sheet:
        """Read all that the card says of an item, as it is stored now."""
        ...

    def item(self, item_id: int) -> Item:
        """Read an item as it is stored now, judgement included."""
        ...

    def reject(self, item_id: int) -> str:
        """Reject an item."""
        ...

    def later(self, item_id: int) -> str:
        """Put an item off."""
        ...

    def rate(self, item_id: int, area: str, halves: int) -> str:
        """Rate an item in an area (slug), in half points from 1 to 10."""
        ...

    def say_of_rating(self, item_id: int, area: str, field: str, text: str) -> str:
        """Write ``remark``, ``emoji`` or ``label`` of a rating; an empty text takes it back."""
        ...

    def set_format(self, item_id: int, form: str) -> str:
        """Keep an item as ``brief`` or ``link``; an empty text prints it whole again."""
        ...

    def note(self, item_id: int, field: str, text: str) -> str:
        """Write a note; an empty text takes it back."""
        ...

    def retag(self, item_id: int, added: Sequence[str], removed: Sequence[str]) -> str:
        """Add and remove tags, as one act."""
        ...

    def known_tags(self) -> Sequence[str]:
        """List the tags there are, those used most first."""
        ...

    def card_text(self, item_id: int) -> str:
        """Write the notes of an item as a Markdown card for the editor."""
        ...

    def write_card(self, item_id: int, text: str) -> str:
        """Store an edited card; raise `PapertrackError` when it cannot be read."""
        ...

    def merge(self, item_id: int, other: int) -> str:
        """Merge another item into this one."""
        ...

    def keep_apart(self, item_id: int, other: int) -> str:
        """Say that two items are two works."""
        ...

    def undo(self) -> tuple[int | None, str]:
        """Take the last act back; return the item it touched (None if no single one) and a line."""
        ...

    def redo(self) -> tuple[int | None, str]:
        """Bring back what was undone last, as `undo` does."""
        ...

    def citation(self, item_id: int) -> str:
        """Write the author-year citation of an item."""
        ...

    def arrivals(self) -> int:
        """Count the items that came in since the sitting started."""
        ...

    def board(self) -> Board:
        """Say how much of the present issue is there."""
        ...

    def local_day(self, moment: datetime) -> str:
        """Write a moment as a day in the author's time zone, like ``Fri 20``."""
        ...

    def aside(self) -> Mapping[int, str]:
        """Read the card texts that could not be stored, in this sitting or an earlier one."""
        ...

    def put_aside(self, item_id: int, text: str | None) -> None:
        """Keep a card text that cannot be stored as a card; None forgets it."""
        ...

    def bookmark(self, item_id: int | None) -> None:
        """Remember where the sitting was left; None when it came to its end."""
        ...


# Spells words in Persian; every other format character is unseen or turns the writing direction.
_NON_JOINER = "\u200c"
# Terminals disagree on how wide an emoji is that is built with these (joiner, variation selectors,
# skin tones), and a wrong guess leaves bits of the last card standing.
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
        label: What it is called on the screen.
        text: What stands there at the beginning.
        words: What Tab may complete; tags only.
    """

    field: str
    label: str
    text: str = ""
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen shows.

    Attributes:
        sheet: What the card says; None past the end of the queue, or when it cannot be read.
        position: Which item it is, counted from 0; `total` past the end.
        day: When it was announced, in the author's time zone.
        target: The area (slug) a value would go to; None without any.
        target_is_suggested: The program chose the target, not the author.
        moves_on: The card was rated and goes by itself in a moment.
        next_title: The title of the next card; only while this one is about to go.
        prompt: What is being typed, in the modes that take text.
        hints: The keys to name at the bottom in the place of the usual ones.
        offset: How many lines of the body are scrolled away.
        failed: The message says that something was not done.
        has_unsaved: Card text of this item waits to be saved or discarded.
        minutes: How long the sitting has taken.
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
    moves_on: bool = False
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
    keys: KeyTable = USUAL
    ascii_only: bool = False

    @property
    def item(self) -> Item | None:
        """The item of the card."""
        return self.sheet.item if self.sheet else None

    @property
    def dot(self) -> str:
        """What stands between two facts."""
        return " - " if self.ascii_only else " · "

    @property
    def ellipsis(self) -> str:
        """What stands where something was cut."""
        return "..." if self.ascii_only else "…"

    @property
    def rule(self) -> str:
        """What a horizontal line is made of."""
        return "-" if self.ascii_only else "─"


def plain(text: str) -> str:
    """Make text from outside safe to draw: what is not itself seen becomes a space.

    Composed emoji fall into their parts, whose width every terminal knows.
    """
    simple = _EMOJI_PARTS.sub("", text)
    return "".join(c if c.isprintable() or c == _NON_JOINER else " " for c in simple)


def wrap(text: Text, width: int) -> list[Text]:
    """Break text into lines of at most `width` columns, at spaces where it has any."""
    console = Console(width=max(1, width), color_system=None, force_terminal=False)
    return list(text.wrap(console, max(1, width), overflow="fold"))


def cut(view: View, line: Text, width: int) -> Text:
    """Cut a line that is too wide, and show that it was cut."""
    if line.cell_len > width:
        line.truncate(max(0, width - len(view.ellipsis)))
        line.append(view.ellipsis)
        line.truncate(width)
    return line
