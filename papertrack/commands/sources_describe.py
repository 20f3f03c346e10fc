"""Describe a source to be for the config, and tell whether it is there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.mirror import BY_HAND
from papertrack.config.edit import NewSource
from papertrack.config.schema import ArxivSource, FeedSource
from papertrack.core.feeds.discover import make_slug
from papertrack.core.text.clean import one_line
from papertrack.core.works.identity import canonical_url
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from papertrack.config.schema import Config
    from papertrack.core.feeds.discover import Lead

_TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the author says of a source to be; None leaves it to us."""

    slug: str | None = None
    name: str | None = None
    area: str | None = None
    user_agent: str | None = None
    allow_private_network: bool = False


def refuse_wishes(config: Config, wishes: Wishes) -> None:
    """Refuse what the config could not hold, before anybody is asked.

    Raises:
        UsageError: The slug is taken or none, or there is no such area.
    """
    slug, area = wishes.slug, wishes.area
    if slug is not None and slug in taken_slugs(config):
        message = f'there is a source "{slug}" already'
        raise UsageError(message, hint="choose another --slug")
    if slug is not None and make_slug(slug, (), otherwise="") != slug:
        message = f'"{slug}" is no slug'
        raise UsageError(message, hint="use lower-case letters, digits and single hyphens")
    areas = [one.slug for one in config.areas]
    if area is not None and area not in areas:
        message = f'there is no area "{area}"'
        hint = f"the areas are {', '.join(areas)}" if areas else "write its [[areas]] table first"
        raise UsageError(message, hint=hint)


def taken_slugs(config: Config) -> set[str]:
    """Collect the slugs that no new source may have."""
    return {BY_HAND, *(source.slug for source in config.sources)}


def find_subscribed(config: Config, lead: Lead, url: str | None = None) -> str | None:
    """Find the source that has an address, or all of some categories, already; None without one."""
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
    config: Config, lead: Lead, wishes: Wishes, *, url: str, title: str = ""
) -> NewSource:
    """Write a source as the config holds it, with only what is not the default.

    Args:
        config: The config, whose slugs are taken.
        lead: What was named.
        wishes: What the author says of it.
        url: The address of the feed; not used for arXiv.
        title: What the feed calls itself; may be empty.
    """
    said = one_line(wishes.name or "") or lead.name or one_line(title)[:_TITLE_LIMIT].strip()
    host = urlsplit(url).hostname or ""
    slug = wishes.slug or make_slug(said, taken_slugs(config), otherwise=host)
    keys: dict[str, str | bool | list[str]] = {"slug": slug}
    keys["kind"] = "arxiv" if lead.categories else "feed"
    keys |= {"name": said} if said and said != slug else {}
    keys |= {"categories": list(lead.categories)} if lead.categories else {"url": url}
    keys |= {"area": wishes.area} if wishes.area else {}
    keys |= {"user_agent": wishes.user_agent} if wishes.user_agent else {}
    keys |= {"allow_private_network": True} if wishes.allow_private_network else {}
    return NewSource(keys)
