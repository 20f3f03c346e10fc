"""Plan a run: which documents to ask for, when each is due, and which sources read it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from papertrack.config.schema import (
    AddConfig,
    ArxivConfig,
    ArxivQuerySource,
    ArxivSource,
    FeedSource,
    SourceConfig,
)
from papertrack.core.dates import read_http_date
from papertrack.core.query.words import is_wanted
from papertrack.core.watch.credentials import address_key, has_credentials, secrets_of, without_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import Config
    from papertrack.core.records import Entry


@dataclass(frozen=True, slots=True)
class Download:
    """One document to ask for.

    Attributes:
        kind: How it is read: ``arxiv`` or ``feed``.
        sources: The sources that take entries from it.
    """

    url: str
    kind: str
    sources: tuple[SourceConfig, ...]
    allow_private_network: bool
    user_agent: str | None

    @property
    def key(self) -> str:
        """What the address is called in the database, where its secrets may not be."""
        return address_key(self.url, self.sources[0].slug)

    @property
    def fingerprint(self) -> str:
        """A short text that changes whenever a reader comes, goes or chooses other words."""
        said = msgspec.json.encode([_without_secrets(reader) for reader in self.sources])
        return hashlib.blake2b(said, digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run asks for.

    Attributes:
        daily: arXiv's feed of the day, for all its categories together; None without any.
        queries: The searches, each of as many pages as it has.
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
    """Tell whether the author named an address in ``[arxiv]`` or ``[add]``.

    Such a one may lie in a private network.
    """
    arxiv, add = ArxivConfig(), AddConfig()
    standard = {arxiv.feed_url, arxiv.oai_url, arxiv.api_url}
    return base_url not in standard | {add.datacite_url, add.crossref_url, add.doi_url}


def takes(source: SourceConfig, entry: Entry) -> bool:
    """Tell whether an entry of a shared document is meant for a source at all."""
    if not isinstance(source, ArxivSource) or entry.arxiv is None or not entry.arxiv.categories:
        return True
    wanted = {category.lower() for category in source.categories}
    return any(
        category.lower() in wanted or category.split(".")[0].lower() in wanted
        for category in entry.arxiv.categories
    )


def without_keys_of(source: SourceConfig, entry: Entry) -> Entry:
    """Leave out of an entry what only its reader should know.

    A feed for one reader repeats the key of its address in its links, and gives them others.
    The links of a feed that needs no key are as everybody sees them, and stay.
    """
    if not isinstance(source, FeedSource) or not has_credentials(source.url):
        return entry
    secrets = secrets_of(source.url)

    def text(said: str) -> str:
        for secret in secrets:
            said = said.replace(secret, "…")
        return said

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
    """Tell whether a source's words let a new entry in; a query has done that on the server."""
    if isinstance(source, ArxivQuerySource):
        return True
    text = f"{entry.title}\n{entry.summary}"
    return is_wanted(text, include=source.include, exclude=source.exclude)


def _daily(arxiv: ArxivConfig, readers: Sequence[ArxivSource]) -> Download:
    categories = sorted({category for source in readers for category in source.categories})
    return Download(
        url=f"{arxiv.feed_url.rstrip('/')}/{'+'.join(categories)}",
        kind="arxiv",
        sources=tuple(readers),
        allow_private_network=is_mirror(arxiv.feed_url)
        or any(one.allow_private_network for one in readers),
        user_agent=None,  # one name for all of arXiv, with the author's contact in it
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


# A server may ask for a day at most; an hour less, so that a fetch at the same time every morning
# never comes a minute before the end of the wait.
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
    """Find the moment before which a document should not be asked for again.

    The longest wait that anybody names counts, a day at most.

    Args:
        now: When the answer came.
        retry_after: The header (RFC 9110, section 10.2.3); None without one. So are the next two.
        cache_control: Its ``max-age`` counts, unless it says ``no-cache`` or ``no-store``
            (RFC 9111, section 5.2.2); it then silences `expires` as well.
        expires: A date (RFC 9111, section 5.3); ``max-age`` overrules it.
        rest_s: What the feed says of itself (RSS's ``ttl``), in seconds.

    Returns:
        None when it may be asked for at any time.
    """
    moments = [read_retry_after(retry_after, now), _fresh_until(cache_control, expires, now)]
    if rest_s:
        moments.append(now + timedelta(seconds=min(rest_s, LONGEST.total_seconds())))
    latest = max(filter(None, moments), default=None)
    if latest is None or latest <= now:
        return None
    return min(latest, now + LONGEST)


def is_put_off(due_at: datetime | None, now: datetime) -> bool:
    """Tell whether a moment that `next_check` found is still to come.

    One that is further away than anybody may ask for was written by a clock that was wrong.
    """
    return due_at is not None and now < due_at <= now + LONGEST


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read a ``Retry-After`` header: seconds, or a date; None when it is neither."""
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
