"""What a day brought in each category, and what has to be caught up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from papertrack.core.arxiv.announcements import (
    CatchUp,
    batches_of,
    is_announced_since,
    plan_catch_up,
    unseen,
)
from papertrack.core.records import ArxivFacts, ArxivId, Entry

FRIDAY = date(2026, 11, 20)
THURSDAY = date(2026, 11, 19)
WEDNESDAY = date(2026, 11, 18)


def paper(
    number: str, *categories: str, kind: str | None = "new", version: int = 1, day: int = 19
) -> Entry:
    facts = ArxivFacts(ArxivId(number, version), categories[0], categories, announce_type=kind)
    submitted = datetime(2026, 11, day, 9, tzinfo=UTC)
    return Entry(number, "A title", published_at=submitted, arxiv=facts)


def test_a_paper_is_new_in_its_primary_category_only() -> None:
    day = [
        paper("1", "cs.LG", "cs.AI"),
        paper("2", "cs.AI"),
        paper("3", "stat.ML", "cs.LG", kind="cross"),
        paper("4", "cs.LG", kind="replace"),
    ]

    assert batches_of(day, ["cs.LG", "cs.AI", "cs.CV", "cs"]) == {
        "cs.LG": frozenset({"1"}),
        "cs.AI": frozenset({"2"}),
        "cs.CV": frozenset(),
        "cs": frozenset({"1", "2"}),
    }


@pytest.mark.parametrize(
    ("missed", "suspect", "since", "wanted"),
    [
        ((), (), None, None),
        ((), ("cs.AI",), None, CatchUp(THURSDAY, ("cs.AI",), (FRIDAY,))),
        ((THURSDAY,), (), None, CatchUp(WEDNESDAY, ("cs.AI", "cs.LG"), (THURSDAY,))),
        (
            (THURSDAY,),
            ("cs.AI",),
            None,
            CatchUp(WEDNESDAY, ("cs.AI", "cs.LG"), (THURSDAY, FRIDAY)),
        ),
        ((), (), WEDNESDAY, CatchUp(WEDNESDAY, ("cs.AI", "cs.LG"))),
        ((THURSDAY,), (), FRIDAY, CatchUp(WEDNESDAY, ("cs.AI", "cs.LG"), (THURSDAY,))),
    ],
)
def test_what_is_missing_is_asked_for_with_a_day_of_overlap(
    missed: tuple[date, ...], suspect: tuple[str, ...], since: date | None, wanted: CatchUp | None
) -> None:
    plan = plan_catch_up(FRIDAY, ("cs.AI", "cs.LG"), missed=missed, suspect=suspect, since=since)

    assert plan == wanted


@pytest.mark.parametrize(
    ("day", "version", "is_new"),
    [(19, 1, True), (1, 1, True), (19, 2, True), (13, 2, False), (10, 3, False)],
)
def test_a_paper_that_was_only_changed_is_not_new(day: int, version: int, *, is_new: bool) -> None:
    assert is_announced_since(paper("1", "cs.LG", version=version, day=day), WEDNESDAY) is is_new


def test_an_old_paper_that_was_touched_by_the_administration_is_not_new() -> None:
    old = paper("1", "cs.LG", day=1)

    assert not is_announced_since(old, date(2026, 12, 1))
    assert not is_announced_since(Entry("g", "Undated"), FRIDAY)


def test_unseen_papers_are_those_of_no_batch() -> None:
    batches = [[frozenset({"1"}), frozenset({"2"})], [frozenset({"3"})]]

    assert unseen({"1", "3", "4"}, batches) == {"4"}
