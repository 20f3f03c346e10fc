"""The keyboard of a terminal: Escape stays a key of its own, however soon the next one came."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

_ESCAPE = "\x1b"
# What may follow Escape in one key: sequences, Shift-Tab of the Linux console, Alt-B, Alt-F and
# Alt-Backspace. Every terminal sends Alt and another character as it sends Escape and then that
# character, and at this screen the latter means something.
_IN_ONE_KEY = frozenset("[O\x1b\tbf\x7f")
_READ_BYTES = 4096
_TICK_S = 0.1


class KeyParser(XTermParser):
    """Textual's parser, except that Escape with a character behind it makes two keys.

    Textual waits for more of a sequence: Alt-X after 0.1 s, a `^` as soon as 32 characters or
    another Escape came.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:  # noqa: FBT001, FBT002  # as in the base class
        if len(sequence) == len(_ESCAPE) + 1 and sequence[-1] not in _IN_ONE_KEY:
            yield Key("escape", _ESCAPE)
            sequence = sequence[-1]
        yield from super()._sequence_to_key_events(sequence, alt=alt)


class Keyboard(LinuxDriver):
    """Textual's driver of terminals, with this parser."""

    def send_message(self, message: Message) -> None:
        """Hand a key over at once; in a task of its own a signal that came later would overtake."""
        self._loop.call_soon_threadsafe(self._app.post_message, message)

    def run_input_thread(self) -> None:
        """Read the terminal until the screen gives it back, or it is gone."""
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
