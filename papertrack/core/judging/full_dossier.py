"""All that is known of one item, with its versions and its history."""

from __future__ import annotations

from dataclasses import dataclass

from papertrack.core.judging.item_details import (
    Merge,
    Printing,
    Proposal,
    Remembered,
    Sighting,
    Version,
)
from papertrack.core.rank.standing import Standing
from papertrack.core.records import Item, Submission
from papertrack.core.text.word_diff import Piece


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What changed from one version to another, word by word."""

    old: Version
    new: Version
    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """An item, its versions as seen, and what was said about it, oldest first.

    Attributes:
        submissions: When each version of a paper was submitted, as far as arXiv's archive told.
        same_story: What may be the same work, for the author to say.
        printings: The issues in which it was published, oldest first.
        diff: What changed between the last two versions; None when there is one only.
        standing: What is expected of it; None once it was judged.
    """

    item: Item
    versions: tuple[Version, ...]
    history: tuple[Remembered, ...]
    submissions: tuple[Submission, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    merges: tuple[Merge, ...] = ()
    same_story: tuple[Proposal, ...] = ()
    printings: tuple[Printing, ...] = ()
    diff: VersionDiff | None = None
    standing: Standing | None = None
