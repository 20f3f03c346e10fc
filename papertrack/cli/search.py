"""``papertrack search``: the items that match a query best."""

from __future__ import annotations

import typer

from papertrack.cli import options
from papertrack.cli.list_ import IdsOption, SortOption
from papertrack.cli.queries import LANGUAGE, QueryArgument, QueryCommand, query_text
from papertrack.cli.session import session_of
from papertrack.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)

ON_A_SCREEN = 20  # items, when nobody says how many

HELP = f"""Search titles, authors, abstracts, and your notes and tags; the best match comes first.

    On a terminal the words are marked where they were found, and the first {ON_A_SCREEN} items are
    shown. A pipe gets all of them, as `papertrack list` prints them.
{LANGUAGE}
    \b
    Examples:
      papertrack search sparse autoencoder
      papertrack search '"sparse autoencoder" -author:nanda rating>=3'
      papertrack search jail* published:2026 --sort newest
      papertrack search --ids steering is:new | papertrack tag +steering -
    """


@app.command("search", cls=QueryCommand, help=HELP)
def search(
    context: typer.Context,
    query: QueryArgument = None,
    sort: SortOption = None,
    limit: options.LimitOption = None,
    as_json: options.JsonOption = False,
    ids: IdsOption = False,
) -> None:
    """Search items."""
    # Reading a query brings modules that --help need not pay for.
    from papertrack.cli.find import (  # noqa: PLC0415
        print_found,
        print_matches,
        screen_width,
        tell_of_backlog,
    )
    from papertrack.commands.find import Own, read_filter, read_order  # noqa: PLC0415
    from papertrack.storage.search import BEST, find  # noqa: PLC0415

    session = session_of(context)
    text = query_text(query)
    if not text.strip():
        message = "there is nothing to search for"
        raise UsageError(message, hint="name some words, or run: papertrack list")
    order = read_order(sort or BEST)
    with session.database(mirrored=False) as db:
        now, own = session.clock(), Own(session.basics.searches, session.basics.shorts)
        read = read_filter(db, text, own, now=now, zone=session.zone)
        for note in read.notes:
            session.warn(f"papertrack: {note}")
        tell_of_backlog(session, db, read.tree)
        is_screen = screen_width() is not None and not (as_json or ids)
        if not is_screen:
            numbers = find(db, read.tree, sort=order, limit=limit)
            print_found(session, db, numbers, as_json=as_json, ids=ids)
            return
        shown = limit or ON_A_SCREEN
        numbers = find(db, read.tree, sort=order, limit=shown + 1)
        print_matches(session, db, numbers[:shown], read.tree)
        if len(numbers) > shown:
            session.warn(f"more items match; -n {shown * 5} shows more of them")
