"""Weigh the terms of works against each other: vectors of length 1 in a sparse space."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from math import log, sqrt
from operator import mul, truediv
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
_TOO_RARE = 8  # works; for speed: with 2, the mean of the benchmark's 76 cases is the same
_AGAIN = 2  # works of an author who is remembered
# How much of the square of an unknown term counts: some would be too rare in any sample. It matters
# little: on 16 cases that it was not chosen on, 0, .3 and .6 give .501, .498 and .497.
_UNKNOWN = 0.3
_FEW = 50  # works; of fewer it cannot be told what is common

_DAMPED = [0.0, *(1.0 + log(count) for count in range(1, 256))]  # a list is read faster


@dataclass(frozen=True, slots=True)
class Vector:
    """A work in the space: where it is not 0, and how much it is there."""

    places: Sequence[int]
    values: Sequence[float]

    def dot(self, weights: Sequence[float]) -> float:
        """Multiply it with weights by place."""
        total: float = sum(map(mul, self.values, map(weights.__getitem__, self.places)))
        return total

    def square(self) -> float:
        """Give the square of its length."""
        return float(sum(map(mul, self.values, self.values)))

    def add_to(self, weights: list[float], times: float) -> None:
        """Add it to weights by place."""
        for place, value in zip(self.places, self.values, strict=True):
            weights[place] += times * value


@dataclass(frozen=True, slots=True)
class Space:
    """How rare each term is among the works that were seen.

    A term of the text has its place, from 1 on; in a title it has another, `len(terms)` later.

    Attributes:
        terms: Those that are neither in nearly no work nor in most.
        rarity: Their inverse document frequency, 1 or more.
        place: Where each term stands.
        by_place: `rarity` by place; at 0 that of what is unknown.
    """

    terms: Sequence[str]
    rarity: Sequence[float]
    place: Mapping[str, int]
    by_place: Sequence[float]

    @property
    def size(self) -> int:
        """How many places there are, with the first one, where nothing stands."""
        return 2 * len(self.terms) + 1

    def term(self, place: int) -> str:
        """Name what stands at a place."""
        return self.terms[(place - 1) % len(self.terms)]

    def vector(self, counts: Counts) -> Vector:
        """Place a work in the space; terms it does not know only make the others say less."""
        places, words = self._weigh(counts.text_terms, counts.text_counts)
        title, title_words = self._weigh(counts.title_terms, counts.title_counts)
        blocks = self._blocks(counts.names)
        square = bool(words) + _TITLE * _TITLE * bool(title)
        square += sum(_SHARES[kind] ** 2 for kind in blocks)
        scale = 1 / sqrt(square) if square else 1.0
        values = _scaled(words, scale) + _scaled(title_words, scale * _TITLE)
        shift = len(self.terms)
        places += [at + shift for at in title]
        for kind, block in blocks.items():
            places += block
            values += [scale * _SHARES[kind] / sqrt(len(block))] * len(block)
        return Vector(places, array("d", values))

    def _weigh(self, terms: Sequence[str], counts: bytes) -> tuple[list[int], list[float]]:
        """Find the known terms of a text, and tell what each says beside the others."""
        # No loop of Python's own: this is done for every text. Unknown terms are at 0, where they
        # lengthen the text as they did when others were known.
        found = list(map(self.place.get, terms, repeat(0)))
        rarities = map(self.by_place.__getitem__, found)
        block = list(map(mul, map(_DAMPED.__getitem__, counts), rarities))
        length = sqrt(sum(map(mul, block, block))) or 1.0
        return list(filter(None, found)), list(map(truediv, compress(block, found), repeat(length)))

    def _blocks(self, names: Iterable[str]) -> dict[str, list[int]]:
        """Find categories, authors and sources; each kind shares what it says."""
        blocks: dict[str, list[int]] = {}
        for name in names:
            at = self.place.get(name)
            if at is not None:
                kind = CATEGORY if name.startswith(PRIMARY) else name[:2]
                blocks.setdefault(kind, []).append(at)
        return blocks


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
        if count >= _AGAIN or not name.startswith(AUTHOR)
    )
    return space_of(tuple(rarity), tuple(rarity.values()))


def space_of(terms: Sequence[str], rarity: Sequence[float]) -> Space:
    """Make a space of its terms and their rarity."""
    unknown = sqrt(_UNKNOWN) * max(rarity, default=0.0)
    place = {term: at for at, term in enumerate(terms, start=1)}
    return Space(terms, rarity, place, [unknown, *rarity])


def _scaled(values: Sequence[float], scale: float) -> list[float]:
    return [value * scale for value in values]
