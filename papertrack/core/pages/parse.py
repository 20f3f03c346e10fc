"""Parse a web page as one work: its title, authors, date, and the paper that it is about."""

from __future__ import annotations

import codecs
import html
import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import lxml.html

from papertrack.core.answers import HEAD_BYTES, WebPage, has_wall_marks
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import Author, Document, Entry
from papertrack.core.text.bylines import feed_authors
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.html_text import html_to_text, looks_like_html
from papertrack.core.text.names import turned_name
from papertrack.core.text.written_dates import read_date
from papertrack.core.works.identity import read_doi
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORKS = (
    *("article", "posting", "report", "videoobject", "event", "creativework", "course", "thesis"),
    *("book", "chapter", "dataset", "softwaresourcecode", "episode", "presentationdigitaldocument"),
)
_DEPTH = 4  # nested lists and objects; nobody writes more
_MOST = 200  # objects to look at
# Templates wrap scripts in these, so that old browsers and XML parsers ignore them.
_WRAPPING = re.compile(r"\A(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://\s{0,9})?(?:-->|\]\]>)\Z")


@dataclass(frozen=True, slots=True)
class Article:
    """A work as a page describes it; empty and None for missing facts."""

    title: str = ""
    authors: tuple[Author, ...] = ()
    date: str | None = None
    summary: str = ""
    doi: str | None = None


def find_article(scripts: Iterable[str]) -> Article:
    """Find the work that a page is about: its first article, video or similar object.

    Args:
        scripts: The texts of the page's ``application/ld+json`` scripts.
    """
    objects: list[dict[str, object]] = []
    for script in scripts:
        try:
            fields = json.loads(_WRAPPING.sub("", script.strip()), strict=False)
        except (ValueError, RecursionError):
            continue
        objects.extend(islice(_objects(fields, _DEPTH), _MOST))
    by_id = {str(one["@id"]): one for one in objects if one.get("name") and "@id" in one}
    works = (_read(one, by_id) for one in objects if _is_work(one))
    return next((work for work in works if work.title), Article())


def _objects(value: object, depth: int) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
    inner = value
    if isinstance(value, dict):
        inner = value.get("@graph") or value.get("mainEntity")
        inner = [inner] if isinstance(inner, dict) else inner
    if isinstance(inner, list) and depth:
        for one in inner[:_MOST]:
            yield from _objects(one, depth - 1)


def _is_work(fields: dict[str, object]) -> bool:
    return any(str(name).lower().endswith(_WORKS) for name in _listed(fields.get("@type")))


def _read(fields: dict[str, object], by_id: Mapping[str, dict[str, object]]) -> Article:
    people = _listed(fields.get("author") or fields.get("creator"))
    names = [_name(one, by_id) for one in people]
    dated = fields.get("datePublished") or fields.get("uploadDate") or fields.get("dateCreated")
    named = [*_listed(fields.get("identifier")), fields.get("@id")]
    return Article(
        title=_line(fields.get("headline")) or _line(fields.get("name")),
        authors=feed_authors(name for name in names if name and http_url(name) is None),
        date=_line(dated) or None,
        summary=_line(fields.get("abstract")) or _line(fields.get("description")),
        doi=next(filter(None, (read_doi(_line(one)) for one in named)), None),
    )


def _listed(value: object) -> list[object]:
    """Return a value as a list, flattening nested lists once."""
    flat: list[object] = []
    for one in value[:_MOST] if isinstance(value, list) else [value]:
        flat.extend(one[:_MOST] if isinstance(one, list) else [one])
    return flat


def _name(person: object, by_id: Mapping[str, dict[str, object]]) -> str:
    if not isinstance(person, dict):
        return _line(person)
    known = person if person.get("name") else by_id.get(str(person.get("@id")), person)
    parts = (_line(known.get("givenName")), _line(known.get("familyName")))
    return _line(known.get("name")) or " ".join(filter(None, parts))


def _line(value: object) -> str:
    """Read a text, which may be in a list or object, and may contain markup or escapes."""
    for _ in range(_DEPTH):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("value")
    text = html.unescape(value) if isinstance(value, str) else ""
    return one_line(html_to_text(text) if looks_like_html(text) else text)


