"""What sort of work an item is, and where it stands: words that need no record to be said."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What sort of work an item is."""

    PAPER = "paper"
    POST = "post"
    NEWS = "news"
    VIDEO = "video"
    OPPORTUNITY = "opportunity"
    OTHER = "other"


class State(StrEnum):
    """Where an item stands in the author's week; OLD came with a first subscription, unqueued."""

    NEW = "new"
    LATER = "later"
    KEPT = "kept"
    REJECTED = "rejected"
    OLD = "old"
