"""``papertrack status``: which days of each source are complete."""

from __future__ import annotations

import shutil
import sys
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, moment_json, print_json, session_of
from papertrack.commands.sources import read_status
from papertrack.core.watch.record import Day
from papertrack.core.watch.status import Need, SourceStatus, Status
from papertrack.ui.coverage import coverage_lines, gap_lines, marks_for

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def status(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="How many days, today included.", min=1, max=31)] = 7,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Print only what needs your attention.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show each source's last days, and what needs your attention.

    A day is complete, quiet (nothing due or nothing new), stale (arXiv showed an older batch
    again), late or failed; it is blank if the source was not fetched. arXiv's days are those of New
    York. With --gaps the exit code is 1 if anything needs your attention.

    \b
    Examples:
      papertrack status
      papertrack status --days 14
      papertrack -q status --gaps
    """
    session = session_of(context)
    with session.database() as db:
        found = read_status(db, session.clock(), session.zone, days=days)
    if as_json:
        print_json(needs_json(found.needs) if gaps else _json(found))
    elif gaps:
        _print_lines(gap_lines(found.needs))
        if not found.needs:
            session.say("nothing needs your attention")
    else:
        _print(session, found)
    if gaps and found.needs:
        raise typer.Exit(1)


def _print(session: Session, found: Status) -> None:
    if not found.sources:
        session.say(f"there are no sources; add one to {session.config_path}")
    elif not any(one.source.asked_at for one in found.sources):
        session.say("nothing was fetched yet; run: papertrack fetch")
    elif sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        _print_lines(coverage_lines(found, session.zone, width, marks_for(sys.stdout.encoding)))
    else:
        _print_lines(coverage_lines(found, session.zone, None))


def _print_lines(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _json(found: Status) -> dict[str, object]:
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "sources": [_source_json(one) for one in found.sources],
        "needs": needs_json(found.needs),
    }


def _source_json(one: SourceStatus) -> dict[str, object]:
    return {
        "source": one.source.slug,
        "name": one.source.name,
        "kind": one.source.kind,
        "asked_at": moment_json(one.source.asked_at),
        "read_at": moment_json(one.source.read_at),
        "new": one.source.new,
        "days": [{"day": day.isoformat(), **_day_json(known)} for day, known in one.days.items()],
    }


def _day_json(day: Day | None) -> dict[str, object]:
    return {
        "outcome": day.outcome.value if day else None,
        "reason": day.reason if day else None,
        "entries": day.entries if day else 0,
        "new": day.new if day else 0,
    }


def needs_json(needs: tuple[Need, ...]) -> list[dict[str, object]]:
    """List what needs the author, for ``--json``."""
    return [
        {
            "source": need.source,
            "since": need.since.isoformat() if need.since else None,
            "until": need.until.isoformat() if need.until else None,
            "what": need.what,
            "state": need.state,
            "do": need.todo,
        }
        for need in needs
    ]
