"""The way from bytes to entries: one door for every kind of source."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from papertrack.core.parse_arxiv import parse_arxiv
from papertrack.core.parse_feed import ENTRY_LIMIT, parse_feed
from papertrack.core.parse_json_feed import parse_json_feed
from papertrack.core.parse_page import parse_page
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from papertrack.core.records import Document, Entry


def parse_document(kind: str, body: bytes, *, base_url: str, content_type: str | None) -> Document:
    """Read a document of a source.

    Args:
        kind: ``arxiv`` for arXiv's own feeds and its API, ``archive`` for its OAI-PMH archive,
            ``feed`` for RSS, Atom and JSON Feed, ``page`` for a web page as one work.
        body: The document as it came.
        base_url: Where it was found in the end, to resolve relative links.
        content_type: The HTTP header; None if there was none.

    Returns:
        At most 10,000 entries. No two of them share a guid: an entry that repeats another is
        dropped, and where a feed gives one guid to different posts, each gets its own.

    Raises:
        UnreadableDocument: It is not the document that was asked for.
        ValueError: No such kind.
    """
    if kind == "arxiv":
        document = parse_arxiv(body)
        entries = _newest_versions(document.entries)
    elif kind == "archive":
        from papertrack.core.parse_oai import parse_archive  # noqa: PLC0415  # a weekday needs none

        document = parse_archive(body)
        entries = _newest_versions(document.entries)
    elif kind == "feed":
        document = _parse_any_feed(body, base_url=base_url, content_type=content_type)
        entries = _with_own_guids(document.entries)
    elif kind == "page":
        document = parse_page(body, base_url=base_url)
        entries = list(document.entries)
    else:
        what = f"no such kind of document: {kind!r}"
        raise ValueError(what)
    problems = document.problems
    if len(entries) > ENTRY_LIMIT:  # JSON Feed and arXiv; parse_feed has its own reason to stop
        left_out = len(entries) - ENTRY_LIMIT
        problems = (
            *problems,
            f"Only the first {ENTRY_LIMIT:,} entries were read, {left_out:,} not",
        )
    return replace(document, entries=tuple(entries[:ENTRY_LIMIT]), problems=problems)


def _parse_any_feed(body: bytes, *, base_url: str, content_type: str | None) -> Document:
    start = body[:1_000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start and not body.strip():
        what = "an empty document came"
        raise UnreadableDocument(what)
    if start.startswith(b"{"):
        return parse_json_feed(body, base_url=base_url)
    return parse_feed(body, base_url=base_url, content_type=content_type)


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


def _with_own_guids(entries: tuple[Entry, ...]) -> list[Entry]:
    """Drop repeats, and tell apart different posts that share a guid.

    All of them get a new guid, the first too, so that none depends on which others the feed still
    holds next week; their addresses join them to what was seen under the old one.
    """
    different: dict[str, dict[tuple[str, str | None], Entry]] = {}
    for entry in entries:
        different.setdefault(entry.guid, {}).setdefault((entry.title, entry.url), entry)
    kept: list[Entry] = []
    for guid, posts in different.items():
        if len(posts) == 1:
            kept.extend(posts.values())
            continue
        for (title, url), entry in posts.items():
            mark = blake2b(f"{title}\n{url}".encode(), digest_size=8).hexdigest()
            kept.append(replace(entry, guid=f"{guid} {mark}"))
    return kept
