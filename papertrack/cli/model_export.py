"""``papertrack model export``: all that was learned, as JSON."""

from __future__ import annotations

import typer

from papertrack.cli.json_ import print_json
from papertrack.cli.session import session_of
from papertrack.commands.rank import present_model
from papertrack.core.rank.serialize import model_in_words
from papertrack.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def export(context: typer.Context) -> None:
    """Print what was learned as JSON: every term, how rare it is and what it says.

    The strongest terms come first; what speaks against an item is below 0.

    \b
    Examples:
      papertrack model export > model.json
    """
    session = session_of(context)
    with session.database() as db:
        model = present_model(db, session.config, session.clock())
    if model is None:
        message = "nothing was learned yet"
        raise UsageError(message, hint="run papertrack fetch, then papertrack rate")
    print_json(model_in_words(model))
