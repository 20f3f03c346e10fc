"""Work out what storing an entry needs: identifiers, a content hash, columns and story keys.

All of it follows from the entry alone, so for a fetch the parsing process does it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from papertrack.core.identifier import Identifier
from papertrack.core.records import Columns, Entry, Prepared
from papertrack.core.times import utc_text
from papertrack.core.works.identity import (
    canonical_url,
    doi_names,
    guid_identifier,
    identify_entry,
    read_doi,
    without_tracking,
)
from papertrack.core.works.same_story import story_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from papertrack.core.records import Author

# A content hash is the hash of the words followed by the hash of the address.
WORDS_BYTES, _ADDRESS_BYTES = 11, 6
# The first byte is a version number, in case entries are ever hashed differently.
_HASH_VERSION = b"\x01"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An entry with the identifiers of its work, most trusted first, and what follows from it."""

    entry: Entry
    names: tuple[Identifier, ...]
    prepared: Prepared

    @property
    def digest(self) -> bytes:
        """The content hash of the entry."""
        return self.prepared.digest


def prepare_entry(entry: Entry) -> Prepared:
    """Work out what follows from an entry."""
    return Prepared(
        # Without a source, a guid names nothing; `_distinguish` gives it its own.
        names=identify_entry(entry, ""),
        digest=content_hash(entry),
        columns=columns_of(entry),
        story=story_keys(entry.title, entry.summary),
    )


def prepare(
    entries: Sequence[Entry], source: str, known: Mapping[str, Prepared] | None = None
) -> list[Incoming]:
    """Identify the entries of one document.

    Args:
        entries: The document, in its order.
        source: The slug of the source.
        known: What was prepared already, by guid; the rest is prepared here.
    """
    known = known or {}
    prepared = [known.get(entry.guid) or prepare_entry(entry) for entry in entries]
    names = _distinguish(entries, [one.names for one in prepared], source)
    return list(map(Incoming, entries, names, prepared))


def content_hash(entry: Entry) -> bytes:
    """Hash the content of an entry, without what feeds change while the content stays.

    Dates, announcement types, tracking parameters and guids are left out. The first part of the
    hash covers the words alone, so that an entry with another address is still recognised.
    """
    content = (
        entry.title,
        entry.summary,
        [author.name for author in entry.authors],
        entry.doi,
        entry.arxiv
        and (
            entry.arxiv.id.version,
            entry.arxiv.primary,
            sorted(entry.arxiv.categories),
            entry.arxiv.comment,
            entry.arxiv.journal_ref,
            entry.arxiv.doi,
            entry.arxiv.licence,
            entry.arxiv.withdrawn,
        ),
    )
    words = _HASH_VERSION + _hash(content, WORDS_BYTES - 1)
    return words + _hash(_address(entry), _ADDRESS_BYTES)


def _address(entry: Entry) -> str | None:
    if entry.arxiv is not None and entry.url == entry.arxiv.id.url:
        return entry.url.removeprefix("https://")  # canonical already; saves half of the work
    return canonical_url(entry.url) if entry.url else None


def _hash(content: object, size: int) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(content), digest_size=size).digest()


def authors_json(authors: Iterable[Author]) -> str:
    """Encode authors for their column; unknown parts of names are left out."""
    return _json([_author(one) for one in authors])


def _author(author: Author) -> dict[str, str]:
    parts = {"name": author.name, "given": author.given, "family": author.family}
    return {part: text for part, text in parts.items() if text is not None}


def columns_of(entry: Entry) -> Columns:
    """Return the facts of an entry by column."""
    arxiv = entry.arxiv
    # arXiv's feed dates a paper by its announcement, everybody else by its publication.
    is_announced = arxiv is not None and arxiv.announce_type is not None
    # GitHub and its like only give the date of the last change (RFC 4287, section 4.1.2: published
    # is optional). The first one seen stands in for it, because a stored date stays.
    moment = entry.published_at or (entry.updated_at if arxiv is None else None)
    dated = utc_text(moment) if moment else None
    return Columns(
        authors=authors_json(entry.authors),
        url=without_tracking(entry.url) if entry.url else None,
        announced_at=dated if is_announced else None,
        published_at=None if is_announced else dated,
        updated_at=utc_text(entry.updated_at) if entry.updated_at else None,
        arxiv_version=(arxiv.id.version or 1) if arxiv else None,
        primary_category=arxiv.primary if arxiv else None,
        categories=_json(arxiv.categories if arxiv else ()),
        comment=arxiv.comment if arxiv else None,
        journal_ref=arxiv.journal_ref if arxiv else None,
        doi=(arxiv.doi if arxiv else None) or entry.doi,
        licence=arxiv.licence if arxiv else None,
        withdrawn=int(arxiv.withdrawn) if arxiv else 0,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()  # a tenth of the time that json takes


def _distinguish(
    entries: Sequence[Entry], names: Sequence[tuple[Identifier, ...]], source: str
) -> list[tuple[Identifier, ...]]:
    """Remove the identifiers that several entries of a document share.

    An address that several entries share (a changelog with anchors, a feed that links its front
    page) identifies none of them: their guids do. If they share a guid as well, it is combined
    with the title.
    """
    # An entry that is listed twice does not share its address with another.
    distinct_uses = {
        (name, entry.guid, entry.title): None
        for entry, mine in zip(entries, names, strict=True)
        for name in mine
        if _follows_from_page(name, mine, entry)
    }
    sharing = Counter(name for name, _, _ in distinct_uses)
    titles = Counter(guid for guid, _ in {(entry.guid, entry.title) for entry in entries})
    distinct: list[tuple[Identifier, ...]] = []
    for entry, mine in zip(entries, names, strict=True):
        own = tuple(
            name
            for name in mine
            if name.scheme != "guid"
            and (sharing[name] <= 1 or not _follows_from_page(name, mine, entry))
        )
        by_guid = guid_identifier(entry, source)
        if titles[entry.guid] > 1:
            by_guid = Identifier("guid", f"{by_guid.value} {_hash(entry.title, 8).hex()}")
        distinct.append(own or (by_guid,))
    return distinct


def _follows_from_page(name: Identifier, names: Sequence[Identifier], entry: Entry) -> bool:
    """Return whether an identifier is a page, or a DOI that is only known from its address."""
    if name.scheme != "doi":
        return name.scheme == "url"
    stated = (entry.doi, entry.arxiv.doi if entry.arxiv else None)
    return any(other.scheme == "url" for other in names) and not any(
        name in doi_names(doi) for doi in map(read_doi, filter(None, stated)) if doi
    )
