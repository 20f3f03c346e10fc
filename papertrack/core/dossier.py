"""All that is known of one item, with its versions and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class Remembered:
    """One line of an item's history; `holds` is False once it was undone."""

    at: datetime
    what: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Version:
    """An item's title as it was seen; `arxiv_version` is None outside arXiv."""

    arxiv_version: int | None
    title: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """An item, its versions as seen, and what was said about it, oldest first."""

    item: Item
    versions: tuple[Version, ...]
    history: tuple[Remembered, ...]
