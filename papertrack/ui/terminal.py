"""What the rating screen borrows from the author's desk: an editor and a browser."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import webbrowser
from pathlib import Path

from papertrack.errors import PapertrackError

_WEB = ("http://", "https://")


def open_url(url: str) -> None:
    """Open an address in the browser; anything but http(s) is left alone."""
    if url.lower().startswith(_WEB):
        webbrowser.open(url)


def edit_text(text: str) -> str | None:
    """Let the author edit a text in ``$VISUAL`` or ``$EDITOR``, else ``vi``.

    Returns:
        The new text, or None when it was left as it was.

    Raises:
        PapertrackError: The editor cannot be started, failed, or left no readable text; what it
            left is kept in the file that the message names.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    path = keep_text(text)
    try:
        code = subprocess.run([*shlex.split(command), str(path)], check=False).returncode  # noqa: S603  # the author's own editor
        edited = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        message = f"the editor {command} did not work; the card is kept in {path}"
        raise PapertrackError(message, hint="set EDITOR to one that does") from error
    if code != 0:
        message = f"the editor {command} ended with {code}; the card is kept in {path}"
        raise PapertrackError(message, hint="nothing was changed")
    if edited == text:
        path.unlink()
        return None
    return edited  # its file stays: should the card be lost before it is stored, it is there


def keep_text(text: str) -> Path:
    """Put a text into a file of its own and return its path."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="papertrack-", suffix=".md", delete=False
    ) as file:
        file.write(text)
    return Path(file.name)


def can_draw_emoji(encoding: str | None) -> bool:
    """Tell whether a terminal's encoding has the characters of the screen."""
    try:
        "💡·─".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
