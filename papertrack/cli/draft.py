"""``papertrack draft``: write the digest."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of
from papertrack.commands.draft import write
from papertrack.commands.recipe import Recipe, make_draft
from papertrack.core.halves import read_halves
from papertrack.core.window import Window, current_window, read_day, read_moment, week_window
from papertrack.errors import UsageError
from papertrack.storage.issues import last_published_at

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def draft(
    context: typer.Context,
    week: Annotated[str | None, typer.Option(help="A whole ISO week, 2026-W47.")] = None,
    since: Annotated[str | None, typer.Option(help="From then on: 2026-11-16, 7d.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to then, not including it.")] = None,
    template: Annotated[
        str | None, typer.Option("--template", "-t", help="cards, or a Jinja2 file.")
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
    beside: Annotated[
        bool, typer.Option("--beside", help="Write next to a file that you edited by hand.")
    ] = False,
) -> None:
    """Write the digest of what was rated since the last issue, else this week.

    What you changed in the file by hand stays; what is new is merged into it.

    \b
    Examples:
      papertrack draft                          drafts/2026-W47.md
      papertrack draft --lead "A quiet week."   with a lead, kept for the next draft
      papertrack draft --since 2026-11-09 -o -  two weeks, to standard output
      papertrack draft --check                  what to see to before it goes out
    """
    session = session_of(context)
    style = session.config.digest
    with session.database() as db:
        window = _window(session, last_published_at(db), week=week, since=since, until=until)
        recipe = Recipe(
            window=window,
            is_open=not (week or until),
            day=read_day(date) if date else _day(session, window),
            title=title or style.title,
            template=template or style.template,
            least=style.min_rating if least is None else read_halves(least) / 2,
            has_anchors=anchors,
        )
        composed = make_draft(
            db,
            style,
            recipe,
            now=session.clock(),
            texts={"lead": "\n\n".join(lead)} if lead else {},
        )
        path = Path(output or Path(style.folder).expanduser() / f"{composed.issue}.md")
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
        if output == "-":
            sys.stdout.write(composed.text)
        else:
            written = write(
                db, composed, path, beside=beside, now=session.clock(), recipe=recipe.words()
            )
            edits = ", your edits are kept" if written.is_merged else ""
            session.say(f"wrote {_shown(written.path)}: {_items(composed.cards)}{edits}")
    if composed.earlier and not (week or since):
        session.warn(
            f"not in it: {_items(composed.earlier)} kept before {window.since:%Y-%m-%d}; "
            "--since with an earlier date takes more in"
        )


def _window(
    session: Session,
    published: dt.datetime | None,
    *,
    week: str | None,
    since: str | None,
    until: str | None,
) -> Window:
    now, zone = session.clock(), session.zone
    if week:
        if since or until:
            message = "--week and --since or --until contradict each other"
            raise UsageError(message, hint="give one of them")
        return week_window(week, zone)
    usual = current_window(now, zone, published)
    window = Window(
        read_moment(since, now, zone) if since else usual.since,
        read_moment(until, now, zone) if until else usual.until,
    )
    if window.since >= window.until:
        message = "the window ends before it begins"
        raise UsageError(message, hint="give --since an earlier date than --until")
    return window


def _day(session: Session, window: Window) -> dt.date:
    """Take today as the issue's date, or the last day of a window that is over."""
    last = window.until.astimezone(session.zone) - dt.timedelta(microseconds=1)
    return min(session.clock().astimezone(session.zone), last).date()


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"
