"""Make the entries of a document ready for the decision: named and hashed."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from papertrack.core.identifier import Identifier
from papertrack.core.records import Entry
from papertrack.core.works.identity import canonical_url, guid_identifier, identify_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

# A content hash is the hash of the words, then that of the address.
WORDS_BYTES, _ADDRESS_BYTES = 11, 6
# The first byte says how it was made, for the day when entries are read or hashed differently.
_HASH_VERSION = b"\x01"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An entry, the names of its work (most trusted first), and the hash of what it says."""

    entry: Entry
    names: tuple[Identifier, ...]
    digest: bytes


def prepare(entries: Sequence[Entry], source: str) -> list[Incoming]:
    """Name and hash the entries of one document.

    Args:
        entries: The document, in its order.
        source: The slug of the source.
    """
    return [
        Incoming(entry, names, content_hash(entry))
        for entry, names in zip(entries, identify_all(entries, source), strict=True)
    ]


def content_hash(entry: Entry) -> bytes:
    """Hash what an entry says, leaving out what feeds change without saying anything new.

    Dates, announcement types, tracking parameters and guids are no part of it. The first part of
    the hash is about the words alone, so that an entry that moved can be told from another one.
    """
    said = (
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
    words = _HASH_VERSION + _hash(said, WORDS_BYTES - 1)
    return words + _hash(_address(entry), _ADDRESS_BYTES)


def _address(entry: Entry) -> str | None:
    if entry.arxiv is not None and entry.url == entry.arxiv.id.url:
        return entry.url.removeprefix("https://")  # canonical already; saves half of the work
    return canonical_url(entry.url) if entry.url else None


def _hash(said: object, size: int) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(said), digest_size=size).digest()


def identify_all(entries: Sequence[Entry], source: str) -> list[tuple[Identifier, ...]]:
    """Name the work behind each entry of one document.

    An address that several entries of one document share (a changelog with anchors, a feed that
    links its front page) names none of them; each is then known by its guid. A guid that they
    share as well is told apart by the title.
    """
    names = [identify_entry(entry, source) for entry in entries]
    # An entry that stands there twice shares nothing with itself.
    told_apart = {
        (name, entry.guid, entry.title): None
        for entry, mine in zip(entries, names, strict=True)
        for name in mine
    }
    sharing = Counter(name for name, _, _ in told_apart if name.scheme == "url")
    titles = Counter(guid for guid, _ in {(entry.guid, entry.title) for entry in entries})
    distinct: list[tuple[Identifier, ...]] = []
    for entry, mine in zip(entries, names, strict=True):
        own = tuple(name for name in mine if name.scheme != "guid" and sharing[name] <= 1)
        by_guid = guid_identifier(entry, source)
        if titles[entry.guid] > 1:
            by_guid = Identifier("guid", f"{by_guid.value} {_hash(entry.title, 8).hex()}")
        distinct.append(own or (by_guid,))
    return distinct
