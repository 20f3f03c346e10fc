"""``papertrack draft`` and ``absorb``: write, check and export the digest; read edits back."""

from __future__ import annotations

import base64
import datetime as dt
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, plain, print_json, session_of, shown_path
from papertrack.commands.compose import Draft, Recipe, make_draft
from papertrack.commands.draft import write
from papertrack.core.dates import Window, current_window, read_day, read_moment, week_window
from papertrack.core.text.borrowed_titles import in_quotes
from papertrack.core.text.ratings import read_halves
from papertrack.errors import PapertrackError, StorageFull, UsageError
from papertrack.storage.database import SHARED, new_file
from papertrack.storage.issues import last_window_end
from papertrack.storage.projection import turn_back

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from papertrack.commands.absorb import Absorbed
    from papertrack.core.drafts.check import Finding
    from papertrack.core.drafts.edit_statements import EditStatement

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_window(
    now: dt.datetime,
    zone: dt.tzinfo,
    last_end: dt.datetime | None,
    *,
    week: str | None,
    since: str | None,
    until: str | None,
) -> Window:
    """Read the window of judgements that a draft covers.

    Args:
        now: The current time.
        zone: The author's time zone.
        last_end: The end of the last published issue; None before the first.
        week: A whole ISO week.
        since: The start, inclusive.
        until: The end, exclusive.

    Raises:
        UsageError: The options contradict each other, or one is not a date.
    """
    if week:
        if since or until:
            message = "--week and --since or --until contradict each other"
            raise UsageError(message, hint="give one of them")
        return week_window(week, zone)
    usual = current_window(now, zone, last_end)
    window = Window(
        read_moment(since, now, zone) if since else usual.since,
        read_moment(until, now, zone) if until else usual.until,
    )
    if window.since >= window.until:
        message = "the window ends before it begins"
        raise UsageError(message, hint="give --since an earlier date than --until")
    return window


