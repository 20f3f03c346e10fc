"""The area that is suggested for an item."""

from __future__ import annotations

import pytest

from papertrack.core.rank.prediction import suggest_area

KEYWORDS = {"interp": ("circuit*", "probe"), "attacks": ("jailbreak*", "probe")}


@pytest.mark.parametrize(
    ("text", "hints", "area"),
    [
        ("A probe of circuits", (), "interp"),
        ("A jailbreak", ("interp",), "attacks"),
        ("A probe", (), "interp"),
        ("A probe", ("attacks",), "attacks"),
        ("Nothing", ("attacks", "interp"), "attacks"),
        ("Nothing", ("retired", "interp"), "interp"),
        ("Nothing", ("retired",), None),
        ("Nothing", (), None),
    ],
)
def test_words_speak_first_and_the_source_when_they_are_silent_or_even(
    text: str, hints: tuple[str, ...], area: str | None
) -> None:
    assert suggest_area(text, KEYWORDS, hints) == area


def test_without_areas_nothing_is_suggested() -> None:
    assert suggest_area("A probe", {}, ("interp",)) is None
