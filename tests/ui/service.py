"""A desk in memory for the rating screen: keeps every act, undoes them, fails on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from papertrack.commands.review import AreaChoice, Sheet
from papertrack.core.judging.board import Board, missing_text
from papertrack.core.judging.item_details import Proposal
from papertrack.core.kinds import Kind, State
from papertrack.core.rank.prediction import Prediction
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item, Judgement, Rating
from papertrack.errors import PapertrackError, StorageFull

if TYPE_CHECKING:
    from papertrack.commands.bulk import BulkService

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
class FakeService:
    """The program behind the screen, in memory.

    Attributes:
        acts: What the screen asked for, in order, as one would type it.
        suggestions: Item id to area slug.
        predictions: Item id to what is expected of it; the suggestion alone where there is none.
        sheets: Item id to further facts of its card.
        tags: The tags there are.
        left_at: Where the session was left.
        stories: Item id to the item that may be the same work.
        came_in: How many items came in meanwhile.
        is_full: Every act fails as on a full disk.
        history: Items as they were before each act.
        future: Items as they were before each undo.
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
    future: list[Item] = field(default_factory=list)
    predictions: dict[int, Prediction] = field(default_factory=dict)
    sheets: dict[int, dict[str, object]] = field(default_factory=dict)
    tags: Sequence[str] = ()
    start: int = 0
    took: float = 0.0
    issue: Board = field(default_factory=Board)
    left_at: list[int | None] = field(default_factory=list)
    kept_unsaved: dict[int, str] = field(default_factory=dict)

    @property
    def queue(self) -> Sequence[int]:
        return tuple(self.items)

    def item(self, item_id: int) -> Item:
        return self.items[item_id]

    @property
    def listing(self) -> BulkService:
        what = "this desk has no list"
        raise PapertrackError(what)

    def minutes(self) -> float:
        return self.took

    def sheet(self, item_id: int) -> Sheet:
        item = self.item(item_id)
        guess = self.suggestions.get(item_id)
        prediction = self.predictions.get(item_id) or Prediction(
            None, "", (), (guess,) if guess else ()
        )
        facts = self.sheets.get(item_id, {})
        story, missing = self.stories.get(item_id), missing_text(item)
        reason = story.explain(UTC) if story else ""
        return Sheet(item, prediction, story, reason, missing=missing, **facts)  # type: ignore[arg-type] # as below

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

    def set_rating_text(self, item_id: int, area: str, field: str, text: str) -> str:
        before = self.items[item_id].judgement
        ratings = {rating.area: rating for rating in before.ratings}
        ratings[area] = replace(ratings.get(area, Rating(area)), **{field: text or None})  # type: ignore[arg-type] # as below
        said = f"{field} {item_id} {area} {text}"
        self._change(item_id, said, None, replace(before, ratings=tuple(ratings.values())))
        return said

    def set_format(self, item_id: int, form: str) -> str:
        said = f"format {item_id} {form or 'whole'}"
        self._note(item_id, "format", form, said, State.KEPT if form else State.NEW)
        return said

    def note(self, item_id: int, field: str, text: str) -> str:
        said = f"note {item_id} {field} {text}"
        self._note(item_id, field, text, said, None)
        return said

    def _note(self, item_id: int, field: str, text: str, said: str, state: State | None) -> None:
        before = self.items[item_id].judgement
        notes = {**before.notes, field: text}
        notes = {name: one for name, one in notes.items() if one.strip()}
        self._change(item_id, said, state, replace(before, notes=notes))

    def known_tags(self) -> Sequence[str]:
        return self.tags

    def citation(self, item_id: int) -> str:
        authors = self.items[item_id].authors
        return f"{authors[0].name} (2026)" if authors else ""

    def board(self) -> Board:
        return self.issue

    def unsaved(self) -> dict[int, str]:
        return dict(self.kept_unsaved)

    def keep_unsaved(self, item_id: int, text: str | None) -> None:
        self.kept_unsaved = {item_id: text} if text is not None else {}

    def bookmark(self, item_id: int | None) -> None:
        self.left_at.append(item_id)

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
        self.future.append(self.items[before.id])
        self.items[before.id] = before
        self.acts.append(f"undo {before.id}")
        return before.id, f"undone: {before.id}"

    def redo(self) -> tuple[int | None, str]:
        if not self.future:
            return None, "there is nothing to redo"
        again = self.future.pop()
        self.history.append(self.items[again.id])
        self.items[again.id] = again
        self.acts.append(f"redo {again.id}")
        return again.id, f"redone: {again.id}"

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


def service_of(*items: Item, **changes: object) -> FakeService:
    """Put items on a desk; without any, three papers."""
    chosen = items or tuple(paper(number) for number in (1, 2, 3))
    return FakeService({item.id: item for item in chosen}, **changes)  # type: ignore[arg-type] # as above
