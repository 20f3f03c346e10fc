"""Parse RSS, Atom and JSON Feed into plain records; refuse web pages.

lxml parses well-formed feeds, feedparser all others, ten to thirty times slower. Both return the
same raw records, and one set of rules turns these into entries.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from papertrack.core.feeds.entry import (
    ENTRY_LIMIT,
    Packed,
    RawEntry,
    RawFeed,
    ReadEntry,
    feed_context,
    find_mentions,
    finish_entry,
    read_texts,
    read_title,
    rest_s,
    without_shared_links,
)
from papertrack.core.feeds.xml import NotForXml, read_xml
from papertrack.core.records import Document, Entry
from papertrack.core.text.bylines import feed_authors
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
from papertrack.core.text.written_dates import read_date
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from papertrack.core.records import Author

_PAGE = re.compile(r"<(?:html|head|body|div|p|script)\b", re.IGNORECASE)


def is_page(text: str) -> bool:
    """Return whether a document, from its first element on, is a web page."""
    return bool(_PAGE.match(text))


def refusal(text: str, base_url: str) -> UnreadableDocument:
    """Describe the web page that a server sent instead of a feed.

    Args:
        text: The page, from its first element on.
        base_url: Its final address, to resolve its links.
    """
    from papertrack.core.answers import diagnose_page  # noqa: PLC0415  # 10 ms of each process

    found = diagnose_page(text, base_url)
    return UnreadableDocument(found.what, hint=found.hint, kind=found.kind)


_LARGE_BYTES = 1024**2  # of a document whose entries are packed
CHUNK = 65_536  # characters or bytes parsed at a time


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """A parsed feed: its metadata, and its packed entries."""

    document: Document
    entries: list[Packed]


def open_feed(body: bytes, *, base_url: str, content_type: str | None) -> OpenFeed:
    """Read an RSS or Atom document.

    Dates in the future are kept. `Entry.published_at` is the date of publication, or ``dc:date``
    where RSS has nothing else; it is never Atom's ``updated``.

    Args:
        body: The document as downloaded, in any encoding.
        base_url: Its final address, to resolve relative links.
        content_type: The HTTP header, for its charset; None if there was none.

    Returns:
        The entries in the order of the feed. An entry that cannot be read is left out and noted in
        `Document.problems`.

    Raises:
        UnreadableDocument: It is not a feed, or too broken to read.
    """
    packs = len(body) > _LARGE_BYTES
    chunks = (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))
    opened = _open_chunks(chunks, base_url=base_url, content_type=content_type, packs=packs)
    if opened is not None:
        return opened
    text = xml_text(body, content_type=content_type)
    if is_page(text):
        raise refusal(text, base_url)
    collector = _EntryCollector(packs=packs)
    feed = _read_mended(text, collector) or _read_broken(text, collector)
    return collector.finish(feed, base_url)


def open_stream(
    chunks: Iterator[bytes], *, base_url: str, content_type: str | None
) -> OpenFeed | None:
    """Read a well-formed feed as `open_feed` does, without holding all of it in memory.

    Args:
        chunks: The document, in pieces of at least 5 kB except the last.
        base_url: As for `open_feed`.
        content_type: As for `open_feed`.

    Returns:
        None if anything needs repair; `open_feed` then needs the whole document.
    """
    return _open_chunks(chunks, base_url=base_url, content_type=content_type, packs=True)


def _open_chunks(
    chunks: Iterator[bytes], *, base_url: str, content_type: str | None, packs: bool
) -> OpenFeed | None:
    collector = _EntryCollector(packs=packs)
    feed = _read_xml(plain_chunks(chunks, content_type=content_type), collector, lambda _: False)
    return collector.finish(feed, base_url) if feed is not None else None


class _EntryCollector:
    """Collects entries and the problems of those that could not be read.

    An entry that raises anything is left out; the others are kept.

    Args:
        packs: Whether to keep summaries in little memory until all entries are read.
    """

    def __init__(self, *, packs: bool) -> None:
        self._packs = packs
        self._problems: list[tuple[int, str]] = []
        self._drafts: dict[int, ReadEntry] = {}
        self._count = 0

    def add(self, raw: RawEntry) -> None:
        """Read the texts of an entry right away, so that its markup need not be kept."""
        self._count += 1
        try:
            self._drafts[self._count] = read_texts(raw, packs=self._packs)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001
            self._note(self._count, error)

    def finish(self, feed: RawFeed, base_url: str) -> OpenFeed:
        """Complete the entries, once all have been collected."""
        entries = list(without_shared_links(self._complete(feed, base_url)))
        problems = [sentence for _, sentence in sorted(self._problems)]
        if feed.count > ENTRY_LIMIT:
            left_out = feed.count - ENTRY_LIMIT
            problems.append(
                f"Only the first {ENTRY_LIMIT:,} entries were read; {left_out:,} were skipped"
            )
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
        context = feed_context(feed, self._drafts.values(), base_url)
        entries: list[Packed] = []
        for number in list(self._drafts):
            try:
                entries.append(finish_entry(self._drafts.pop(number), context))
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001
                self._note(number, error)
        return entries

    def clear(self) -> None:
        """Discard everything, before the feed is parsed in another way."""
        self._problems.clear()
        self._drafts.clear()
        self._count = 0

    def _note(self, number: int, error: Exception) -> None:
        sentence = f"Entry {number} could not be read ({type(error).__name__})"
        self._problems.append((number, sentence))


def _read_mended(text: str, collector: _EntryCollector) -> RawFeed | None:
    """Read the text as XML, up to its end if the download broke off."""
    # `xml_text` removed surrogates, with the other characters that XML forbids.
    chunks = (text[at : at + CHUNK].encode("utf-8") for at in range(0, len(text), CHUNK))
    return _read_xml(chunks, collector, lambda feed: is_cut(text, feed.started))


def _read_xml(
    chunks: Iterator[bytes], collector: _EntryCollector, may_end_early: Callable[[RawFeed], bool]
) -> RawFeed | None:
    try:
        feed = read_xml(chunks, collector.add)
    except (NotForXml, NotPlainError):
        feed = None
    if feed is not None and (feed.is_whole or may_end_early(feed)):
        return feed
    collector.clear()
    return None


def _read_broken(text: str, collector: _EntryCollector) -> RawFeed:
    from papertrack.core.feeds.loose import read_loosely  # noqa: PLC0415  # 10 ms of each process

    feed = read_loosely(text, collector.add)
    if feed is None:
        from papertrack.core.answers import FEED_HINT, NOT_A_FEED  # noqa: PLC0415  # as above

        raise UnreadableDocument(NOT_A_FEED, hint=FEED_HINT)
    return feed


_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_FILES = 20  # attachments of an item that may give it a title
_TEXTS = ("content_html", "content_text", "summary")


def parse_json_feed(body: bytes, *, base_url: str) -> Document:
    """Read a JSON Feed.

    A field of the wrong type counts as missing. An item that is not an object, or has neither
    address, title nor text, is left out and noted in `Document.problems`.

    Args:
        body: The document as downloaded.
        base_url: Its final address, to resolve relative links.

    Raises:
        UnreadableDocument: It is not JSON, breaks off, or is JSON of another kind.
    """
    text = decoded(body).strip("\ufeff \t\r\n")
    try:
        # Ignore what a server appends to a complete document.
        feed, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:  # RecursionError: 100,000 nested "["
        if isinstance(error, ValueError) and _breaks_off(text):
            raise UnreadableDocument(BROKE_OFF, hint=BROKE_OFF_HINT) from error
        what = "it is neither XML nor readable JSON"
        raise UnreadableDocument(what) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        what = "this is JSON, but not a JSON Feed"
        raise UnreadableDocument(what, hint="check the address")
    default_authors = _authors(feed)
    base_url = _address(feed, "home_page_url", base_url) or base_url
    entries: list[Entry] = []
    problems: list[str] = []
    for number, item in enumerate(items, start=1):
        entry = _read_item(item, base_url, default_authors) if isinstance(item, dict) else None
        if entry is None:
            problems.append(f"Entry {number} could not be read: there is nothing in it")
        else:
            entries.append(entry)
    return Document(one_line(_string(feed, "title")), tuple(entries), tuple(problems))


def _breaks_off(text: str) -> bool:
    """Return whether JSON ends within a string, or with more brackets open than closed."""
    rest = _STRINGS.sub("", text)
    return '"' in rest or sum(map(rest.count, "{[")) > sum(map(rest.count, "}]"))


def _read_item(
    item: dict[str, object], base_url: str, default_authors: tuple[Author, ...]
) -> Entry | None:
    url = _address(item, "url", base_url)
    external = _address(item, "external_url", base_url)
    # The specification wants plain text, but many feeds escape it, and no title means "&amp;".
    title, summary = one_line(html.unescape(_string(item, "title"))), _summary(item)
    guid = _id(item) or url or external or title or one_line(summary)[:200]
    if not guid:
        return None
    return Entry(
        guid=guid,
        title=title,
        url=url or external,
        authors=_authors(item) or default_authors,
        summary=summary,
        published_at=read_date(_string(item, "date_published")),
        updated_at=read_date(_string(item, "date_modified")),
        links=(external,) if external and url and external != url else (),
        mentions=find_mentions(_string(item, name) for name in _TEXTS),
    )


def _id(item: dict[str, object]) -> str:
    """Read the id; some 1.0 feeds have numbers, which 1.1 says to convert to text."""
    value = item.get("id")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value) if abs(value) < 10**15 else ""
    return one_line(value) if isinstance(value, str) else ""


def _summary(item: dict[str, object]) -> str:
    texts = (
        html_to_text(_string(item, "content_html"), stop_after=SUMMARY_LIMIT + 1),
        plain_text(_string(item, "content_text")),
        plain_text(_string(item, "summary")),
    )
    text = max(texts, key=len)
    if not text and not _string(item, "title"):
        text = " ".join(_file_titles(item))  # a post of nothing but pictures or recordings
    return cut_text(text)


def _file_titles(item: dict[str, object]) -> Iterator[str]:
    files = item.get("attachments")
    for file in files[:_FILES] if isinstance(files, list) else ():
        if isinstance(file, dict) and (title := one_line(_string(file, "title"))):
            yield title


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
