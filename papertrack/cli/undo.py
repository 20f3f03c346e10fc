"""``papertrack undo``, ``redo`` and ``log``: show and reverse the acts of the journal."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of
from papertrack.commands.undo import Undone, read_log, redo_acts, redo_last, undo_acts, undo_last
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from papertrack.core.judging.event_text import LoggedAct

log_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SCREENFUL = 50


@log_app.command()
def log(
    context: typer.Context,
    item: Annotated[
        str | None,
        typer.Argument(
            help="Only this item: number, arXiv id, address or DOI.",
            metavar="[ITEM]",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only acts since: 2026-11-20, 3d, 12h, 2w.")
    ] = None,
    limit: options.LimitOption = None,
    is_whole: Annotated[
        bool, typer.Option("--all", help="Print a line for each item of a bulk act.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show your ratings, tags, texts and other acts, newest first.

    Each act has a number for papertrack undo and papertrack redo. An undone act is marked as
    undone, an act from another machine with the first digits of that machine's name. A terminal
    shows the newest 50 acts unless you pass --limit. In a pipe the fields are tab-separated and
    never cut: act, time, machine, "undone" or nothing, what, item, title. An act on more than 20
    items takes one line with their number; --all prints a line for each, and --json has them all.

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
        from papertrack.core.dates import read_moment  # noqa: PLC0415  # on use

        moment = read_moment(since, session.clock(), session.zone)
    if limit is None and sys.stdout.isatty() and not as_json:
        limit = _SCREENFUL
    with session.database(mirrored=False) as db:
        acts = read_log(db, item=item, since=moment, limit=limit)
        if as_json:
            from papertrack.cli.session import print_json  # noqa: PLC0415  # on use

            print_json([act_json(act) for act in acts])
        else:
            shown = print_acts(session, acts, is_whole=is_whole)
            if not shown and sys.stdout.isatty():
                session.warn("no acts found" if item or since else "no acts yet")


def print_acts(session: Session, acts: Iterable[LoggedAct], *, is_whole: bool = False) -> int:
    """Print acts for the terminal or pipe; return how many there were."""
    from papertrack.ui.log_lines import log_lines  # noqa: PLC0415  # on use

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    count = 0
    for count, act in enumerate(acts, start=1):  # noqa: B007  # it counts
        lines = log_lines(act, session.zone, width, is_whole=is_whole)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return count


def act_json(act: LoggedAct) -> dict[str, object]:
    """Convert an act to JSON; its time is UTC."""
    from papertrack.cli.session import moment_json  # noqa: PLC0415  # on use

    return {
        "act": act.number,
        "at": moment_json(act.at),
        "device": act.device,
        "undone": act.is_undone,
        "said": [
            {
                "verb": statement.verb,
                "what": statement.what,
                "subject": statement.subject,
                "item": statement.item,
                "title": statement.title or None,
                "payload": statement.payload,
            }
            for statement in act.statements
        ],
    }


app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SHOWN = 20

Acts = Annotated[
    list[int] | None,
    typer.Argument(help="Numbers of acts; see papertrack log.", metavar="[ACT...]", min=1),
]
Last = Annotated[int | None, typer.Option("--last", min=1, metavar="N", help="Number of acts.")]


@app.command()
def undo(
    context: typer.Context,
    acts: Acts = None,
    last: Last = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Show what can be undone, newest first; change nothing.")
    ] = False,
    limit: options.LimitOption = None,
) -> None:
    """Undo the newest act: a rating, note, tag, merge or other.

    Call it again to undo the act before. Nothing is erased: the journal keeps both, and papertrack
    redo restores what you undid until you do something new.

    A number names one act, however old; use --last to undo several. Later acts on the same thing
    stay when you undo an old one; the resulting state is printed.

    \b
    Examples:
      papertrack undo               the newest act
      papertrack undo --last 3      the newest three
      papertrack undo --list        what can be undone, with numbers
      papertrack undo 41            act 41 alone
    """
    session = session_of(context)
    if listed:
        _refuse_together(listed=listed, acts=acts, last=last)
        _list(session, limit or _SHOWN)
        return
    if limit is not None:
        message = "--limit is for --list"
        raise UsageError(message, hint="say how many acts to undo with --last")
    refuse_both(acts, last)
    with session.database() as db:
        undone = (
            undo_acts(db, acts, session.clock())
            if acts
            else undo_last(db, last or 1, session.clock())
        )
    print_undone(session, undone, "undone", "there is nothing to undo")


def refuse_both(acts: Sequence[int] | None, last: int | None) -> None:
    """Refuse a call with both act numbers and ``--last``.

    Raises:
        UsageError: Both are given.
    """
    if acts and last is not None:
        message = "numbers of acts and --last exclude each other"
        raise UsageError(message, hint="leave one of them out")


def print_undone(session: Session, undone: Sequence[Undone], word: str, nothing: str) -> None:
    """Print what was undone or redone, and the resulting state."""
    if not undone:
        session.say(nothing)
    for one in undone:
        for line in _first(one.lines):
            session.say(f"{word}: {line}")
        for line in _first(one.state_now):
            session.say(f"  now: {line}")


def _first(lines: Sequence[str]) -> Sequence[str]:
    """Abridge the statements of one act to a screenful; the log has all of them."""
    if len(lines) <= _SHOWN:
        return lines
    return [*lines[: _SHOWN - 1], f"and {len(lines) - _SHOWN + 1} more"]


def _refuse_together(*, listed: bool, acts: Sequence[int] | None, last: int | None) -> None:
    if listed and (acts or last is not None):
        message = "--list only shows what can be undone"
        raise UsageError(message, hint="leave it out to undo")


def _list(session: Session, limit: int) -> None:
    from papertrack.commands.undo import read_log  # noqa: PLC0415  # on use

    with session.database(mirrored=False) as db:
        acts = list(read_log(db, limit=limit, holding=True))
    print_acts(session, acts)
    if not acts:
        session.warn("there is nothing to undo")


redo_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@redo_app.command()
def redo(context: typer.Context, acts: Acts = None, last: Last = None) -> None:
    """Redo what you undid last.

    Call it again to redo what you undid before that. As in an editor, a new act ends this: what you
    undid before it stays undone, unless you redo it by its number.

    \b
    Examples:
      papertrack redo               what you undid last
      papertrack redo --last 3      the last three
      papertrack redo 41            act 41, whatever came after it
    """
    session = session_of(context)
    refuse_both(acts, last)
    with session.database() as db:
        redone = (
            redo_acts(db, acts, session.clock())
            if acts
            else redo_last(db, last or 1, session.clock())
        )
    print_undone(session, redone, "redone", "there is nothing to redo")
