"""Given and family names, learnt from a source that tells them apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.core.records import Author

_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)", re.IGNORECASE)


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
    return [word for word in plain.split() if not _SUFFIX.fullmatch(word)]
