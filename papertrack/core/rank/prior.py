"""Evidence from the config: words of the areas, followed authors and sources, repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, log, log1p
from typing import TYPE_CHECKING

from papertrack.core.rank.features import Work, count_terms, read_work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.rank.features import Counts, PlainWords, ReadWork

_IN_TITLE = 2.0  # a word in the title counts as much as several in the abstract
_OF_NAME = 0.5  # words of an area's name and description were not chosen as keywords
_RAREST = 1e-4
_STAR = "zqstarqz"


@dataclass(frozen=True, slots=True)
class Interest:
    """An area as the config describes it.

    Attributes:
        keywords: Words and phrases, `*` for the rest of a word.
        sources: Slugs of the sources that are subscribed for this area.
    """

    slug: str
    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def needles(self) -> tuple[tuple[str, float], ...]:
        """The words and phrases of the area, each with its weight."""
        named = count_terms(Work(self.name, self.description)).text_terms
        keywords = dict.fromkeys(self.keywords, 1.0)
        words = {f"{word}*": _OF_NAME for word in named if f"{word}*" not in keywords}
        return tuple((words | keywords).items())


Needles = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Prior:
    """The words of the areas, weighted by how rare they are.

    Attributes:
        needles: By area.
        owners: The areas of each needle.
        patterns: Each needle once, with its weight and search pattern.
    """

    needles: Mapping[str, Needles]
    owners: Mapping[str, Sequence[str]]
    patterns: tuple[tuple[str, float, str | re.Pattern[str]], ...]

    def hits(self, work: Counts | ReadWork) -> dict[str, float]:
        """Return the words of any area that occur in a work, with their points."""
        return {
            needle: weight * strength
            for needle, weight, plain in self.patterns
            if (strength := _strength(plain, work.plain))
        }

    def shares(self, hits: Mapping[str, float]) -> dict[str, float]:
        """Sum the points of hits by area, for areas with any."""
        points: dict[str, float] = {}
        for needle, value in hits.items():
            for area in self.owners[needle]:
                points[area] = points.get(area, 0.0) + value
        return points

    def score(self, counts: Counts) -> float:
        """Return the points of all words in a work; 0 without any."""
        return sum(self.hits(counts).values())


def learn_prior(interests: Sequence[Interest], works: Iterable[Counts]) -> Prior:
    """Weigh the words of the areas by how rare they are.

    Args:
        interests: The areas.
        works: A representative sample of incoming works; without any, all words weigh the same.
    """
    sample = list(works)
    wanted = {needle for interest in interests for needle, _ in interest.needles}
    rarity = dict.fromkeys(wanted, 1.0)
    if sample:
        for needle in wanted:
            plain = _plain(needle)
            share = sum(1 for counts in sample if _strength(plain, counts.plain)) / len(sample)
            rarity[needle] = log(1 / max(share, _RAREST))
    by_area = {
        interest.slug: tuple(
            (needle, weight * rarity[needle]) for needle, weight in interest.needles
        )
        for interest in interests
    }
    return prior_of(by_area)


def prior_of(by_area: Mapping[str, Needles]) -> Prior:
    """Build a prior from the weighted words of each area."""
    best: dict[str, float] = {}
    owners: dict[str, list[str]] = {}
    for area, needles in by_area.items():
        for needle, weight in needles:
            best[needle] = max(weight, best.get(needle, 0.0))
            owners.setdefault(needle, []).append(area)
    return Prior(by_area, owners, tuple((needle, best[needle], _plain(needle)) for needle in best))


def has_needle(needle: str, work: ReadWork) -> bool:
    """Return whether a word or phrase occurs in a work."""
    return _strength(_plain(needle), work.plain) > 0


def _strength(plain: str | re.Pattern[str], words: PlainWords) -> float:
    """Return how strongly a word or phrase occurs in a work; 0 if it does not."""
    title, text = words
    if isinstance(plain, str):
        if plain not in text:
            return 0.0
        in_title, overall = title.count(plain), text.count(plain)
    else:
        in_title, overall = len(plain.findall(title)), len(plain.findall(text))
    if not overall:
        return 0.0
    return _IN_TITLE * bool(in_title) + log1p(overall - in_title)


@lru_cache(maxsize=2048)
def _plain(needle: str) -> str | re.Pattern[str]:
    """Turn a keyword into what to search in `PlainWords`: text if possible, for speed."""
    marked = read_work(Work(needle.replace("*", _STAR))).plain.title
    if not marked.replace(_STAR, "").strip():
        return re.compile(r"(?!)")
    body, star = marked.rstrip().removesuffix(_STAR), marked.rstrip().endswith(_STAR)
    if _STAR not in body:
        return body if star else f"{body} "
    first, *middle, last = map(re.escape, marked.split(_STAR))
    # Atomic groups take the first match of each part and never backtrack, so no word is slow.
    between = "".join(f"(?>[^ ]*?{part})" for part in middle)
    return re.compile(f"{first}{between}[^ ]*{last}")


_SEVERAL = 0.5  # times the logarithm of the number of sources that showed a work
_REPEATED = -1.5  # for a title much like one judged this week
_NEARLY = 0.6  # of the words of both titles are the same
_MINIMUM_WORDS = 3  # of a title, to compare it


@dataclass(frozen=True, slots=True)
class Follow:
    """Authors (names), words (`*` for any ending) and sources (slugs), each with its weight.

    A weight of 1 is the distance between a good work and an ordinary one; below 0 counts against.
    """

    authors: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, float] = field(default_factory=dict)


def follow_reasons(follow: Follow, work: Work, read: ReadWork) -> dict[str, float]:
    """Return what the author follows in a work, with its weights."""
    names = {_folded(name) for name in work.authors}
    reasons = {name: weight for name, weight in follow.authors.items() if _folded(name) in names}
    reasons.update(
        (word, weight) for word, weight in follow.words.items() if has_needle(word, read)
    )
    reasons.update(
        (f"source {slug}", weight)
        for slug, weight in follow.sources.items()
        if slug in work.sources
    )
    return reasons


def source_reasons(work: Work) -> dict[str, float]:
    """Return the weight of being shown by several sources."""
    count = len(set(work.sources))
    return {f"shown by {count} sources": _SEVERAL * log(count)} if count > 1 else {}


class Repeats:
    """Finds works whose titles are much like one that was judged this week."""

    def __init__(self, judged: Sequence[str]) -> None:
        """Take the titles of judged works as printed."""
        self._titles = [(title, _words(read_work(Work(title)))) for title in judged]
        self._by_word: dict[str, list[int]] = {}
        for at, (_, words) in enumerate(self._titles):
            for word in words:
                self._by_word.setdefault(word, []).append(at)

    def reasons(self, work: ReadWork) -> dict[str, float]:
        """Return the title that a work repeats, with its weight; empty for most."""
        if not self._titles:
            return {}
        mine = _words(work)
        if len(mine) < _MINIMUM_WORDS:
            return {}
        # A similar title shares at least one of any `few` words; the rarest occur in few titles.
        few = len(mine) - ceil(_NEARLY * len(mine)) + 1
        lists = sorted((self._by_word.get(word, ()) for word in mine), key=len)[:few]
        for at in sorted(set().union(*lists)):
            title, words = self._titles[at]
            if len(mine & words) >= _NEARLY * len(mine | words):
                return {f'like "{title[:40]}"': _REPEATED}
        return {}


def _words(work: ReadWork) -> set[str]:
    return set(filter(None, work.title))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
