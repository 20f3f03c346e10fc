"""A work without a title borrows one from its text or file, and it is marked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.borrowed_titles import (
    borrowed_title,
    first_words,
    in_quotes,
    title_or_borrowed,
)

FAMILY = "👩‍👩‍👧‍👦"
FLAG = "🇦🇲"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("New preprint on made-up probes.\n\nSecond paragraph.", "New preprint on made-up probes"),
        ("One thing. Another thing.", "One thing"),
        ("Is it? Yes. No.", "Is it?"),
        ("“Is it?” he asked. No.", "“Is it?”"),
        ("Dr. Placeholder, e.g. of example.org, and J. Doe et al. say so. No.", None),
        ("Version 2.0 is out. See there.", "Version 2.0 is out"),
        ("Wait for it ... here it is. See.", "Wait for it ... here it is"),
        ("🧵👇\n\nA thread about probes.", "A thread about probes"),
        ("🎉🎉", "🎉🎉"),
        ("- first point\n- second point", "first point"),
        ("Our *new* - and only - [map] of $x * y$", "Our *new* - and only - [map] of $x * y$"),
        ("模型很小。它也很快。", "模型很小。"),
        ("word " * 30, "word " * 15 + "word…"),
        ("word " * 15 + "words more", "word " * 15 + "words…"),
        ("x" * 100, "x" * 80 + "…"),
        ("See https://example.org/" + "a" * 90, "See https://example.org/" + "a" * 56 + "…"),
        ("word " * 15 + "and, - then more of it", "word " * 15 + "and…"),
        ("word " * 14 + "and, (and then more of it)", "word " * 14 + "and, (and…"),
    ],
)
def test_the_first_sentence_stands_in_for_a_title(text: str, words: str | None) -> None:
    assert first_words(text) == (words if words is not None else text.removesuffix(". No."))


@pytest.mark.parametrize(
    "cluster",
    [
        FAMILY,
        FLAG,
        "👍🏽",
        "❤️",
        "e\u0301\u0323",
        "क्षि",  # Devanagari: a virama and a vowel sign
        "กำ",  # Thai: a vowel that stands beside its consonant
        "\u1112\u1161\u11ab",  # Hangul in single letters
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England
    ],
)
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_no_character_of_a_reader_is_cut_in_two(cluster: str, before: int) -> None:
    words = first_words("x" * before + cluster * 80)

    kept = words.removesuffix("…").removeprefix("x" * before)
    assert words.endswith("…")
    assert kept == cluster * (len(kept) // len(cluster))
    assert 60 < len(words) <= 81


@pytest.mark.parametrize("text", ["." * 20_000, "\"'" * 10_000, "- " * 10_000, "🇦🇲" * 10_000])
def test_a_bomb_takes_little_time(text: str) -> None:
    started = time.process_time()
    first_words(text)
    assert time.process_time() - started < 0.5


@given(st.text(max_size=300))
def test_first_words_are_one_short_line(text: str) -> None:
    words = first_words(text)

    assert len(words) <= 81
    assert "\n" not in words


@pytest.mark.parametrize(
    ("summary", "url", "title"),
    [
        ("A map. And more.", "https://example.org/a.pdf", "“A map”"),
        ("", "https://example.org/papers/a%20map_v2.PDF?x=1#page=3", "a map_v2 (PDF)"),
        ("", "https://example.org/a.pdf/view", ""),
        ("", "https://example.org/.pdf", ""),
        ("", "https://example.org/pdf", ""),
        ("", None, ""),
    ],
)
def test_a_borrowed_title_is_marked(summary: str, url: str | None, title: str) -> None:
    assert title_or_borrowed("", summary, url) == title
    assert borrowed_title(summary, url, is_marked=False) == title.strip("“”")
    assert title_or_borrowed("Its own", summary, url) == "Its own"


def test_a_message_does_not_put_quotes_around_quotes() -> None:
    assert [in_quotes("“A map”"), in_quotes("A map"), in_quotes("“A” map")] == [
        "“A map”",
        '"A map"',
        '"“A” map"',
    ]
