"""Fetch new items from every source; a failing source does not affect the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from papertrack.commands.fetch_feed import fetch_feed
from papertrack.commands.fetch_run import FetchReport, SourceReport
from papertrack.core.watch.plan import Download, Plan, plan
from papertrack.errors import UsageError
from papertrack.storage.search import keep_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from papertrack.commands.fetch_run import Run
    from papertrack.config.schema import Config, SourceConfig
    from papertrack.core.watch.status import Need


def choose_sources(config: Config, slugs: Sequence[str]) -> list[SourceConfig]:
    """Select sources by slug, or all of them.

    Raises:
        UsageError: There is no such source, or the config has none.
    """
    if not config.sources:
        message = "the config names no sources"
        raise UsageError(message, hint="run: papertrack sources add URL")
    known = {source.slug: source for source in config.sources}
    for slug in slugs:
        if slug not in known:
            message = f'there is no source "{slug}"'
            raise UsageError(message, hint=f"the sources are {', '.join(known)}")
    return [known[slug] for slug in dict.fromkeys(slugs)] if slugs else list(config.sources)


async def fetch(run: Run, chosen: Sequence[SourceConfig]) -> FetchReport:
    """Download, parse and store the entries of the chosen sources.

    Feeds are fetched in parallel, arXiv's services one after the other.

    Args:
        run: Open resources; `on_done` is called with each source's report.
        chosen: The sources.

    Returns:
        The report, even if sources failed.

    Raises:
        PapertrackError: The database failed; sources finished before are stored.
    """
    reports: dict[str, SourceReport] = {}

    def on_report(report: SourceReport) -> None:
        reports[report.slug] = report
        run.on_done(report)

    async def one(download: Download) -> None:
        on_report(await fetch_feed(run, download))
        run.writer.outstanding -= 1

    async def all_of_arxiv() -> None:
        await _fetch_arxiv(run, planned, on_report)
        run.writer.outstanding -= 1

    planned = plan(run.config, chosen)
    run.writer.outstanding = len(planned.feeds) + 1
    try:
        async with run.writer, asyncio.TaskGroup() as tasks:
            tasks.create_task(all_of_arxiv())
            for download in planned.feeds:
                tasks.create_task(one(download))
    except ExceptionGroup as group:
        # The first database error ends the run; the others follow from it.
        raise group.exceptions[0] from None
    keep_up(run.db)
    _rank(run)
    return FetchReport(tuple(reports[source.slug] for source in chosen), _other_needs(run, reports))


def _other_needs(run: Run, reports: Mapping[str, SourceReport]) -> tuple[Need, ...]:
    """List what needs the author and is no news of this run: a feed that has gone silent, say."""
    from papertrack.commands.sources import read_status  # noqa: PLC0415  # after the downloads

    quiet = {
        slug
        for slug, report in reports.items()
        if not report.is_failure and not report.notices and report.outcome != "not due"
    }
    status = read_status(run.db, run.clock(), run.facts.zone, days=1)
    return tuple(need for need in status.needs if need.source in quiet)


def _rank(run: Run) -> None:
    from papertrack.commands.rank import refresh  # noqa: PLC0415  # after the downloads have started

    refresh(run.db, run.config, run.clock())


async def _fetch_arxiv(run: Run, planned: Plan, on_report: Callable[[SourceReport], None]) -> None:
    # Imported on use: a config with only blogs does not need arXiv's calendar and archive.
    if planned.daily is not None:
        from papertrack.commands.fetch_arxiv import fetch_daily  # noqa: PLC0415

        await fetch_daily(run, planned.daily, on_report)
    for source in planned.queries:
        from papertrack.commands.fetch_query import fetch_query  # noqa: PLC0415

        on_report(await fetch_query(run, source))
