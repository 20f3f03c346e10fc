"""``papertrack preview``: a digest in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli.session import session_of
from papertrack.commands.outlets import preview as show_page
from papertrack.commands.printed import read_digest_file
from papertrack.commands.publish import find_draft
from papertrack.core.time.window import week_name
from papertrack.storage.ledger import read_issue_text

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def preview(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Argument(help="A file or an issue; without it this week's draft.")
    ] = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Print the page's path, open nothing.")
    ] = False,
) -> None:
    """Show a draft or a published issue in the browser, as a page.

    \b
    Examples:
      papertrack preview
      papertrack preview drafts/2026-W47.md
      papertrack preview 2026-W46
    """
    import webbrowser  # noqa: PLC0415  # 15 ms that --help need not pay

    import platformdirs  # noqa: PLC0415  # as above

    session = session_of(context)
    config = session.config.digest
    with session.database() as db:
        wanted = target or week_name(session.clock().astimezone(session.zone).date())
        published = None if Path(wanted).is_file() else read_issue_text(db, wanted)
        text = published or read_digest_file(
            find_draft(db, wanted, Path(config.folder).expanduser())
        )
    page, is_open = show_page(
        text,
        platformdirs.user_cache_path("papertrack"),
        (lambda _: False) if print_only else webbrowser.open,
    )
    session.say(str(page))
    if not is_open and not print_only:
        session.warn("no browser could be started; open the page above in one")
