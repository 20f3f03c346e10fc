"""The rating screen: one item at a time, one key per action, each stored before it is shown.

The screen is a single widget that draws a `View`; an input line or field opens to type text.
`ReviewSession` decides what a key does to a judgement, and the service stores the result.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App
from textual.events import Event, Key, MouseEvent, Paste
from textual.widgets import Static

from papertrack.errors import PapertrackError, Terminated
from papertrack.ui.queue.actions import CardBulk
from papertrack.ui.review.actions import Judging, Links
from papertrack.ui.review.card import draw
from papertrack.ui.review.input import InputOverlay, Keyboard, TextEntry, complete, field_rows
from papertrack.ui.review.keys import DEFAULT_KEYS, KeyTable
from papertrack.ui.review.session import ReviewSession
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.events import Click, MouseDown, MouseScrollDown, MouseScrollUp
    from textual.geometry import Offset
    from textual.timer import Timer

    from papertrack.commands.review import ReviewService
    from papertrack.ui.queue.screen import Listing, NextScreen
    from papertrack.ui.review.view import ReviewOutcome

# Long enough to press a second key, short enough that nobody has to wait.
GRACE_S = 0.8
# Nobody reads a new screen and reacts faster; an earlier key was meant for the previous screen.
UNREAD_S = 0.4


@dataclass(frozen=True, slots=True)
class HostActions:
    """What the rating screen needs from the author's terminal and desktop.

    Attributes:
        open_url: Opens an http or https address in the author's browser.
        edit_text: Opens the author's editor on a text; returns the new text, None if unchanged.
            The terminal is free while it runs.
        copy_text: Copies a text to this machine's clipboard, if it has one.
        keep_text: Writes a text that could not be stored to a file the author can find.
    """

    open_url: Callable[[str], None]
    edit_text: Callable[[str], str | None]
    copy_text: Callable[[str], object]
    keep_text: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """How the rating screen behaves.

    Attributes:
        ascii_only: Draw ratings and lines in ASCII, for terminals without emoji.
        keys: The author's keys.
        mouse: React to the mouse; selecting text then needs Shift.
        minutes: Pause with a summary after this many minutes; None for never.
        grace_s: Seconds that a rated card waits for a half point before the next one is shown.
        unread_s: Seconds after the start of a pause in which a key still applies to the card.
    """

    ascii_only: bool = False
    keys: KeyTable = DEFAULT_KEYS
    mouse: bool = False
    minutes: float | None = None
    grace_s: float = GRACE_S
    unread_s: float = UNREAD_S


@dataclass(frozen=True, slots=True)
class Controllers:
    """The objects that carry out the keys of one session."""

    session: ReviewSession
    judging: Judging
    text_entry: TextEntry
    links: Links
    bulk: CardBulk


def bindings(
    controllers: Controllers,
    *,
    scroll: Callable[[int], None],
    show_list: Callable[[], None],
    leave: Callable[[], None],
) -> Mapping[str, Callable[[], None]]:
    """Map every action except the ratings, which need their digit, to its handler.

    Args:
        controllers: The objects that carry out the keys.
        scroll: Scrolls the text by pages.
        show_list: Shows the whole queue.
        leave: Ends the session.
    """
    session, judging, text_entry, links = (
        controllers.session,
        controllers.judging,
        controllers.text_entry,
        controllers.links,
    )
    return {
        "reject": judging.reject,
        "later": judging.later,
        "area": judging.start_choosing,
        "half": judging.toggle_half,
        "home": judging.make_home,
        "brief": lambda: text_entry.start_line() if judging.toggle_brief() else None,
        "link": judging.toggle_link,
        "merge": judging.merge,
        "apart": judging.keep_apart,
        "undo": judging.undo,
        "redo": judging.redo,
        "remark": partial(text_entry.start_rating_text, "remark"),
        "emoji": partial(text_entry.start_rating_text, "emoji"),
        "label": partial(text_entry.start_rating_text, "label"),
        "tags": text_entry.start_tags,
        "notes": text_entry.start_notes,
        "edit": text_entry.edit,
        "discard": text_entry.discard,
        "open": links.open,
        "pdf": links.open_pdf,
        "copy": links.copy,
        "help": partial(_help, session),
        "expand": partial(_expand, session),
        "page_down": partial(scroll, 1),
        "page_up": partial(scroll, -1),
        "next": lambda: session.go(session.position + 1),
        "previous": lambda: session.go(session.position - 1),
        "first": lambda: session.go(0),
        "last": lambda: session.go(len(session.service.queue) - 1),
        "list": show_list,
        "bulk": controllers.bulk.ask,
        "leave": leave,
    }


def _help(session: ReviewSession) -> None:
    session.mode = Mode.HELP
    session.offset = 0
    session.say("")


def _expand(session: ReviewSession) -> None:
    session.is_expanded = not session.is_expanded
    session.offset = 0


# These quit in every mode, even while a question or an input line is open.
_QUIT_KEYS = frozenset({"ctrl+c", "ctrl+q"})
# These close a line or a field; every other key goes into the text.
_CLOSING_KEYS = {
    Mode.LINE: frozenset({"enter", "escape", "tab"}),
    Mode.NOTES: frozenset({"escape", "tab", "shift+tab"}),
}
_WHEEL_LINES = 3
_SHORTEST_TIMER_S = 0.01  # Textual rejects a timer of 0 s


def run_review(service: ReviewService, host: HostActions, options: ReviewOptions) -> ReviewOutcome:
    """Show the rating screen until the author leaves it.

    Args:
        service: Reads and stores judgements.
        host: Gives access to the author's terminal and desktop.
        options: How the screen behaves.

    Returns:
        What was judged, where the author stopped, and card text that could not be stored.

    Raises:
        PapertrackError: The screen crashed; every acknowledged judgement is stored.
        Terminated: Another process asked us to stop; the text of an open field is stored.
    """
    app = ReviewApp(service, host, options)
    try:
        app.run(mouse=options.mouse)
    finally:
        app.store_open_text()
    if app.return_code == Terminated.exit_code:
        raise Terminated
    if app.return_code:
        what = "the rating screen crashed; every acknowledged judgement is stored"
        raise PapertrackError(what, hint="report the error shown above")
    return app.outcome()


class ReviewApp(App[None]):
    """The rating screen as a Textual app; `run_review` explains the arguments."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { overflow: hidden; }
    #card { height: 1fr; text-wrap: nowrap; }
    Input { dock: bottom; height: 1; border: none; padding: 0 1; }
    TextArea { dock: bottom; border: none; padding: 0 1; }
    """

    def __init__(self, service: ReviewService, host: HostActions, options: ReviewOptions) -> None:
        # Use the terminal's own colours: no theme of ours is readable on every background.
        super().__init__(driver_class=Keyboard, ansi_color=True)
        self.animation_level = "none"
        self._session = ReviewSession(
            service, keys=options.keys, ascii_only=options.ascii_only, minutes=options.minutes
        )
        self._text_entry = TextEntry(
            self._session, edit_text=partial(self._edit_suspended, host.edit_text)
        )
        self._overlay = InputOverlay(self)
        self._keep_text = host.keep_text
        self._grace_s = options.grace_s
        self._grace_timer: Timer | None = None
        self._unread_s = options.unread_s
        self._unread_timer: Timer | None = None
        self._page = 1
        self._pressed_at: Offset | None = None
        self._pending_events: deque[Event] = deque()
        self._steps_awaited = 0
        self._has_left = False
        self._pause_is_unread = False
        self._redraw_is_scheduled = False
        self._pause_is_scheduled = False
        links = Links(
            self._session, open_url=host.open_url, copy_text=partial(self._copy, host.copy_text)
        )
        self._controllers = Controllers(
            self._session, Judging(self._session), self._text_entry, links, CardBulk(self._session)
        )
        self._listing: Listing | None = None
        self._actions = bindings(
            self._controllers,
            scroll=lambda pages: self._scroll(pages * self._page),
            show_list=self._show_list,
            leave=self._leave,
        )
        self._key_handlers = self._handlers_by_mode()

    @property
    def is_idle(self) -> bool:
        """Whether every event received so far has been processed."""
        return not (self._pending_events or self._steps_awaited)

    def outcome(self) -> ReviewOutcome:
        """Summarize the session so far."""
        return self._session.outcome()

    def compose(self) -> ComposeResult:
        """Create the only widget."""
        yield Static(id="card", markup=False)

    def on_mount(self) -> None:
        """Draw the first card; handle SIGHUP and SIGTERM; start the session timer."""
        self._show()
        with suppress(ValueError, RuntimeError, NotImplementedError):  # not the main thread
            loop = asyncio.get_running_loop()
            # Queued, so that keys typed before the signal are processed first.
            loop.add_signal_handler(signal.SIGHUP, self.call_later, self._hang_up)
            loop.add_signal_handler(signal.SIGTERM, self.call_later, self._terminate)
        if self._session.limit_minutes is not None:
            left_s = 60 * (self._session.limit_minutes - self._session.service.minutes())
            self.set_timer(max(_SHORTEST_TIMER_S, left_s), self._show)

    def on_resize(self) -> None:
        """Redraw for the new size, which Textual sets after this handler returns."""
        self.call_next(self._show)

    # Keys and mouse

    async def on_event(self, event: Event) -> None:
        """Process the author's input strictly in order, one event at a time.

        Textual queues characters for the field, but handles Ctrl-C and Tab before the field has
        read them and moves the cursor afterwards: a burst of keys would lose text.
        """
        if isinstance(event, Key | Paste | MouseEvent) and not event.is_forwarded:
            self._pending_events.append(event)
            await self._process_pending()
        else:
            await super().on_event(event)

    async def _process_pending(self) -> None:
        while self._pending_events and not self._steps_awaited:
            await self._process_event(self._pending_events.popleft())

    async def _process_event(self, event: Event) -> None:
        if self._has_left:
            return
        if isinstance(event, Key):
            self.app_focus = True  # some terminals report losing the focus but not regaining it
            key_name = event.character if event.is_printable and event.character else event.key
            await self._press("space" if key_name == " " else key_name)
        elif isinstance(event, Paste):
            self._paste(event.text)
        else:
            await super().on_event(event)
            self._pause_events_until(
                self._overlay.after_mouse_events, self.query_one("#card").call_later
            )

    def _pause_events_until(self, *steps: Callable[[Callable[[], object]], object]) -> None:
        """Hold back further events until some steps are done, in order, and their events are here.

        Args:
            steps: Functions that call their argument when they are done.
        """
        self._steps_awaited += 1
        then: Callable[[], object] = partial(self.call_later, self._resume_events)
        for step in (self.screen.call_later, *reversed(steps)):
            then = partial(step, then)
        then()

    async def _resume_events(self) -> None:
        self._steps_awaited -= 1
        await self._process_pending()
        self._schedule_pause()

    async def _press(self, key: str) -> None:
        """Do what a key means in the current mode."""
        mode = self._session.mode
        if key in _QUIT_KEYS:
            self._leave()
        elif key not in _CLOSING_KEYS.get(mode, {key}):
            await self._overlay.press(key)  # this draws it, too
            return
        elif mode is Mode.LIST and self._listing is not None and self._listing.is_typed_text(key):
            self._listing.press(key)
            self._schedule_redraw()
            return
        else:
            self._session.attempt(partial(self._key_handlers[mode], key))
        self._show()

    def _handlers_by_mode(self) -> Mapping[Mode, Callable[[str], None]]:
        return {
            Mode.CARD: self._press_on_card,
            Mode.AREA: self._controllers.judging.choose,
            Mode.LINE: self._leave_line,
            Mode.NOTES: self._leave_field,
            Mode.HELP: self._read_help,
            Mode.PAUSE: self._press_in_pause,
            Mode.BULK: self._controllers.bulk.press,
            Mode.LIST: self._press_in_list,
        }

    def _press_in_pause(self, key: str) -> None:
        """Resume or quit; a key pressed before the pause could be read applies to the card."""
        if self._pause_is_unread:
            self._session.mode = Mode.CARD
            self._press_on_card(key)
            return
        self._session.end_pause()
        if self._session.keys.actions.get(key) == "leave":
            self._leave()

    def _press_on_card(self, key: str) -> None:
        action = self._session.keys.actions.get(key)
        if action != "leave":
            self._session.cancel_leaving()
        if action is None:
            # Keys typed in a row, such as "/" and a word, are not meant for this card.
            if len(key) == 1 and not self._session.will_advance:
                shows = self._session.keys.first("help")
                self._session.say(f"{key} does nothing on a card; {shows} shows every key")
            return
        if self._session.end_grace(action):
            return
        if action == "value":
            self._controllers.judging.rate(int(key))
        else:
            self._actions[action]()

    def _leave_line(self, key: str) -> None:
        self._read_typed()
        if key == "escape":
            self._text_entry.cancel()
        elif key == "enter":
            self._text_entry.finish()
        else:
            self._complete()

    def _leave_field(self, key: str) -> None:
        self._read_typed()
        if key == "escape":
            self._text_entry.cancel()
        else:
            self._text_entry.go_to_field(-1 if key == "shift+tab" else 1)

    # The list

    def _show_list(self) -> None:
        if self._listing is None:
            session = self._session
            # Imported on first use: opening the first card does not need it.
            from papertrack.ui.queue.screen import Listing  # noqa: PLC0415

            self._listing = Listing(
                session.service, session.keys, session, ascii_only=session.ascii_only
            )
        self._listing.open(self._session.item_id)
        self._session.mode = Mode.LIST

    def _press_in_list(self, key: str) -> None:
        if self._listing is not None:
            if self._redraw_is_scheduled:  # the length of a page depends on the drawn screen
                self._show()
            self._leave_list(self._listing.press(key), self._listing.chosen)

    def _leave_list(self, next_screen: NextScreen, chosen: int | None) -> None:
        from papertrack.ui.queue.screen import NextScreen  # noqa: PLC0415  # as above

        session = self._session
        if next_screen is NextScreen.STAY:
            return
        session.mode = Mode.CARD
        if next_screen is NextScreen.LEAVE:
            self._leave()
        else:
            queue = session.service.queue
            session.go(queue.index(chosen) if chosen in queue else session.position)

    def _complete(self) -> None:
        prompt = self._session.prompt
        if prompt is not None and prompt.field == "tags":
            line, choices = complete(self._overlay.text, prompt.words)
            self._overlay.set(line)
            self._text_entry.typed = line
            self._session.hints = choices

    def on_mouse_down(self, event: MouseDown) -> None:
        """Remember where a click, or a selection, begins."""
        self._pressed_at = event.screen_offset

    async def on_click(self, event: Click) -> None:
        """Press the keys of the clicked hint or area; ignore the end of a drag."""
        if event.screen_offset != self._pressed_at:
            return
        keys = event.style.meta.get("press", ())
        if not keys and self._session.mode is Mode.LIST and self._listing is not None:
            next_screen = self._listing.click(event.screen_y, twice=event.chain > 1)
            self._leave_list(next_screen, self._listing.chosen)
            self._show()
            return
        for key in keys:
            await self._press(key)

    def _paste(self, text: str) -> None:
        """Insert pasted text where text is typed; ignore it elsewhere, or it would press keys."""
        if self._overlay.is_open:
            self._overlay.paste(text)
        elif self._session.mode is Mode.LIST and self._listing is not None:
            self._listing.paste(text)
            self._show()

    def on_text_selected(self) -> None:
        """Copy the text selected with the mouse, as the terminal itself would."""
        if text := self.screen.get_selected_text():
            self.copy_to_clipboard(text)

    def on_mouse_scroll_down(self, _: MouseScrollDown) -> None:
        """Scroll down."""
        self._scroll_and_show(_WHEEL_LINES)

    def on_mouse_scroll_up(self, _: MouseScrollUp) -> None:
        """Scroll up."""
        self._scroll_and_show(-_WHEEL_LINES)

    # Showing

    def _schedule_redraw(self) -> None:
        """Redraw once, after all events that are already queued."""
        if not self._redraw_is_scheduled:
            self._redraw_is_scheduled = True
            self.call_later(self._redraw)

    def _redraw(self) -> None:
        self._redraw_is_scheduled = False
        self._show()

    def _show(self) -> None:
        width, height = self.size
        session = self._session
        self._schedule_pause()
        if self._overlay.show(session.mode, session.prompt, height):
            self._pause_events_until(self._overlay.after_layout)
        if session.mode is Mode.LIST and self._listing is not None:
            self.query_one("#card", Static).update(self._listing.draw(width, height))
            return
        # An input line covers the last row, which stays empty; a field covers more rows.
        rows = height - field_rows(height) if session.mode is Mode.NOTES else height
        frame = draw(session.view(), width, max(1, rows))
        session.offset, self._page = frame.offset, frame.page
        self.query_one("#card", Static).update(frame.text)
        self._restart_grace()

    def _restart_grace(self) -> None:
        """Start the grace period of a rated card again, counted from the last key."""
        if self._grace_timer is not None:
            self._grace_timer.stop()
            self._grace_timer = None
        if self._session.will_advance and self._session.mode is Mode.CARD:
            self._grace_timer = self.set_timer(self._grace_s, self._grace_over)

    def _grace_over(self) -> None:
        # Queued behind keys that came in time; each of them restarts the grace period.
        self.call_later(self._advance_when_idle, self._grace_timer)

    def _advance_when_idle(self, grace: Timer | None) -> None:
        if not self.is_idle:
            self._restart_grace()
        elif grace is self._grace_timer and self._session.will_advance:
            self._session.advance()
            self._show()

    def _schedule_pause(self) -> None:
        """Pause when time is up, after processing what was typed by then."""
        if self._session.is_time_over and not self._pause_is_scheduled:
            self._pause_is_scheduled = True
            self.call_later(self._pause)

    def _pause(self) -> None:
        self._pause_is_scheduled = False
        # If events are still pending, processing them schedules the pause again.
        if self._session.is_time_over and self.is_idle:
            self._session.pause()
            self._pause_is_unread = self._unread_s > 0
            if self._unread_timer is not None:
                self._unread_timer.stop()
            self._unread_timer = self.set_timer(
                max(_SHORTEST_TIMER_S, self._unread_s), self._mark_pause_read
            )
            self._show()

    def _mark_pause_read(self) -> None:
        self._pause_is_unread = False

    def _scroll(self, lines: int) -> None:
        self._session.offset += lines

    def _scroll_and_show(self, lines: int) -> None:
        if self._session.mode is Mode.LIST and self._listing is not None:
            self._listing.wheel(lines)
            self._show()
        elif self._session.mode in {Mode.CARD, Mode.HELP}:
            self._session.end_grace("page_down")
            self._scroll(lines)
            self._show()

    def _read_help(self, key: str) -> None:
        action = self._session.keys.actions.get(key, "")
        lines = {"page_down": self._page, "page_up": -self._page, "next": 1, "previous": -1}
        if action in lines:
            self._scroll(lines[action])
        else:
            self._session.mode = Mode.CARD
            self._session.offset = 0

    # Texts

    def _read_typed(self) -> None:
        if self._session.prompt is not None and self._overlay.is_open:
            self._text_entry.typed = self._overlay.text

    def _edit_suspended(self, edit_text: Callable[[str], str | None], text: str) -> str | None:
        # A headless app (tests) has no terminal to suspend, and Textual refuses to try.
        # An error must not propagate through suspend, which would not restore the terminal.
        with nullcontext() if self.is_headless else self.suspend():
            try:
                return edit_text(text)
            except PapertrackError as error:
                failure = error
        raise failure

    def _copy(self, copy_text: Callable[[str], object], text: str) -> None:
        # OSC 52, which also reaches the author's machine over ssh.
        self.copy_to_clipboard(text)
        copy_text(text)

    # Leaving

    def _leave(self) -> None:
        """Quit; unsaved card text goes into the outcome, everything else is stored already."""
        self._read_typed()
        if not self._text_entry.store() and self._session.note_leaving():
            self._show()
            return
        self.store_open_text()
        if self._session.may_leave():
            self._session.bookmark()
            self._has_left = True
            self.exit()
        else:
            self._show()

    def store_open_text(self) -> None:
        """Store the text of an open line or field."""
        self._read_typed()
        self._text_entry.store_open_text()

    async def _terminate(self) -> None:
        await self._process_all_pending()
        self.store_open_text()
        self._session.bookmark()
        self._has_left = True
        self.exit(return_code=Terminated.exit_code)

    async def _process_all_pending(self) -> None:
        """Process all pending events, even while waiting for a step."""
        while self._pending_events:
            await self._process_event(self._pending_events.popleft())

    async def _hang_up(self) -> None:
        """Store everything, then die of SIGHUP: the terminal is gone."""
        await self._process_all_pending()
        self.store_open_text()
        self._session.bookmark()
        for _, text in self.outcome().unsaved:
            self._keep_text(text)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)
