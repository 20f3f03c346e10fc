"""What the elements of RSS and Atom are called, in every namespace that feeds use for them."""

from __future__ import annotations

from enum import IntEnum, auto

# Compared in lower case. Userland's have a year behind them.
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


class Field(IntEnum):
    """What an element is to us."""

    UNKNOWN = 0  # it may still hold others that are known
    IGNORED = auto()
    ENTRY = auto()
    TITLE = auto()
    MEDIA_TITLE = auto()
    LINK = auto()
    ENCLOSURE = auto()
    GUID = auto()
    CONTENT = auto()
    SUMMARY = auto()
    AUTHOR = auto()
    PUBLISHED = auto()
    CREATED = auto()
    UPDATED = auto()
    ORIGIN = auto()
    DOI = auto()
    TTL = auto()
    PERIOD = auto()
    FREQUENCY = auto()


_FIELDS = {
    Field.ENTRY: "item entry",
    Field.TITLE: "title dc:title",
    Field.MEDIA_TITLE: "media:title",
    Field.LINK: "link",
    Field.ENCLOSURE: "enclosure",
    Field.GUID: "guid id",
    Field.CONTENT: "content content:encoded fullitem body xhtml:body",
    Field.SUMMARY: "summary description abstract dc:description media:description itunes:summary",
    Field.AUTHOR: "author managingeditor dc:creator dc:author itunes:author",
    Field.PUBLISHED: "published issued pubdate dcterms:issued",
    Field.CREATED: "created dcterms:created",
    Field.UPDATED: "updated modified lastbuilddate dc:date dcterms:modified",
    Field.ORIGIN: "feedburner:origlink",
    Field.DOI: "prism:doi dc:identifier",
    Field.TTL: "ttl",
    Field.PERIOD: "sy:updateperiod",
    Field.FREQUENCY: "sy:updatefrequency",
    # What stands in them is about somebody or something else.
    Field.IGNORED: "source image textinput contributor dc:contributor itunes:owner category",
}
_BY_NAME = {name: field for field, names in _FIELDS.items() for name in names.split()}


def field_of(tag: str, prefix: str | None) -> Field:
    """Tell what an element is.

    Args:
        tag: ``{namespace}name`` as lxml writes it.
        prefix: The one that the document uses; it counts where the namespace is not known.
    """
    namespace, _, name = tag.rpartition("}")
    namespace = namespace[1:].lower()
    if namespace in _CORE or _USERLAND in namespace:
        return _BY_NAME.get(name.lower(), Field.UNKNOWN)
    known = _PREFIXES.get(namespace, (prefix or "").lower())
    full = f"{known}:{name.lower()}" if known else name.lower()
    return _BY_NAME.get(full, Field.UNKNOWN)
