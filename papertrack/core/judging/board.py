"""The issue board: how much of the issue is there, by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.judging.completeness import is_opportunity, missing_text
from papertrack.core.judging.notes import BRIEF, FORMAT, HOME, LINK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.core.records import Item

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


def draw_up(items: Sequence[Item], areas: Sequence[BoardArea], *, least_halves: int = 1) -> Board:
    """Count what an issue has and lacks.

    Args:
        items: The kept items of the issue's window.
        areas: The areas in the author's order; those with a target are always on the board.
        least_halves: Ratings below this stay out of the digest, 1 to 10.
    """
    order = [area.slug for area in areas]
    members: dict[str, list[Item]] = {}
    for item in items:
        if (place := _place_of(item, order, least_halves)) is not None:
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


def _place_of(item: Item, order: Sequence[str], least_halves: int) -> str | None:
    """Name where an item stands in the issue; None when it stays out."""
    if is_opportunity(item):
        return _OPPORTUNITIES
    form = item.judgement.notes.get(FORMAT, "")
    home = home_of(item, order)
    if home is None or form in _LOOSE:
        return home or _LOOSE.get(form)
    best = max(rating.halves or 0 for rating in item.judgement.ratings if rating.area in order)
    return home if best >= least_halves else None
