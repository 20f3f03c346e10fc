"""``papertrack list``: the items that a query finds, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.queries import LANGUAGE, QueryArgument, QueryCommand, query_text
from papertrack.cli.session import Session, session_of
from papertrack.core.kinds import State

if TYPE_CHECKING:
    import sqlite3

app = typer.Typer(rich_markup_mode=None, add_completion=False)

SortOption = Annotated[
    str | None,
    typer.Option(
        help="newest, oldest, judged, rating, announced, published, updated, title or best."
    ),
]
IdsOption = Annotated[
    bool, typer.Option("--ids", help="Print short numbers only, one a line, for a pipe.")
]
HELP = f"""List the items that a query finds, newest first; without a query, all.

    The options are short for terms of a query. A pipe gets every field whole, with tabs between
    them: number, state or rating, the day it came in, source, title.
{LANGUAGE}
    \b
    Examples:
      papertrack list is:new --limit 20
      papertrack list area:mi "rating>=3.5" @7d -tag:hype
      papertrack list --area mech-interp --since 7d --sort rating
      papertrack list saved:week --json
      papertrack list --ids source:arxiv jailbreak | papertrack tag +attacks -
    """


@app.command("list", cls=QueryCommand, help=HELP)
def list_(
    context: typer.Context,
    query: QueryArgument = None,
    state: Annotated[
        list[State] | None, typer.Option(help="Items in this state; repeatable.")
    ] = None,
    area: options.AreaOption = None,
    tag: Annotated[str | None, typer.Option(help="Items with this tag.")] = None,
    source: Annotated[str | None, typer.Option(help="Items that this source showed.")] = None,
    since: options.SinceOption = None,
    sort: SortOption = None,
    limit: options.LimitOption = None,
    as_json: options.JsonOption = False,
    ids: IdsOption = False,
) -> None:
    """List the items that a query finds."""
    from papertrack.cli.find import print_found  # noqa: PLC0415  # on use

    session = session_of(context)
    text = query_text(query)
    with session.database(mirrored=False) as db:
        if text or area or tag or source or since or sort:
            numbers = _find(session, db, text, (state, area, tag, source, since), sort, limit)
        else:
            from papertrack.storage.listing import newest_numbers  # noqa: PLC0415  # as above

            numbers = newest_numbers(db, state or [], limit=limit)
        print_found(session, db, numbers, as_json=as_json, ids=ids)


def _find(
    session: Session,
    db: sqlite3.Connection,
    text: str,
    wanted: tuple[list[State] | None, str | None, str | None, str | None, str | None],
    sort: str | None,
    limit: int | None,
) -> list[int]:
    # Reading a query brings modules that a bare list need not pay for.
    from papertrack.cli.find import tell_of_backlog  # noqa: PLC0415
    from papertrack.commands.find import Chosen, Own, read_filter, read_order  # noqa: PLC0415
    from papertrack.core.time.window import read_moment  # noqa: PLC0415
    from papertrack.storage.search import find  # noqa: PLC0415

    state, area, tag, source, since = wanted
    now, basics = session.clock(), session.basics
    moment = read_moment(since, now, session.zone) if since else None
    read = read_filter(
        db,
        text,
        Own(basics.searches, basics.shorts),
        now=now,
        zone=session.zone,
        chosen=Chosen(tuple(state or ()), area, tag, source, moment),
    )
    for note in read.notes:
        session.warn(f"papertrack: {note}")
    tell_of_backlog(session, db, read.tree)
    return find(db, read.tree, sort=read_order(sort or "newest"), limit=limit)
