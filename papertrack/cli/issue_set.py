"""``papertrack issue set``: write one text of an issue."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.issue import name_of
from papertrack.cli.session import session_of
from papertrack.commands.issue_text import write_texts

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("set")
def set_(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Its week, 2026-W47, or now.", metavar="ISSUE")],
    field: Annotated[
        str,
        typer.Argument(help="title, lead, intro, teasers, outro, watch, event, event_date, …"),
    ],
    text: Annotated[str, typer.Argument(help="The text; an empty one takes it back.")],
) -> None:
    """Write one text of an issue; teasers are one a line.

    \b
    Examples:
      papertrack issue set 2026-W47 lead "A quiet week."
      papertrack issue set now event_date 2026-11-28
    """
    session = session_of(context)
    with session.database() as db:
        name = name_of(session, db, issue)
        changed = write_texts(db, name, {field: text}, session.clock())
    session.say(f"wrote {', '.join(changed)} of {name}" if changed else "nothing changed")
