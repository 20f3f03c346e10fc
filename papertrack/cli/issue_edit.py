"""``papertrack issue edit``: all texts of an issue, in the author's editor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.card_file import edit_card, read_card_file
from papertrack.cli.issue import name_of
from papertrack.cli.session import Session, session_of
from papertrack.commands.issue_text import write_card_down
from papertrack.core.digest.issue_texts import write_issue_card
from papertrack.storage.issues import read_texts

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(rich_markup_mode=None, add_completion=False)


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
        _write_down(session, name, card, read_card_file(file, writer="issue edit --print"))
    else:
        _edit(session, name, card)


def _edit(session: Session, name: str, card: str) -> None:
    def hint_for(_: str | None, path: Path) -> str:
        again = f"papertrack issue edit {name} --file {path}"
        return f"the card is kept in {path}: mend it there, then run {again}"

    edit_card(
        session,
        card,
        lambda edited: _write_down(session, name, card, edited),
        without_terminal=f"use papertrack issue set {name} FIELD TEXT, or --file",
        hint_for=hint_for,
    )


def _write_down(session: Session, name: str, card: str, edited: str) -> None:
    with session.database() as db:
        changed = write_card_down(db, name, opened=card, edited=edited, now=session.clock())
    session.say(f"wrote {', '.join(changed)} of {name}" if changed else "nothing changed")
