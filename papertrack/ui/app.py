"""The rating screen: one item at a time, one key an act, every act stored before it is shown.

The screen is a single widget that draws a `View`; a line or a field appears while text is typed.
`ReviewSession` decides what a key does to a judgement, and the service behind it stores that.
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
from papertrack.ui.queue.bulk import CardBulk
from papertrack.ui.review.actions import Judging, Links
from papertrack.ui.review.card import draw
from papertrack.ui.review.input import Keyboard, Texts, Typing, complete, field_rows
from papertrack.ui.review.keys import USUAL, KeyTable
from papertrack.ui.review.session import ReviewSession
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.events import Click, MouseDown, MouseScrollDown, MouseScrollUp
    from textual.geometry import Offset
    from textual.timer import Timer

    from papertrack.commands.review import ReviewService
    from papertrack.ui.queue.screen import Listing, Way
    from papertrack.ui.review.view import ReviewOutcome

# Long enough for a second key, short enough not to be waited for.
GRACE_S = 0.8
# Nobody has read a new screen and pressed a key sooner; a key that came so soon was on its way.
UNREAD_S = 0.4


@dataclass(frozen=True, slots=True)
class HostActions:
    """What the rating screen borrows.

    Attributes:
        open_url: Opens an http or https address in the author's browser.
        edit_text: Opens the author's editor on a text; returns the new text, None if unchanged.
            The terminal is free while it runs.
        copy_text: Puts a text on the clipboard of this machine, if it has one.
        keep_text: Keeps a text that could not be stored, where the author can find it.
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
        mouse: Hear the mouse; the terminal's own selecting then needs Shift.
        minutes: After so many minutes the session pauses with a summary; None for never.
        grace_s: How long a rated card waits for its half before it goes, in seconds.
        unread_s: How long a key is still meant for the card when the pause has come, in seconds.
    """

    ascii_only: bool = False
    keys: KeyTable = USUAL
    mouse: bool = False
    minutes: float | None = None
    grace_s: float = GRACE_S
    unread_s: float = UNREAD_S


@dataclass(frozen=True, slots=True)
class Controllers:
    """Who does what for one session.

    Attributes:
        session: Where the author is.
        judging: Judges the card.
        texts: Takes text for the card.
        links: Opens and copies what it is about.
        bulk: Asks about many items.
    """

    session: ReviewSession
    judging: Judging
    texts: Texts
    links: Links
    bulk: CardBulk


def bindings(
    controllers: Controllers,
    *,
    scroll: Callable[[int], None],
    show_list: Callable[[], None],
    leave: Callable[[], None],
) -> Mapping[str, Callable[[], None]]:
    """Bind every act but the values, which need their digit.

    Args:
        controllers: Who does what.
        scroll: Scrolls the text by pages.
        show_list: Shows the whole queue.
        leave: Ends the session.
    """
    session, judging, texts, outside = (
        controllers.session,
        controllers.judging,
        controllers.texts,
        controllers.links,
    )
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


# Ways out that every program has, whatever is being asked or typed.
_QUITS = frozenset({"ctrl+c", "ctrl+q"})
# What leaves a line or a field; every other key is for the text.
_LEAVES = {
    Mode.LINE: frozenset({"enter", "escape", "tab"}),
    Mode.NOTES: frozenset({"escape", "tab", "shift+tab"}),
}
_WHEEL_LINES = 3
_SOON_S = 0.01  # Textual's timers cannot wait for nothing


def run_review(service: ReviewService, host: HostActions, options: ReviewOptions) -> ReviewOutcome:
    """Show the rating screen until the author leaves it.

    Args:
        service: The program behind the screen.
        host: What it borrows from the author's terminal.
        options: How it behaves.

    Returns:
        What was judged, where the author stopped, and card text that could not be stored.

    Raises:
        PapertrackError: The screen broke down; every acknowledged act is stored.
        Terminated: Another process asked us to stop; what stood in an open field is stored.
    """
    app = ReviewApp(service, host, options)
    try:
        app.run(mouse=options.mouse)
    finally:
        app.put_down()
    if app.return_code == Terminated.exit_code:
        raise Terminated
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
    TextArea { dock: bottom; border: none; padding: 0 1; }
    """

    def __init__(self, service: ReviewService, host: HostActions, options: ReviewOptions) -> None:
        # The terminal's own colours: no theme of ours can be read on every background.
        super().__init__(driver_class=Keyboard, ansi_color=True)
        self.animation_level = "none"
        self._session = ReviewSession(
            service, keys=options.keys, ascii_only=options.ascii_only, minutes=options.minutes
        )
        self._texts = Texts(self._session, edit_text=partial(self._edit_outside, host.edit_text))
        self._typing = Typing(self)
        self._keep_text = host.keep_text
        self._grace_s = options.grace_s
        self._grace: Timer | None = None
        self._unread_s = options.unread_s
        self._reading: Timer | None = None
        self._page = 1
        self._pressed_at: Offset | None = None
        self._came: deque[Event] = deque()
        self._waits = 0
        self._has_left = False
        self._pause_is_unread = False
        self._shows_soon = False
        self._is_pause_asked = False
        outside = Links(
            self._session, open_url=host.open_url, copy_text=partial(self._copy, host.copy_text)
        )
        self._controllers = Controllers(
            self._session, Judging(self._session), self._texts, outside, CardBulk(self._session)
        )
        self._listing: Listing | None = None
        self._acts = bindings(
            self._controllers,
            scroll=lambda pages: self._scroll(pages * self._page),
            show_list=self._show_list,
            leave=self._leave,
        )
        self._keys_of = self._table_of_modes()

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing that came waits for something else to be done."""
        return not (self._came or self._waits)

    def outcome(self) -> ReviewOutcome:
        """Sum the session up, so far."""
        return self._session.outcome()

    def compose(self) -> ComposeResult:
        """Make the one widget."""
        yield Static(id="card", markup=False)

    def on_mount(self) -> None:
        """Draw the first card; listen for the end of the terminal and of the time."""
        self._show()
        with suppress(ValueError, RuntimeError, NotImplementedError):  # not the main thread
            loop = asyncio.get_running_loop()
            # Behind what was typed before them.
            loop.add_signal_handler(signal.SIGHUP, self.call_later, self._hang_up)
            loop.add_signal_handler(signal.SIGTERM, self.call_later, self._terminate)
        if self._session.limit_minutes is not None:
            left_s = 60 * (self._session.limit_minutes - self._session.service.minutes())
            self.set_timer(max(_SOON_S, left_s), self._show)

    def on_resize(self) -> None:
        """Draw for the new size, which Textual knows once it has handled the event itself."""
        self.call_next(self._show)

    # Keys and mouse

    async def on_event(self, event: Event) -> None:
        """Take what the author does in the order in which it came, each when the last is done.

        Textual hands characters to the queue of the field, does Ctrl-C and Tab before they are
        read there, and moves the cursor after they were: in a burst the text would be lost.
        """
        if isinstance(event, Key | Paste | MouseEvent) and not event.is_forwarded:
            self._came.append(event)
            await self._take_what_came()
        else:
            await super().on_event(event)

    async def _take_what_came(self) -> None:
        while self._came and not self._waits:
            await self._take(self._came.popleft())

    async def _take(self, event: Event) -> None:
        if self._has_left:
            return
        if isinstance(event, Key):
            self.app_focus = True  # some terminals say only that they lost it
            printed = event.character if event.is_printable and event.character else event.key
            await self._press("space" if printed == " " else printed)
        elif isinstance(event, Paste):
            self._paste(event.text)
        else:
            await super().on_event(event)
            self._wait_for(self._typing.when_done, self.query_one("#card").call_later)

    def _wait_for(self, *steps: Callable[[Callable[[], object]], object]) -> None:
        """Take nothing more until steps are done, one after the other, and what they sent is here.

        Args:
            steps: Each calls what it is given when it is done.
        """
        self._waits += 1
        then: Callable[[], object] = partial(self.call_later, self._stop_waiting)
        for step in (self.screen.call_later, *reversed(steps)):
            then = partial(step, then)
        then()

    async def _stop_waiting(self) -> None:
        self._waits -= 1
        await self._take_what_came()
        self._ask_for_pause()

    async def _press(self, key: str) -> None:
        """Do what a key means, in this mode."""
        mode = self._session.mode
        if key in _QUITS:
            self._leave()
        elif key not in _LEAVES.get(mode, {key}):
            await self._typing.press(key)  # which shows it, too
            return
        elif mode is Mode.LIST and self._listing is not None and self._listing.types(key):
            self._listing.press(key)
            self._show_soon()
            return
        else:
            self._session.attempt(partial(self._keys_of[mode], key))
        self._show()

    def _table_of_modes(self) -> Mapping[Mode, Callable[[str], None]]:
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
        """Go on or quit; a key that was pressed before the pause could be read is for the card."""
        if self._pause_is_unread:
            self._session.mode = Mode.CARD
            self._press_on_card(key)
            return
        self._session.end_pause()
        if self._session.keys.acts.get(key) == "leave":
            self._leave()

    def _press_on_card(self, key: str) -> None:
        act = self._session.keys.acts.get(key)
        if act != "leave":
            self._session.stay()
        if act is None:
            # What follows may be meant for it: "/" and words are no acts on this card.
            if len(key) == 1 and not self._session.moves_on:
                shows = self._session.keys.first("help")
                self._session.say(f"{key} does nothing on a card; {shows} shows every key")
            return
        if self._session.settle(act):
            return
        if act == "value":
            self._controllers.judging.rate(int(key))
        else:
            self._acts[act]()

    def _leave_line(self, key: str) -> None:
        self._read_typed()
        if key == "escape":
            self._texts.cancel()
        elif key == "enter":
            self._texts.finish()
        else:
            self._complete()

    def _leave_field(self, key: str) -> None:
        self._read_typed()
        if key == "escape":
            self._texts.cancel()
        else:
            self._texts.walk(-1 if key == "shift+tab" else 1)

    # The list

    def _show_list(self) -> None:
        if self._listing is None:
            session = self._session
            # Imported when first needed: the first screen does without it.
            from papertrack.ui.queue.screen import Listing  # noqa: PLC0415

            self._listing = Listing(
                session.service, session.keys, session, ascii_only=session.ascii_only
            )
        self._listing.open(self._session.item_id)
        self._session.mode = Mode.LIST

    def _press_in_list(self, key: str) -> None:
        if self._listing is not None:
            if self._shows_soon:  # how far a page goes depends on what is shown
                self._show()
            self._leave_list(self._listing.press(key), self._listing.chosen)

    def _leave_list(self, way: Way, chosen: int | None) -> None:
        from papertrack.ui.queue.screen import Way  # noqa: PLC0415  # as above

        session = self._session
        if way is Way.STAY:
            return
        session.mode = Mode.CARD
        if way is Way.LEAVE:
            self._leave()
        else:
            queue = session.service.queue
            session.go(queue.index(chosen) if chosen in queue else session.position)

    def _complete(self) -> None:
        prompt = self._session.prompt
        if prompt is not None and prompt.field == "tags":
            line, choices = complete(self._typing.text, prompt.words)
            self._typing.set(line)
            self._texts.typed = line
            self._session.hints = choices

    def on_mouse_down(self, event: MouseDown) -> None:
        """Remember where a click, or a selection, begins."""
        self._pressed_at = event.screen_offset

    async def on_click(self, event: Click) -> None:
        """Press the keys of the hint or the area that was clicked on; dragging presses none."""
        if event.screen_offset != self._pressed_at:
            return
        keys = event.style.meta.get("press", ())
        if not keys and self._session.mode is Mode.LIST and self._listing is not None:
            way = self._listing.click(event.screen_y, twice=event.chain > 1)
            self._leave_list(way, self._listing.chosen)
            self._show()
            return
        for key in keys:
            await self._press(key)

    def _paste(self, text: str) -> None:
        """Take pasted text where one types; elsewhere it would be keys that nobody pressed."""
        if self._typing.is_open:
            self._typing.paste(text)
        elif self._session.mode is Mode.LIST and self._listing is not None:
            self._listing.paste(text)
            self._show()

    def on_text_selected(self) -> None:
        """Copy what was selected with the mouse, as the terminal itself would let one do."""
        if text := self.screen.get_selected_text():
            self.copy_to_clipboard(text)

    def on_mouse_scroll_down(self, _: MouseScrollDown) -> None:
        """Scroll the text on."""
        self._scroll_and_show(_WHEEL_LINES)

    def on_mouse_scroll_up(self, _: MouseScrollUp) -> None:
        """Scroll the text back."""
        self._scroll_and_show(-_WHEEL_LINES)

    # Showing

    def _show_soon(self) -> None:
        """Show behind all that has come by now, once for all of it."""
        if not self._shows_soon:
            self._shows_soon = True
            self.call_later(self._show_late)

    def _show_late(self) -> None:
        self._shows_soon = False
        self._show()

    def _show(self) -> None:
        width, height = self.size
        session = self._session
        self._ask_for_pause()
        if self._typing.show(session.mode, session.prompt, height):
            self._wait_for(self._typing.when_there)
        if session.mode is Mode.LIST and self._listing is not None:
            self.query_one("#card", Static).update(self._listing.draw(width, height))
            return
        # A line covers the last row, which stays empty meanwhile; a field covers more.
        rows = height - field_rows(height) if session.mode is Mode.NOTES else height
        frame = draw(session.view(), width, max(1, rows))
        session.offset, self._page = frame.offset, frame.page
        self.query_one("#card", Static).update(frame.text)
        self._wait()

    def _wait(self) -> None:
        """Let a rated card go in a moment, counted from the last key."""
        if self._grace is not None:
            self._grace.stop()
            self._grace = None
        if self._session.moves_on and self._session.mode is Mode.CARD:
            self._grace = self.set_timer(self._grace_s, self._go_on)

    def _go_on(self) -> None:
        # Behind the keys that came in time; each begins the moment anew.
        self.call_later(self._go_on_at_rest, self._grace)

    def _go_on_at_rest(self, grace: Timer | None) -> None:
        if not self.is_at_rest:
            self._wait()
        elif grace is self._grace and self._session.moves_on:
            self._session.move_on()
            self._show()

    def _ask_for_pause(self) -> None:
        """Pause, when the time is over, behind all that was typed by now."""
        if self._session.is_time_over and not self._is_pause_asked:
            self._is_pause_asked = True
            self.call_later(self._pause)

    def _pause(self) -> None:
        self._is_pause_asked = False
        # What waits still asks again when it is done.
        if self._session.is_time_over and self.is_at_rest:
            self._session.pause()
            self._pause_is_unread = self._unread_s > 0
            if self._reading is not None:
                self._reading.stop()
            self._reading = self.set_timer(max(_SOON_S, self._unread_s), self._read_pause)
            self._show()

    def _read_pause(self) -> None:
        self._pause_is_unread = False

    def _scroll(self, lines: int) -> None:
        self._session.offset += lines

    def _scroll_and_show(self, lines: int) -> None:
        if self._session.mode is Mode.LIST and self._listing is not None:
            self._listing.wheel(lines)
            self._show()
        elif self._session.mode in {Mode.CARD, Mode.HELP}:
            self._session.settle("page_down")
            self._scroll(lines)
            self._show()

    def _read_help(self, key: str) -> None:
        act = self._session.keys.acts.get(key, "")
        lines = {"page_down": self._page, "page_up": -self._page, "next": 1, "previous": -1}
        if act in lines:
            self._scroll(lines[act])
        else:
            self._session.mode = Mode.CARD
            self._session.offset = 0

    # Texts

    def _read_typed(self) -> None:
        if self._session.prompt is not None and self._typing.is_open:
            self._texts.typed = self._typing.text

    def _edit_outside(self, edit_text: Callable[[str], str | None], text: str) -> str | None:
        # A headless app (tests) has no terminal to give away, and Textual refuses to try.
        # An error must not pass through suspend, which would not take the terminal back.
        with nullcontext() if self.is_headless else self.suspend():
            try:
                return edit_text(text)
            except PapertrackError as error:
                failure = error
        raise failure

    def _copy(self, copy_text: Callable[[str], object], text: str) -> None:
        # The terminal's own way (OSC 52) reaches the author's machine over ssh, too.
        self.copy_to_clipboard(text)
        copy_text(text)

    # Leaving

    def _leave(self) -> None:
        """Quit; every judgement is stored, and unsaved card text goes into the outcome."""
        self._read_typed()
        if not self._texts.store() and self._session.warn():
            self._show()
            return
        self.put_down()
        if self._session.leave():
            self._session.bookmark()
            self._has_left = True
            self.exit()
        else:
            self._show()

    def put_down(self) -> None:
        """Store what stands in an open line or field."""
        self._read_typed()
        self._texts.put_down()

    async def _terminate(self) -> None:
        await self._finish_what_came()
        self.put_down()
        self._session.bookmark()
        self._has_left = True
        self.exit(return_code=Terminated.exit_code)

    async def _finish_what_came(self) -> None:
        """Do what was typed already, also where something else was waited for."""
        while self._came:
            await self._take(self._came.popleft())

    async def _hang_up(self) -> None:
        """Store all there is, then end as the terminal did: nothing can be shown any more."""
        await self._finish_what_came()
        self.put_down()
        self._session.bookmark()
        for _, text in self.outcome().unsaved:
            self._keep_text(text)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)
