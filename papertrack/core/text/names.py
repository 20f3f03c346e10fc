"""The names of people: read from the one string that sources give, given and family names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from papertrack.core.records import Author
from papertrack.core.text.clean import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_PARENTHESES = re.compile(r"\([^()]*\)")

# arXiv's feeds keep the TeX that authors typed (https://info.arxiv.org/help/prep.html#accents).
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "i", "j": "j", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ",
    "TH": "Þ",
}  # fmt: skip
_TEX_LETTER = re.compile(rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])\s*")
_TEX_ACCENT = re.compile(
    r"""\\(?: (?P<mark>[`'^~=."]) \s* | (?P<letter>[urHvdckb]) (?: \s+ | (?=\{) ) )
        (?: \{ \s* (?P<braced>[^\W\d_]) \s* \} | (?P<bare>[^\W\d_]) )""",
    re.VERBOSE,
)

_MAIL = re.compile(r"[<(]?(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+\.[^\s<>()@]+[>)]?")
_LIST_MARKS = re.compile(r"\s*,\s+(?:and\s+|&\s+)?|\s+(?:and|&)\s+")
_WORD = re.compile(r"[^\W\d_][\w.'\u2019-]*")
_PARTICLES = frozenset(
    {"de", "da", "dos", "del", "della", "di", "du", "van", "von", "der", "den", "la", "le", "al"}
    | {"bin", "ibn", "el", "zu", "y", "e", "ter", "ten"}
)
# "Lovelace, A., Turing, A. M." is how bioRxiv and the journals list them.
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]?)+")
_NOBODY = frozenset({"", "unknown", "admin", "administrator", "author", "noreply", "no-reply"})
_LIST_LIMIT = 5_000  # characters of an author element
_LIMIT = 200  # characters of a name; longer ones are sentences


def arxiv_authors(text: str) -> tuple[Author, ...]:
    """Read arXiv's one string of authors.

    Args:
        text: ``Ada B. Lovelace (Univ. of X, Y), Alan Turing Jr``: names between commas, each with
            its affiliations in parentheses (arxiv-feed, ``extensions.py``).

    Returns:
        The names without affiliations. ``Jr`` and the like belong to the name before them.
    """
    text, found = one_line(text), 1
    while found:  # from the inside out: "(Dept. of X (Y), Z)"
        text, found = _PARENTHESES.subn(" ", text)
    names: list[str] = []
    for piece in text.replace("(", " ").replace(")", " ").split(","):
        name = " ".join(_without_tex(piece).split())
        if names and _SUFFIX.fullmatch(name):
            names[-1] = f"{names[-1]} {name}"
        elif name:
            names.append(name)
    return tuple(Author(name) for name in names)


def _without_tex(name: str) -> str:
    r"""Write ``Mikol\'a\v{s} {\O}stby`` the way it is printed; what is no accent stays."""
    if "\\" not in name:
        return name
    plain = _TEX_LETTER.sub(lambda found: _LETTERS[found[1]], name)
    plain = _TEX_ACCENT.sub(
        lambda found: (
            (found["braced"] or found["bare"]) + _ACCENTS[found["mark"] or found["letter"]]
        ),
        plain,
    )
    return unicodedata.normalize("NFC", plain.replace("{", "").replace("}", "").replace("~", " "))


def feed_authors(names: Iterable[str]) -> tuple[Author, ...]:
    """Read the authors of a feed or an entry.

    Args:
        names: What stood in each author element: a name, a name with a mail address in any of the
            usual forms, a mail address alone (which names nobody), or a list of names.

    Returns:
        Each person or group once, in order.
    """
    people: dict[str, Author] = {}
    for text in names:
        known = _without_tex(text[:_LIST_LIMIT])
        for author in _split(one_line(_MAIL.sub(" ", known) if "@" in known else known)):
            if author.name.lower() not in _NOBODY and len(author.name) <= _LIMIT:
                people.setdefault(author.name.lower(), author)
    return tuple(people.values())


def _split(text: str) -> list[Author]:
    text = text.strip(" ,;")
    if text.startswith("(") and text.endswith(")"):  # what "mail@example.org (Name)" leaves
        text = text[1:-1].strip()
    if ";" in text:
        return [turned_name(piece.strip(" ,")) for piece in text.split(";")]
    pieces = [piece for piece in text.split(",") if piece.strip()]
    if len(pieces) % 2 == 0 and all(_INITIALS.fullmatch(piece.strip()) for piece in pieces[1::2]):
        return [turned_name(",".join(pair)) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
    pieces = [piece for piece in _LIST_MARKS.split(text) if piece]
    if len(pieces) > 1 and all(_is_person(piece) for piece in pieces):
        return [Author(piece) for piece in pieces]
    return [Author(text)]


def turned_name(text: str) -> Author:
    """Read ``Family, Given``, as it is written where semicolons stand between names."""
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and given and "," not in given:
        return Author(f"{given} {family}", given=given, family=family)
    return Author(text)


def _is_person(text: str) -> bool:
    """Whether it is two to five words with capitals, as people are called.

    Anything else ("Johnson and Sons", "Smith, John", "Dept. of Physics, Oxford") stays one name.
    """
    words = text.split()
    return (
        2 <= len(words) <= 5  # noqa: PLR2004 - the sentence above
        and all(_WORD.fullmatch(word) for word in words)
        and not any(word[0].islower() and word not in _PARTICLES for word in words)
        and not words[-1][0].islower()
    )


_SUFFIX_ALONE = re.compile(r"(?:jr|sr|ii|iii|iv)", re.IGNORECASE)


def with_name_parts(known: Sequence[Author], told: Sequence[Author]) -> tuple[Author, ...] | None:
    """Give known authors the name parts that another document tells.

    Args:
        known: The authors as they are stored; their names stay as they are.
        told: The same authors with given and family names.

    Returns:
        The authors with parts; None when nothing would change, or when the two lists do not agree
        in number and in every family name (case, accents, dots and blanks aside).
    """
    if len(known) != len(told) or not all(map(_agrees, known, told)):
        return None
    after = tuple(
        replace(mine, given=theirs.given, family=theirs.family)
        if mine.family is None and theirs.family is not None
        else mine
        for mine, theirs in zip(known, told, strict=True)
    )
    return after if after != tuple(known) else None


def _agrees(known: Author, told: Author) -> bool:
    if told.family is None:
        return _words(known.name) == _words(told.name)
    name, family = _words(known.name), _words(told.family)
    return bool(family) and name[-len(family) :] == family


def _words(name: str) -> list[str]:
    """Write a name without what sources write differently; ``Jr`` and the like are left out."""
    letters = unicodedata.normalize("NFKD", name).casefold().replace(".", " ")
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return [word for word in plain.split() if not _SUFFIX_ALONE.fullmatch(word)]
