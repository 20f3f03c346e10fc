"""``papertrack list``: items, newest first."""

from __future__ import annotations

import shutil
import sys
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import session_of
from papertrack.commands.list_items import list_items
from papertrack.core.records import State
from papertrack.storage.items import Filter

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[
        list[State] | None, typer.Option(help="Items in this state; repeatable.")
    ] = None,
    area: options.AreaOption = None,
    tag: Annotated[str | None, typer.Option(help="Items with this tag.")] = None,
    source: Annotated[str | None, typer.Option(help="Items that this source showed.")] = None,
    since: options.SinceOption = None,
    limit: options.LimitOption = None,
    as_json: options.JsonOption = False,
    ids: Annotated[bool, typer.Option("--ids", help="Print short numbers only.")] = False,
) -> None:
    """List items, newest first.

    A pipe gets every field whole, with tabs between them: number, state or rating, the day it
    came in, source, title.

    \b
    Examples:
      papertrack list --state new --limit 20
      papertrack list --area mech-interp --since 7d
      papertrack list --tag interp --json
    """
    session = session_of(context)
    moment = None
    if since:
        from papertrack.core.window import read_moment  # noqa: PLC0415  # on use

        moment = read_moment(since, session.clock(), session.zone)
    chosen = Filter(
        states=tuple(state or ()),
        area=area,
        tag=tag,
        source=source,
        since=moment,
    )
    with session.database(mirrored=False) as db:
        found = list_items(db, chosen, limit=limit)
    if as_json:
        from papertrack.cli.json_ import item_json, print_json  # noqa: PLC0415  # on use

        print_json([item_json(item) for item in found])
    elif ids:
        sys.stdout.write("".join(f"{item.id}\n" for item in found))
    else:
        from papertrack.ui.tables import item_lines  # noqa: PLC0415  # on use

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        sys.stdout.write("".join(f"{line}\n" for line in item_lines(found, session.zone, width)))
