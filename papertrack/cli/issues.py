"""``papertrack issues``: what was published; its own commands show, compare and follow up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import typer

from papertrack.cli import options
from papertrack.cli.json_ import moment_json, print_json
from papertrack.cli.lazy import LazyGroup
from papertrack.cli.session import session_of
from papertrack.core.text.clean import one_line
from papertrack.storage.ledger import list_issues

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Commands(LazyGroup):
    modules: ClassVar[Mapping[str, str]] = {
        "show": "papertrack.cli.issues_show",
        "diff": "papertrack.cli.issues_diff",
        "follow-ups": "papertrack.cli.issues_follow_ups",
    }


app = typer.Typer(
    cls=_Commands, rich_markup_mode=None, add_completion=False, invoke_without_command=True
)


@app.callback()
def issues(context: typer.Context, as_json: options.JsonOption = False) -> None:
    """List the issues that were published; show, compare and follow up on them.

    Each line: name, date, works, title; the newest first.

    \b
    Examples:
      papertrack issues
      papertrack issues show 2026-W46
      papertrack issues follow-ups
    """
    if context.invoked_subcommand is not None:
        return
    session = session_of(context)
    with session.database() as db:
        listed = list_issues(db)
    if as_json:
        print_json(
            [
                {
                    "issue": issue.slug,
                    "title": issue.title,
                    "date": issue.day.isoformat(),
                    "published_at": moment_json(issue.published_at),
                    "items": issue.items,
                }
                for issue in listed
            ]
        )
        return
    for issue in listed:
        session.say(f"{issue.slug}\t{issue.day}\t{issue.items}\t{one_line(issue.title)}")
    if not listed:
        session.warn("no issue was published so far; publish one with papertrack publish FILE")
