"""What the database knows of the entries of one document, and what is learnt going through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from papertrack.core.works.incoming import Incoming


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
class Known:
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
