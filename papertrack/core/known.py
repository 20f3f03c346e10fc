"""What the database knows of the entries of one document, and what is learnt going through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from papertrack.core.incoming import Incoming


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the decision needs to know of a stored item.

    Attributes:
        origin: The source whose words the item carries; None for one added by hand.
        from_arxiv: Whether the item carries arXiv's own words.
        judged: Whether the journal speaks of it.
    """

    id: int
    title: str
    summary: str
    origin: str | None
    from_arxiv: bool
    arxiv_version: int | None
    judged: bool


@dataclass(slots=True)
class Known:
    """What is known of the entries that are coming in; grows while they are gone through.

    Attributes:
        owners: For each identifier, the item that has it: those that the entries have, and all
            arXiv ids and guids of the items in `items`.
        sightings: For each guid of this source, the items shown under it, with their hashes: the
            guids that are coming in, and all guids of the items in `items`.
        items: The items that occur in the two above and that an entry may change.
        submitted: The versions of papers (item, version) whose submission is known, of those that
            the document tells of.
    """

    owners: dict[Identifier, int] = field(default_factory=dict)
    sightings: dict[str, dict[int, bytes]] = field(default_factory=dict)
    items: dict[int, Snapshot] = field(default_factory=dict)
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
            self._papers.add(key)

    def see(self, guid: str, key: int, said: bytes) -> None:
        """Learn that this source showed an item under a guid, with these words."""
        self.sightings.setdefault(guid, {})[key] = said
        self._shown_as.setdefault(key, {})[guid] = said

    def shown_as(self, key: int) -> Mapping[str, bytes]:
        """List the guids under which this source showed an item, with what it said."""
        return self._shown_as.get(key, {})

    def is_paper(self, key: int) -> bool:
        """Tell whether an item has an arXiv id."""
        return key in self._papers

    def is_repeat(self, one: Incoming) -> bool:
        """Tell whether an entry says nothing that this source has not said of the same item."""
        shown = self.sightings.get(one.entry.guid, {})
        owners = {self.owners.get(name) for name in one.names}
        return len(owners) == 1 and any(
            said == one.digest and key in owners for key, said in shown.items()
        )

    def new_key(self) -> int:
        """Make a negative key for an item that has no row yet."""
        self._new -= 1
        return self._new

    def unite(self, keep: int, drop: int) -> None:
        """Learn that two items are one."""
        for name in [name for name, key in self.owners.items() if key == drop]:
            self.own(name, keep)
        for guid, said in self._shown_as.pop(drop, {}).items():
            del self.sightings[guid][drop]
            if keep not in self.sightings[guid]:
                self.see(guid, keep, said)
        self.submitted |= {(keep, version) for key, version in self.submitted if key == drop}
