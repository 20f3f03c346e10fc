"""The rating screen: one item at a time, one key an act, every act stored before it is shown.

The screen is a single widget that draws a `View`; a line to type in appears while tags are typed.
What a key does to the author's judgement is the affair of the sitting and of the desk behind it.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import Static

from papertrack.errors import PapertrackError
from papertrack.ui.review_card import draw
from papertrack.ui.review_desk import AreaChoice, ReviewDesk, ReviewOutcome
from papertrack.ui.review_keys import ACTS
from papertrack.ui.review_sitting import Sitting
from papertrack.ui.review_view import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.events import Key
    from textual.widgets import Input

__all__ = ["AreaChoice", "ReviewApp", "ReviewDesk", "ReviewOutcome", "run_review"]


def run_review(
    desk: ReviewDesk,
    *,
    open_url: Callable[[str], None],
    edit_text: Callable[[str], str | None],
    ascii_only: bool,
) -> ReviewOutcome:
    """Show the rating screen until the author leaves it.

    Args:
        desk: The program behind the screen.
        open_url: Opens an http or https address in the author's browser.
        edit_text: Opens the author's editor on a text; returns the new text, None if unchanged.
            The terminal is free while it runs.
        ascii_only: Draw ratings and lines in ASCII, for terminals without emoji.

    Returns:
        What was judged, where the author stopped, and card text that could not be stored.

    Raises:
        PapertrackError: The screen broke down; every acknowledged act is stored.
    """
    app = ReviewApp(desk, open_url=open_url, edit_text=edit_text, ascii_only=ascii_only)
    # Without mouse reports the terminal's own selecting and copying keeps working.
    app.run(mouse=False)
    if app.return_code:
        what = "the rating screen broke down; every acknowledged judgement is stored"
        raise PapertrackError(what, hint="report the fault shown above")
    return app.outcome()


class ReviewApp(App[None]):
    """The rating screen as a Textual app; `run_review` explains the arguments."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { overflow: hidden; }
    #card { height: 1fr; text-wrap: nowrap; }
    Input { dock: bottom; height: 1; border: none; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", show=False, priority=True),
        Binding("ctrl+q", "leave", show=False, priority=True),
    ]

    def __init__(
        self,
        desk: ReviewDesk,
        *,
        open_url: Callable[[str], None],
        edit_text: Callable[[str], str | None],
        ascii_only: bool,
    ) -> None:
        # The terminal's own colours: no theme of ours can be read on every background.
        super().__init__(ansi_color=True)
        self.animation_level = "none"
        self._sitting = Sitting(
            desk,
            open_url=open_url,
            edit_text=partial(self._edit_outside, edit_text),
            ascii_only=ascii_only,
        )
        self._page = 1
        self._line: Input | None = None
        self._acts = self._table_of_acts()

    def outcome(self) -> ReviewOutcome:
        """Sum the sitting up, so far."""
        return self._sitting.outcome()

    def compose(self) -> ComposeResult:
        """Make the one widget."""
        yield Static(id="card", markup=False)

    def on_mount(self) -> None:
        """Draw the first card."""
        self._show()

    def on_resize(self) -> None:
        """Draw for the new size, which Textual knows once it has handled the event itself."""
        self.call_next(self._show)

    def on_key(self, event: Key) -> None:
        """Do what the key means on this card, and show it."""
        key = event.character if event.is_printable and event.character else event.key
        mode = self._sitting.mode
        if mode is Mode.TAGS:
            self._press_while_tagging(key)
            return
        if mode is Mode.AREA:
            self._sitting.choose(key)
        elif mode is Mode.HELP:
            self._read_help(ACTS.get(key, ""))
        else:
            self._sitting.attempt(partial(self._press, key))
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the tags that were typed."""
        self._finish_tagging(event.value)

    def action_leave(self) -> None:
        """Quit; every judgement is stored, and unsaved card text goes into the outcome."""
        if self._sitting.leave():
            self.exit()
        else:
            self._show()

    def _press(self, key: str) -> None:
        act = ACTS.get(key)
        if act != "leave":
            self._sitting.stay()
        if act == "value":
            self._sitting.rate(int(key))
        elif act is not None:
            self._acts[act]()

    def _table_of_acts(self) -> Mapping[str, Callable[[], None]]:
        sitting = self._sitting
        return {
            "reject": sitting.reject,
            "later": sitting.later,
            "area": sitting.start_choosing,
            "half": sitting.toggle_half,
            "tags": self._start_tagging,
            "edit": sitting.edit,
            "open": sitting.open,
            "merge": sitting.merge,
            "apart": sitting.keep_apart,
            "help": self._help,
            "expand": self._expand,
            "page_down": lambda: self._scroll(self._page),
            "page_up": lambda: self._scroll(-self._page),
            "next": lambda: sitting.go(sitting.position + 1),
            "previous": lambda: sitting.go(sitting.position - 1),
            "first": lambda: sitting.go(0),
            "last": lambda: sitting.go(len(sitting.desk.queue) - 1),
            "undo": sitting.undo,
            "discard": sitting.discard,
            "leave": self.action_leave,
        }

    def _show(self) -> None:
        width, height = self.size
        # The line for tags covers the last one, which stays empty meanwhile.
        frame = draw(self._sitting.view(), width, height)
        self._sitting.offset, self._page = frame.offset, frame.page
        self.query_one("#card", Static).update(frame.text)

    def _edit_outside(self, edit_text: Callable[[str], str | None], text: str) -> str | None:
        # A headless app (tests) has no terminal to give away, and Textual refuses to try.
        # An error must not pass through suspend, which would not take the terminal back.
        with nullcontext() if self.is_headless else self.suspend():
            try:
                return edit_text(text)
            except PapertrackError as error:
                failure = error
        raise failure

    def _scroll(self, lines: int) -> None:
        self._sitting.offset += lines

    def _expand(self) -> None:
        self._sitting.is_expanded = not self._sitting.is_expanded
        self._sitting.offset = 0

    def _help(self) -> None:
        self._sitting.mode = Mode.HELP
        self._sitting.offset = 0
        self._sitting.say("")

    def _read_help(self, act: str) -> None:
        lines = {"page_down": self._page, "page_up": -self._page, "next": 1, "previous": -1}
        if act in lines:
            self._scroll(lines[act])
        else:
            self._sitting.mode = Mode.CARD
            self._sitting.offset = 0

    def _start_tagging(self) -> None:
        if self._sitting.start_tagging():
            # Imported when first needed: the first screen does without it.
            from textual.widgets import Input  # noqa: PLC0415

            # Selecting on focus would overwrite what was typed before the line was there.
            self._line = Input(placeholder="interp -old", compact=True, select_on_focus=False)
            self._line.cursor_blink = False
            self.mount(self._line)
            self._line.focus()

    def _press_while_tagging(self, key: str) -> None:
        """Take the keys that the line leaves over, and those typed before it was there."""
        if self._line is None or key == "escape":
            self._finish_tagging("")
        elif key == "enter":
            self._finish_tagging(self._line.value)
        elif len(key) == 1:
            self._line.insert_text_at_cursor(key)

    def _finish_tagging(self, text: str) -> None:
        if self._line is not None:
            self._line.remove()
            self._line = None
        self._sitting.attempt(partial(self._sitting.tag, text))
        self._show()
