"""Decide what a document changes: known items and incoming entries in, a list of changes out.

Nothing here touches the database. The same entries change nothing the second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier
from papertrack.core.records import Entry, Prepared, Submission
from papertrack.core.works.identity import guid_identifier, is_same_name, is_same_path
from papertrack.core.works.prepare import WORDS_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from papertrack.core.works.prepare import Incoming


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the decision needs to know about a stored item.

    Attributes:
        origin: The source of its facts; None if it was added by hand.
        from_arxiv: Whether arXiv is that source.
        judged: Whether it has a judgement that was not undone.
    """

    id: int
    title: str
    summary: str
    origin: str | None
    from_arxiv: bool
    arxiv_version: int | None
    judged: bool


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as its source showed it; `is_gone` if this document no longer lists it."""

    key: int
    url: str | None
    published_at: datetime | None
    is_gone: bool


@dataclass(slots=True)
class IngestState:
    """What is known about incoming entries; `decide` adds to it as it goes through them.

    Merged items keep keys of their own here, with their own words, so that a merge can be split
    again. `head` returns the item that they are merged into.

    Attributes:
        owners: The item of each identifier: those of the entries, and all arXiv ids and guids of
            `items`.
        sightings: For each guid of this source, the content hashes by item: the guids of the
            entries, and all guids of `items`.
        items: The items from both that an entry may change.
        heads: The item that each merged item was merged into.
        pairs: What is known about pairs of items that one entry identifies: ``apart`` if the
            author decided so, ``open`` if they were proposed.
        posts_by_words: Posts of this source by the hash of their words, for entries that share no
            identifier or guid with any item.
        submitted: The versions (item, version) whose submission is known, among those that the
            document lists.
    """

    owners: dict[Identifier, int] = field(default_factory=dict)
    sightings: dict[str, dict[int, bytes]] = field(default_factory=dict)
    items: dict[int, Snapshot] = field(default_factory=dict)
    heads: dict[int, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], str] = field(default_factory=dict)
    posts_by_words: dict[bytes, list[ShownPost]] = field(default_factory=dict)
    submitted: set[tuple[int, int]] = field(default_factory=set)
    _hashes_by_guid: dict[int, dict[str, bytes]] = field(default_factory=dict)
    _papers: set[int] = field(default_factory=set)
    _new: int = 0

    def __post_init__(self) -> None:
        for name, key in list(self.owners.items()):
            self.add_owner(name, key)
        for guid, hashes in list(self.sightings.items()):
            for key, digest in list(hashes.items()):
                self.add_sighting(guid, key, digest)

    def add_owner(self, name: Identifier, key: int) -> None:
        """Record that an item has an identifier."""
        self.owners[name] = key
        if name.scheme == "arxiv":
            self._papers.add(self.head(key))

    def add_sighting(self, guid: str, key: int, digest: bytes) -> None:
        """Record that this source showed an item under a guid, with a content hash."""
        self.sightings.setdefault(guid, {})[key] = digest
        self._hashes_by_guid.setdefault(key, {})[guid] = digest

    def hashes_by_guid(self, key: int) -> Mapping[str, bytes]:
        """Return the guids under which this source showed an item, with the content hashes."""
        return self._hashes_by_guid.get(key, {})

    def head(self, key: int) -> int:
        """Return the item that an item was merged into; itself if it was not."""
        return self.heads.get(key, key)

    def is_paper(self, key: int) -> bool:
        """Return whether an item, or one merged with it, has an arXiv id."""
        return self.head(key) in self._papers

    def answer(self, one: int, other: int) -> str | None:
        """Return what is known about two items: ``apart``, ``open`` or None."""
        answers = {
            answer
            for (first, second), answer in self.pairs.items()
            if {self.head(first), self.head(second)} == {one, other}
        }
        return "apart" if "apart" in answers else next(iter(answers), None)

    def find_repeated(self, one: Incoming) -> int | None:
        """Return the item of which an entry repeats what this source showed; None if it is news."""
        hashes = self.sightings.get(one.entry.guid)
        if not hashes:
            return None
        owner = self.owners.get(one.names[0])
        if owner is not None and len(one.names) == 1 and hashes.get(owner) == one.digest:
            return owner  # nearly always
        owners = {self.owners.get(name) for name in one.names}
        heads = {None if owner is None else self.head(owner) for owner in owners}
        if len(heads) > 1:
            return None
        return next(
            (key for key, old in hashes.items() if old == one.digest and self.head(key) in heads),
            None,
        )

    def new_key(self) -> int:
        """Return a negative key for an item that has no row yet."""
        self._new -= 1
        return self._new

    def merge(self, keep: int, drop: int) -> None:
        """Record that an item is merged into another."""
        self.heads |= {key: keep for key, head in self.heads.items() if head == drop}
        self.heads[drop] = keep
        if drop in self._papers:
            self._papers.add(keep)


# The reason to propose two items that are both judged, and so not merged without asking.
SHARED_NAME = "one entry names both"
# Announcements that add a paper. Replacements only update known papers.
_NEW_ANNOUNCEMENTS = {None, "new", "cross"}


@dataclass(frozen=True, slots=True)
class NewItem:
    """An entry that no source has shown before; its negative `key` stands for the row to come."""

    key: int
    entry: Entry
    identifiers: tuple[Identifier, ...]
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Sighting:
    """A source shows an item for the first time, or with other content than last time."""

    key: int
    guid: str
    url: str | None
    content_hash: bytes
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """An item's facts change; `is_version` if its title, abstract or arXiv version does."""

    key: int
    entry: Entry
    is_version: bool


