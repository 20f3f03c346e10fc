"""Well-formed RSS and Atom, parsed with lxml, one entry at a time.

No entity is expanded and no file opened: callers remove the document type first, which leaves XML's
five entities and character references. Each element is freed after its entry was passed on, so that
a document of 20 MB needs little more memory than that.
"""

from __future__ import annotations

import binascii
import contextlib
import re
from collections.abc import Callable
from enum import IntEnum, auto
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin

from lxml import etree

from papertrack.core.feeds.entry import (
    ENTRY_LIMIT,
    Markup,
    RawEntry,
    RawFeed,
    RawText,
    markup_of,
    repaired,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# In lower case. Userland's end with a year, so that name is searched for instead.
_CORE = frozenset(
    {
        *("", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"),
        *("http://blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/modules/rss091#"),
        *("http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "http://purl.org/echo/"),
        *("http://example.com/newformat#", "http://example.com/necho", "http://purl.org/pie/"),
        "uri/of/echo/namespace#",
    }
)
_USERLAND = "backend.userland.com/rss"
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
}


class FeedField(IntEnum):
    """The meaning of an element."""

    UNKNOWN = 0  # it may contain known elements
    IGNORED = auto()
    ENTRY = auto()
    TITLE = auto()
    MEDIA_TITLE = auto()
    LINK = auto()
    ENCLOSURE = auto()
    GUID = auto()
    CONTENT = auto()
    SUMMARY = auto()
    CAPTION = auto()
    AUTHOR = auto()
    PUBLISHED = auto()
    CREATED = auto()
    UPDATED = auto()
    ORIGIN = auto()
    DOI = auto()
    TTL = auto()
    PERIOD = auto()
    FREQUENCY = auto()
    NEW_ADDRESS = auto()


_FIELDS = {
    FeedField.ENTRY: "item entry",
    FeedField.TITLE: "title dc:title",
    FeedField.MEDIA_TITLE: "media:title",
    FeedField.LINK: "link",
    FeedField.ENCLOSURE: "enclosure",
    FeedField.GUID: "guid id",
    FeedField.CONTENT: "content content:encoded fullitem body xhtml:body",
    FeedField.SUMMARY: "summary description abstract dc:description itunes:summary",
    FeedField.CAPTION: "media:description",
    FeedField.AUTHOR: "author managingeditor dc:creator dc:author itunes:author",
    FeedField.PUBLISHED: "published issued pubdate dcterms:issued",
    FeedField.CREATED: "created dcterms:created",
    FeedField.UPDATED: "updated modified lastbuilddate dc:date dcterms:modified",
    FeedField.ORIGIN: "feedburner:origlink",
    FeedField.DOI: "prism:doi dc:identifier",
    FeedField.TTL: "ttl",
    FeedField.PERIOD: "sy:updateperiod",
    FeedField.FREQUENCY: "sy:updatefrequency",
    FeedField.NEW_ADDRESS: "itunes:new-feed-url",
    # Their content describes somebody or something else.
    FeedField.IGNORED: "source image textinput contributor dc:contributor itunes:owner category",
}
_BY_NAME = {name: field for field, names in _FIELDS.items() for name in names.split()}


def field_of(tag: str, prefix: str | None) -> FeedField:
    """Return the meaning of an element.

    Args:
        tag: ``{namespace}name`` as lxml writes it.
        prefix: The document's prefix for it, used if the namespace is unknown.
    """
    namespace, _, name = tag.rpartition("}")
    namespace = namespace[1:].lower()
    if namespace in _CORE or _USERLAND in namespace:
        return _BY_NAME.get(name.lower(), FeedField.UNKNOWN)
    known = _PREFIXES.get(namespace, (prefix or "").lower())
    full = f"{known}:{name.lower()}" if known else name.lower()
    return _BY_NAME.get(full, FeedField.UNKNOWN)


FieldOf = Callable[[etree._Element], FeedField]  # noqa: SLF001 - its only name in lxml

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
HTML_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
_PREFIXED = re.compile(r"(</?)[\w.-]+:(?=\w)")
# The "&copy" in an address ending in "?a=1&copy=1" is not the copyright sign.
_QUERY = re.compile(r"&(?:amp;|([A-Za-z0-9_]+);)")
_DEPTH_LIMIT = 8  # levels below the entry; Media RSS uses two


class EntryParser:
    """Parses one entry; of a field that may occur only once, the outermost element counts."""

    def __init__(self, field_of: FieldOf, *, is_atom: bool) -> None:
        self._field_of = field_of
        self._is_atom = is_atom
        self._once: dict[FeedField, tuple[int, str]] = {}
        self._title: tuple[int, RawText] | None = None
        self._media_title = RawText("", Markup.PLAIN)
        self._contents: list[RawText] = []
        self._summaries: list[RawText] = []
        self._captions: list[RawText] = []
        self._link: str | None = None
        self._has_own_link = False  # other than its guid
        self._links: list[tuple[str, str]] = []
        self._is_permalink: bool | None = None
        self._people: list[str] = []
        self._dois: list[str] = []

    def read(self, element: etree._Element) -> RawEntry:
        """Read the ``item`` or ``entry``; call this once."""
        if about := element.get(_ABOUT):
            self._once[FeedField.GUID] = (_DEPTH_LIMIT, repaired(about))
        self._walk(element, 1)
        once = {field: text for field, (_, text) in self._once.items()}
        return RawEntry(
            guid=once.get(FeedField.GUID, ""),
            is_permalink=bool(self._is_permalink) and not self._is_atom,
            link=self._link or "",
            links=tuple(self._links),
            origin=once.get(FeedField.ORIGIN, ""),
            title=self._title[1] if self._title else self._media_title,
            bodies=(*self._contents, *self._summaries),
            captions=tuple(self._captions),
            people=tuple(self._people),
            published=tuple(
                once[field] for field in (FeedField.PUBLISHED, FeedField.CREATED) if field in once
            ),
            updated=once.get(FeedField.UPDATED, ""),
            dois=tuple(self._dois),
        )

    def _walk(self, parent: etree._Element, depth: int) -> None:
        for child in parent:
            field = self._field_of(child)
            if take := self._TAKES.get(field):
                take(self, child, field, depth)
            elif field is FeedField.UNKNOWN and len(child) and depth < _DEPTH_LIMIT:
                self._walk(child, depth + 1)

    def _take_once(self, element: etree._Element, field: FeedField, depth: int) -> None:
        known = self._once.get(field)
        if known is None or depth <= known[0]:
            self._once[field] = (depth, repaired(element.text or ""))

    def _take_guid(self, element: etree._Element, field: FeedField, depth: int) -> None:
        is_link = (element.get("isPermaLink") or element.get("ispermalink") or "true") == "true"
        if self._is_permalink is None:
            self._is_permalink = is_link and self._link is None
        self._take_once(element, field, depth)
        known, text = self._once[field]
        if is_link and (base := _base_of(element)):
            self._once[field] = (known, _join(base, text))
        name = self._once[field][1]
        # "42" is no address, although RSS makes every guid a permanent link by default.
        if is_link and self._link is None and name.lower().startswith(("http:", "https:")):
            self._link = name

    def _take_title(self, element: etree._Element, _field: FeedField, depth: int) -> None:
        if self._title is None or depth < self._title[0]:
            text = text_of(element, is_atom=self._is_atom)
            if text.value:
                self._title = (depth, text)

    def _take_media_title(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        self._media_title = text_of(element, is_atom=self._is_atom)

    def _take_content(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        text = text_of(element, is_atom=self._is_atom)
        if text.markup is Markup.UNSAID and element.tag.endswith("}encoded"):
            text = RawText(text.value, Markup.HTML)  # by definition (RSS's module "content")
        self._contents.append(text)

    def _take_summary(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        self._summaries.append(text_of(element, is_atom=self._is_atom))

    def _take_caption(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        self._captions.append(text_of(element, is_atom=self._is_atom))

    def _take_link(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        href = _href(element)
        rel = element.get("rel", "alternate").lower()
        has_text = bool(element.text and element.text.strip())
        # In RSS the text is the address, even if an attribute has another one (at://…).
        if href is None or (has_text and not href.lower().startswith(("http:", "https:"))):
            text = _QUERY.sub(lambda query: f"&{query[1] or ''}", repaired(element.text or ""))
            href = _join(_base_of(element), text)
            if rel == "alternate" or not self._has_own_link:
                self._link = href
            self._has_own_link |= rel == "alternate"
        elif rel == "alternate" and element.get("type", "text/html").lower() in HTML_TYPES:
            # Atom may have one for each language; the first is the main one (RFC 4287, 4.1.1).
            if not (self._is_atom and self._has_own_link):
                self._link = href
            self._has_own_link = True
        self._links.append((rel, href))

    def _take_enclosure(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        self._links.append(("enclosure", _href(element) or ""))

    def _take_author(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        self._people.append(person_of(element))

    def _take_doi(self, element: etree._Element, _field: FeedField, _depth: int) -> None:
        at = 0 if element.tag.endswith("doi") else len(self._dois)  # dc:identifier may be any id
        self._dois.insert(at, element.text or "")

    _TAKES: ClassVar[
        dict[FeedField, Callable[[EntryParser, etree._Element, FeedField, int], None]]
    ] = {
        **dict.fromkeys(
            (FeedField.PUBLISHED, FeedField.CREATED, FeedField.UPDATED, FeedField.ORIGIN),
            _take_once,
        ),
        FeedField.GUID: _take_guid,
        FeedField.TITLE: _take_title,
        FeedField.MEDIA_TITLE: _take_media_title,
        FeedField.CONTENT: _take_content,
        FeedField.SUMMARY: _take_summary,
        FeedField.CAPTION: _take_caption,
        FeedField.LINK: _take_link,
        FeedField.ENCLOSURE: _take_enclosure,
        FeedField.AUTHOR: _take_author,
        FeedField.DOI: _take_doi,
    }


def text_of(element: etree._Element, *, is_atom: bool) -> RawText:
    """Read a title or a body, whose markup may be escaped or inline elements."""
    kind = element.get("type", "")
    if not len(element):
        value = element.text or ""
        if element.get("mode") == "base64":  # Atom 0.3, section 3.1
            value = _decoded_base64(value)
        return RawText(repaired(value), markup_of(kind, is_atom=is_atom))
    inner = [(element.text or "").replace("&", "&amp;").replace("<", "&lt;")]
    inner += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    markup = "".join(inner)
    if any(child.prefix for child in element.iter(etree.Element)):
        markup = _PREFIXED.sub(r"\1", markup)
    is_markup = is_atom and not kind.lower().endswith("/xml")
    return RawText(repaired(markup), Markup.HTML if is_markup else markup_of(kind, is_atom=is_atom))


def _decoded_base64(text: str) -> str:
    """Decode a text in base64; what is something else, or not UTF-8, stays as it is."""
    try:
        return binascii.a2b_base64(text).decode("utf-8")
    except ValueError:
        return text


def person_of(element: etree._Element) -> str:
    """Read an author: its ``name`` element (Atom), else its text (RSS, Dublin Core)."""
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
    """Join the ``xml:base`` of an element and its ancestors; empty if there is none."""
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


_ENTRIES = ("{*}item", "{*}entry")
_ROOTS = ("{*}rss", "{*}feed", "{*}RDF", "{*}rdf")


class NotForXml(Exception):
    """The document is not well-formed, or in a format that only feedparser knows."""


def read_xml(chunks: Iterable[bytes], on_entry: Callable[[RawEntry], None]) -> RawFeed:
    """Read a feed with lxml.

    Args:
        chunks: The document in UTF-8, from its root element on.
        on_entry: Called with each of the first 10,000 entries, in order.

    Returns:
        The metadata of the feed. `RawFeed.is_whole` is false if the document ends before its root
        element does, or has an error that libxml2 does not report; all entries before that were
        passed on.

    Raises:
        NotForXml: It needs another parser; discard the entries passed on so far.
    """
    parser = _XmlParser(on_entry)
    for chunk in chunks:
        parser.feed(chunk)
        if parser.is_whole:
            break
    return parser.close()


class _XmlParser:
    """Feeds chunks to lxml and passes on each entry as it is complete."""

    def __init__(self, on_entry: Callable[[RawEntry], None]) -> None:
        self.is_whole = False
        self._on_entry = on_entry
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
        self._fields: dict[str, FeedField] = {}
        self._done: etree._Element | None = None
        self._started = self._open = self._count = 0

    def feed(self, chunk: bytes) -> None:
        """Parse a chunk; whatever follows the root element is ignored."""
        syntax_error = None
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            syntax_error = error
        self._read_events()
        if syntax_error is not None and not self.is_whole:
            raise NotForXml from syntax_error

    def close(self) -> RawFeed:
        """Parse the remaining elements and return the metadata of the feed."""
        # Undeclared prefixes are reported here; they do no harm.
        with contextlib.suppress(etree.XMLSyntaxError):
            self._parser.close()
        self._read_events()
        if self._root is None:
            raise NotForXml
        if not self._started and any(
            self._field(element) is FeedField.ENTRY for element in self._root.iter(etree.Element)
        ):
            raise NotForXml  # its entries are <ITEM>
        return self._read_metadata(self._root)

    def _read_events(self) -> None:
        for event, element in self._parser.read_events():
            if not isinstance(element, etree._Element):  # noqa: SLF001 - its only name in lxml
                continue
            if element.getparent() is None:
                self._set_root(element)
                self.is_whole = event == "end"
            elif self._field(element) is FeedField.ENTRY:
                if event == "start":
                    self._started += 1
                    self._open += 1
                    continue
                self._open -= 1
                if not self._open:  # a nested entry is a version of the outer one, or a mistake
                    self._read_entry(element)

    def _read_entry(self, element: etree._Element) -> None:
        self._count += 1
        if self._count <= ENTRY_LIMIT:
            self._on_entry(EntryParser(self._field, is_atom=self._is_atom).read(element))
        # Not the current element: the parser still holds a reference to it.
        if self._done is not None and (parent := self._done.getparent()) is not None:
            parent.remove(self._done)
        element.clear()
        self._done = element

    def _set_root(self, root: etree._Element) -> None:
        if self._field(root) is FeedField.ENTRY:
            raise NotForXml
        self._root = root
        self._is_atom = root.tag.rpartition("}")[2] == "feed"

    def _field(self, element: etree._Element) -> FeedField:
        field = self._fields.get(element.tag)
        if field is None:
            field = self._fields[element.tag] = field_of(element.tag, element.prefix)
        return field

    def _read_metadata(self, root: etree._Element) -> RawFeed:
        parts = [root]
        if not self._is_atom:
            parts = [one for one in root if one.tag.rpartition("}")[2].lower() == "channel"]
        found: dict[FeedField, list[etree._Element]] = {}
        for element in (child for part in parts or [root] for child in part):
            found.setdefault(self._field(element), []).append(element)

        def text_in(field: FeedField) -> str:
            return next((one.text.strip() for one in found.get(field, ()) if one.text), "")

        titles = (text_of(one, is_atom=self._is_atom) for one in found.get(FeedField.TITLE, ()))
        return RawFeed(
            is_atom=self._is_atom,
            title=next((title for title in titles if title.value), RawText("", Markup.PLAIN)),
            people=tuple(map(person_of, found.get(FeedField.AUTHOR, ()))),
            count=self._count,
            started=self._started,
            is_whole=self.is_whole,
            breaks_off=self._open > 0,
            ttl=text_in(FeedField.TTL),
            period=text_in(FeedField.PERIOD),
            frequency=text_in(FeedField.FREQUENCY),
            new_address=text_in(FeedField.NEW_ADDRESS),
            link="" if self._is_atom else text_in(FeedField.LINK),
        )
