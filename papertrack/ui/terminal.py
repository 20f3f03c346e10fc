"""What the rating screen borrows from the author's desk: an editor and a browser."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.errors import PapertrackError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WEB = ("http://", "https://")


def open_url(url: str) -> None:
    """Open an address in the browser; anything but http(s) is left alone."""
    opens_in_browser(url)


def opens_in_browser(url: str) -> bool:
    """Open an address in the browser; False when there is none, or it is not http(s)."""
    return url.lower().startswith(_WEB) and webbrowser.open(url)


def edit_text(text: str) -> str | None:
    """Let the author edit a text in ``$VISUAL`` or ``$EDITOR``, else ``vi``.

    Returns:
        The new text, or None when it was left as it was.

    Raises:
        PapertrackError: As `edit_in_file` does.
    """
    path, edited = edit_in_file(text)
    path.unlink(missing_ok=True)
    return None if edited == text else edited


def edit_in_file(text: str) -> tuple[Path, str]:
    """Let the author edit a text, and leave the file until it is safe elsewhere.

    Returns:
        The file, and the text in it.

    Raises:
        PapertrackError: The editor cannot be started, failed, or left no readable text; what it
            left is kept in the file that the message names.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    path = keep_text(text)
    try:
        with _deaf_to_ctrl_c():
            code = subprocess.run(  # noqa: S603  # one thread; the author's own editor
                [*shlex.split(command), str(path)],
                check=False,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            ).returncode
        edited = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        message = f"the editor {command} did not work; the card is kept in {path}"
        raise PapertrackError(message, hint="set EDITOR to one that does") from error
    if code != 0:
        message = f"the editor {command} ended with {code}; the card is kept in {path}"
        raise PapertrackError(message, hint="nothing was changed")
    return path, edited


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Leave Ctrl-C to the editor: a terminal sends it to everybody in the foreground."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