@dataclass(frozen=True, slots=True)
class MergedWorks:
    """Two items are one work; `drop` is merged into `keep`."""

    keep: int
    drop: int


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two items may be one work; the author decides."""

    first: int
    second: int
    reason: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A document lists when versions of a paper were submitted that were not known yet."""

    key: int
    submissions: tuple[Submission, ...]


Change = NewItem | Sighting | FactsChanged | MergedWorks | PossibleDuplicate | Submitted


@dataclass(frozen=True, slots=True)
class Decision:
    """The changes to make, in order, and what the author must decide."""

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
        known: What the database knows about them; updated here on the way, so that a document
            that lists one work twice makes one item.
        incoming: The entries, in the order of the document.
        source: The slug of the source.
        is_wanted: Whether to store an unknown entry.
    """
    if _is_all_new(known, incoming):
        return Decision(tuple(_add_all(known, incoming, is_wanted)), 0)
    changes: list[Change] = []
    problems: list[str] = []
    unchanged = 0
    seen: set[tuple[int, str]] = set()
    for one in incoming:
        repeated = known.find_repeated(one)
        if repeated is not None:
            submissions = _new_submissions(known, one)
            changes.extend(submissions)
            unchanged += not submissions
            seen.add((repeated, one.entry.guid))
            continue
        keys = _find_owners(known, one, source=source)
        if not keys:
            added = _new_item(known, one, source=source, is_wanted=is_wanted)
            changes.extend((*added, *_new_submissions(known, one)))
            seen.update((new.key, one.entry.guid) for new in added if isinstance(new, NewItem))
            continue
        merges, problem = _merge(known, keys, one)
        key = _choose_owner(known, keys, one)
        is_repeat = (key, one.entry.guid) in seen
        updates = _show_again(known, key, one, source=source, is_repeat=is_repeat)
        updates += _new_submissions(known, one)
        changes.extend((*merges, *updates))
        problems.extend(problem)
        unchanged += not updates and not merges
        seen.add((key, one.entry.guid))
    return Decision(tuple(changes), unchanged, tuple(problems))


def _is_all_new(known: IngestState, incoming: Sequence[Incoming]) -> bool:
    """Return whether a document has no entry that is known, and none that repeats another.

    It is the first document of a source, of which thousands come in one run.
    """
    if known.owners or known.sightings or known.posts_by_words:
        return False
    names = [name for one in incoming for name in one.names]
    guids = {one.entry.guid for one in incoming}
    digests = {one.digest[:WORDS_BYTES] for one in incoming}
    return len(set(names)) == len(names) and len(guids) == len(digests) == len(incoming)


def _add_all(
    known: IngestState, incoming: Sequence[Incoming], is_wanted: Callable[[Entry], bool]
) -> Iterator[Change]:
    """Add the entries of a document of which nothing is known."""
    for one in incoming:
        if _is_addition(one.entry) and is_wanted(one.entry):
            key = known.new_key()
            yield from _new_changes(key, one, one.names)
            if one.entry.arxiv is not None and one.entry.arxiv.submissions:
                yield Submitted(key, one.entry.arxiv.submissions)


def _find_owners(known: IngestState, one: Incoming, *, source: str) -> list[int]:
    """List the items that an entry is about, oldest first, before any merge."""
    entry, names = one.entry, one.names
    hashes = known.sightings.get(entry.guid, {})
    repeated = {key for key, digest in hashes.items() if _has_same_content(digest, one)}
    keys: set[int] = set()
    for name in names:
        key = known.owners.get(name)
        if key is None or (name.scheme == "url" and _is_another_post(known, key, one)):
            continue
        # Two arXiv papers are two works, even with the DOI of one journal (two parts, a mistake).
        is_of_a_paper = names[0].scheme == "arxiv" or any(map(known.is_paper, keys))
        is_found = known.head(key) in map(known.head, keys)
        if name.scheme == "arxiv" or is_found or not (is_of_a_paper and known.is_paper(key)):
            keys.add(key)
    if not keys:
        # Only the guid is known. Two posts under one guid remain two, so the words must agree: a
        # post that moved keeps its title, and one with a new title keeps its address.
        keys = repeated or {key for key in hashes if _shares_title_or_text(known.items[key], entry)}
    elif repeated and names[0].scheme in {"url", "guid"} and len(keys) == 1:
        # Posts with a common address or guid were distinguished by their words before.
        keys = keys & repeated or repeated
    if not keys and all(name in known.owners for name in names):
        # No other identifier is left: it is the item identified by its guid.
        own = known.owners.get(guid_identifier(entry, source))
        keys = set() if own is None else {own}
    return sorted(keys or _find_moved(known, one), key=_age)


def _find_moved(known: IngestState, one: Incoming) -> set[int]:
    """Find the post whose guid and address both changed, as keys.

    The entry has all words of a post of this source, and the last part of its address in another
    section; or that post is gone from the document, and the entry has its date, or its path at
    another host (a blog that moved to another domain).
    """
    entry = one.entry
    if not _may_move(one):
        return set()
    return {
        shown.key
        for shown in known.posts_by_words.get(one.digest[:WORDS_BYTES], ())
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
    """Return whether an entry may be recognised by its words: it has some, and only a page."""
    is_named = one.names[0].scheme not in {"url", "guid"}
    return not is_named and bool(one.entry.title and one.entry.summary)


def _age(key: int) -> tuple[bool, int]:
    """Sort the oldest item first; items without a row come last."""
    return key < 0, abs(key)


def _is_another_post(known: IngestState, key: int, one: Incoming) -> bool:
    """Return whether an entry is a new post at a known address (a page that all entries link).

    A new guid alone is an edit, and so is a new title. Both together with a new text are another
    post, if this source showed the page under another guid.
    """
    hashes = known.hashes_by_guid(key)
    return (
        bool(hashes)
        and one.entry.guid not in hashes
        and not _shares_title_or_text(known.items[key], one.entry)
        and not any(_has_same_content(digest, one) for digest in hashes.values())
    )


def _has_same_content(digest: bytes, one: Incoming) -> bool:
    """Return whether an entry has this content hash, but for its address if it has any words."""
    has_words = bool(one.entry.title or one.entry.summary)
    return digest == one.digest or (has_words and digest[:WORDS_BYTES] == one.digest[:WORDS_BYTES])


def _shares_title_or_text(item: Snapshot, entry: Entry) -> bool:
    return (bool(entry.title) and item.title.casefold() == entry.title.casefold()) or (
        bool(entry.summary) and item.summary == entry.summary
    )


def _new_item(
    known: IngestState, one: Incoming, *, source: str, is_wanted: Callable[[Entry], bool]
) -> list[Change]:
    entry = one.entry
    if not _is_addition(entry) or not is_wanted(entry):
        return []
    names = tuple(name for name in one.names if name not in known.owners) or (
        guid_identifier(entry, source),
    )
    key = known.new_key()
    known.items[key] = _snapshot(key, entry, source)
    _add_to_state(known, key, entry.guid, names, one.digest)
    shown = ShownPost(key, entry.url, entry.published_at, is_gone=False)
    known.posts_by_words.setdefault(one.digest[:WORDS_BYTES], []).append(shown)
    return list(_new_changes(key, one, names))


def _is_addition(entry: Entry) -> bool:
    announced = entry.arxiv.announce_type if entry.arxiv else None
    return announced in _NEW_ANNOUNCEMENTS


def _new_changes(
    key: int, one: Incoming, names: tuple[Identifier, ...]
) -> tuple[NewItem, Sighting]:
    entry = one.entry
    return (
        NewItem(key, entry, names, one.prepared),
        Sighting(key, entry.guid, entry.url, one.digest, names),
    )


def _merge(known: IngestState, keys: list[int], one: Incoming) -> tuple[list[Change], list[str]]:
    """Merge the items that an entry identifies as one, unless the author must decide.

    Two judged items are proposed, once. Two items that the author keeps apart are left alone.
    """
    heads = sorted({known.head(key) for key in keys}, key=_age)
    answers = {known.answer(*pair) for pair in combinations(heads, 2)}
    if len(heads) == 1 or "apart" in answers:
        return [], []
    judged = [head for head in heads if known.items[head].judged]
    if len(judged) > 1:
        unproposed = [pair for pair in combinations(judged, 2) if known.answer(*pair) is None]
        if not unproposed:
            return [], []
        known.pairs.update(dict.fromkeys(unproposed, "open"))
        numbers = " and ".join(str(head) for head in judged)
        problem = f'items {numbers} look like one work: "{one.entry.title}"'
        return [PossibleDuplicate(*pair, SHARED_NAME) for pair in unproposed], [problem]
    keep = judged[0] if judged else heads[0]
    merges: list[Change] = [MergedWorks(keep, drop) for drop in heads if drop != keep]
    for drop in heads:
        if drop != keep:
            known.merge(keep, drop)
    return merges, []


def _choose_owner(known: IngestState, keys: list[int], one: Incoming) -> int:
    """Choose the item that an entry is a sighting of, among those that it identifies."""
    hashes = known.sightings.get(one.entry.guid, {})
    named = [known.owners.get(name) for name in one.names]
    return min(
        keys,
        key=lambda key: (
            key not in hashes or not _has_same_content(hashes[key], one),
            key not in hashes,
            named.index(key) if key in named else len(named),
            _age(key),
        ),
    )


def _show_again(
    known: IngestState, key: int, one: Incoming, *, source: str, is_repeat: bool
) -> list[Change]:
    """List the changes of a known item that is shown again.

    Its facts change if this source may change them. If a document lists one guid twice
    (`is_repeat`: the second time), the first entry counts, or the newer version of a paper.
    """
    item, entry, digest = known.items[key], one.entry, one.digest
    before = known.sightings.get(entry.guid, {}).get(key)
    is_older = entry.arxiv is not None and _version(entry) < (item.arxiv_version or 0)
    is_newer = entry.arxiv is not None and _version(entry) > (item.arxiv_version or 0)
    fresh = tuple(name for name in one.names if name not in known.owners)
    if before is not None and (is_older or (is_repeat and not is_newer)):
        digest = before  # it may add identifiers, but its content does not count
    if before == digest and not fresh:
        return []
    changes: list[Change] = [Sighting(key, entry.guid, entry.url, digest, fresh)]
    if before != digest and _may_change_facts(item, entry, source):
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
    _add_to_state(known, key, entry.guid, fresh, digest)
    return changes


def _new_submissions(known: IngestState, one: Incoming) -> list[Change]:
    """List newly known submissions; arXiv's archive often has them after the daily feed."""
    listed = one.entry.arxiv.submissions if one.entry.arxiv else ()
    key = known.owners.get(one.names[0])
    if not listed or key is None:
        return []
    missing = tuple(each for each in listed if (key, each.version) not in known.submitted)
    known.submitted.update((key, each.version) for each in missing)
    return [Submitted(key, missing)] if missing else []


def _may_change_facts(item: Snapshot, entry: Entry, source: str) -> bool:
    """Return whether a source may change an item's facts: arXiv, else the source that showed it.

    Any source may if the item has no title yet, because its page could not be read.
    """
    if entry.arxiv is not None:
        return not item.from_arxiv or _version(entry) >= (item.arxiv_version or 0)
    if not item.title:
        return bool(entry.title or (entry.summary and not item.summary))
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


def _add_to_state(
    known: IngestState, key: int, guid: str, names: Iterable[Identifier], digest: bytes
) -> None:
    known.add_sighting(guid, key, digest)
    for name in names:
        known.add_owner(name, key)