def issue_day(window: Window, now: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """Date the issue today, or on the last day of a window that is over."""
    last = window.until.astimezone(zone) - dt.timedelta(microseconds=1)
    return min(now.astimezone(zone), last).date()


def read_past(text: str, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Read the moment of ``--as-of``: the end of a day, or any past moment.

    Raises:
        UsageError: It is not a date, or is in the future.
    """
    moment = read_moment(text, now, zone)
    if _DAY.fullmatch(text.strip()) and moment <= now:
        moment = min(moment + dt.timedelta(days=1, milliseconds=-1), now)
    if moment > now:
        message = f'"{text}" is in the future'
        raise UsageError(message, hint="give today or an earlier day")
    return moment


@dataclass(frozen=True, slots=True)
class Outlets:
    """The forms of a digest to produce besides its Markdown."""

    html: bool = False
    bib: bool = False
    copy: bool = False

    @property
    def are_wanted(self) -> bool:
        """Whether any form is wanted."""
        return self.html or self.bib or self.copy


def print_out(session: Session, db: sqlite3.Connection, draft: Draft, wanted: Outlets) -> None:
    """Print a digest to standard output in the wanted form."""
    from papertrack.commands.draft import (  # noqa: PLC0415  # on use
        bibliography_of,
        page_of,
    )

    if wanted.html:
        sys.stdout.write(page_of(draft.text))
    elif wanted.bib:
        sys.stdout.write(bibliography_of(db, draft))
    else:
        sys.stdout.write(draft.text)
    if wanted.copy:
        _copy(session, draft.text)


def write_out(
    session: Session, db: sqlite3.Connection, draft: Draft, path: Path, wanted: Outlets
) -> None:
    """Write other forms of a digest next to its file, with the author's edits."""
    from papertrack.commands.draft import (  # noqa: PLC0415  # as above
        bibliography_of,
        page_of,
        write_next_to,
    )

    text = path.read_text("utf-8", errors="replace")
    if wanted.html:
        page = write_next_to(path, ".html", page_of(text))
        session.say(f"wrote {shown_path(page)}")
    if wanted.bib:
        works = write_next_to(path, ".bib", bibliography_of(db, draft))
        session.say(f"wrote {shown_path(works)}")
    if wanted.copy:
        _copy(session, text)


def _copy(session: Session, text: str) -> None:
    """Copy a digest to the clipboard, formatted if the system supports it.

    Raises:
        PapertrackError: There is neither a clipboard program nor a terminal.
    """
    from papertrack.commands.draft import rich_text_of  # noqa: PLC0415  # as above
    from papertrack.ui.terminal import copy_html  # noqa: PLC0415  # as above

    if copy_html(rich_text_of(text)):
        session.say("copied as formatted text: paste it into your editor")
    elif sys.stderr.isatty():
        # OSC 52 copies only plain text, but also over ssh.
        sys.stderr.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
        session.warn(
            "no program here copies formatted text; copied the Markdown instead; "
            "for formatted text run papertrack preview and copy it in the browser"
        )
    else:
        message = "no clipboard here takes formatted text"
        raise PapertrackError(message, hint="run papertrack preview and copy it from the browser")


def run_check(  # the draft, and how it is checked
    session: Session,
    db: sqlite3.Connection,
    draft: Draft,
    recipe: Recipe,
    *,
    path: Path | None,
    fixes: bool,
    links: bool,
    allow_private_network: bool,
    as_json: bool,
) -> None:
    """Check a draft and print the findings; exit with 1 if any remain.

    Args:
        session: The call.
        db: The database.
        draft: The draft as generated now.
        recipe: The options it was made with.
        path: Its file; None to check the generated text.
        fixes: Whether to fix what can be fixed safely.
        links: Whether to test that links still work.
        allow_private_network: Whether links may lead to private addresses.
        as_json: Whether to print JSON.
    """
    from papertrack.commands.check import apply_fixes, check, check_links  # noqa: PLC0415  # on use

    checked = check(db, session.config.digest, draft, recipe, path=path, now=session.clock())
    if fixes:
        checked = apply_fixes(db, checked, draft, path=path, now=session.clock())
    findings = list(checked.findings)
    if links:
        findings += check_links(
            db,
            checked.links,
            contact=session.config.contact,
            now=session.clock(),
            allow_private_network=allow_private_network,
        )
    if as_json:
        print_json(
            [_json(one, fixed=True) for one in checked.fixed] + [_json(one) for one in findings]
        )
    else:
        _print(session, checked.fixed, findings)
    if findings:
        raise typer.Exit(1)


def _print(session: Session, fixed: Sequence[Finding], findings: Sequence[Finding]) -> None:
    for finding in fixed:
        session.say(plain(f"fixed: {_place(finding)}{finding.what}"))
    for finding in findings:
        session.say(plain(f"{_place(finding)}{finding.what}; {finding.todo}"))
    if not findings:
        session.say("nothing found" if not fixed else "nothing else found")


def _place(finding: Finding) -> str:
    if finding.item is not None:
        return (
            f"{finding.item} {in_quotes(finding.title)} " if finding.title else f"{finding.item} "
        )
    return f"line {finding.line}: " if finding.line is not None else ""


def _json(finding: Finding, *, fixed: bool = False) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "item": finding.item,
        "title": finding.title or None,
        "line": finding.line,
        "what": finding.what,
        "todo": finding.todo,
        "fixable": finding.fix is not None,
        "fixed": fixed,
    }


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
    date: Annotated[str | None, typer.Option(help="The date under the title: 2026-11-20.")] = None,
    title: Annotated[str | None, typer.Option(help="The title, for this draft only.")] = None,
    lead: Annotated[
        list[str] | None,
        typer.Option(help="Paragraph before the sections; repeatable, remembered."),
    ] = None,
    minimum: Annotated[
        str | None, typer.Option("--min", metavar="VALUE", help="Leave out items rated lower.")
    ] = None,
    where: Annotated[
        str | None, typer.Option("--where", "-w", help="Only items that match a query; see list.")
    ] = None,
    anchors: Annotated[
        bool, typer.Option("--anchors", help="Mark items with invisible comments.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Check only; exit 1 if there are problems.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Fix what --check can fix.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="With --check: test whether links still work.")
    ] = False,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", hidden=True)
    ] = False,
    as_json: options.JsonOption = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Write the draft as of that day.")
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="Write a new file next to your edited one.")
    ] = False,
    html: Annotated[bool, typer.Option("--html", help="Also write it as an HTML page.")] = False,
    bib: Annotated[bool, typer.Option("--bib", help="Also write its works as BibTeX.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the draft as formatted text.")] = False,
) -> None:
    """Write the digest of items rated since the last issue.

    Before the first issue it covers this week. Your edits in the file stay; new items are merged
    in.

    \b
    Examples:
      papertrack draft                          drafts/2026-W47.md
      papertrack draft --lead "A quiet week."   with a lead, kept for the next draft
      papertrack draft --since 2026-11-09 -o -  two weeks, to standard output
      papertrack draft -w 'area:mi -tag:hype'   only items that match a query
      papertrack draft --check                  lists what to fix before you publish
    """
    if as_json and not (check or fix or links):
        message = "--json needs --check"
        raise UsageError(message, hint="add --check; for the items run papertrack list --json")
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
            minimum=style.min_rating if minimum is None else read_halves(minimum) / 2,
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
            _write_past_draft(session, composed, output)
            return
        if check or fix or links:
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
                db, composed, path, beside=beside, now=session.clock(), recipe=recipe.to_json()
            )
            edits = ", your edits are kept" if written.is_merged else ""
            session.say(f"wrote {shown_path(written.path)}: {_items(composed.cards)}{edits}")
            if wanted.are_wanted:
                write_out(session, db, composed, written.path, wanted)
    if composed.earlier and not (week or since):
        session.warn(
            f"left out: {_items(composed.earlier)} kept before {window.since:%Y-%m-%d}; "
            "use an earlier --since to include them"
        )


