"""Count the terms of a work, and weigh them as a sparse vector."""

from __future__ import annotations

import itertools
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from math import log, sqrt
from operator import mul, truediv
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

# Words without a topic; pairs that begin or end with one are not counted either.
_COMMON_WORDS = """
    a about above across after all also am among an and any are as at be because been before
    being below between both but by can could did do does doing done during each either else et al
    etc few for from further had has have having he her here his how however i if in into is it
    its itself just less let like many may might more most much must my neither no nor not now of
    off often on once one only onto or other our out over own per rather same several shall she
    should show shown shows since so some still such than that the their them then there thereby
    these they this those though through thus to together too toward towards under until up upon
    us use used uses using various very via was we well were what when where whether which while
    who whom whose why will with within without would yet you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_MAXIMUM_AUTHORS = 40
_MINIMUM_PLURAL = 4  # letters
_MAXIMUM_COUNT = 255  # of a term; the counts are stored as bytes
# Characters of a summary: what an abstract has. A post may be a book, of which the beginning tells
# what it is about; benchmarks/README.md says what less costs.
TEXT_LIMIT = 1_000

CATEGORY, PRIMARY, AUTHOR, SOURCE = "c:", "1:", "a:", "s:"


@dataclass(frozen=True, slots=True)
class Work:
    """The facts of an item that ranking uses.

    Attributes:
        categories: arXiv's, the primary one first; empty for a post.
        authors: Names as printed.
        sources: Slugs of the sources that showed it.
    """

    title: str
    summary: str = ""
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class PlainWords(NamedTuple):
    """The words of a work for keyword searches: case-folded, with one blank around each."""

    title: str
    title_and_text: str


@dataclass(frozen=True, slots=True)
class ReadWork:
    """A work whose words were read, to be scored.

    Attributes:
        title, text: The term of each word in its order; empty for words without a topic.
        names: As in `Counts`.
    """

    plain: PlainWords
    title: Sequence[str]
    text: Sequence[str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each term occurs in a work, to learn from it.

    Attributes:
        text_terms, title_terms: Words and pairs in the singular; those of the title are in both.
            They are tuples because thousands are in memory at a time.
        text_counts, title_counts: How often each of them occurs, 255 at most.
        names: Terms without a count: categories, authors, sources, with their prefix.
    """

    plain: PlainWords
    text_terms: tuple[str, ...]
    text_counts: bytes
    title_terms: tuple[str, ...]
    title_counts: bytes
    names: tuple[str, ...]


def read_work(work: Work) -> ReadWork:
    """Read the words and names of a work."""
    title, text = _words(work.title), _words(work.summary[:TEXT_LIMIT])
    plain_title = f" {' '.join(title)} "
    names = [PRIMARY + category for category in work.categories[:1]]
    names += [CATEGORY + category for category in work.categories]
    names += [
        AUTHOR + " ".join(name.casefold().split()) for name in work.authors[:_MAXIMUM_AUTHORS]
    ]
    names += [SOURCE + source for source in work.sources]
    return ReadWork(
        plain=PlainWords(plain_title, f"{plain_title}. {' '.join(text)} "),
        title=list(map(_TOPIC.__getitem__, title)),
        text=list(map(_TOPIC.__getitem__, text)),
        names=tuple(dict.fromkeys(names)),
    )


def count_terms(work: Work) -> Counts:
    """Count the terms of a work."""
    read = read_work(work)
    in_title = _terms(read.title)
    title_terms, text_terms = Counter(in_title), Counter(_terms(read.text) + in_title)
    return Counts(
        plain=read.plain,
        text_terms=tuple(text_terms),
        text_counts=_as_bytes(text_terms),
        title_terms=tuple(title_terms),
        title_counts=_as_bytes(title_terms),
        names=read.names,
    )


def readable(term: str) -> str:
    """Write a term for display, without its prefix."""
    prefix, name = term[:2], term[2:]
    match prefix:
        case "1:" | "c:":
            return name
        case "a:":
            return name.title()
        case "s:":
            return f"source {name}"
        case _:
            return term


def _words(text: str) -> list[str]:
    return normalize("NFC", text).casefold().translate(_SEPARATED).split()


def _terms(words: Sequence[str]) -> list[str]:
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(words) if one and other]
    return [*filter(None, words), *pairs]


