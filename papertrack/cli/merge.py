"""``papertrack merge`` and ``split``: make one item of several, and two of one."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.merge import merge as make_one, split as part

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


split_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@split_app.command()
def split(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    other: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="What it is another work than; else what was merged into it last.",
            metavar="OTHER",
        ),
    ] = None,
) -> None:
    """Take the last merge of an item apart, or say that two items are two works.

    Both get back what they had: addresses, sources, versions, and what you said of each. What you
    said since stays with the item that kept its number. The two are never merged or proposed
    again, unless you merge them yourself or take this back with papertrack undo.

    \b
    Examples:
      papertrack split 7
      papertrack split 7 --from 12
    """
    session = session_of(context)
    with session.database() as db:
        parted = part(db, item, other, session.clock())
    if parted.was_merged:
        session.say(f'split {parted.item} from {parted.kept}: "{parted.title}"')
    else:
        session.say(f"{parted.item} and {parted.kept} stay apart")
