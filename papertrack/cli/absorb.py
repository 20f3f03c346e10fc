"""``papertrack absorb``: read an edited draft back into the journal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.session import Session, plain, session_of
from papertrack.commands.absorb import absorb as absorb_edits, propose
from papertrack.errors import PapertrackError

if TYPE_CHECKING:
    from papertrack.commands.absorb import Absorbed
    from papertrack.core.drafts.edit_statements import EditStatement

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_WIDTH = 60


@app.command()
def absorb(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The draft that you edited.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only show the edits.")] = False,
) -> None:
    """Store the edits that you made in a draft's file.

    Texts, ratings, remarks, titles, order and items are stored as one undo step. An item that you
    removed from the file goes back to the items for later. An edit that papertrack cannot place is
    reported; it stays in the file and survives the next draft.

    \b
    Examples:
      papertrack absorb drafts/2026-W47.md             show the edits, ask, store them
      papertrack absorb drafts/2026-W47.md --dry-run   only show the edits
    """
    session = session_of(context)
    with session.database() as db:
        found = propose(db, session.config, file, now=session.clock(), zone=session.zone)
        _show(session, found)
        if not found.changes or dry_run:
            return
        if not yes:
            _ask()
        absorb_edits(
            db, session.config, file, now=session.clock(), zone=session.zone, expected=found
        )
    count = len(found.changes)
    session.say(
        f"absorbed {count} change{'' if count == 1 else 's'}; papertrack undo takes it back"
    )


def _show(session: Session, found: Absorbed) -> None:
    for change in found.changes:
        session.say(plain(_line(change)))
    if not found.changes:
        session.say("nothing to absorb")
    if found.left:
        session.warn("left in the file, because it is not clear which item it belongs to:")
    for left in found.left:
        place = f"  line {left.line}: " if left.line else "  not in the file: "
        session.warn(plain(place + _short(left.text)))


def _line(change: EditStatement) -> str:
    before, after = (None if one is None else _short(one) for one in (change.before, change.after))
    shown = f"{before} → {after}" if before and after else after or f"{before} → nothing"
    return f"{_short(change.about)}: {change.what}: {shown}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def _ask() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "nothing was absorbed: cannot ask for confirmation without a terminal"
        raise PapertrackError(message, hint="add --yes, or --dry-run to only see the edits")
    if not typer.confirm("absorb these edits?", default=True):
        raise typer.Exit(1)
