"""``papertrack publish``: freeze an issue as it goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.publish import find_draft, publish as freeze, take_out_anchors
from papertrack.core.time.window import read_day

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def publish(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="A draft's file, or the name of its issue.")],
    issue: Annotated[
        str | None, typer.Option(help="The name of the issue, for a file of another origin.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="The date it bears: 2026-11-20.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Replace what was published under this name.")
    ] = False,
) -> None:
    """Remember an issue as it went out: text, works, and ratings as printed.

    Its works leave the drafts that follow, and the next draft begins where its window ends, however
    often you correct it. Anchors are taken out of the file. papertrack undo or unpublish takes it
    back.

    \b
    Examples:
      papertrack publish drafts/2026-W47.md
      papertrack publish 2026-W47
      papertrack publish 2026-W47 --again     after a correction
    """
    session = session_of(context)
    folder = Path(session.config.digest.folder).expanduser()
    with session.database() as db:
        path = find_draft(db, target, folder)
        published = freeze(
            db,
            path,
            now=session.clock(),
            zone=session.zone,
            issue=issue,
            day=read_day(date) if date else None,
            again=again,
        )
    works = "1 work" if published.items == 1 else f"{published.items} works"
    if published.is_known:
        session.say(f"{published.issue} was published with this text before; nothing changed")
    else:
        session.say(f"published {published.issue}: {works}")
    for title in published.left_out:
        session.warn(f'not in the file, stays for the next issue: "{title}"')
    take_out_anchors(published)
