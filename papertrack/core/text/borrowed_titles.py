"""Titles for works without one, borrowed from their text or the name of their file.

They are never stored: a title that nobody gave must not identify a work or merge two. Where one is
shown, it is marked: words of the text stand in curly quotes, and ``(PDF)`` follows a file name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from papertrack.core.text.title import plain_title

if TYPE_CHECKING:
    from papertrack.core.records import Item

_FIRST_WORDS = 80  # characters
_LINE = 500  # characters of a line that are looked at
_MINIMUM = 40  # a cut at a word that leaves less is made within the word

# The second form is of Chinese and Japanese.
_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”\u2019»)\]]*(?=\s)|[。\uff01\uff1f｡]+[」』\uff09”]*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“\u2018'\[])(?:\w|\w\.\w|[Aa]pprox|[Cc]f|[Dd]ept|[Dd]r|[Ee]qs?|[Ee]t al|[Ff]igs?"
    r"|Jr|[Mm]rs?|Ms|[Nn]o|[Pp]p|[Pp]rof|Sr|St|[Ss]ec|[Vv]ol|[Vv]s|bzw|ca|incl|resp|usw|z\.\s?B)\Z"
)
_BULLET = re.compile(r"^(?:[-*•\u2013]\s+)+")
_LOOSE_END = " ,;:-\u2013—(“\u2018«[\"'/"


def printed_or_borrowed(item: Item) -> str:
    """Return the printed title of an item, else a borrowed one; may be empty."""
    return item.printed_title or borrowed_title(item.summary, item.url, is_marked=True)


def shown_title(item: Item) -> str:
    """Return the same in plain characters, without TeX, for the terminal."""
    return plain_title(printed_or_borrowed(item))


def title_or_borrowed(title: str, summary: str, url: str | None) -> str:
    """Return the title of a work, else a borrowed one with its mark; empty if there is neither."""
    return title or borrowed_title(summary, url, is_marked=True)


def borrowed_title(summary: str, url: str | None, *, is_marked: bool) -> str:
    """Return the first words of a text, else the name of a PDF; empty if there is neither.

    Args:
        summary: The text, or its first paragraphs.
        url: The address of the work.
        is_marked: Whether the words stand in curly quotes. ``(PDF)`` follows a name in any case.
    """
    if words := first_words(summary):
        return f"“{words}”" if is_marked else words
    from papertrack.core.text.clean import pdf_name  # noqa: PLC0415  # few have neither

    name = pdf_name(url) if url else ""
    return f"{name} (PDF)" if name else ""


def in_quotes(title: str) -> str:
    """Put a title in quotes for a message, unless it is a borrowed one and has them already."""
    return title if title.startswith("“") and title.endswith("”") else f'"{title}"'


def first_words(text: str) -> str:
    """Return the first sentence of a text, as a title for posts of social networks.

    Lines without a letter or digit are passed over if a line with some follows.

    Returns:
        At most 80 characters, and ``…`` if it was cut, at a word or between two whole characters.
    """
    lines = (_BULLET.sub("", line[:_LINE].strip(), count=1) for line in text.split("\n"))
    told = list(filter(None, lines))
    line = next((one for one in told if any(map(str.isalnum, one))), told[0] if told else "")
    sentence = _first_sentence(line)
    if len(sentence) <= _FIRST_WORDS:
        return sentence
    cut = sentence[: _FIRST_WORDS + 1].rpartition(" ")[0]
    if len(cut) < _MINIMUM:
        cut = sentence[: _cut_before(sentence, _FIRST_WORDS)]
    return (cut.rstrip(_LOOSE_END) or cut) + "…"


def _first_sentence(line: str) -> str:
    for end in _SENTENCE_END.finditer(line):
        sentence, rest = line[: end.end()], line[end.end() :].lstrip()
        is_full_stop = end[0] == "."
        # "e.g. this", "J. Doe", "no. 5", "wait ... for it": such full stops end no sentence.
        is_within = end[0][0] in ".…" and rest[:1].islower()
        if is_within or (is_full_stop and _ABBREVIATION.search(line[: end.start()])):
            continue
        return sentence[:-1] if is_full_stop else sentence
    return line.removesuffix(".") if not line.endswith("..") else line


_JOINER = "\u200d"
_VIRAMA = 9  # its combining class: the next consonant is written under or beside it
_MARKS = frozenset({"Mn", "Mc", "Me"})
_FLAG_LETTERS = "\U0001f1e6", "\U0001f1ff"  # two make a flag
_SKINS = "\U0001f3fb", "\U0001f3ff"
_TAGS = "\U000e0020", "\U000e007f"
_VOWELS_AND_FINALS = "\u1160", "\u11ff"  # of Hangul in single letters
_SPACING_VOWELS = frozenset("\u0e33\u0eb3")


def _cut_before(text: str, at: int) -> int:
    """Return the last place up to `at` where no character of a reader is cut in two.

    As in Unicode's UAX #29 (extended grapheme clusters), without the rare prefixes. A text that
    is a single one is cut anyway.
    """
    begins = at
    while begins > 0 and _continues(text, begins):
        begins -= 1
    return begins or at


def _continues(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if _FLAG_LETTERS[0] <= after <= _FLAG_LETTERS[1]:
        letters = re.search(f"[{'-'.join(_FLAG_LETTERS)}]*\\Z", text[:at])
        return letters is not None and len(letters[0]) % 2 == 1
    return (
        unicodedata.category(after) in _MARKS
        or after in {_JOINER, "\u200c"}
        or before == _JOINER
        or after in _SPACING_VOWELS
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
        or any(first <= after <= last for first, last in (_SKINS, _TAGS, _VOWELS_AND_FINALS))
    )
