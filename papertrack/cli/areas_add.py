"""``papertrack areas add``: a new section of the digest."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.areas import known_areas, mirror
from papertrack.cli.session import session_of
from papertrack.commands.areas import NewArea, add

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("add")
def add_area(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The heading of the section.", metavar="NAME")],
    slug: Annotated[
        str | None, typer.Option(help="Its short name for commands, for good; made of the name.")
    ] = None,
    emoji: Annotated[str | None, typer.Option(help="One point of its ratings.")] = None,
    keywords: Annotated[
        str | None, typer.Option(help="Words that speak for it, commas between, * for any ending.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="The area behind which it comes; last when left out.")
    ] = None,
) -> None:
    """Add an area to the config, whose comments stay.

    \b
    Examples:
      papertrack areas add "Human Augmentation" --emoji 🦾
      papertrack areas add "AI Art" --keywords "diffusion, style transfer" --after adversarial
    """
    session = session_of(context)
    words = tuple(word for word in map(str.strip, (keywords or "").split(",")) if word)
    written = add(
        session.config_path,
        NewArea(name, slug, emoji, words),
        taken=[one.area.slug for one in known_areas(session)],
        after=after,
    )
    mirror(session, written.config)
    session.say(f'added {written.slug}: "{written.name}", place {written.place}')
