"""``papertrack areas restore``: bring a retired section back."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.areas import known_areas, mirror
from papertrack.cli.session import session_of
from papertrack.commands.areas import restore

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("restore")
def restore_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
) -> None:
    """Bring a retired area back, in its place and with its ratings.

    An area that was taken out of the config by hand comes last, without its keywords.

    \b
    Examples:
      papertrack areas restore adversarial
    """
    session = session_of(context)
    known = [one.area for one in known_areas(session)]
    written = restore(session.config_path, known, slug)
    mirror(session, written.config)
    session.say(f'restored {slug}: "{written.name}", place {written.place}')
