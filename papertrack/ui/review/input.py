"""What the author types at the rating screen, a line, a note or the card: none of it is lost."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from papertrack.core.judging.completeness import FIELD_LABELS, fields_of
from papertrack.core.judging.notes import LINE, read_note
from papertrack.core.text.tags import read_tags
from papertrack.errors import PapertrackError
from papertrack.ui.review.view import Mode, Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.ui.review.session import Sitting

_TAGS = "tags"
_OF_RATING = {"remark": "Remark", "emoji": "Emoji", "label": "Label"}


class Texts:
    """Take text for the card of a sitting.

    Args:
        sitting: Where the author is.
        edit_text: Opens the author's editor on a text; returns the new text, None if unchanged.

    Attributes:
        typed: What stands in the open line or field now; the screen keeps it up to date.
    """

    def __init__(self, sitting: Sitting, *, edit_text: Callable[[str], str | None]) -> None:
        self.typed = ""
        self._sitting = sitting
        self._desk = sitting.desk
        self._edit_text = edit_text
        self._item_id = 0
        self._area = ""
        self._goes_on = False
        self._cancelled: dict[int, str] = {}

    # A line

    def start_tags(self) -> None:
        """Ask for tags; a line that was cancelled on this card stands there again."""
        item = self._sitting.card()
        if item is not None:
            text = self._cancelled.pop(item.id, "")
            words = tuple(self._desk.known_tags())
            self._ask(item.id, Mode.LINE, Prompt(_TAGS, "Tags", text, words))

    def start_rating_text(self, field: str) -> None:
        """Ask for a text of the present area's rating: ``remark``, ``emoji`` or ``label``."""
        if self._sitting.card() is None or self._sitting.item_id is None:
            return
        sheet = self._desk.sheet(self._sitting.item_id)
        area, _ = self._sitting.target(sheet)
        if area is None:
            first = self._sitting.keys.first("area")
            self._sitting.say(f"choose an area first: {first} then its number")
            return
        self._area = area
        ratings = {rating.area: rating for rating in sheet.item.judgement.ratings}
        before = getattr(ratings.get(area), field, None) or ""
        self._ask(sheet.item.id, Mode.LINE, Prompt(field, _OF_RATING[field], before))

    def start_line(self) -> None:
        """Ask for the one line of a brief item, and go on after it."""
        item = self._sitting.card()
        if item is not None:
            said = self._sitting.view().message
            before = item.judgement.notes.get(LINE, "")
            self._ask(item.id, Mode.LINE, Prompt(LINE, FIELD_LABELS[LINE], before))
            self._sitting.say(said)
            self._goes_on = True

    # Notes, field by field

    def start_notes(self) -> None:
        """Open the first field that has no text, else the first."""
        item = self._sitting.card()
        if item is None:
            return
        fields = fields_of(item)
        notes = item.judgement.notes
        self._open_field(
            item.id, next((field for field in fields if field not in notes), fields[0])
        )

    def walk(self, step: int) -> None:
        """Store the field and open the next one, or the one before."""
        if self._sitting.prompt is None or not self.store():
            return
        fields = fields_of(self._desk.item(self._item_id))
        here = (
            fields.index(self._sitting.prompt.field) if self._sitting.prompt.field in fields else 0
        )
        self._open_field(self._item_id, fields[(here + step) % len(fields)])

    def _open_field(self, item_id: int, field: str) -> None:
        text = self._desk.item(item_id).judgement.notes.get(field, "")
        said = self._sitting.view().message if self._sitting.mode is Mode.NOTES else ""
        self._ask(item_id, Mode.NOTES, Prompt(field, FIELD_LABELS[field], text))
        self._sitting.say(said)

    # Storing

    def _ask(self, item_id: int, mode: Mode, prompt: Prompt) -> None:
        self._item_id = item_id
        self._goes_on = False
        self.typed = prompt.text
        self._sitting.mode, self._sitting.prompt = mode, prompt
        self._sitting.say("")

    def store(self) -> bool:
        """Store what was typed, if it is new; tells whether it is on disk. The line stays open."""
        prompt = self._sitting.prompt
        if prompt is None or self.typed == prompt.text:
            return True
        text = self.typed
        if not self._sitting.attempt(lambda: self._sitting.say(self._write(prompt.field, text))):
            return False
        self._sitting.prompt = Prompt(prompt.field, prompt.label, text, prompt.words)
        self._sitting.count(self._item_id)
        return True

    def _write(self, field: str, text: str) -> str:
        if field == _TAGS:
            added, removed = read_tags(text)
            return self._desk.retag(self._item_id, added, removed) if added or removed else ""
        if field in _OF_RATING:
            return self._desk.say_of_rating(self._item_id, self._area, field, text)
        return self._desk.note(self._item_id, field, read_note(field, text))

    def finish(self) -> None:
        """Store what was typed and close the line; one that cannot be stored stays open."""
        if self.store():
            self._close()
            if self._goes_on:
                self._goes_on = False
                self._sitting.move_on()

    def cancel(self) -> None:
        """Close the line: texts are stored all the same, half-typed tags are kept for next time."""
        if self._sitting.prompt is not None and self._sitting.prompt.field == _TAGS:
            self._cancelled[self._item_id] = self.typed
            self._close()
            self._sitting.say("")
            return
        self._goes_on = False
        self.finish()

    def _close(self) -> None:
        self.typed = ""
        self._sitting.mode, self._sitting.prompt, self._sitting.hints = Mode.CARD, None, ()

    def put_down(self) -> None:
        """Store what stands in the open line, as the author leaves; else keep it as unsaved."""
        prompt = self._sitting.prompt
        if prompt is None:
            return
        if not self.store():
            self._sitting.unsaved[self._item_id] = f"{prompt.label}\n\n{self.typed}\n"
        self._close()

    # The whole card

    def edit(self) -> None:
        """Edit the card; text that cannot be stored is kept for the next try."""
        item = self._sitting.card()
        if item is None:
            return
        unsaved = self._sitting.unsaved
        kept = unsaved.get(item.id)
        edited = self._edit_text(self._desk.card_text(item.id) if kept is None else kept)
        text = kept if edited is None else edited
        if text is None:
            self._sitting.say("card unchanged")
            return
        # Kept before the attempt, so that no failure of any kind can lose it.
        unsaved[item.id] = text
        try:
            said = self._desk.write_card(item.id, text)
        except PapertrackError as error:
            edit, discard = self._sitting.keys.first("edit"), self._sitting.keys.first("discard")
            hint = f"{edit} edits it again, {discard} discards it"
            self._sitting.say(f"not saved: {error.what}; {hint}", failed=True)
            self._put_aside(item.id, text)
            return
        self._forget(item.id)
        self._sitting.count(item.id)
        self._sitting.say(said)

    def discard(self) -> None:
        """Drop card text that could not be saved."""
        item_id = self._sitting.item_id
        if item_id is not None and item_id in self._sitting.unsaved:
            self._forget(item_id)
            self._sitting.say("unsaved card text discarded")
        else:
            self._sitting.say("no unsaved card text here")

    def _put_aside(self, item_id: int, text: str) -> None:
        """Keep a text beyond the end of the sitting, whatever ends it."""
        with suppress(PapertrackError):  # a full disk: it is still kept here
            self._desk.put_aside(item_id, text)

    def _forget(self, item_id: int) -> None:
        self._sitting.unsaved.pop(item_id, None)
        with suppress(PapertrackError):  # it will only be offered again
            self._desk.put_aside(item_id, None)
