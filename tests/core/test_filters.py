"""The filter language: what it says, what it refuses and where, and that its writing reads back."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.dates import Window
from papertrack.core.query.filters import (
    Between,
    Filter,
    OneOf,
    Rated,
    Vocabulary,
    Words,
    write_filter,
)
from papertrack.core.query.parse import MAX_CHARACTERS, MAX_DEPTH, MAX_TERMS, read_query
from papertrack.core.text.words import number_forms, pattern_of, spans_of
from papertrack.errors import QueryMistake

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = Vocabulary(
    areas={
        "mech-interp": "Mechanistic Interpretability",
        "attacks": "Avoiding Adversarial Attacks",
        "mi6": "Spies",
    },
    sources=("arxiv-ml", "arxiv-cl", "blog"),
    tags=("hype", "Toy", "toy-models"),
    issues=("2026-W45",),
    searches={
        "week": "@7d is:kept",
        "loop": "x or saved:loop",
        "wrong": "is:nothing",
        "both": "a or b",
    },
    shorts={"attacks": "Adv"},
)


def read(query: str) -> Filter:
    return read_query(query, NAMES, now=NOW, zone=BERLIN).tree


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("", ""),
        ("a b", '"a" "b"'),
        ("a and b AND c", '"a" "b" "c"'),
        ("a or b c", '"a" or ("b" "c")'),
        ("a | b & c", '"a" or ("b" "c")'),
        ("(a or b) c", '("a" or "b") "c"'),
        ("((a b) c)", '"a" "b" "c"'),
        ("-a", '-"a"'),
        ("not not -a", '-"a"'),
        ("- -a", None),
        ("-(a or b)", '-("a" or "b")'),
        ("not a b", '-"a" "b"'),
        ('"two words"*', '"two words"*'),
        ("\N{LEFT DOUBLE QUOTATION MARK}curly\N{RIGHT DOUBLE QUOTATION MARK}", '"curly"'),
        ("self-attention", '"self-attention"'),
        ("auto*", '"auto"*'),
        ("title:probe author:nanda by:ng", 'title:"probe" author:"nanda" author:"ng"'),
        ("AI: a survey", '"ai" "a" "survey"'),
        ("area:mech", 'area:"mech"'),
        ("area:mi>=3.5", 'area:"mi"=3.5..5'),
        ("rating\N{GREATER-THAN OR EQUAL TO}3", "rating:3..5"),
        ("rating>3 rating<=4,5", "rating:3.5..5 rating:0.5..4.5"),
        ("rating:2..3 rating=4 rating:..2", "rating:2..3 rating:4..4 rating:0.5..2"),
        ("@7d seen>=2026-11 judged:today", "@7d seen>=2026-11 judged:today"),
        ("tag:#hype tag:TOY", 'tag:"hype" tag:"TOY"'),
        ("issue:2026w45", 'issue:"2026-W45"'),
        ("cat:cs.lg", 'cat:"cs.LG"'),
        ("saved:week x", '@7d is:"kept" "x"'),
        ("saved:both x", '("a" or "b") "x"'),
        ("has:note has:good-for", 'has:"notes" has:"good_for"'),
        ("2611.99901v2", 'id:"2611.99901v2"'),
        ("arXiv:2611.99901", 'id:"2611.99901"'),
        ("https://example.org/a?b=(c)", 'id:"https://example.org/a?b=(c)"'),
        ('"or" "not"', '"or" "not"'),
    ],
)
def test_a_query_reads_as_it_is_written(query: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(QueryMistake):
            read(query)
    else:
        assert write_filter(read(query)) == written


@pytest.mark.parametrize(
    ("query", "place", "said", "hint"),
    [
        ("probe foo:bar", "foo", 'there is no field "foo"', "the fields are"),
        ("aera:mi", "aera", 'there is no field "aera"', 'did you mean "area"?'),
        ("x area:mo", "mo", 'there is no area "mo"', "the areas are mech-interp"),
        ("source:blgo", "blgo", 'there is no source "blgo"', 'did you mean "blog"?'),
        ("x is:unratd", "unratd", 'there is no "is:unratd"', 'did you mean "unrated"?'),
        ("has:dog", "dog", 'there is no "has:dog"', "did you mean"),
        ("kind:paperr", "paperr", 'there is no "kind:paperr"', 'did you mean "paper"?'),
        ("issue:2026-W46", "2026-W46", "there is no published issue", 'did you mean "2026-W45"?'),
        ("cat:cs.LGG", "cs.LGG", 'arXiv has no category "cs.LGG"', 'did you mean "cs.LG"?'),
        ("saved:weak", "weak", 'there is no saved search "weak"', 'did you mean "week"?'),
        ("a rating>=7", "7", '"7" is not a rating', "give 0.5 to 5"),
        ("@2026-W99", "2026-W99", '"2026-W99" is not a date', "write 7d"),
        ("@2026-02-30", "2026-02-30", "is not a date", "write 7d"),
        ("seen:..", "..", "there is no date before or after ..", "write 7d"),
        ("tag>=3", "tag", "tag cannot be compared", "write tag:3"),
        ("tag:", "", "tag has no value", "add one"),
        ("id:who", "who", '"who" is not a number', "write id:"),
        ('a "b', '"b', "this quote is not closed", "add a closing"),
        ("a (b", "(b", "this parenthesis is not closed", "add a"),
        ("a) b", ") b", 'this ")" has no matching "("', "remove it"),
        ("a ()", "()", "these parentheses are empty", "remove them"),
        ("a or", "", "a search term is missing at the end of the query", "add one"),
        ("a or or b", "or b", 'a search term is missing before "or"', "add one"),
        ("not", "", "a search term is missing at the end", "add one"),
        ("rating >=3", ">=3", "there is no field before this", "write it without spaces"),
        (
            "rating \N{GREATER-THAN OR EQUAL TO} 3",
            "\u2265 3",
            "there is no field before",
            "write it",
        ),
        ("a !probe", "!probe", '"!" does not exclude', "write -probe"),
        ("rating:4..2", "4..2", "this range ends before it begins", "write 2..4"),
        ("@today..yesterday", "today..", "this range ends before", "write yesterday..today"),
        ("seen:3d..7d", "3d..7d", "this range ends before it begins", "write 7d..3d"),
        ("a !!", "!!", "this has no letter or digit", "remove it"),
    ],
)
def test_a_mistake_names_its_place_and_what_to_do(
    query: str, place: str, said: str, hint: str
) -> None:
    with pytest.raises(QueryMistake) as caught:
        read(query)

    mistake = caught.value
    assert mistake.query[mistake.at :].startswith(place)
    assert said in mistake.what
    assert hint in (mistake.hint or "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("saved:loop", "refers to itself"),
        ("saved:wrong", 'in the saved search "wrong": there is no "is:nothing"'),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), f"more than {MAX_DEPTH} deep"),
        ("a " * (MAX_TERMS + 1), f"more than {MAX_TERMS} terms"),
        ("a" * (MAX_CHARACTERS + 1), f"longer than {MAX_CHARACTERS} characters"),
    ],
    ids=["loop", "wrong", "deep", "many", "long"],
)
def test_what_cannot_be_asked_is_a_mistake(query: str, said: str) -> None:
    with pytest.raises(QueryMistake, match=said):
        read(query)


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("mi6", ("mi6",)),
        ("mi", ("mi6",)),
        ("mech", ("mech-interp",)),
        ("adv", ("attacks",)),
        ("aaa", ("attacks",)),
        ("MECH-INTERP", ("mech-interp",)),
        ("m*", ("mech-interp", "mi6")),
    ],
)
def test_an_area_goes_by_short_forms(typed: str, slugs: tuple[str, ...]) -> None:
    tree = read(f"area:{typed}")

    assert isinstance(tree, OneOf)
    assert tree.values == slugs


def test_a_source_may_stand_for_all_that_begin_so() -> None:
    tree = read("source:arxiv")

    assert isinstance(tree, OneOf)
    assert tree.values == ("arxiv-ml", "arxiv-cl")


def test_a_tag_that_no_item_has_is_a_note_and_no_mistake() -> None:
    query = read_query("-tag:hyp x", NAMES, now=NOW, zone=UTC)

    assert query.notes == ('no item has the tag "hyp"; did you mean "hype"?',)


def test_a_rating_beside_an_area_is_the_rating_in_it() -> None:
    beside = read("area:mech rating>=3 x")
    elsewhere = read("area:mech or rating>=3")

    assert [part.areas for part in beside.parts if isinstance(part, Rated)] == [("mech-interp",)]  # type: ignore[union-attr]
    assert [part.areas for part in elsewhere.parts if isinstance(part, Rated)] == [()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("@7d", "2026-11-13T14:00+01:00", None),
        ("@2026-11-01", "2026-11-01T00:00+01:00", "2026-11-02T00:00+01:00"),
        ("@2026-11-01..2026-11-15", "2026-11-01T00:00+01:00", "2026-11-16T00:00+01:00"),
        ("@2026-W46", "2026-11-09T00:00+01:00", "2026-11-16T00:00+01:00"),
        ("@2026-W45..2026-W46", "2026-11-02T00:00+01:00", "2026-11-16T00:00+01:00"),
        ("@2026-12", "2026-12-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("@2026", "2026-01-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("@2w..1w", "2026-11-06T14:00+01:00", "2026-11-13T14:00+01:00"),
        ("@..2026-10-24", None, "2026-10-25T00:00+02:00"),
        ("@today", "2026-11-20T00:00+01:00", "2026-11-21T00:00+01:00"),
        ("seen>=2026-11-01", "2026-11-01T00:00+01:00", None),
        ("seen>2026-11-01", "2026-11-02T00:00+01:00", None),
        ("seen<2026-11-01", None, "2026-11-01T00:00+01:00"),
        ("seen<=2026-11-01", None, "2026-11-02T00:00+01:00"),
        ("seen<7d", None, "2026-11-13T14:00+01:00"),
    ],
)
def test_days_begin_at_the_authors_midnight(
    query: str, since: str | None, until: str | None
) -> None:
    tree = read(query)

    assert isinstance(tree, Between)
    assert tree.since == (datetime.fromisoformat(since) if since else None)
    assert tree.until == (datetime.fromisoformat(until) if until else None)


def test_a_week_is_the_window_of_its_issue() -> None:
    tree = read("@2026-W46")

    assert isinstance(tree, Between)
    assert tree.since is not None
    assert tree.until is not None
    assert Window(tree.since, tree.until).issue == "2026-W46"


_PIECES = st.sampled_from(
    [
        *("a", "or", "and", "not", "-", "(", ")", '"', "*", ":", "@", ">=", "<", "..", " ", "\n"),
        *("area:", "mi", "tag:", "rating", "3.5", "7d", "2026-W46", "is:", "new", "saved:week"),
        *("seen", "id:", "12", "https://example.org", "解释", "é", "\0", "\ud800", "#", "💡"),
    ]
)
_TEXTS = st.one_of(st.lists(_PIECES, max_size=12).map("".join), st.text(max_size=40))


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_any_text_is_a_query_or_a_mistake_with_a_place(text: str) -> None:
    read_or_mistake = _outcome(text)

    if isinstance(read_or_mistake, QueryMistake):
        assert 0 <= read_or_mistake.at <= len(read_or_mistake.query)
        assert "\n" not in read_or_mistake.what
    else:
        assert read(write_filter(read_or_mistake)) == read_or_mistake


def _outcome(text: str) -> Filter | QueryMistake:
    try:
        return read(text)
    except QueryMistake as mistake:
        return mistake


@pytest.mark.parametrize(
    ("text", "looked_for", "marked"),
    [
        ("Sparse Autoencoders, again", "sparse autoencoder", ["Sparse Autoencoders"]),
        ("jail-break and jail break", "jail break", ["jail-break", "jail break"]),
        ("Poincaré", "poincare", ["Poincaré"]),
        ("可解释性研究", "解释", ["解释"]),
        ("reprobe a probe", "probe", ["probe"]),
        ("studies of a study", "study", ["studies", "study"]),
    ],
)
def test_words_are_marked_where_they_stand(text: str, looked_for: str, marked: list[str]) -> None:
    spans = spans_of(text, [pattern_of(looked_for, is_prefix=False)])

    assert [text[start:end] for start, end in spans] == marked


@given(st.text(max_size=20), st.booleans())
def test_whatever_is_looked_for_can_be_marked(text: str, is_prefix: bool) -> None:  # noqa: FBT001
    try:
        tree = read(f'"{text}"')
    except QueryMistake:
        return
    if isinstance(tree, Words):
        spans_of(text * 2, [pattern_of(tree.text, is_prefix=is_prefix)])


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("probe", "probes"),
        ("probes", "probe"),
        ("policy", "policies"),
        ("policies", "policy"),
        ("bias", "bia"),
        ("class", "classes"),
        ("classes", "class"),
        ("key", "keys"),
        ("batch", "batches"),
        ("boxes", "box"),
    ],
)
def test_a_word_is_found_in_both_numbers(word: str, other: str) -> None:
    assert number_forms(word) == (word, other)
