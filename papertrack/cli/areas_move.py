"""``papertrack areas move``: another place for a section."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.areas import mirror
from papertrack.cli.session import session_of
from papertrack.commands.areas import move

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("move")
def move_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
    place: Annotated[int, typer.Argument(help="Its place, 1 is the first.", metavar="PLACE")],
) -> None:
    """Put an area in another place of the digest; the comments at its table go with it.

    \b
    Examples:
      papertrack areas move off-topic 1
    """
    session = session_of(context)
    written = move(session.config_path, session.config, slug, place)
    mirror(session, written.config)
    order = ", ".join(area.slug for area in written.config.areas)
    session.say(f"moved {slug} to place {written.place}: {order}")
