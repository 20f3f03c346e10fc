"""Plan a run: which documents to ask for, and which sources read each of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
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
from papertrack.core.text.words import is_wanted
from papertrack.core.watch.credentials import (
    address_key,
    has_credentials,
    secrets_of,
    without_keys,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config.schema import Config
    from papertrack.core.records import Entry


@dataclass(frozen=True, slots=True)
class Download:
    """One document to ask for.

    Attributes:
        kind: How it is read: ``arxiv`` or ``feed``.
        readers: The sources that take entries from it.
    """

    url: str
    kind: str
    readers: tuple[SourceConfig, ...]
    allow_private_network: bool
    user_agent: str | None

    @property
    def key(self) -> str:
        """What the address is called in the database, where its secrets may not be."""
        return address_key(self.url, self.readers[0].slug)

    @property
    def fingerprint(self) -> str:
        """A short text that changes whenever a reader comes, goes or chooses other words."""
        said = msgspec.json.encode([_without_secrets(reader) for reader in self.readers])
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
        readers=tuple(readers),
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
        readers=(source,),
        allow_private_network=source.allow_private_network,
        user_agent=source.user_agent,
    )
