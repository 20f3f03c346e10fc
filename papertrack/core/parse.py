"""Parse the documents of all kinds of sources into entries.

Parsers are imported on use, because a run rarely needs them all.
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

# Several times the real maximum: the longest title of 74,728 papers has 246 characters, and papers
# of large experiments have 3,000 authors or more.
_TITLE, _NAME, _ADDRESS = 1_000, 2_000, 8_000
_AUTHORS, _LINKS, _CATEGORIES = 6_000, 20, 100


def bounded(entry: Entry) -> Entry:
    """Cut fields that are far longer than real ones; nearly every entry stays as it is."""
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
    """A document with an iterator of entries, so that memory need not hold them twice.

    Attributes:
        document: The document without entries.
        entries: At most 10,000, each with a guid of its own. They can be read once.
    """

    document: Document
    entries: Iterator[Entry]


def open_document(kind: str, body: bytes, *, base_url: str, content_type: str | None) -> Opened:
    """Parse a document of a source.

    Args:
        kind: ``arxiv`` for arXiv's own feeds and its API, ``archive`` for its OAI-PMH archive,
            ``feed`` for RSS, Atom and JSON Feed, ``page`` for a web page as one work, ``pdf`` for
            the metadata of a PDF, ``oembed`` for a site's description of a work, ``datacite``,
            ``crossref`` and ``biorxiv`` for the record of a DOI.
        body: The document as downloaded.
        base_url: Its address after redirects, to resolve relative links.
        content_type: The HTTP header; None if there was none.

    Returns:
        The document without repeated entries; different posts that share a guid each get one of
        their own.

    Raises:
        UnreadableDocument: It is not a document of this kind.
        ValueError: There is no such kind.
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
    elif kind == "pdf":
        from papertrack.core.pages.pdf import parse_pdf  # noqa: PLC0415  # see above

        document = parse_pdf(body, base_url=base_url)
    elif kind == "oembed":
        from papertrack.core.pages.oembed import parse_oembed  # noqa: PLC0415  # see above

        document = parse_oembed(body, base_url=base_url)
    elif kind in {"datacite", "crossref", "biorxiv"}:
        from papertrack.core.pages import registry as parse_registry  # noqa: PLC0415  # see above

        read = {
            "datacite": parse_registry.parse_datacite,
            "crossref": parse_registry.parse_crossref,
            "biorxiv": parse_registry.parse_biorxiv,
        }
        document = read[kind](body)
    else:
        what = f"no such kind of document: {kind!r}"
        raise ValueError(what)
    entries = _newest_versions(document.entries)
    return _limited(replace(document, repeats=len(document.entries) - len(entries)), entries)


def open_feed_stream(
    chunks: Iterator[bytes], *, base_url: str, content_type: str | None
) -> Opened | None:
    """Parse a document of kind ``feed`` as a stream; None if it has to be parsed as a whole."""
    from papertrack.core.feeds.parse import open_stream  # noqa: PLC0415  # see above

    feed = open_stream(chunks, base_url=base_url, content_type=content_type)
    return None if feed is None else _unpacked(feed.document, feed.entries)


def _open_any_feed(body: bytes, *, base_url: str, content_type: str | None) -> Opened:
    start = body[:1_000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start and not body.strip():
        what = "the document is empty"
        raise UnreadableDocument(what)
    if start.startswith(b"{"):
        from papertrack.core.feeds.parse import parse_json_feed  # noqa: PLC0415  # see above

        document = parse_json_feed(body, base_url=base_url)
        items = document.entries
        own = [replace(items[at], guid=guid) for at, guid in _own_guids(items)]
        return _limited(replace(document, repeats=len(items) - len(own)), own)
    from papertrack.core.feeds.parse import open_feed  # noqa: PLC0415  # see above

    feed = open_feed(body, base_url=base_url, content_type=content_type)
    return _unpacked(feed.document, feed.entries)


def _limited(document: Document, entries: list[Entry]) -> Opened:
    """Drop entries beyond the limit; the parser of XML feeds applies it itself."""
    problems = document.problems
    if len(entries) > ENTRY_LIMIT:
        left_out = len(entries) - ENTRY_LIMIT
        problems = (
            *problems,
            f"Only the first {ENTRY_LIMIT:,} entries were read; {left_out:,} were skipped",
        )
    document = replace(document, entries=(), problems=problems)
    return Opened(document, map(bounded, entries[:ENTRY_LIMIT]))


def _unpacked(document: Document, entries: list[Packed]) -> Opened:
    waiting = [(guid, entries[at]) for at, guid in _own_guids([one.entry for one in entries])]
    document = replace(document, repeats=len(entries) - len(waiting))
    entries.clear()
    waiting.reverse()
    return Opened(document, _unpack(waiting))


def _unpack(waiting: list[tuple[str, Packed]]) -> Iterator[Entry]:
    """Unpack one entry after the other; none is kept."""
    while waiting:
        guid, packed = waiting.pop()
        entry = packed.unpacked()
        yield bounded(entry if guid == entry.guid else replace(entry, guid=guid))


def _newest_versions(entries: tuple[Entry, ...]) -> list[Entry]:
    """Keep the newest version of each paper; a page may list it as new and as replaced."""
    newest: dict[str, Entry] = {}
    for entry in entries:
        known = newest.get(entry.guid)
        if known is None or _version(entry) > _version(known):
            newest[entry.guid] = entry
    return list(newest.values())


def _version(entry: Entry) -> int:
    return (entry.arxiv.id.version if entry.arxiv else None) or 0


def _own_guids(entries: Sequence[Entry]) -> list[tuple[int, str]]:
    """Drop repeated entries, and give new guids to different posts that share one.

    Even the first of them gets a new guid, so that its guid does not depend on which others are
    still in the feed next week; its address links it to what was stored under the old one.

    Returns:
        The indexes of the entries to keep, and their guids.
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