def _as_bytes(terms: Counter[str]) -> bytes:
    try:
        return bytes(terms.values())
    except ValueError:  # a count exceeds a byte
        return bytes(min(_MAXIMUM_COUNT, count) for count in terms.values())


def _singular(word: str) -> str:
    """Strip the ending of a plural, so that "probe" and "probes" are one term."""
    if len(word) < _MINIMUM_PLURAL or word[-1] != "s" or word[-2] in "sui":  # "loss", "bus", "axis"
        return word
    return word[:-3] + "y" if word.endswith("ies") and len(word) > _MINIMUM_PLURAL else word[:-1]


class _Separated(dict[int, int | str]):
    """A table for `str.translate` that maps all but letters and digits to a blank."""

    def __missing__(self, code: int) -> int | str:
        self[code] = code if chr(code).isalnum() else " "
        return self[code]


class _Topic(dict[str, str]):
    """The term that is counted for a word; empty for a word without a topic."""

    def __missing__(self, word: str) -> str:
        self[word] = "" if word in _COMMON or len(word) == 1 else _singular(word)
        return self[word]


# Cached, because the same words recur thousands of times: a regular expression and a call for each
# word took half of the time of counting.
_SEPARATED, _TOPIC = _Separated(), _Topic()


# The weight of each block relative to the text. That of the title was explored on one cutoff of
# the benchmark; that of the categories was raised from .25 with all three lists in sight, so none
# is left to test it. Those of authors and sources were never varied.
_TITLE = 0.5
_SHARES = {CATEGORY: 0.4, AUTHOR: 0.25, SOURCE: 0.25}
_TOO_COMMON = 0.5  # of all works
_TOO_RARE = 8  # works; for speed: with 2, the mean of the benchmark's 76 cases is the same
_MINIMUM_WORKS = 2  # of an author, to become a term
_FEW = 50  # works, too few to know which terms are common

_DAMPED = [0.0, *(1.0 + log(count) for count in range(1, 256))]  # a list is read faster


@dataclass(frozen=True, slots=True)
class Vector:
    """A sparse vector: the dimensions where it is not 0, and its values there."""

    places: Sequence[int]
    values: Sequence[float]

    def dot(self, weights: Sequence[float]) -> float:
        """Return the dot product with dense weights."""
        total: float = sum(map(mul, self.values, map(weights.__getitem__, self.places)))
        return total

    def square(self) -> float:
        """Return the square of its length."""
        return float(sum(map(mul, self.values, self.values)))

    def add_to(self, weights: list[float], times: float) -> None:
        """Add a multiple of it to dense weights, in place."""
        for place, value in zip(self.places, self.values, strict=True):
            weights[place] += times * value


