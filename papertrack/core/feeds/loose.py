"""RSS and Atom that is not well-formed, read with feedparser.

feedparser never gets a file name or an address, because it would open either, and never a document
type. Its sanitiser is off: it takes two thirds of the time and removes mathematics (``$a<b$``).
The import takes as long as a hundred feeds, so it waits until a feed needs it.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from papertrack.core.feeds.entry import ENTRY_LIMIT, Markup, RawEntry, RawFeed, RawText, markup_of
from papertrack.core.feeds.xml import HTML_TYPES
from papertrack.core.text.decode import outline_of
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ENTRY = re.compile(r"<(item|entry)[\s>/]")
_ATOM = re.compile(r"<(?:\w+:)?feed[\s>]", re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_ANY_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>/]", re.IGNORECASE)


def read_loosely(text: str, on_entry: Callable[[RawEntry], None]) -> RawFeed | None:
    """Read a feed with feedparser.

    Args:
        text: The document from its root element on, without document type.
        on_entry: Called with each of the first 10,000 entries, in order.

    Returns:
        The metadata of the feed; None if it is not a feed.

    Raises:
        UnreadableDocument: feedparser gives up on it.
    """
    is_atom, outline = bool(_ATOM.match(text)), outline_of(text)
    is_whole = outline.end is not None
    if not _ANY_ENTRY.search(text):  # feedparser needs ten seconds for 200,000 nested elements
        empty = RawFeed(is_atom, RawText("", Markup.PLAIN), (), is_whole=is_whole)
        return empty if _ROOT.match(text) else None
    breaks_off = not is_whole and outline.open_at is not None
    if breaks_off:  # half a title now is worse than the whole one tomorrow
        text = text[: outline.open_at]
    # feedparser uses a kilobyte for an empty entry: 20 MB of "<item/>" would fill 600 MB.
    text, left_out = _first_entries(text)
    parsed = _run_feedparser(text)
    feed, entries = _fields(parsed, "feed"), _list(parsed, "entries")
    if not _string(parsed, "version") and not entries:
        return None
    for fields in entries:
        # A plain dict: feedparser's own returns "published" for "updated", with a warning.
        on_entry(_read_entry(dict(fields) if isinstance(fields, dict) else {}, is_atom=is_atom))
    return RawFeed(
        is_atom=is_atom,
        title=_title(feed, is_atom=is_atom),
        people=tuple(_people(feed)),
        count=len(entries) + left_out,
        is_whole=is_whole,
        breaks_off=breaks_off,
        ttl=_string(feed, "ttl"),
        period=_string(feed, "sy_updateperiod"),
        frequency=_string(feed, "sy_updatefrequency"),
        new_address=_string(feed, "itunes_new-feed-url"),
        link="" if is_atom else _string(feed, "link"),
    )


def _first_entries(text: str) -> tuple[str, int]:
    """Cut everything between entry 10,000 and the end of the last one; return how many were cut."""
    count = cut_from = last = 0
    for found in _ENTRY.finditer(text):
        count, last = count + 1, found.start()
        if count == ENTRY_LIMIT + 1:
            cut_from = last
    if count <= ENTRY_LIMIT:
        return text, 0
    end = max(text.rfind("</item"), text.rfind("</entry"), last)
    return text[:cut_from] + text[text.find(">", end) + 1 :], count - ENTRY_LIMIT


def _run_feedparser(text: str) -> dict[str, object]:
    import feedparser  # noqa: PLC0415  # takes 100 ms; few feeds need it

    try:
        # No base address: feedparser would resolve the guid "42" against it, and every entry
        # would be new after the feed moves.
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": "application/xml; charset=utf-8"},
        )
    except MemoryError:
        raise
    # It lets internal errors through (UnicodeEncodeError, KeyError, AssertionError, ...).
    except Exception as error:
        what = f"the feed cannot be read ({type(error).__name__})"
        raise UnreadableDocument(what) from error
    return dict(parsed)


def _read_entry(fields: dict[str, object], *, is_atom: bool) -> RawEntry:
    links = [item for item in _list(fields, "links") if isinstance(item, dict)]
    dates = [_string(fields, name) for name in ("published", "created")]
    return RawEntry(
        guid=_string(fields, "id"),
        # feedparser treats every guid as a link, in Atom too, unless the feed says otherwise.
        is_permalink=fields.get("guidislink") is True and not is_atom,
        link=_own_link(fields, links, is_atom=is_atom),
        links=tuple((_string(link, "rel"), _string(link, "href")) for link in links),
        origin=_string(fields, "feedburner_origlink"),
        title=_title(fields, is_atom=is_atom),
        bodies=tuple(_bodies(fields, is_atom=is_atom)),
        captions=(),  # feedparser does not tell them from texts
        people=tuple(_people(fields)),
        published=tuple(filter(None, dates)),
        updated=_string(fields, "updated"),
        dois=tuple(
            filter(None, (_string(fields, name) for name in ("prism_doi", "dc_identifier")))
        ),
    )


def _own_link(
    fields: dict[str, object], links: Sequence[dict[str, object]], *, is_atom: bool
) -> str:
    """Return the entry's link: Atom's first alternate (feedparser's is the last), no bare guid."""
    if is_atom:
        alternates = (
            _string(one, "href")
            for one in links
            if _string(one, "rel") == "alternate"
            and (_string(one, "type") or "text/html").lower() in HTML_TYPES
        )
        if first := next(filter(None, alternates), ""):
            return first
    link = _string(fields, "link")
    hrefs = {_string(one, "href") for one in links if _string(one, "rel") == "alternate"}
    # Any other link of feedparser is a guid.
    return link if link in hrefs or link.lower().startswith(("http:", "https:")) else ""


def _title(fields: dict[str, object], *, is_atom: bool) -> RawText:
    detail = _fields(fields, "title_detail")
    value = _string(detail, "value") or _string(fields, "title")
    return RawText(value, markup_of(_string(detail, "type"), is_atom=is_atom))


def _bodies(fields: dict[str, object], *, is_atom: bool) -> list[RawText]:
    bodies = [item for item in _list(fields, "content") if isinstance(item, dict)]
    bodies.append(_fields(fields, "summary_detail") or {"value": _string(fields, "summary")})
    return [
        RawText(_string(body, "value"), markup_of(_string(body, "type"), is_atom=is_atom))
        for body in bodies
    ]


def _people(fields: dict[str, object]) -> list[str]:
    """List the authors.

    For a single author, use the whole string: feedparser cuts mail addresses out of it, and fails
    if there is an umlaut.
    """
    people = [person for person in _list(fields, "authors") if isinstance(person, dict)]
    names = [name for person in people if (name := _string(person, "name"))]
    author = _string(fields, "author")
    if (
        len(people) == 1
        and author == f"{_string(people[0], 'name')} ({_string(people[0], 'email')})"
    ):
        return names
    return [author] if author and len(people) < 2 else names  # noqa: PLR2004 - one


# The feed's element names become keys: an element <links> puts text where a list belongs.


def _string(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _list(fields: dict[str, object], name: str) -> list[object]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _fields(fields: dict[str, object], name: str) -> dict[str, object]:
    value = fields.get(name)
    return dict(value) if isinstance(value, dict) else {}
