"""In which order a queue is served: every item once, and the best never far behind."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.rank.prediction import ORDERS, Rank, order_items

DAY = date(2026, 11, 22)

chances = st.one_of(st.none(), st.floats(0, 1))
queues = st.lists(st.tuples(chances, st.none() | st.integers(0, 3)), max_size=40).map(
    lambda facts: [
        Rank(number, chance, chance, area) for number, (chance, area) in enumerate(facts, start=1)
    ]
)


@settings(max_examples=60, deadline=None)
@given(queues, st.sampled_from(ORDERS), st.floats(0, 1))
def test_every_order_serves_every_item_once(ranks: list[Rank], order: str, share: float) -> None:
    assert sorted(order_items(ranks, order, share, DAY)) == [one.item for one in ranks]


@settings(max_examples=60, deadline=None)
@given(queues, st.floats(0, 1))
def test_luck_delays_an_item_by_no_more_than_the_places_it_was_given(
    ranks: list[Rank], share: float
) -> None:
    strict = order_items(ranks, "best", 0, DAY)
    mixed = order_items(ranks, "best", share, DAY)

    for number in strict:
        place = mixed.index(number) + 1
        assert place - (strict.index(number) + 1) <= int(place * share)


@pytest.mark.parametrize("count", [1, 9, 19])
def test_the_best_comes_first_in_a_queue_of_any_length_on_any_day(count: int) -> None:
    ranks = [Rank(number, float(number)) for number in range(1, count + 1)]

    for later in range(100):
        assert order_items(ranks, "best", 0.1, DAY + timedelta(days=later))[0] == count


def test_one_place_in_ten_is_left_to_luck() -> None:
    ranks = [Rank(number, -float(number)) for number in range(1, 501)]
    drawn = set()
    for later in range(30):
        served = order_items(ranks, "best", 0.1, DAY + timedelta(days=later))
        first = served[:60]
        assert set(range(1, 55)) <= set(first)
        drawn |= {number for number in first if number > 60}

    assert len(drawn) > 100  # of 30 days' 180 places; not the same ones every day


def test_what_was_never_ranked_comes_last_but_for_luck() -> None:
    ranks = [Rank(1), Rank(2, 0.5), Rank(3), Rank(4, -9.0)]

    assert order_items(ranks, "best", 0, DAY) == [2, 4, 1, 3]


def test_unsure_begins_where_nobody_can_tell() -> None:
    ranks = [Rank(1), Rank(2, 2.0, 0.9), Rank(3, 0.1, 0.45), Rank(4, -1.0, 0.2)]

    assert order_items(ranks, "unsure", 0.1, DAY) == [3, 4, 2, 1]


def test_by_area_is_that_of_the_digest_the_best_of_each_first() -> None:
    ranks = [Rank(1, 1.0, 0.5, 1), Rank(2, 1.0), Rank(3, 2.0, 0.5, 1), Rank(4, 0.1, 0.5, 0)]

    assert order_items(ranks, "area", 0.1, DAY) == [4, 3, 1, 2]


def test_random_is_the_same_all_day_and_another_on_the_next() -> None:
    ranks = [Rank(number) for number in range(20)]
    today, again = (order_items(ranks, "random", 0.1, DAY) for _ in range(2))

    assert today == again != order_items(ranks, "random", 0.1, DAY + timedelta(days=1))


def test_luck_has_no_liking_for_figures() -> None:
    served = order_items([Rank(number) for number in range(1000)], "random", 0.1, DAY)

    alike = sum(one % 100 == other % 100 for one, other in pairwise(served))
    assert alike < 30  # 9 in the mean
