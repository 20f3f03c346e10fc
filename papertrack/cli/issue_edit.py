"""``papertrack issue edit``: all texts of an issue, in the author's editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli.issue import name_of
from papertrack.cli.session import Session, session_of
from papertrack.commands.issue_text import write_card_down
from papertrack.core.digest.issue_texts import write_issue_card
from papertrack.errors import PapertrackError, UsageError
from papertrack.storage.issues import read_texts

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_STDIN = "-"


@app.command()
def edit(
    context: typer.Context,
    issue: Annotated[
        str | None, typer.Argument(help="Its week, 2026-W47; else the present.", metavar="ISSUE")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", help="Read the card from a file, or - from standard input."),
    ] = None,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the card, and change nothing.")
    ] = False,
) -> None:
    """Edit all texts of an issue as one card of Markdown, in $VISUAL or $EDITOR.

    What cannot be read is kept in a file, and nothing is changed.

    \b
    Examples:
      papertrack issue edit
      papertrack issue edit 2026-W47 --print > issue.md
      papertrack issue edit 2026-W47 --file issue.md
    """
    session = session_of(context)
    with session.database() as db:
        name = name_of(session, db, issue)
        card = write_issue_card(name, read_texts(db, name))
    if only_print:
        sys.stdout.write(card)
    elif file is not None:
        _write_down(session, name, card, _read_file(file))
    else:
        _edit(session, name, card)


def _edit(session: Session, name: str, card: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the editor needs a terminal"
        raise UsageError(message, hint=f"use papertrack issue set {name} FIELD TEXT, or --file")
    from papertrack.ui.terminal import edit_in_file  # noqa: PLC0415  # on use

    path, edited = edit_in_file(card)
    try:
        _write_down(session, name, card, edited)
    except PapertrackError as error:
        again = f"papertrack issue edit {name} --file {path}"
        error.hint = f"the card is kept in {path}: mend it there, then run {again}"
        raise
    except BaseException:
        session.warn(f"papertrack: the card is kept in {path}")
        raise
    path.unlink(missing_ok=True)


def _write_down(session: Session, name: str, card: str, edited: str) -> None:
    with session.database() as db:
        changed = write_card_down(db, name, opened=card, edited=edited, now=session.clock())
    session.say(f"wrote {', '.join(changed)} of {name}" if changed else "nothing changed")


def _read_file(file: str) -> str:
    try:
        body = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{file} is no text in UTF-8"
        raise UsageError(message, hint="save it as UTF-8") from error
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise UsageError(message, hint="name a card that issue edit --print wrote") from error
