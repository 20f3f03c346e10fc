"""``papertrack areas retire``: put a section away."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.areas import known_areas, mirror
from papertrack.cli.session import session_of
from papertrack.commands.areas import retire

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("retire")
def retire_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
) -> None:
    """Put an area away: it is offered and suggested no more, its ratings stay.

    What is rated there is still listed and shown, and still printed until it is published.

    \b
    Examples:
      papertrack areas retire adversarial
      papertrack areas restore adversarial
    """
    session = session_of(context)
    rated = {one.area.slug: one.count.rated for one in known_areas(session)}.get(slug, 0)
    mirror(session, retire(session.config_path, slug).config)
    kept = f"; {rated} rating{'s' * (rated != 1)} there stay{'s' * (rated == 1)}" if rated else ""
    session.say(f"retired {slug}{kept}")