def _write_past_draft(session: Session, composed: Draft, output: str | None) -> None:
    """Print a draft of the past, or write it to a new file."""
    if output in {None, "-"}:
        sys.stdout.write(composed.text)
        return
    path = Path(output or "")
    try:
        with new_file(path, SHARED) as file:
            file.write(composed.text.encode())
    except FileExistsError as error:
        message = f"{path} already exists; a draft of the past does not replace it"
        raise UsageError(message, hint="name another file with -o") from error
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with -o") from error
    session.say(f"wrote {shown_path(path.resolve())}: {_items(composed.cards)}")


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"


absorb_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_EDIT_WIDTH = 60


@absorb_app.command()
def absorb(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The draft that you edited.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only show the edits.")] = False,
) -> None:
    """Store the edits that you made in a draft's file.

    Texts, ratings, remarks, titles, order and items are stored as one undo step. An item that you
    removed from the file goes back to the items for later. An edit that papertrack cannot place is
    reported; it stays in the file and survives the next draft.

    \b
    Examples:
      papertrack absorb drafts/2026-W47.md             show the edits, ask, store them
      papertrack absorb drafts/2026-W47.md --dry-run   only show the edits
    """
    from papertrack.commands.absorb import (  # noqa: PLC0415  # `draft` need not pay for it
        absorb as absorb_edits,
        propose,
    )

    session = session_of(context)
    with session.database() as db:
        found = propose(db, session.config, file, now=session.clock(), zone=session.zone)
        _show_edits(session, found)
        if not found.changes or dry_run:
            return
        if not yes:
            _ask_to_absorb()
        absorb_edits(
            db, session.config, file, now=session.clock(), zone=session.zone, expected=found
        )
    count = len(found.changes)
    session.say(
        f"absorbed {count} change{'' if count == 1 else 's'}; papertrack undo takes it back"
    )


def _show_edits(session: Session, found: Absorbed) -> None:
    for change in found.changes:
        session.say(plain(_edit_line(change)))
    if not found.changes:
        session.say("nothing to absorb")
    if found.left:
        session.warn("left in the file, because it is not clear which item it belongs to:")
    for left in found.left:
        place = f"  line {left.line}: " if left.line else "  not in the file: "
        session.warn(plain(place + _short(left.text)))


def _edit_line(change: EditStatement) -> str:
    before, after = (None if one is None else _short(one) for one in (change.before, change.after))
    shown = f"{before} → {after}" if before and after else after or f"{before} → nothing"
    return f"{_short(change.about)}: {change.what}: {shown}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EDIT_WIDTH else line[: _EDIT_WIDTH - 1] + "…"


def _ask_to_absorb() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "nothing was absorbed: cannot ask for confirmation without a terminal"
        raise PapertrackError(message, hint="add --yes, or --dry-run to only see the edits")
    if not typer.confirm("absorb these edits?", default=True):
        raise typer.Exit(1)
