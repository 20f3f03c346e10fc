"""The papers that a text links to."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from papertrack.core.arxiv.ids import read_arxiv_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A text that links to more is a list of papers and about none of them.
_LIMIT = 3

# Where links to papers begin, from the host on. Plain words: to search for all of them takes a
# tenth of the time of one regular expression. (ar5iv's other host ends like arXiv's own.)
_MARKS = (
    *("arxiv.org/", "alphaxiv.org/", "ar5iv.org/", "10.48550/"),
    *("huggingface.co/papers/", "scirate.com/arxiv/"),
)
_LINK = re.compile(r"(?<![\w-])[^\s\"'<>()\[\]{}|\\]++")


def find_mentions(texts: Iterable[str]) -> tuple[str, ...]:
    """Find the arXiv papers that texts link to, on arXiv itself, a mirror of it, or doi.org.

    Args:
        texts: HTML or plain text; links count wherever they stand.

    Returns:
        Identifiers without version, each once, in order, at most 3.
    """
    found: dict[str, None] = {}
    for text in texts:
        links = chain.from_iterable(_links(text, mark) for mark in _MARKS if mark in text)
        for _, paper in sorted(links):
            found.setdefault(paper)
    return tuple(found)[:_LIMIT]


def _links(text: str, mark: str) -> Iterator[tuple[int, str]]:
    """Find the first few papers behind one mark, and where they stand."""
    seen: set[str] = set()
    at = text.find(mark)
    while at >= 0 and len(seen) < _LIMIT:
        link = _LINK.match(text, at)
        paper = read_arxiv_id(link[0].rstrip(".,;:!?*_")) if link else None
        if paper is not None and paper.base not in seen:
            seen.add(paper.base)
            yield at, paper.base
        at = text.find(mark, at + len(mark))
