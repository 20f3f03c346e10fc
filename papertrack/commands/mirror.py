"""Bring the database's areas and sources in line with the config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.config.schema import FeedSource
from papertrack.core.watch.credentials import address_key
from papertrack.storage import sources

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from papertrack.config.schema import Config

# Where items come from that the author adds by hand.
BY_HAND = "by-hand"


def mirror_config(db: sqlite3.Connection, config: Config, now: datetime) -> None:
    """Write what the config says of areas and sources; what it no longer names is retired."""
    areas: list[sources.Row] = [
        {
            "slug": area.slug,
            "name": area.name,
            "emoji": area.emoji,
            "rating_label": area.rating_label,
            "in_contents": int(area.in_contents),
        }
        for area in config.areas
    ]
    rows: list[sources.Row] = [
        {
            "slug": source.slug,
            "kind": str(source.__struct_config__.tag),
            "name": source.name or source.slug,
            "url": address_key(source.url) if isinstance(source, FeedSource) else None,
            "area": source.area,
        }
        for source in config.sources
    ]
    rows.append({"slug": BY_HAND, "kind": BY_HAND, "name": "by hand", "url": None, "area": None})
    sources.mirror(db, areas, rows, now)
