"""Find the addresses at which items are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.text.clean import http_url
from papertrack.errors import UsageError
from papertrack.storage import items
from papertrack.storage.sightings import list_sightings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from papertrack.core.records import Item

_PDF = ".pdf"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an item is read: http or https."""

    item: int
    title: str
    url: str


def find_addresses(
    db: sqlite3.Connection, named: Sequence[str], *, is_pdf: bool = False
) -> list[Address]:
    """Find the addresses of some items, each once.

    Args:
        db: The database.
        named: The items as the author names them.
        is_pdf: The PDF is meant.

    Raises:
        NoSuchItem: An item is not known.
        UsageError: An item has no such address.
    """
    numbers = dict.fromkeys(references.find(db, name) for name in named)
    return [_find(db, items.read_item(db, number), is_pdf=is_pdf) for number in numbers]


def _find(db: sqlite3.Connection, item: Item, *, is_pdf: bool) -> Address:
    places = _pdfs(db, item) if is_pdf else _pages(db, item)
    for place in places:
        if url := http_url(place):
            return Address(item.id, item.printed_title, url)
    what = "no PDF is known of" if is_pdf else "no address is known of"
    message = f'{what} item {item.id} "{item.printed_title}"'
    hint = "leave --pdf out" if is_pdf and any(map(http_url, _pages(db, item))) else None
    raise UsageError(message, hint=hint or f"papertrack show {item.id} tells what is known")


def _pages(db: sqlite3.Connection, item: Item) -> Iterator[str | None]:
    yield item.url
    if item.arxiv:
        yield item.arxiv.id.url
    if item.doi:
        yield f"https://doi.org/{item.doi}"
    yield from (sighting.url for sighting in list_sightings(db, item.id))


def _pdfs(db: sqlite3.Connection, item: Item) -> Iterator[str]:
    if item.arxiv:
        yield f"https://arxiv.org/pdf/{item.arxiv.id.base}"
    for page in _pages(db, item):
        if page and page.partition("?")[0].lower().endswith(_PDF):
            yield page
