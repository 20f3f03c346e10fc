"""RSS 0.9x, 1.0 and 2.0 and Atom, as plain records.

Two readers hand over the same raw words, and one set of rules makes entries of them: lxml reads
what is well-formed, feedparser everything else, ten to thirty times slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.decode import FEED_HINT, NOT_A_FEED, plain_start, xml_text
from papertrack.core.feed_entry import (
    Draft,
    complete,
    frame_of,
    read_texts,
    read_title,
    rest_s,
    without_shared_links,
)
from papertrack.core.feed_loose import is_cut, read_loosely
from papertrack.core.feed_page import is_page, refusal
from papertrack.core.feed_raw import ENTRY_LIMIT, RawEntry, RawFeed
from papertrack.core.feed_xml import NotForXml, read_xml
from papertrack.core.records import Document, Entry
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 65_536


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
    tray = _Tray()
    feed = _read_well_formed(body, content_type, tray)
    if feed is None:
        text = xml_text(body, content_type=content_type)
        if is_page(text):
            raise refusal(text, base_url)
        feed = _read_mended(text, tray) or _read_broken(text, tray)
    entries = list(without_shared_links(tray.complete(feed, base_url)))
    problems = [sentence for _, sentence in sorted(tray.problems)]
    if feed.count > ENTRY_LIMIT:
        left_out = feed.count - ENTRY_LIMIT
        problems.append(f"Only the first {ENTRY_LIMIT:,} entries were read, {left_out:,} not")
    if feed.breaks_off:
        problems.append("The document breaks off; its last entry was left out")
    return Document(read_title(feed.title), tuple(entries), tuple(problems), rest_s=rest_s(feed))


class _Tray:
    """Where entries are laid as they are read, and what was wrong with those that could not be.

    One bad entry costs one entry, whatever it makes of our rules.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []
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

    def complete(self, feed: RawFeed, base_url: str) -> list[Entry]:
        """Read the rest, when all entries are there."""
        frame = frame_of(feed, list(self._drafts.values()), base_url)
        entries: list[Entry] = []
        for number, draft in self._drafts.items():
            try:
                entries.append(complete(draft, frame))
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001
                self._note(number, error)
        return entries

    def clear(self) -> None:
        """Forget what was read in a way that was not the right one."""
        self.problems.clear()
        self._drafts.clear()
        self._count = 0

    def _note(self, number: int, error: Exception) -> None:
        sentence = f"Entry {number} could not be read ({type(error).__name__})"
        self.problems.append((number, sentence))


def _read_well_formed(body: bytes, content_type: str | None, tray: _Tray) -> RawFeed | None:
    """Read the bytes as they are; None if they need mending first."""
    start = plain_start(body, content_type=content_type)
    if start is None:
        return None
    chunks = (body[at : at + _CHUNK] for at in range(start, len(body), _CHUNK))
    return _read_xml(chunks, tray, lambda _: False)


def _read_mended(text: str, tray: _Tray) -> RawFeed | None:
    """Read the text as XML; also when a download broke off in it, up to there."""
    # No surrogate is left in it: they are among the characters that XML forbids.
    chunks = (text[at : at + _CHUNK].encode("utf-8") for at in range(0, len(text), _CHUNK))
    return _read_xml(chunks, tray, lambda feed: is_cut(text, feed.begun))


def _read_xml(
    chunks: Iterator[bytes], tray: _Tray, may_end_early: Callable[[RawFeed], bool]
) -> RawFeed | None:
    try:
        feed = read_xml(chunks, tray.take)
    except NotForXml:
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
