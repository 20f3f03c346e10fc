"""RSS 0.9x, 1.0 and 2.0 and Atom, as plain records.

Two readers hand over the same raw words, and one set of rules makes entries of them: lxml reads
what is well-formed, feedparser everything else, ten to thirty times slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.feeds.entry import (
    Draft,
    Packed,
    complete,
    frame_of,
    read_texts,
    read_title,
    rest_s,
    without_shared_links,
)
from papertrack.core.feeds.loose import read_loosely
from papertrack.core.feeds.outline import is_cut
from papertrack.core.feeds.page import is_page, refusal
from papertrack.core.feeds.raw import ENTRY_LIMIT, RawEntry, RawFeed
from papertrack.core.feeds.xml import NotForXml, read_xml
from papertrack.core.records import Document
from papertrack.core.text.decode import FEED_HINT, NOT_A_FEED, NotPlainError, plain_chunks, xml_text
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
        self._drafts: dict[int, Draft] = {}
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
            Document(title, (), tuple(problems), is_whole=feed.is_whole, rest_s=rest_s(feed)),
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
