"""``papertrack merge`` and ``split``: combine items that are the same work, or separate them."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.merge import merge as merge_items, split as split_item
from papertrack.core.text.borrowed_titles import in_quotes

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def merge(
    context: typer.Context,
    item: Annotated[
        str,
        typer.Argument(help="The item to keep: number, arXiv id, address or DOI.", metavar="ITEM"),
    ],
    others: Annotated[
        list[str], typer.Argument(help="Items that are the same work.", metavar="OTHER...")
    ],
) -> None:
    """Merge items that are the same work into one.

    An example is a paper and the post about it. The merged item has the ratings, tags and notes of
    all of them, and its card prints once. Later fetches keep them together; papertrack split and
    papertrack undo separate them.

    \b
    Examples:
      papertrack merge 7 12
      papertrack merge 7 https://example.org/post-about-it
    """
    session = session_of(context)
    with session.database() as db:
        merged = merge_items(db, [item, *others], session.clock())
    for number in merged.dropped:
        session.say(f"merged {number} into {merged.keep}: {in_quotes(merged.title)}")


split_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@split_app.command()
def split(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    other: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="The other work; default: the one merged in last.",
            metavar="OTHER",
        ),
    ] = None,
) -> None:
    """Split a merged item, or mark two items as different works.

    Each item gets back its addresses, sources, versions, ratings and notes. Whatever you added
    after the merge stays with the item that kept its number. The two are never merged or proposed
    again, unless you merge them yourself or undo the split.

    \b
    Examples:
      papertrack split 7
      papertrack split 7 --from 12
    """
    session = session_of(context)
    with session.database() as db:
        parted = split_item(db, item, other, session.clock())
    if parted.was_merged:
        session.say(f"split {parted.item} from {parted.kept}: {in_quotes(parted.title)}")
    else:
        session.say(f"{parted.item} and {parted.kept} stay apart")
