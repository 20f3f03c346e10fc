"""``papertrack issues``: list, show and compare published issues, and follow up on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import moment_json, print_json, session_of
from papertrack.core.text.clean import one_line
from papertrack.storage.issues import list_issues

app = typer.Typer(rich_markup_mode=None, add_completion=False, invoke_without_command=True)


@app.callback()
def issues(context: typer.Context, as_json: options.JsonOption = False) -> None:
    """List published issues; show, compare and follow up on them.

    Each line shows name, date, works and title, newest first.

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
        session.warn("no issue published yet; publish one with papertrack publish FILE")


@app.command("show")
def show(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The name of the issue, 2026-W47.")],
    items: Annotated[
        bool, typer.Option("--items", help="List its works instead of its text.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Print a published issue, or list its works.

    Each work is listed with its number, area, rating as printed, and title.

    \b
    Examples:
      papertrack issues show 2026-W46
      papertrack issues show 2026-W46 --items
    """
    from papertrack.commands.issues import read_issue  # noqa: PLC0415  # on use
    from papertrack.core.text.clean import typed  # noqa: PLC0415  # on use
    from papertrack.storage.issues import read_lines  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        text, lines = read_issue(db, issue), read_lines(db, issue)
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


@app.command("diff")
def diff(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The name of a published issue, 2026-W47.")],
    other: Annotated[
        str | None,
        typer.Argument(help="A file or another issue; default: the draft's file."),
    ] = None,
) -> None:
    """Compare a published issue with its file or another issue.

    The comparison goes line by line. The exit code is 1 if they differ.

    \b
    Examples:
      papertrack issues diff 2026-W47
      papertrack issues diff 2026-W46 2026-W47
    """
    from papertrack.commands.import_issue import read_digest_file  # noqa: PLC0415  # on use
    from papertrack.commands.issues import (  # noqa: PLC0415  # on use
        compare,
        find_draft,
        read_issue,
    )
    from papertrack.core.text.clean import typed  # noqa: PLC0415  # on use

    session = session_of(context)
    folder = Path(session.config.digest.folder).expanduser()
    with session.database() as db:
        old = read_issue(db, issue)
        if other is not None and not Path(other).is_file():
            new, name = read_issue(db, other), other
        else:
            path = Path(other) if other is not None else find_draft(db, issue, folder)
            new, name = read_digest_file(path), str(path)
    lines = compare(old, new, old_name=issue, new_name=name)
    for line in lines:
        session.say(typed(line))
    if lines:
        raise typer.Exit(1)


@app.command("follow-ups")
def follow_ups(context: typer.Context, as_json: options.JsonOption = False) -> None:
    """List news about works of earlier issues.

    News are new versions, journal publications, withdrawals and posts. Each line shows number,
    issue with its date, the news, and title.

    \b
    Examples:
      papertrack issues follow-ups
    """
    from papertrack.commands.issues import find_follow_ups  # noqa: PLC0415  # on use

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
        session.warn("no news about published works")
