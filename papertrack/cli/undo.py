"""``papertrack undo``: take acts back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of
from papertrack.commands.undo import Undone, undo_acts, undo_last
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SHOWN = 20

Acts = Annotated[
    list[int] | None,
    typer.Argument(help="Acts by their numbers, see papertrack log.", metavar="[ACT...]", min=1),
]
Last = Annotated[int | None, typer.Option("--last", min=1, metavar="N", help="So many acts.")]


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
    """Take back the newest act: a rating, a rejection, a note, a tag, a merge, an added item.

    Called again it takes back the one before. Nothing is erased: the journal keeps both, and
    papertrack redo brings back what was undone until something new is said.

    A number is that of one act, however old, not how many: --last says that. What was said later
    of the same thing stays when an old act is taken back; what holds now is printed.

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
    """Refuse a call that says which acts and how many.

    Raises:
        UsageError: It does.
    """
    if acts and last is not None:
        message = "numbers of acts and --last exclude each other"
        raise UsageError(message, hint="leave one of them out")


def print_undone(session: Session, undone: Sequence[Undone], word: str, nothing: str) -> None:
    """Say what was taken back or brought back, and what holds now."""
    if not undone:
        session.say(nothing)
    for one in undone:
        for line in _first(one.lines):
            session.say(f"{word}: {line}")
        for line in _first(one.holds):
            session.say(f"  now: {line}")


def _first(lines: Sequence[str]) -> Sequence[str]:
    """Leave a screenful of what one act said; the log has all of it."""
    if len(lines) <= _SHOWN:
        return lines
    return [*lines[: _SHOWN - 1], f"and {len(lines) - _SHOWN + 1} more"]


def _refuse_together(*, listed: bool, acts: Sequence[int] | None, last: int | None) -> None:
    if listed and (acts or last is not None):
        message = "--list only shows what can be undone"
        raise UsageError(message, hint="leave it out to undo")


def _list(session: Session, limit: int) -> None:
    from papertrack.cli.log import print_acts  # noqa: PLC0415  # on use
    from papertrack.commands.log import read_log  # noqa: PLC0415  # on use

    with session.database(mirrored=False) as db:
        acts = list(read_log(db, limit=limit, holding=True))
    print_acts(session, acts)
    if not acts:
        session.warn("there is nothing to undo")
