"""``papertrack import-issue``: read old digests into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.session import Session, session_of
from papertrack.commands.import_issue import import_issue as read_in
from papertrack.commands.printed import read_digest_file
from papertrack.core.time.window import read_day
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from papertrack.commands.import_issue import Imported

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(name="import-issue")
def import_issue(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Digests, Markdown or text.", metavar="FILE")],
    date: Annotated[
        str | None, typer.Option(help="Its date, where the title bears none: 2026-11-15.")
    ] = None,
    issue: Annotated[
        str | None, typer.Option(help="Its name; without it the ISO week of its date.")
    ] = None,
) -> None:
    """Read old digests: their works, ratings and texts, as issues that went out.

    Works are found by link, arXiv id or title, and taken in where they are new; sections are
    areas by their name. What you said of a work before stays. Lines that belong to no work are
    shown with -v. One undo takes an issue out again.

    \b
    Examples:
      papertrack import-issue digests/2026-11-*.md
      papertrack import-issue week45.txt --date 2026-11-06
    """
    if len(files) > 1 and (date or issue):
        message = "--date and --issue are for one digest"
        raise UsageError(message, hint="import the files one by one")
    session = session_of(context)
    texts = [(file, read_digest_file(file)) for file in files]
    with session.database() as db:
        for file, text in texts:
            imported = read_in(
                db,
                text,
                name=str(file),
                now=session.clock(),
                zone=session.zone,
                day=read_day(date) if date else None,
                issue=issue,
            )
            _show(session, file, imported)


def _show(session: Session, file: Path, imported: Imported) -> None:
    if imported.is_known:
        session.say(f"{file}: issue {imported.issue} was imported before; nothing changed")
        return
    works = "1 work" if imported.printed == 1 else f"{imported.printed} works"
    session.say(
        f"{file}: issue {imported.issue}, {works} ({imported.new} new), {imported.rated} rated"
    )
    for heading, slug in imported.new_areas:
        session.warn(
            f'{file}: "{heading}" is no area; rated under {slug}; to make it one: '
            f'papertrack areas add "{heading}" --slug {slug}'
        )
    if imported.unread:
        lines = (
            "1 line belongs"
            if len(imported.unread) == 1
            else f"{len(imported.unread)} lines belong"
        )
        more = "" if session.verbosity > 0 else "; -v shows them"
        session.warn(f"{file}: {lines} to no work{more}")
    for unread in imported.unread:
        session.explain(f"{file}:{unread.line}: {unread.text}")
