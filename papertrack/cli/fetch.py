"""``papertrack fetch``: bring in what is new."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.cli.network import network
from papertrack.cli.session import Session, session_of
from papertrack.commands import fetch as fetching
from papertrack.commands.fetch_report import FetchReport
from papertrack.net.lock import only_fetch
from papertrack.ui.progress import fetch_progress

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def fetch(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Only these, by slug.", metavar="SOURCE")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Downloads at the same time.", min=1, max=64)] = 16,
    as_json: options.JsonOption = False,
) -> None:
    """Bring in what is new from arXiv and your feeds.

    A source that fails is named on standard error, the others are stored, and the exit code is 1.

    \b
    Examples:
      papertrack fetch
      papertrack fetch arxiv-ml example-blog
    """
    session = session_of(context)
    chosen = fetching.choose_sources(session.config, sources or [])
    with (
        session.database(create=True, checked=True) as db,
        only_fetch(session.database_path),
        fetch_progress(len(chosen), shown=_may_draw(session)) as advance,
    ):

        async def run() -> FetchReport:
            async with network(session.config.contact, jobs=jobs) as (client, workers):
                pause_s = session.config.arxiv.pause_s
                resources = fetching.Run(db, client, workers, pause_s, session.clock, advance)
                return await fetching.fetch(resources, session.config, chosen)

        report = asyncio.run(run())
    _print(session, report, as_json=as_json)
    if report.failed:
        raise typer.Exit(1)


def _may_draw(session: Session) -> bool:
    return session.verbosity >= 0 and sys.stderr.isatty()


def _print(session: Session, report: FetchReport, *, as_json: bool) -> None:
    for source in report.sources:
        for problem in source.problems:
            session.explain(f"{source.slug}: {problem}")
        if source.outcome == "failed":
            hint = f"; {source.hint}" if source.hint else ""
            session.warn(f"{source.slug}: failed: {source.error}{hint}")
        else:
            session.explain(
                f"{source.slug}: {source.outcome}, {source.entries} entries, {source.new} new, "
                f"{source.updated} updated"
            )
    if as_json:
        print_json(_json(report))
    else:
        session.say(_summary(report))


def _summary(report: FetchReport) -> str:
    """Say in one line what the run brought."""
    new, updated = report.total("new"), report.total("updated")
    left_out = sum(len(source.problems) for source in report.sources)
    brought = f"{new} new" if new else "nothing new"
    parts = [brought]
    parts += [f"{updated} updated"] if updated else []
    parts += [f"{left_out} to look at (-v says what)"] if left_out else []
    parts += [f"{len(report.failed)} failed"] if report.failed else []
    count = len(report.sources)
    return f"fetched {count} source{'s' if count != 1 else ''}: {', '.join(parts)}"


def _json(report: FetchReport) -> dict[str, object]:
    return {
        "new": report.total("new"),
        "updated": report.total("updated"),
        "failed": len(report.failed),
        "sources": [
            {
                "source": source.slug,
                "name": source.name,
                "outcome": source.outcome,
                "http_status": source.http_status,
                "entries": source.entries,
                "new": source.new,
                "updated": source.updated,
                "error": source.error,
                "problems": list(source.problems),
            }
            for source in report.sources
        ],
    }
