"""``papertrack merge``: make one item of several."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.merge import merge as make_one

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def merge(
    context: typer.Context,
    item: Annotated[
        str,
        typer.Argument(
            help="The one that stays: number, arXiv id, address or DOI.", metavar="ITEM"
        ),
    ],
    others: Annotated[list[str], typer.Argument(help="What is the same work.", metavar="OTHER...")],
) -> None:
    """Make one item of several that are the same work: a paper and the post about it.

    What you said of each of them holds for the whole, and its card prints once. No fetch tells
    them apart again; papertrack split does, and papertrack undo takes the merge back.

    \b
    Examples:
      papertrack merge 7 12
      papertrack merge 7 https://example.org/post-about-it
    """
    session = session_of(context)
    with session.database() as db:
        merged = make_one(db, [item, *others], session.clock())
    for number in merged.dropped:
        session.say(f'merged {number} into {merged.keep}: "{merged.title}"')
