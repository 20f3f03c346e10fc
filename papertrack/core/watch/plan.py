"""Plan a run: which documents to request, when each is due, and which sources use it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import astuple

from papertrack.config.schema import (
    AddConfig,
    ArxivConfig,
    ArxivQuerySource,
    ArxivSource,
    FeedSource,
    SourceConfig,
)
from papertrack.core.dates import read_http_date
from papertrack.core.text.words import is_wanted
from papertrack.core.watch.credentials import address_key, has_credentials, secrets_of, without_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import Config
    from papertrack.core.records import Entry


@dataclass(frozen=True, slots=True)
class Download:
    """One document to request.

    Attributes:
        kind: How to parse it: ``arxiv`` or ``feed``.
        sources: The sources that take entries from it.
    """

    url: str
    kind: str
    sources: tuple[SourceConfig, ...]
    allow_private_network: bool
    user_agent: str | None

    @property
    def key(self) -> str:
        """The name of the address in the database, without its secrets."""
        return address_key(self.url, self.sources[0].slug)

    @property
    def fingerprint(self) -> str:
        """A short text that changes with the sources and their filters."""
        encoded = msgspec.json.encode([_without_secrets(source) for source in self.sources])
        return hashlib.blake2b(encoded, digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """The downloads of a run.

    Attributes:
        daily: arXiv's feed of the day, one for all categories; None without categories.
        queries: The searches.
        feeds: One document each.
    """

    daily: Download | None
    queries: tuple[ArxivQuerySource, ...]
    feeds: tuple[Download, ...]


def plan(config: Config, sources: Sequence[SourceConfig]) -> Plan:
    """Plan the downloads for some sources.

    Args:
        config: The config, for arXiv's addresses.
        sources: The sources to fetch, each of them in the config.
    """
    by_category = [source for source in sources if isinstance(source, ArxivSource)]
    return Plan(
        daily=_daily(config.arxiv, by_category) if by_category else None,
        queries=tuple(source for source in sources if isinstance(source, ArxivQuerySource)),
        feeds=tuple(_feed(source) for source in sources if isinstance(source, FeedSource)),
    )


def is_mirror(base_url: str) -> bool:
    """Return whether an address of ``[arxiv]`` or ``[add]`` is the author's own.

    Such an address may be in a private network.
    """
    standard = (*astuple(ArxivConfig()), *astuple(AddConfig()))
    return base_url not in standard


def takes(source: SourceConfig, entry: Entry) -> bool:
    """Return whether an entry of a shared document belongs to a source."""
    if not isinstance(source, ArxivSource) or entry.arxiv is None or not entry.arxiv.categories:
        return True
    wanted = {category.lower() for category in source.categories}
    return any(
        category.lower() in wanted or category.split(".")[0].lower() in wanted
        for category in entry.arxiv.categories
    )


def has_secrets(source: SourceConfig) -> bool:
    """Return whether a source is a private feed, with secrets that its entries may repeat."""
    return isinstance(source, FeedSource) and has_credentials(source.url)


def without_keys_of(source: SourceConfig, entry: Entry) -> Entry:
    """Remove the secrets of a private feed from an entry.

    Private feeds repeat the key of their address in their links, or add other keys. The links of a
    public feed are kept.
    """
    if not isinstance(source, FeedSource) or not has_secrets(source):
        return entry
    secrets = secrets_of(source.url)

    def text(value: str) -> str:
        for secret in secrets:
            value = value.replace(secret, "…")
        return value

    def link(url: str) -> str:
        return text(without_keys(url))

    return replace(
        entry,
        guid=link(entry.guid) if "://" in entry.guid else text(entry.guid),
        title=text(entry.title),
        summary=text(entry.summary),
        url=link(entry.url) if entry.url else None,
        links=tuple(map(link, entry.links)),
    )


def wants(source: SourceConfig, entry: Entry) -> bool:
    """Return whether a new entry passes the filter of a source; a query filters on the server."""
    if isinstance(source, ArxivQuerySource) or not (source.include or source.exclude):
        return True
    text = f"{entry.title}\n{entry.summary}"
    return is_wanted(text, include=source.include, exclude=source.exclude)


def _daily(arxiv: ArxivConfig, sources: Sequence[ArxivSource]) -> Download:
    categories = sorted({category for source in sources for category in source.categories})
    return Download(
        url=f"{arxiv.feed_url.rstrip('/')}/{'+'.join(categories)}",
        kind="arxiv",
        sources=tuple(sources),
        allow_private_network=is_mirror(arxiv.feed_url)
        or any(one.allow_private_network for one in sources),
        user_agent=None,  # the same for all of arXiv, with the author's contact
    )


def _without_secrets(source: SourceConfig) -> SourceConfig:
    if not isinstance(source, FeedSource):
        return source
    return msgspec.structs.replace(source, url=address_key(source.url))


def _feed(source: FeedSource) -> Download:
    return Download(
        url=source.url,
        kind="feed",
        sources=(source,),
        allow_private_network=source.allow_private_network,
        user_agent=source.user_agent,
    )


# A server may ask for a day at most; an hour less, so that a daily fetch at a fixed time is never a
# minute too early.
LONGEST = timedelta(hours=23)

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)(?:$|[\s,])", re.IGNORECASE)


def next_check(
    now: datetime,
    *,
    retry_after: str | None = None,
    cache_control: str | None = None,
    expires: str | None = None,
    rest_s: int | None = None,
) -> datetime | None:
    """Compute when a document may be requested again.

    The longest requested wait counts, up to a day.

    Args:
        now: When the answer came.
        retry_after: The header (RFC 9110, section 10.2.3); None without one, as for the next two.
        cache_control: Its ``max-age`` counts, unless there is a ``no-cache`` or ``no-store``
            (RFC 9111, section 5.2.2), which also disables `expires`.
        expires: A date (RFC 9111, section 5.3); ``max-age`` overrides it.
        rest_s: The wait that the feed itself requests (RSS's ``ttl``), in seconds.

    Returns:
        None if it may be requested at any time.
    """
    moments = [read_retry_after(retry_after, now), _fresh_until(cache_control, expires, now)]
    if rest_s:
        moments.append(now + timedelta(seconds=min(rest_s, LONGEST.total_seconds())))
    latest = max(filter(None, moments), default=None)
    if latest is None or latest <= now:
        return None
    return min(latest, now + LONGEST)


def is_put_off(due_at: datetime | None, now: datetime) -> bool:
    """Return whether a moment from `next_check` is still ahead.

    One further ahead than the longest wait was stored while the clock was wrong.
    """
    return due_at is not None and now < due_at <= now + LONGEST


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Parse a ``Retry-After`` header: seconds or a date; None if it is neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text[:10]), 10**9))
    return read_http_date(text)


def _fresh_until(cache_control: str | None, expires: str | None, now: datetime) -> datetime | None:
    if cache_control and _NOT_KEPT.search(cache_control):
        return None
    age = _MAX_AGE.search(cache_control or "")
    if age:
        return now + timedelta(seconds=min(int(age[1]), 10**9))
    return read_http_date(expires or "")
