"""Put a text on this machine's clipboard, where it has one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress

_PATIENCE_S = 2.0


def copy_text(text: str) -> bool:
    """Put a text on the clipboard with the system's own program; tells whether there was one.

    Over ssh there is none, and the terminal has to do it (OSC 52).
    """
    command = _command()
    if command is None:
        return False
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603  # one of the programs below
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_PATIENCE_S,
        )
        return done.returncode == 0
    return False


def _command() -> list[str] | None:
    wishes = [["pbcopy"]] if sys.platform == "darwin" else []
    if os.environ.get("WAYLAND_DISPLAY"):
        wishes.append(["wl-copy"])
    if os.environ.get("DISPLAY"):
        wishes += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return next(([path, *rest] for name, *rest in wishes if (path := shutil.which(name))), None)
