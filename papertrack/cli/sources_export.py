"""``papertrack sources export``: give sources to other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.opml import save_list, write_list

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("export")
def export_sources(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="Where to; - is the standard output.", metavar="FILE")
    ] = "-",
) -> None:
    """Write the sources as an OPML list, each in the folder of its area.

    User names, passwords and keys in addresses are left out.

    \b
    Examples:
      papertrack sources export feeds.opml
      papertrack sources export > feeds.opml
    """
    session = session_of(context)
    export = write_list(session.config, session.clock())
    if file == "-":
        sys.stdout.write(export.text)
    else:
        path = Path(file).expanduser()
        save_list(path, export.text)
        count = export.count
        session.say(f"wrote {count} source{'' if count == 1 else 's'} to {path}")
    for sentence in export.left_out:
        session.warn(sentence)
