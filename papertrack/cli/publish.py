"""``papertrack publish``, ``unpublish``, ``preview`` and ``import-issue``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.session import Session, session_of
from papertrack.core.text.borrowed_titles import in_quotes
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from papertrack.commands.import_issue import Imported

preview_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@preview_app.command()
def preview(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Argument(help="A file or an issue; default: this week's draft.")
    ] = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Print the page's path instead of opening it.")
    ] = False,
) -> None:
    """Open a draft or published issue as a web page.

    \b
    Examples:
      papertrack preview
      papertrack preview drafts/2026-W47.md
      papertrack preview 2026-W46
    """
    import webbrowser  # noqa: PLC0415  # 15 ms that --help need not pay

    import platformdirs  # noqa: PLC0415  # as above

    from papertrack.commands.draft import preview as show_page  # noqa: PLC0415  # on use
    from papertrack.commands.import_issue import read_digest_file  # noqa: PLC0415  # on use
    from papertrack.commands.issues import find_draft  # noqa: PLC0415  # on use
    from papertrack.core.dates import week_name  # noqa: PLC0415  # on use
    from papertrack.storage.issues import read_issue_text  # noqa: PLC0415  # on use

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
        session.warn("cannot start a browser; open the page above yourself")


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def publish(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="A draft's file, or the name of its issue.")],
    issue: Annotated[
        str | None, typer.Option(help="Name of the issue, for a file from elsewhere.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="The date printed on it: 2026-11-20.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Replace what was published under this name.")
    ] = False,
) -> None:
    """Record an issue as published, with its text and ratings.

    Its works are left out of later drafts. The next draft begins where its window ends, however
    often you correct it. Anchors are removed from the file. papertrack undo or unpublish reverses
    this.

    \b
    Examples:
      papertrack publish drafts/2026-W47.md
      papertrack publish 2026-W47
      papertrack publish 2026-W47 --again     after a correction
    """
    from papertrack.commands.issues import (  # noqa: PLC0415  # on use
        find_draft,
        publish as publish_issue,
        remove_anchors,
    )
    from papertrack.core.dates import read_day  # noqa: PLC0415  # on use

    session = session_of(context)
    folder = Path(session.config.digest.folder).expanduser()
    with session.database() as db:
        path = find_draft(db, target, folder)
        published = publish_issue(
            db,
            path,
            now=session.clock(),
            zone=session.zone,
            issue=issue,
            day=read_day(date) if date else None,
            again=again,
        )
    works = "1 work" if published.items == 1 else f"{published.items} works"
    if published.is_known:
        session.say(f"{published.issue} was published with this text before; nothing changed")
    else:
        session.say(f"published {published.issue}: {works}")
    for title in published.left_out:
        session.warn(f"not in the file, stays for the next issue: {in_quotes(title)}")
    remove_anchors(published)


unpublish_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@unpublish_app.command()
def unpublish(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The name of the issue, 2026-W47.")],
) -> None:
    """Mark an issue as unpublished.

    Its works go back into the next draft.

    \b
    Examples:
      papertrack unpublish 2026-W47
    """
    from papertrack.commands.issues import unpublish as unpublish_issue  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        works = unpublish_issue(db, issue, session.clock())
    session.say(
        f"unpublished {issue}: {works} work{'' if works == 1 else 's'} can be drafted again"
    )


import_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@import_app.command(name="import-issue")
def import_issue(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Digests, Markdown or text.", metavar="FILE")],
    date: Annotated[
        str | None, typer.Option(help="Date of the issue if its title has none: 2026-11-15.")
    ] = None,
    issue: Annotated[
        str | None, typer.Option(help="Name of the issue; default: the ISO week of its date.")
    ] = None,
) -> None:
    """Import old digests as published issues.

    Works, ratings and texts are imported. Works are matched by link, arXiv id or title, and added
    if they are new; sections are matched to areas by name. Your earlier ratings and notes stay. -v
    shows lines that belong to no work. papertrack undo removes an imported issue again.

    \b
    Examples:
      papertrack import-issue digests/2026-11-*.md
      papertrack import-issue week45.txt --date 2026-11-06
    """
    from papertrack.commands.import_issue import (  # noqa: PLC0415  # on use
        import_issue as import_digest,
        read_digest_file,
    )
    from papertrack.core.dates import read_day  # noqa: PLC0415  # on use

    if len(files) > 1 and (date or issue):
        message = "--date and --issue are for one digest"
        raise UsageError(message, hint="import the files one by one")
    session = session_of(context)
    texts = [(file, read_digest_file(file)) for file in files]
    with session.database() as db:
        for file, text in texts:
            imported = import_digest(
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
            f'{file}: "{heading}" is not an area; rated under {slug}; to make it one: '
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
