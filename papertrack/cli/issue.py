"""``papertrack issue``: the author's texts of an issue that is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import typer

from papertrack.cli.lazy import LazyGroup
from papertrack.core.time.window import current_window, week_window
from papertrack.storage.issues import last_window_end

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from papertrack.cli.session import Session


class _Commands(LazyGroup):
    modules: ClassVar[Mapping[str, str]] = {
        "show": "papertrack.cli.issue_show",
        "set": "papertrack.cli.issue_set",
        "edit": "papertrack.cli.issue_edit",
    }


app = typer.Typer(cls=_Commands, rich_markup_mode=None, add_completion=False)


@app.callback()
def issue() -> None:
    """Write the texts of the issue that you are at: title, lead, closing words, next event.

    \b
    Examples:
      papertrack issue edit
      papertrack issue set 2026-W47 lead "A quiet week."
      papertrack issue show
    """


def name_of(session: Session, db: sqlite3.Connection, named: str | None) -> str:
    """Read the name of an issue; without one it is the one that `papertrack draft` writes now.

    Raises:
        UsageError: It is no week of the calendar.
    """
    if named is not None and named != "now":
        return week_window(named, session.zone).issue
    return current_window(session.clock(), session.zone, last_window_end(db)).issue
