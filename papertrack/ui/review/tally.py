"""What a sitting came to so far: rejected, put off, rated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import FORMAT
from papertrack.core.kinds import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.records import Item


class Verdict(Enum):
    """What the author thinks of an item, as far as the header counts it."""

    REJECTED = "rejected"
    LATER = "later"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items were judged in this sitting."""

    rejected: int = 0
    later: int = 0
    rated: int = 0


def verdict_on(item: Item) -> Verdict | None:
    """Tell what the author thinks of an item; None while it is unjudged.

    What is kept as brief or as a link counts as rated.
    """
    if item.state is State.REJECTED:
        return Verdict.REJECTED
    if item.state is State.LATER:
        return Verdict.LATER
    is_rated = FORMAT in item.judgement.notes or any(
        rating.halves is not None for rating in item.judgement.ratings
    )
    return Verdict.RATED if item.state is State.KEPT and is_rated else None


def tally_of(verdicts: Iterable[Verdict]) -> Tally:
    """Count verdicts."""
    count = Counter(verdicts)
    return Tally(count[Verdict.REJECTED], count[Verdict.LATER], count[Verdict.RATED])
