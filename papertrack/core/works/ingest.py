"""Decide what a document changes: known items and incoming entries in, a list of changes out.

Nothing here touches the database. Feeding the same entries twice gives no change the second time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec

from papertrack.core.identifier import Identifier
from papertrack.core.records import Entry, Submission
from papertrack.core.works.identity import (
    canonical_url,
    doi_names,
    guid_identifier,
    identify_entry,
    is_same_name,
    is_same_path,
    read_doi,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
        if _follows_from_page(name, mine, entry)
    }
    sharing = Counter(name for name, _, _ in told_apart)
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
    """Tell whether a name is a page, or a DOI that only the address of a page says."""
    if name.scheme != "doi":
        return name.scheme == "url"
    told = (entry.doi, entry.arxiv.doi if entry.arxiv else None)
    return any(other.scheme == "url" for other in names) and not any(
        name in doi_names(doi) for doi in map(read_doi, filter(None, told)) if doi
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the decision needs to know of a stored item.

    Attributes:
        origin: The source whose words the item carries; None for one added by hand.
        from_arxiv: Whether the item carries arXiv's own words.
        judged: Whether the author said anything of it that still holds.
    """

    id: int
    title: str
    summary: str
    origin: str | None
    from_arxiv: bool
    arxiv_version: int | None
    judged: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as the source showed it; `is_gone` when this document does not."""

    key: int
    url: str | None
    published_at: datetime | None
    is_gone: bool


@dataclass(slots=True)
class IngestState:
    """What is known of the entries that are coming in; grows while they are gone through.

    Items that were merged are still told apart here: each is a key of its own, with the words that
    were shown of it, so that a merge can be taken apart. `head` says which item they are today.

    Attributes:
        owners: For each identifier, the item that has it: those that the entries have, and all
            arXiv ids and guids of the items in `items`.
        sightings: For each guid of this source, the items shown under it, with their hashes: the
            guids that are coming in, and all guids of the items in `items`.
        items: The items that occur in the two above and that an entry may change.
        heads: For each item that was merged away, the one that stayed.
        pairs: What is known of two items, for those that one entry names: ``apart`` when the
            author said that they are two, ``open`` when they have been proposed before.
        alike: By their words, the posts that this source showed, for the entries that have no
            name or guid in common with any.
        submitted: The versions of papers (item, version) whose submission is known, of those that
            the document tells of.
    """

    owners: dict[Identifier, int] = field(default_factory=dict)
    sightings: dict[str, dict[int, bytes]] = field(default_factory=dict)
    items: dict[int, Snapshot] = field(default_factory=dict)
    heads: dict[int, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], str] = field(default_factory=dict)
    alike: dict[bytes, list[Shown]] = field(default_factory=dict)
    submitted: set[tuple[int, int]] = field(default_factory=set)
    _shown_as: dict[int, dict[str, bytes]] = field(default_factory=dict)
    _papers: set[int] = field(default_factory=set)
    _new: int = 0

    def __post_init__(self) -> None:
        for name, key in list(self.owners.items()):
            self.own(name, key)
        for guid, shown in list(self.sightings.items()):
            for key, said in list(shown.items()):
                self.see(guid, key, said)

    def own(self, name: Identifier, key: int) -> None:
        """Learn that an item has a name."""
        self.owners[name] = key
        if name.scheme == "arxiv":
            self._papers.add(self.head(key))

    def see(self, guid: str, key: int, said: bytes) -> None:
        """Learn that this source showed an item under a guid, with these words."""
        self.sightings.setdefault(guid, {})[key] = said
        self._shown_as.setdefault(key, {})[guid] = said

    def shown_as(self, key: int) -> Mapping[str, bytes]:
        """List the guids under which this source showed an item, with what it said."""
        return self._shown_as.get(key, {})

    def head(self, key: int) -> int:
        """Tell which item this one is today: itself unless it was merged away."""
        return self.heads.get(key, key)

    def is_paper(self, key: int) -> bool:
        """Tell whether an item, or one that was merged with it, has an arXiv id."""
        return self.head(key) in self._papers

    def answer(self, one: int, other: int) -> str | None:
        """Tell what is known of two items: ``apart``, ``open`` or nothing."""
        answers = {
            answer
            for (first, second), answer in self.pairs.items()
            if {self.head(first), self.head(second)} == {one, other}
        }
        return "apart" if "apart" in answers else next(iter(answers), None)

    def repeats(self, one: Incoming) -> int | None:
        """Find the item of which an entry says nothing that this source has not said of it."""
        shown = self.sightings.get(one.entry.guid)
        if not shown:
            return None
        owner = self.owners.get(one.names[0])
        if owner is not None and len(one.names) == 1 and shown.get(owner) == one.digest:
            return owner  # nearly always
        owners = {self.owners.get(name) for name in one.names}
        heads = {None if owner is None else self.head(owner) for owner in owners}
        if len(heads) > 1:
            return None
        return next(
            (key for key, said in shown.items() if said == one.digest and self.head(key) in heads),
            None,
        )

    def new_key(self) -> int:
        """Make a negative key for an item that has no row yet."""
        self._new -= 1
        return self._new

    def unite(self, keep: int, drop: int) -> None:
        """Learn that two items are one."""
        self.heads |= {key: keep for key, head in self.heads.items() if head == drop}
        self.heads[drop] = keep
        if drop in self._papers:
            self._papers.add(keep)


# Why two items are proposed to be one: each was judged, so they are not merged unasked.
SHARED_NAME = "one entry names both"
# Announcements that bring a paper in. Replacements only update what is known already.
_NEW_ANNOUNCEMENTS = {None, "new", "cross"}


@dataclass(frozen=True, slots=True)
class NewItem:
    """An entry that nobody has shown before; `key` is negative and stands for its row."""

    key: int
    entry: Entry
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A source shows an item, for the first time or with other words than last time."""

    key: int
    guid: str
    url: str | None
    content_hash: bytes
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """An item's facts change; `is_version` when its title, abstract or arXiv version did."""

    key: int
    entry: Entry
    is_version: bool


