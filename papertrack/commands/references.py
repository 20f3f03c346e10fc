"""Find the item that an ITEM argument names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.works.identity import names_of
from papertrack.errors import NoSuchItem
from papertrack.storage import items

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from papertrack.core.identifier import Identifier


def find(db: sqlite3.Connection, text: str) -> int:
    """Find an item by short number, arXiv id in any form, address or DOI.

    Raises:
        NoSuchItem: The database has no such item.
    """
    return _known(text, _number(db, text, items.find_number, items.find_item))


def find_member(db: sqlite3.Connection, text: str) -> int:
    """Find the item that a number or identifier belonged to before any merge.

    Raises:
        NoSuchItem: The database has no such item.
    """
    return _known(text, _number(db, text, items.find_member_number, items.find_member))


def _number(
    db: sqlite3.Connection,
    text: str,
    by_number: Callable[[sqlite3.Connection, int], int | None],
    by_names: Callable[[sqlite3.Connection, Sequence[Identifier]], int | None],
) -> int | None:
    text = text.strip()
    if text.isascii() and text.isdigit():
        return by_number(db, int(text)) if len(text) <= 18 else None  # noqa: PLR2004  # an SQLite integer
    return by_names(db, names_of(text))


def _known(text: str, number: int | None) -> int:
    if number is None:
        message = f"there is no item {text.strip()}"
        raise NoSuchItem(message, hint="papertrack list shows the numbers of all items")
    return number
