"""``papertrack template show``: a template as it is written."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from papertrack.commands.template import read_template

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="cards, narrative, update, or a path.")],
) -> None:
    """Print a template as it is written.

    \b
    Examples:
      papertrack template show cards
    """
    sys.stdout.write(read_template(name))
