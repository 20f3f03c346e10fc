"""Tell a post about a paper from one that links to it by the way.

What is found here is only proposed to the author; nothing is merged for its title.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

NAMES_THE_PAPER = "links and names the paper"

# A title of fewer words occurs in texts about anything.
_LEAST_WORDS = 3
_NEARLY = 0.9  # of the letters of two titles
# What a post is about stands at its beginning.
_OPENING_WORDS = 120
_ROUNDUP = re.compile(
    r"\b(?:links?|round\s?up|digest|newsletter|weekly|monthly|daily|reading list|this week"
    r"|this month|week in|month in|papers of|issue \d+|vol(?:ume)? \d+|best of|news)\b"
)


def names_paper(title: str, summary: str, paper_title: str) -> bool:
    """Tell whether a post that links to one paper is about that paper.

    Args:
        title: The post's title.
        summary: The post's text, or as much of it as the feed gives.
        paper_title: The paper's title.

    Returns:
        True when the post is called like the paper (nearly, or by the part before its colon), or
        gives the paper's whole title in its own title or in its opening; a list of links (a
        digest, a roundup) counts by its title alone.
    """
    named = _words(paper_title)
    mine = _words(title)
    if len(named.split()) < _LEAST_WORDS:
        return bool(named) and mine == named
    if _holds(mine, named) or SequenceMatcher(None, mine, named).ratio() >= _NEARLY:
        return True
    name, colon, _ = paper_title.partition(":")
    if colon and len(_words(name).split()) >= _LEAST_WORDS - 1 and mine == _words(name):
        return True
    opening = " ".join(_words(summary).split()[:_OPENING_WORDS])
    return not _ROUNDUP.search(mine) and _holds(opening, named)


def _holds(text: str, phrase: str) -> bool:
    return f" {phrase} " in f" {text} "


def _words(text: str) -> str:
    """Write a text in small letters without accents, and a blank for all that is no letter."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in letters if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())
