"""The names of people: accents in TeX, given and family names, and whether two names agree."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from papertrack.core.records import Author

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def without_tex(name: str) -> str:
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


def turned_name(text: str) -> Author:
    """Parse a name written as ``Family, Given``."""
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and given and "," not in given:
        return Author(f"{given} {family}", given=given, family=family)
    return Author(text)


_SUFFIX_ALONE = re.compile(r"(?:jr|sr|ii|iii|iv)", re.IGNORECASE)


def with_name_parts(stored: Sequence[Author], found: Sequence[Author]) -> tuple[Author, ...] | None:
    """Add the given and family names from another document to the stored authors.

    Args:
        stored: The authors in the database, whose names are kept.
        found: The same authors in the other document, with given and family names.

    Returns:
        The authors with their name parts; None if nothing would change, or if the lists differ in
        length or in any family name (ignoring case, accents, dots and blanks).
    """
    if len(stored) != len(found) or not all(map(_agrees, stored, found)):
        return None
    after = tuple(
        replace(mine, given=theirs.given, family=theirs.family)
        if mine.family is None and theirs.family is not None
        else mine
        for mine, theirs in zip(stored, found, strict=True)
    )
    return after if after != tuple(stored) else None


def _agrees(stored: Author, found: Author) -> bool:
    if found.family is None:
        return _words(stored.name) == _words(found.name)
    name, family = _words(stored.name), _words(found.family)
    return bool(family) and name[-len(family) :] == family


def _words(name: str) -> list[str]:
    """Normalize the words of a name for comparison, without ``Jr`` and the like."""
    letters = unicodedata.normalize("NFKD", name).casefold().replace(".", " ")
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return [word for word in plain.split() if not _SUFFIX_ALONE.fullmatch(word)]


_MIN_PEN_NAME = 3  # letters


def same_authors(one: Sequence[Author], other: Sequence[Author]) -> bool:
    """Return whether two lists of authors are of the same people; the shorter may leave some out.

    Case, accents, initials, and the order of people or of the parts of a name are no difference.
    Nobody is not the same as nobody.
    """
    few, many = sorted((one, other), key=len)
    return bool(few) and all(any(_is_same_person(mine, theirs) for theirs in many) for mine in few)


def _is_same_person(one: Author, other: Author) -> bool:
    few, many = sorted((_name_parts(one), _name_parts(other)), key=len)
    if sorted(few) == sorted(many):
        return bool(few)
    if len(few) <= 1:  # a pen name may be one of the names ("Ada", "lovelace")
        return bool(few) and len(few[0]) >= _MIN_PEN_NAME and few[0] in (many[0], many[-1])
    given, others_given = few[0], many[0]
    is_initial = 1 in (len(given), len(others_given)) and given[0] == others_given[0]
    return few[-1] == many[-1] and (given == others_given or is_initial)


def _name_parts(author: Author) -> list[str]:
    has_parts = author.given and author.family
    name = f"{author.given} {author.family}" if has_parts else author.name
    return _words(name.replace("-", " ").replace(",", " "))
