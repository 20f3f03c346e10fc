"""What the database knows of one item beyond its facts: versions, sightings, history, merges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an item's history.

    Attributes:
        what: With the value that was said: ``rating 3.5 in interp``.
        holds: False once it was undone.
        device: The machine on which it was said.
    """

    at: datetime
    what: str
    holds: bool
    device: str


@dataclass(frozen=True, slots=True)
class Version:
    """An item's words as they were seen.

    Attributes:
        number: Its place among the versions of the item, from 1.
        of: The number of the item that it is a version of: of something merged, its own.
        arxiv_version: None outside arXiv.
    """

    number: int
    of: int
    arxiv_version: int | None
    title: str
    summary: str
    seen_at: datetime

    @property
    def name(self) -> str:
        """What the author calls it: ``v2`` on arXiv, else its number."""
        return f"v{self.arxiv_version}" if self.arxiv_version else str(self.number)


@dataclass(frozen=True, slots=True)
class Printing:
    """Where an item was published.

    Attributes:
        issue: The slug of the issue.
        section: The heading under which it stood; None without one.
        rating: The rating as it was printed; None without one.
    """

    issue: str
    date: date
    area: str
    section: str | None
    rating: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another item that may be the same work, and why."""

    item: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceSighting:
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
