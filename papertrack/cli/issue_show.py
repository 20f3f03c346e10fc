"""``papertrack issue show``: the author's texts of an issue."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.issue import name_of
from papertrack.cli.json_ import print_json
from papertrack.cli.session import plain, session_of
from papertrack.core.digest.issue_texts import LABELS
from papertrack.storage.issues import read_texts

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    context: typer.Context,
    issue: Annotated[
        str | None, typer.Argument(help="Its week, 2026-W47; else the present.", metavar="ISSUE")
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Show the texts of an issue, those without text left out.

    \b
    Examples:
      papertrack issue show
      papertrack issue show 2026-W46 --json
    """
    session = session_of(context)
    with session.database() as db:
        name = name_of(session, db, issue)
        texts = read_texts(db, name)
    if as_json:
        print_json({"issue": name, "texts": texts})
        return
    if not texts:
        session.warn(f"nothing is written for {name}; begin with papertrack issue edit {name}")
    for field in [*LABELS, *sorted(texts.keys() - LABELS.keys())]:
        if field in texts:
            lines = [plain(line) for line in texts[field].splitlines()]
            sys.stdout.write(f"{LABELS.get(field, plain(field))}: {lines[0] if lines else ''}\n")
            sys.stdout.writelines(f"  {line}".rstrip() + "\n" for line in lines[1:])
