"""What the database knows about an item beyond its facts: versions, sightings, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from papertrack.core.kinds import State


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an item's history.

    Attributes:
        what: The change with its value: ``rating 3.5 in interp``.
        holds: False once it was undone.
        device: The device on which it was made.
    """

    at: datetime
    what: str
    holds: bool
    device: str


@dataclass(frozen=True, slots=True)
class Version:
    """The title and abstract of an item at one time.

    Attributes:
        number: Its place among the versions of the item, from 1.
        of: The number of its item, which of a merged item is its own.
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
        """Its name for the author: ``v2`` on arXiv, else its number."""
        return f"v{self.arxiv_version}" if self.arxiv_version else str(self.number)


@dataclass(frozen=True, slots=True)
class Publication:
    """One issue in which an item was published.

    Attributes:
        issue: The slug of the issue.
        section: The heading above it; None without one.
        rating: The rating as printed; None without one.
    """

    issue: str
    date: date
    area: str
    section: str | None
    rating: str | None


# What the author did to an item in a state, in the words of a sentence about it.
_JUDGED = {State.KEPT: "kept it", State.REJECTED: "rejected it", State.LATER: "put it off"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another item that may be the same work.

    Attributes:
        reason: Why it may be: ``same title and author, 2 days apart``.
        judged_at: When its state or rating was last set; None while it was not judged.
    """

    item: int
    title: str
    reason: str
    state: State = State.NEW
    judged_at: datetime | None = None

    def explain(self, zone: tzinfo) -> str:
        """Write the reason, and what the author did to the item."""
        judged = _JUDGED.get(self.state)
        if judged is None or self.judged_at is None:
            return self.reason
        return f"{self.reason}; you {judged} on {self.judged_at.astimezone(zone):%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class SourceSighting:
    """A source that shows the work; `url` is None if it gives no address."""

    source: str
    url: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """An item merged into this one; `by_author` is False if a shared identifier did it."""

    item: int
    title: str
    merged_at: datetime
    by_author: bool
