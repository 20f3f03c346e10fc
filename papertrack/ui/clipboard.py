"""Put a text on this machine's clipboard, plain or formatted, where it has one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress

_PATIENCE_S = 2.0
_PATIENCE_WITH_PAGES_S = 5.0


def copy_text(text: str) -> bool:
    """Put a text on the clipboard with the system's own program; tells whether there was one.

    Over ssh there is none, and the terminal has to do it (OSC 52).
    """
    for command in _text_commands():
        if shutil.which(command[0]) is not None:
            return _hand_over(command, text, patience_s=_PATIENCE_S)
    return False


def copy_html(html: str) -> bool:
    """Put HTML on the clipboard as formatted text, for editors that take no Markdown.

    Tells whether the system could do it.
    """
    return any(
        _hand_over(command, text, patience_s=_PATIENCE_WITH_PAGES_S)
        for command, text in _html_ways(html)
    )


def _text_commands() -> list[list[str]]:
    wishes = [["pbcopy"]] if sys.platform == "darwin" else []
    if os.environ.get("WAYLAND_DISPLAY"):
        wishes.append(["wl-copy"])
    if os.environ.get("DISPLAY"):
        wishes += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return wishes


def _html_ways(html: str) -> list[tuple[list[str], str]]:
    """List the programs that may do it here, and what each wants to read."""
    if sys.platform == "darwin":
        # pbcopy knows plain text alone; AppleScript takes HTML as hexadecimal data.
        data = (
            f"\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}data HTML{html.encode().hex().upper()}"
        )
        closing = "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
        return [(["osascript", "-"], f"set the clipboard to {data}{closing}")]
    ways: list[tuple[list[str], str]] = []
    if os.environ.get("WAYLAND_DISPLAY"):
        ways.append((["wl-copy", "--type", "text/html"], html))
    if os.environ.get("DISPLAY"):
        ways.append((["xclip", "-selection", "clipboard", "-t", "text/html"], html))
    return ways


def _hand_over(command: list[str], text: str, *, patience_s: float) -> bool:
    """Give a text to a program; tells whether it is there and took it."""
    program = shutil.which(command[0])
    if program is None:
        return False
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603  # one of the programs above
            [program, *command[1:]],
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=patience_s,
        )
        return done.returncode == 0
    return False
