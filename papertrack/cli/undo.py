"""``papertrack undo``: take back the newest act."""

from __future__ import annotations

import typer

from papertrack.cli.session import session_of
from papertrack.commands.undo import undo as take_back

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def undo(context: typer.Context) -> None:
    """Take back the newest act: a rating, a rejection, a note, a tag, a merge, an added item.

    Called again it takes back the one before. Nothing is erased: the journal keeps both.
    """
    session = session_of(context)
    with session.database() as db:
        undone = take_back(db, session.clock())
    if undone is None:
        session.say("there is nothing to undo")
        return
    for line in undone.lines:
        session.say(f"undone: {line}")
