"""Read the keyboard, and enter tags, notes and card text without losing a character."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key

from papertrack.core.judging.board import FIELD_LABELS, fields_of
from papertrack.core.judging.notes import LINE, read_note, read_tags
from papertrack.core.text.clean import typed
from papertrack.errors import PapertrackError
from papertrack.ui.review.view import Mode, Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.app import App
    from textual.message import Message
    from textual.widgets import Input, TextArea

    from papertrack.ui.review.session import ReviewSession

_ESCAPE = "\x1b"
# What may follow Escape within one key: escape sequences, Shift-Tab on the Linux console, Alt-B,
# Alt-F and Alt-Backspace. Terminals send Alt with any other character as Escape and that character,
# and on this screen those are two keys.
_ALT_KEYS = frozenset("[O\x1b\tbf\x7f")
_READ_BYTES = 4096
_TICK_S = 0.1


class KeyParser(XTermParser):
    """Textual's parser, except that Escape followed by a character makes two keys.

    Textual waits for the rest of a sequence: it reports Alt-X after 0.1 s, and `^` once 32
    characters or another Escape arrived.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:  # noqa: FBT001, FBT002  # as in the base class
        if len(sequence) == len(_ESCAPE) + 1 and sequence[-1] not in _ALT_KEYS:
            yield Key("escape", _ESCAPE)
            sequence = sequence[-1]
        yield from super()._sequence_to_key_events(sequence, alt=alt)


class Keyboard(LinuxDriver):
    """Textual's terminal driver, with `KeyParser`."""

    def send_message(self, message: Message) -> None:
        """Post a key at once; from a task of its own a later signal could overtake it."""
        self._loop.call_soon_threadsafe(self._app.post_message, message)

    def run_input_thread(self) -> None:
        """Read the terminal until the screen releases it, or it is gone."""
        parser = KeyParser()
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK_S):
                    read = os.read(self.fileno, _READ_BYTES)
                    if not read:
                        return
                    if text := decode(read):
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)


_TAG_SIGNS = "+-#"
_MAX_CHOICES = 6


