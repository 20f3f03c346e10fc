"""What there is to tell of one item beside its facts: its versions, sightings, history and more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from papertrack.core.rank.prediction import Prediction
from papertrack.core.records import Item, Submission
from papertrack.core.text.word_diff import DiffPiece


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


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What changed from one version to another, word by word."""

    old: Version
    new: Version
    title: tuple[DiffPiece, ...]
    summary: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item, its versions as seen, and what was said about it, oldest first.

    Attributes:
        submissions: When each version of a paper was submitted, as far as arXiv's archive told.
        same_story: What may be the same work, for the author to say.
        printings: The issues in which it was published, oldest first.
        diff: What changed between the last two versions; None when there is one only.
        prediction: What is expected of it; None once it was judged.
    """

    item: Item
    versions: tuple[Version, ...]
    history: tuple[HistoryLine, ...]
    submissions: tuple[Submission, ...] = ()
    sightings: tuple[SourceSighting, ...] = ()
    merges: tuple[Merge, ...] = ()
    same_story: tuple[Proposal, ...] = ()
    printings: tuple[Printing, ...] = ()
    diff: VersionDiff | None = None
    prediction: Prediction | None = None
