"""``papertrack init``: create a config and an empty database."""

from __future__ import annotations

import typer

from papertrack.cli.session import session_of
from papertrack.commands.config_write import write_config

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def init(context: typer.Context) -> None:
    """Write a config to start from, and create the database.

    An existing config is never overwritten.
    """
    session = session_of(context)
    path = session.config_path
    if write_config(path):
        session.say(f"wrote {path}")
    else:
        session.say(f"kept {path}, which already exists")
    with session.database(create=True):
        session.say(f"the database is {session.database_path}")
    command = f"papertrack --config {path}" if session.config_option else "papertrack"
    session.say("")
    session.say(f"Add your areas and sources to {path.name}, then:")
    session.say(f"  {command} fetch    download new items")
    session.say(f"  {command} rate     rate them")
    session.say(f"  {command} draft    write the digest")
