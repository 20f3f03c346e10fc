"""Decide what a document changes: known items and incoming entries in, a list of changes out.

Nothing here touches the database. Feeding the same entries twice gives no change the second time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier
from papertrack.core.records import Entry, Submission
from papertrack.core.works.identity import guid_identifier, is_same_name, is_same_path
from papertrack.core.works.incoming import WORDS_BYTES, Incoming
from papertrack.core.works.known import Known, Shown, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
class Seen:
    """A source shows an item, for the first time or with other words than last time."""

    key: int
    guid: str
    url: str | None
    content_hash: bytes
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Reworded:
    """An item's facts change; `is_version` when its title, abstract or arXiv version did."""

    key: int
    entry: Entry
    is_version: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """Two items turn out to be one work; `keep` stays."""

    keep: int
    drop: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Two items may be one work, which only the author can say."""

    first: int
    second: int
    reason: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A document tells when versions of a paper were submitted that nothing has told of yet."""

    key: int
    submissions: tuple[Submission, ...]


Change = NewItem | Seen | Reworded | Merged | Alike | Submitted


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, in order, and what could not be decided."""

    changes: tuple[Change, ...]
    unchanged: int
    problems: tuple[str, ...] = ()


def decide(
    known: Known,
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


def _owners(known: Known, one: Incoming, *, source: str) -> list[int]:
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


def _moved(known: Known, one: Incoming) -> set[int]:
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


def _is_another_post(known: Known, key: int, one: Incoming) -> bool:
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
    known: Known, one: Incoming, *, source: str, is_wanted: Callable[[Entry], bool]
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
        Seen(key, entry.guid, entry.url, one.digest, names),
    ]


def _unite(known: Known, keys: list[int], one: Incoming) -> tuple[list[Change], list[str]]:
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
        return [Alike(*pair, SHARED_NAME) for pair in unheard], [problem]
    keep = judged[0] if judged else heads[0]
    merges: list[Change] = [Merged(keep, drop) for drop in heads if drop != keep]
    for drop in heads:
        if drop != keep:
            known.unite(keep, drop)
    return merges, []


def _speaker(known: Known, keys: list[int], one: Incoming) -> int:
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
    known: Known, key: int, one: Incoming, *, source: str, is_repeat: bool
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
    changes: list[Change] = [Seen(key, entry.guid, entry.url, digest, fresh)]
    if before != digest and _may_reword(item, entry, source):
        is_version = (
            bool(entry.title and item.title != entry.title)
            or bool(entry.summary and item.summary != entry.summary)
            or is_newer
        )
        changes.append(Reworded(key, entry, is_version))
        after = _snapshot(key, entry, source, judged=item.judged)
        known.items[key] = replace(
            after, title=after.title or item.title, summary=after.summary or item.summary
        )
    _remember(known, key, entry.guid, fresh, digest)
    return changes


def _submitted(known: Known, one: Incoming) -> list[Change]:
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
    known: Known, key: int, guid: str, names: Iterable[Identifier], digest: bytes
) -> None:
    known.see(guid, key, digest)
    for name in names:
        known.own(name, key)
