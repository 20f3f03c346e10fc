"""What a page says of itself in JSON-LD: https://schema.org/Article and its kin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.records import Author
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.names import feed_authors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORKS = ("article", "posting", "report", "videoobject", "event", "creativework", "course")
_DEPTH = 4  # lists and objects within each other; nobody writes more
_MOST = 200  # objects that are looked at


@dataclass(frozen=True, slots=True)
class Article:
    """A work as a page describes it; empty and None where it says nothing."""

    title: str = ""
    authors: tuple[Author, ...] = ()
    date: str | None = None
    summary: str = ""


def find_article(scripts: Iterable[str]) -> Article:
    """Find the work that a page is about: the first of its kinds.

    Args:
        scripts: The texts of the page's ``application/ld+json`` scripts.
    """
    for script in scripts:
        try:
            said = json.loads(script)
        except (ValueError, RecursionError):
            continue
        for count, one in enumerate(_objects(said, _DEPTH)):
            if _is_work(one):
                return _read(one)
            if count > _MOST:
                break
    return Article()


def _objects(value: object, depth: int) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
    inner = value.get("@graph") if isinstance(value, dict) else value
    if isinstance(inner, list) and depth:
        for one in inner[:_MOST]:
            yield from _objects(one, depth - 1)


def _is_work(said: dict[str, object]) -> bool:
    kinds = said.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name).lower().endswith(_WORKS) for name in names)


def _read(said: dict[str, object]) -> Article:
    people = said.get("author") or said.get("creator")
    names = [_name(one) for one in (people if isinstance(people, list) else [people])]
    dated = said.get("datePublished") or said.get("uploadDate") or said.get("dateCreated")
    return Article(
        title=_line(said.get("headline")) or _line(said.get("name")),
        authors=feed_authors(name for name in names if name and http_url(name) is None),
        date=dated if isinstance(dated, str) else None,
        summary=_line(said.get("abstract")) or _line(said.get("description")),
    )


def _name(person: object) -> str:
    return _line(person.get("name") if isinstance(person, dict) else person)


def _line(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""
