"""Read what the card of the rating screen says of one item, and how far the issue is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.predictions import standing_of
from papertrack.commands.review_records import Sheet
from papertrack.core.judging.board import Board, BoardArea, draw_up
from papertrack.core.judging.completeness import missing_text
from papertrack.core.time.window import current_window
from papertrack.storage import items
from papertrack.storage.issues import last_window_end
from papertrack.storage.ledger import issues_of
from papertrack.storage.pairs import open_pairs
from papertrack.storage.sightings import list_sightings
from papertrack.storage.submissions import list_submissions

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime, tzinfo

    from papertrack.config.schema import Config
    from papertrack.core.records import Item

_MOST_VERSIONS = 3
_LONGEST_ADDRESS = 40


def read_sheet(db: sqlite3.Connection, config: Config, item: Item, zone: tzinfo) -> Sheet:
    """Read a card.

    Args:
        db: The database.
        config: The config, for areas, keywords and the hints of sources.
        item: The item.
        zone: The author's time zone, for days.
    """
    return Sheet(
        item=item,
        standing=standing_of(db, config, item),
        proposal=next(iter(open_pairs(db, item.id)), None),
        also=_also(db, item),
        issues=tuple(issues_of(db, item.id)),
        versions=_versions(db, item, zone),
        missing=missing_text(item),
    )


def read_board(db: sqlite3.Connection, config: Config, *, now: datetime, zone: tzinfo) -> Board:
    """Count what the issue that is being prepared has and lacks."""
    # What was judged in this very moment is in it, too.
    window = current_window(now + timedelta(seconds=1), zone, last_window_end(db))
    kept = items.read_items(db, items.judged_numbers(db, window))
    areas = [BoardArea(area.slug, area.short or area.slug, area.target) for area in config.areas]
    return draw_up(kept, areas, least_halves=round(config.digest.min_rating * 2))


def _also(db: sqlite3.Connection, item: Item) -> tuple[str, ...]:
    """Name the other addresses under which sources show it, each once."""
    addresses = dict.fromkeys(
        _short(sighting.url)
        for sighting in list_sightings(db, item.id)
        if sighting.url and sighting.url != item.url
    )
    own = _short(item.url) if item.url else ""
    return tuple(address for address in addresses if address != own)


def _short(url: str) -> str:
    """Write an address without its scheme; a long one is cut."""
    parts = urlsplit(url)
    short = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    return short if len(short) <= _LONGEST_ADDRESS else f"{short[: _LONGEST_ADDRESS - 3]}..."


def _versions(db: sqlite3.Connection, item: Item, zone: tzinfo) -> tuple[str, ...]:
    """Write the versions of a paper and their days; empty when there is only one."""
    submissions = list_submissions(db, item.id)
    if len(submissions) <= 1:
        return ()
    shown = [f"v{one.version} {one.at.astimezone(zone):%d %b %Y}" for one in submissions]
    return tuple([shown[0], "...", *shown[-1:]] if len(shown) > _MOST_VERSIONS else shown)
