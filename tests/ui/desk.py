"""A desk in memory for the rating screen: keeps every act, undoes them, fails on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from papertrack.core.dossier import Proposal
from papertrack.core.records import (
    ArxivFacts,
    ArxivId,
    Author,
    Item,
    Judgement,
    Kind,
    Rating,
    State,
)
from papertrack.errors import PapertrackError, StorageFull
from papertrack.ui.review_desk import AreaChoice

FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
AREAS = (
    AreaChoice("mech-interp", "Mechanistic Interpretability", "💡"),
    AreaChoice("adversarial", "Avoiding Adversarial Attacks", "🤺"),
    AreaChoice("art", "AI Art", "🎨"),
)


def paper(item_id: int, title: str = "", **changes: object) -> Item:
    """Make an item, as a source would bring it."""
    item = Item(
        id=item_id,
        kind=Kind.PAPER,
        title=title or f"Paper number {item_id}",
        url=f"https://arxiv.org/abs/2611.{99900 + item_id}",
        authors=tuple(Author(f"Example {name}") for name in "ABCDE"),
        summary="We study on which inputs a small model keeps its rule.",
        published_at=None,
        announced_at=FRIDAY,
        updated_at=None,
        first_seen_at=FRIDAY,
        state=State.NEW,
        arxiv=ArxivFacts(ArxivId(f"2611.{99900 + item_id}", 1), "cs.LG", ("cs.LG", "cs.AI")),
        sources=("arxiv-ml",),
    )
    return replace(item, **changes)  # type: ignore[arg-type] # the tests name real fields


@dataclass
class FakeDesk:
    """The program behind the screen, in memory.

    Attributes:
        acts: What the screen asked for, in order, as one would type it.
        suggestions: Item id to area slug.
        stories: Item id to the item that may be the same work.
        came_in: How many items came in meanwhile.
        is_full: Every act fails as on a full disk.
        history: Items as they were before each act.
    """

    items: dict[int, Item]
    areas: Sequence[AreaChoice] = AREAS
    week: str = "2026-W47"
    suggestions: dict[int, str] = field(default_factory=dict)
    stories: dict[int, Proposal] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    came_in: int = 0
    is_full: bool = False
    history: list[Item] = field(default_factory=list)

    @property
    def queue(self) -> Sequence[int]:
        return tuple(self.items)

    def item(self, item_id: int) -> Item:
        return self.items[item_id]

    def suggested_area(self, item_id: int) -> str | None:
        return self.suggestions.get(item_id)

    def reject(self, item_id: int) -> str:
        self._change(item_id, f"reject {item_id}", State.REJECTED)
        return f'rejected "{self.items[item_id].title}"'

    def later(self, item_id: int) -> str:
        self._change(item_id, f"later {item_id}", State.LATER)
        return f'later "{self.items[item_id].title}"'

    def rate(self, item_id: int, area: str, halves: int) -> str:
        said = f"rated {item_id} {area} {halves / 2:g}"
        before = self.items[item_id].judgement
        others = tuple(rating for rating in before.ratings if rating.area != area)
        ratings = (*others, Rating(area, halves))
        self._change(item_id, said, State.KEPT, replace(before, ratings=ratings))
        return said

    def retag(self, item_id: int, added: Sequence[str], removed: Sequence[str]) -> str:
        said = " ".join(
            [f"tagged {item_id}", *(f"+{t}" for t in added), *(f"-{t}" for t in removed)]
        )
        before = self.items[item_id].judgement
        kept = tuple(tag for tag in before.tags if tag not in removed)
        self._change(item_id, said, None, replace(before, tags=(*kept, *added)))
        return said

    def card_text(self, item_id: int) -> str:
        return f"# {self.items[item_id].title}\n"

    def write_card(self, item_id: int, text: str) -> str:
        if "unreadable" in text:
            what = "line 3: no field is called so"
            raise PapertrackError(what)
        before = self.items[item_id].judgement
        self._change(item_id, f"card {item_id}", None, replace(before, notes={"what": text}))
        return f"saved the card of {item_id}"

    def same_story(self, item_id: int) -> Proposal | None:
        return self.stories.get(item_id)

    def merge(self, item_id: int, other: int) -> str:
        self._change(item_id, f"merge {item_id} {other}", None)
        del self.stories[item_id]
        return f"merged {other} into {item_id}"

    def keep_apart(self, item_id: int, other: int) -> str:
        self._change(item_id, f"apart {item_id} {other}", None)
        del self.stories[item_id]
        return f"not the same story: {other}"

    def undo(self) -> tuple[int | None, str]:
        if not self.history:
            what = "nothing to undo"
            raise PapertrackError(what)
        before = self.history.pop()
        self.items[before.id] = before
        self.acts.append(f"undo {before.id}")
        return before.id, f"undone: {before.id}"

    def arrivals(self) -> int:
        return self.came_in

    def local_day(self, moment: datetime) -> str:
        return moment.strftime("%a %d")

    def _change(
        self, item_id: int, act: str, state: State | None, judgement: Judgement | None = None
    ) -> None:
        if self.is_full:
            what = "the disk is full"
            raise StorageFull(what, hint="make room")
        item = self.items[item_id]
        self.history.append(item)
        self.acts.append(act)
        self.items[item_id] = replace(
            item, state=state or item.state, judgement=judgement or item.judgement
        )


def desk_of(*items: Item, **changes: object) -> FakeDesk:
    """Put items on a desk; without any, three papers."""
    chosen = items or tuple(paper(number) for number in (1, 2, 3))
    return FakeDesk({item.id: item for item in chosen}, **changes)  # type: ignore[arg-type] # as above
