"""The state of a session at the rating screen: position, mode, tally and message.

Independent of Textual. The service commits judgements; the session keeps what the service cannot
know: the place in the queue, the chosen area, what is being typed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from papertrack.core.judging.board import Board
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.errors import PapertrackError
from papertrack.ui.review.keys import DEFAULT_KEYS, KeyTable
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

# In the grace period these actions still apply to the rated card, all others to the next one.
_ABOUT_THIS_CARD = frozenset(
    {"area", "remark", "tags", "notes", "edit", "home", "emoji", "label", "open", "pdf", "copy"}
    | {"merge", "apart", "undo", "expand", "page_down", "page_up", "help", "bulk"}
)


class ReviewSession:
    """One author, one queue, one card at a time.

    Args:
        service: Reads and stores judgements.
        keys: The author's keys.
        ascii_only: Draw ratings and lines in ASCII.
        minutes: Pause with a summary after this many minutes; None for never.
    """

    def __init__(
        self,
        service: ReviewService,
        *,
        keys: KeyTable = DEFAULT_KEYS,
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
        self.will_advance = False
        self.prompt: Prompt | None = None
        self.hints: Sequence[str] = ()
        self.chosen: dict[int, str] = {}
        self.unsaved: dict[int, str] = dict(service.unsaved())
        self.ascii_only = ascii_only
        self._message = ""
        self._failed = False
        self._is_warned = False
        self._first_states: dict[int, State] = {}
        self._buckets: dict[int, Bucket] = {}
        if self.position:
            first = keys.first("first")
            self.say(f"resumed where you left off; {first}: first item")

    @property
    def item_id(self) -> int | None:
        """The item on the card; None past the end of the queue."""
        queue = self.service.queue
        return queue[self.position] if self.position < len(queue) else None

    def say(self, message: str, *, failed: bool = False) -> None:
        """Show a message at the bottom of the screen."""
        self._message, self._failed = message, failed

    def attempt(self, action: Callable[[], None]) -> bool:
        """Run an action and show its error, if any; return whether it succeeded."""
        try:
            action()
        except PapertrackError as error:
            self.say(f"{error.what}; {error.hint}" if error.hint else error.what, failed=True)
            return False
        return True

    @property
    def tally(self) -> Tally:
        """How many items were judged so far."""
        return tally_of(self._buckets.values())

    def outcome(self) -> ReviewOutcome:
        """Summarize the session so far."""
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
        """Read everything the screen shows; an error while reading becomes the message."""
        sheet: Sheet | None = None
        target, is_suggested, next_title = None, False, ""
        arrivals, board = 0, Board()
        try:
            if self.item_id is not None:
                sheet = self.service.sheet(self.item_id)
                self._first_states.setdefault(sheet.item.id, sheet.item.state)
                target, is_suggested = self.target(sheet)
            if self.will_advance and self.position + 1 < len(self.service.queue):
                next_title = shown_title(self.service.item(self.service.queue[self.position + 1]))
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
            will_advance=self.will_advance,
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
        """Find the area that a rating applies to: chosen, else rated last, else suggested.

        Returns:
            The slug, or None; and whether it is only suggested.
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
        """Read the item on the card; show a message and return None past the end of the queue."""
        if self.item_id is None:
            self.say(f"no card here; {self.keys.first('previous')} goes back")
            return None
        item = self.service.item(self.item_id)
        self._first_states.setdefault(item.id, item.state)
        return item

    def count(self, item_id: int) -> None:
        """Count the current judgement of an item in the tally."""
        self._set_bucket(self.service.item(item_id))

    def _set_bucket(self, item: Item) -> None:
        bucket = bucket_of(item)
        if bucket is None:
            self._buckets.pop(item.id, None)
        else:
            self._buckets[item.id] = bucket

    def recount_after_undo(self, item_id: int) -> None:
        """Count an item after an undo; one that is back in its first state no longer counts."""
        self.count(item_id)
        if self.service.item(item_id).state is self._first_states.get(item_id):
            self._buckets.pop(item_id, None)

    def recount_all_after_undo(self) -> None:
        """Count every item seen in this session again, after an undo that touched several."""
        for item_id in list(self._first_states):
            self.recount_after_undo(item_id)

    def update_tally(self, before: Mapping[int, Item], after: Mapping[int, Item]) -> None:
        """Count the current judgements of several items in the tally.

        Args:
            before: The items as they were before the action, by their numbers in the queue.
            after: The same items as they are now.
        """
        for number, item in after.items():
            first = self._first_states.setdefault(item.id, before.get(number, item).state)
            if before.get(number) != item:
                self._set_bucket(item)
                if item.state is first:  # undone: it no longer counts
                    self._buckets.pop(item.id, None)

    # Moving

    def go(self, position: int) -> None:
        """Move to a place in the queue; the place after the last card shows the summary."""
        self.position = max(0, min(position, len(self.service.queue)))
        self.offset = 0
        self.will_advance = False
        self.say("")

    def end_grace(self, action: str | None) -> bool:
        """End the grace period of a rated card before an action.

        A half point keeps the period open. Actions on the shown card keep the card. Every other
        action applies to the next card, whether its key came before or after the period ended;
        `next` therefore moves once, not twice.

        Returns:
            Whether nothing is left to do for the action.
        """
        if not self.will_advance or action in {None, "half"}:
            return False
        self.will_advance = False
        if action not in _ABOUT_THIS_CARD:
            self.go(self.position + 1)
        return action == "next"

    def advance(self) -> None:
        """Go to the next card and keep the message about this one."""
        message, failed = self._message, self._failed
        self.go(self.position + 1)
        self.say(message, failed=failed)

    def go_to_unjudged(self) -> None:
        """Go to the first card from here on that was not judged in this session."""
        queue = self.service.queue
        ahead = range(self.position, len(queue))
        self.go(next((place for place in ahead if queue[place] not in self._buckets), len(queue)))

    def may_leave(self) -> bool:
        """Return whether to quit; unsaved card text needs a second request, and is shown first."""
        may_leave = self._is_warned or not self.unsaved
        if not may_leave:
            edit, leave = self.keys.first("edit"), self.keys.first("leave")
            self.say(
                f"card text is not saved yet: {edit} edits it again, {leave} once more leaves it"
            )
            position = self.service.queue.index(next(iter(self.unsaved)))
            if position != self.position:
                self.position, self.offset = position, 0
        self._is_warned = True
        return may_leave

    def note_leaving(self) -> bool:
        """Note that the author wants to quit; return whether it is the first request."""
        is_first, self._is_warned = not self._is_warned, True
        return is_first

    def cancel_leaving(self) -> None:
        """Forget the request to quit."""
        self._is_warned = False

    def bookmark(self) -> None:
        """Store the place for the next session; failing to do so must not keep this one open."""
        with suppress(PapertrackError):
            self.service.bookmark(self.item_id)

    # Time limit

    @property
    def is_time_over(self) -> bool:
        """Whether to pause now; never during a question, an input or the grace period."""
        if self.limit_minutes is None or self.mode is not Mode.CARD or self.will_advance:
            return False
        return self.service.minutes() >= self.limit_minutes

    def pause(self) -> None:
        """Show the summary of the session."""
        self.mode = Mode.PAUSE

    def end_pause(self) -> None:
        """Go back to the card and drop the time limit."""
        self.limit_minutes = None
        self.mode = Mode.CARD
