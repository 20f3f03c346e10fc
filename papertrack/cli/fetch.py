"""``papertrack fetch``: download new items."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import (
    Session,
    moment_json,
    network,
    print_json,
    rate_limited_client,
    session_of,
)
from papertrack.commands import fetch as fetching
from papertrack.commands.fetch_run import (
    FetchOptions,
    FetchReport,
    Run,
    SourceReport,
    read_run_facts,
)
from papertrack.commands.writer import Writer
from papertrack.config.schema import FeedSource
from papertrack.core.answers import SourceState
from papertrack.core.dates import read_moment
from papertrack.errors import Terminated, UsageError
from papertrack.net.rate_limit import only_fetch
from papertrack.ui.terminal import fetch_progress

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from papertrack.config.schema import Config, SourceConfig

app = typer.Typer(rich_markup_mode=None, add_completion=False)


# Keep the event loop responsive: fail soon while another program writes, and retry.
_BUSY_MS = 100


@dataclass(frozen=True, slots=True)
class _RunOptions:
    """The options of a run; a rehearsal stores nothing."""

    wanted: FetchOptions
    jobs: int
    is_rehearsal: bool


@app.command()
def fetch(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Fetch only these sources, by slug.", metavar="SOURCE"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Catch up on arXiv from this day: 2026-11-20, 3d, 2w.", metavar="DAY"),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Fetch sources that are not due, gone or unchanged, too."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stored; store nothing.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Number of parallel downloads.", min=1, max=64)] = 16,
    as_json: options.JsonOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print details, as papertrack -v fetch does.")
    ] = False,
) -> None:
    """Fetch new items from arXiv and your feeds.

    If a source fails, or arrives only in part, it is named on standard error, the others are
    stored, and the exit code is 1.
    A source whose server asked for a pause is "not due" and is skipped.

    \b
    Examples:
      papertrack fetch
      papertrack fetch arxiv-ml example-blog
      papertrack fetch --since 2w
      papertrack fetch --force --dry-run -v
    """
    session = session_of(context)
    if verbose:
        session.verbosity = 1
    chosen = fetching.choose_sources(session.config, sources or [])
    wanted = FetchOptions(force=force, since=_read_since(session, since))
    with (
        _open_database(session, dry_run=dry_run) as db,
        fetch_progress(len(chosen), shown=_shows_progress(session)) as advance,
    ):
        db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        run_options = _RunOptions(wanted, jobs, is_rehearsal=dry_run)
        report = asyncio.run(_run(session, db, chosen, run_options, advance))
    _print(session, report, as_json=as_json, dry_run=dry_run)
    if report.failed:
        raise typer.Exit(1)


@contextlib.contextmanager
def _open_database(session: Session, *, dry_run: bool) -> Iterator[sqlite3.Connection]:
    if dry_run:
        with session.rehearsal() as db:
            yield db
        return
    with session.database(create=True, checked=True) as db, only_fetch(session.database_path):
        yield db


async def _run(
    session: Session,
    db: sqlite3.Connection,
    chosen: Sequence[SourceConfig],
    run_options: _RunOptions,
    advance: Callable[[SourceReport], None],
) -> FetchReport:
    config = session.config
    gc.freeze()  # what was imported stays: a collection need not look at it
    with _cancel_on_sigterm():
        async with network(session, jobs=run_options.jobs) as (client, workers):
            run = Run(
                db=db,
                config=config,
                client=client,
                arxiv=rate_limited_client(
                    session, db, client, is_shared=not run_options.is_rehearsal
                ),
                parser=workers,
                writer=Writer(db),
                clock=session.clock,
                facts=read_run_facts(db, config, zone=session.zone, now=session.clock()),
                on_done=advance,
                options=run_options.wanted,
            )
            report = await fetching.fetch(run, chosen)
            if run_options.is_rehearsal and _asked_arxiv(config, report):
                # The discarded copy does not record the request, so wait for arXiv's pause here.
                await asyncio.sleep(config.arxiv.pause_s)
            return report


def _asked_arxiv(config: Config, report: FetchReport) -> bool:
    of_arxiv = {one.slug for one in config.sources if not isinstance(one, FeedSource)}
    return any(one.slug in of_arxiv and one.outcome != "not due" for one in report.sources)


@contextlib.contextmanager
def _cancel_on_sigterm() -> Iterator[None]:
    """Handle SIGTERM like Ctrl-C: keep finished work and leave no process behind."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    is_terminated = False

    def end() -> None:
        nonlocal is_terminated
        is_terminated = True
        if task is not None:
            task.cancel()

    with contextlib.suppress(RuntimeError):  # signals only reach the main thread
        loop.add_signal_handler(signal.SIGTERM, end)
    try:
        yield
    except asyncio.CancelledError as error:
        if is_terminated:
            raise Terminated from error
        raise


def _read_since(session: Session, text: str | None) -> date | None:
    if text is None:
        return None
    now = session.clock()
    moment = read_moment(text, now, session.zone)
    if moment > now:
        message = f'--since "{text}" is in the future'
        raise UsageError(message, hint="give today or an earlier day")
    return moment.astimezone(session.zone).date()


