"""``papertrack template list``: our templates."""

from __future__ import annotations

import sys

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.commands.template import list_templates

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("list")
def list_(as_json: options.JsonOption = False) -> None:
    """List our templates; papertrack draft -t NAME uses one.

    \b
    Examples:
      papertrack template list
    """
    templates = list_templates()
    if as_json:
        print_json([{"name": one.name, "about": one.about} for one in templates])
        return
    width = max(len(one.name) for one in templates)
    sys.stdout.writelines(f"{one.name:<{width}}  {one.about}\n" for one in templates)
