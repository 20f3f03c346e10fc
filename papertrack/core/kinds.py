"""The kinds of works, and the states of items."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The type of a work."""

    PAPER = "paper"
    POST = "post"
    NEWS = "news"
    VIDEO = "video"
    OPPORTUNITY = "opportunity"
    OTHER = "other"


class State(StrEnum):
    """The state of an item; OLD items came with a first subscription and are not queued."""

    NEW = "new"
    LATER = "later"
    KEPT = "kept"
    REJECTED = "rejected"
    OLD = "old"