def complete(line: str, known: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Complete the last word of a line of tags.

    Args:
        line: What was typed, ``interp -ol``.
        known: The existing tags, most used first.

    Returns:
        The line, its last word completed as far as it is unambiguous, with a space after a whole
        tag; and the tags to choose from, if there are several.
    """
    before, word = _split_last_word(line)
    bare = word.lstrip(_TAG_SIGNS)
    matches = [tag for tag in known if tag.casefold().startswith(bare.casefold())]
    if not bare or not matches:
        return line, tuple(known[:_MAX_CHOICES]) if not bare else ()
    sign = word[: len(word) - len(bare)]
    if len(matches) == 1:
        return f"{before}{sign}{matches[0]} ", ()
    certain = _common_prefix(matches)
    longer = certain if len(certain) > len(bare) else bare
    return f"{before}{sign}{longer}", tuple(matches[:_MAX_CHOICES])


def _common_prefix(words: Sequence[str]) -> str:
    """Find the longest prefix of all words."""
    low, high = min(words), max(words)
    same = next((place for place, c in enumerate(low) if high[place] != c), len(low))
    return low[:same]


def _split_last_word(line: str) -> tuple[str, str]:
    """Split a line before the word that is being typed."""
    start = max(line.rfind(" "), line.rfind(",")) + 1
    return line[:start], line[start:]


_MIN_FIELD_ROWS = 3


def field_rows(height: int) -> int:
    """Compute how many rows a field takes on a screen of this height."""
    return max(_MIN_FIELD_ROWS, height // 3)


def one_line(text: str) -> str:
    """Join pasted text into one line, with a space at each line break."""
    lines = _split_lines(text)
    inner = [line.strip() for line in lines[1:-1]]
    ends = [lines[0].rstrip(), *inner, lines[-1].lstrip()] if lines[1:] else lines
    return " ".join(filter(None, ends))


def _split_lines(text: str) -> list[str]:
    """Split pasted text into lines; many terminals end them with a carriage return."""
    return typed(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")


@cache
def _actions(widget: type[Input | TextArea]) -> Mapping[str, str]:
    """Map the keys of a widget that type no text to its actions."""
    from textual.binding import Binding  # noqa: PLC0415  # as below

    bindings = list(Binding.make_bindings(widget.BINDINGS))
    return {binding.key: binding.action for binding in reversed(bindings)}  # the first binding wins


class InputOverlay:
    """One input line or text field over the lower part of the screen.

    The widget never reads the keyboard itself. The screen passes keys to it, so that no key can
    overtake another in the queues of several widgets.

    Args:
        app: The screen.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._shown: tuple[Mode, Prompt] | None = None
        self._widget: Input | TextArea | None = None
        self._pending_text: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether a line or field is open."""
        return self._widget is not None

    @property
    def text(self) -> str:
        """The current text; empty when nothing is open."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        self._flush_pending()
        if self._widget is None:
            return ""
        return self._widget.value if isinstance(self._widget, Input) else self._widget.text

    def show(self, mode: Mode, prompt: Prompt | None, height: int) -> bool:
        """Open, keep or close the widget as the mode requires; return whether it is a new one."""
        wanted = (mode, prompt) if prompt is not None and mode in {Mode.LINE, Mode.NOTES} else None
        asks_the_same = (
            wanted is not None
            and self._shown is not None
            and (wanted[0], wanted[1].field) == (self._shown[0], self._shown[1].field)
        )
        if not asks_the_same:
            self.close()
            if prompt is not None and wanted is not None:
                self._open(mode, prompt)
        self._shown = wanted
        if self._widget is not None and mode is Mode.NOTES:
            self._widget.styles.height = field_rows(height)
        return self.is_open and not asks_the_same

    def after_layout(self, then: Callable[[], object]) -> None:
        """Call a function once the widget has its size, on which the keys Up and Down depend."""
        if self._widget is not None:
            # The size arrives as a message; what is queued behind it runs when it is known.
            self._widget.call_after_refresh(self._widget.call_later, then)

    def after_mouse_events(self, then: Callable[[], object]) -> None:
        """Call a function once the widget has handled the mouse events sent to it."""
        if self._widget is None or not self._widget.call_later(then):
            then()

    def set(self, text: str) -> None:
        """Replace the line and put the cursor at its end."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        self._flush_pending()
        if isinstance(self._widget, Input):
            self._widget.value = text
            self._widget.cursor_position = len(text)

    async def press(self, key: str) -> None:
        """Handle a key: a character, or one that moves the cursor, deletes or selects."""
        from textual.widgets import TextArea  # noqa: PLC0415  # as below

        text = " " if key == "space" else key
        if key == "enter" and isinstance(self._widget, TextArea):
            text = "\n"
        if len(text) == 1:
            self._insert(text)
            return
        self._flush_pending()
        if self._widget is not None:
            action = _actions(type(self._widget)).get(key)
            if action is not None:
                await self._app.run_action(action, self._widget)

    def paste(self, text: str) -> None:
        """Insert pasted text; an input line joins its lines."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        if isinstance(self._widget, Input):
            self._insert(one_line(text))
        else:
            self._insert("\n".join(_split_lines(text)))

    def close(self) -> None:
        """Remove the widget and drop its text."""
        self._pending_text.clear()
        if self._widget is not None:
            self._widget.remove()
            self._widget = None
        self._shown = None

    def _insert(self, text: str) -> None:
        """Insert text, together with other text that is already queued.

        A widget wraps its lines again after each change: 100 kB would take hours by characters.
        """
        if not self._pending_text:
            self._app.call_later(self._flush_pending)
        self._pending_text.append(text)

    def _flush_pending(self) -> None:
        from textual.widgets import Input  # noqa: PLC0415  # as below

        text = "".join(self._pending_text)
        self._pending_text.clear()
        if not text or self._widget is None:
            return
        widget = self._widget
        if isinstance(widget, Input):
            widget.replace(text, *widget.selection)
        else:
            widget.replace(text, *widget.selection, maintain_selection_offset=False)

    def _open(self, mode: Mode, prompt: Prompt) -> None:
        # Imported on first use: opening the first card does not need them.
        from textual.widgets import Input, TextArea  # noqa: PLC0415

        if mode is Mode.LINE:
            # Selecting on focus would overwrite what was typed before the line appeared.
            line = Input(value=prompt.text, compact=True, select_on_focus=False)
            line.cursor_blink = False
            line.cursor_position = len(prompt.text)
            self._widget = line
        else:
            field = TextArea(prompt.text, compact=True, soft_wrap=True)
            field.cursor_blink = False
            field.move_cursor(field.document.end)
            self._widget = field
        self._app.mount(self._widget)
        self._widget.focus()


_TAGS = "tags"
_RATING_LABELS = {"remark": "Remark", "emoji": "Emoji", "label": "Label"}


class TextEntry:
    """Ask for tags, rating texts, notes or the whole card, and store what was typed.

    Args:
        session: Whose card the text is for.
        edit_text: Opens the author's editor on a text; returns the new text, None if unchanged.

    Attributes:
        typed: The text of the open line or field; the screen keeps it up to date.
    """

    def __init__(self, session: ReviewSession, *, edit_text: Callable[[str], str | None]) -> None:
        self.typed = ""
        self._session = session
        self._service = session.service
        self._edit_text = edit_text
        self._item_id = 0
        self._area = ""
        self._advances_after = False
        self._cancelled: dict[int, str] = {}

    # A line

    def start_tags(self) -> None:
        """Ask for tags; start with the line that was cancelled on this card, if any."""
        item = self._session.card()
        if item is not None:
            text = self._cancelled.pop(item.id, "")
            words = tuple(self._service.known_tags())
            self._ask(item.id, Mode.LINE, Prompt(_TAGS, "Tags", text, words))

    def start_rating_text(self, field: str) -> None:
        """Ask for the ``remark``, ``emoji`` or ``label`` of the rating in the current area."""
        if self._session.card() is None or self._session.item_id is None:
            return
        sheet = self._service.sheet(self._session.item_id)
        area, _ = self._session.target(sheet)
        if area is None:
            first = self._session.keys.first("area")
            self._session.say(f"choose an area first: {first} then its number")
            return
        self._area = area
        ratings = {rating.area: rating for rating in sheet.item.judgement.ratings}
        before = getattr(ratings.get(area), field, None) or ""
        self._ask(sheet.item.id, Mode.LINE, Prompt(field, _RATING_LABELS[field], before))

    def start_line(self) -> None:
        """Ask for the line of a brief item, then show the next card."""
        item = self._session.card()
        if item is not None:
            said = self._session.view().message
            before = item.judgement.notes.get(LINE, "")
            self._ask(item.id, Mode.LINE, Prompt(LINE, FIELD_LABELS[LINE], before))
            self._session.say(said)
            self._advances_after = True

    # Notes, field by field

    def start_notes(self) -> None:
        """Open the first empty field, else the first."""
        item = self._session.card()
        if item is None:
            return
        fields = fields_of(item)
        notes = item.judgement.notes
        self._open_field(
            item.id, next((field for field in fields if field not in notes), fields[0])
        )

    def go_to_field(self, step: int) -> None:
        """Store the field and open the one `step` places away."""
        if self._session.prompt is None or not self.store():
            return
        fields = fields_of(self._service.item(self._item_id))
        here = (
            fields.index(self._session.prompt.field) if self._session.prompt.field in fields else 0
        )
        self._open_field(self._item_id, fields[(here + step) % len(fields)])

    def _open_field(self, item_id: int, field: str) -> None:
        text = self._service.item(item_id).judgement.notes.get(field, "")
        said = self._session.view().message if self._session.mode is Mode.NOTES else ""
        self._ask(item_id, Mode.NOTES, Prompt(field, FIELD_LABELS[field], text))
        self._session.say(said)

    # Storing

    def _ask(self, item_id: int, mode: Mode, prompt: Prompt) -> None:
        self._item_id = item_id
        self._advances_after = False
        self.typed = prompt.text
        self._session.mode, self._session.prompt = mode, prompt
        self._session.say("")

    def store(self) -> bool:
        """Store what was typed, and keep the line open; return whether it is on disk."""
        prompt = self._session.prompt
        if prompt is None or self.typed == prompt.text:
            return True
        text = self.typed
        if not self._session.attempt(lambda: self._session.say(self._write(prompt.field, text))):
            return False
        self._session.prompt = Prompt(prompt.field, prompt.label, text, prompt.words)
        self._session.count(self._item_id)
        return True

    def _write(self, field: str, text: str) -> str:
        if field == _TAGS:
            added, removed = read_tags(text)
            return self._service.retag(self._item_id, added, removed) if added or removed else ""
        if field in _RATING_LABELS:
            return self._service.set_rating_text(self._item_id, self._area, field, text)
        return self._service.note(self._item_id, field, read_note(field, text))

    def finish(self) -> None:
        """Store what was typed and close the line; keep it open if storing fails."""
        if self.store():
            self._close()
            if self._advances_after:
                self._advances_after = False
                self._session.advance()

    def cancel(self) -> None:
        """Close the line: store a text anyway, but keep half-typed tags for the next time."""
        if self._session.prompt is not None and self._session.prompt.field == _TAGS:
            self._cancelled[self._item_id] = self.typed
            self._close()
            self._session.say("")
            return
        self._advances_after = False
        self.finish()

    def _close(self) -> None:
        self.typed = ""
        self._session.mode, self._session.prompt, self._session.hints = Mode.CARD, None, ()

    def store_open_text(self) -> None:
        """Store the open line before quitting; keep it as unsaved text if that fails."""
        prompt = self._session.prompt
        if prompt is None:
            return
        if not self.store():
            self._session.unsaved[self._item_id] = f"{prompt.label}\n\n{self.typed}\n"
        self._close()

    # The whole card

    def edit(self) -> None:
        """Edit the card; keep text that cannot be stored for the next try."""
        item = self._session.card()
        if item is None:
            return
        unsaved = self._session.unsaved
        kept = unsaved.get(item.id)
        edited = self._edit_text(self._service.card_text(item.id) if kept is None else kept)
        text = kept if edited is None else edited
        if text is None:
            self._session.say("card unchanged")
            return
        # Kept before the attempt, so that no failure can lose it.
        unsaved[item.id] = text
        try:
            said = self._service.write_card(item.id, text)
        except PapertrackError as error:
            edit, discard = self._session.keys.first("edit"), self._session.keys.first("discard")
            hint = f"{edit} edits it again, {discard} discards it"
            self._session.say(f"not saved: {error.what}; {hint}", failed=True)
            self._save_unsaved(item.id, text)
            return
        self._clear_unsaved(item.id)
        self._session.count(item.id)
        self._session.say(said)

    def discard(self) -> None:
        """Discard card text that could not be stored."""
        item_id = self._session.item_id
        if item_id is not None and item_id in self._session.unsaved:
            self._clear_unsaved(item_id)
            self._session.say("unsaved card text discarded")
        else:
            self._session.say("no unsaved card text here")

    def _save_unsaved(self, item_id: int, text: str) -> None:
        """Store an unsaved text in the database, so that it outlives the session."""
        with suppress(PapertrackError):  # a full disk: the session still has it
            self._service.keep_unsaved(item_id, text)

    def _clear_unsaved(self, item_id: int) -> None:
        self._session.unsaved.pop(item_id, None)
        with suppress(PapertrackError):  # at worst it is offered again
            self._service.keep_unsaved(item_id, None)
