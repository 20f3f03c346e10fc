"""How complete items are for the digest, and how far the issue has come, by area."""

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
# One of these two must say why the work matters.
_MEANING = ("meaning", "good_for")


def fields_of(item: Item) -> tuple[str, ...]:
    """List the notes to write on an item, in order.

    A brief item has its line first; an opportunity has its deadline, place and prize.
    """
    first = (LINE,) if item.judgement.notes.get(FORMAT) == BRIEF else ()
    last = (DEADLINE, PLACE, PRIZE) if is_opportunity(item) else ()
    return (*first, *LABELS, *last)


def is_opportunity(item: Item) -> bool:
    """Return whether an item is something to apply for, as any item with a deadline is."""
    return item.kind is Kind.OPPORTUNITY or DEADLINE in item.judgement.notes


def missing_text(item: Item) -> tuple[str, ...]:
    """List the labels of the texts that an item still needs for the digest.

    A link needs none, a brief its line. Any other item needs either a body, or what it is, what is
    new (papers only: news and fiction are new themselves) and one of what it means and what it is
    good for. A paper with a hidden title need not say what is new.
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
    """An area on the board; `target` is how many items an issue should have there."""

    slug: str
    short: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One place on the board.

    Attributes:
        short: Its name on the board.
        kept: How many items the issue has there.
        complete: How many of them have all their texts.
        target: How many it should have, if set.
    """

    short: str
    kept: int
    complete: int
    target: int | None = None

    @property
    def words(self) -> str:
        """Its text on the board: ``MI 1/3``, or ``MI 2`` if complete and without a target."""
        wanted = self.target if self.target is not None else self.kept
        of = "" if self.target is None and self.complete == self.kept else f"/{wanted}"
        return f"{self.short} {self.complete}{of}"


@dataclass(frozen=True, slots=True)
class Board:
    """The state of the present issue."""

    places: tuple[Place, ...] = ()

    @property
    def lacking(self) -> int:
        """How many kept items lack text."""
        return sum(place.kept - place.complete for place in self.places)


def home_area(item: Item, order: Sequence[str]) -> str | None:
    """Return the area under which an item is printed; None if it has no rating in any.

    Args:
        item: The item.
        order: The slugs of the areas, in the author's order.

    Returns:
        The area that the author chose, else the one with its highest rating, the first of equals.
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


def count_board(
    items: Sequence[Item], areas: Sequence[BoardArea], *, minimum_halves: int = 1
) -> Board:
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
    """Return the place of an item in the issue; None if it is not printed."""
    if is_opportunity(item):
        return _OPPORTUNITIES
    form = item.judgement.notes.get(FORMAT, "")
    home = home_area(item, order)
    if home is None or form in _LOOSE:
        return home or _LOOSE.get(form)
    best = max(rating.halves or 0 for rating in item.judgement.ratings if rating.area in order)
    return home if best >= minimum_halves else None
