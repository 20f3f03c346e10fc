"""A feed read by each of the two parsers on its own, to compare the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.feeds.entry import feed_context, finish_entry, read_texts, without_shared_links
from papertrack.core.feeds.loose import read_loosely
from papertrack.core.feeds.xml import NotForXml, read_xml
from papertrack.core.text.decode import is_cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.core.feeds.entry import RawEntry, RawFeed, ReadEntry
    from papertrack.core.records import Entry

_FIELDS = ("guid", "url", "links", "title", "published_at", "updated_at", "authors")


def read_both(text: str) -> tuple[list[Entry] | None, list[Entry] | None]:
    """Read a feed with lxml and with feedparser; None from a parser that cannot.

    Args:
        text: From the root element on, as `xml_text` makes it.
    """

    def read_strictly(on_entry: Callable[[RawEntry], None]) -> RawFeed | None:
        try:
            feed = read_xml([text.encode()], on_entry)
        except NotForXml:
            return None
        return feed if feed.is_whole or is_cut(text, feed.started) else None

    return _entries(read_strictly), _entries(lambda on_entry: read_loosely(text, on_entry))


def _entries(read: Callable[[Callable[[RawEntry], None]], RawFeed | None]) -> list[Entry] | None:
    drafts: list[ReadEntry] = []
    feed = read(lambda raw: drafts.append(read_texts(raw)))
    if feed is None:
        return None
    context = feed_context(feed, drafts, "https://example.org/blog/feed.xml")
    packed = [finish_entry(draft, context) for draft in drafts]
    return [one.unpacked() for one in without_shared_links(packed)]


def differences(one: list[Entry], other: list[Entry]) -> set[str]:
    """Name the fields that are not the same in both; ``entries`` if their number is not."""
    if len(one) != len(other):
        return {"entries"}
    return {
        name
        for first, second in zip(one, other, strict=True)
        for name in _FIELDS
        if getattr(first, name) != getattr(second, name)
    }
