"""Take a work apart into what ranking counts: words, pairs of words, categories and names."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from unicodedata import normalize

# Words that speak of no topic; pairs that begin or end with one are not counted either.
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
_MOST_AUTHORS = 40
_LONG = 4  # letters; shorter words are no plurals
_MOST = 255  # times that a term is counted
_LONGEST = 20_000  # characters of a summary; a post may be a whole book

CATEGORY, PRIMARY, AUTHOR, SOURCE = "c:", "1:", "a:", "s:"


@dataclass(frozen=True, slots=True)
class Work:
    """What ranking looks at in an item.

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


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each term occurs in a work.

    Attributes:
        plain: All words of title and summary, lower case, with one blank around each: keywords
            are looked up in it.
        title: The same of the title alone.
        text_terms, title_terms: Words and pairs in the singular; those of the title are in both.
            Tuples, for thousands of them are held at a time.
        text_counts, title_counts: How often each of them occurs, 255 at most.
        names: Terms that have no count: categories, authors, sources, with their prefix.
    """

    plain: str
    title: str
    text_terms: tuple[str, ...]
    text_counts: bytes
    title_terms: tuple[str, ...]
    title_counts: bytes
    names: tuple[str, ...]


def count_terms(work: Work) -> Counts:
    """Count the terms of a work."""
    title, summary = _words(work.title), _words(work.summary[:_LONGEST])
    in_title = _terms(title)
    title_terms, text_terms = Counter(in_title), Counter(_terms(summary) + in_title)
    names = [PRIMARY + category for category in work.categories[:1]]
    names += [CATEGORY + category for category in work.categories]
    names += [AUTHOR + " ".join(name.casefold().split()) for name in work.authors[:_MOST_AUTHORS]]
    names += [SOURCE + source for source in work.sources]
    plain_title = f" {' '.join(title)} "
    return Counts(
        plain=f"{plain_title}. {' '.join(summary)} ",
        title=plain_title,
        text_terms=tuple(text_terms),
        text_counts=_frozen(text_terms),
        title_terms=tuple(title_terms),
        title_counts=_frozen(title_terms),
        names=tuple(dict.fromkeys(names)),
    )


def readable(term: str) -> str:
    """Write a term as the author would say it."""
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
    return normalize("NFC", text).casefold().translate(_APART).split()


def _terms(words: list[str]) -> list[str]:
    kept = list(map(_TOPIC.__getitem__, words))
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(kept) if one and other]
    return [*filter(None, kept), *pairs]


def _frozen(terms: Counter[str]) -> bytes:
    try:
        return bytes(terms.values())
    except ValueError:  # more of one than a byte can tell
        return bytes(min(_MOST, count) for count in terms.values())


def _singular(word: str) -> str:
    """Take a plural's ending off, so that "probe" and "probes" are one; never shorter than 3."""
    if len(word) < _LONG or word[-1] != "s" or word[-2] in "sui":  # "loss", "bus", "axis"
        return word
    return word[:-3] + "y" if word.endswith("ies") and len(word) > _LONG else word[:-1]


class _Apart(dict[int, int | str]):
    """For `str.translate`: a blank for whatever is neither letter nor digit."""

    def __missing__(self, code: int) -> int | str:
        self[code] = code if chr(code).isalnum() else " "
        return self[code]


class _Topic(dict[str, str]):
    """What is counted for a word; empty for one that speaks of no topic."""

    def __missing__(self, word: str) -> str:
        self[word] = "" if word in _COMMON or len(word) == 1 else _singular(word)
        return self[word]


# Remembered, for the same words come thousands of times; a regular expression and a call for each
# word took half of all that counting costs.
_APART, _TOPIC = _Apart(), _Topic()
