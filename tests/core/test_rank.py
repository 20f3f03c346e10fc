"""What the ranker promises whatever it learns from."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.rank.features import Counts, Work, count_terms, learn_space, read_work
from papertrack.core.rank.prior import Interest, learn_prior
from papertrack.core.rank.ranker import Lesson, Ranker, learn

AREAS = (
    Interest("interp", "Mechanistic Interpretability", keywords=("sparse autoencoder*", "probe*")),
    Interest("attacks", "Adversarial Attacks", keywords=("jailbreak*",)),
)

texts = st.text(alphabet="abé 漢\u00ad-*()\n$,.0", max_size=40)
works = st.builds(
    Work,
    texts,
    texts,
    st.lists(st.sampled_from(["cs.LG", "cs.CL", ""]), max_size=2).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.sampled_from(["one", "two"]), max_size=2).map(tuple),
)
lessons = st.builds(Lesson, works.map(count_terms), st.booleans(), st.sampled_from([0.5, 1.0, 2.0]))


def work(title: str, summary: str = "", **facts: tuple[str, ...]) -> Counts:
    return count_terms(Work(title, summary, **facts))


def week(kept: str, passed: str, count: int = 6) -> list[Lesson]:
    return [
        Lesson(work(f"{kept} part {one}", authors=("A. Kept",)), is_kept=True)
        for one in range(count)
    ] + [Lesson(work(f"{passed} part {one}"), is_kept=False) for one in range(3 * count)]


@settings(max_examples=60, deadline=None)
@given(st.lists(lessons, max_size=12), st.lists(works, max_size=4))
def test_every_score_is_a_finite_number_and_every_chance_a_share(
    learned: list[Lesson], others: list[Work]
) -> None:
    ranker = learn(learned, AREAS, [count_terms(one) for one in others[:2]])
    for other in others:
        score = ranker.score(count_terms(other))
        assert math.isfinite(score)
        assert 0 <= ranker.chance(score) <= 1
        assert all(map(math.isfinite, ranker.reasons(count_terms(other)).values()))


def test_the_same_lessons_give_the_same_scores() -> None:
    judged = week("Probing a small network", "A catalogue of birds")
    other = work("Probing birds")
    assert learn(judged, AREAS, []).score(other) == learn(judged, AREAS, []).score(other)


def test_without_any_lesson_the_words_of_the_areas_decide() -> None:
    ranker = learn([], AREAS, [work("A catalogue of birds"), work("Sparse autoencoders")])
    assert ranker.score(work("Sparse autoencoders at scale")) > ranker.score(work("Birds"))


def test_without_lessons_and_areas_nothing_speaks_for_anything() -> None:
    assert learn([], (), []).score(work("Birds")) == 0


def test_what_was_kept_speaks_for_more_of_it_and_what_was_passed_over_against() -> None:
    ranker = learn(week("Grokking in tiny networks", "A survey of bridges"), (), [])
    grokking, bridges = work("Grokking again"), work("Old bridges")
    assert ranker.score(grokking) > ranker.score(work("Something else")) > ranker.score(bridges)
    assert ranker.reasons(grokking)["grokking"] > 0
    assert ranker.reasons(bridges)["bridge"] < 0


def test_an_author_who_was_kept_speaks_for_a_work_on_something_else() -> None:
    ranker = learn(week("Grokking in tiny networks", "A survey of bridges"), (), [])
    assert ranker.reasons(work("Other", authors=("A. Kept",)))["a:a. kept"] > 0


def test_the_words_of_the_areas_say_less_with_every_judgement() -> None:
    few, many = (
        learn(week("Grokking tiny networks", "A survey of bridges", count), AREAS, [])
        for count in (2, 40)
    )
    assert many.prior_share < few.prior_share


def test_reasons_add_up_to_the_score() -> None:
    ranker = learn(week("Probing a small network", "A survey of bridges"), AREAS, [])
    other = work("Probing old bridges", "with sparse autoencoders", categories=("cs.LG",))
    assert sum(ranker.reasons(other).values()) - ranker.base == pytest.approx(ranker.score(other))


def test_more_of_a_kind_is_more_likely_kept() -> None:
    ranker: Ranker = learn(week("Grokking in tiny networks", "A survey of bridges", 20), (), [])
    kept, passed = work("Grokking networks part 7"), work("A survey of bridges part 7")
    assert ranker.chance(ranker.score(kept)) > 0.5 > ranker.chance(ranker.score(passed))


@pytest.mark.parametrize(
    ("keyword", "title", "is_hit"),
    [
        ("jail break*", "Jail-breaks of models", True),
        ("jailbreak*", "Jailbreaking", True),
        ("probe", "Probes", False),
        ("probe", "A probe", True),
        ("art", "The state of the party", False),
        ("auto*er", "An autoencoder", True),
        ("auto*er", "An automobile", False),
        ("a*t*d*r", "An autoencoder", True),
        ("a*t*d*r", "An autodrum", False),
        ("*coder", "An autoencoder", True),
        ("na\u00efve", "nai\u0308ve", True),
        ("*", "Anything", False),
        ("--", "Anything", False),
    ],
)
def test_keywords_are_looked_up_as_whole_words_with_a_star_for_any_ending(
    keyword: str, title: str, *, is_hit: bool
) -> None:
    prior = learn_prior([Interest("x", "", keywords=(keyword,))], [])
    assert bool(prior.score(work(title))) is is_hit


def test_three_judgements_make_nothing_certain() -> None:
    first = [
        Lesson(work("Probing a network"), is_kept=True),
        Lesson(work("A jailbreak of assistants"), is_kept=True),
        Lesson(work("A survey of bridges"), is_kept=False),
    ]
    background = [work("A jailbreak by tables"), work("Bridges again"), work("Rivers and rain")]
    ranker = learn(first, AREAS, background)

    for counts in background:
        assert 0.01 < ranker.chance(ranker.score(counts)) < 0.99


def test_no_word_takes_long_however_many_stars_a_keyword_has() -> None:
    prior = learn_prior([Interest("x", "", keywords=("*a*a*a*a*a*b",))], [])
    assert prior.score(work("a" * 4000)) == 0


def test_a_single_word_makes_nothing_certain_before_anything_is_judged() -> None:
    waiting = [work(f"Bridges, part {part}") for part in range(299)] + [work("A probe")]
    ranker = learn([], AREAS, waiting)
    assert ranker.chance(ranker.score(work("A probe"))) < 0.96


@given(st.lists(works, min_size=1, max_size=6), works)
def test_a_work_has_one_vector_whether_its_terms_are_counted_or_not(
    known: list[Work], other: Work
) -> None:
    space = learn_space(map(count_terms, known), map(count_terms, known))

    counted, read = space.vector(count_terms(other)), space.vector_of(read_work(other))

    for vector in (counted, read):
        assert len(set(vector.places)) == len(vector.places)
    by_place = dict(zip(counted.places, counted.values, strict=True))
    assert dict(zip(read.places, read.values, strict=True)) == pytest.approx(by_place)
