"""``papertrack issue``: show and edit the title, lead and other texts of an issue."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.edit import edit_card, read_card_file
from papertrack.cli.session import Session, plain, print_json, session_of
from papertrack.core.dates import current_window, week_window
from papertrack.storage.issues import last_window_end

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback()
def issue() -> None:
    """Show and edit the title, lead and other texts of an issue.

    \b
    Examples:
      papertrack issue edit
      papertrack issue set 2026-W47 lead "A quiet week."
      papertrack issue show
    """


def name_of(session: Session, db: sqlite3.Connection, named: str | None) -> str:
    """Read the name of an issue; by default the one that `papertrack draft` writes now.

    Raises:
        UsageError: It is not a calendar week.
    """
    if named is not None and named != "now":
        return week_window(named, session.zone).issue
    return current_window(session.clock(), session.zone, last_window_end(db)).issue


@app.command("show")
def show(
    context: typer.Context,
    issue: Annotated[
        str | None,
        typer.Argument(help="Week of the issue, 2026-W47; default: this week.", metavar="ISSUE"),
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Show the texts of an issue, empty ones left out.

    \b
    Examples:
      papertrack issue show
      papertrack issue show 2026-W46 --json
    """
    from papertrack.core.digest.issue import LABELS  # noqa: PLC0415  # on use
    from papertrack.storage.issues import read_texts  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        name = name_of(session, db, issue)
        texts = read_texts(db, name)
    if as_json:
        print_json({"issue": name, "texts": texts})
        return
    if not texts:
        session.warn(f"issue {name} has no texts yet; start with papertrack issue edit {name}")
    for field in [*LABELS, *sorted(texts.keys() - LABELS.keys())]:
        if field in texts:
            lines = [plain(line) for line in texts[field].splitlines()]
            sys.stdout.write(f"{LABELS.get(field, plain(field))}: {lines[0] if lines else ''}\n")
            sys.stdout.writelines(f"  {line}".rstrip() + "\n" for line in lines[1:])


@app.command("set")
def set_(
    context: typer.Context,
    issue: Annotated[
        str, typer.Argument(help="Week of the issue, 2026-W47, or now.", metavar="ISSUE")
    ],
    field: Annotated[
        str,
        typer.Argument(help="title, lead, intro, teasers, outro, watch, event, event_date, …"),
    ],
    text: Annotated[str, typer.Argument(help="The text; an empty one removes it.")],
) -> None:
    """Set one text of an issue; teasers go one per line.

    \b
    Examples:
      papertrack issue set 2026-W47 lead "A quiet week."
      papertrack issue set now event_date 2026-11-28
    """
    from papertrack.commands.issues import write_texts  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        name = name_of(session, db, issue)
        changed = write_texts(db, name, {field: text}, session.clock())
    session.say(f"wrote {', '.join(changed)} of {name}" if changed else "nothing changed")


@app.command("edit")
def edit(
    context: typer.Context,
    issue: Annotated[
        str | None,
        typer.Argument(help="Week of the issue, 2026-W47; default: this week.", metavar="ISSUE"),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", help="Read the card from a file, or - from standard input."),
    ] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the card and exit.")] = False,
) -> None:
    """Edit all texts of an issue in your editor.

    The editor is $VISUAL or $EDITOR. If the card cannot be read, it is kept in a file and nothing
    changes.

    \b
    Examples:
      papertrack issue edit
      papertrack issue edit 2026-W47 --print > issue.md
      papertrack issue edit 2026-W47 --file issue.md
    """
    from papertrack.core.digest.issue import write_issue_card  # noqa: PLC0415  # on use
    from papertrack.storage.issues import read_texts  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        name = name_of(session, db, issue)
        card = write_issue_card(name, read_texts(db, name))
    if only_print:
        sys.stdout.write(card)
    elif file is not None:
        _write_down(session, name, card, read_card_file(file, writer="issue edit --print"))
    else:
        _edit(session, name, card)


def _edit(session: Session, name: str, card: str) -> None:
    def hint_for(_: str | None, path: Path) -> str:
        again = f"papertrack issue edit {name} --file {path}"
        return f"the card is kept in {path}; correct it and run {again}"

    edit_card(
        session,
        card,
        lambda edited: _write_down(session, name, card, edited),
        without_terminal=f"use papertrack issue set {name} FIELD TEXT, or --file",
        hint_for=hint_for,
    )


def _write_down(session: Session, name: str, card: str, edited: str) -> None:
    from papertrack.commands.issues import store_issue_card  # noqa: PLC0415  # on use

    with session.database() as db:
        changed = store_issue_card(db, name, opened=card, edited=edited, now=session.clock())
    session.say(f"wrote {', '.join(changed)} of {name}" if changed else "nothing changed")
