"""The sources of the config beside what the database knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from papertrack.config.schema import FeedSource, SourceConfig
from papertrack.core.watch.credentials import address_key, carry_over, without_credentials
from papertrack.core.works.identity import canonical_url
from papertrack.storage.addresses import gone_since, list_moves
from papertrack.storage.source_facts import SourceFacts, read_source_facts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from papertrack.config.schema import Config


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One source.

    Attributes:
        moved_to: Where its address said, twice or more in a row, that it has moved, as
            `address_key` names it; else None.
        gone_at: Since when its address says that it is gone for good; else None.
    """

    config: SourceConfig
    facts: SourceFacts
    moved_to: str | None = None
    gone_at: datetime | None = None

    @property
    def url(self) -> str | None:
        """The address, secrets included; None for arXiv."""
        return self.config.url if isinstance(self.config, FeedSource) else None

    @property
    def kind(self) -> str:
        """What the config calls its kind."""
        return str(self.config.__struct_config__.tag)


@dataclass(frozen=True, slots=True)
class Correction:
    """An address that belongs into the config in the place of another.

    Attributes:
        twin: The slug of another source that has the new address already; then nothing is written.
        loses_credentials: The old address had a user name, which no other host may see.
        has_other_key: The new one has a key that only its server knows, and is not known whole;
            then nothing is written.
    """

    slug: str
    old: str
    new: str
    twin: str | None = None
    loses_credentials: bool = False
    has_other_key: bool = False

    @property
    def is_written(self) -> bool:
        """Whether the config can be corrected without the author."""
        return self.twin is None and not self.has_other_key


def list_sources(config: Config, db: sqlite3.Connection | None) -> list[ListedSource]:
    """List the sources of the config in its order; without a database nothing is known of them."""
    if db is None:
        return [ListedSource(source, SourceFacts()) for source in config.sources]
    facts, moves = read_source_facts(db), {move.url: move.target for move in list_moves(db)}
    listed: list[ListedSource] = []
    for source in config.sources:
        fact = facts.get(source.slug, SourceFacts())
        if isinstance(source, FeedSource):
            key = address_key(source.url, source.slug)
            listed.append(ListedSource(source, fact, moves.get(key), gone_since(db, key)))
        else:
            listed.append(ListedSource(source, fact))
    return listed


def propose_corrections(listed: Sequence[ListedSource]) -> list[Correction]:
    """Say which addresses of the config should be others."""
    owners = {canonical_url(one.url): one.config.slug for one in listed if one.url}
    corrections: list[Correction] = []
    for one in listed:
        if one.url is None or one.moved_to is None:
            continue
        target = carry_over(one.moved_to, one.url)
        if target is None:
            shown = without_credentials(one.moved_to)
            corrections.append(Correction(one.config.slug, one.url, shown, has_other_key=True))
            continue
        new, loses = _with_credentials(one.url, target)
        owner = owners.get(canonical_url(new), one.config.slug)
        twin = owner if owner != one.config.slug else None
        corrections.append(Correction(one.config.slug, one.url, new, twin, loses))
        owners.setdefault(canonical_url(new), one.config.slug)
    return corrections


def _with_credentials(old: str, new: str) -> tuple[str, bool]:
    """Carry user name and password over to a new address of the same host, never in the open.

    Returns:
        The new address, and whether they were left behind.
    """
    before, after = urlsplit(old), urlsplit(new)
    user, at, _ = before.netloc.rpartition("@")
    if not at:
        return new, False
    if after.hostname != before.hostname or (after.scheme, before.scheme) == ("http", "https"):
        return new, True
    return urlunsplit(after._replace(netloc=f"{user}@{after.netloc}")), False
