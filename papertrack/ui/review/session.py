"""A session at the rating screen: where the author is, what was said, what the screen shows.

Knows nothing of Textual. The service commits; a session remembers what the service cannot know: the
place in the queue, the area chosen, what is being typed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from papertrack.core.judging.board import Board
from papertrack.errors import PapertrackError
from papertrack.ui.review.keys import USUAL, KeyTable
from papertrack.ui.review.view import (
    Bucket,
    Mode,
    Prompt,
    ReviewOutcome,
    Tally,
    View,
    bucket_of,
    tally_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from papertrack.commands.review import ReviewService, Sheet
    from papertrack.core.kinds import State
    from papertrack.core.records import Item

# While a rated card waits to go, these are still about it; every other act is about the next one.
_ABOUT_THIS_CARD = frozenset(
    {"area", "remark", "tags", "notes", "edit", "home", "emoji", "label", "open", "pdf", "copy"}
    | {"merge", "apart", "undo", "expand", "page_down", "page_up", "help", "bulk"}
)


class ReviewSession:
    """One author, one queue, one card at a time.

    Args:
        service: The program behind the screen.
        keys: The author's keys.
        ascii_only: Draw ratings and lines in ASCII.
        minutes: After so many minutes the session pauses with a summary; None for never.
    """

    def __init__(
        self,
        service: ReviewService,
        *,
        keys: KeyTable = USUAL,
        ascii_only: bool = False,
        minutes: float | None = None,
    ) -> None:
        self.service = service
        self.keys = keys
        self.limit_minutes = minutes
        self.position = service.start
        self.offset = 0
        self.mode = Mode.CARD
        self.is_expanded = False
        self.moves_on = False
        self.prompt: Prompt | None = None
        self.hints: Sequence[str] = ()
        self.chosen: dict[int, str] = {}
        self.unsaved: dict[int, str] = dict(service.unsaved())
        self.ascii_only = ascii_only
        self._message = ""
        self._failed = False
        self._is_warned = False
        self._first_states: dict[int, State] = {}
        self._verdicts: dict[int, Bucket] = {}
        if self.position:
            first = keys.first("first")
            self.say(f"resumed where you left off; {first}: first item")

    @property
    def item_id(self) -> int | None:
        """The item on the card; None past the end of the queue."""
        queue = self.service.queue
        return queue[self.position] if self.position < len(queue) else None

    def say(self, message: str, *, failed: bool = False) -> None:
        """Put a line at the bottom of the screen."""
        self._message, self._failed = message, failed

    def attempt(self, act: Callable[[], None]) -> bool:
        """Do an act; say what went wrong if the author can mend it. Tells whether it was done."""
        try:
            act()
        except PapertrackError as error:
            self.say(f"{error.what}; {error.hint}" if error.hint else error.what, failed=True)
            return False
        return True

    @property
    def tally(self) -> Tally:
        """What the session came to so far."""
        return tally_of(self._verdicts.values())

    def outcome(self) -> ReviewOutcome:
        """Sum the session up, so far."""
        tally = self.tally
        return ReviewOutcome(
            tally.rejected,
            tally.later,
            tally.rated,
            self.position,
            tuple(self.unsaved.items()),
            self.service.minutes(),
        )

    def view(self) -> View:
        """Read all that the screen shows; what cannot be read becomes the message."""
        sheet: Sheet | None = None
        target, is_suggested, next_title = None, False, ""
        arrivals, board = 0, Board()
        try:
            if self.item_id is not None:
                sheet = self.service.sheet(self.item_id)
                self._first_states.setdefault(sheet.item.id, sheet.item.state)
                target, is_suggested = self.target(sheet)
            if self.moves_on and self.position + 1 < len(self.service.queue):
                next_title = self.service.item(self.service.queue[self.position + 1]).printed_title
            arrivals = self.service.arrivals()
            board = self.service.board()
        except PapertrackError as error:
            self.say(error.what, failed=True)
        return View(
            sheet=sheet,
            position=self.position,
            total=len(self.service.queue),
            week=self.service.week,
            areas=self.service.areas,
            day=self._day(sheet.item) if sheet else "",
            tally=self.tally,
            arrivals=arrivals,
            target=target,
            target_is_suggested=is_suggested,
            moves_on=self.moves_on,
            next_title=next_title,
            mode=self.mode,
            prompt=self.prompt,
            hints=self.hints,
            is_expanded=self.is_expanded,
            offset=self.offset,
            message=self._message,
            failed=self._failed,
            has_unsaved=sheet is not None and sheet.item.id in self.unsaved,
            board=board,
            minutes=self.service.minutes(),
            keys=self.keys,
            ascii_only=self.ascii_only,
        )

    def target(self, sheet: Sheet) -> tuple[str | None, bool]:
        """Find the area a value goes to: chosen, else rated last, else suggested.

        Returns:
            The slug, None without any; and whether it is a guess.
        """
        known = {area.slug for area in self.service.areas}
        rated = [rating.area for rating in sheet.item.judgement.ratings if rating.area in known]
        chosen = self.chosen.get(sheet.item.id) or (rated[-1] if rated else None)
        if chosen is not None:
            return chosen, False
        suggested = next((area for area in sheet.prediction.areas if area in known), None)
        if suggested is None and len(known) == 1:
            return known.pop(), True
        return suggested, suggested is not None

    def _day(self, item: Item) -> str:
        if item.announced_at is not None:
            return f"announced {self.service.local_day(item.announced_at)}"
        published_at = item.published_at or item.updated_at
        if published_at is not None:
            return f"published {self.service.local_day(published_at)}"
        return f"first seen {self.service.local_day(item.first_seen_at)}"

    def card(self) -> Item | None:
        """Read the item on the card; without one, say so."""
        if self.item_id is None:
            self.say(f"no card here; {self.keys.first('previous')} goes back")
            return None
        item = self.service.item(self.item_id)
        self._first_states.setdefault(item.id, item.state)
        return item

    def count(self, item_id: int) -> None:
        """Take what the author thinks of an item now into the tally."""
        self._take_up(self.service.item(item_id))

    def _take_up(self, item: Item) -> None:
        verdict = bucket_of(item)
        if verdict is None:
            self._verdicts.pop(item.id, None)
        else:
            self._verdicts[item.id] = verdict

    def recount(self, item_id: int) -> None:
        """Count an item after an undo: one that is again as it was is not of this session."""
        self.count(item_id)
        if self.service.item(item_id).state is self._first_states.get(item_id):
            self._verdicts.pop(item_id, None)

    def recount_all(self) -> None:
        """Count every item that was seen or judged in this session, after an undo of many."""
        for item_id in list(self._first_states):
            self.recount(item_id)

    def count_many(self, before: Mapping[int, Item], after: Mapping[int, Item]) -> None:
        """Take what the author thinks of many items now into the tally.

        Args:
            before: The items as they were before the act, by their numbers in the queue.
            after: The same items as they are now.
        """
        for number, item in after.items():
            first = self._first_states.setdefault(item.id, before.get(number, item).state)
            if before.get(number) != item:
                self._take_up(item)
                if item.state is first:  # what was undone is not of this session
                    self._verdicts.pop(item.id, None)

    # Moving

    def go(self, position: int) -> None:
        """Move to a place in the queue; past the last card stands the summary."""
        self.position = max(0, min(position, len(self.service.queue)))
        self.offset = 0
        self.moves_on = False
        self.say("")

    def settle(self, act: str | None) -> bool:
        """End the moment in which a rated card waits for its half, before an act.

        The half keeps the card waiting. Acts on what stands on the screen keep the card. Going on
        goes on, once. Everything else is about the next card, whether the key came before or
        after the moment was over.

        Returns:
            Whether the act is done with that.
        """
        if not self.moves_on or act in {None, "half"}:
            return False
        self.moves_on = False
        if act not in _ABOUT_THIS_CARD:
            self.go(self.position + 1)
        return act == "next"

    def move_on(self) -> None:
        """Go to the next card, keeping what was said of this one in sight."""
        message, failed = self._message, self._failed
        self.go(self.position + 1)
        self.say(message, failed=failed)

    def go_on(self) -> None:
        """Go to the next card that was not judged in this session; stay on one that was not."""
        queue = self.service.queue
        ahead = range(self.position, len(queue))
        self.go(next((p for p in ahead if queue[p] not in self._verdicts), len(queue)))

    def leave(self) -> bool:
        """Tell whether the author may go: card text that was not saved asks for a second time."""
        may_go = self._is_warned or not self.unsaved
        if not may_go:
            edit, leave = self.keys.first("edit"), self.keys.first("leave")
            self.say(
                f"card text is not saved yet: {edit} edits it again, {leave} once more leaves it"
            )
            position = self.service.queue.index(next(iter(self.unsaved)))
            if position != self.position:
                self.position, self.offset = position, 0
        self._is_warned = True
        return may_go

    def warn(self) -> bool:
        """Note that the author wants to leave; tells whether it is for the first time."""
        is_first, self._is_warned = not self._is_warned, True
        return is_first

    def stay(self) -> None:
        """Forget that the author wanted to leave."""
        self._is_warned = False

    def bookmark(self) -> None:
        """Remember the place for the next session; a session ends without it, too."""
        with suppress(PapertrackError):
            self.service.bookmark(self.item_id)

    # Its minutes

    @property
    def is_time_over(self) -> bool:
        """Whether to pause; not while anything is asked, typed or waited for."""
        if self.limit_minutes is None or self.mode is not Mode.CARD or self.moves_on:
            return False
        return self.service.minutes() >= self.limit_minutes

    def pause(self) -> None:
        """Show what the session came to."""
        self.mode = Mode.PAUSE

    def end_pause(self) -> None:
        """Go back to the card, for as long as the author likes."""
        self.limit_minutes = None
        self.mode = Mode.CARD
