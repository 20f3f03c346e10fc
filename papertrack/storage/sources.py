"""Areas and sources, as the config names them, with their counts and last fetches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.config.schema import FeedSource
from papertrack.core.times import read_utc, utc_text
from papertrack.core.watch.credentials import address_key
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from papertrack.config.schema import Config

Row = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Area:
    """A section of the digest, as stored."""

    slug: str
    name: str
    emoji: str
    rating_label: str
    in_contents: bool
    is_retired: bool


def sync(
    db: sqlite3.Connection, areas: Sequence[Row], sources: Sequence[Row], now: datetime
) -> None:
    """Update the tables to match the config; write only differences.

    Args:
        db: The database.
        areas: Rows of ``areas`` without ``position`` and ``retired_at``, in the order of sections.
        sources: Rows of ``sources`` without ``id``, ``added_at`` and ``retired_at``.
        now: The retirement time of what the config no longer names.
    """
    placed = [{**area, "position": position} for position, area in enumerate(areas)]
    if _is_in_line(db, "areas", placed) and _is_in_line(db, "sources", sources):
        return
    with transaction(db):
        _bring_in_line(db, "areas", placed, {}, now)
        _bring_in_line(db, "sources", sources, {"added_at": utc_text(now)}, now)


def list_areas(db: sqlite3.Connection) -> list[Area]:
    """List the areas in the order of the digest, retired ones last."""
    rows = db.execute(
        """SELECT slug, name, emoji, rating_label, in_contents, retired_at FROM areas
           ORDER BY retired_at IS NOT NULL, position, slug"""
    )
    return [
        Area(
            slug=row["slug"],
            name=row["name"],
            emoji=row["emoji"],
            rating_label=row["rating_label"],
            in_contents=bool(row["in_contents"]),
            is_retired=row["retired_at"] is not None,
        )
        for row in rows
    ]


def source_ids(db: sqlite3.Connection) -> dict[str, int]:
    """Map the slugs of all sources, including retired ones, to their ids."""
    return {row["slug"]: row["id"] for row in db.execute("SELECT slug, id FROM sources")}


def ensure_source(db: sqlite3.Connection, slug: str, now: datetime) -> int:
    """Return the id of a built-in source, whose kind is its slug; create it if it is missing."""
    db.execute(
        "INSERT OR IGNORE INTO sources (slug, kind, name, added_at) VALUES (?, ?, ?, ?)",
        [slug, slug, slug, utc_text(now)],
    )
    return source_ids(db)[slug]


def has_shown(
    db: sqlite3.Connection, source_id: int, *, published_since: datetime | None = None
) -> bool:
    """Return whether a source ever listed an item, or one published since a moment."""
    row = db.execute(
        """SELECT 1 FROM sightings AS s WHERE s.source_id = ?1 AND (?2 IS NULL OR EXISTS (
             SELECT 1 FROM items AS i WHERE i.id = s.item_id AND i.published_at >= ?2)) LIMIT 1""",
        [source_id, utc_text(published_since) if published_since else None],
    ).fetchone()
    return row is not None


def _stored(db: sqlite3.Connection, table: str) -> dict[str, sqlite3.Row]:
    rows = db.execute(f"SELECT * FROM {table} WHERE retired_at IS NULL")
    return {row["slug"]: row for row in rows}


def _is_in_line(db: sqlite3.Connection, table: str, wanted: Sequence[Row]) -> bool:
    stored = _stored(db, table)
    return {row["slug"] for row in wanted} == stored.keys() and all(
        stored[str(row["slug"])][column] == value for row in wanted for column, value in row.items()
    )


def _bring_in_line(
    db: sqlite3.Connection,
    table: str,
    wanted: Sequence[Row],
    for_new: Mapping[str, str],
    now: datetime,
) -> None:
    for row in wanted:
        full: Row = {**row, "retired_at": None}
        known = db.execute(f"SELECT 1 FROM {table} WHERE slug = ?", [row["slug"]]).fetchone()
        if known:
            sets = ", ".join(f"{column} = :{column}" for column in full)
            db.execute(f"UPDATE {table} SET {sets} WHERE slug = :slug", full)
        else:
            full |= for_new
            columns = ", ".join(full)
            values = ", ".join(f":{column}" for column in full)
            db.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})", full)
    for gone in _stored(db, table).keys() - {row["slug"] for row in wanted}:
        db.execute(f"UPDATE {table} SET retired_at = ? WHERE slug = ?", [utc_text(now), gone])


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many items are rated in an area, and how many of these are kept."""

    rated: int = 0
    kept: int = 0


def count_areas(db: sqlite3.Connection) -> dict[str, AreaCount]:
    """Count the items of every area that has any, by slug."""
    rows = db.execute(
        """SELECT r.area, count(*), sum(i.state = 'kept') FROM ratings AS r
           JOIN items AS i ON i.id = r.item_id
           WHERE r.halves IS NOT NULL GROUP BY r.area ORDER BY r.area"""
    )
    return {row[0]: AreaCount(row[1], row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The counts and last fetch of one source.

    Attributes:
        items: How many items it listed first.
        fetched_at: When it was last fetched; None if never.
        outcome: The outcome of that fetch, as in `SourceReport`.
        error: Why it failed, else None.
    """

    items: int = 0
    fetched_at: datetime | None = None
    outcome: str | None = None
    error: str | None = None


def read_source_facts(db: sqlite3.Connection) -> dict[str, SourceFacts]:
    """Read the facts of all sources, including retired ones, by slug."""
    rows = db.execute(
        """SELECT s.slug, coalesce(brought.n, 0) AS items, f.started_at, f.outcome, f.error
           FROM sources AS s
           LEFT JOIN (SELECT origin_id, count(*) AS n FROM items WHERE state <> 'merged'
                      GROUP BY origin_id) AS brought ON brought.origin_id = s.id
           LEFT JOIN fetches AS f ON f.id = (
             SELECT id FROM fetches WHERE source_id = s.id
             ORDER BY started_at DESC, id DESC LIMIT 1)"""
    )
    return {
        row["slug"]: SourceFacts(
            items=row["items"],
            fetched_at=read_utc(row["started_at"]) if row["started_at"] else None,
            outcome=row["outcome"],
            error=row["error"],
        )
        for row in rows
    }


# The source of items that the author adds by hand.
BY_HAND = "by-hand"


def sync_config(db: sqlite3.Connection, config: Config, now: datetime) -> None:
    """Store the areas and sources of the config; retire those that it no longer names."""
    areas: list[Row] = [
        {
            "slug": area.slug,
            "name": area.name,
            "emoji": area.emoji,
            "rating_label": area.rating_label,
            "in_contents": int(area.in_contents),
        }
        for area in config.areas
    ]
    rows: list[Row] = [
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
    sync(db, areas, rows, now)
