"""Times as stored in the database: text in UTC that sorts by time."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """Write an aware time as ``2026-11-20T07:30:00.000Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_utc(text: str) -> datetime:
    """Read a time written by `utc_text`."""
    return datetime.fromisoformat(text)
