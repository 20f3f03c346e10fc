"""Read a web page as one work: its title, authors, date, and the paper that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import lxml.html

from papertrack.core.clean import http_url, one_line
from papertrack.core.dates import read_date
from papertrack.core.identity import read_doi
from papertrack.core.records import Author, Document, Entry
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

# The names under which pages give their facts, best first: Google Scholar's (citation_*),
# Dublin Core, Open Graph, plain HTML.
_TITLES = ("citation_title", "dc.title", "og:title", "twitter:title")
_AUTHORS = ("citation_author", "dc.creator", "article:author", "author")
_DATES = ("citation_publication_date", "citation_date", "article:published_time", "dc.date", "date")
_SUMMARIES = ("citation_abstract", "og:description", "description")
_TITLE_LIMIT = 500


def parse_page(body: bytes, *, base_url: str) -> Document:
    """Read a page.

    Args:
        body: HTML, in whatever shape.
        base_url: Where it came from.

    Returns:
        A document with one entry.

    Raises:
        UnreadableDocument: The page gives no title.
    """
    try:
        parser = lxml.html.HTMLParser(
            no_network=True, huge_tree=False, encoding="utf-8" if _is_utf_8(body) else None
        )
        tree = lxml.html.document_fromstring(body, parser=parser)
    except (ValueError, lxml.etree.LxmlError) as error:
        message = "the page cannot be read"
        raise UnreadableDocument(message, hint="give its title with --title") from error
    said = _metas(tree)
    title = one_line(_first(said, _TITLES) or _heading(tree))[:_TITLE_LIMIT]
    if not title:
        message = "the page has no title"
        raise UnreadableDocument(message, hint="give one with --title")
    names = next((said[key] for key in _AUTHORS if key in said), [])
    canonical = tree.find(".//link[@rel='canonical']")
    url = http_url(base_url)
    said_url = http_url(canonical.get("href") if canonical is not None else None)
    if said_url and url and _host(said_url) == _host(url):  # no page may pose as another site's
        url = said_url
    entry = Entry(
        guid=url or base_url,
        title=title,
        url=url,
        authors=tuple(Author(one_line(name)) for name in names if _is_name(name)),
        summary=one_line(_first(said, _SUMMARIES) or ""),
        published_at=read_date(_first(said, _DATES)),
        doi=read_doi(one_line(_first(said, ("citation_doi", "dc.identifier.doi")) or "")),
    )
    return Document(title, (entry,))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_utf_8(body: bytes) -> bool:
    """Tell whether the bytes are UTF-8, said or not: libxml2 takes what is not said for Latin-1."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _heading(tree: lxml.html.HtmlElement) -> str:
    elements = (tree.find(".//title"), tree.find(".//h1"))
    texts = ("".join(map(str, one.itertext())) for one in elements if one is not None)
    return next((text for text in texts if text.strip()), "")


def _metas(tree: lxml.html.HtmlElement) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            said.setdefault(name, []).append(content)
    return said


def _first(said: Mapping[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((said[name][0] for name in names if name in said), None)


def _is_name(text: str) -> bool:
    return bool(one_line(text)) and http_url(text) is None
