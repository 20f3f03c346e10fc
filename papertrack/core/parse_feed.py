"""RSS 0.9x, 1.0 and 2.0 and Atom, read with feedparser, as plain records.

feedparser is never given a file name or an address (it would open either), never more than one
document type, and never a chance to clean markup: its sanitiser costs two thirds of the time and
eats mathematics (``$a<b$``).
"""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import feedparser

from papertrack.core.clean import http_url, one_line, plain_text
from papertrack.core.dates import from_struct, read_date
from papertrack.core.decode import FEED_HINT, NOT_A_FEED, xml_text
from papertrack.core.html_text import cut_text, html_to_text, looks_like_html
from papertrack.core.names import feed_authors
from papertrack.core.records import Author, Document, Entry
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# A blog that sends its whole archive has fewer. feedparser takes a kilobyte for an empty entry, so
# the rest is left out before it sees them: 20 MB of "<item/>" would fill 600 MB.
ENTRY_LIMIT = 10_000
_ENTRY = re.compile(r"<(item|entry)[\s>/]")
_ENDING = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)

_BODIES = 4  # texts of one entry worth comparing
_PAGE = re.compile(r"<(?:html|head|body|div|p|script)\b", re.IGNORECASE)
_DOI = re.compile(r"(?:^|doi:\s*|doi\.org/)(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_INDENTS = re.compile(r"\n[ \t]+")


@dataclass(frozen=True, slots=True)
class _Feed:
    """What an entry needs to know of the feed it stands in."""

    base_url: str
    is_atom: bool
    authors: tuple[Author, ...]
    shared_links: frozenset[str]


def parse_feed(body: bytes, *, base_url: str, content_type: str | None) -> Document:
    """Read an RSS or Atom document.

    Dates in the future are kept. `Entry.published_at` is what the feed says; where RSS has only a
    ``dc:date``, that; Atom's ``updated`` is never taken for it.

    Args:
        body: The document as it came, in any encoding.
        base_url: Where it was found in the end, to resolve relative links.
        content_type: The HTTP header, for its charset; None if there was none.

    Returns:
        Its entries in the order of the feed. An entry that cannot be read costs a sentence in
        `Document.problems` and nothing else.

    Raises:
        UnreadableDocument: It is no feed, or nothing can be made of it.
    """
    text = xml_text(body, content_type=content_type)
    if _PAGE.match(text):
        raise UnreadableDocument(NOT_A_FEED, hint=FEED_HINT)
    text, breaks_off = _whole_entries(text)
    text, left_out = _first_entries(text)
    parsed = _run_feedparser(text)
    version, about = _string(parsed, "version"), _fields(parsed, "feed")
    raw_entries = _list(parsed, "entries")
    if not version and not raw_entries:
        raise UnreadableDocument(NOT_A_FEED, hint=FEED_HINT)
    feed = _Feed(
        base_url,
        version.startswith("atom"),
        feed_authors(_people(about)),
        _shared_links(raw_entries),
    )

    entries: list[Entry] = []
    problems: list[str] = []
    for number, fields in enumerate(raw_entries, start=1):
        try:
            entries.append(_read_entry(fields, feed))
        except MemoryError:
            raise
        # One bad entry costs one entry, whatever feedparser made of it.
        except Exception as error:  # noqa: BLE001
            problems.append(f"Entry {number} could not be read ({type(error).__name__})")
    if left_out:
        problems.append(f"Only the first {ENTRY_LIMIT:,} entries were read, {left_out:,} not")
    if breaks_off:
        problems.append("The document breaks off; its last entry was left out")
    title = _title(about, feed) if about else ""
    return Document(title, tuple(_without_shared_links(entries)), tuple(problems))


def _whole_entries(text: str) -> tuple[str, bool]:
    """Leave out an entry that a download broke off in: half a title is worse than tomorrow's."""
    if _ENDING.search(text):
        return text, False
    last = next(reversed(list(_ENTRY.finditer(text))), None)
    if last is None or text.find(f"</{last[1]}", last.end()) >= 0:
        return text, False
    return text[: last.start()], True


def _first_entries(text: str) -> tuple[str, int]:
    """Cut out what comes between entry number 10,000 and the end of the last one."""
    starts = [found.start() for found in _ENTRY.finditer(text)]
    left_out = len(starts) - ENTRY_LIMIT
    if left_out <= 0:
        return text, 0
    end = max(text.rfind("</item"), text.rfind("</entry"), starts[-1])
    return text[: starts[ENTRY_LIMIT]] + text[text.find(">", end) + 1 :], left_out


def _run_feedparser(text: str) -> dict[str, object]:
    try:
        # Without a base address: feedparser would turn the guid "42" into an address below it,
        # and every entry would be new when the feed moves. Links are resolved in `_resolve`.
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


def _read_entry(raw: object, feed: _Feed) -> Entry:
    # A plain dictionary: feedparser's own answers "updated" with "published", and warns about it.
    fields = dict(raw) if isinstance(raw, dict) else {}
    title = _title(fields, feed)
    url, links = _addresses(fields, feed)
    published, updated = _date(fields, "published", "created"), _date(fields, "updated")
    if published is None and not feed.is_atom:
        published, updated = updated, None
    summary = _summary(fields, feed)
    return Entry(
        guid=one_line(_string(fields, "id")) or url or _hash(title or summary, published),
        title=title,
        url=url,
        authors=feed_authors(_people(fields)) or feed.authors,
        summary=summary,
        published_at=published,
        updated_at=updated,
        links=links,
        doi=_doi(fields),
    )


def _title(fields: dict[str, object], feed: _Feed) -> str:
    detail = _fields(fields, "title_detail")
    value = _string(detail, "value") or _string(fields, "title")
    if feed.is_atom:
        is_markup = _string(detail, "type") in ("text/html", "application/xhtml+xml")
        return one_line(html_to_text(value) if is_markup else value)
    return one_line(html_to_text(value) if looks_like_html(value) else html.unescape(value))


def _summary(fields: dict[str, object], feed: _Feed) -> str:
    """Take the fullest of the texts of an entry: content, content:encoded, description, summary."""
    bodies = [item for item in _list(fields, "content") if isinstance(item, dict)]
    bodies.append(_fields(fields, "summary_detail") or {"value": _string(fields, "summary")})
    texts: dict[str, str] = {}
    for body in bodies[:_BODIES]:
        value, kind = _string(body, "value"), _string(body, "type")
        if value and value not in texts:
            texts[value] = _body_text(value, kind, is_atom=feed.is_atom)
    return cut_text(max(texts.values(), key=len, default=""))


def _body_text(value: str, kind: str, *, is_atom: bool) -> str:
    if is_atom and kind in ("text/html", "application/xhtml+xml"):
        return html_to_text(value)
    if is_atom and kind not in ("", "text/plain"):
        return ""  # a picture or a file, in base64
    # RSS does not say what it holds, and many an Atom feed says "text" and sends paragraphs.
    if looks_like_html(value) and (not is_atom or value.lstrip().startswith("<")):
        return html_to_text(value)
    return plain_text(_INDENTS.sub("\n", value if is_atom else html.unescape(value)))


def _shared_links(raw_entries: list[object]) -> frozenset[str]:
    """Find addresses that several entries give as theirs: the page of a podcast, a changelog."""
    uses = Counter(_string(raw, "link") for raw in raw_entries if isinstance(raw, dict))
    return frozenset(link for link, count in uses.items() if count > 1)


def _addresses(fields: dict[str, object], feed: _Feed) -> tuple[str | None, tuple[str, ...]]:
    """Find where a person reads the entry, and what else it points to as the same work."""
    links = [item for item in _list(fields, "links") if isinstance(item, dict)]
    by_rel = [(_string(link, "rel"), _resolve(_string(link, "href"), feed)) for link in links]
    # feedparser takes every guid for a link, Atom's too, unless the feed denies it.
    is_permalink = fields.get("guidislink") is True and not feed.is_atom
    guid = http_url(_string(fields, "id")) if is_permalink else None
    link = _string(fields, "link")
    page = (
        _resolve(link, feed),
        *(url for rel, url in by_rel if rel == "alternate"),
    )
    own = (guid, *(url for rel, url in by_rel if rel == "enclosure"))
    origin = _resolve(_string(fields, "feedburner_origlink"), feed)
    ranked = (origin, *own, *page) if link in feed.shared_links else (origin, *page, *own)
    best = next(filter(None, ranked), None)
    others = [url for rel, url in by_rel if _is_same_work(rel, url, best)]
    return best, tuple(dict.fromkeys(url for url in (guid, *others) if url and url != best))


def _is_same_work(rel: str, url: str | None, best: str | None) -> bool:
    """Whether a link leads to what the entry is about, and not to another story of the same site.

    Linkblogs name the linked page and their own post so (one as ``alternate``, the other as
    ``related`` or ``via``); newspapers use ``related`` for "read more".
    """
    if rel not in ("related", "via") or url is None:
        return False
    return best is None or urlsplit(url).hostname != urlsplit(best).hostname


def _resolve(address: str, feed: _Feed) -> str | None:
    if not address.strip():
        return None
    try:
        return http_url(urljoin(feed.base_url, address.strip()))
    except ValueError:  # urljoin's "Invalid IPv6 URL"
        return None


def _without_shared_links(entries: list[Entry]) -> Iterator[Entry]:
    """Drop what several entries point to: it is no address of any one of them.

    Two posts about one paper would otherwise be taken for the paper, and for each other.
    """
    uses = Counter(link for entry in entries for link in entry.links)
    own = {entry.url for entry in entries}
    for entry in entries:
        kept = tuple(link for link in entry.links if uses[link] == 1 and link not in own)
        yield entry if kept == entry.links else replace(entry, links=kept)


def _date(fields: dict[str, object], *names: str) -> datetime | None:
    found = (
        from_struct(fields.get(f"{name}_parsed")) or read_date(_string(fields, name))
        for name in names
    )
    return next(filter(None, found), None)


def _doi(fields: dict[str, object]) -> str | None:
    for name in ("prism_doi", "dc_identifier"):
        found = _DOI.search(one_line(_string(fields, name)))
        if found:
            return found[1]
    return None


def _hash(title: str, published: datetime | None) -> str:
    known = f"{title}\n{published.isoformat() if published else ''}"
    return f"hash:{blake2b(known.encode(), digest_size=16).hexdigest()}"


def _people(fields: dict[str, object]) -> list[str]:
    """List the names as they stand; feedparser has put mail addresses apart from most of them."""
    people = [person for person in _list(fields, "authors") if isinstance(person, dict)]
    names = [name for person in people if (name := _string(person, "name"))]
    return names or [_string(fields, "author")]


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
