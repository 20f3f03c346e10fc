"""``papertrack issues show``: one issue as it went out."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.cli.session import session_of
from papertrack.commands.issues import read_text
from papertrack.core.text.clean import one_line, typed
from papertrack.storage.ledger import read_lines

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The name of the issue, 2026-W47.")],
    items: Annotated[bool, typer.Option("--items", help="Its works instead of its text.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Print an issue as it went out, or list its works with their ratings as printed.

    Each work: number, area, rating, title.

    \b
    Examples:
      papertrack issues show 2026-W46
      papertrack issues show 2026-W46 --items
    """
    session = session_of(context)
    with session.database() as db:
        text, lines = read_text(db, issue), read_lines(db, issue)
    if as_json:
        works = [
            {
                "item": line.item,
                "title": line.title,
                "url": line.url,
                "area": line.area or None,
                "section": line.section,
                "value": line.halves / 2 if line.halves is not None else None,
                "rating": line.rating_text,
            }
            for line in lines
        ]
        print_json({"issue": issue, "text": text, "items": works})
    elif items:
        for line in lines:
            rating, title = one_line(line.rating_text or ""), one_line(line.title)
            session.say(f"{line.item}\t{line.area}\t{rating}\t{title}")
    else:
        session.say(typed(text).rstrip("\n"))
