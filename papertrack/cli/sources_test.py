"""``papertrack sources test``: download and read sources, store nothing."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import moment_json, print_json
from papertrack.cli.network import network
from papertrack.cli.session import Session, session_of
from papertrack.commands.sources_try import TrialReport, choose_trials, try_sources
from papertrack.core.text.clean import one_line
from papertrack.core.watch.credentials import without_credentials

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_PROBLEMS = 5


@app.command("test")
def try_out(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(help="Slugs or addresses; else all.", metavar="SOURCE|URL")
    ] = None,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", help="Addresses may be private.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Download and read sources, and say what came; nothing is stored.

    The exit code is 1 when one fails. arXiv is left out: it asks to be asked once a day.

    \b
    Examples:
      papertrack sources test
      papertrack sources test example-blog https://example.org/other.xml
    """
    session = session_of(context)
    trials, skipped = choose_trials(
        session.config, words or [], allow_private_network=allow_private_network
    )

    async def run() -> list[TrialReport]:
        async with network(session.config.contact, jobs=16) as (client, workers):
            return await try_sources(trials, client, workers)

    reports = asyncio.run(run()) if trials else []
    if as_json:
        print_json([_json(report) for report in reports])
    for report in reports:
        if report.error is not None:
            hint = f"; {report.hint}" if report.hint else ""
            session.warn(f"{_name(report)}: failed: {report.error}{hint}")
        elif not as_json:
            _print(session, report)
    for slug in skipped:
        session.warn(f"{slug}: not tested, arXiv asks to be asked once a day; see papertrack fetch")
    if any(report.error is not None for report in reports):
        raise typer.Exit(1)


def _print(session: Session, report: TrialReport) -> None:
    kind = one_line(report.content_type or "no type").partition(";")[0]
    parts = [f"HTTP {report.http_status}", kind, f"{report.entries} entries"]
    if report.newest_at:
        parts.append(f"the newest of {report.newest_at.astimezone(session.zone):%Y-%m-%d}")
    session.say(f"{_name(report)}: {', '.join(parts)}")
    for title in report.titles:
        session.say(f"  {title or '(no title)'}")
    for problem in report.problems[:_PROBLEMS]:
        session.say(f"  problem: {problem}")
    if len(report.problems) > _PROBLEMS:
        session.say(f"  and {len(report.problems) - _PROBLEMS} more problems")
    if report.moved_to:
        session.say(f"  has moved for good to {without_credentials(report.moved_to)}")


def _name(report: TrialReport) -> str:
    return without_credentials(report.name) if ":" in report.name else report.name


def _json(report: TrialReport) -> dict[str, object]:
    return {
        "source": _name(report),
        "url": without_credentials(report.url),
        "http_status": report.http_status,
        "content_type": report.content_type,
        "title": report.title,
        "entries": report.entries,
        "newest_at": moment_json(report.newest_at),
        "titles": list(report.titles),
        "problems": list(report.problems),
        "moved_to": without_credentials(report.moved_to) if report.moved_to else None,
        "error": report.error,
    }
