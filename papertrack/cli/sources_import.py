"""``papertrack sources import``: take sources over from a list of feeds."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from papertrack.cli.session import plain, session_of
from papertrack.commands.opml import read_list, take_over
from papertrack.commands.sources_write import refuse_read_only, warn_of_readers, write_sources

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_NAMED = 20


@app.command("import")
def import_sources(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="An OPML file; - is the standard input.", metavar="FILE")
    ],
) -> None:
    """Add the feeds of an OPML list to the config, whose comments stay.

    A folder that is called like one of your areas gives its feeds to that area; other folders are
    kept as a comment. What the config has already is passed over. Nobody is asked.

    \b
    Examples:
      papertrack sources import feeds.opml
      newsboat -e | papertrack sources import -
    """
    session = session_of(context)
    config = session.config
    refuse_read_only(session.config_path)
    takeover = take_over(config, read_list(file, sys.stdin.buffer))
    if takeover.added:
        write_sources(session.config_path, takeover.added)
    if warning := warn_of_readers(session.config_path, takeover.added):
        session.warn(warning)
    for sentence in takeover.refused[:_NAMED]:
        session.warn(plain(f"left out: {sentence}"))
    if len(takeover.refused) > _NAMED:
        session.warn(f"left out: {len(takeover.refused) - _NAMED} more")
    count = len(takeover.added)
    parts = [f"added {count} source{'' if count == 1 else 's'}"]
    parts += [f"{takeover.known} there already"] if takeover.known else []
    parts += [f"{len(takeover.refused)} left out"] if takeover.refused else []
    session.say(", ".join(parts))
    if count:
        session.say("next: papertrack sources test")
    if takeover.refused:
        raise typer.Exit(1)
