"""The sections of the digest, changed by command: the config keeps its comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author

ITEM = "2611.99901"
COMMENT = "# mine, by hand\n"


@pytest.fixture
def rated(author: Author) -> Author:
    """An author with comments in the config and one work rated in both areas."""
    author.write_config(author.config_text.replace("[[areas]]", f"{COMMENT}[[areas]]", 1))
    author.types("add", ITEM, "--title", "A work", "--area", "interp", "--value", "3")
    author.types("rate", ITEM, "--area", "attacks", "--value", "2")
    return author


def listed(author: Author) -> list[str]:
    return [line.replace("\t", " ") for line in author.types("areas").out.splitlines()]


def test_areas_are_listed_with_what_stands_in_them(rated: Author) -> None:
    rated.types("rate", ITEM, "--later")

    assert listed(rated) == [
        "interp 💡 Mechanistic Interpretability 1 0 ",
        "attacks 🛡️ Avoiding Adversarial Attacks 1 0 ",
    ]
    assert rated.types("areas", "--json").json[0] == {
        "area": "interp",
        "name": "Mechanistic Interpretability",
        "emoji": "💡",
        "rating_label": "Rating",
        "in_contents": True,
        "retired": False,
        "rated": 1,
        "kept": 0,
    }


def test_an_area_is_added_and_can_be_rated_at_once(rated: Author) -> None:
    printed = rated.types(
        *("areas", "add", "Human Augmentation", "--emoji", "🦾"),
        *("--keywords", "prosthe*, implant", "--after", "interp"),
    )

    assert printed.out == 'added human-augmentation: "Human Augmentation", place 2\n'
    assert COMMENT in rated.config.read_text("utf-8")
    assert 'keywords = ["prosthe*", "implant"]' in rated.config.read_text("utf-8")
    assert rated.types("rate", ITEM, "-a", "human-augmentation", "--value", "1").code == 0
    assert [line.split()[0] for line in listed(rated)] == [
        "interp",
        "human-augmentation",
        "attacks",
    ]


def test_an_area_is_renamed_and_its_ratings_stay(rated: Author) -> None:
    printed = rated.types("areas", "rename", "interp", "Looking Inside")

    assert printed.out == 'renamed interp: "Looking Inside"\n'
    assert rated.rows("SELECT name FROM areas WHERE slug = 'interp'") == [("Looking Inside",)]
    assert rated.rows("SELECT area FROM ratings ORDER BY area") == [("attacks",), ("interp",)]
    assert "## Looking Inside" in rated.types("draft", "-o", "-").out
    assert COMMENT in rated.config.read_text("utf-8")


def test_an_area_is_moved(rated: Author) -> None:
    printed = rated.types("areas", "move", "attacks", "1")

    assert printed.out == "moved attacks to place 1: attacks, interp\n"
    assert rated.rows("SELECT slug FROM areas ORDER BY position") == [("attacks",), ("interp",)]
    assert COMMENT in rated.config.read_text("utf-8")


def test_a_retired_area_keeps_its_ratings_and_takes_no_new_ones(rated: Author) -> None:
    rated.types("add", "2611.99902", "--title", "Another")

    printed = rated.types("areas", "retire", "interp")

    assert printed.out == "retired interp; 1 rating there stays\n"
    assert listed(rated)[-1] == "interp 💡 Mechanistic Interpretability 1 1 retired"
    assert "## Mechanistic Interpretability" in rated.types("draft", "-o", "-").out
    refused = rated.types("rate", "2", "-a", "interp", "--value", "3")
    assert refused.err == (
        'papertrack: the area "interp" is retired; restore it: papertrack areas restore interp\n'
    )
    # What is rated there already can be corrected, and a lone other area needs no name.
    assert rated.types("rate", "1", "-a", "interp", "--value", "4").code == 0
    assert rated.types("rate", "2", "--value", "3").out == "rated 2 attacks 3\n"


def test_a_retired_area_comes_back_in_its_place_with_its_keywords(rated: Author) -> None:
    before = rated.config.read_text("utf-8")
    rated.types("areas", "retire", "interp")

    printed = rated.types("areas", "restore", "interp")

    assert printed.out == 'restored interp: "Mechanistic Interpretability", place 1\n'
    assert rated.config.read_text("utf-8").replace("retired = false\n", "") == before


def test_an_area_that_was_taken_out_by_hand_comes_back_from_the_database(rated: Author) -> None:
    rated.types("areas")
    text = rated.config.read_text("utf-8")
    at = text.index(COMMENT)
    rated.write_config(text[:at] + text[text.index("[[areas]]", at + len(COMMENT) + 1) :])
    assert listed(rated)[-1].endswith("retired")

    printed = rated.types("areas", "restore", "interp")

    assert printed.out == 'restored interp: "Mechanistic Interpretability", place 2\n'
    assert listed(rated)[-1] == "interp 💡 Mechanistic Interpretability 1 1 "


def test_a_source_may_hint_at_an_area_that_is_retired(rated: Author) -> None:
    rated.add_source("https://example.org/feed", area='"interp"')

    assert rated.types("areas", "retire", "interp").code == 0
    assert 'area = "interp"' in rated.config.read_text("utf-8")
    assert rated.types("sources", "--json").json[0]["area"] is None


def test_areas_can_be_changed_before_there_is_a_database(author: Author) -> None:
    printed = author.types("areas", "add", "AI Art")

    assert printed.out == 'added ai-art: "AI Art", place 3\n'
    assert not author.database.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", ""), "the text is empty"),
        (("add", "X", "--slug", "interp"), 'area "interp" already exists'),
        (("add", "X", "--slug", "A b"), '"A b" is not a slug'),
        (("add", "X", "--after", "nope"), 'there is no area "nope" in the config'),
        (("rename", "nope", "X"), 'there is no area "nope" in the config; the areas are interp,'),
        (("rename", "interp", " "), "the text is empty"),
        (("move", "nope", "1"), 'there is no area "nope"'),
        (("move", "interp", "3"), "there is no place 3; give 1 to 2"),
        (("move", "interp", "0"), "there is no place 0"),
        (("retire", "nope"), 'there is no area "nope"'),
        (("restore", "nope"), 'there is no area "nope"'),
        (("restore", "interp"), 'the area "interp" is not retired'),
    ],
)
def test_a_wrong_call_says_what_to_do_and_leaves_the_config_as_it_was(
    rated: Author, words: tuple[str, ...], message: str
) -> None:
    before = rated.config.read_bytes()

    printed = rated.types("areas", *words)

    assert (printed.code, printed.out, rated.config.read_bytes()) == (2, "", before)
    assert message in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_read_only_config_is_refused(rated: Author) -> None:
    rated.config.chmod(0o444)

    printed = rated.types("areas", "retire", "interp")

    assert (printed.code, printed.out) == (2, "")
    assert "is read-only" in printed.err