def _shows_progress(session: Session) -> bool:
    return session.verbosity >= 0 and sys.stderr.isatty()


def _print(session: Session, report: FetchReport, *, as_json: bool, dry_run: bool) -> None:
    unreachable = _unreachable_together(report) if session.verbosity <= 0 else []
    for source in report.sources:
        for problem in source.problems:
            session.explain(f"{source.slug}: {problem}")
        if source in unreachable:
            continue
        if source.is_failure:
            hint = f"; {source.hint}" if source.hint else ""
            session.warn(f"{source.slug}: {source.outcome}: {source.error}{hint}")
        else:
            session.explain(f"{source.slug}: {_details(source)}")
        for notice in source.notices:
            session.warn(f"{source.slug}: {notice}")
    for line in _reasons(unreachable):
        session.warn(line)
    for line in _needs(report):
        session.warn(line)
    if as_json:
        print_json(_json(report))
    else:
        session.say(_summary(report, dry_run=dry_run))


_MANY = 3  # sources unreachable for one reason: the network is at fault, not they
_NAMED = 3


def _unreachable_together(report: FetchReport) -> list[SourceReport]:
    """List the unreachable sources whose reason several others share."""
    unreached = [one for one in report.failed if one.state == SourceState.UNREACHABLE]
    counts = Counter(one.error for one in unreached)
    return [one for one in unreached if counts[one.error] >= _MANY]


def _reasons(unreached: Sequence[SourceReport]) -> Iterator[str]:
    """Name the unreachable sources once for each reason."""
    for reason in dict.fromkeys(one.error for one in unreached):
        slugs = [one.slug for one in unreached if one.error == reason]
        named = ", ".join(slugs[:_NAMED])
        more = f" and {len(slugs) - _NAMED} more" if len(slugs) > _NAMED else ""
        yield (
            f"{len(slugs)} sources failed: {reason}; check the network connection"
            f" ({named}{more}; -v names each)"
        )


def _needs(report: FetchReport) -> Iterator[str]:
    """Name what else needs the author; many silent sources are one line."""
    silent = [need for need in report.needs if need.state == SourceState.SILENT]
    silent = silent if len(silent) >= _MANY else []
    yield from (f"{need.source}: {need.text}" for need in report.needs if need not in silent)
    if silent:
        named = ", ".join(f"{need.source}" for need in silent[:_NAMED])
        more = f" and {len(silent) - _NAMED} more" if len(silent) > _NAMED else ""
        yield (
            f"{len(silent)} sources are silent for longer than usual ({named}{more});"
            " see them with: papertrack status --gaps"
        )


def _details(source: SourceReport) -> str:
    """Describe the result of a source that did not fail."""
    if source.outcome == "gone":
        return f"not asked: {source.reason}; remove it from the config"
    counts = f"{source.entries} entries, {source.new} new, {source.updated} updated"
    if source.outcome == "not due":
        said = f"not due before {source.due_at:%Y-%m-%d %H:%M} UTC (--force fetches anyway)"
        return f"{said}, {counts}" if source.entries else said
    day = f"; {source.coverage}" if source.coverage else ""
    reason = f": {source.reason}" if source.reason else ""
    return f"{source.outcome}, {counts}{day}{reason}"


def _summary(report: FetchReport, *, dry_run: bool) -> str:
    """Summarize the run in one line."""
    new, updated = report.total("new"), report.total("updated")
    left_out = sum(len(source.problems) for source in report.sources)
    not_due, gone = len(report.having("not due")), len(report.having("gone"))
    partial, failed = len(report.having("partial")), len(report.having("failed"))
    brought = f"{new} new" if new else "nothing new"
    parts = [brought]
    parts += [f"{updated} updated"] if updated else []
    parts += [f"{not_due} not due"] if not_due else []
    parts += [f"{gone} gone"] if gone else []
    parts += [f"{left_out} left out (-v lists them)"] if left_out else []
    parts += [f"{partial} partial"] if partial else []
    parts += [f"{failed} failed"] if failed else []
    count = len(report.sources)
    verb = "would fetch" if dry_run else "fetched"
    return f"{verb} {count} source{'s' if count != 1 else ''}: {', '.join(parts)}"


def _json(report: FetchReport) -> dict[str, object]:
    from papertrack.cli.status import needs_json  # noqa: PLC0415  # on use

    return {
        "new": report.total("new"),
        "updated": report.total("updated"),
        "partial": len(report.having("partial")),
        "failed": len(report.having("failed")),
        "not_due": len(report.having("not due")),
        "sources": [
            {
                "source": source.slug,
                "name": source.name,
                "outcome": source.outcome,
                "http_status": source.http_status,
                "entries": source.entries,
                "new": source.new,
                "updated": source.updated,
                "coverage": source.coverage,
                "reason": source.reason,
                "due_at": moment_json(source.due_at),
                "error": source.error,
                "hint": source.hint,
                "state": source.state,
                "problems": list(source.problems),
                "notices": list(source.notices),
            }
            for source in report.sources
        ],
        "needs": needs_json(report.needs),
    }
