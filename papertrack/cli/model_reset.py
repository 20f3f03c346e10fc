"""``papertrack model reset``: throw away what was learned and learn it anew."""

from __future__ import annotations

import typer

from papertrack.cli.session import session_of
from papertrack.commands.rank import refresh

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def reset(context: typer.Context) -> None:
    """Throw away what was learned, and learn it anew from the journal.

    \b
    Examples:
      papertrack model reset
    """
    session = session_of(context)
    with session.database() as db:
        ranked = refresh(db, session.config, session.clock(), anew=True)
    if not ranked.is_learned:
        session.say("forgotten; there is nothing to learn from: write areas, or keep some items")
        return
    items = "1 item" if ranked.items == 1 else f"{ranked.items} items"
    session.say(f"learned anew; {items} ranked")
