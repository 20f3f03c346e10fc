"""How a sitting behaves, and what it borrows from the author's desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from papertrack.ui.review.keys import USUAL, KeyTable

# Long enough for a second key, short enough not to be waited for.
GRACE_S = 0.8
# Nobody has read a new screen and pressed a key sooner; a key that came so soon was on its way.
UNREAD_S = 0.4


@dataclass(frozen=True, slots=True)
class Tools:
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
class Manner:
    """How the rating screen behaves.

    Attributes:
        ascii_only: Draw ratings and lines in ASCII, for terminals without emoji.
        keys: The author's keys.
        mouse: Hear the mouse; the terminal's own selecting then needs Shift.
        minutes: After so many minutes the sitting pauses with a summary; None for never.
        grace_s: How long a rated card waits for its half before it goes, in seconds.
        unread_s: How long a key is still meant for the card when the pause has come, in seconds.
    """

    ascii_only: bool = False
    keys: KeyTable = USUAL
    mouse: bool = False
    minutes: float | None = None
    grace_s: float = GRACE_S
    unread_s: float = UNREAD_S
