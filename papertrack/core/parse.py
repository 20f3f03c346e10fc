"""The way from bytes to entries: one door for every kind of source.

A reader is loaded when a document needs it: a run rarely needs them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from papertrack.core.feeds.entry import ENTRY_LIMIT
from papertrack.core.records import Document, Entry
from papertrack.core.text.html_text import SUMMARY_LIMIT, cut_text
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.core.feeds.entry import Packed
    from papertrack.core.records import ArxivFacts

# Several times what real ones have: the longest title of 74,728 papers has 246 characters; papers
# of large experiments name 3,000 authors and more.
_TITLE, _NAME, _ADDRESS = 1_000, 2_000, 8_000
_AUTHORS, _LINKS, _CATEGORIES = 6_000, 20, 100


def bounded(entry: Entry) -> Entry:
    """Cut what is longer than anybody needs; nearly every entry stays as it is."""
    is_modest = (
        len(entry.title) <= _TITLE
        and len(entry.guid) <= _NAME
        and len(entry.url or "") <= _ADDRESS
        and len(entry.summary) <= SUMMARY_LIMIT
        and len(entry.authors) <= _AUTHORS
        and len(entry.links) <= _LINKS
        and (entry.arxiv is None or len(entry.arxiv.categories) <= _CATEGORIES)
    )
    if is_modest:
        return entry
    return replace(
        entry,
        title=cut_text(entry.title, _TITLE),
        guid=entry.guid if len(entry.guid) <= _NAME else _hashed(entry.guid),
        url=entry.url if entry.url and len(entry.url) <= _ADDRESS else None,
        summary=cut_text(entry.summary),
        authors=entry.authors[:_AUTHORS],
        links=tuple(link for link in entry.links[:_LINKS] if len(link) <= _ADDRESS),
        arxiv=_bounded_facts(entry.arxiv) if entry.arxiv else None,
    )


def _bounded_facts(facts: ArxivFacts) -> ArxivFacts:
    return replace(facts, categories=facts.categories[:_CATEGORIES])


def _hashed(guid: str) -> str:
    return f"hash:{blake2b(guid.encode(), digest_size=16).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A document whose entries are taken one by one, so that two copies need not fit in memory.

    Attributes:
        document: Without entries.
        entries: At most 10,000; no two of them share a guid. They can be taken once.
    """

    document: Document
    entries: Iterator[Entry]


def open_document(kind: str, body: bytes, *, base_url: str, content_type: str | None) -> Opened:
    """Read a document of a source; its entries are taken one by one.

    Args:
        kind: ``arxiv`` for arXiv's own feeds and its API, ``archive`` for its OAI-PMH archive,
            ``feed`` for RSS, Atom and JSON Feed, ``page`` for a web page as one work,
            ``datacite`` and ``crossref`` for what they say of a DOI.
        body: The document as it came.
        base_url: Where it was found in the end, to resolve relative links.
        content_type: The HTTP header; None if there was none.

    Returns:
        An entry that repeats another is dropped, and where a feed gives one guid to different
        posts, each gets its own.

    Raises:
        UnreadableDocument: It is not the document that was asked for.
        ValueError: No such kind.
    """
    if kind == "feed":
        return _open_any_feed(body, base_url=base_url, content_type=content_type)
    if kind == "arxiv":
        from papertrack.core.arxiv.parse import parse_arxiv  # noqa: PLC0415  # see above

        document = parse_arxiv(body)
    elif kind == "archive":
        from papertrack.core.arxiv.archive import parse_archive  # noqa: PLC0415  # see above

        document = parse_archive(body)
    elif kind == "page":
        from papertrack.core.pages.parse import parse_page  # noqa: PLC0415  # see above

        document = parse_page(body, base_url=base_url)
    elif kind in {"datacite", "crossref"}:
        from papertrack.core.pages import registry as parse_registry  # noqa: PLC0415  # see above

        read = {
            "datacite": parse_registry.parse_datacite,
            "crossref": parse_registry.parse_crossref,
        }
        document = read[kind](body)
    else:
        what = f"no such kind of document: {kind!r}"
        raise ValueError(what)
    return _limited(document, _newest_versions(document.entries))


def open_feed_stream(
    chunks: Iterator[bytes], *, base_url: str, content_type: str | None
) -> Opened | None:
    """Read a feed of kind ``feed`` without holding all of it; None when that cannot be done."""
    from papertrack.core.feeds.parse import open_stream  # noqa: PLC0415  # see above

    feed = open_stream(chunks, base_url=base_url, content_type=content_type)
    return None if feed is None else Opened(feed.document, _unpacked(feed.entries))


def _open_any_feed(body: bytes, *, base_url: str, content_type: str | None) -> Opened:
    start = body[:1_000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start and not body.strip():
        what = "the document is empty"
        raise UnreadableDocument(what)
    if start.startswith(b"{"):
        from papertrack.core.feeds.parse import parse_json_feed  # noqa: PLC0415  # see above

        document = parse_json_feed(body, base_url=base_url)
        items = document.entries
        return _limited(document, [replace(items[at], guid=guid) for at, guid in _own_guids(items)])
    from papertrack.core.feeds.parse import open_feed  # noqa: PLC0415  # see above

    feed = open_feed(body, base_url=base_url, content_type=content_type)
    return Opened(feed.document, _unpacked(feed.entries))


def _limited(document: Document, entries: list[Entry]) -> Opened:
    """Leave out what is beyond the limit; feeds in XML have stopped there by themselves."""
    problems = document.problems
    if len(entries) > ENTRY_LIMIT:
        left_out = len(entries) - ENTRY_LIMIT
        problems = (
            *problems,
            f"Only the first {ENTRY_LIMIT:,} entries were read, {left_out:,} not",
        )
    document = replace(document, entries=(), problems=problems)
    return Opened(document, map(bounded, entries[:ENTRY_LIMIT]))


def _unpacked(entries: list[Packed]) -> Iterator[Entry]:
    """Unpack one entry after the other; none is kept."""
    waiting = [(guid, entries[at]) for at, guid in _own_guids([one.entry for one in entries])]
    entries.clear()
    waiting.reverse()
    while waiting:
        guid, packed = waiting.pop()
        entry = packed.unpacked()
        yield bounded(entry if guid == entry.guid else replace(entry, guid=guid))


def _newest_versions(entries: tuple[Entry, ...]) -> list[Entry]:
    """Keep each paper once: a page may list it as new and as replaced."""
    newest: dict[str, Entry] = {}
    for entry in entries:
        known = newest.get(entry.guid)
        if known is None or _version(entry) > _version(known):
            newest[entry.guid] = entry
    return list(newest.values())


def _version(entry: Entry) -> int:
    return (entry.arxiv.id.version if entry.arxiv else None) or 0


def _own_guids(entries: Sequence[Entry]) -> list[tuple[int, str]]:
    """Drop repeats, and tell apart different posts that share a guid.

    All of them get a new guid, the first too, so that none depends on which others the feed still
    holds next week; their addresses join them to what was seen under the old one.

    Returns:
        The places of those to keep, and their guids.
    """
    different: dict[str, dict[tuple[str, str | None], int]] = {}
    for at, entry in enumerate(entries):
        different.setdefault(entry.guid, {}).setdefault((entry.title, entry.url), at)
    kept: list[tuple[int, str]] = []
    for guid, posts in different.items():
        if len(posts) == 1:
            kept.extend((at, guid) for at in posts.values())
            continue
        for (title, url), at in posts.items():
            mark = blake2b(f"{title}\n{url}".encode(), digest_size=8).hexdigest()
            kept.append((at, f"{guid} {mark}"))
    return kept
