"""Find the feed behind an address, and test sources; nothing is stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.sources import SourceOptions
from papertrack.config.schema import FeedSource
from papertrack.core.feeds.discover import FeedLink, find_feeds, well_known, whole_address
from papertrack.core.records import Document
from papertrack.core.text.decode import BROKE_OFF, broke_off_after
from papertrack.errors import DownloadError, SourceError, UnreadableDocument, UsageError
from papertrack.net.client import Client, HttpError, Request, Response
from papertrack.net.parsing import ParseWorkers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import Config
    from papertrack.core.feeds.discover import Lead

# Limits for pages that name dozens of feeds, and for sites without any.
_TRIED = 6
_GUESS_S = 60.0
_FORBIDDEN = 403
_ANSWERED = (HttpError, UnreadableDocument)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was found and parsed.

    Attributes:
        url: The address for the config.
        others: Other feeds that the page names, not downloaded.
    """

    url: str
    document: Document
    others: tuple[FeedLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Scout:
    """Downloads and parses addresses while looking for a feed."""

    client: Client
    workers: ParseWorkers
    wanted: SourceOptions

    async def ask(self, url: str) -> Response:
        """Download one document.

        Raises:
            DownloadError: It failed; for a 403 the message blames our User-Agent.
        """
        request = Request(
            url,
            allow_private_network=self.wanted.allow_private_network,
            user_agent=self.wanted.user_agent,
        )
        try:
            return await self.client.get(request)
        except HttpError as error:
            if error.status != _FORBIDDEN:
                raise
            what = "HTTP 403, probably because the server rejects our User-Agent"
            raise DownloadError(what, hint="give another with --user-agent") from error

    async def read(self, response: Response) -> Document:
        """Parse a response as a feed.

        Raises:
            UnreadableDocument: It is not a feed.
        """
        return await self.workers.parse(
            "feed",
            response.body or b"",
            base_url=response.final_url,
            content_type=response.content_type,
        )


async def find_feed(lead: Lead, scout: Scout) -> FoundFeed:
    """Find the first readable feed that an address leads to.

    Args:
        lead: The address, and what can be derived from it.
        scout: Downloads and parses.

    Raises:
        SourceError: There is no feed, or the address cannot be downloaded.
    """
    trouble: SourceError | None = None
    empty: FoundFeed | None = None
    for url in lead.feeds:
        try:
            found = await _try_address(scout, url)
        except SourceError as error:
            trouble = trouble or error
            continue
        if found.document.entries:
            return found
        empty = empty or found
    if empty is not None:  # an empty feed is used only if no other has entries
        return empty
    # After an error status look around the site; without any answer that is pointless.
    may_look = lead.looks_around and (trouble is None or isinstance(trouble, _ANSWERED))
    if trouble is not None and not may_look:
        raise trouble
    return await _search_page(lead.url, scout, looks_around=lead.looks_around)


async def _search_page(url: str, scout: Scout, *, looks_around: bool) -> FoundFeed:
    response = await scout.ask(url)
    try:
        return FoundFeed(_final_url(url, response), await scout.read(response))
    except UnreadableDocument:
        if not looks_around or not response.body:
            raise
    page = response.final_url
    candidates = find_feeds(response.body, page)
    for at, candidate in enumerate(candidates[:_TRIED]):
        try:
            found = await _try_address(scout, candidate.url)
        except SourceError:
            continue
        others = (*candidates[:at], *candidates[at + 1 :])
        return FoundFeed(found.url, found.document, others)
    guessed = await _guess(page, scout)
    if guessed is not None:
        return guessed
    message = "no feed was found there"
    hint = "use the address of a feed"
    raise SourceError(message, hint=hint)


async def _guess(page: str, scout: Scout) -> FoundFeed | None:
    """Try common feed addresses one after the other, for at most a minute."""
    try:
        async with asyncio.timeout(_GUESS_S):
            for url in well_known(page):
                try:
                    return await _try_address(scout, url)
                except SourceError:
                    continue
    except TimeoutError:
        pass
    return None


async def _try_address(scout: Scout, url: str) -> FoundFeed:
    response = await scout.ask(url)
    return FoundFeed(_final_url(url, response), await scout.read(response))


def _final_url(url: str, response: Response) -> str:
    """Follow a permanent redirect, unless the address contains a password."""
    return url if "@" in urlsplit(url).netloc else response.permanent_url or url


_TITLES = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """A source to test: its name for messages, and its request."""

    name: str
    request: Request


@dataclass(frozen=True, slots=True)
class TrialReport:
    """The result of testing a source.

    Attributes:
        http_status: None without an answer.
        content_type: As the server sent it; None without one.
        title: The title of the feed.
        newest_at: When its newest entry was published; None if no entry has a date.
        titles: The titles of the first three entries.
        problems: A sentence for each entry that would be left out.
        moved_to: The target of a permanent redirect; else None.
        error, hint: Why it failed and what to do; None if it succeeded.
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
    """Choose what to test: sources by slug, any address, or by default every source.

    arXiv is left out: it wants one request a day, and `papertrack status` shows its health.

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
    """Download and parse every source; the reports are in the order of the trials."""
    return await asyncio.gather(*(_try_source(trial, client, workers) for trial in trials))


async def _try_source(trial: Trial, client: Client, workers: ParseWorkers) -> TrialReport:
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
