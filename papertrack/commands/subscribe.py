"""Find the feed behind an address, and read it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.sources_describe import Wishes
from papertrack.core.feeds.links import Candidate, find_feeds, well_known
from papertrack.core.records import Document
from papertrack.errors import DownloadError, SourceError, UnreadableDocument
from papertrack.net.client import Client
from papertrack.net.messages import HttpError, Request, Response
from papertrack.net.parsing import ParseWorkers

if TYPE_CHECKING:
    from papertrack.core.feeds.discover import Lead

# A page may name dozens of feeds; a site that has none is not asked for every name there is.
_TRIED = 6
_GUESS_S = 60.0
_FORBIDDEN = 403
_ANSWERED = (HttpError, UnreadableDocument)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was found, and read.

    Attributes:
        url: What belongs into the config.
        others: What else the page names, unread.
    """

    url: str
    document: Document
    others: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Scout:
    """Open resources, and how to introduce ourselves."""

    client: Client
    workers: ParseWorkers
    wishes: Wishes

    async def ask(self, url: str) -> Response:
        """Download one document.

        Raises:
            DownloadError: It could not be had; a 403 names our User-Agent as the likely cause.
        """
        request = Request(
            url,
            allow_private_network=self.wishes.allow_private_network,
            user_agent=self.wishes.user_agent,
        )
        try:
            return await self.client.get(request)
        except HttpError as error:
            if error.status != _FORBIDDEN:
                raise
            what = "HTTP 403, most likely because the server does not like our User-Agent"
            raise DownloadError(what, hint="give another with --user-agent") from error

    async def read(self, response: Response) -> Document:
        """Read what was downloaded as a feed.

        Raises:
            UnreadableDocument: It is none.
        """
        return await self.workers.parse(
            "feed",
            response.body or b"",
            base_url=response.final_url,
            content_type=response.content_type,
        )


async def find_feed(lead: Lead, scout: Scout) -> FoundFeed:
    """Find the feed that an address leads to: the first one that can be read.

    Args:
        lead: The address and what it tells by itself.
        scout: The network.

    Raises:
        SourceError: There is none, or the address cannot be had.
    """
    trouble: SourceError | None = None
    empty: FoundFeed | None = None
    for url in lead.feeds:
        try:
            found = await _try(scout, url)
        except SourceError as error:
            trouble = trouble or error
            continue
        if found.document.entries:
            return found
        empty = empty or found
    if empty is not None:  # a feed without entries is a feed; one with some is a better guess
        return empty
    # A 404 says that the site is laid out in another way; no answer is no answer to anything.
    may_look = lead.looks_around and (trouble is None or isinstance(trouble, _ANSWERED))
    if trouble is not None and not may_look:
        raise trouble
    return await _look_around(lead.url, scout, looks_around=lead.looks_around)


async def _look_around(url: str, scout: Scout, *, looks_around: bool) -> FoundFeed:
    response = await scout.ask(url)
    try:
        return FoundFeed(_settled(url, response), await scout.read(response))
    except UnreadableDocument:
        if not looks_around or not response.body:
            raise
    page = response.final_url
    candidates = find_feeds(response.body, page)
    for at, candidate in enumerate(candidates[:_TRIED]):
        try:
            found = await _try(scout, candidate.url)
        except SourceError:
            continue
        others = (*candidates[:at], *candidates[at + 1 :])
        return FoundFeed(found.url, found.document, others)
    guessed = await _guess(page, scout)
    if guessed is not None:
        return guessed
    message = "no feed was found there"
    hint = "give the address of the feed itself; the page often names it as RSS or Atom"
    raise SourceError(message, hint=hint)


async def _guess(page: str, scout: Scout) -> FoundFeed | None:
    """Ask for the common places, one after the other, for a minute at most."""
    try:
        async with asyncio.timeout(_GUESS_S):
            for url in well_known(page):
                try:
                    return await _try(scout, url)
                except SourceError:
                    continue
    except TimeoutError:
        pass
    return None


async def _try(scout: Scout, url: str) -> FoundFeed:
    response = await scout.ask(url)
    return FoundFeed(_settled(url, response), await scout.read(response))


def _settled(url: str, response: Response) -> str:
    """Take the address that a feed has moved to for good, unless that costs its password."""
    return url if "@" in urlsplit(url).netloc else response.permanent_url or url
