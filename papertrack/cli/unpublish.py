"""``papertrack unpublish``: take an issue back."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.publish import unpublish as take_back

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def unpublish(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The name of the issue, 2026-W47.")],
) -> None:
    """Say that an issue did not go out; its works come back into the next draft.

    \b
    Examples:
      papertrack unpublish 2026-W47
    """
    session = session_of(context)
    with session.database() as db:
        works = take_back(db, issue, session.clock())
    session.say(
        f"unpublished {issue}: {works} work{'' if works == 1 else 's'} can be drafted again"
    )
