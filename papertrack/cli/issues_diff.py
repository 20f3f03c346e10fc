"""``papertrack issues diff``: an issue as it went out, and a file or another issue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.issues import compare, read_text
from papertrack.commands.printed import read_digest_file
from papertrack.commands.publish import find_draft
from papertrack.core.text.clean import typed

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def diff(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The name of a published issue, 2026-W47.")],
    other: Annotated[
        str | None,
        typer.Argument(help="A file or another issue; without it the draft's file as it is now."),
    ] = None,
) -> None:
    """Compare an issue as it went out with its file, or with another one, line by line.

    The exit code is 1 when they differ.

    \b
    Examples:
      papertrack issues diff 2026-W47
      papertrack issues diff 2026-W46 2026-W47
    """
    session = session_of(context)
    folder = Path(session.config.digest.folder).expanduser()
    with session.database() as db:
        old = read_text(db, issue)
        if other is not None and not Path(other).is_file():
            new, name = read_text(db, other), other
        else:
            path = Path(other) if other is not None else find_draft(db, issue, folder)
            new, name = read_digest_file(path), str(path)
    lines = compare(old, new, old_name=issue, new_name=name)
    for line in lines:
        session.say(typed(line))
    if lines:
        raise typer.Exit(1)
