"""``papertrack issues follow-ups``: what happened to works since they were printed."""

from __future__ import annotations

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.cli.session import session_of
from papertrack.commands.issues import find_follow_ups
from papertrack.core.text.clean import one_line

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("follow-ups")
def follow_ups(context: typer.Context, as_json: options.JsonOption = False) -> None:
    """Since we wrote: versions, journals, withdrawals and posts on works of earlier issues.

    Each line: number, issue and its date, the news, title.

    \b
    Examples:
      papertrack issues follow-ups
    """
    session = session_of(context)
    with session.database() as db:
        found = find_follow_ups(db)
    if as_json:
        print_json(
            [
                {
                    "item": news.item,
                    "title": news.title,
                    "issue": news.issue,
                    "date": news.day.isoformat(),
                    "kind": news.kind,
                    "what": news.what,
                    "other": news.other,
                }
                for news in found
            ]
        )
        return
    for news in found:
        session.say(
            f"{news.item}\t{news.issue} ({news.day})\t{one_line(news.what)}\t{one_line(news.title)}"
        )
    if not found:
        session.warn("nothing happened to what was printed so far")
