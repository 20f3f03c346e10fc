"""``papertrack areas rename``: another heading for a section."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.areas import mirror
from papertrack.cli.session import session_of
from papertrack.commands.areas import rename

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("rename")
def rename_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
    name: Annotated[str, typer.Argument(help="Its new name.", metavar="NAME")],
) -> None:
    """Give an area another name; its ratings stay.

    The slug stays, too: the journal keeps every rating under it, on all your machines.

    \b
    Examples:
      papertrack areas rename adversarial "Attacks and Defences"
    """
    session = session_of(context)
    written = rename(session.config_path, slug, name)
    mirror(session, written.config)
    session.say(f'renamed {slug}: "{written.name or name}"')
