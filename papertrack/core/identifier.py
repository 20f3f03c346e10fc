"""Global identifiers of works.

`SCHEMES` is ordered by trust: the journal refers to an item by its most trusted identifier.
"""

from __future__ import annotations

from typing import NamedTuple

SCHEMES = ("arxiv", "doi", "forum", "url", "guid", "local")


class Identifier(NamedTuple):
    """A name of a work that is the same in every database."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def read_subject(text: str) -> Identifier:
    """Read the text form of an identifier."""
    scheme, _, value = text.partition(":")
    return Identifier(scheme, value)
