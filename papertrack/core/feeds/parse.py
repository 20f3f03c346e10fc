"""RSS, Atom and JSON Feed as plain records; a web page in their place is refused.

Two readers hand over the same raw words, and one set of rules makes entries of them: lxml reads
what is well-formed, feedparser everything else, ten to thirty times slower.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from papertrack.core.answers import FEED_HINT, NOT_A_FEED, diagnose_page
from papertrack.core.dates import read_date
from papertrack.core.feeds.entry import (
    ENTRY_LIMIT,
    Packed,
    RawEntry,
    RawFeed,
    ReadEntry,
    complete,
    find_mentions,
    frame_of,
    read_texts,
    read_title,
    rest_s,
    without_shared_links,
)
from papertrack.core.feeds.loose import read_loosely
from papertrack.core.feeds.xml import NotForXml, read_xml
from papertrack.core.records import Document, Entry
from papertrack.core.text.clean import http_url, one_line, plain_text
from papertrack.core.text.decode import (
    BROKE_OFF,
    BROKE_OFF_HINT,
    NotPlainError,
    decoded,
    is_cut,
    plain_chunks,
    xml_text,
)
from papertrack.core.text.html_text import SUMMARY_LIMIT, cut_text, html_to_text
from papertrack.core.text.names import feed_authors
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from papertrack.core.records import Author

_PAGE = re.compile(r"<(?:html|head|body|div|p|script)\b", re.IGNORECASE)


def is_page(text: str) -> bool:
    """Whether a document, from its first element on, is a web page."""
    return bool(_PAGE.match(text))


def refusal(text: str, base_url: str) -> UnreadableDocument:
    """Say what a web page is that came in the place of a feed.

    Args:
        text: The page, from its first element on.
        base_url: Where it was found, to resolve the addresses that it names.
    """
    found = diagnose_page(text, base_url)
    return UnreadableDocument(found.what, hint=found.hint, kind=found.kind)


CHUNK = 65_536  # what is read at a time


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """A feed as read: what it says of itself, and its entries, packed."""

    document: Document
    entries: list[Packed]


def open_feed(body: bytes, *, base_url: str, content_type: str | None) -> OpenFeed:
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
    chunks = (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))
    opened = open_stream(chunks, base_url=base_url, content_type=content_type)
    if opened is not None:
        return opened
    text = xml_text(body, content_type=content_type)
    if is_page(text):
        raise refusal(text, base_url)
    tray = _Tray()
    return tray.opened(_read_mended(text, tray) or _read_broken(text, tray), base_url)


def open_stream(
    chunks: Iterator[bytes], *, base_url: str, content_type: str | None
) -> OpenFeed | None:
    """Read a feed as `open_feed` does, without ever holding all of it, if it is in order.

    Args:
        chunks: The document, in pieces of at least 5 kB but for the last.
        base_url: As for `open_feed`.
        content_type: As for `open_feed`.

    Returns:
        None when anything has to be mended; `open_feed` has to see the whole document then.
    """
    tray = _Tray()
    feed = _read_xml(plain_chunks(chunks, content_type=content_type), tray, lambda _: False)
    return tray.opened(feed, base_url) if feed is not None else None


class _Tray:
    """Where entries are laid as they are read, and what was wrong with those that could not be.

    One bad entry costs one entry, whatever it makes of our rules.
    """

    def __init__(self) -> None:
        self._problems: list[tuple[int, str]] = []
        self._drafts: dict[int, ReadEntry] = {}
        self._count = 0

    def take(self, raw: RawEntry) -> None:
        """Read the texts of an entry at once: its markup need not wait for the others."""
        self._count += 1
        try:
            self._drafts[self._count] = read_texts(raw)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001
            self._note(self._count, error)

    def opened(self, feed: RawFeed, base_url: str) -> OpenFeed:
        """Read the rest, when all entries are there."""
        entries = list(without_shared_links(self._complete(feed, base_url)))
        problems = [sentence for _, sentence in sorted(self._problems)]
        if feed.count > ENTRY_LIMIT:
            left_out = feed.count - ENTRY_LIMIT
            problems.append(f"Only the first {ENTRY_LIMIT:,} entries were read, {left_out:,} not")
        if feed.breaks_off:
            problems.append("The document breaks off; its last entry was left out")
        title = read_title(feed.title)
        return OpenFeed(
            Document(
                title,
                (),
                tuple(problems),
                is_whole=feed.is_whole,
                rest_s=rest_s(feed),
                moved_to=http_url(feed.new_address.strip()),
            ),
            entries,
        )

    def _complete(self, feed: RawFeed, base_url: str) -> list[Packed]:
        frame = frame_of(feed, self._drafts.values(), base_url)
        entries: list[Packed] = []
        for number in list(self._drafts):
            try:
                entries.append(complete(self._drafts.pop(number), frame))
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001
                self._note(number, error)
        return entries

    def clear(self) -> None:
        """Forget what was read in a way that was not the right one."""
        self._problems.clear()
        self._drafts.clear()
        self._count = 0

    def _note(self, number: int, error: Exception) -> None:
        sentence = f"Entry {number} could not be read ({type(error).__name__})"
        self._problems.append((number, sentence))


def _read_mended(text: str, tray: _Tray) -> RawFeed | None:
    """Read the text as XML; also when a download broke off in it, up to there."""
    # No surrogate is left in it: they are among the characters that XML forbids.
    chunks = (text[at : at + CHUNK].encode("utf-8") for at in range(0, len(text), CHUNK))
    return _read_xml(chunks, tray, lambda feed: is_cut(text, feed.begun))


def _read_xml(
    chunks: Iterator[bytes], tray: _Tray, may_end_early: Callable[[RawFeed], bool]
) -> RawFeed | None:
    try:
        feed = read_xml(chunks, tray.take)
    except (NotForXml, NotPlainError):
        feed = None
    if feed is not None and (feed.is_whole or may_end_early(feed)):
        return feed
    tray.clear()
    return None


def _read_broken(text: str, tray: _Tray) -> RawFeed:
    feed = read_loosely(text, tray.take)
    if feed is None:
        raise UnreadableDocument(NOT_A_FEED, hint=FEED_HINT)
    return feed


_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TEXTS = ("content_html", "content_text", "summary")


def parse_json_feed(body: bytes, *, base_url: str) -> Document:
    """Read a JSON Feed.

    A field of the wrong type is a field that is missing; an item that is no object, or has neither
    address, title nor text, costs a sentence in `Document.problems`.

    Args:
        body: The document as it came.
        base_url: Where it was found in the end, to resolve relative links.

    Raises:
        UnreadableDocument: It is no JSON, breaks off, or is JSON of another kind.
    """
    text = decoded(body).strip("\ufeff \t\r\n")
    try:
        # What a server appends to a whole document does not count.
        feed, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:  # RecursionError: "[" a hundred thousand times
        if isinstance(error, ValueError) and _breaks_off(text):
            raise UnreadableDocument(BROKE_OFF, hint=BROKE_OFF_HINT) from error
        what = "it is neither XML nor readable JSON"
        raise UnreadableDocument(what) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        what = "this is JSON, but not a JSON Feed"
        raise UnreadableDocument(what, hint="check the address")
    feed_people = _authors(feed)
    base_url = _address(feed, "home_page_url", base_url) or base_url
    entries: list[Entry] = []
    problems: list[str] = []
    for number, item in enumerate(items, start=1):
        entry = _read_item(item, base_url, feed_people) if isinstance(item, dict) else None
        if entry is None:
            problems.append(f"Entry {number} could not be read: there is nothing in it")
        else:
            entries.append(entry)
    return Document(one_line(_string(feed, "title")), tuple(entries), tuple(problems))


def _breaks_off(text: str) -> bool:
    """Whether JSON ends within a string, or with more brackets open than closed."""
    rest = _STRINGS.sub("", text)
    return '"' in rest or sum(map(rest.count, "{[")) > sum(map(rest.count, "}]"))


def _read_item(
    item: dict[str, object], base_url: str, feed_people: tuple[Author, ...]
) -> Entry | None:
    url = _address(item, "url", base_url)
    external = _address(item, "external_url", base_url)
    # Plain text by the specification, but "&amp;" is never what a person reads in a title.
    title, summary = one_line(html.unescape(_string(item, "title"))), _summary(item)
    guid = _id(item) or url or external or title or one_line(summary)[:200]
    if not guid:
        return None
    return Entry(
        guid=guid,
        title=title,
        url=url or external,
        authors=_authors(item) or feed_people,
        summary=summary,
        published_at=read_date(_string(item, "date_published")),
        updated_at=read_date(_string(item, "date_modified")),
        links=(external,) if external and url and external != url else (),
        mentions=find_mentions(_string(item, name) for name in _TEXTS),
    )


def _id(item: dict[str, object]) -> str:
    """Read the id; version 1.0 had feeds with numbers there, and 1.1 says to take them as text."""
    value = item.get("id")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value) if abs(value) < 10**15 else ""
    return one_line(value) if isinstance(value, str) else ""


def _summary(item: dict[str, object]) -> str:
    texts = (
        html_to_text(_string(item, "content_html"), enough=SUMMARY_LIMIT + 1),
        plain_text(_string(item, "content_text")),
        plain_text(_string(item, "summary")),
    )
    return cut_text(max(texts, key=len))


def _authors(owner: dict[str, object]) -> tuple[Author, ...]:
    """Read ``authors`` (1.1), else ``author`` (1.0)."""
    listed = owner.get("authors")
    people = listed if isinstance(listed, list) and listed else [owner.get("author")]
    return feed_authors(_string(person, "name") for person in people if isinstance(person, dict))


def _address(item: dict[str, object], name: str, base_url: str) -> str | None:
    text = _string(item, name).strip()
    try:
        return http_url(urljoin(base_url, text)) if text else None
    except ValueError:  # urljoin's "Invalid IPv6 URL"
        return None


def _string(owner: dict[str, object], name: str) -> str:
    value = owner.get(name)
    return value if isinstance(value, str) else ""
