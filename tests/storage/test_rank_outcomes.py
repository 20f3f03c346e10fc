"""What was expected of an item counts only where it was said before, and in front of the item."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.core.rank.evaluation import History
from papertrack.storage.database import open_database
from papertrack.storage.rank import read_outcomes

if TYPE_CHECKING:
    from tests.author import Author

WEEK = timedelta(days=7)
TITLES = (
    *("Probes of the first kind", "Bridges over the river", "Probes in the small"),
    *("Bridges in winter", "Poems that break things", "A survey of bridges"),
)
DIGEST = """\
# Probes (2026-11-13)

## Mechanistic Interpretability

### [Probes of the first kind](https://example.org/first)

**What is it:** A probe

**Rating:** 💡💡💡
"""


@pytest.fixture
def ranked(author: Author) -> Author:
    """Six works that wait, ranked on Monday 2026-11-16."""
    author.now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    for number, title in enumerate(TITLES, start=1):
        author.types("add", f"https://example.org/{number}", "--title", title)
    rank(author)
    return author


def rank(author: Author) -> None:
    assert author.types("why", "1").code == 0


def history(author: Author) -> History:
    with closing(open_database(author.database)) as db:
        return read_outcomes(db, UTC)


def outcomes(author: Author) -> dict[int, tuple[str, bool]]:
    return {one.item: (one.week, one.is_kept) for one in history(author).outcomes}


def rates(author: Author, *items: str, area: str = "interp", value: str = "4") -> None:
    assert author.types("rate", *items, "--area", area, "--value", value).code == 0


def rejects(author: Author, *items: str) -> None:
    assert author.types("rate", *items, "--reject").code == 0


def test_what_is_judged_counts_in_its_week_alone_or_with_others(ranked: Author) -> None:
    rates(ranked, "3")
    rejects(ranked, "2", "4", "6")
    ranked.now += WEEK
    rank(ranked)
    rates(ranked, "5", area="attacks", value="2.5")

    assert outcomes(ranked) == {
        3: ("2026-W47", True),
        **dict.fromkeys((2, 4, 6), ("2026-W47", False)),
        5: ("2026-W48", True),
    }


def test_what_was_never_ranked_is_counted_apart(author: Author) -> None:
    author.types("add", "https://example.org/1", "--title", "Probes")
    rates(author, "1")
    rank(author)

    assert history(author) == History((), unranked=1)


def test_a_change_of_mind_next_week_is_no_new_outcome(ranked: Author) -> None:
    rates(ranked, "1", value="4")
    rejects(ranked, "2")
    before = history(ranked).outcomes
    ranked.now += WEEK
    rank(ranked)
    rejects(ranked, "1")
    rates(ranked, "2", value="1")
    rates(ranked, "2", area="attacks", value="5")
    rank(ranked)

    assert [(one.item, one.is_kept, one.halves) for one in before] == [
        (1, True, {"interp": 8}),
        (2, False, {}),
    ]
    assert history(ranked).outcomes == before


def test_an_undone_judgement_is_none_and_leaves_no_trace_in_what_is_expected(
    ranked: Author,
) -> None:
    rates(ranked, "3")
    rejects(ranked, "2", "4")
    rank(ranked)
    before = ranked.types("why", "5", "--json").json
    rates(ranked, "5", area="attacks")
    rank(ranked)
    ranked.types("undo")
    assert 5 not in outcomes(ranked)
    rank(ranked)

    assert ranked.types("why", "5", "--json").json == before
    rejects(ranked, "5")
    (fifth,) = (one for one in history(ranked).outcomes if one.item == 5)
    assert (fifth.chance, fifth.is_kept) == (before["score"], False)


def test_what_is_brought_back_after_it_was_ranked_anew_does_not_count(ranked: Author) -> None:
    rates(ranked, "3")
    ranked.types("undo")
    rank(ranked)
    ranked.types("redo")

    assert history(ranked) == History((), unranked=1)


def test_a_rating_taken_back_and_given_again_was_not_expected_before(ranked: Author) -> None:
    rates(ranked, "3")
    ranked.now += timedelta(days=1)
    ranked.types("rate", "3", "--area", "interp", "--value", "none")
    rank(ranked)
    rates(ranked, "3", value="2")

    assert history(ranked) == History((), unranked=1)


def test_what_was_put_off_counts_when_it_is_judged(ranked: Author) -> None:
    ranked.types("rate", "3", "--later")
    assert outcomes(ranked) == {}
    ranked.now += WEEK
    rejects(ranked, "2")
    rank(ranked)
    rates(ranked, "3")

    assert outcomes(ranked)[3] == ("2026-W48", True)


def test_a_work_that_was_judged_by_another_name_before_does_not_count(ranked: Author) -> None:
    rates(ranked, "3")
    rank(ranked)  # 1 is ranked by what was said of 3
    ranked.types("merge", "1", "3")

    assert history(ranked) == History((), unranked=1)


def test_a_merged_work_counts_once_by_what_was_said_first(ranked: Author) -> None:
    rates(ranked, "3")
    ranked.types("rate", "1", "--reject")
    ranked.types("merge", "1", "3")

    assert outcomes(ranked) == {1: ("2026-W47", False)}
    ranked.types("undo")
    assert outcomes(ranked) == {3: ("2026-W47", True), 1: ("2026-W47", False)}


def test_what_was_passed_over_and_then_rejected_with_the_rest_does_not_count(
    ranked: Author,
) -> None:
    ranked.now += timedelta(days=4)
    rates(ranked, "3")
    ranked.types("rate", "5", "--later")
    assert history(ranked).unjudged == 4
    rank(ranked)  # 1, 2, 4 and 6 are lessons by now
    rejects(ranked, "1", "2", "4")
    rejects(ranked, "5")

    found = history(ranked)
    assert outcomes(ranked) == {3: ("2026-W47", True), 5: ("2026-W47", False)}
    assert (found.passed_over, found.unjudged) == (3, 1)


def test_a_verdict_that_came_with_an_old_issue_was_not_given_in_front_of_the_item(
    ranked: Author,
) -> None:
    digest = ranked.folder / "old.md"
    digest.write_text(DIGEST.replace("/first", "/1"), encoding="utf-8")
    assert ranked.types("import-issue", str(digest)).code == 0
    rates(ranked, "3", value="5")

    assert ranked.rows("SELECT state FROM items WHERE id = 1") == [("kept",)]
    assert outcomes(ranked) == {3: ("2026-W47", True)}


def test_the_usual_rating_is_that_of_before_it_was_ranked(ranked: Author) -> None:
    rates(ranked, "1", value="2")
    rates(ranked, "2", value="3")
    rank(ranked)
    rates(ranked, "3", value="5")
    rates(ranked, "1", value="5")

    assert {one.item: one.area_means for one in history(ranked).outcomes} == {
        1: {},
        2: {},
        3: {"interp": 5},
    }
