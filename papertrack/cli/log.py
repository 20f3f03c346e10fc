"""``papertrack log``: the journal of everything that was said."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of
from papertrack.commands.log import read_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.judging.log import LoggedAct

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SCREENFUL = 50


@app.command()
def log(
    context: typer.Context,
    item: Annotated[
        str | None,
        typer.Argument(
            help="What was said about this item alone: number, arXiv id, address or DOI.",
            metavar="[ITEM]",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Acts since: 2026-11-20, 3d, 12h, 2w.")
    ] = None,
    limit: options.LimitOption = None,
    is_whole: Annotated[
        bool, typer.Option("--all", help="A line for each item of a bulk act.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show what you said, newest first: ratings, rejections, tags, texts, merges, undos.

    Each act has a number, by which papertrack undo and papertrack redo know it. An act that was
    taken back is marked as undone; one of another machine, with the first digits of its name. A
    terminal gets the newest 50 acts unless --limit says otherwise. A pipe gets every field whole,
    with tabs between them: act, time, machine, "undone" or nothing, what, item, title. Where an act
    says the same of more than 20 items, that is one line with their number; --all gives a line for
    each, and --json has them all.

    \b
    Examples:
      papertrack log
      papertrack log 12
      papertrack log -n 1 --all     each item of the newest act
      papertrack log --since 7d --json
    """
    session = session_of(context)
    moment = None
    if since:
        from papertrack.core.time.window import read_moment  # noqa: PLC0415  # on use

        moment = read_moment(since, session.clock(), session.zone)
    if limit is None and sys.stdout.isatty() and not as_json:
        limit = _SCREENFUL
    with session.database(mirrored=False) as db:
        acts = read_log(db, item=item, since=moment, limit=limit)
        if as_json:
            from papertrack.cli.json_ import print_json  # noqa: PLC0415  # on use

            print_json([act_json(act) for act in acts])
        else:
            shown = print_acts(session, acts, is_whole=is_whole)
            if not shown and sys.stdout.isatty():
                session.warn("nothing was said" if item or since else "nothing was said yet")


def print_acts(session: Session, acts: Iterable[LoggedAct], *, is_whole: bool = False) -> int:
    """Print acts, as wide as the terminal is; tells how many they were."""
    from papertrack.ui.log_lines import log_lines  # noqa: PLC0415  # on use

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    count = 0
    for count, act in enumerate(acts, start=1):  # noqa: B007  # it counts
        lines = log_lines(act, session.zone, width, is_whole=is_whole)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return count


def act_json(act: LoggedAct) -> dict[str, object]:
    """Write an act as JSON; its time is UTC."""
    from papertrack.cli.json_ import moment_json  # noqa: PLC0415  # on use

    return {
        "act": act.number,
        "at": moment_json(act.at),
        "device": act.device,
        "undone": act.is_undone,
        "said": [
            {
                "verb": saying.verb,
                "what": saying.what,
                "subject": saying.subject,
                "item": saying.item,
                "title": saying.title or None,
                "payload": saying.payload,
            }
            for saying in act.sayings
        ],
    }
