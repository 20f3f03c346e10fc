"""Which items a bulk act means, and how it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.judging.bulk import (
    Choice,
    Scope,
    acknowledge,
    choose_left,
    describe_rating,
    describe_tags,
)
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Item, Judgement

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)


def _item(
    number: int,
    source: str = "field-notes",
    *,
    state: State = State.NEW,
    judged_at: datetime | None = None,
    days_old: float = 0,
) -> Item:
    return Item(
        id=number,
        kind=Kind.POST,
        title=f"Post {number}",
        url=None,
        authors=(),
        summary="",
        published_at=NOW - timedelta(days=days_old),
        updated_at=None,
        first_seen_at=NOW,
        state=state,
        sources=(source, "planet") if source else (),
        judgement=Judgement(state=state, judged_at=judged_at),
    )


def _choose(
    scope: Scope, *items: Item, area_of: Callable[[Item], str | None] = lambda _: None
) -> Choice | None:
    queue = {item.id: item for item in items}
    return choose_left(queue, scope, items[0], started_at=NOW, area_of=area_of)


def test_the_rest_of_a_source_is_what_it_showed_first_in_the_order_of_the_queue() -> None:
    choice = _choose(Scope.SOURCE, _item(3), _item(1), _item(2, "planet"), _item(4, ""))

    assert choice == Choice((3, 1), "from field-notes")
    assert choice.asked == "the 2 left from field-notes"
    assert _choose(Scope.SOURCE, _item(4, ""), _item(1)) == Choice((4,), "without any source")


def test_judged_items_are_not_left_nor_what_was_put_off_in_this_sitting() -> None:
    choice = _choose(
        Scope.SOURCE,
        _item(1, state=State.KEPT, judged_at=NOW - timedelta(days=1)),
        _item(2, state=State.REJECTED, judged_at=NOW),
        _item(3, state=State.LATER, judged_at=NOW + timedelta(minutes=1)),
        _item(4, state=State.LATER, judged_at=NOW - timedelta(days=1)),
        _item(5, state=State.OLD),
        _item(6),
    )

    assert choice == Choice((4, 6), "from field-notes")


def test_older_means_more_than_seven_days_since_it_came_out() -> None:
    items = [_item(1), _item(2, days_old=7), _item(3, days_old=7.01), _item(4, "x", days_old=30)]

    assert _choose(Scope.OLDER, *items) == Choice((3, 4), "older than 7 days")


def test_an_area_is_that_of_the_card_and_nothing_is_meant_without_one() -> None:
    areas = {1: "interp", 2: "art", 3: "interp"}

    choice = _choose(Scope.AREA, *map(_item, (1, 2, 3, 4)), area_of=lambda one: areas.get(one.id))
    assert choice == Choice((1, 3), "suggested for interp")
    assert _choose(Scope.AREA, *map(_item, (4, 1)), area_of=lambda one: areas.get(one.id)) is None


def test_acknowledgements_count_the_items_and_say_what_they_have_in_common() -> None:
    assert acknowledge("rejected", 41, "from field-notes") == "rejected 41 items from field-notes"
    assert acknowledge("later:", 1) == "later: 1 item"
    assert acknowledge(describe_rating("interp", 7), 2) == "rated 3.5 in interp: 2 items"
    assert acknowledge(describe_tags(["toy"], ["old"]), 2) == "tagged +toy -old: 2 items"
    assert Choice((1, 2)).asked == "the 2 marked"
