"""``papertrack draft``: write the digest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.draft_outlets import Outlets, print_out, write_out
from papertrack.cli.draft_window import issue_day, read_past, read_window
from papertrack.cli.session import Session, session_of, shown_path
from papertrack.commands.compose import Draft
from papertrack.commands.draft import write
from papertrack.commands.recipe import Recipe, make_draft
from papertrack.core.text.halves import read_halves
from papertrack.core.time.window import read_day
from papertrack.errors import StorageFull, UsageError
from papertrack.storage.as_of import turn_back
from papertrack.storage.issues import last_window_end

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def draft(
    context: typer.Context,
    week: Annotated[str | None, typer.Option(help="A whole ISO week, 2026-W47.")] = None,
    since: Annotated[str | None, typer.Option(help="From then on: 2026-11-16, 7d.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to then, not including it.")] = None,
    template: Annotated[
        str | None, typer.Option("--template", "-t", help="cards, narrative, update, or a file.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="The file; - for standard output.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="The date under the title.")] = None,
    title: Annotated[str | None, typer.Option(help="The title of this call's draft.")] = None,
    lead: Annotated[
        list[str] | None, typer.Option(help="A paragraph before the sections; repeatable, kept.")
    ] = None,
    least: Annotated[
        str | None, typer.Option("--min", metavar="VALUE", help="The lowest rating that goes in.")
    ] = None,
    where: Annotated[
        str | None, typer.Option("--where", "-w", help="Only items that a query finds; see list.")
    ] = None,
    anchors: Annotated[
        bool, typer.Option("--anchors", help="Name the items in comments that nobody sees.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what to see to, exit code 1.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what --check can mend.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="With --check: ask whether links still work.")
    ] = False,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", hidden=True)
    ] = False,
    as_json: options.JsonOption = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The draft as it would have been that day.")
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="Write next to a file that you edited by hand.")
    ] = False,
    html: Annotated[bool, typer.Option("--html", help="Write it as a page, too.")] = False,
    bib: Annotated[bool, typer.Option("--bib", help="Write its works as BibTeX, too.")] = False,
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy it as formatted text, for editors.")
    ] = False,
) -> None:
    """Write the digest of what was rated since the last issue, else this week.

    What you changed in the file by hand stays; what is new is merged into it.

    \b
    Examples:
      papertrack draft                          drafts/2026-W47.md
      papertrack draft --lead "A quiet week."   with a lead, kept for the next draft
      papertrack draft --since 2026-11-09 -o -  two weeks, to standard output
      papertrack draft -w 'area:mi -tag:hype'   of what was judged, what a query finds
      papertrack draft --check                  what to see to before it goes out
    """
    if as_json and not (check or fix or links):
        message = "--json prints what --check finds"
        raise UsageError(message, hint="give --check, too, or list --json for the items")
    session = session_of(context)
    style = session.config.digest
    now = read_past(as_of, session.clock(), session.zone) if as_of else session.clock()
    with session.rehearsal() if as_of else session.database() as db:
        if as_of:
            turn_back(db, now)
        window = read_window(
            now, session.zone, last_window_end(db), week=week, since=since, until=until
        )
        recipe = Recipe(
            window=window,
            is_open=not (week or until),
            day=read_day(date) if date else issue_day(window, now, session.zone),
            title=title,
            template=template or style.template,
            least=style.min_rating if least is None else read_halves(least) / 2,
            has_anchors=anchors,
            where=where or "",
        )
        composed = make_draft(
            db,
            session.config,
            recipe,
            now=now,
            texts={"lead": "\n\n".join(lead)} if lead else {},
        )
        path = Path(output or Path(style.folder).expanduser() / f"{composed.issue}.md")
        if as_of:
            _hand_out(session, composed, output)
            return
        if check or fix or links:
            from papertrack.cli.draft_check import run_check  # noqa: PLC0415  # on use

            run_check(
                session,
                db,
                composed,
                recipe,
                path=None if output == "-" else path,
                fixes=fix,
                links=links,
                allow_private_network=allow_private_network,
                as_json=as_json,
            )
            return
        wanted = Outlets(html=html, bib=bib, copy=copy)
        if output == "-":
            print_out(session, db, composed, wanted)
        else:
            written = write(
                db, composed, path, beside=beside, now=session.clock(), recipe=recipe.words()
            )
            edits = ", your edits are kept" if written.is_merged else ""
            session.say(f"wrote {shown_path(written.path)}: {_items(composed.cards)}{edits}")
            if wanted.are_wanted:
                write_out(session, db, composed, written.path, wanted)
    if composed.earlier and not (week or since):
        session.warn(
            f"not in it: {_items(composed.earlier)} kept before {window.since:%Y-%m-%d}; "
            "--since with an earlier date takes more in"
        )


def _hand_out(session: Session, composed: Draft, output: str | None) -> None:
    """Print a draft of the past, or put it into a file that is not there yet."""
    if output in {None, "-"}:
        sys.stdout.write(composed.text)
        return
    path = Path(output or "")
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(composed.text)
    except FileExistsError as error:
        message = f"{path} is there already, and a draft of the past is no news for it"
        raise UsageError(message, hint="name another file with -o") from error
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with -o") from error
    session.say(f"wrote {shown_path(path.resolve())}: {_items(composed.cards)}")


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"
