"""All that is known of one item, with its versions and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from papertrack.core.records import Item, Submission


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
class Proposal:
    """Another item that may be the same work, and why."""

    item: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a source shows the work; `url` is None when it gives no address."""

    source: str
    url: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """An item that was merged into this one; `by_author` is False when a shared name did it."""

    item: int
    title: str
    merged_at: datetime
    by_author: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """An item, its versions as seen, and what was said about it, oldest first.

    Attributes:
        submissions: When each version of a paper was submitted, as far as arXiv's archive told.
        same_story: What may be the same work, for the author to say.
    """

    item: Item
    versions: tuple[Version, ...]
    history: tuple[Remembered, ...]
    submissions: tuple[Submission, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    merges: tuple[Merge, ...] = ()
    same_story: tuple[Proposal, ...] = ()
