"""How complete an item is for the digest, and how much of the issue is there, by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import (
    BRIEF,
    DEADLINE,
    FORMAT,
    HIDE_TITLE,
    HOME,
    LABELS,
    LINE,
    LINK,
    PLACE,
    PRIZE,
)
from papertrack.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.core.records import Item

# Labels of the fields that only some items have.
_MORE_LABELS = {LINE: "Line", DEADLINE: "Deadline", PLACE: "Place", PRIZE: "Prize"}
FIELD_LABELS = {**LABELS, **_MORE_LABELS}
# Of these two, one says why the work matters.
_MEANING = ("meaning", "good_for")


def fields_of(item: Item) -> tuple[str, ...]:
    """List the notes that are worth writing on an item, in the order in which they are written.

    A brief item has its line first; an opportunity has its deadline, place and prize.
    """
    first = (LINE,) if item.judgement.notes.get(FORMAT) == BRIEF else ()
    last = (DEADLINE, PLACE, PRIZE) if is_opportunity(item) else ()
    return (*first, *LABELS, *last)


def is_opportunity(item: Item) -> bool:
    """Tell whether an item is something to apply for; a deadline makes it one."""
    return item.kind is Kind.OPPORTUNITY or DEADLINE in item.judgement.notes


def missing_text(item: Item) -> tuple[str, ...]:
    """Name the texts that an item lacks for the digest, by their labels.

    A link needs none, a brief item its line. Everything else is whole with a body of its own, or
    with what it is, what is new (papers only: news and fiction are new themselves) and either
    what it means or what it is good for. An item that has nothing to click on but its bare link
    needs no less.
    """
    notes = item.judgement.notes
    form = notes.get(FORMAT)
    if form == LINK:
        return ()
    if form == BRIEF:
        return () if LINE in notes else (_MORE_LABELS[LINE],)
    lacking: list[str] = []
    if is_opportunity(item):
        lacking += [_MORE_LABELS[DEADLINE]] if DEADLINE not in notes else []
        has_text = any(field in notes for field in (*LABELS, LINE))
        return (*lacking, *(() if has_text else (LABELS["what"],)))
    if "body" in notes:
        return ()
    lacking += [LABELS["what"]] if "what" not in notes else []
    if item.kind is Kind.PAPER and "new" not in notes and HIDE_TITLE not in notes:
        lacking.append(LABELS["new"])
    if not any(field in notes for field in _MEANING):
        lacking.append(LABELS[_MEANING[0]])
    return tuple(lacking)


_LOOSE = {BRIEF: "brief", LINK: "links"}
_OPPORTUNITIES = "Opp"


@dataclass(frozen=True, slots=True)
class BoardArea:
    """An area as the board names it; `target` is how many items an issue should have there."""

    slug: str
    short: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the board.

    Attributes:
        short: What the board calls it.
        kept: How many items the issue has there.
        complete: How many of them have their text.
        target: How many it should have; None without a target.
    """

    short: str
    kept: int
    complete: int
    target: int | None = None

    @property
    def words(self) -> str:
        """What the board says: ``MI 1/3``, or ``MI 2`` when nothing is asked for or missing."""
        wanted = self.target if self.target is not None else self.kept
        of = "" if self.target is None and self.complete == self.kept else f"/{wanted}"
        return f"{self.short} {self.complete}{of}"


@dataclass(frozen=True, slots=True)
class Board:
    """The present issue, so far."""

    places: tuple[Place, ...] = ()

    @property
    def lacking(self) -> int:
        """How many kept items lack text."""
        return sum(place.kept - place.complete for place in self.places)


def home_of(item: Item, order: Sequence[str]) -> str | None:
    """Find the area under which an item is printed; None when it has no value in any of them.

    Args:
        item: The item.
        order: The slugs of the areas, in the author's order.

    Returns:
        The area that the author made its home, else where it is rated highest, at a tie the first.
    """
    halves = {
        rating.area: rating.halves
        for rating in item.judgement.ratings
        if rating.area in order and rating.halves is not None
    }
    home = item.judgement.notes.get(HOME)
    if home in halves or (home in order and FORMAT in item.judgement.notes):
        return home
    return min(halves, key=lambda area: (-halves[area], order.index(area)), default=None)


def draw_up(items: Sequence[Item], areas: Sequence[BoardArea], *, minimum_halves: int = 1) -> Board:
    """Count what an issue has and lacks.

    Args:
        items: The kept items of the issue's window.
        areas: The areas in the author's order; those with a target are always on the board.
        minimum_halves: Ratings below this stay out of the digest, 1 to 10.
    """
    order = [area.slug for area in areas]
    members: dict[str, list[Item]] = {}
    for item in items:
        if (place := _place_of(item, order, minimum_halves)) is not None:
            members.setdefault(place, []).append(item)
    shown = [area for area in areas if area.slug in members or area.target is not None]
    loose = [
        BoardArea(name, name) for name in (*_LOOSE.values(), _OPPORTUNITIES) if name in members
    ]
    return Board(
        tuple(
            Place(
                area.short,
                len(members.get(area.slug, ())),
                sum(not missing_text(item) for item in members.get(area.slug, ())),
                area.target,
            )
            for area in (*shown, *loose)
        )
    )


def _place_of(item: Item, order: Sequence[str], minimum_halves: int) -> str | None:
    """Name where an item stands in the issue; None when it stays out."""
    if is_opportunity(item):
        return _OPPORTUNITIES
    form = item.judgement.notes.get(FORMAT, "")
    home = home_of(item, order)
    if home is None or form in _LOOSE:
        return home or _LOOSE.get(form)
    best = max(rating.halves or 0 for rating in item.judgement.ratings if rating.area in order)
    return home if best >= minimum_halves else None
