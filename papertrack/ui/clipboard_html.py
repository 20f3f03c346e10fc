"""Put rich text on this machine's clipboard, for editors that take no Markdown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress

_PATIENCE_S = 5.0


def copy_html(html: str) -> bool:
    """Put HTML on the clipboard as formatted text; tells whether the system can do it."""
    for command, text in _ways(html):
        program = shutil.which(command[0])
        if program is None:
            continue
        with suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(  # noqa: S603  # one of the programs below
                [program, *command[1:]],
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=_PATIENCE_S,
            )
            if done.returncode == 0:
                return True
    return False


def _ways(html: str) -> list[tuple[list[str], str]]:
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
