"""A sitting at the rating screen: where the author is, what was said, and the acts on a card.

Knows nothing of Textual. The desk commits; a sitting only remembers what the desk cannot know: the
place in the queue, the area chosen, card text that could not be saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.glyphs import BEST_HALVES
from papertrack.core.tags import read_tags
from papertrack.errors import PapertrackError
from papertrack.ui.review_desk import ReviewDesk, ReviewOutcome
from papertrack.ui.review_keys import AREA_KEYS
from papertrack.ui.review_tally import Verdict, tally_of, verdict_on
from papertrack.ui.review_view import Mode, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.core.dossier import Proposal
    from papertrack.core.records import Item, State

_WEB = ("http://", "https://")


class Sitting:
    """One author, one queue, one card at a time.

    Args:
        desk: The program behind the screen.
        open_url: Opens an http or https address in the author's browser.
        edit_text: Opens the author's editor on a text; returns the new text, None if unchanged.
        ascii_only: Draw ratings and lines in ASCII.
    """

    def __init__(
        self,
        desk: ReviewDesk,
        *,
        open_url: Callable[[str], None],
        edit_text: Callable[[str], str | None],
        ascii_only: bool,
    ) -> None:
        self.desk = desk
        self.position = 0
        self.offset = 0
        self.mode = Mode.CARD
        self.is_expanded = False
        self._open_url = open_url
        self._edit_text = edit_text
        self._ascii_only = ascii_only
        self._message = ""
        self._failed = False
        self._is_warned = False
        self._chosen: dict[int, str] = {}
        self._unsaved: dict[int, str] = {}
        self._first_states: dict[int, State] = {}
        self._verdicts: dict[int, Verdict] = {}

    @property
    def item_id(self) -> int | None:
        """The item on the card; None past the end of the queue."""
        queue = self.desk.queue
        return queue[self.position] if self.position < len(queue) else None

    def say(self, message: str, *, failed: bool = False) -> None:
        """Put a line at the bottom of the screen."""
        self._message, self._failed = message, failed

    def attempt(self, act: Callable[[], None]) -> None:
        """Do an act; say what went wrong if the author can mend it."""
        try:
            act()
        except PapertrackError as error:
            self.say(f"{error.what}; {error.hint}" if error.hint else error.what, failed=True)

    def outcome(self) -> ReviewOutcome:
        """Sum the sitting up, so far."""
        tally = tally_of(self._verdicts.values())
        return ReviewOutcome(
            tally.rejected, tally.later, tally.rated, self.position, tuple(self._unsaved.items())
        )

    def view(self) -> View:
        """Read all that the screen shows; what cannot be read becomes the message."""
        item: Item | None = None
        target: str | None = None
        is_suggested = False
        proposal: Proposal | None = None
        try:
            if self.item_id is not None:
                item = self.desk.item(self.item_id)
                self._first_states.setdefault(item.id, item.state)
                target, is_suggested = self._target(item)
                proposal = self.desk.same_story(item.id)
            arrivals = self.desk.arrivals()
        except PapertrackError as error:
            arrivals = 0
            self.say(error.what, failed=True)
        return View(
            item=item,
            position=self.position,
            total=len(self.desk.queue),
            week=self.desk.week,
            areas=self.desk.areas,
            day=self._day(item) if item else "",
            tally=tally_of(self._verdicts.values()),
            arrivals=arrivals,
            target=target,
            target_is_suggested=is_suggested,
            proposal=proposal,
            mode=self.mode,
            is_expanded=self.is_expanded,
            offset=self.offset,
            message=self._message,
            failed=self._failed,
            has_unsaved=item is not None and item.id in self._unsaved,
            ascii_only=self._ascii_only,
        )

    def _target(self, item: Item) -> tuple[str | None, bool]:
        """Find the area a value goes to: chosen, else rated last, else suggested."""
        known = {area.slug for area in self.desk.areas}
        rated = [rating.area for rating in item.judgement.ratings if rating.area in known]
        chosen = self._chosen.get(item.id) or (rated[-1] if rated else None)
        if chosen is not None:
            return chosen, False
        suggested = self.desk.suggested_area(item.id)
        return (suggested, True) if suggested in known else (None, False)

    def _day(self, item: Item) -> str:
        if item.announced_at is not None:
            return f"announced {self.desk.local_day(item.announced_at)}"
        published_at = item.published_at or item.updated_at
        if published_at is not None:
            return f"published {self.desk.local_day(published_at)}"
        return f"first seen {self.desk.local_day(item.first_seen_at)}"

    def _card(self) -> Item | None:
        if self.item_id is None:
            self.say("no card here; k goes back")
            return None
        item = self.desk.item(self.item_id)
        self._first_states.setdefault(item.id, item.state)
        return item

    def _count(self, item_id: int) -> None:
        """Take what the author thinks of an item now into the tally."""
        verdict = verdict_on(self.desk.item(item_id))
        if verdict is None:
            self._verdicts.pop(item_id, None)
        else:
            self._verdicts[item_id] = verdict

    # Moving

    def go(self, position: int) -> None:
        """Move to a place in the queue; past the last card stands the summary."""
        self.position = max(0, min(position, len(self.desk.queue)))
        self.offset = 0
        self.say("")

    def leave(self) -> bool:
        """Tell whether the author may go: card text that was not saved asks for a second time."""
        may_go = self._is_warned or not self._unsaved
        if not may_go:
            self.say("card text is not saved yet: e edits it again, q once more leaves it")
            position = self.desk.queue.index(next(iter(self._unsaved)))
            if position != self.position:
                self.position, self.offset = position, 0
        self._is_warned = True
        return may_go

    def stay(self) -> None:
        """Forget that the author wanted to leave."""
        self._is_warned = False

    # Judging

    def reject(self) -> None:
        """Reject the item and go on."""
        self._judge(self.desk.reject)

    def later(self) -> None:
        """Put the item off and go on."""
        self._judge(self.desk.later)

    def _judge(self, act: Callable[[int], str]) -> None:
        item = self._card()
        if item is not None:
            said = act(item.id)
            self._count(item.id)
            self.go(self.position + 1)
            self.say(said)

    def start_choosing(self) -> None:
        """Wait for the number of an area."""
        if self._card() is None:
            return
        if self.desk.areas:
            self.mode = Mode.AREA
            self.say("")
        else:
            self.say("no areas; add [[areas]] to the config", failed=True)

    def choose(self, key: str) -> None:
        """Choose the area of a number; Escape cancels."""
        areas = dict(zip(AREA_KEYS, self.desk.areas, strict=False))
        if key in areas and self.item_id is not None:
            self._chosen[self.item_id] = areas[key].slug
            self.mode = Mode.CARD
            self.say(f"{areas[key].name}: 1-5 rates")
        elif key == "escape":
            self.mode = Mode.CARD
            self.say("")
        else:
            self.say(f"no area has the key {key}; Escape cancels")

    def rate(self, value: int) -> None:
        """Rate the item, in whole points, and stay on its card."""
        self._rate(lambda _: value * 2)

    def toggle_half(self) -> None:
        """Give half a point more, or take it back; from 5 go down, as nothing is above."""
        self._rate(_toggled)

    def _rate(self, halves_after: Callable[[int | None], int | None]) -> None:
        item = self._card()
        if item is None:
            return
        area, _ = self._target(item)
        if area is None:
            self.say("choose an area first: a then its number")
            return
        before = {rating.area: rating.halves for rating in item.judgement.ratings}
        halves = halves_after(before.get(area))
        if halves is None:
            self.say("give a value first: 1-5, then . for the half")
            return
        said = self.desk.rate(item.id, area, halves)
        self._chosen[item.id] = area
        self._count(item.id)
        self.say(said)

    def start_tagging(self) -> bool:
        """Tell whether there is a card to tag, and wait for tags if so."""
        if self._card() is None:
            return False
        self.mode = Mode.TAGS
        self.say("")
        return True

    def tag(self, text: str) -> None:
        """Add and remove tags; an empty line changes nothing."""
        self.mode = Mode.CARD
        added, removed = read_tags(text)
        if self.item_id is not None and (added or removed):
            self.say(self.desk.retag(self.item_id, added, removed))

    def undo(self) -> None:
        """Take the last act back and go to the item it touched."""
        item_id, said = self.desk.undo()
        if item_id is not None and item_id in self.desk.queue:
            self._count(item_id)
            if self.desk.item(item_id).state is self._first_states.get(item_id):
                self._verdicts.pop(item_id, None)
            self.go(self.desk.queue.index(item_id))
        self.say(said)

    def merge(self) -> None:
        """Merge the item that the card asks about into this one, and stay."""
        self._answer(self.desk.merge)

    def keep_apart(self) -> None:
        """Say that the item that the card asks about is another work."""
        self._answer(self.desk.keep_apart)

    def _answer(self, act: Callable[[int, int], str]) -> None:
        item = self._card()
        if item is None:
            return
        proposal = self.desk.same_story(item.id)
        if proposal is None:
            self.say("no other item is proposed here; papertrack merge joins any two")
            return
        said = act(item.id, proposal.item)
        self._count(item.id)
        self.say(said)

    # The card's text and address

    def open(self) -> None:
        """Open the item's address in the browser."""
        item = self._card()
        if item is None:
            return
        if item.url is None or not item.url.startswith(_WEB):
            self.say("no address that a browser can open")
            return
        self._open_url(item.url)
        self.say(f"opened {item.url}")

    def edit(self) -> None:
        """Edit the notes; text that cannot be stored is kept for the next try."""
        item = self._card()
        if item is None:
            return
        kept = self._unsaved.get(item.id)
        edited = self._edit_text(self.desk.card_text(item.id) if kept is None else kept)
        text = kept if edited is None else edited
        if text is None:
            self.say("card unchanged")
            return
        # Kept before the attempt, so that no failure of any kind can lose it.
        self._unsaved[item.id] = text
        try:
            said = self.desk.write_card(item.id, text)
        except PapertrackError as error:
            self.say(f"not saved: {error.what}; e edits it again, D discards it", failed=True)
            return
        del self._unsaved[item.id]
        self._count(item.id)
        self.say(said)

    def discard(self) -> None:
        """Drop card text that could not be saved."""
        if self.item_id is not None and self._unsaved.pop(self.item_id, None) is not None:
            self.say("unsaved card text discarded")
        else:
            self.say("no unsaved card text here")


def _toggled(halves: int | None) -> int | None:
    if halves is None:
        return None
    return halves - 1 if halves % 2 or halves == BEST_HALVES else halves + 1
