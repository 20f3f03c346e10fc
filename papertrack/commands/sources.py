"""The sources of the config: list, describe and correct them, and judge their status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from papertrack.config.schema import FeedSource, SourceConfig
from papertrack.core.arxiv.announcements import expected_days, feed_day
from papertrack.core.watch.credentials import address_key, carry_over, without_credentials
from papertrack.core.watch.status import Memory, Status, Watched, idle_need, status_of
from papertrack.errors import UsageError
from papertrack.storage import coverage
from papertrack.storage.http_cache import gone_since, list_moves
from papertrack.storage.sources import SourceFacts, read_source_facts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from papertrack.config.edit import NewSource
    from papertrack.config.schema import Config
    from papertrack.core.feeds.discover import Lead
    from papertrack.core.watch.record import Day


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One source.

    Attributes:
        moved_to: The target of a permanent redirect seen at least twice in a row, as an
            `address_key`; else None.
        gone_at: Since when its server answers 410; else None.
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
        """Its kind in the config."""
        return str(self.config.__struct_config__.tag)


@dataclass(frozen=True, slots=True)
class Correction:
    """A new address for a source.

    Attributes:
        twin: The slug of another source that already has the new address; nothing is written then.
        loses_credentials: The old address has a user name, which must not go to another host.
        has_other_key: The new address has another secret key, which is not stored; nothing is
            written then.
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
    """List the sources of the config in its order; without a database they have no facts."""
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
    """List the addresses in the config that should change."""
    if not any(one.moved_to for one in listed):
        return []
    from papertrack.core.works.identity import canonical_url  # noqa: PLC0415  # 3 ms that few moves cost

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
    """Copy user name and password to a new address on the same host, unless it drops https.

    Returns:
        The new address, and whether they were dropped.
    """
    before, after = urlsplit(old), urlsplit(new)
    user, at, _ = before.netloc.rpartition("@")
    if not at:
        return new, False
    if after.hostname != before.hostname or (after.scheme, before.scheme) == ("http", "https"):
        return new, True
    return urlunsplit(after._replace(netloc=f"{user}@{after.netloc}")), False


_TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """The options for a new source; None for the default."""

    slug: str | None = None
    name: str | None = None
    area: str | None = None
    user_agent: str | None = None
    allow_private_network: bool = False


def refuse_options(config: Config, wanted: SourceOptions) -> None:
    """Refuse invalid options before contacting a server.

    Raises:
        UsageError: The slug is taken or invalid, or there is no such area.
    """
    from papertrack.core.feeds.discover import make_slug  # noqa: PLC0415  # on use

    slug, area = wanted.slug, wanted.area
    if slug is not None and slug in taken_slugs(config):
        message = f'source "{slug}" already exists'
        raise UsageError(message, hint="choose another --slug")
    if slug is not None and make_slug(slug, (), fallback="") != slug:
        message = f'"{slug}" is not a slug'
        raise UsageError(message, hint="use lower-case letters, digits and single hyphens")
    areas = [one.slug for one in config.areas]
    if area is not None and area not in areas:
        message = f'there is no area "{area}"'
        hint = f"the areas are {', '.join(areas)}" if areas else "write its [[areas]] table first"
        raise UsageError(message, hint=hint)


def taken_slugs(config: Config) -> set[str]:
    """Collect the slugs that a new source must not have."""
    from papertrack.storage.sources import BY_HAND  # noqa: PLC0415  # on use

    return {BY_HAND, *(source.slug for source in config.sources)}


def find_subscribed(config: Config, lead: Lead, url: str | None = None) -> str | None:
    """Find the source that already has an address, or all of some categories; None without one."""
    from papertrack.config.schema import ArxivSource  # noqa: PLC0415  # on use
    from papertrack.core.works.identity import canonical_url  # noqa: PLC0415  # on use

    addresses = {canonical_url(one) for one in (lead.url, *lead.feeds[:1], url) if one}
    for source in config.sources:
        if isinstance(source, FeedSource) and canonical_url(source.url) in addresses:
            return source.slug
        if isinstance(source, ArxivSource) and lead.categories:
            has = {category.lower() for category in source.categories}
            if has.issuperset(category.lower() for category in lead.categories):
                return source.slug
    return None


def describe_source(
    config: Config, lead: Lead, wanted: SourceOptions, *, url: str, title: str = ""
) -> NewSource:
    """Make the config table of a new source, without defaults.

    Args:
        config: The config, for the taken slugs.
        lead: The address or categories that the author named.
        wanted: The options that the author gave.
        url: The address of the feed; not used for arXiv.
        title: The title of the feed; may be empty.
    """
    from papertrack.config.edit import NewSource  # noqa: PLC0415  # on use
    from papertrack.core.feeds.discover import make_slug  # noqa: PLC0415  # on use
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use

    said = one_line(wanted.name or "") or lead.name or one_line(title)[:_TITLE_LIMIT].strip()
    host = urlsplit(url).hostname or ""
    slug = wanted.slug or make_slug(said, taken_slugs(config), fallback=host)
    keys: dict[str, str | bool | list[str]] = {"slug": slug}
    keys["kind"] = "arxiv" if lead.categories else "feed"
    keys |= {"name": said} if said and said != slug else {}
    keys |= {"categories": list(lead.categories)} if lead.categories else {"url": url}
    keys |= {"area": wanted.area} if wanted.area else {}
    keys |= {"user_agent": wanted.user_agent} if wanted.user_agent else {}
    keys |= {"allow_private_network": True} if wanted.allow_private_network else {}
    return NewSource(keys)


_ONE = timedelta(days=1)


def read_status(db: sqlite3.Connection, now: datetime, zone: tzinfo, *, days: int) -> Status:
    """Judge the status of every source.

    Args:
        db: The database.
        now: The current time.
        zone: The author's time zone.
        days: How many days to look at, today included; at least 1.
    """
    today = now.astimezone(zone).date()
    since = today - timedelta(days=days - 1)
    midnight = datetime(since.year, since.month, since.day, tzinfo=zone)
    sources = coverage.list_watched(db, midnight)
    until = max([today, *(source.today(now, zone) for source in sources)])
    known = coverage.read_days(db, None, since, until)
    judged = tuple(
        status_of(
            source,
            _read_memory(db, source, known.get(source.id, {}), now),
            (since, until),
            now,
            zone,
        )
        for source in sources
    )
    needs = [need for one in judged for need in one.needs]
    if idle := idle_need(sources, now):
        needs.insert(0, idle)
    return Status(since, until, judged, tuple(needs))


def _read_memory(
    db: sqlite3.Connection, source: Watched, days: Mapping[date, Day], now: datetime
) -> Memory:
    """Read the past of a source as far as its status depends on it."""
    newest = coverage.newest_day(db, source.id)
    if not source.has_batches:
        if newest is not None and newest not in days:
            days = {**days, **coverage.read_days(db, source.id, newest, newest)[source.id]}
        # A feed with new items is not silent; its past does not matter.
        posts = [] if source.new else coverage.post_dates(db, source.id)
        return Memory(days, newest, (), source.added_at.date(), posts)
    today = feed_day(now)
    first = coverage.first_covered(db, source.id)
    if first is None:
        first = feed_day(source.added_at)
        missing = expected_days(first - _ONE, today)
    else:
        missing = coverage.uncovered(db, source.id, today)
    start = min([first, *days])
    days = {**days, **coverage.read_days(db, source.id, start, today).get(source.id, {})}
    return Memory(days, newest, missing, first)
