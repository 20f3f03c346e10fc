"""A card of Markdown on its way to the author's editor and back, or out of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.errors import PapertrackError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.cli.session import Session

_STDIN = "-"


def read_card_file(file: str, *, writer: str) -> str:
    """Read a card.

    Args:
        file: Its path; ``-`` for standard input.
        writer: The command that writes such cards, for messages.

    Raises:
        UsageError: It cannot be read, or is no text.
    """
    try:
        body = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{file} is no text in UTF-8"
        raise UsageError(message, hint="save it as UTF-8") from error
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise UsageError(message, hint=f"name a card that {writer} wrote") from error


def edit_card(
    session: Session,
    card: str,
    write_down: Callable[[str], None],
    *,
    without_terminal: str,
    hint_for: Callable[[str | None, Path], str],
) -> None:
    """Open the author's editor on a card, and keep what was typed until it is written down.

    Args:
        session: The call, for what is said when it is cut off.
        card: The card as it is now.
        write_down: Takes the card as edited.
        without_terminal: What to do where there is no terminal for an editor.
        hint_for: Says what to do when the card cannot be written down, from the hint that the
            failure has (None without one) and from where the card is kept.

    Raises:
        UsageError: There is no terminal.
        PapertrackError: The card could not be written down; its file is named.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the editor needs a terminal"
        raise UsageError(message, hint=without_terminal)
    from papertrack.ui.terminal import edit_in_file  # noqa: PLC0415  # on use

    path, edited = edit_in_file(card)
    try:
        write_down(edited)
    except PapertrackError as error:
        error.hint = hint_for(error.hint, path)
        raise
    except BaseException:
        session.warn(f"papertrack: the card is kept in {path}")
        raise
    path.unlink(missing_ok=True)
