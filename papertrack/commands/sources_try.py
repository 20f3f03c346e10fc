"""Try sources out: download and read them, store nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.config.schema import FeedSource
from papertrack.core.feeds.discover import whole_address
from papertrack.core.text.decode import BROKE_OFF, broke_off_after
from papertrack.errors import SourceError, UsageError
from papertrack.net.messages import HttpError, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import Config
    from papertrack.net.client import Client
    from papertrack.net.parsing import ParseWorkers

_TITLES = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """A source to be tried: its name for messages, and what to ask for."""

    name: str
    request: Request


@dataclass(frozen=True, slots=True)
class TrialReport:
    """How a trial went.

    Attributes:
        http_status: None when there was no answer.
        content_type: As the server gave it; None without one.
        title: What the feed calls itself.
        newest_at: When its newest entry was published; None when no entry says so.
        titles: The first three.
        problems: A sentence for each entry that would be left out.
        moved_to: Where the address says that it has moved for good; else None.
        error, hint: Why it failed and what to do; None when it went well.
    """

    name: str
    url: str
    http_status: int | None = None
    content_type: str | None = None
    title: str = ""
    entries: int = 0
    newest_at: datetime | None = None
    titles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    moved_to: str | None = None
    error: str | None = None
    hint: str | None = None


def choose_trials(
    config: Config, words: Sequence[str], *, allow_private_network: bool
) -> tuple[list[Trial], list[str]]:
    """Choose what to try: sources by slug, or any address; every source when nothing is named.

    arXiv is left out: it is one service, asks to be asked once a day, and its health is in
    `papertrack status`.

    Returns:
        The trials, and the slugs that are left out.

    Raises:
        UsageError: A word is neither a slug nor an address.
    """
    sources = {source.slug: source for source in config.sources}
    trials: list[Trial] = []
    skipped: list[str] = []
    for word in dict.fromkeys(words or sources):
        source = sources.get(word)
        if isinstance(source, FeedSource):
            request = Request(
                source.url,
                allow_private_network=source.allow_private_network or allow_private_network,
                user_agent=source.user_agent,
            )
            trials.append(Trial(word, request))
        elif source is not None:
            skipped.append(word)
        elif "." in word or ":" in word:
            url = whole_address(word)
            trials.append(Trial(url, Request(url, allow_private_network=allow_private_network)))
        else:
            message = f'there is no source "{word}"'
            known = f"the sources are {', '.join(sources)}" if sources else "name an address"
            raise UsageError(message, hint=known)
    return trials, skipped


async def try_sources(
    trials: Sequence[Trial], client: Client, workers: ParseWorkers
) -> list[TrialReport]:
    """Download and read every source; the reports are in the order of the trials."""
    return await asyncio.gather(*(_try(trial, client, workers) for trial in trials))


async def _try(trial: Trial, client: Client, workers: ParseWorkers) -> TrialReport:
    report = TrialReport(trial.name, trial.request.url)
    try:
        async with client.download(trial.request) as response:
            report = replace(
                report,
                http_status=response.status,
                content_type=response.content_type,
                moved_to=response.permanent_url,
            )
            document = await workers.parse(
                "feed",
                response.body or b"",
                base_url=response.final_url,
                content_type=response.content_type,
            )
    except SourceError as error:
        status = error.status if isinstance(error, HttpError) else report.http_status
        return replace(report, http_status=status, error=error.what, hint=error.hint)
    if response.truncated or not document.is_whole:
        count = len(document.entries)
        what = broke_off_after(count) if count else BROKE_OFF
        report = replace(report, error=what, hint="try again later")
    dates = [entry.published_at or entry.updated_at for entry in document.entries]
    return replace(
        report,
        title=document.title,
        entries=len(document.entries),
        newest_at=max((date for date in dates if date), default=None),
        titles=tuple(entry.title for entry in document.entries[:_TITLES]),
        problems=document.problems,
    )
