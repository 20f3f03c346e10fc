"""What the config says of a work: words of the areas, followed authors, sources, age."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, log, log1p
from typing import TYPE_CHECKING

from papertrack.core.rank.features import Work, count_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from papertrack.core.rank.features import Counts

_IN_TITLE = 2.0  # a word of the title counts as much as some in the abstract
_OF_NAME = 0.5  # words of an area's name and description were not written to be looked for
_RAREST = 1e-4
_STAR = "zqstarqz"


@dataclass(frozen=True, slots=True)
class Interest:
    """An area as the config describes it.

    Attributes:
        keywords: Words and phrases, `*` for the rest of a word.
        sources: Slugs of the sources that are read for this area.
    """

    slug: str
    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def needles(self) -> tuple[tuple[str, float], ...]:
        """All that speaks for the area, each with what it counts."""
        named = count_terms(Work(self.name, self.description)).text_terms
        said = dict.fromkeys(self.keywords, 1.0)
        words = {f"{word}*": _OF_NAME for word in named if f"{word}*" not in said}
        return tuple((words | said).items())


Needles = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Prior:
    """The words of the areas, each with what it says: more when it is rare.

    Attributes:
        needles: By area.
        owners: The areas of each needle.
        looked_for: Those of all areas, each once, as they are looked for.
    """

    needles: Mapping[str, Needles]
    owners: Mapping[str, Sequence[str]]
    looked_for: tuple[tuple[str, float, str | re.Pattern[str]], ...]

    def hits(self, counts: Counts) -> dict[str, float]:
        """Tell which words of any area occur in a work and how much each says."""
        return {
            needle: weight * strength
            for needle, weight, plain in self.looked_for
            if (strength := _strength(plain, counts))
        }

    def shares(self, hits: Mapping[str, float]) -> dict[str, float]:
        """Tell how much of what was found speaks for each area; only those it speaks for."""
        said: dict[str, float] = {}
        for needle, value in hits.items():
            for area in self.owners[needle]:
                said[area] = said.get(area, 0.0) + value
        return said

    def score(self, counts: Counts) -> float:
        """Tell how much all words together say for a work; 0 for nothing."""
        return sum(self.hits(counts).values())


def learn_prior(interests: Sequence[Interest], works: Iterable[Counts]) -> Prior:
    """Weigh the words of the areas by how rare they are.

    Args:
        interests: The areas.
        works: A fair sample of what comes in; without any, all words weigh the same.
    """
    sample = list(works)
    wanted = {needle for interest in interests for needle, _ in interest.needles}
    rarity = dict.fromkeys(wanted, 1.0)
    if sample:
        for needle in wanted:
            plain = _plain(needle)
            share = sum(1 for counts in sample if _strength(plain, counts)) / len(sample)
            rarity[needle] = log(1 / max(share, _RAREST))
    by_area = {
        interest.slug: tuple(
            (needle, weight * rarity[needle]) for needle, weight in interest.needles
        )
        for interest in interests
    }
    return prior_of(by_area)


def prior_of(by_area: Mapping[str, Needles]) -> Prior:
    """Make a prior of the words of each area."""
    best: dict[str, float] = {}
    owners: dict[str, list[str]] = {}
    for area, needles in by_area.items():
        for needle, weight in needles:
            best[needle] = max(weight, best.get(needle, 0.0))
            owners.setdefault(needle, []).append(area)
    return Prior(by_area, owners, tuple((needle, best[needle], _plain(needle)) for needle in best))


def has_needle(needle: str, counts: Counts) -> bool:
    """Tell whether a word or phrase occurs in a work."""
    return _strength(_plain(needle), counts) > 0


def _strength(plain: str | re.Pattern[str], counts: Counts) -> float:
    """Tell how strongly a word or phrase occurs in a work; 0 when it does not."""
    if isinstance(plain, str):
        if plain not in counts.plain:
            return 0.0
        in_title, overall = counts.title.count(plain), counts.plain.count(plain)
    else:
        in_title, overall = len(plain.findall(counts.title)), len(plain.findall(counts.plain))
    if not overall:
        return 0.0
    return _IN_TITLE * bool(in_title) + log1p(overall - in_title)


@lru_cache(maxsize=2048)
def _plain(needle: str) -> str | re.Pattern[str]:
    """Write a keyword as it would stand in `Counts.plain`: text where it can be, for speed."""
    marked = count_terms(Work(needle.replace("*", _STAR))).title
    if not marked.replace(_STAR, "").strip():
        return re.compile(r"(?!)")
    body, star = marked.rstrip().removesuffix(_STAR), marked.rstrip().endswith(_STAR)
    if _STAR not in body:
        return body if star else f"{body} "
    first, *middle, last = map(re.escape, marked.split(_STAR))
    # Each part is taken where it comes first and never looked for again: no word takes long.
    between = "".join(f"(?>[^ ]*?{part})" for part in middle)
    return re.compile(f"{first}{between}[^ ]*{last}")


_SEVERAL = 0.5  # for each doubling, about, of the sources that showed a work
_REPEATED = -1.5  # for what is nearly what was judged this week
_NEARLY = 0.6  # of the words of both titles are the same
_FEWEST = 3  # words of a title that can be told from another


@dataclass(frozen=True, slots=True)
class Follow:
    """Authors (names), words (`*` for any ending) and sources (slugs), each with its weight.

    A weight of 1 is what sets a good work apart from an ordinary one; below 0 it speaks against.
    """

    authors: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, float] = field(default_factory=dict)


def follow_reasons(follow: Follow, work: Work, counts: Counts) -> dict[str, float]:
    """Say what the author follows in a work."""
    names = {_folded(name) for name in work.authors}
    said = {name: weight for name, weight in follow.authors.items() if _folded(name) in names}
    said.update((word, weight) for word, weight in follow.words.items() if has_needle(word, counts))
    said.update(
        (f"source {slug}", weight)
        for slug, weight in follow.sources.items()
        if slug in work.sources
    )
    return said


def source_reasons(work: Work) -> dict[str, float]:
    """Say what it means that several sources showed a work."""
    count = len(set(work.sources))
    return {f"shown by {count} sources": _SEVERAL * log(count)} if count > 1 else {}


class Repeats:
    """The titles of what was judged this week, to tell what is nearly the same."""

    def __init__(self, judged: Sequence[tuple[str, Counts]]) -> None:
        """Take what was judged, each with its title as printed."""
        self._titles = [(title, _words(counts)) for title, counts in judged]
        self._by_word: dict[str, list[int]] = {}
        for at, (_, words) in enumerate(self._titles):
            for word in words:
                self._by_word.setdefault(word, []).append(at)

    def reasons(self, counts: Counts) -> dict[str, float]:
        """Say what a work repeats; nothing for most."""
        mine = _words(counts)
        if len(mine) < _FEWEST:
            return {}
        # A title with so many words in common has one of any few: the rarest are in few titles.
        few = len(mine) - ceil(_NEARLY * len(mine)) + 1
        lists = sorted((self._by_word.get(word, ()) for word in mine), key=len)[:few]
        for at in sorted(set().union(*lists)):
            title, words = self._titles[at]
            if len(mine & words) >= _NEARLY * len(mine | words):
                return {f'like "{title[:40]}"': _REPEATED}
        return {}


def _words(counts: Counts) -> set[str]:
    return {term for term in counts.title_terms if " " not in term}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