@dataclass(frozen=True, slots=True)
class Space:
    """The vector space of terms, weighted by how rare each is.

    A term has one dimension for texts, from 1 on, and another for titles, `len(terms)` later.

    Attributes:
        terms: The terms that are neither in nearly no work nor in most.
        rarity: Their inverse document frequencies, 1 or more.
        place: The dimension of each term.
        followers: The dimension of each pair of words, by its first and its second.
        by_place: `rarity` by dimension; at 0, that of unknown terms, which count nothing: on 16
            cases, with shares of 0, .3 and .6 of the length, they gave .501, .498 and .497.
    """

    terms: Sequence[str]
    rarity: Sequence[float]
    place: Mapping[str, int]
    followers: Mapping[str, Mapping[str, int]]
    by_place: Sequence[float]

    @property
    def size(self) -> int:
        """The number of dimensions, including the unused first one."""
        return 2 * len(self.terms) + 1

    def term(self, place: int) -> str:
        """Return the term of a dimension."""
        return self.terms[(place - 1) % len(self.terms)]

    def vector(self, counts: Counts) -> Vector:
        """Return the vector of a work whose terms were counted."""
        return self._join(
            self._weigh(counts.text_terms, counts.text_counts),
            self._weigh(counts.title_terms, counts.title_counts),
            counts.names,
        )

    def vector_of(self, read: ReadWork) -> Vector:
        """Return the same vector without counting the terms that are not in the space."""
        title = self._known(read.title)
        return self._join(
            self._weigh_places(self._known(read.text) + title),
            self._weigh_places(title),
            read.names,
        )

    def _known(self, words: Sequence[str]) -> list[int]:
        """List the dimensions of the words and pairs that have one."""
        found = list(filter(None, map(self.place.get, filter(None, words), repeat(0))))
        followers = self.followers.get
        found += [
            place
            for one, other in itertools.pairwise(words)
            if (after := followers(one)) and (place := after.get(other))
        ]
        return found

    def _weigh_places(self, found: Sequence[int]) -> tuple[list[int], list[float]]:
        """Return each of the dimensions once, and their normalised weights."""
        counts = Counter(found)
        block = [
            _DAMPED[min(count, _MAXIMUM_COUNT)] * self.by_place[place]
            for place, count in counts.items()
        ]
        length = sqrt(sum(map(mul, block, block))) or 1.0
        return list(counts), [value / length for value in block]

    def _join(
        self,
        text: tuple[list[int], list[float]],
        title: tuple[list[int], list[float]],
        names: Iterable[str],
    ) -> Vector:
        """Join the blocks of a work into one vector of length 1."""
        blocks = self._blocks(names)
        square = bool(text[1]) + _TITLE * _TITLE * bool(title[1])
        square += sum(_SHARES[kind] ** 2 for kind in blocks)
        scale = 1 / sqrt(square) if square else 1.0
        values = _scaled(text[1], scale) + _scaled(title[1], scale * _TITLE)
        shift = len(self.terms)
        places = text[0] + [at + shift for at in title[0]]
        for kind, block in blocks.items():
            places += block
            values += [scale * _SHARES[kind] / sqrt(len(block))] * len(block)
        return Vector(places, array("d", values))

    def _weigh(self, terms: Sequence[str], counts: bytes) -> tuple[list[int], list[float]]:
        """Return the dimensions of the known terms of a text, and their normalised weights."""
        # No Python loop, because this runs for every text. Unknown terms are at 0.
        found = list(map(self.place.get, terms, repeat(0)))
        rarities = map(self.by_place.__getitem__, found)
        block = list(map(mul, map(_DAMPED.__getitem__, counts), rarities))
        length = sqrt(sum(map(mul, block, block))) or 1.0
        return list(filter(None, found)), list(map(truediv, compress(block, found), repeat(length)))

    def _blocks(self, names: Iterable[str]) -> dict[str, list[int]]:
        """Return the dimensions of categories, authors and sources, by kind."""
        blocks: dict[str, list[int]] = {}
        for name in names:
            at = self.place.get(name)
            if at is not None:
                kind = CATEGORY if name.startswith(PRIMARY) else name[:2]
                blocks.setdefault(kind, []).append(at)
        return blocks


def learn_space(works: Iterable[Counts], kept: Iterable[Counts] = ()) -> Space:
    """Learn how rare terms are.

    Args:
        works: A representative sample of incoming works; the more the better.
        kept: The works of the sample whose terms are all included, however rare.
    """
    seen: Counter[str] = Counter()
    names: Counter[str] = Counter()
    total = 0
    for counts in works:
        total += 1
        seen.update(counts.text_terms)
        names.update(counts.names)
    wanted = {term for counts in kept for term in counts.text_terms}
    maximum = max(_TOO_COMMON * total, _FEW)
    counted = range(int(min(maximum, total)) + 1)
    by_count = [log((1 + total) / (1 + count)) + 1 for count in counted]
    rarity = {
        term: by_count[count]
        for term, count in seen.items()
        if _TOO_RARE <= count <= maximum or (count < _TOO_RARE and term in wanted)
    }
    rarity.update(
        (name, 1.0)
        for name, count in names.items()
        if count >= _MINIMUM_WORKS or not name.startswith(AUTHOR)
    )
    return space_of(tuple(rarity), tuple(rarity.values()))


def space_of(terms: Sequence[str], rarity: Sequence[float]) -> Space:
    """Build a space from its terms and their rarity."""
    place = {term: at for at, term in enumerate(terms, start=1)}
    followers: dict[str, dict[str, int]] = {}
    for term, at in place.items():
        one, blank, other = term.partition(" ")
        if blank and term[1:2] != ":":  # an author's name has a prefix
            followers.setdefault(one, {})[other] = at
    return Space(terms, rarity, place, followers, [0.0, *rarity])


def _scaled(values: Sequence[float], scale: float) -> list[float]:
    return [value * scale for value in values]
