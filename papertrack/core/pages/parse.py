"""Read a web page as one work: its title, authors, date, and the paper that it is about."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import lxml.html

from papertrack.core.answers import HEAD_BYTES, has_wall_marks
from papertrack.core.dates import read_date
from papertrack.core.records import Author, Document, Entry
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.names import feed_authors, turned_name
from papertrack.core.works.identity import read_doi
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


# The names under which pages give their facts, best first: Google Scholar's (citation_*),
# Dublin Core, Open Graph, plain HTML.
_TITLES = ("citation_title", "dc.title", "og:title", "twitter:title")
_AUTHORS = ("citation_author", "dc.creator", "article:author", "author", "parsely-author")
_DATES = (
    "citation_publication_date",
    "citation_date",
    "article:published_time",
    "og:article:published_time",
    "dc.date",
    "date",
    "parsely-pub-date",
)
_SUMMARIES = ("citation_abstract", "og:description", "description")
_TITLE_LIMIT = 500
# Facts stand in the head; the tree of a page of 20 MB would take more memory than a worker has.
_READ_BYTES = 512 * 1024
_SITE_MARKS = ("|", "-", "\N{EN DASH}", "\N{EM DASH}", "·", "»")
# What stands there in the place of a page for those who are not signed in, or look like a robot.
_WALL = re.compile(
    r"""[\s|-]*(?: (?:please\s+)? (?:log|sign)[\s-]?(?:in|on|up) (?:\s+to\s+(?:continue|your\b.*))?
          | just\s+a\s+moment | attention\s+required | access\s+(?:to\s+this\s+page\s+.*)?denied
          | subscribe\s+to\s+(?:read|continue) | are\s+you\s+(?:a\s+)?(?:human|robot)
          | (?:verify|verifying|checking)\s+.*(?:human|browser) | 40[134] (?:\s+\w+){0,2}
          | java\s?script\s+is\s+(?:not\s+available|required|disabled) | enable\s+java\s?script\b.*
          | before\s+you\s+continue (?:\s+to\s+.*)?
          | (?:human\s+|bot\s+)?verification(?:\s+required)?
          | (?:\w+\s+)?security\s+check(?:point)? | client\s+challenge | ddos-guard
          | making\s+sure\s+you.{1,3}re\s+not\s+a\s+bot | pardon\s+our\s+interruption
          | one\s+moment,?\s+please | please\s+wait | too\s+many\s+requests | youtube
          | forbidden | unauthori[sz]ed | (?:page\s+)?not\s+found )
        \W* (?: [|\-\N{EN DASH}\N{EM DASH}:·!.] .* )?""",
    re.IGNORECASE | re.VERBOSE,
)


def _head(body: bytes) -> str:
    return body[:HEAD_BYTES].decode("utf-8", "replace")


def parse_page(body: bytes, *, base_url: str) -> Document:
    """Read a page.

    Args:
        body: HTML, in whatever shape; facts beyond the first 512 KiB are passed over.
        base_url: Where it came from.

    Returns:
        A document with one entry.

    Raises:
        UnreadableDocument: The page gives no title, or stands in the place of another that only
            those see who sign in.
    """
    body = body[:_READ_BYTES]
    try:
        parser = lxml.html.HTMLParser(
            no_network=True, huge_tree=False, encoding="utf-8" if _is_utf_8(body) else None
        )
        tree = lxml.html.document_fromstring(body, parser=parser)
    except (ValueError, lxml.etree.LxmlError) as error:
        message = "the page cannot be read"
        raise UnreadableDocument(message, hint="give its title with --title") from error
    said, article = _metas(tree), find_article(_scripts(tree))
    title = _first(said, _TITLES) or article.title or _heading(tree)
    title = _without_site(one_line(title), one_line(_first(said, ("og:site_name",)) or ""))
    if not title:
        message = "the page has no title"
        raise UnreadableDocument(message, hint="give one with --title")
    title = title[:_TITLE_LIMIT]
    names_itself = bool(_first(said, ("citation_title", "og:title")))
    if _WALL.fullmatch(title) or (not names_itself and has_wall_marks(_head(body))):
        message = f'the page is not public; it says "{title[:60]}"'
        raise UnreadableDocument(message, hint="give the title of the work with --title")
    url = _canonical(tree, said, base_url)
    dated = _first(said, _DATES) or article.date or _time(tree)
    entry = Entry(
        guid=url or base_url,
        title=title,
        url=url,
        authors=_authors(said) or article.authors,
        summary=one_line(_first(said, _SUMMARIES) or article.summary),
        published_at=read_date(dated),
        doi=read_doi(one_line(_first(said, ("citation_doi", "dc.identifier.doi")) or "")),
    )
    return Document(title, (entry,))


def _canonical(
    tree: lxml.html.HtmlElement, said: Mapping[str, list[str]], base_url: str
) -> str | None:
    """Find the page's own address; no page may pose as another site's."""
    url = http_url(base_url)
    links = [link.get("href") for link in tree.iterfind(".//link[@rel='canonical']")]
    for told in (*links, *said.get("og:url", ())):
        address = http_url(told)
        if address and url and _host(address) == _host(url) and _is_page(address, url):
            return address
    return url


def _is_page(address: str, url: str) -> bool:
    """Tell whether an address can stand for a page: a front page stands for no other."""
    return urlsplit(address).path.strip("/") != "" or urlsplit(url).path.strip("/") == ""


def _authors(said: Mapping[str, list[str]]) -> tuple[Author, ...]:
    key = next((key for key in _AUTHORS if any(map(_is_name, said.get(key, ())))), None)
    if key is None:
        return ()
    names = [one_line(name) for name in said[key] if _is_name(name)]
    if key == "citation_author":  # "Family, Given", as Google Scholar asks for
        return tuple(map(turned_name, names))
    return feed_authors(names)


def _without_site(title: str, site: str) -> str:
    """Leave out the name of the site that stands behind a title."""
    if site and title.endswith(site):
        rest = title.removesuffix(site).rstrip()
        if rest.endswith(_SITE_MARKS) and rest[:-1].strip():
            return rest[:-1].strip()
    return title


def _time(tree: lxml.html.HtmlElement) -> str | None:
    """Take the first date that the page shows, unless it shows several, as a list of posts does."""
    told = {str(time.get("datetime") or "")[:10] for time in tree.iter("time")} - {""}
    return told.pop() if len(told) == 1 else None


def _scripts(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            yield str(script.text or "")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_utf_8(body: bytes) -> bool:
    """Tell whether the bytes are UTF-8, said or not: libxml2 takes what is not said for Latin-1."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # it may end within a character
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
