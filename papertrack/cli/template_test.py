"""``papertrack template test``: try a template on an invented issue."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.template import try_out
from papertrack.config.schema import DigestConfig

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def test(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The template, or the name of one of ours.")],
) -> None:
    """Fill a template with an invented issue that has everything, and with an empty one.

    \b
    Examples:
      papertrack template test mine.md.j2
      papertrack template test update
    """
    session = session_of(context)
    text = try_out(file, DigestConfig(title="A sample of everything"))
    sys.stdout.write(text)
    sys.stdout.flush()
    session.explain(f"{file} can be filled")
