"""``papertrack edit``: all that was said of an item, in the author's editor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.card_file import edit_card, read_card_file
from papertrack.cli.session import Session, session_of
from papertrack.commands import references
from papertrack.commands.edit import write_down
from papertrack.core.judging.card import write_card
from papertrack.storage.items import read_item

if TYPE_CHECKING:
    from pathlib import Path

    from papertrack.core.records import Item

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def edit(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    file: Annotated[
        str | None,
        typer.Option("--file", help="Read the card from a file, or - from standard input."),
    ] = None,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the card, and change nothing.")
    ] = False,
) -> None:
    """Edit all that you said of an item as one card of Markdown, in $VISUAL or $EDITOR.

    It holds the title, tags, ratings, notes, and what steers how the item is printed. What cannot
    be read is kept in a file, and nothing is changed.

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
        kept = f"the card is kept: mend it if need be, and run {again} {path}"
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
        result = write_down(db, opened.id, opened=card, edited=edited, now=session.clock())
    if not result.changed:
        session.say("nothing changed")
    for line in result.lines:
        session.say(line)


def _read(session: Session, name: str) -> Item:
    with session.database() as db:
        return read_item(db, references.find(db, name))