# The names of facts in pages, best first: Google Scholar's (citation_*), those of repositories,
# Dublin Core, Open Graph, plain HTML.
_SCHOLARLY = ("citation_title", "bepress_citation_title", "eprints.title")
_TITLES = (*_SCHOLARLY, "dc.title", "dcterms.title", "og:title", "twitter:title")
_AUTHORS = (
    *("citation_author", "citation_authors", "bepress_citation_author", "eprints.creators_name"),
    *("dc.creator", "dcterms.creator", "article:author", "author", "parsely-author"),
    "sailthru.author",
)
_FAMILY_FIRST = frozenset(_AUTHORS[:6])
_DATES = (
    *("citation_publication_date", "citation_online_date", "citation_date"),
    *("bepress_citation_online_date", "bepress_citation_date", "eprints.date"),
    *("prism.publicationdate", "dc.date.issued", "dcterms.issued", "article:published_time"),
    *("og:article:published_time", "article:published", "og:published_time", "datepublished"),
    *("dc.date", "dcterms.date", "dcterms.created", "date", "pubdate", "publish-date"),
    *("parsely-pub-date", "sailthru.date"),
)
_DOIS = (
    *("citation_doi", "bepress_citation_doi", "prism.doi", "dc.identifier.doi", "dc.identifier"),
    "dcterms.identifier",
)
_SUMMARIES = ("citation_abstract", "og:description", "description")
_TITLE_LIMIT, _NAME_LIMIT = 500, 200
_LEAST_DATE = len("2026-11")
# Facts are in the head; the tree of a page of 20 MB would exceed the memory of a worker.
_READ_BYTES = 512 * 1024
_SITE_MARKS = ("|", "-", "\N{EN DASH}", "\N{EM DASH}", "·", "»")
# Titles of pages shown to robots and to visitors who are not signed in.
# Titles of single posts on social networks; the text is the description.
_POSTER = re.compile(r"(\S.{0,100}?) \(@[\w.-]+(?:@[\w.-]+)?\)(?: on \w+)?")
# Titles of redirect pages, as Jekyll and Hugo write them for former addresses.
_MOVED = re.compile(r"(?i)|https?://\S+|.*\b(?:redirect(?:ing|ed)?|moved)\b.*")
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
    """Parse a page.

    Args:
        body: HTML, possibly broken; only the first 512 KiB are read.
        base_url: Its address.

    Returns:
        A document with one entry. If the page has no title of its own but links to an oEmbed
        description, the title is empty and `Document.oembed_url` is set.

    Raises:
        UnreadableDocument: The page has no title, or is shown in place of one that needs a login.
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
    metas, article = _metas(tree), find_article(_scripts(tree))
    named = _first(metas, _TITLES) or article.title
    site = _line(_first(metas, ("og:site_name",)))
    title = _without_site(_line(named or _heading(tree)), site)[:_TITLE_LIMIT]
    names_itself = bool(_first(metas, ("citation_title", "og:title")))
    if _WALL.fullmatch(title) or (not names_itself and has_wall_marks(_head(body))):
        message = f'the page is not public; it says "{title[:60]}"'
        raise UnreadableDocument(message, hint="give the title of the work with --title")
    oembed_url = None if named else _oembed_link(tree, base_url)
    says_moved = not named and _MOVED.fullmatch(title)
    if says_moved and (target := WebPage(_head(body), base_url).leads_to):
        message = "the page only leads on to another address"
        raise UnreadableDocument(message, hint=f"add {target} instead")
    if not title and oembed_url is None:
        raise UnreadableDocument(NO_TITLE, hint="give one with --title")
    url = _canonical(tree, metas, base_url)
    summary = _line(_first(metas, _SUMMARIES) or article.summary)
    poster = _POSTER.fullmatch(title) if summary else None
    entry = Entry(
        guid=url or base_url,
        title="" if poster else title,
        url=url,
        authors=_authors(metas) or article.authors or feed_authors([poster[1]] if poster else []),
        summary=summary,
        published_at=read_date(_first_date(metas) or article.date or _time(tree)),
        doi=_doi(metas) or article.doi,
    )
    return Document(title, (entry,), () if title else (NO_TITLE,), oembed_url=oembed_url)


NO_TITLE = "the page has no title"


def _first_date(metas: Mapping[str, list[str]]) -> str | None:
    """Return the first date that can be read; a year alone would be New Year's Day."""
    texts = (metas[name][0] for name in _DATES if name in metas)
    return next((text for text in texts if len(text) >= _LEAST_DATE and read_date(text)), None)


