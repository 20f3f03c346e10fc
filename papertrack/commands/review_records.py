"""Records of the rating screen."""

from __future__ import annotations

from dataclasses import dataclass

from papertrack.core.judging.item_details import Proposal
from papertrack.core.rank.standing import Standing
from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area, as the rating screen needs it."""

    slug: str
    name: str
    emoji: str
    rating_label: str = "Rating"


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a card says of one item.

    Attributes:
        also: Where other sources show it, as short addresses or names.
        issues: The issues in which it was published.
        versions: Its versions and their days, ``v1 Mon 16``, oldest first; empty for one version.
        missing: The texts it lacks for the digest, by their labels.
    """

    item: Item
    standing: Standing
    proposal: Proposal | None = None
    also: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
