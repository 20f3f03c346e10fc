"""``papertrack redo``: bring back what was undone."""

from __future__ import annotations

import typer

from papertrack.cli.session import session_of
from papertrack.cli.undo import Acts, Last, print_undone, refuse_both
from papertrack.commands.redo import redo_acts, redo_last

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def redo(context: typer.Context, acts: Acts = None, last: Last = None) -> None:
    """Bring back what was undone last; called again, what was undone before that.

    As in an editor, whatever you say new ends this: what was undone before it stays undone,
    unless you bring it back by its number.

    \b
    Examples:
      papertrack redo               what was undone last
      papertrack redo --last 3      the last three
      papertrack redo 41            act 41, whatever was said since
    """
    session = session_of(context)
    refuse_both(acts, last)
    with session.database() as db:
        redone = (
            redo_acts(db, acts, session.clock())
            if acts
            else redo_last(db, last or 1, session.clock())
        )
    print_undone(session, redone, "redone", "there is nothing to redo")
