"""Well-formed RSS and Atom, read with lxml, one entry at a time.

Nothing is expanded and nothing is opened: a document with a document type does not come here, and
of entities only XML's own five and character references are known. An element is thrown away as
soon as its entry was handed on, so that a document of 20 MB takes little more than itself.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from lxml import etree

from papertrack.core.feeds.element import EntryReader, person_of, text_of
from papertrack.core.feeds.names import Field, field_of
from papertrack.core.feeds.raw import ENTRY_LIMIT, Markup, RawEntry, RawFeed, RawText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ENTRIES = ("{*}item", "{*}entry")
_ROOTS = ("{*}rss", "{*}feed", "{*}RDF", "{*}rdf")


class NotForXml(Exception):
    """The document is not well-formed, or of a kind that only feedparser knows."""


def read_xml(chunks: Iterable[bytes], take: Callable[[RawEntry], None]) -> RawFeed:
    """Read a feed.

    Args:
        chunks: The document in UTF-8, from its root element on.
        take: Called with each entry, in order, up to the ten thousandth.

    Returns:
        What the feed says of itself. `RawFeed.is_whole` is false when the document ends before its
        root element does, or when there is a fault in it that libxml2 keeps to itself; all entries
        up to there were taken.

    Raises:
        NotForXml: It has to be read in another way; what was taken so far does not count.
    """
    reader = _Reader(take)
    for chunk in chunks:
        reader.feed(chunk)
        if reader.is_whole:
            break
    return reader.close()


class _Reader:
    """A parser, the kind of document that it met, and how far it has got."""

    def __init__(self, take: Callable[[RawEntry], None]) -> None:
        self.is_whole = False
        self._take = take
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=(*_ENTRIES, *_ROOTS),
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._root: etree._Element | None = None
        self._is_atom = False
        self._fields: dict[str, Field] = {}
        self._done: etree._Element | None = None
        self._started = self._open = self._count = 0

    def feed(self, chunk: bytes) -> None:
        """Read on; after the root element nothing counts."""
        fault = None
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            fault = error
        self._read_events()
        if fault is not None and not self.is_whole:
            raise NotForXml from fault

    def close(self) -> RawFeed:
        """Read what is left, and what the feed says of itself."""
        # Prefixes that nobody declared are reported here, and harm nothing.
        with contextlib.suppress(etree.XMLSyntaxError):
            self._parser.close()
        self._read_events()
        if self._root is None:
            raise NotForXml
        if not self._started and any(
            self._field(element) is Field.ENTRY for element in self._root.iter(etree.Element)
        ):
            raise NotForXml  # its entries are called <ITEM>
        return self._read_about(self._root)

    def _read_events(self) -> None:
        for event, element in self._parser.read_events():
            if not isinstance(element, etree._Element):  # noqa: SLF001 - no other name for it
                continue
            if element.getparent() is None:
                self._meet(element)
                self.is_whole = event == "end"
            elif self._field(element) is Field.ENTRY:
                if event == "start":
                    self._started += 1
                    self._open += 1
                    continue
                self._open -= 1
                if not self._open:  # one within another is a version of it, or an accident
                    self._read_entry(element)

    def _read_entry(self, element: etree._Element) -> None:
        self._count += 1
        if self._count <= ENTRY_LIMIT:
            self._take(EntryReader(self._field, is_atom=self._is_atom).read(element))
        # Never the element at hand: the parser still holds on to it.
        if self._done is not None and (parent := self._done.getparent()) is not None:
            parent.remove(self._done)
        element.clear()
        self._done = element

    def _meet(self, root: etree._Element) -> None:
        if self._field(root) is Field.ENTRY:
            raise NotForXml
        self._root = root
        self._is_atom = root.tag.rpartition("}")[2] == "feed"

    def _field(self, element: etree._Element) -> Field:
        field = self._fields.get(element.tag)
        if field is None:
            field = self._fields[element.tag] = field_of(element.tag, element.prefix)
        return field

    def _read_about(self, root: etree._Element) -> RawFeed:
        parts = [root]
        if not self._is_atom:
            parts = [one for one in root if one.tag.rpartition("}")[2].lower() == "channel"]
        found: dict[Field, list[etree._Element]] = {}
        for element in (child for part in parts or [root] for child in part):
            found.setdefault(self._field(element), []).append(element)

        def word(field: Field) -> str:
            return next((one.text.strip() for one in found.get(field, ()) if one.text), "")

        titles = (text_of(one, is_atom=self._is_atom) for one in found.get(Field.TITLE, ()))
        return RawFeed(
            is_atom=self._is_atom,
            title=next((title for title in titles if title.value), RawText("", Markup.PLAIN)),
            people=tuple(map(person_of, found.get(Field.AUTHOR, ()))),
            count=self._count,
            begun=self._started,
            is_whole=self.is_whole,
            breaks_off=self._open > 0,
            ttl=word(Field.TTL),
            period=word(Field.PERIOD),
            frequency=word(Field.FREQUENCY),
        )
