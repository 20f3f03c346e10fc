"""Which area a work belongs to, and how it may be rated."""

from __future__ import annotations

from math import isfinite
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.rank.areas import AreaRanker, RatedWork, learn_areas
from papertrack.core.rank.features import Counts, Work, count_terms, learn_space
from papertrack.core.rank.prior import Interest, learn_prior

SLUGS = ("interp", "attacks", "policy")
INTERESTS = (
    Interest("interp", "Mechanistic Interpretability", keywords=("sparse autoencoder*", "probe*")),
    Interest("attacks", "Adversarial Attacks", keywords=("jailbreak*",)),
    Interest("policy", "Law and Policy"),
)
ORDINARY = ("A survey of bridges", "Probes of the moon", "Jailbreaks in cinema", "Rivers, rain")
FILLING = ["model", "data", "method", "result", "system", "test", "study", "case", "review"]


def work(title: str, summary: str = "", **facts: tuple[str, ...]) -> Counts:
    return count_terms(Work(title, summary, **facts))


class Sorter:
    """What was learned of areas, with all that is needed to ask it."""

    def __init__(self, *rated: RatedWork, hints: dict[str, str] | None = None) -> None:
        ordinary = [work(title) for title in ORDINARY]
        counts = [one.counts for one in rated] + ordinary
        self.space, self.prior = learn_space(counts, counts), learn_prior(INTERESTS, counts)
        self.ranker: AreaRanker = learn_areas(
            rated, SLUGS, hints or {}, (self.space, self.prior), ordinary
        )

    def judge(self, counts: Counts, *sources: str) -> tuple[list[str], dict[str, int]]:
        hits = self.prior.hits(counts)
        return self.ranker.judge(self.space.vector(counts), self.prior, hits, sources)

    def areas(self, title: str, *sources: str) -> list[str]:
        return self.judge(work(title), *sources)[0]


def placed(title: str, area: str, halves: int | None = None) -> RatedWork:
    return RatedWork(work(title), {area: halves})


def test_before_the_first_rating_the_words_of_the_areas_decide() -> None:
    areas, _ = Sorter().judge(work("A jailbreak", "Jailbreaks, and how a probe sees them"))
    assert areas == ["attacks", "interp"]


def test_nothing_is_guessed_where_nothing_speaks_for_any_area() -> None:
    assert Sorter().areas("Rivers") == []


def test_the_name_of_an_area_speaks_for_it_without_any_keyword() -> None:
    assert Sorter().areas("Laws of the sea") == ["policy"]


def test_what_was_rated_says_where_its_like_belong() -> None:
    sorter = Sorter(
        *(placed(f"Grokking in tiny networks {at}", "interp") for at in range(6)),
        *(placed(f"Stickers that fool cameras {at}", "attacks") for at in range(6)),
    )
    assert sorter.areas("More grokking networks")[0] == "interp"
    assert sorter.areas("Cameras and stickers")[0] == "attacks"


def test_an_area_that_was_never_used_is_named_when_its_words_speak() -> None:
    sorter = Sorter(*(placed(f"Grokking in tiny networks {at}", "interp") for at in range(12)))
    assert sorter.areas("Policy")[0] == "policy"


def test_of_an_unknown_work_the_area_that_is_used_most_is_guessed_first() -> None:
    sorter = Sorter(
        *(placed(f"Stickers {at}", "attacks") for at in range(5)), placed("Grokking", "interp")
    )
    assert sorter.areas("Nothing of the kind")[0] == "attacks"


def test_a_source_that_is_read_for_an_area_speaks_for_it() -> None:
    sorter = Sorter(hints={"lawyers": "policy", "gone": "retired"})
    assert sorter.areas("Rivers", "lawyers", "gone") == ["policy"]


def test_a_work_in_two_areas_is_a_lesson_for_both() -> None:
    both = [RatedWork(work(f"Grokking {at}"), {"interp": 6, "policy": None}) for at in range(6)]
    sorter = Sorter(*both, *(placed(f"Stickers {at}", "attacks") for at in range(6)))
    assert set(sorter.areas("Grokking again")[:2]) == {"interp", "policy"}


@pytest.mark.parametrize("title", ["", "!!!", "漢字", "Unheard words only"])
def test_one_rated_work_is_enough_and_any_other_can_be_asked_about(title: str) -> None:
    areas, halves = Sorter(placed("Grokking", "interp", 6)).judge(work(title))
    assert (areas[0], halves) == ("interp", {})


def test_what_is_rated_in_an_area_that_is_gone_is_no_lesson() -> None:
    assert Sorter(placed("Grokking", "retired", 9)).judge(work("Grokking"))[1] == {}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Grokking", "Stickers", "", "Probes, jailbreaks", "漢"]),
            st.dictionaries(
                st.sampled_from([*SLUGS, "gone"]), st.none() | st.integers(1, 10), max_size=3
            ),
        ),
        max_size=24,
    ),
    st.text(max_size=20),
)
def test_whatever_was_rated_every_area_has_a_place_and_every_guess_is_a_rating(
    rated: list[tuple[str, dict[str, int | None]]], title: str
) -> None:
    sorter = Sorter(*(RatedWork(work(title), halves) for title, halves in rated))
    areas, halves = sorter.judge(work(title))
    assert len(areas) == len(set(areas)) <= len(SLUGS)
    assert len(areas) == len(SLUGS) or not rated
    assert set(halves) <= set(SLUGS)
    assert all(1 <= value <= 10 for value in halves.values())
    assert all(isfinite(value) for row in sorter.ranker.weights for value in row)


def rated_works(raised_by: str, count: int) -> list[RatedWork]:
    """Rate works at random about 3 stars, and those with a word about 4 and a half."""
    dice = Random(5)  # noqa: S311  # invented works
    works = []
    for at in range(count):
        has_it = at % 3 == 0
        title = " ".join([*dice.sample(FILLING, 4), "grokking" if has_it else "bridges"])
        halves = dice.choice([4, 5, 6, 7, 8]) + (3 if has_it and raised_by == "grokking" else 0)
        works.append(placed(title, SLUGS[at % 2], min(10, halves)))
    return works


def test_what_the_author_rates_higher_is_guessed_higher_in_every_area() -> None:
    sorter = Sorter(*rated_works("grokking", 60))
    more, less = (sorter.judge(work(f"{word} model"))[1] for word in ("grokking", "bridges"))
    assert more.keys() == less.keys() == {"interp", "attacks"}
    assert all(more[area] > less[area] for area in more)


def test_ratings_that_hang_on_nothing_are_guessed_at_the_mean() -> None:
    sorter = Sorter(*rated_works("nothing", 60))
    means = sorter.ranker.means
    for word in ("grokking", "bridges", "unheard"):
        guessed = sorter.judge(work(f"{word} model"))[1]
        assert all(abs(guessed[area] - means[area]) <= 1 for area in means)


def test_no_rating_is_guessed_in_an_area_with_few_of_them() -> None:
    works = [*rated_works("nothing", 16), placed("A law", "policy", 9)]
    assert set(Sorter(*works).judge(work("A law"))[1]) == {"interp", "attacks"}
