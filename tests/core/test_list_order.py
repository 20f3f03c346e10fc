"""The order of a list, and the words that filter it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from papertrack.core.judging.bulk import (
    ListOrder,
    as_prefix_query,
    filter_by_words,
    filter_text,
    is_plain,
    sort_queue,
)
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Author, Item, Judgement

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)


def _item(number: int, title: str, *sources: str, days_old: int = 0) -> Item:
    return Item(
        id=number,
        kind=Kind.POST,
        title=title,
        url=None,
        authors=(Author("Zoë Example"),),
        summary="",
        published_at=NOW - timedelta(days=days_old),
        updated_at=None,
        first_seen_at=NOW,
        state=State.NEW,
        sources=sources,
        judgement=Judgement(tags=("toy-models",)),
    )


QUEUE = {
    item.id: item
    for item in (
        _item(5, "beta", "planet", days_old=3),
        _item(2, "Alpha", "field-notes", days_old=1),
        _item(9, "", days_old=2),
        _item(1, "alpha", "planet", days_old=1),
    )
}
SCORES = {9: 0.2, 1: 0.9}


@pytest.mark.parametrize(
    ("order", "numbers", "reversed_numbers"),
    [
        (ListOrder.QUEUE, [5, 2, 9, 1], [1, 9, 2, 5]),
        (ListOrder.DATE, [2, 1, 9, 5], [5, 9, 2, 1]),
        (ListOrder.SOURCE, [2, 5, 1, 9], [5, 1, 2, 9]),
        (ListOrder.TITLE, [2, 1, 5, 9], [5, 2, 1, 9]),
        (ListOrder.SCORE, [1, 9, 5, 2], [9, 1, 5, 2]),
    ],
)
def test_what_is_alike_stays_in_the_order_of_the_queue_and_what_is_missing_comes_last(
    order: ListOrder, numbers: list[int], reversed_numbers: list[int]
) -> None:
    assert sort_queue(QUEUE, order, is_reversed=False, scores=SCORES) == numbers
    assert sort_queue(QUEUE, order, is_reversed=True, scores=SCORES) == reversed_numbers


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", [5, 2, 9, 1]),
        ("ALPHA", [2, 1]),
        ("alpha plan", [1]),
        ("  zoë  toy ", [5, 2, 9, 1]),
        ("alpha beta", []),
    ],
)
def test_every_word_must_be_in_title_authors_source_or_tags(typed: str, numbers: list[int]) -> None:
    texts = {number: filter_text(item) for number, item in QUEUE.items()}

    assert filter_by_words(texts, list(QUEUE), typed) == numbers


@pytest.mark.parametrize("typed", ["", "probe attack", "self-attention", "大規模"])
def test_plain_words_need_no_filter_language(typed: str) -> None:
    assert is_plain(typed)


@pytest.mark.parametrize("typed", ["is:unrated", "-hype", "a or b", '"two words"', "rating>=3"])
def test_signs_and_joining_words_are_the_filter_language(typed: str) -> None:
    assert not is_plain(typed)


def test_the_last_word_of_a_query_may_go_on_while_it_is_typed() -> None:
    assert as_prefix_query("is:unrated prob") == "is:unrated prob*"
    assert as_prefix_query("prob is:unrated") == "prob is:unrated"
    assert as_prefix_query("prob or") == "prob or"
