"""One entry of a feed, read from its element in a tree of lxml."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urljoin

from lxml import etree

from papertrack.core.feeds.names import Field
from papertrack.core.feeds.raw import Markup, RawEntry, RawText, markup_of, repaired

FieldOf = Callable[[etree._Element], Field]  # noqa: SLF001 - lxml has no other name for it

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_HTML_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
_PREFIXED = re.compile(r"(</?)[\w.-]+:(?=\w)")
# An address with "&copy=1" in it is not about copyright.
_QUERY = re.compile(r"&(?:amp;|([A-Za-z0-9_]+);)")
_DEEPEST = 8  # levels below the entry; Media RSS uses two


class EntryReader:
    """What was found in an entry so far; of what can be there once only, the outermost counts."""

    def __init__(self, field_of: FieldOf, *, is_atom: bool) -> None:
        self._field_of = field_of
        self._is_atom = is_atom
        self._once: dict[Field, tuple[int, str]] = {}
        self._title: tuple[int, RawText] | None = None
        self._media_title = RawText("", Markup.PLAIN)
        self._contents: list[RawText] = []
        self._summaries: list[RawText] = []
        self._link: str | None = None
        self._links: list[tuple[str, str]] = []
        self._is_permalink: bool | None = None
        self._people: list[str] = []
        self._dois: list[str] = []

    def read(self, element: etree._Element) -> RawEntry:
        """Read an ``item`` or ``entry``; a reader reads one."""
        if about := element.get(_ABOUT):
            self._once[Field.GUID] = (_DEEPEST, repaired(about))
        self._walk(element, 1)
        once = {field: text for field, (_, text) in self._once.items()}
        return RawEntry(
            guid=once.get(Field.GUID, ""),
            is_permalink=bool(self._is_permalink) and not self._is_atom,
            link=self._link or "",
            links=tuple(self._links),
            origin=once.get(Field.ORIGIN, ""),
            title=self._title[1] if self._title else self._media_title,
            bodies=(*self._contents, *self._summaries),
            people=tuple(self._people),
            published=tuple(
                once[field] for field in (Field.PUBLISHED, Field.CREATED) if field in once
            ),
            updated=once.get(Field.UPDATED, ""),
            dois=tuple(self._dois),
        )

    def _walk(self, parent: etree._Element, depth: int) -> None:
        for child in parent:
            field = self._field_of(child)
            if take := self._TAKES.get(field):
                take(self, child, field, depth)
            elif field is Field.UNKNOWN and len(child) and depth < _DEEPEST:
                self._walk(child, depth + 1)

    def _take_once(self, element: etree._Element, field: Field, depth: int) -> None:
        known = self._once.get(field)
        if known is None or depth <= known[0]:
            self._once[field] = (depth, repaired(element.text or ""))

    def _take_guid(self, element: etree._Element, field: Field, depth: int) -> None:
        says_so = (element.get("isPermaLink") or element.get("ispermalink") or "true") == "true"
        if self._is_permalink is None:
            self._is_permalink = says_so and self._link is None
        self._take_once(element, field, depth)
        known, text = self._once[field]
        if says_so and (base := _base_of(element)):
            self._once[field] = (known, _join(base, text))
        if says_so and self._link is None:
            self._link = self._once[field][1]

    def _take_title(self, element: etree._Element, _field: Field, depth: int) -> None:
        if self._title is None or depth < self._title[0]:
            text = text_of(element, is_atom=self._is_atom)
            if text.value:
                self._title = (depth, text)

    def _take_media_title(self, element: etree._Element, _field: Field, _depth: int) -> None:
        self._media_title = text_of(element, is_atom=self._is_atom)

    def _take_content(self, element: etree._Element, _field: Field, _depth: int) -> None:
        self._contents.append(text_of(element, is_atom=self._is_atom))

    def _take_summary(self, element: etree._Element, _field: Field, _depth: int) -> None:
        self._summaries.append(text_of(element, is_atom=self._is_atom))

    def _take_link(self, element: etree._Element, _field: Field, _depth: int) -> None:
        href = _href(element)
        rel = element.get("rel", "alternate").lower()
        if href is None:
            text = _QUERY.sub(lambda query: f"&{query[1] or ''}", repaired(element.text or ""))
            href = self._link = _join(_base_of(element), text)
        elif rel == "alternate" and element.get("type", "text/html").lower() in _HTML_TYPES:
            self._link = href
        self._links.append((rel, href))

    def _take_enclosure(self, element: etree._Element, _field: Field, _depth: int) -> None:
        self._links.append(("enclosure", _href(element) or ""))

    def _take_author(self, element: etree._Element, _field: Field, _depth: int) -> None:
        self._people.append(person_of(element))

    def _take_doi(self, element: etree._Element, _field: Field, _depth: int) -> None:
        at = 0 if element.tag.endswith("doi") else len(self._dois)  # dc:identifier is often another
        self._dois.insert(at, element.text or "")

    _TAKES: ClassVar[dict[Field, Callable[[EntryReader, etree._Element, Field, int], None]]] = {
        **dict.fromkeys((Field.PUBLISHED, Field.CREATED, Field.UPDATED, Field.ORIGIN), _take_once),
        Field.GUID: _take_guid,
        Field.TITLE: _take_title,
        Field.MEDIA_TITLE: _take_media_title,
        Field.CONTENT: _take_content,
        Field.SUMMARY: _take_summary,
        Field.LINK: _take_link,
        Field.ENCLOSURE: _take_enclosure,
        Field.AUTHOR: _take_author,
        Field.DOI: _take_doi,
    }


def text_of(element: etree._Element, *, is_atom: bool) -> RawText:
    """Read a title or a body, whose markup may be escaped or stand there as elements."""
    kind = element.get("type", "")
    if not len(element):
        return RawText(repaired(element.text or ""), markup_of(kind, is_atom=is_atom))
    inner = [(element.text or "").replace("&", "&amp;").replace("<", "&lt;")]
    inner += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    markup = "".join(inner)
    if any(child.prefix for child in element.iter(etree.Element)):
        markup = _PREFIXED.sub(r"\1", markup)
    is_markup = is_atom and not kind.lower().endswith("/xml")
    return RawText(repaired(markup), Markup.HTML if is_markup else markup_of(kind, is_atom=is_atom))


def person_of(element: etree._Element) -> str:
    """Read an author: the ``name`` in it (Atom), else its text (RSS, Dublin Core)."""
    if not len(element):
        return repaired(element.text or "")
    names = (
        repaired(child.text or "")
        for child in element
        if child.tag.rpartition("}")[2].lower() == "name"
    )
    return next((name for name in names if name), "")


def _href(element: etree._Element) -> str | None:
    href = element.get("url") or element.get("uri") or element.get("href")
    return None if href is None else _join(_base_of(element), href)


def _base_of(element: etree._Element) -> str:
    """Join the ``xml:base`` of an element and of those around it; empty when there is none."""
    if element.base is None:
        return ""
    base = ""
    for owner in (*reversed(list(element.iterancestors())), element):
        base = _join(base, owner.get(_BASE, ""))
    return base


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address) if base else address
    except ValueError:  # "Invalid IPv6 URL"
        return address
