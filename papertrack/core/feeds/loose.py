"""RSS and Atom that is not well-formed, read with feedparser.

feedparser is never given a file name or an address (it would open either), never a document type,
and never a chance to clean markup: its sanitiser costs two thirds of the time and eats mathematics
(``$a<b$``). It is loaded only when a feed needs it, because that alone takes as long as a hundred
feeds.
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


def read_loosely(text: str, take: Callable[[RawEntry], None]) -> RawFeed | None:
    """Read a feed.

    Args:
        text: The document from its root element on, without document type.
        take: Called with each entry, in order, up to the ten thousandth.

    Returns:
        What the feed says of itself; None if it is none.

    Raises:
        UnreadableDocument: feedparser gives up on it.
    """
    is_atom, outline = bool(_ATOM.match(text)), outline_of(text)
    is_whole = outline.end is not None
    if not _ANY_ENTRY.search(text):  # 200,000 elements in each other would take ten seconds
        nothing = RawFeed(is_atom, RawText("", Markup.PLAIN), (), is_whole=is_whole)
        return nothing if _ROOT.match(text) else None
    breaks_off = not is_whole and outline.open_at is not None
    if breaks_off:  # half a title is worse than tomorrow's
        text = text[: outline.open_at]
    # feedparser takes a kilobyte for an empty entry: 20 MB of "<item/>" would fill 600 MB.
    text, left_out = _first_entries(text)
    parsed = _run_feedparser(text)
    about, entries = _fields(parsed, "feed"), _list(parsed, "entries")
    if not _string(parsed, "version") and not entries:
        return None
    for fields in entries:
        # A plain dictionary: feedparser's own answers "updated" with "published", and warns of it.
        take(_read_entry(dict(fields) if isinstance(fields, dict) else {}, is_atom=is_atom))
    return RawFeed(
        is_atom=is_atom,
        title=_title(about, is_atom=is_atom),
        people=tuple(_people(about)),
        count=len(entries) + left_out,
        is_whole=is_whole,
        breaks_off=breaks_off,
        ttl=_string(about, "ttl"),
        period=_string(about, "sy_updateperiod"),
        frequency=_string(about, "sy_updatefrequency"),
        new_address=_string(about, "itunes_new-feed-url"),
        link="" if is_atom else _string(about, "link"),
    )


def _first_entries(text: str) -> tuple[str, int]:
    """Cut out what comes between entry number 10,000 and the end of the last one."""
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
    import feedparser  # noqa: PLC0415  # 100 ms that few feeds need

    try:
        # Without a base address: feedparser would turn the guid "42" into an address below it,
        # and every entry would be new when the feed moves.
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": "application/xml; charset=utf-8"},
        )
    except MemoryError:
        raise
    # It raises whatever its parts raise (UnicodeEncodeError, KeyError, AssertionError, ...).
    except Exception as error:
        what = f"the feed cannot be read ({type(error).__name__})"
        raise UnreadableDocument(what) from error
    return dict(parsed)


def _read_entry(fields: dict[str, object], *, is_atom: bool) -> RawEntry:
    links = [item for item in _list(fields, "links") if isinstance(item, dict)]
    dates = [_string(fields, name) for name in ("published", "created")]
    return RawEntry(
        guid=_string(fields, "id"),
        # feedparser takes every guid for a link, Atom's too, unless the feed denies it.
        is_permalink=fields.get("guidislink") is True and not is_atom,
        link=_own_link(fields, links, is_atom=is_atom),
        links=tuple((_string(link, "rel"), _string(link, "href")) for link in links),
        origin=_string(fields, "feedburner_origlink"),
        title=_title(fields, is_atom=is_atom),
        bodies=tuple(_bodies(fields, is_atom=is_atom)),
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
    """Read the link: Atom's first alternate, where feedparser has the last; never a bare guid."""
    if is_atom:
        alternates = (
            _string(one, "href")
            for one in links
            if _string(one, "rel") == "alternate"
            and (_string(one, "type") or "text/html").lower() in HTML_TYPES
        )
        if first := next(filter(None, alternates), ""):
            return first
    link, guid = _string(fields, "link"), _string(fields, "id")
    is_name = link == guid and not guid.lower().startswith(("http:", "https:"))
    return "" if is_name else link


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
    """List the authors as they stand.

    Of one alone the whole string is better: feedparser cuts mail addresses out of it, and fails
    where there is an umlaut.
    """
    people = [person for person in _list(fields, "authors") if isinstance(person, dict)]
    names = [name for person in people if (name := _string(person, "name"))]
    alone = _string(fields, "author")
    if (
        len(people) == 1
        and alone == f"{_string(people[0], 'name')} ({_string(people[0], 'email')})"
    ):
        return names
    return [alone] if alone and len(people) < 2 else names  # noqa: PLR2004 - one


# The sender chooses element names, and with them keys: <links> puts text where a list belongs.


def _string(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _list(fields: dict[str, object], name: str) -> list[object]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _fields(fields: dict[str, object], name: str) -> dict[str, object]:
    value = fields.get(name)
    return dict(value) if isinstance(value, dict) else {}
