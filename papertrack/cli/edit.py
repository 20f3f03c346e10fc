"""``papertrack edit``: an item's title, ratings and notes as a card in the author's editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.session import Session, session_of
from papertrack.commands import references
from papertrack.commands.edit import store_card
from papertrack.core.judging.card import write_card
from papertrack.errors import PapertrackError, UsageError
from papertrack.storage.items import read_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.core.records import Item

_STDIN = "-"


def read_card_file(file: str, *, writer: str) -> str:
    """Read a card.

    Args:
        file: Its path; ``-`` for standard input.
        writer: The command that writes such cards, for messages.

    Raises:
        UsageError: It cannot be read, or is not text.
    """
    try:
        body = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text"
        raise UsageError(message, hint="save it as UTF-8") from error
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise UsageError(message, hint=f"name a card that {writer} wrote") from error


def edit_card(
    session: Session,
    card: str,
    store_card: Callable[[str], None],
    *,
    without_terminal: str,
    hint_for: Callable[[str | None, Path], str],
) -> None:
    """Open the author's editor on a card, and keep the file until the text is stored.

    Args:
        session: Prints where the card is kept if the call is interrupted.
        card: The current card.
        store_card: Stores the edited card.
        without_terminal: The hint to show if there is no terminal for an editor.
        hint_for: Writes the hint for a card that could not be stored, from the hint of the error
            (None without one) and the path of the file.

    Raises:
        UsageError: There is no terminal.
        PapertrackError: The card could not be stored; the message names its file.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the editor needs a terminal"
        raise UsageError(message, hint=without_terminal)
    from papertrack.ui.terminal import edit_in_file  # noqa: PLC0415  # on use

    path, edited = edit_in_file(card)
    try:
        store_card(edited)
    except PapertrackError as error:
        error.hint = hint_for(error.hint, path)
        raise
    except BaseException:
        session.warn(f"papertrack: the card is kept in {path}")
        raise
    path.unlink(missing_ok=True)


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def edit(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    file: Annotated[
        str | None,
        typer.Option("--file", help="Read the card from a file, or - from standard input."),
    ] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the card and exit.")] = False,
) -> None:
    """Edit an item's title, ratings and notes in your editor.

    The editor is $VISUAL or $EDITOR. It opens one Markdown card, which also holds tags and print
    settings. If the card cannot be read, it is kept in a file and nothing changes.

    \b
    Examples:
      papertrack edit 12
      papertrack edit 12 --print > card.md
      papertrack edit 12 --file card.md
    """
    session = session_of(context)
    opened = _read(session, item)
    card = write_card(opened)
    if only_print:
        sys.stdout.write(card)
    elif file is not None:
        _write_down(session, opened, card, read_card_file(file, writer="papertrack edit --print"))
    else:
        _edit(session, opened, card)


def _edit(session: Session, opened: Item, card: str) -> None:
    again = f"papertrack edit {opened.id} --file"

    def hint_for(hint: str | None, path: Path) -> str:
        kept = f"the card is kept; correct it and run {again} {path}"
        return "; ".join(filter(None, (hint, kept)))

    edit_card(
        session,
        card,
        lambda edited: _write_down(session, opened, card, edited),
        without_terminal=f"use {again} CARD, or papertrack rate {opened.id} --help",
        hint_for=hint_for,
    )


def _write_down(session: Session, opened: Item, card: str, edited: str) -> None:
    if edited == card:
        session.say("card unchanged")
        return
    with session.database() as db:
        result = store_card(db, opened.id, opened=card, edited=edited, now=session.clock())
    if not result.changed:
        session.say("nothing changed")
    for line in result.lines:
        session.say(line)


def _read(session: Session, name: str) -> Item:
    with session.database() as db:
        return read_item(db, references.find(db, name))
