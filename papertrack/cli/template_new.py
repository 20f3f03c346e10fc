"""``papertrack template new``: begin a template of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli.session import plain, session_of
from papertrack.commands.template import begin

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call it, or a path.")],
    model: Annotated[str, typer.Option("--from", help="The template to begin with.")] = "cards",
) -> None:
    """Write a copy of a template for you to change; no file is ever overwritten.

    \b
    Examples:
      papertrack template new mine
      papertrack template new mine --from narrative
    """
    session = session_of(context)
    path = begin(name, model, Path())
    session.say(plain(f"wrote {path}"))
    session.say(plain(f"try it with papertrack template test {path}, use it with draft -t {path}"))
