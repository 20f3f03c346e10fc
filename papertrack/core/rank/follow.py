"""What speaks for a work beside its words: whom the author follows, who showed it, what is old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log
from typing import TYPE_CHECKING

from papertrack.core.rank.prior import has_needle

if TYPE_CHECKING:
    from papertrack.core.rank.words import Counts, Work

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
