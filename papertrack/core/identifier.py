"""The name of a work, the same on every machine.

The order of `SCHEMES` is the order of trust: the journal refers to an item by its first.
"""

from __future__ import annotations

from typing import NamedTuple

SCHEMES = ("arxiv", "doi", "forum", "url", "guid", "local")


class Identifier(NamedTuple):
    """A name that one work has, the same on every machine."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def read_subject(text: str) -> Identifier:
    """Read what ``str(identifier)`` wrote."""
    scheme, _, value = text.partition(":")
    return Identifier(scheme, value)
