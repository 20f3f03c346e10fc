"""The settings that finding items needs, read without checking the rest of the config.

Checking all of it would make `list` a fifth slower; see docs/decisions.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class SearchSettings(NamedTuple):
    """The settings that locate the database and read queries.

    Attributes:
        database: As in the config; None if it names none.
        timezone: A valid time zone name.
        searches: Saved queries by name.
        shorts: The short names of areas, by slug.
    """

    database: str | None
    timezone: str
    searches: Mapping[str, str]
    shorts: Mapping[str, str]


def read_search_settings(path: Path) -> SearchSettings | None:
    """Read these settings; None if any is invalid: reading the whole config reports why."""
    import tomllib  # noqa: PLC0415  # 5 ms that a call with --help need not pay

    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    database, timezone = tables.get("database"), tables.get("timezone", "UTC")
    searches, areas = tables.get("searches", {}), tables.get("areas", [])
    if not (
        (database is None or (isinstance(database, str) and _is_path(database)))
        and isinstance(timezone, str)
        and _is_zone(timezone)
        and isinstance(searches, dict)
        and all(isinstance(query, str) for query in searches.values())
        and isinstance(areas, list)
        and all(isinstance(area, dict) and isinstance(area.get("slug"), str) for area in areas)
    ):
        return None
    shorts = {area["slug"]: area["short"] for area in areas if isinstance(area.get("short"), str)}
    return SearchSettings(database, timezone, searches, shorts)


def _is_path(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


def _is_zone(name: str) -> bool:
    if name == "UTC":  # the default needs no time zone database
        return True
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # 3 ms

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True
