"""Words of the config found in titles and abstracts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.words import is_wanted, matching_words


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("probe", "We train a Probe."),
        ("probe*", "Probes and probing"),
        ("*former", "A transformer"),
        ("auto*er", "Sparse autoencoder"),
        ("jail break", "A jail-break"),
        ("jail-break", "A jail\n  break"),
        ("jail break", "A jail\u2011break"),
        ("jail break", "A jail-\nbreak"),
        ("  sparse   autoencoder* ", "sparse autoencoders"),
        ("über*", "ÜBERLEGUNG"),
        ("c++", "Written in C++."),
        ("a.b", "a.b"),
        ("(why)", "this (why) not"),
        ("模型", "大 模型 小"),
        ("**", "anything"),
    ],
)
def test_word_is_found(word: str, text: str) -> None:
    assert matching_words([word], text) == (word,)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("probe", "probes"),
        ("probe", "microprobe"),
        ("probe*", "microprobes"),
        ("jail break", "jailbreak"),
        ("jail break", "jail or break"),
        ("a.b", "acb"),
        ("[ab]", "a"),
        ("c++", "ccc"),
        ("", "text"),
        ("  ", "a  b"),
        ("-", "well - known"),
        ("--", "a -- b"),
    ],
)
def test_word_is_not_found(word: str, text: str) -> None:
    assert matching_words([word], text) == ()


def test_words_are_listed_as_given() -> None:
    assert matching_words(["Two", "none", "one"], "one two") == ("Two", "one")


@given(st.text(min_size=1).filter(lambda word: bool(re.search(r"[^\s\-*\u2010-\u2015]", word))))
def test_any_word_finds_itself(word: str) -> None:
    written = word.strip().replace("*", "x")

    assert matching_words([word], f"({written})") == (word,)


@given(word=st.text(), text=st.text())
def test_any_word_and_text_are_compared_without_raising(word: str, text: str) -> None:
    assert matching_words([word], text) in {(), (word,)}


@pytest.mark.parametrize(
    ("include", "exclude", "wanted"),
    [
        ((), (), True),
        (("cat",), (), True),
        (("dog",), (), False),
        (("dog", "cat"), (), True),
        ((), ("cat",), False),
        (("cat",), ("cat",), False),
        (("cat",), ("dog",), True),
    ],
)
def test_source_takes_what_is_included_and_not_excluded(
    include: tuple[str, ...], exclude: tuple[str, ...], *, wanted: bool
) -> None:
    assert is_wanted("A cat", include=include, exclude=exclude) is wanted
