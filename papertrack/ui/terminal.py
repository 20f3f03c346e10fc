"""The author's terminal and desktop: progress bar, editor, browser, clipboard."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from papertrack.errors import PapertrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Finished(Protocol):
    """What the progress bar needs to know about a finished source."""

    @property
    def slug(self) -> str:
        """The slug of the source."""

    @property
    def new(self) -> int:
        """How many new items came from it."""


@contextlib.contextmanager
def fetch_progress(total: int, *, shown: bool) -> Iterator[Callable[[Finished], None]]:
    """Show a bar on standard error while sources are fetched; it goes away at the end.

    Args:
        total: How many sources there are.
        shown: Whether to draw at all; False for pipes and quiet calls.
    """
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  # 60 ms that a pipe need not pay
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (
        TextColumn("fetching"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[new]} new  {task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, new=0, last="")
        found = 0

        def advance(source: Finished) -> None:
            nonlocal found
            found += source.new
            progress.update(task, advance=1, new=found, last=source.slug)

        yield advance


_WEB = ("http://", "https://")


def open_url(url: str) -> None:
    """Open an http(s) address in the browser; ignore any other."""
    open_in_browser(url)


def open_in_browser(url: str) -> bool:
    """Open an address in the browser; return False without a browser or if it is not http(s)."""
    return url.lower().startswith(_WEB) and webbrowser.open(url)


def edit_text(text: str) -> str | None:
    """Let the author edit a text in ``$VISUAL`` or ``$EDITOR``, else ``vi``.

    Returns:
        The new text, or None if it is unchanged.

    Raises:
        PapertrackError: As `edit_in_file` does.
    """
    path, edited = edit_in_file(text)
    path.unlink(missing_ok=True)
    return None if edited == text else edited


def edit_in_file(text: str) -> tuple[Path, str]:
    """Let the author edit a text in a file; the caller deletes it once the text is stored.

    Returns:
        The file, and the text in it.

    Raises:
        PapertrackError: The editor cannot be started, failed, or left no readable text; the
            message names the file, which is kept.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    path = keep_text(text)
    try:
        with _leave_ctrl_c_to_editor():
            code = subprocess.run(  # noqa: S603  # one thread; the author's own editor
                [*shlex.split(command), str(path)],
                check=False,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            ).returncode
        edited = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        message = f"cannot edit with {command}; the card is kept in {path}"
        raise PapertrackError(message, hint="set EDITOR to an editor that works") from error
    if code != 0:
        message = f"the editor {command} exited with {code}; the card is kept in {path}"
        raise PapertrackError(message, hint="nothing was changed")
    return path, edited


@contextlib.contextmanager
def _leave_ctrl_c_to_editor() -> Iterator[None]:
    """Ignore Ctrl-C here: the terminal sends it to every foreground process."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def keep_text(text: str) -> Path:
    """Write a text to a new temporary file and return its path."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="papertrack-", suffix=".md", delete=False
    ) as file:
        file.write(text)
    return Path(file.name)


def can_draw_emoji(encoding: str | None) -> bool:
    """Return whether an encoding has the characters of the rating screen."""
    try:
        "💡·─".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_TEXT_TIMEOUT_S = 2.0
_HTML_TIMEOUT_S = 5.0


def copy_text(text: str) -> bool:
    """Copy a text with the system's clipboard program; return whether that worked.

    Over ssh there is none; the terminal has to do it (OSC 52).
    """
    for command in _text_commands():
        if shutil.which(command[0]) is not None:
            return _pipe_to(command, text, timeout_s=_TEXT_TIMEOUT_S)
    return False


def copy_html(html: str) -> bool:
    """Copy HTML as formatted text, for editors that take no Markdown; return whether it worked."""
    return any(
        _pipe_to(command, text, timeout_s=_HTML_TIMEOUT_S) for command, text in _html_commands(html)
    )


def _text_commands() -> list[list[str]]:
    wanted = [["pbcopy"]] if sys.platform == "darwin" else []
    if os.environ.get("WAYLAND_DISPLAY"):
        wanted.append(["wl-copy"])
    if os.environ.get("DISPLAY"):
        wanted += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return wanted


def _html_commands(html: str) -> list[tuple[list[str], str]]:
    """List the programs to try on this system, and the input of each."""
    if sys.platform == "darwin":
        # pbcopy copies only plain text; AppleScript accepts HTML as hexadecimal data.
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


def _pipe_to(command: list[str], text: str, *, timeout_s: float) -> bool:
    """Run a program with a text as input; return whether it exists and succeeded."""
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
            timeout=timeout_s,
        )
        return done.returncode == 0
    return False
