"""The rating screen under Textual's Pilot, with an editor and a browser that only take notes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.pilot import Pilot
from textual.widgets import Static

from papertrack.ui.app import HostActions, ReviewApp, ReviewOptions
from papertrack.ui.review.input import KeyParser
from tests.ui.service import FakeService, service_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


# A rated card that waits longer than any test, so that tests decide when it goes.
PATIENT = ReviewOptions(grace_s=600.0, unread_s=0.0)


def send_at_once(app: ReviewApp, sent: str) -> None:
    """Send what a terminal would, in one piece."""
    parser = KeyParser()
    # What ends in Escape is followed by nothing.
    for event in (*parser.feed(sent), *parser.feed("")):
        app.post_message(event)


async def rest(app: ReviewApp, pilot: Pilot[None]) -> None:
    """Wait until all that was sent is done."""
    await pilot.pause()
    while app.is_running and (app.message_queue_size or not app.is_idle):
        await pilot.pause()


@dataclass
class Screen:
    """The running screen, and what it asked of the world outside."""

    service: FakeService
    app: ReviewApp
    pilot: Pilot[None]
    opened: list[str]
    edited: list[str]
    copied: list[str]
    kept: list[str]

    async def press(self, *keys: str) -> str:
        """Press keys, wait for the screen, read it."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return self.text

    async def types_at_once(self, sent: str) -> str:
        """Send keys as a terminal does, in one piece, wait until all are done, read the screen."""
        send_at_once(self.app, sent)
        await rest(self.app, self.pilot)
        return self.text

    async def wait_for(self, text: str) -> None:
        """Wait until the screen shows a text, as long as a person would."""
        for _ in range(1000):
            if text in self.text:
                return
            await self.pilot.pause(0.01)
        message = f"the screen never showed {text!r}; it shows:\n{self.text}"
        raise AssertionError(message)

    @property
    def text(self) -> str:
        """What stands on the screen now."""
        card = self.app.query_one("#card", Static)
        return "\n".join(card.render_line(row).text for row in range(card.size.height))

    def is_open(self) -> bool:
        """Tell whether the author is still in."""
        return self.app.is_running

    @property
    def message(self) -> str:
        """The last line."""
        return self.text.splitlines()[-1].strip()


@dataclass
class Editor:
    """Stands for the author's editor: returns what was prepared, remembers what it was shown."""

    answers: list[str | None] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def __call__(self, text: str) -> str | None:
        self.shown.append(text)
        return self.answers.pop(0)


@asynccontextmanager
async def screen(
    service: FakeService | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    editor: Editor | None = None,
    options: ReviewOptions = PATIENT,
) -> AsyncIterator[Screen]:
    service = service or service_of()
    opened: list[str] = []
    editor = editor or Editor()
    copied: list[str] = []
    kept: list[str] = []
    host = HostActions(opened.append, editor, copied.append, kept.append)
    app = ReviewApp(service, host, options)  # type: ignore[arg-type] # a service in memory
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Screen(service, app, pilot, opened, editor.shown, copied, kept)