@dataclass(frozen=True, slots=True)
class MergedWorks:
    """Two items turn out to be one work; `keep` stays."""

    keep: int
    drop: int


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two items may be one work, which only the author can say."""

    first: int
    second: int
    reason: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A document tells when versions of a paper were submitted that nothing has told of yet."""

    key: int
    submissions: tuple[Submission, ...]


Change = NewItem | Sighting | FactsChanged | MergedWorks | PossibleDuplicate | Submitted


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, in order, and what could not be decided."""

    changes: tuple[Change, ...]
    unchanged: int
    problems: tuple[str, ...] = ()


def decide(
    known: IngestState,
    incoming: Sequence[Incoming],
    *,
    source: str,
    is_wanted: Callable[[Entry], bool],
) -> Decision:
    """Decide what the entries of one document change.

    Args:
        known: What the database knows of them; changed here as the decision goes along, so that
            a document that shows one work twice makes one item.
        incoming: The document, in its order.
        source: The slug of the source.
        is_wanted: Whether a new entry may come in (the source's words).
    """
    changes: list[Change] = []
    problems: list[str] = []
    unchanged = 0
    heard: set[tuple[int, str]] = set()
    for one in incoming:
        repeated = known.repeats(one)
        if repeated is not None:
            told = _submitted(known, one)
            changes.extend(told)
            unchanged += not told
            heard.add((repeated, one.entry.guid))
            continue
        keys = _owners(known, one, source=source)
        if not keys:
            taken = _take_in(known, one, source=source, is_wanted=is_wanted)
            changes.extend((*taken, *_submitted(known, one)))
            heard.update((new.key, one.entry.guid) for new in taken if isinstance(new, NewItem))
            continue
        united, problem = _unite(known, keys, one)
        key = _speaker(known, keys, one)
        is_repeat = (key, one.entry.guid) in heard
        said = _see_again(known, key, one, source=source, is_repeat=is_repeat)
        said += _submitted(known, one)
        changes.extend((*united, *said))
        problems.extend(problem)
        unchanged += not said and not united
        heard.add((key, one.entry.guid))
    return Decision(tuple(changes), unchanged, tuple(problems))


def _owners(known: IngestState, one: Incoming, *, source: str) -> list[int]:
    """List the items that an entry speaks of, oldest first; several may have been merged."""
    entry, names = one.entry, one.names
    shown = known.sightings.get(entry.guid, {})
    repeated = {key for key, said in shown.items() if _says_the_same(said, one)}
    keys: set[int] = set()
    for name in names:
        key = known.owners.get(name)
        if key is None or (name.scheme == "url" and _is_another_post(known, key, one)):
            continue
        # Two papers on arXiv are two, though they name one journal's DOI (two parts, a slip).
        is_of_a_paper = names[0].scheme == "arxiv" or any(map(known.is_paper, keys))
        is_told = known.head(key) in map(known.head, keys)
        if name.scheme == "arxiv" or is_told or not (is_of_a_paper and known.is_paper(key)):
            keys.add(key)
    if not keys:
        # Only the guid is known. Two posts under one guid stay two, so the words must agree:
        # an address that moved keeps its title, a title that was changed keeps its address.
        keys = repeated or {key for key in shown if _same_words(known.items[key], entry)}
    elif repeated and names[0].scheme in {"url", "guid"} and len(keys) == 1:
        # Posts that share an address or a guid have been told apart by their words before.
        keys = keys & repeated or repeated
    if not keys and all(name in known.owners for name in names):
        # Nothing else is left to name it by: it is the item that has its guid for a name.
        own = known.owners.get(guid_identifier(entry, source))
        keys = set() if own is None else {own}
    return sorted(keys or _moved(known, one), key=_age)


def _moved(known: IngestState, one: Incoming) -> set[int]:
    """Find the post that an entry is under a new guid and a new address at once.

    It has every word of a post of this source, and that post's name in another section; or that
    post is gone from the document, and the entry has its date, or its path at another host (a
    blog that moved its whole domain).
    """
    entry = one.entry
    if not _may_move(one):
        return set()
    return {
        shown.key
        for shown in known.alike.get(one.digest[:WORDS_BYTES], ())
        if (shown.url and entry.url and is_same_name(shown.url, entry.url))
        or (
            shown.is_gone
            and (
                (shown.published_at is not None and shown.published_at == entry.published_at)
                or (shown.url and entry.url and is_same_path(shown.url, entry.url))
            )
        )
    }


def _may_move(one: Incoming) -> bool:
    """Tell whether an entry has enough words, and no better name, to be known by its words."""
    is_named = one.names[0].scheme not in {"url", "guid"}
    return not is_named and bool(one.entry.title and one.entry.summary)


def _age(key: int) -> tuple[bool, int]:
    """Sort the oldest item first; those that have no row yet are the youngest."""
    return key < 0, abs(key)


def _is_another_post(known: IngestState, key: int, one: Incoming) -> bool:
    """Tell a new post at an old address (a page of news that every entry links) from a known one.

    One sign alone is an edit: a guid that was made anew, or a title that was changed. Both
    together, with other text, at a source that gave this page another guid, are another post.
    """
    said = known.shown_as(key)
    return (
        bool(said)
        and one.entry.guid not in said
        and not _same_words(known.items[key], one.entry)
        and not any(_says_the_same(words, one) for words in said.values())
    )


def _says_the_same(said: bytes, one: Incoming) -> bool:
    """Tell whether an entry repeats what this source said, perhaps at another address."""
    is_silent = not one.entry.title and not one.entry.summary
    return said == one.digest or (not is_silent and said[:WORDS_BYTES] == one.digest[:WORDS_BYTES])


def _same_words(item: Snapshot, entry: Entry) -> bool:
    return (bool(entry.title) and item.title.casefold() == entry.title.casefold()) or (
        bool(entry.summary) and item.summary == entry.summary
    )


def _take_in(
    known: IngestState, one: Incoming, *, source: str, is_wanted: Callable[[Entry], bool]
) -> list[Change]:
    entry = one.entry
    announced = entry.arxiv.announce_type if entry.arxiv else None
    if announced not in _NEW_ANNOUNCEMENTS or not is_wanted(entry):
        return []
    names = tuple(name for name in one.names if name not in known.owners) or (
        guid_identifier(entry, source),
    )
    key = known.new_key()
    known.items[key] = _snapshot(key, entry, source)
    _remember(known, key, entry.guid, names, one.digest)
    shown = Shown(key, entry.url, entry.published_at, is_gone=False)
    known.alike.setdefault(one.digest[:WORDS_BYTES], []).append(shown)
    return [
        NewItem(key, entry, names),
        Sighting(key, entry.guid, entry.url, one.digest, names),
    ]


def _unite(known: IngestState, keys: list[int], one: Incoming) -> tuple[list[Change], list[str]]:
    """Merge the items that an entry shows to be one, unless the author has a say in it.

    Two items that the author judged are proposed, once; two that the author said are two stay two.
    """
    heads = sorted({known.head(key) for key in keys}, key=_age)
    answers = {known.answer(*pair) for pair in combinations(heads, 2)}
    if len(heads) == 1 or "apart" in answers:
        return [], []
    judged = [head for head in heads if known.items[head].judged]
    if len(judged) > 1:
        unheard = [pair for pair in combinations(judged, 2) if known.answer(*pair) is None]
        if not unheard:
            return [], []
        known.pairs.update(dict.fromkeys(unheard, "open"))
        numbers = " and ".join(str(head) for head in judged)
        problem = f'items {numbers} look like one work: "{one.entry.title}"'
        return [PossibleDuplicate(*pair, SHARED_NAME) for pair in unheard], [problem]
    keep = judged[0] if judged else heads[0]
    merges: list[Change] = [MergedWorks(keep, drop) for drop in heads if drop != keep]
    for drop in heads:
        if drop != keep:
            known.unite(keep, drop)
    return merges, []


def _speaker(known: IngestState, keys: list[int], one: Incoming) -> int:
    """Choose the item that an entry speaks for among those that it names: its guid decides."""
    shown = known.sightings.get(one.entry.guid, {})
    named = [known.owners.get(name) for name in one.names]
    return min(
        keys,
        key=lambda key: (
            key not in shown or not _says_the_same(shown[key], one),
            key not in shown,
            named.index(key) if key in named else len(named),
            _age(key),
        ),
    )


def _see_again(
    known: IngestState, key: int, one: Incoming, *, source: str, is_repeat: bool
) -> list[Change]:
    """Note that a known item was shown; take its new words when this source may give them.

    Of two entries of one document under one guid (`is_repeat`: the second) the first counts, and
    the newer version of a paper.
    """
    item, entry, digest = known.items[key], one.entry, one.digest
    before = known.sightings.get(entry.guid, {}).get(key)
    is_older = entry.arxiv is not None and _version(entry) < (item.arxiv_version or 0)
    is_newer = entry.arxiv is not None and _version(entry) > (item.arxiv_version or 0)
    fresh = tuple(name for name in one.names if name not in known.owners)
    if before is not None and (is_older or (is_repeat and not is_newer)):
        digest = before  # at most it brings a name; what was said stays what it was
    if before == digest and not fresh:
        return []
    changes: list[Change] = [Sighting(key, entry.guid, entry.url, digest, fresh)]
    if before != digest and _may_reword(item, entry, source):
        is_version = (
            bool(entry.title and item.title != entry.title)
            or bool(entry.summary and item.summary != entry.summary)
            or is_newer
        )
        changes.append(FactsChanged(key, entry, is_version))
        after = _snapshot(key, entry, source, judged=item.judged)
        known.items[key] = replace(
            after, title=after.title or item.title, summary=after.summary or item.summary
        )
    _remember(known, key, entry.guid, fresh, digest)
    return changes


def _submitted(known: IngestState, one: Incoming) -> list[Change]:
    """Note when versions were submitted; arXiv's archive often tells after its daily feed."""
    told = one.entry.arxiv.submissions if one.entry.arxiv else ()
    key = known.owners.get(one.names[0])
    if not told or key is None:
        return []
    missing = tuple(each for each in told if (key, each.version) not in known.submitted)
    known.submitted.update((key, each.version) for each in missing)
    return [Submitted(key, missing)] if missing else []


def _may_reword(item: Snapshot, entry: Entry, source: str) -> bool:
    """Let arXiv speak for its papers and, else, the source that showed the item first.

    Of an item that has no title yet, because nobody could be asked, any source may tell it.
    """
    if entry.arxiv is not None:
        return not item.from_arxiv or _version(entry) >= (item.arxiv_version or 0)
    if not item.title:
        return bool(entry.title)
    return not item.from_arxiv and item.origin == source and bool(entry.title)


def _version(entry: Entry) -> int:
    return (entry.arxiv.id.version if entry.arxiv else None) or 1


def _snapshot(key: int, entry: Entry, source: str, *, judged: bool = False) -> Snapshot:
    return Snapshot(
        id=key,
        title=entry.title,
        summary=entry.summary,
        origin=source,
        from_arxiv=entry.arxiv is not None,
        arxiv_version=_version(entry) if entry.arxiv else None,
        judged=judged,
    )


def _remember(
    known: IngestState, key: int, guid: str, names: Iterable[Identifier], digest: bytes
) -> None:
    known.see(guid, key, digest)
    for name in names:
        known.own(name, key)