def _doi(metas: Mapping[str, list[str]]) -> str | None:
    """Return the DOI of the work; arXiv's DOI for a paper on arXiv."""
    if (number := _first(metas, ("citation_arxiv_id",))) and (paper := read_arxiv_id(number)):
        return f"10.48550/arxiv.{paper.base}"
    texts = (text for name in _DOIS for text in metas.get(name, ()))
    return next(filter(None, (read_doi(one_line(text)) for text in texts)), None)


def _oembed_link(tree: lxml.html.HtmlElement, base_url: str) -> str | None:
    """Find the page's link to its description in JSON (https://oembed.com/#section4)."""
    for link in islice(tree.iter("link"), _MOST):
        if (link.get("type") or "").strip().lower() == "application/json+oembed":
            try:
                return http_url(urljoin(base_url, link.get("href") or ""))
            except ValueError:  # urljoin's "Invalid IPv6 URL"
                return None
    return None


def _canonical(
    tree: lxml.html.HtmlElement, metas: Mapping[str, list[str]], base_url: str
) -> str | None:
    """Find the page's canonical address, which must be on the same site."""
    url = http_url(base_url)
    links = [link.get("href") for link in tree.iterfind(".//link[@rel='canonical']")]
    for link in (*links, *metas.get("og:url", ())):
        address = http_url(link)
        if address and url and _host(address) == _host(url) and _is_page(address, url):
            return address
    return url


def _is_page(address: str, url: str) -> bool:
    """Return whether an address can be canonical: a front page is not canonical for others."""
    return urlsplit(address).path.strip("/") != "" or urlsplit(url).path.strip("/") == ""


def _authors(metas: Mapping[str, list[str]]) -> tuple[Author, ...]:
    key = next((key for key in _AUTHORS if any(map(_is_name, metas.get(key, ())))), None)
    if key is None:
        return ()
    names = [_line(name) for name in metas[key] if _is_name(name)]
    if key in _FAMILY_FIRST:  # "Family, Given", as Google Scholar requires
        pieces = (piece.strip(" ,") for name in names for piece in name.split(";", _MOST))
        return tuple(dict.fromkeys(one for piece in pieces for one in _scholar(piece, key)))
    return feed_authors(names)


def _scholar(name: str, key: str) -> tuple[Author, ...]:
    """Read one name; Dublin Core may have several, or the given name first."""
    is_turned = key.startswith(("citation", "bepress")) or " " not in name.partition(",")[0]
    return (turned_name(name[:_NAME_LIMIT]),) if is_turned and name else feed_authors([name])


def _without_site(title: str, site: str) -> str:
    """Remove the name of the site before or after a title."""
    if site and title.endswith(site):
        rest = title.removesuffix(site).rstrip()
        if rest.endswith(_SITE_MARKS) and rest[:-1].strip():
            return rest[:-1].strip()
    if site and title.startswith(site):
        rest = title.removeprefix(site)
        if rest.lstrip().startswith(_SITE_MARKS) and rest[:1].isspace():
            return rest.lstrip()[1:].strip() or title
    return title


def _time(tree: lxml.html.HtmlElement) -> str | None:
    """Return the date that the page shows; None if it shows several, as a list of posts does."""
    days = {str(time.get("datetime") or "")[:10] for time in tree.iter("time")} - {""}
    return days.pop() if len(days) == 1 else None


def _scripts(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            yield str(script.text or "")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_utf_8(body: bytes) -> bool:
    """Return whether the bytes are UTF-8; without a declaration, libxml2 assumes Latin-1."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # it may be cut within a character
    except UnicodeDecodeError:
        return False
    return True


def _heading(tree: lxml.html.HtmlElement) -> str:
    elements = (tree.find(".//title"), tree.find(".//h1"))
    texts = ("".join(map(str, one.itertext())) for one in elements if one is not None)
    return next((text for text in texts if text.strip()), "")


def _metas(tree: lxml.html.HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            metas.setdefault(name, []).append(content)
    return metas


def _first(metas: Mapping[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((metas[name][0] for name in names if name in metas), None)


def _is_name(text: str) -> bool:
    return bool(one_line(text)) and http_url(text) is None
